"""Features of a forecast in words: what a class of customers has in common, for those who read why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .classes import EDGES, FLAG

YEAR = "in the time looked back over"
DAYS = {
    "since": ("last contact {0} days ago", f"no contact {YEAR}"),
    "since_first": ("first contact {0} days ago", "no contact yet"),
    "tenure": ("customer for {0} days", "beginning not known"),
}
COUNTS = {
    "contacts_30": "{0} in the last 30 days",
    "contacts_90": "{0} in the last 90 days",
    "contacts": f"{{0}} {YEAR}",
}
TROUBLES = {
    "trouble_90": "{0} with trouble in the last 90 days",
    "trouble": f"{{0}} with trouble {YEAR}",
    "ignored": f"{{0}} left unanswered {YEAR}",
}
FLAGS = {
    "last_slow": ("last contact was answered slowly", "last contact was not answered slowly"),
    "last_unsolved": ("last contact did not solve it", "last contact solved it"),
    "last_opened_again": ("last contact was opened again", "last contact was not opened again"),
    "last_unanswered": ("did not answer after the last contact", "answered after the last contact"),
    "last_silent_after_trouble": ("silent after trouble at the last contact", "not silent after trouble at the last contact"),
    "first_slow": ("first contact was answered slowly", "first contact was not answered slowly"),
    "first_unsolved": ("first contact did not solve it", "first contact solved it"),
    "pending": ("outcome of the last contact not known yet", "outcome of the last contact known"),
}  # fmt: skip
SCORES = ("last score 1 or 2", "last score 3", "last score 4 or 5")
SHARES = ("none of the contacts with trouble", "up to half of the contacts with trouble", "most contacts with trouble")


def words_of(term: str, code: int, levels: Mapping[str, Sequence[str]]) -> str:
    """Say what customers of one class of a feature have in common; class 0 is what is not known.

    >>> words_of("since", 2, {}), words_of("contacts", 3, {}), words_of("last_slow", 2, {}), words_of("plan", 1, {"plan": ["a"]})
    ('last contact 8 to 30 days ago', '2 contacts in the time looked back over', 'last contact was answered slowly', 'plan: a')
    """
    if term in levels:
        return f"{term.replace('_', ' ')}: {levels[term][code - 1] if code else 'not known'}"
    if term in DAYS:
        known, missing = DAYS[term]
        return known.format(_range(EDGES[term], code)) if code else missing
    if term in FLAGS:
        yes, no = FLAGS[term]
        return (f"not known: {yes}", no, yes)[code] if EDGES[term] == FLAG else yes
    if term in COUNTS or term in TROUBLES:
        thing = "survey" if term == "ignored" else "contact"
        return (COUNTS | TROUBLES)[term].format(_count(EDGES[term], code, thing))
    told = SCORES if term == "last_score" else SHARES
    return (
        told[code - 1] if code else ("no score" if term == "last_score" else "no contact of which the course is known")
    )


def _range(edges: Sequence[float], code: int) -> str:
    if code > len(edges):
        return f"more than {edges[-1]:,.0f}"
    return f"at most {edges[0]:,.0f}" if code == 1 else f"{edges[code - 2] + 1:,.0f} to {edges[code - 1]:,.0f}"


def _count(edges: Sequence[float], code: int, thing: str) -> str:
    if code == 0:
        return f"number of {thing}s not known"
    low = 0 if code == 1 else edges[code - 2] + 1
    if code > len(edges):
        return f"{low:.0f} or more {thing}s"
    high = edges[code - 1]
    many = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
    return f"{'no' if high == 0 else many} {thing}{'' if high == 1 else 's'}"
