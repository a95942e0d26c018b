"""An alert as a message: plain text for e-mail, the forms of Slack and Mattermost, a record for programs.

Whatever customers wrote is hostile here as well: a chat would turn it into links, bold type and shouts at everybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .pages.alerts import headline, size
from .pages.alerts_read import Alerts, text_of
from .pages.drivers_read import noun
from .pages.voices import scored
from .style import day_label, number

MOST_VOICES = 3
NOBODY = "nobody is named in the params"
NO_CAUSE = "none was found yet: read ten of these contacts before acting"
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!|>~<$])")
APART = "\u200b"  # of no width: parts what a chat would make a link or a mention


@dataclass(frozen=True)
class Message:
    """One alert in words: ``title``, ``facts`` (name, words), ``voices``, ``link`` (may be empty), ``footer``, and ``record``."""

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    voices: tuple[str, ...]
    link: str
    footer: str
    record: Mapping[str, Any]


def message(row: Mapping[str, Any], found: Alerts, company: str, link: str) -> Message:
    """Put an entry of the ledger into a message; ``link`` leads to the published page, empty where there is none."""
    own = found.voices[found.voices["id"] == row["id"]].head(MOST_VOICES).to_dict("records")
    cause, owner = text_of(row, "cause"), text_of(row, "owner")
    start, seen = pd.Timestamp(row["start"]), pd.Timestamp(row["seen"])
    facts = (
        ("How large", f"{size(row)}; {row['certainty']}"),
        ("Since", f"{day_label(start)}, seen {day_label(seen)}"),
        ("Likely explanation", cause or NO_CAUSE),
        ("Owner", owner or NOBODY),
    )
    quoted = [f"«{flat(voice['text'])}» ({', '.join(_beside(voice))})" for voice in own]
    record = {name: _plain(row[name]) for name in RECORD} | {
        "company": company, "title": headline(row), "cause": cause, "owner": owner, "link": link, "budget": found.rules.budget,
        "voices": [{name: _plain(voice[name]) for name in ("interaction_id", "language", "channel", "text")} for voice in own],
    }  # fmt: skip
    facts = tuple((name, flat(words)) for name, words in facts)
    return Message(row["id"], flat(f"{company}: {headline(row)}"), facts, tuple(quoted), link, _footer(found), record)


RECORD = (
    "id",
    "key",
    "what",
    "start",
    "seen",
    "last",
    "observed",
    "expected",
    "excess",
    "lo",
    "hi",
    "certainty",
    "related",
)


def text(said: Message) -> str:
    """Return a message as the plain text of an e-mail."""
    lines = [said.title, "", *(f"{name}: {words}" for name, words in said.facts)]
    if said.voices:
        lines += ["", "What customers say (drawn by lot):", *(f"- {voice}" for voice in said.voices)]
    return "\n".join([*lines, "", *([said.link, ""] if said.link else []), said.footer, ""])


def slack(said: Message) -> dict[str, Any]:
    """Return the payload of a Slack webhook: plain text in which nothing is mark-up, a link or a mention but our own link."""
    return {
        "text": _chat(said, for_slack),
        "mrkdwn": False,
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def mattermost(said: Message) -> dict[str, Any]:
    """Return the payload of a Mattermost webhook: the same, with its Markdown escaped."""
    return {"text": _chat(said, for_mattermost)}


def for_slack(words: str) -> str:
    """Write words so that Slack shows them as they are.

    >>> for_slack("<!channel> & @all").replace(APART, "|")
    '&lt;!channel&gt; &amp; @|all'
    """
    return _apart(words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def for_mattermost(words: str) -> str:
    """Write words so that Mattermost shows them as they are.

    >>> for_mattermost("[free](http://evil.example) @all").replace(APART, "|")
    '\\\\[free\\\\]\\\\(http:|//evil.|example\\\\) @|all'
    """
    return _apart(MARKDOWN.sub(r"\\\1", words))


def flat(words: str) -> str:
    """Put words on one line, without letters that cannot be seen or that turn the direction of others.

    >>> flat("a\\r\\nBcc: b\\u202e\\u200bc")
    'a Bcc: bc'
    """
    kept = "".join(
        " " if letter.isspace() else letter for letter in str(words) if letter.isspace() or letter.isprintable()
    )
    return " ".join(kept.split())


def _chat(said: Message, inert) -> str:
    lines = [said.title, *(f"{name}: {words}" for name, words in said.facts), *said.voices]
    return "\n".join([*map(inert, lines), *([said.link] if said.link else []), inert(said.footer)])


def _apart(words: str) -> str:
    """Part addresses and mentions by a letter without width, so that no chat makes links or calls of them."""
    return re.sub(r"(?<=:)(?=//)|(?<=\w\.)(?=[^\W\d_])|(?<=[@#])(?=\w)", APART, words)


def _footer(found: Alerts) -> str:
    right = found.precision
    verb = "was" if right.right == 1 else "were"
    so_far = f" So far {right.right} of {noun(right.judged, 'judged alert')} {verb} right." if right.judged else ""
    budget = number(found.rules.budget, "contacts")
    return f"Of alerts on {len(found.series):,} series chance alone raises about {budget} a month.{so_far}"


def _beside(voice: Mapping[str, Any]) -> list[str]:
    return [flat(str(part)) for part in (voice["channel"], scored(voice)) if isinstance(part, str) and part]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value != value:
        return None
    return value.item() if hasattr(value, "item") else value
