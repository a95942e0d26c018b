"""What the whys leave for the front page: causes as findings with their words, and what could not be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...analysis.findings import COLUMNS as FINDING_COLUMNS
from ...analysis.trace import write_trace
from ...analysis.whys.kinds import FEWEST
from ...analysis.whys.starts import CONTACTS
from ...analysis.whys.stories import Whys
from ...data.periods import Period
from ..style import cut, interval, number
from ..tables import Html, say
from .card import conclusions as told
from .whys import stories_of
from .whys_causes import ACT, LETTERS
from .whys_steps import path_of
from .whys_words import counted, weight


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
        dimension, label = _topic(path_of(row, by), root, matter)
        rows.append(
            {
                "metric": "contacts", "dimension": dimension, "label": label, "n": n, "value": float(n), "lo": np.nan, "hi": np.nan,
                "before": float(before), "change": float(n - before), "floor": float(floor), "certainty": cause["certainty"],
                "direction": "more", "carried_dimension": "", "carried_label": "", "owner": cause["owner"],
                "weight": round(min((n - before) / floor, 20.0), 3),
                "trace": json.dumps(json.loads(write_trace(now, "contacts")) | {"node": cause["node"]}, ensure_ascii=False),
                "headline": f"{cause['problem']} – {cut(one_tongue(cause['cause']), LETTERS)}.", "detail": detail(cause, now, currency),
                "follows": cause["next_step"], "href": f"{notebook}.html#story-{cause['story'].lower()}", "notebook": notebook,
            }
        )  # fmt: skip
    columns = [*FINDING_COLUMNS, "headline", "detail", "follows", "href", "notebook"]
    return pd.DataFrame(rows, columns=columns).sort_values("weight", ascending=False, ignore_index=True, kind="stable")


def one_tongue(cause: str) -> str:
    """Keep of quoted words those of the first language only: a headline is read once, the page shows all.

    >>> one_tongue("customers say «box, plastic» / «包装» / «коробка»"), one_tongue("customers say «new app / 更新»")
    ('customers say «box, plastic»', 'customers say «new app»')
    """
    first = re.sub(r"(«[^»]*»)(?: / «[^»]*»)+", r"\1", cause)
    return re.sub(r"«([^»]*?) / [^»]*»", r"«\1»", first)


def conclusions(news: pd.DataFrame) -> Html:
    """Say the causes in a manager's words, or that none made enough contacts in this period."""
    if news.empty:
        return say(
            "No question led to a cause that made {n} contacts or more in this period and that somebody can change. What is open "
            "stands above, with whom to ask.", n=FEWEST,
        )  # fmt: skip
    return told(news)


def _topic(path: Sequence[Mapping], root: Mapping, matter: str) -> tuple[str, str]:
    """Return what a cause is about: the problem asked about or named on the way to it, else the value that was asked about."""
    pairs = [(matter, root["label"])] + [pair for row in path for pair in zip(row["names"], row["values"], strict=True)]
    told = next((pair for pair in pairs if pair[0] == matter and pair[1]), None)
    return told or (root["where_name"], root["where_value"])


def detail(cause: Mapping, now: Period, currency: str = "") -> str:
    """Say what a cause carries of its problem, and what it came to in the period."""
    part = f"{number(cause['carried'], '%')} ({interval(cause['lo'], cause['hi'], '%')})"
    return f"It carries {part} of the problem: {counted(cause, {'measure': CONTACTS})}, {weight(cause, now, currency)}."


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
