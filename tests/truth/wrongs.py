"""Repairs of what was right: the price of cleaning."""

from __future__ import annotations

import pandas as pd
from dirt import label_cells, plain, time_repairs, true_pairs
from material import Material
from texts import cut_texts


def false_repairs(material: Material) -> dict[str, int]:
    return {
        "times changed": len(wrong_times(material)),
        "contacts removed": len(wrong_removals(material)),
        "labels moved": len(wrong_labels(material)),
        "look-alikes masked": len(wrong_masks(material)),
        "texts cut": len(cut_texts(material)),
    }


def wrong_times(material: Material) -> pd.DataFrame:
    """Stamps that were right and are not as they were."""
    changed = time_repairs(material)
    return changed[changed["was_right"]]


def wrong_removals(material: Material) -> pd.DataFrame:
    """Contacts removed as copies that are none."""
    removed = material.result("removed")
    near = removed[removed["step"] == "drop near duplicates"]
    pairs = true_pairs(material, "near") | true_pairs(material, "cross")
    is_pair = [frozenset(pair) in pairs for pair in near[["interaction_id", "kept_id"]].itertuples(index=False)]
    twice = set(material.rows.loc[material.rows["duplicate_kind"] == "exact", "interaction_id"])
    same_id = (removed["step"] == "drop repeated ids") & ~removed["interaction_id"].isin(twice)
    return pd.concat([near[[not known for known in is_pair]], removed[same_id]])


def wrong_labels(material: Material) -> pd.DataFrame:
    """Label cells that ended in a class other than the true one, whatever wording they had."""
    kept, true = material.both, material.true
    wrong = []
    names = {"issue": "issue_coded", "category": "category_coded"}
    listed = material.month.loaded.vocabulary
    for column in label_cells(material)["column"].unique():
        stored = kept[f"{column}_kept"] if f"{column}_kept" in kept else kept[column]
        known = stored.isin(list(listed[column]))
        differs = known & (stored != true[names.get(column, column)].reindex(kept.index))
        wrong.append(pd.DataFrame({"column": column, "stored": stored[differs]}))
    return pd.concat(wrong)


def wrong_masks(material: Material) -> pd.DataFrame:
    """Order numbers, articles, amounts and dates that are no longer in the text."""
    planted = material.truth("masks")
    planted = planted[~planted["must_mask"] & planted["interaction_id"].isin(material.kept.index)]
    texts = planted["interaction_id"].map(material.kept["text"]).fillna("")
    gone = [plain(value) not in plain(text) for value, text in zip(planted["value"], texts, strict=True)]
    return planted[gone]
