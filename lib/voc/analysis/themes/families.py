"""Families of topics: which discovered topics lie so near to each other that a reader takes them as one matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .lines import CATEGORY, LINE, SEVERAL, TOPIC

PER_FAMILY, MOST_FAMILIES = 5, 12
ALONE = "standing alone"


def families_of(merge_tree: np.ndarray, topics: int, many: int | None = None) -> np.ndarray:
    """Cut a merge tree into families of similar size: (topics,) number of the family of each topic, 0 first met.

    ``merge_tree`` is scipy's linkage, (topics − 1, 4). From the top, the family of most topics is split in two until there are
    ``many`` of two topics or more (one for five topics, at most twelve, unless given); a topic that a split leaves alone
    stays alone. A tree of the wrong size leaves every topic alone.

    >>> tree = np.array([[0, 1, 0.1, 2], [2, 3, 0.2, 2], [4, 5, 0.9, 4]])
    >>> families_of(tree, 4, 2).tolist()
    [0, 0, 1, 1]
    """
    many = int(np.clip(round(topics / PER_FAMILY), 1, MOST_FAMILIES)) if many is None else many
    tree = np.asarray(merge_tree, dtype=float)[:, :2].astype(int) if len(merge_tree) == topics - 1 else None
    if tree is None or topics < 2:
        return np.arange(topics, dtype=np.int64)
    inside: dict[int, list[int]] = {number: [number] for number in range(topics)}
    for step, (left, right) in enumerate(tree):
        inside[topics + step] = inside[left] + inside[right]
    groups = [2 * topics - 2]
    while sum(len(inside[group]) > 1 for group in groups) < many:
        largest = max(groups, key=lambda group: (len(inside[group]), group))
        if len(inside[largest]) < 2:
            break
        groups.remove(largest)
        groups += [int(part) for part in tree[largest - topics]]
    family = np.zeros(topics, dtype=np.int64)
    for number, members in enumerate(sorted((sorted(inside[group]) for group in groups), key=lambda group: group[0])):
        family[members] = number
    return family


def family_name(
    words: Sequence[Mapping[str, Sequence[str]]],
    labels: Sequence[str],
    languages: Sequence[str] = ("en",),
    most: int = 3,
) -> str:
    """Name a family by the words that most of its topics share, else by its first topic (topics largest first).

    Words are taken in the first of ``languages`` that half of the topics have words of, else in the commonest. A family of
    one has its topic's name.
    """
    if len(labels) == 1:
        return labels[0]
    told = Counter(language for one in words for language, own in one.items() if own)
    if told:
        common = min(told, key=lambda name: (-told[name], name))
        language = next((name for name in languages if 2 * told[name] >= len(labels)), common)
        counts = Counter(word for one in words for word in dict.fromkeys(one.get(language, ())))
        every = [word for one in words for word in one.get(language, ())]
        shared = [word for word in dict.fromkeys(every) if counts[word] > 1]
        if shared:
            return " · ".join(sorted(shared, key=lambda word: -counts[word])[:most])
    return f"{labels[0]} and the like"


def family_tree(
    said: pd.DataFrame,
    topics: pd.DataFrame,
    lines: pd.DataFrame,
    inside: Sequence[str],
    merge_tree: np.ndarray,
    words: Sequence[Mapping[str, Sequence[str]]] = (),
    languages: Sequence[str] = ("en",),
    most: int = 4,
) -> pd.DataFrame:
    """List families with their topics, largest first, as a page draws them.

    Args:
        said: the map (``table.topic_map``); its topic lines give sizes.
        topics: topic, label, stable (``lines.named``), in the order of ``merge_tree`` and ``words``.
        lines: from ``lines.members``; a family's size is its contacts, each once.
        inside: ids of the period's contacts.
        languages: in which families are named, the first that half of a family's topics have words of.
        most: topics told by name in each family; the others are one row.

    Returns:
        label, level (0 a family, 1 a topic), value (contacts), faint (unstable). Families of one topic stand together
        under ``ALONE``, last.
    """
    sizes = said[said["kind"] == TOPIC].set_index("label")["contacts"]
    known = topics.assign(
        family=families_of(merge_tree, len(topics)), value=topics["label"].map(sizes).fillna(0).astype("int64"),
        words=list(words) or [{}] * len(topics),
    )  # fmt: skip
    lone = known.groupby("family")["label"].transform("size") == 1
    known.loc[lone, "family"] = -1
    own = lines[(lines["kind"] == TOPIC) & lines["interaction_id"].isin(set(inside))]
    own = own.merge(known[["label", "family"]], on="label")
    totals = own.groupby("family")["interaction_id"].nunique()
    parts = []
    for family, part in known.groupby("family"):
        part = part.sort_values(["value", "label"], ascending=[False, True])
        name = ALONE if family < 0 else family_name(list(part["words"]), list(part["label"]), languages)
        head = {"label": name, "level": 0, "value": int(totals.get(family, 0)), "faint": False, "family": family}
        rows = part.assign(level=1, faint=~part["stable"]).head(most)
        left = part.iloc[most:]
        more = [{"label": f"{len(left)} smaller one{'s' if len(left) > 1 else ''}", "level": 1, "value": np.nan, "faint": False, "family": family}] * bool(len(left))  # fmt: skip
        parts.append(pd.concat([pd.DataFrame([head]), rows, pd.DataFrame(more)], ignore_index=True))
    columns = ["label", "level", "value", "faint"]
    if not parts:
        return pd.DataFrame(columns=columns)
    parts.sort(key=lambda part: (part["family"].iloc[0] < 0, -part["value"].iloc[0]))
    return pd.concat(parts, ignore_index=True).astype({"faint": bool})[columns]


def lines_of(said: pd.DataFrame, kind: str, most: int) -> pd.DataFrame:
    """Return the heaviest lines of a kind that are matters of their own, by hours where known, else by contacts.

    Topics that lie across categories are often ways of speaking («anybody there», «please explain»): they have no more than a
    third of the places while there are others.
    """
    rows = said[(said["kind"] == kind) & ~said["rest"] & (said["contacts"] > 0)]
    weight = rows["hours"] if rows["hours"].notna().any() else rows["contacts"]
    order = rows.assign(_weight=weight.fillna(0)).sort_values(["_weight", *LINE], ascending=[False, True, True, True])
    across = order["root"] == SEVERAL
    later = across & (across.cumsum() > max(most // 3, most - int((~across).sum())))
    first = order[~later].head(most)
    return order[order.index.isin(first.index)].drop(columns="_weight")


def main_lines(said: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the heaviest categories, or the heaviest topics where contacts have no category."""
    return lines_of(said, CATEGORY if (said["kind"] == CATEGORY).any() else TOPIC, most)
