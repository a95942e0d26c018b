"""The causes of a month as a table: what it is, how much it carries, what it costs, how sure it is, who does what next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...analysis.findings import COLUMNS as FINDING_COLUMNS
from ...analysis.trace import write_trace
from ...analysis.whys.starts import CONTACTS, OTHERS
from ...analysis.whys.stories import CAUSE, START, Whys
from ...analysis.whys.tries import FEWEST
from ...data.periods import Period
from ..style import cut, interval, number
from ..tables import Col, Html, esc, table
from .topics import capital
from .whys import stories_of
from .whys_steps import follows, owner_words, path_of
from .whys_words import COUNTED, about, cause_words, named, weight

ACT, ASKED, OVER, OLD = "Somebody can act", "Somebody must be asked", "Over in this period", "Known or obvious"
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
    rows = [
        _cause(row, story) for story in stories_of(found.nodes) for row in story if row["leaf"] and row["kind"] != START
    ]
    made = pd.DataFrame(rows, columns=COLUMNS)
    order = made.assign(at=made["group"].map(GROUPS.index)) if len(made) else made.assign(at=[])
    return order.sort_values(
        ["at", "contacts_month", "carried"], ascending=[True, False, False], kind="stable", ignore_index=True
    )[COLUMNS]


def _cause(row: Mapping, story: Sequence[Mapping]) -> dict:
    root, nodes = story[0], {one["node"]: one for one in story}
    path = path_of(row, nodes)
    scale = row["whole"] / root["whole"] if root["whole"] else np.nan
    old = (
        "as every year" if row["season"] is True else f"known since {row['known_since']}" if row["known_since"] else ""
    )
    old = old or (f"the same contacts as {row['same_as']}" if row["same_as"] else "")
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
        what=[f"{row['problem']} – {cut(row['cause'], LETTERS)}" + (f" ({row['why_old']})" if row["why_old"] else "") for row in made.to_dict("records")],
        part=[f"{number(row['carried'], '%')} ({interval(row['lo'], row['hi'], '%')})" for row in made.to_dict("records")],
        hours=[number(round(hours, 1), "contacts") for hours in made["hours_month"]],
        money=[number(round(money), "contacts") if money == money else "" for money in made["money_month"]],
    )  # fmt: skip
    rows["what"] = [Html(esc(text), text) for text in rows["what"]]
    columns = [
        Col("what", "Cause"), Col("part", "Carries of the problem (95% interval)", "number"), Col("contacts_month", f"Contacts in {now.words}", "number", "contacts"),
        Col("hours", "Hours recorded", "number"), Col("money", f"Money, {currency}".rstrip(", "), "number"), Col("certainty", "How sure", "chip"),
        Col("owner", "Owner"), Col("next_step", "Next step"),
    ]  # fmt: skip
    kept = [column for column in columns if column.name != "money" or made["money_month"].notna().any()]
    empty = "No question led to a cause that these data could confirm."
    return table(rows, columns=kept, caption=f"Where the whys of {now.words} end", group="group", empty=empty)


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


def findings(
    made: pd.DataFrame, nodes: pd.DataFrame, now: Period, notebook: str, matter: str, currency: str = ""
) -> pd.DataFrame:
    """Turn causes that somebody can act on, and that made contacts in this period, into findings with their words.

    Returns the columns of ``voc.analysis.findings`` with headline, detail, follows, href and notebook. ``value`` counts the
    cause's contacts of the period, ``before`` how many would be expected if it were as elsewhere.
    """
    by, rows = {row["node"]: row for row in nodes.to_dict("records")}, []
    for cause in made[made["group"] == ACT].to_dict("records"):
        row, root = by[cause["node"]], by[cause["story"]]
        n = int(cause["contacts_month"])
        before = round(n * min(max(row["expected"], 0) / max(row["n"], 1), 1))
        floor = round(1.96 * max(before, 1) ** 0.5)
        if n < FEWEST or n - before <= floor:
            continue
        dimension, label = (matter, root["label"]) if root["label"] else (root["where_name"], root["where_value"])
        rows.append(
            {
                "metric": "contacts", "dimension": dimension, "label": label, "n": n, "value": float(n), "lo": np.nan, "hi": np.nan,
                "before": float(before), "change": float(n - before), "floor": float(floor), "certainty": cause["certainty"],
                "direction": "more", "carried_dimension": "", "carried_label": "", "owner": cause["owner"],
                "weight": round(min((n - before) / floor, 20.0), 3),
                "trace": json.dumps(json.loads(write_trace(now, "contacts")) | {"node": cause["node"]}, ensure_ascii=False),
                "headline": f"{cause['problem']} – {cut(cause['cause'], LETTERS)}.", "detail": detail(cause, now, currency),
                "follows": cause["next_step"], "href": f"{notebook}.html#story-{cause['story'].lower()}", "notebook": notebook,
            }
        )  # fmt: skip
    columns = [*FINDING_COLUMNS, "headline", "detail", "follows", "href", "notebook"]
    return pd.DataFrame(rows, columns=columns).sort_values("weight", ascending=False, ignore_index=True, kind="stable")


def detail(cause: Mapping, now: Period, currency: str = "") -> str:
    """Say what a cause carries of its problem, and what it came to in the period."""
    part = f"{number(cause['carried'], '%')} ({interval(cause['lo'], cause['hi'], '%')})"
    return f"It carries {part} of the problem: {int(cause['n']):,} contacts of {int(cause['people']):,} customers, {weight(cause, now, currency)}."


def limits(found: Whys, *, labels: Sequence[str], words: bool, events: bool, before: bool) -> pd.DataFrame:
    """List what these whys could not ask, and what no tree of them can tell: what, why, settles.

    ``labels`` may explain; ``words``, ``events`` and ``before`` say whether there are texts, events and earlier contacts.
    """
    roots = [story[0] for story in stories_of(found.nodes) if len(story) == 1]
    rows = [("Whether what is found together is a cause", "a tree shows what goes together beyond chance, in what was recorded or said", "Change it in one place, leave it in another, and compare.")]  # fmt: skip
    if roots:
        names = ", ".join(dict.fromkeys(cut(root["label"]) or "all contacts" for root in roots))
        most = max(int(root["tries"]) for root in roots)
        rows.append(
            (
                f"What is behind {names}",
                f"of up to {most:,} explanations tried none goes beyond chance",
                "Read ten of these contacts and call back five of these customers.",
            )
        )
    if not words:
        rows.append(
            (
                "What customers say is the cause",
                "the data hold no words of customers",
                "Export what customers write, masked.",
            )
        )
    if not labels:
        rows.append(
            (
                "Where a problem lies",
                "the contacts carry no label that could explain",
                "Have product, region or version noted with each contact.",
            )
        )
    if "came_after" not in labels:
        rows.append(
            (
                "What customers came for before",
                "no customer can be followed from one contact to the next",
                "Export the customer's id.",
            )
        )
    if not events:
        rows.append(
            (
                "What happened when something began",
                "no events of the business are on file",
                "Keep a list of releases, campaigns and changes with their days.",
            )
        )
    if not before:
        rows.append(
            ("Why there is more than before", "there are no contacts before this period", "The next report can tell.")
        )
    return pd.DataFrame(rows, columns=["what", "why", "settles"])


def plain(held: pd.DataFrame) -> pd.DataFrame:
    """Return the analyst's own whys as a plain table for store and files."""
    return held.assign(
        on=pd.to_datetime(held["on"]),
        **{name: held[name].astype(float) for name in ("n", "whole", "share", "excess", "here", "rest", "z")},
    )
