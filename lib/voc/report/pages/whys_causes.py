"""The causes of a month as a table: what it is, how much it carries, what it costs, how sure it is, who does what next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...analysis.whys.ends import CAUSE, START
from ...analysis.whys.starts import CONTACTS, OTHERS
from ...analysis.whys.stories import Whys
from ...data.periods import Period
from ..style import cut, interval, number
from ..tables import Col, Html, esc, table
from .topics import capital
from .whys import stories_of
from .whys_steps import follows, owner_words, path_of
from .whys_words import COUNTED, about, cause_words, named

ACT, ASKED, OVER, OLD = (
    "Somebody can act",
    "Somebody must be asked",
    "Over in this period",
    "Known, obvious or told above",
)
GROUPS = (ACT, ASKED, OVER, OLD)
COLUMNS = [
    "story", "node", "problem", "cause", "group", "why_old", "n", "people", "carried", "lo", "hi", "certainty", "contacts_month",
    "hours_month", "money_month", "owner", "next_step",
]  # fmt: skip
NESTED = ("names", "values", "also", "words")
LETTERS = 200  # of a cause in a table


def causes(found: Whys) -> pd.DataFrame:
    """List where branches end: one row a leaf, those that somebody can act on first, then what weighs most in the period.

    ``carried`` (with lo and hi, %) is the part of the whole problem, not of the step above; the interval is that of the last step.
    """
    told = stories_of(found.nodes)
    names = {story[0]["story"]: subject(story[0]) for story in told}
    rows = [_cause(row, story, names) for story in told for row in story if row["leaf"] and row["kind"] != START]
    made = pd.DataFrame(rows, columns=COLUMNS)
    order = made.assign(at=[GROUPS.index(group) for group in made["group"]])
    return order.sort_values(
        ["at", "contacts_month", "carried"], ascending=[True, False, False], kind="stable", ignore_index=True
    )[COLUMNS]


def _cause(row: Mapping, story: Sequence[Mapping], names: Mapping[str, str]) -> dict:
    root, nodes = story[0], {one["node"]: one for one in story}
    path = path_of(row, nodes)
    scale = row["whole"] / root["whole"] if root["whole"] else np.nan
    old = (
        "as every year" if row["season"] is True else f"known since {row['known_since']}" if row["known_since"] else ""
    )
    same = names.get(row["same_as"].partition(".")[0], "another question")
    old = old or (f"the same contacts as under «{same}»" if row["same_as"] else "")
    over = not row["contacts_month"] and root["sign"] > 0
    return {
        "story": row["story"], "node": row["node"], "problem": subject(root), "cause": cause_words(path),
        "group": OLD if old else OVER if over else ACT if row["ends"] == CAUSE else ASKED, "why_old": old, "n": row["n"],
        "people": row["people"], "carried": row["share"] * scale, "lo": row["lo"] * scale, "hi": row["hi"] * scale,
        "certainty": row["certainty"], "contacts_month": row["contacts_month"], "hours_month": row["hours_month"],
        "money_month": row["money_month"], "owner": owner_words(row, root), "next_step": follows(path, root),
    }  # fmt: skip


def subject(root: Mapping) -> str:
    """Name what a question is about, to begin a sentence with.

    >>> subject({"label": "late delivery", "measure": "contacts", "where_name": "", "where_value": "", "sign": 1, "against": "others"})
    'Late delivery'
    """
    if root["measure"] != CONTACTS:
        return capital(COUNTED[root["measure"]] + about(root))
    if root["against"] == OTHERS:
        return capital(cut(root["label"]) or "contacts") + about({**root, "label": ""})
    return f"{'Fewer' if root['sign'] < 0 else 'More'} contacts{about(root)}"


def causes_table(made: pd.DataFrame, now: Period, currency: str = "") -> Html:
    """Show the causes: carried part with interval, contacts, hours and money of the period, certainty, owner, next step."""
    rows = made.assign(
        what=[_what(row) for row in made.to_dict("records")],
        part=[
            f"{number(row['carried'], '%')} ({interval(row['lo'], row['hi'], '%')})" for row in made.to_dict("records")
        ],
        hours=[number(round(hours, 1), "contacts") for hours in made["hours_month"]],
        money=[number(round(money), "contacts") if money == money else "" for money in made["money_month"]],
        next_step=[_next(row) for row in made.to_dict("records")],
    )
    columns = [
        Col("what", "Cause"), Col("part", "Carries of the problem (95% interval)", "number"), Col("contacts_month", f"Contacts in {now.words}", "number", "contacts"),
        Col("hours", "Hours recorded", "number"), Col("money", f"Money, {currency}".rstrip(", "), "number"), Col("certainty", "How sure", "chip"),
        Col("next_step", "Owner and next step"),
    ]  # fmt: skip
    kept = [column for column in columns if column.name != "money" or made["money_month"].notna().any()]
    empty = "No question led to a cause that these data could confirm."
    return table(rows, columns=kept, caption=f"Where the whys of {now.words} end", group="group", empty=empty)


def _what(row: Mapping) -> Html:
    """Name the problem, and below it the cause."""
    why = f" ({row['why_old']})" if row["why_old"] else ""
    text = f"{row['problem']} – {cut(row['cause'], LETTERS)}{why}"
    return Html(
        f'<span class="roomy">{esc(row["problem"])} <span class="small">{esc(cut(row["cause"], LETTERS) + why)}</span></span>',
        text,
    )


def _next(row: Mapping) -> Html:
    return Html(
        f'<span class="roomy"><strong>{esc(row["owner"])}</strong> {esc(row["next_step"])}</span>',
        f"{row['owner']}: {row['next_step']}",
    )


def tables(found: Whys) -> dict[str, pd.DataFrame]:
    """Return the whys as plain tables for store and files: values of several parts as JSON, explanations also in words."""
    nodes = found.nodes.assign(
        said=[named(row) if row["kind"] != START else "" for row in found.nodes.to_dict("records")],
        season=found.nodes["season"].eq(True), leaf=found.nodes["leaf"].astype(bool),
    )  # fmt: skip
    for name in NESTED:
        nodes[name] = [_plain(value) for value in found.nodes[name]]
    tried = found.tried.assign(
        said=[
            named({"words": {}, **row}) if row["kind"] != "time" else "a span of days"
            for row in found.tried.to_dict("records")
        ]
    )
    tried = tried.assign(
        taken=tried["taken"].astype(bool),
        **{name: [_plain(value) for value in tried[name]] for name in ("names", "values")},
    )
    text = {
        name: nodes[name].fillna("").astype(str)
        for name in ("owner", "cause", "ends", "event", "event_kind", "merely", "stop", "same_as", "known_since")
    }
    return {
        "whys": nodes.assign(**text),
        "whys_tried": tried,
        "whys_voices": found.voices,
        "whys_members": found.members,
    }


def _plain(value: object) -> str:
    return json.dumps(value if isinstance(value, (list, tuple, dict)) else [], ensure_ascii=False)


def restored(nodes: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes as they were before they went into the store."""
    return nodes.assign(**{name: [json.loads(value) for value in nodes[name]] for name in NESTED})
