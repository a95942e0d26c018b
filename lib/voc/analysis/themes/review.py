"""What the quarterly review of categories should decide: make a topic a category, a subcategory, or watch it.

A proposal is a rule with its evidence beside it, never a decision. The rules, in order; the first that fits is proposed:

1. *too unsteady*: refits do not find the topic again, or too few customers speak of it: watch.
2. *there already*: most of the topic lies in one finer category and makes up most of it: nothing to do.
3. *subcategory*: at least half of it lies in one root category, and in no finer category that it fills: make it one there.
4. *category*: it lies across roots, is large and has lasted: make it one of its own.
5. *watch*: new or rising, but not yet large or old enough.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..findings import owner_of
from ..intervals import wilson
from ..rules import MetricRules
from .mentions import EMPTY, NONE

CATEGORY, SUBCATEGORY, WATCH, THERE = "make it a category", "make it a subcategory", "watch", "there already"
MOSTLY = 0.5  # part of a topic's sorted contacts from which it lies in a category
FILLED = 0.5  # part of a finer category's contacts from which a topic is that category under another name
LARGE = 1.0  # % of contacts with words from which a topic can be a root category of its own
LASTING = 3  # periods with voices from which a topic has lasted
COLUMNS = [
    "topic", "proposal", "rule", "kind", "contacts", "share", "voices", "periods", "root", "root_share", "root_lo", "root_hi",
    "finer", "finer_share", "fills", "stability", "owner", "next_step",
]  # fmt: skip
NAMED = 0.5  # part of a topic's contacts with a category from which, spread over many, it is no category of its own
MOVED = ("new", "rising", "drifts up")


def review(
    said: pd.DataFrame,
    sorts: pd.DataFrame,
    courses: pd.DataFrame,
    rules: MetricRules,
    *,
    with_words: int,
    stability: Mapping[str, float] | None = None,
    greyed: float = 0.5,
    periods_seen: Mapping[str, int] | None = None,
    owners: Mapping[str, Mapping[str, str]] | None = None,
    labelled: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Propose what becomes of every topic that has moved, or is large and not yet a category.

    Args:
        said: rows of ``mentions`` of the span reviewed.
        sorts: interaction_id, category (root) and issue (finer), empty or missing where nobody has sorted a contact.
        courses: from ``rising``: topic, kind, certainty, voices.
        rules: fewest contacts judged from.
        with_words: contacts with words of the span.
        stability: how much of each topic refits find again; ``greyed``: below it a topic is too unsteady.
        periods_seen: periods in which each topic had voices.
        owners: who takes up what, per dimension and value.
        labelled: topics that the analyst has named: known, so only proposed when they move.

    Returns:
        One row a topic, what to decide first: topic, proposal, rule (why, in words), kind, contacts, share (%), voices,
        periods, root with root_share, root_lo, root_hi (% of its sorted contacts in that category), finer with
        finer_share (% of its contacts) and fills (% of the finer category that it makes up), stability, owner, next_step.
    """
    counted = said[~said["topic"].isin([NONE, EMPTY])].drop_duplicates(["interaction_id", "topic"])
    placed = counted.merge(
        sorts.reindex(columns=["interaction_id", "category", "issue"]), on="interaction_id", how="left"
    )
    sizes = sorts["issue"].replace("", np.nan).value_counts() if "issue" in sorts else pd.Series(dtype="int64")
    course = courses.set_index("topic")
    rows = []
    for topic, part in placed.groupby("topic", sort=True):
        kind = course["kind"].get(topic, "steady")
        row = {"topic": topic, "kind": kind, "contacts": len(part), "share": 100 * len(part) / max(with_words, 1)}
        row |= {
            "voices": int(course["voices"].get(topic, len(part))),
            "periods": int((periods_seen or {}).get(topic, 0)),
        }
        row |= {"stability": float((stability or {}).get(topic, np.nan)), **_home(part, sizes)}
        moved = kind in MOVED
        if not moved and (topic in labelled or row["share"] < LARGE):
            continue
        proposal, rule = _rule(row, rules, greyed)
        if proposal == THERE and not moved:
            continue
        rows.append(row | {"proposal": proposal, "rule": rule} | _who(row, proposal, owners or {}))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = {CATEGORY: 0, SUBCATEGORY: 1, WATCH: 2, THERE: 3}
    frame["order"] = frame["proposal"].map(order)
    return frame.sort_values(["order", "contacts", "topic"], ascending=[True, False, True], ignore_index=True)[COLUMNS]


