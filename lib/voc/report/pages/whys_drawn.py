"""The pictures of the whys: a story's tree, and at each step what carries how much beside what else was tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...analysis.whys.ends import CAUSE
from ...analysis.whys.kinds import TIME
from ...analysis.whys.rows import Rows
from ...analysis.whys.starts import CONTACTS, OTHERS, PREVIOUS, YEAR
from ...data.periods import Period
from ..canvas import Picture
from ..charts.branches import Branch, branches
from ..charts.days import span
from ..style import cut, day_label, number
from .topics import capital
from .whys_steps import owner_words
from .whys_words import SPOKEN, named, portion, question, span_words

RIVALS = 3
BEYOND = 0.05  # false discovery rate up to which a rival is no chance either
LETTERS = 90


def label(row: Mapping) -> str:
    """Name a branch in a picture."""
    return cut(named(row) or "in words of their own", LETTERS)


def tree(story: Sequence[Mapping], now: Period) -> Picture | None:
    """Draw a story (its rows, the question first) as a tree: each explanation with the part it carries; None without any."""
    root, nodes = story[0], story[1:]
    if not nodes:
        return None
    first = max((row for row in nodes if row["depth"] == 1), key=lambda row: row["share"])
    title = f"{portion(first['share'])} of it: {label(first)}"
    of = (
        f"all {root['n']:,}"
        if root["against"] == OTHERS
        else f"the {root['whole']:,.0f} {'missing' if root['sign'] < 0 else 'too many'}"
    )
    subtitle = f"Part of what is asked that each explanation carries, %: on the left of {of}, further in of the step above; line: 95% interval"
    rows = [
        Branch(capital(label(row)), row["share"], row["lo"], row["hi"], row["depth"] - 1, ending(row, root))
        for row in nodes
    ]
    told = "; ".join(f"{'of these ' * (row['depth'] > 1)}{portion(row['share'])} {label(row)}" for row in nodes)
    return branches(rows, title=title, subtitle=subtitle, alt=f"{question(root, now)} {capital(told)}.")


def ending(row: Mapping, root: Mapping) -> str:
    """Say how a branch ends, in a few words; empty where it goes on."""
    if not row["leaf"]:
        return ""
    if row["season"] is True:
        return "as every year"
    if row["same_as"]:
        return "told above, too"
    return f"{'→ cause for' if row['ends'] == CAUSE else '? the data end; ask'} {cut(owner_words(row, root))}"


def beside(row: Mapping, tried: pd.DataFrame) -> Picture:
    """Draw what an explanation carries beside the strongest others of its step; where no other has a name, beside what is left."""
    rivals = [
        one for one in tried[(tried["node"] == row["node"]) & ~tried["taken"]].to_dict("records") if _told(one, row)
    ]
    own = Branch(capital(label(row)), row["share"], row["lo"], row["hi"])
    others = [
        Branch(capital(named({"words": {}, **one})), one["share"], look="rival" if one["q"] <= BEYOND else "faint")
        for one in rivals[:RIVALS]
    ]
    if not others:
        others = [Branch("Not carried by it", max(100 - row["share"], 0.0), look="faint")]
        title = f"It carries {portion(row['share'])}; {number(others[0].value, '%')} are left"
        subtitle = f"Part of what is asked at this step, %; line: 95% interval; {row['tries']:,} tried"
    else:
        title = _title(row["share"], others)
        subtitle = f"Part of what is asked at this step, %, each taken alone (they overlap); grey: chance can make it; {row['tries']:,} tried"
    told = "; ".join(f"{one.label} {one.value:.0f}%" for one in [own, *others])
    return branches([own, *others], title=title, subtitle=subtitle, alt=f"{title}. {told}.")


def _title(share: float, others: Sequence[Branch]) -> str:
    """Say how an explanation stands beside those that were tried with it."""
    start, loud = f"It carries {portion(share)}", max(one.value for one in others)
    if all(one.look == "faint" for one in others):
        return f"{start}; what else was tried, chance can make"
    if loud > share:
        return f"{start} by the strongest evidence; others are wider, not surer"
    return f"{start}; the next that was tried {number(max(one.value for one in others if one.look == 'rival'), '%')}"


def _told(one: Mapping, row: Mapping) -> bool:
    """Tell whether a rival has words, and is another explanation, not the one taken once more."""
    if one["kind"] in SPOKEN and row["kind"] in SPOKEN:
        return False
    own, other = (set(zip(each["names"], each["values"], strict=True)) for each in (row, one))
    if own <= other:  # a part of the one taken says the same
        return False
    return one["kind"] != "time" and bool(named({"words": {}, **one}))


def course(row: Mapping, root: Mapping, rows: Rows, above: Sequence[str] | None, now: Period) -> Picture | None:
    """Draw when the contacts came that a span of days was found among; None for another explanation, or a rate.

    ``above`` are the interaction ids of the step above, None where that is the question itself. Days where a period is set
    against the one before, else weeks.
    """
    if row["kind"] != TIME or root["measure"] != CONTACTS:
        return None
    end, daily = (pd.Timestamp(now.end) - rows.first).days, root["against"] == PREVIOUS
    first = (pd.Timestamp(now.previous().start) - rows.first).days if daily else end - YEAR
    width = 1 if daily else 7
    first = end - width * ((end - first) // width)
    kept = (rows.day >= first) & (rows.day < end) & ((rows.problem == root["label"]) | (not root["label"]))
    kept &= rows.is_value(root["where_name"], root["where_value"]) if root["where_name"] else True
    kept &= rows.frame["interaction_id"].isin(list(above)).to_numpy() if above is not None else True
    counts = np.bincount((rows.day[kept] - first) // width, minlength=(end - first) // width)
    starts = [rows.date_of(first + width * at) for at in range(len(counts))]
    inside = [start <= row["end"] and start + pd.Timedelta(days=width) > row["begin"] for start in starts]
    event = None
    if row["event"] and row["event_on"] >= starts[0]:
        event = ((row["event_on"] - starts[0]).days / width + 0.5 / width, cut(row["event"], 40))
    title = f"{row['n']:,} contacts {span_words(row['begin'], row['end'])}, where {max(row['expected'], 0):,.0f} would be expected"
    unit = "day" if daily else "week"
    subtitle = f"Contacts {'at the step above' if above is not None else 'asked about'} by {unit}, {day_label(starts[0])} to {day_label(starts[-1])}; in colour the span; n {int(counts.sum()):,}"
    alt = f"{title}. The most in a {unit} were {int(counts.max(initial=0)):,}, the median {float(np.median(counts)):,.0f}."
    return span(starts, counts.tolist(), inside, title=title, subtitle=subtitle, alt=alt, event=event)
