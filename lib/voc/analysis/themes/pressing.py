"""Whose words cannot wait: the contacts of the period, and those still open from before, each with who answers for it.

Words are found by ``voc.text.urgency``; here stands whom they concern now. What is solved and past is left out: nobody can
act on it any more.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...data.periods import Period
from ...text.taxonomy.model import Taxonomy
from ...text.urgency import KINDS, LEVELS, QUEUE, queue, signals
from ..findings import owner_of

COLUMNS = [*QUEUE, "since", "open", "recent"]
NEEDED = ("created_at", "created_local", "resolved_at", "team")
"""Columns of contacts that are asked for, beside their texts and labels."""
SORTED = ["category", "issue"]
DRAWN = {"emergency": 4, "urgent": 2, "soon": 2}  # voices of each level that are shown


def pressing(
    contacts: pd.DataFrame,
    period: Period,
    owners: Mapping[str, Mapping[str, str]],
    taxonomy: Taxonomy | None = None,
    sorts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the contacts whose words cannot wait, in the order in which somebody should look at them.

    Args:
        contacts: interaction_id, text, created_at, created_local; optional resolved_at, category, issue, team.
        period: the period under report; contacts before it are listed only while they are open.
        owners: who takes up what, by dimension and value (the teams file); a team's owner where no category has one.
        taxonomy: names severities, and owners where ``owners`` does not.
        sorts: interaction_id, category, issue as they were sorted, for contacts that nobody labelled.

    Returns:
        The columns of ``urgency.queue``, and since (on the report's clock), open (not solved by the end of the data; missing
        where no contact has a time of solution), recent (of the period). Emergencies first.
    """
    known = _labelled(_current(contacts, period), sorts)
    rows = queue(known, signals(known), taxonomy)
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    beside = known.set_index("interaction_id").reindex(rows["interaction_id"])
    rows = rows.assign(**{name: beside[name].array for name in ("since", "open", "recent")})
    teams = beside["team"].tolist() if "team" in beside else [None] * len(rows)
    rows["owner"] = [_owner(row, team, owners) for row, team in zip(rows.to_dict("records"), teams, strict=True)]
    return rows[COLUMNS]


def _current(contacts: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Keep the contacts that somebody can still act on, and say of each since when, whether it is open and of the period."""
    since = pd.to_datetime(contacts["created_local"])
    recent = since >= pd.Timestamp(period.start)
    open_ = pd.Series(pd.NA, index=contacts.index, dtype="boolean")
    if "resolved_at" in contacts and contacts["resolved_at"].notna().any():
        open_ = contacts["resolved_at"].isna().astype("boolean")
    known = contacts.assign(since=since, open=open_, recent=recent)
    return known[recent | open_.fillna(False)]


def _labelled(contacts: pd.DataFrame, sorts: pd.DataFrame | None) -> pd.DataFrame:
    """Fill the category and issue of contacts that have none with those they were sorted to."""
    known = contacts.reindex(columns=[*contacts.columns, *(name for name in SORTED if name not in contacts)])
    if sorts is None:
        return known
    found = sorts.set_index("interaction_id").reindex(known["interaction_id"])
    bare = known["category"].isna().to_numpy()
    for name in SORTED:
        known[name] = known[name].astype(object).where(~bare | known[name].notna(), found[name].to_numpy())
    return known


def _owner(row: Mapping, team: object, owners: Mapping[str, Mapping[str, str]]) -> str:
    """Name who answers: for the issue, the category, what the taxonomy says, the team that had it, or for all the rest."""
    own = owners.get("issue", {}).get(row["issue"]) or owners.get("category", {}).get(row["category"]) or row["owner"]
    return own or owners.get("team", {}).get(str(team), "") or owner_of(owners, "category", row["category"])


def by_owner(rows: pd.DataFrame) -> pd.DataFrame:
    """Count what waits for whom.

    Returns owner, category, one column per level (contacts), open (of these, not solved; missing where unknown), most pressing
    first.
    """
    columns = ["owner", "category", *LEVELS, "contacts", "open"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    counted = rows.assign(**{level: (rows["level"] == level).astype(int) for level in LEVELS}, contacts=1)
    made = counted.groupby(["owner", "category"], as_index=False)[[*LEVELS, "contacts"]].sum()
    still = counted.groupby(["owner", "category"], as_index=False)["open"].agg(_known_sum)
    made = made.merge(still, on=["owner", "category"])
    order = [*LEVELS, "owner", "category"]
    return made.sort_values(order, ascending=[False] * len(LEVELS) + [True, True], ignore_index=True)[columns]


def _known_sum(flags: pd.Series) -> float:
    return np.nan if flags.isna().all() else float(flags.fillna(False).sum())


def by_kind(rows: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """Count contacts by kind of signal; one with two kinds counts under both.

    Returns kind, level (of the kind), contacts, words (the most frequent ones of contacts with that kind alone); most pressing
    first.
    """
    made = []
    for kind, known in sorted(KINDS.items(), key=lambda pair: LEVELS.index(pair[1].level)):
        own = rows[[kind in kinds.split("|") for kinds in rows["kinds"]]]
        alone = own.loc[own["kinds"] == kind, "words"].str.lower().str.split("|").explode()
        counts = alone.value_counts()
        words = sorted(counts.index, key=lambda word, n=counts: (-n[word], word))[:most]
        if len(own):
            made.append((kind, known.level, len(own), words))
    return pd.DataFrame(made, columns=["kind", "level", "contacts", "words"])


def heard(rows: pd.DataFrame, texts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a few voices of each level by lot, unsolved ones first.

    ``texts`` from ``panel.texts_of``: those of the period that say enough to be quoted. Returns the columns of ``texts`` with level,
    words, open and owner.
    """
    both = rows[["interaction_id", "level", "words", "open", "owner"]].merge(texts, on="interaction_id")
    parts = []
    for level, most in DRAWN.items():
        part = both[both["level"] == level].sort_values("interaction_id", ignore_index=True)
        part = part.iloc[rng.permutation(len(part))]
        parts.append(part.sort_values("open", ascending=False, kind="stable").head(most))
    return pd.concat(parts, ignore_index=True)