def _home(part: pd.DataFrame, sizes: pd.Series) -> dict:
    """Say in which root and finer category most of a topic lies."""
    root, finer = (part[name].replace("", np.nan).dropna() for name in ("category", "issue"))
    counts, own = root.value_counts(), finer.value_counts()
    nothing = {"root": "", "root_share": np.nan, "root_lo": np.nan, "root_hi": np.nan, "sorted": len(root) / len(part)}
    if len(counts):
        name, hits = min(counts[counts == counts.iloc[0]].index), float(counts.iloc[0])
        lo, hi = wilson(np.array(hits), np.array(float(len(root))))
        nothing = {
            "root": name,
            "root_share": 100 * hits / len(root),
            "root_lo": 100 * float(lo),
            "root_hi": 100 * float(hi),
            "sorted": len(root) / len(part),
        }
    if not len(own):
        return nothing | {"finer": "", "finer_share": np.nan, "fills": np.nan}
    name = min(own[own == own.iloc[0]].index)
    return nothing | {
        "finer": name, "finer_share": 100 * own[name] / len(finer), "fills": 100 * own[name] / max(sizes.get(name, 0), 1),
    }  # fmt: skip


def _rule(row: Mapping, rules: MetricRules, greyed: float) -> tuple[str, str]:
    if row["stability"] < greyed:
        return WATCH, f"refits find {row['stability']:.0%} of it again, less than {greyed:.0%}"
    if row["voices"] < rules.min_n:
        return WATCH, f"{row['voices']} customers speak of it, fewer than {rules.min_n}"
    same = row["finer_share"] >= 100 * MOSTLY and row["fills"] >= 100 * FILLED
    if same:
        return (
            THERE,
            f"{row['finer_share']:.0f}% of it lies in «{row['finer']}» and makes up {row['fills']:.0f}% of that",
        )
    if row["root_lo"] >= 100 * MOSTLY:
        return (
            SUBCATEGORY,
            f"{row['root_share']:.0f}% of it lies in «{row['root']}», and no finer category there is the same",
        )
    if row["sorted"] >= NAMED and row["kind"] not in MOVED:
        return WATCH, "its contacts have categories and it lies across them: likely a way of speaking"
    if row["share"] >= LARGE and row["periods"] >= LASTING:
        most = f", at most {row['root_share']:.0f}% in one" if row["root"] else ""
        return CATEGORY, f"{row['share']:.1f}% of contacts over {row['periods']} periods, across categories{most}"
    if row["share"] < LARGE:
        return WATCH, f"{row['share']:.1f}% of contacts, less than {LARGE:.0f}%, and across categories"
    return WATCH, f"seen in {row['periods']} periods, fewer than {LASTING}"


def _who(row: Mapping, proposal: str, owners: Mapping[str, Mapping[str, str]]) -> dict:
    steps = {
        CATEGORY: "Read ten of its contacts, name it, and add it to the taxonomy with keywords and an owner.",
        SUBCATEGORY: f"Read ten of its contacts, name it, and add it under «{row['root']}» with keywords.",
        WATCH: "Look again at the next review.",
        THERE: f"Nothing to add; look at «{row['finer']}» for what moved.",
    }
    return {"owner": owner_of(owners, "category", row["root"]), "next_step": steps[proposal]}
