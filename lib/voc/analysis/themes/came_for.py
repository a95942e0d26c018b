"""What customers came for, in the fewest lines: categories, and beside them what the texts say that no category does.

A theme inside a category is new or grown by its own words; a topic moved where no category moved with it. What a category tells
already is not told twice.
"""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..intervals import wilson
from ..scorecard import within
from .families import lines_of
from .lines import CATEGORY, NO_FINER, ROOT, SEVERAL, TOPIC
from .scan import TIME

THEME = "theme"
COLUMNS = [
    "kind", "root", "label", "contacts", "share", "change", "certainty", "csat", "lo", "hi", "n", "hours", "since", "customers",
]  # fmt: skip
REAL = ("sure", "likely")
MOST = 2  # themes, and topics, beside one category
MOST_TOPICS = 8  # where no contact has a category


def changed(the_map: pd.DataFrame) -> pd.DataFrame:
    """Return the lines whose share surely or likely changed since the period before, the largest change first."""
    real = the_map["certainty"].isin(REAL) & the_map["stable"]
    rows = the_map[real & ~the_map["label"].isin([NO_FINER]) & (the_map["kind"] != ROOT)]
    return rows.loc[rows["change"].abs().sort_values(ascending=False, kind="stable").index]


def is_echo(rows: pd.DataFrame) -> pd.Series:
    """Tell which topics among changed lines move as a category of their root does, and so tell nothing of their own."""
    way = rows["change"] > 0
    told = set(zip(rows["root"], way, rows["kind"], strict=True))
    same = [(root, up, CATEGORY) in told for root, up in zip(rows["root"], way, strict=True)]
    return rows["kind"].eq(TOPIC) & pd.Series(same, index=rows.index, dtype=bool)


def came_for(
    the_map: pd.DataFrame, themes: pd.DataFrame, members: pd.DataFrame, contacts: ir.Table, period: Period
) -> pd.DataFrame:
    """List the categories of a period, heaviest first, each followed by what it does not show; the topics where none is known.

    Args:
        the_map: from ``table.topic_map``.
        themes: themes inside categories (``inside.within``) and members: which contacts speak of each.
        contacts: measured contacts.
        period: the period under report.

    Returns:
        kind (root: a category; theme or topic: beside it), root, label (of a theme its id), contacts of the period, share of all
        contacts (%), change (points against the period before; of themes missing) and certainty, csat with lo, hi and n, hours
        of handling; of a theme since (its likeliest first day) and customers (since then).
    """
    roots = the_map[(the_map["kind"] == ROOT) & (the_map["contacts"] > 0)]
    if roots.empty:
        return _measured(lines_of(the_map[the_map["stable"]], TOPIC, MOST_TOPICS)).reindex(columns=COLUMNS)
    all_contacts = int(roots["of"].iloc[0])
    own = _themes(the_map, themes, members, contacts, period, all_contacts)
    moved = changed(the_map)
    moved = moved[(moved["kind"] == TOPIC) & ~moved["rest"] & ~is_echo(moved)]
    lines = _measured(pd.concat([roots, moved]))
    lines = lines.assign(share=100 * lines["contacts"] / all_contacts)
    rows = pd.concat([lines.reindex(columns=COLUMNS), own], ignore_index=True)
    heavy = {root: at for at, root in enumerate(roots.sort_values("contacts", ascending=False, kind="stable")["root"])}
    rank = {ROOT: 0, THEME: 1, TOPIC: 2}
    rows = rows.assign(
        _root=rows["root"].map(heavy).fillna(len(heavy)), _kind=rows["kind"].map(rank), _n=-rows["contacts"]
    )
    rows = rows.sort_values(["_root", "_kind", "_n", "label"], ignore_index=True)
    few = (rows["kind"] == ROOT) | (rows.groupby(["root", "kind"]).cumcount() < MOST)
    return rows.loc[few, COLUMNS].reset_index(drop=True)


def _measured(lines: pd.DataFrame) -> pd.DataFrame:
    """Name the interval and number of the satisfaction answers as the front page does."""
    return lines.assign(lo=lines["csat_lo"], hi=lines["csat_hi"], n=lines["csat_n"])


def _themes(
    the_map: pd.DataFrame, themes: pd.DataFrame, members: pd.DataFrame, contacts: ir.Table, period: Period, of: int
) -> pd.DataFrame:
    """Measure the themes that began and still go on: their contacts of the period, CSAT and hours."""
    lines = the_map[the_map["kind"] == CATEGORY]
    roots = dict(zip(lines["label"], lines["root"], strict=True)) | {root: root for root in lines["root"]}
    there = [name for name in ("csat_pct", "handle_seconds") if name in contacts.columns]
    inside = to_frame(within(contacts, period).select("interaction_id", *there)).reindex(
        columns=["interaction_id", "csat_pct", "handle_seconds"]
    )
    made = []
    for row in themes[(themes["dimension"] == TIME) & themes["certainty"].isin(REAL)].to_dict("records"):
        root = roots.get(row["label"])
        part = members[(members["theme"] == row["theme"]) & members["since"]]
        said = inside[inside["interaction_id"].isin(part["interaction_id"])]
        if root is None or root == SEVERAL or said.empty or _is_over(row, period):
            continue
        answers = said["csat_pct"].dropna()
        n, value = len(answers), answers.mean()
        lo, hi = (
            (100 * float(end) for end in wilson(np.array(answers.sum()), np.array(float(n)))) if n else (np.nan, np.nan)
        )
        hours = said["handle_seconds"].sum(min_count=1) / 3600
        made.append((THEME, root, row["theme"], len(said), 100 * len(said) / of, np.nan, row["certainty"], 100 * value if n else np.nan,
                     lo, hi, n, hours, str(row["begins"]), int(row["tellers"])))  # fmt: skip
    return pd.DataFrame(made, columns=COLUMNS)


def _is_over(row: dict, period: Period) -> bool:
    return (
        row["end_last"] is not None
        and pd.notna(row["end_last"])
        and pd.Timestamp(row["end_last"]) < pd.Timestamp(period.start)
    )
