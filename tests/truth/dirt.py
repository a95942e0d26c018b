"""The dirt that was planted against what cleaning did about it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from material import NEAR_SECONDS, Line, Material, enough, scores

STAMPS = {
    "created_at": "true_created_at",
    "first_response_at": "true_first_response_at",
    "first_resolved_at": "true_first_resolved_at",
    "resolved_at": "true_resolved_at",
}
TIME_STEPS = ("empty midnights", "restore swapped dates", "empty impossible times")


def dirt_lines(material: Material) -> list[Line]:
    return [*duplicates(material), *times(material), *numbers(material), *labels(material), *masks(material),
            *languages(material), gaps(material)]  # fmt: skip


def line(id_: str, name: str, figure: dict, n: int, found: bool | None = None, remark: str = "") -> Line:
    return Line(f"dirt-{id_}", name, enough(figure) if found is None else found, figure, {"n": n}, remark)


def duplicates(material: Material) -> list[Line]:
    removed = material.result("removed")
    exact = removed[removed["step"] == "drop repeated ids"]["interaction_id"]
    twice = set(material.rows.loc[material.rows["duplicate_kind"] == "exact", "interaction_id"])
    hits = exact.isin(twice).sum()
    lines = [line("duplicates-exact", "the same id twice", scores(hits, len(exact), len(twice)), len(twice))]
    near = removed[removed["step"] == "drop near duplicates"]
    made = {frozenset(pair) for pair in near[["interaction_id", "kept_id"]].itertuples(index=False)}
    for kind, reason, name in (
        ("near", "sent again minutes later", "a form sent twice"),
        ("cross", "copy in another source", "a chat that became a ticket"),
    ):
        pairs = true_pairs(material, kind)
        of_kind = near[near["reason"] == reason]
        mine = {frozenset(pair) for pair in of_kind[["interaction_id", "kept_id"]].itertuples(index=False)}
        figure = {
            "precision": scores(len(mine & pairs), len(mine), 0)["precision"],
            "recall": scores(len(made & pairs), 0, len(pairs))["recall"],
        }
        lines.append(line(f"duplicates-{kind}", name, figure, len(pairs)))
    return lines


def true_pairs(material: Material, kind: str) -> set[frozenset]:
    of_kind = material.true[material.true["duplicate_kind"] == kind]
    return {frozenset(pair) for pair in zip(of_kind.index, of_kind["duplicate_of"], strict=True)}


def close(one: pd.Series, other: pd.Series) -> pd.Series:
    gap = (pd.to_datetime(one, format="mixed") - pd.to_datetime(other, format="mixed")).dt.total_seconds().abs()
    return gap < NEAR_SECONDS


def time_repairs(material: Material) -> pd.DataFrame:
    """Every stamp that cleaning changed, with what it should be and the faults of its row."""
    repairs = material.result("repairs")
    repairs = repairs[repairs["step"].isin(TIME_STEPS) & repairs["column"].isin(STAMPS)]
    joined = repairs.join(material.true, on="interaction_id")
    joined["right"] = pd.NaT
    for column, name in STAMPS.items():
        of_column = joined["column"] == column
        joined.loc[of_column, "right"] = joined.loc[of_column, name]
    joined["was_right"] = close(joined["was"], joined["right"])
    joined["now_right"] = close(joined["now"], joined["right"])
    return joined


def times(material: Material) -> list[Line]:
    changed = time_repairs(material)
    lines = []
    for id_, flag, step, column, name in (
        ("swapped-created", "swapped_created", "restore swapped dates", "created_at", "day and month of the contact"),
        ("swapped-response", "swapped_response", "restore swapped dates", "first_response_at", "… of the response"),
    ):
        mine = changed[(changed["step"] == step) & (changed["column"] == column)]
        hits = (mine[flag] & mine["now_right"]).sum()
        n = int(material.true[flag].sum())
        lines.append(line(id_, f"{name} exchanged", scores(hits, len(mine), n), n))
    for id_, flag, step, name in (
        ("response-before", "response_before", "empty impossible times", "response before the contact"),
        ("midnight", "midnight_response", "empty midnights", "response stamped 00:00"),
    ):
        mine = changed[changed["step"] == step]
        hits = (mine[flag] & (mine["column"] == "first_response_at")).sum()
        n = int(material.true[flag].sum())
        lines.append(line(id_, name, scores(hits, len(mine), n), n))
    return lines


def numbers(material: Material) -> list[Line]:
    repairs = material.result("repairs")
    mine = repairs[(repairs["step"] == "empty impossible numbers") & (repairs["column"] == "talk_seconds")]
    planted = set(material.true.index[material.true["negative_talk"]])
    talk = line(
        "negative-talk", "talk under 0 seconds",
        scores(mine["interaction_id"].isin(planted).sum(), len(mine), len(planted)), len(planted),
    )  # fmt: skip
    raw = pd.read_csv(material.folder / "raw" / "surveys.csv", sep="\t", encoding="utf-16", dtype=str)
    raw["id"] = "surveys:" + raw["Survey ID"].str.replace(r"[\s#]+", "", regex=True)
    raw = raw.drop_duplicates("id").set_index("id")
    score = pd.to_numeric(raw["Score"], errors="coerce")
    kept = material.month.store.frame("surveys").set_index("survey_id")["score"].reindex(raw.index)
    emptied = score.notna() & kept.isna()
    impossible = (score == material.story["dirt"]["impossible_scores"]["value"]) & (raw["Type"].str.casefold() != "nps")
    hits = int((emptied & impossible).sum())
    n = material.story["dirt"]["impossible_scores"]["count"]
    return [talk, line("scores", "a 9 on a scale of 5", scores(hits, int(emptied.sum()), n), n)]


def label_cells(material: Material) -> pd.DataFrame:
    """The label cells that do not show the tool's own wording, with the class they ended in."""
    cells = material.truth("labels").drop_duplicates(["interaction_id", "column"])
    cells = cells[cells["interaction_id"].isin(material.kept.index)]
    columns = list(cells["column"].unique())
    stored = material.kept[columns].stack().rename("stored")
    return cells.join(stored, on=["interaction_id", "column"])


