"""What follows from a branch: the step that a cause asks for, or, where the data end, whom to ask what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...analysis.whys.ends import CAUSE, START
from ...analysis.whys.kinds import TIME
from ..style import cut, day_label, is_missing
from .whys_words import SPOKEN

READ = "Read ten of these contacts"
LEVERS = {  # label: what to do about one of its values, the nearest to the cause first
    "manual_page": "have page {0} of the manual rewritten and tried on somebody who has never seen it",
    "app_version": "look at the error log of version {0} and at what it changed",
    "browser": "repeat what they did in {0} and look at its error log",
    "payment_method": "look at the payment log for {0}",
    "carrier": "show them to {0} and ask what is done differently there",
    "product": "ask what is special about {0}: how it is made, described and sold",
    "region": "ask what is done differently in {0}",
}  # fmt: skip
ASKED = {  # label: what to ask where it names no lever
    "hour": "Lay staffing and opening hours beside it: what is different in the {0}?",
    "weekday": "Lay staffing and deliveries beside it: what is different on a {0}?",
    "segment": "Call back five of these customers: what happened, step by step?",
    "after_order": "Follow five of these orders day by day: what happens {0} after the order?",
    "came_after": "Read the contact before of ten of these customers: what was left open?",
    "team": "Ask the team {0} what these contacts have in common; look at what they are given, not at persons.",
    "channel": "Try it yourself by {0}: where does it take long, or end badly?",
}  # fmt: skip


def path_of(row: Mapping, nodes: Mapping[str, Mapping]) -> list[Mapping]:
    """Return the explanations from the first why to a node, itself last; ``nodes`` by id."""
    path: list[Mapping] = []
    at: Mapping | None = row
    while at is not None and at["kind"] != START:
        path.insert(0, at)
        at = nodes.get(at["parent"])
    return path


def owner_words(row: Mapping, root: Mapping | None = None) -> str:
    """Name who takes it up."""
    for one in (row, root or {}):
        if not is_missing(one.get("owner")) and one.get("owner"):
            return str(one["owner"])
    return "whoever answers for these contacts"


def step(path: Sequence[Mapping]) -> str:
    """Say what to do about a cause: the lever on the way to it, or what its customers name."""
    last = path[-1]
    if last["kind"] == TIME:
        return f"{READ}, then ask who answers for «{cut(last['event'])}» what it said or changed, before the next of its kind."
    found = [(name, value) for row in reversed(path) for name, value in zip(row["names"], row["values"], strict=True)]
    lever = next((LEVERS[name].format(cut(value)) for name in LEVERS for own, value in found if own == name), "")
    said = last["kind"] in SPOKEN
    if lever:
        return f"{READ}, then {lever}{'; customers name it themselves' if said else ''}."
    return (
        f"{READ}: customers name it themselves. Decide what of it can be changed."
        if said
        else f"{READ}, then ask what sets them apart."
    )


def ask(path: Sequence[Mapping], root: Mapping) -> str:
    """Say what to ask, and whom, where the data end: it depends on what was found last."""
    whom = owner_words(path[-1] if path else {}, root)
    if not path:
        return f"{READ} and call back five of these customers: what happened just before? Take the answers to {whom}."
    last = path[-1]
    if last["season"] is True:
        return f"It comes every year: plan for it, and ask {whom} what would spare customers the contact."
    if last["merely"]:
        return f"{READ}, split by {last['merely'].replace('_', ' ')} first, and ask {whom} which of the two it is."
    if last["kind"] == TIME:
        first, end = (day_label(day) for day in (last["begin"], last["end"]))
        return f"Ask {whom} what changed about {first} and again about {end}; look at the log of releases, campaigns, prices and carriers of these days."
    asked = next(
        (
            ASKED[name].format(cut(value))
            for name, value in zip(last["names"], last["values"], strict=True)
            if name in ASKED
        ),
        "",
    )
    return f"{asked or f'{READ} and call back five of these customers: what happened, step by step?'} Take the answers to {whom}."


def ask_all(roots: Sequence[Mapping]) -> str:
    """Say what to ask, and whom, about questions of which the data end at once."""
    whom: dict[str, list[str]] = {}
    for root in roots:
        whom.setdefault(owner_words(root), []).append(cut(root["label"]) or "all contacts")
    text = f"{READ} and call back five of these customers: what happened just before? Take the answers to "
    if len(whom) == 1:
        return f"{text}{next(iter(whom))}."
    return text + "; ".join(f"{owner} ({', '.join(dict.fromkeys(labels))})" for owner, labels in whom.items()) + "."


def follows(path: Sequence[Mapping], root: Mapping) -> str:
    """Return the next step of a branch."""
    return step(path) if path and path[-1]["ends"] == CAUSE else ask(path, root)