def labels(material: Material) -> list[Line]:
    cells = label_cells(material)
    vocabulary = material.month.loaded.vocabulary
    known = [
        stored in vocabulary.get(column, {}) for stored, column in zip(cells["stored"], cells["column"], strict=True)
    ]
    lines = []
    for id_, how, name in (
        ("labels-variants", "variant", "other wordings of a class"),
        ("labels-typos", "typo", "slips in a label"),
    ):
        mine = cells["how"] == how
        hits = int((mine & (cells["stored"] == cells["canonical"])).sum())
        made = int((mine & np.array(known)).sum())
        lines.append(line(id_, name, scores(hits, made, int(mine.sum())), int(mine.sum())))
    return lines


def plain(text: object) -> str:
    return re.sub(r"\W+", "", str(text)).casefold()


def masks(material: Material) -> list[Line]:
    planted = material.truth("masks")
    planted = planted[planted["interaction_id"].isin(material.kept.index)]
    planted = planted.assign(stored=planted["interaction_id"].map(material.kept["text"]).fillna(""))
    planted["gone"] = [
        plain(value) not in plain(text) for value, text in planted[["value", "stored"]].itertuples(index=False)
    ]
    lines = []
    for kind in ("email", "phone", "card", "account"):
        mine = planted[(planted["kind"] == kind) & planted["must_mask"]]
        marks = material.kept["text"].fillna("").str.count(rf"\[{kind}\]")
        wanted = mine.groupby("interaction_id").size().reindex(marks.index).fillna(0)
        figure = {
            "precision": scores(int(np.minimum(marks, wanted).sum()), int(marks.sum()), 0)["precision"],
            "recall": scores(int(mine["gone"].sum()), 0, len(mine))["recall"],
        }
        lines.append(line(f"masks-{kind}", f"{kind} in a text", figure, len(mine)))
    return lines


def languages(material: Material) -> list[Line]:
    both = material.both
    told, true = both["language_kept"], both["language"]
    lines = []
    for code in ("en", "ru", "zh"):
        hits = int(((told == code) & (true == code)).sum())
        figure = scores(hits, int((told == code).sum()), int((true == code).sum()))
        lines.append(line(f"language-{code}", f"texts in {code}", figure, int((true == code).sum())))
    return lines


def gaps(material: Material) -> Line:
    days = material.result("days")
    flagged = {(row.source, str(row.day)[:10]) for row in days[days["flag"]].itertuples()}
    planted = {(gap["source"], gap["day"]) for gap in material.story["dirt"]["export_gaps"]["days"]}
    figure = scores(len(flagged & planted), len(flagged), len(planted))
    remark = f"days flagged: {len(flagged)} of {len(days):,}"
    found = planted <= flagged and len(flagged - planted) <= 1  # with two planted days a share says nothing
    return line("export-gaps", "days that an export lost", figure, len(planted), found, remark)
