"""Alerts as cards, newest first: what rose, since when and by how much, why perhaps, who says so, whose it is and how it stands."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..folds import fold
from ..style import MINUS, cut, day_label
from ..tables import Html, chip, esc, plain, safe_href, say
from .alerts_read import GOING, LEVEL, VERDICTS, Alerts, about, named, state_of, subjects, text_of, whole
from .drivers_read import nothing, noun
from .voices import quote

CAUSE = "Likely explanation"
WHAT = "Whether anything rises beyond chance"
MOST_VOICES, MOST_RELATED = 3, 5
SHOWN = 6  # cards that stand open; older ones are folded away


def lead(found: Alerts) -> Html:
    """Say how many alerts are new, going on and ended, and name the newest that goes on."""
    if found.why:
        return nothing(found.why, WHAT)
    if found.series.empty:
        return nothing("no series has contacts enough to be watched", WHAT)
    states = [state_of(row, found.until) for row in found.ledger.to_dict("records")]
    n = {word: states.count(word) for word in ("new", "going on", "ended")}
    day = day_label(pd.Timestamp(found.until))
    if not n["new"] + n["going on"]:
        past = f" {noun(n['ended'], 'earlier alert')} ended before." if n["ended"] else ""
        n_judged = int(found.series["judged"].astype(bool).sum())
        if not n_judged:
            of = "the one" if len(found.series) == 1 else f"all {len(found.series):,}"
            return nothing(f"too little of the past is known of {of} series watched", WHAT)
        some = "" if n_judged == len(found.series) else f", of which {n_judged:,} could be judged,"
        return say("**No alert** up to {day}: of {series} nothing rises beyond what chance makes.{past}", day=day,
                   series=f"{len(found.series):,} series watched{some}", past=past)  # fmt: skip
    going = ordered(found)[lambda rows: rows["state"] == GOING].to_dict("records")
    newest = Html(f'<a href="#alert-{esc(going[0]["id"])}">{esc(headline(going[0]))}</a>')
    return say(
        "**{n} up to {day}**: {new} new, {on} going on; {ended} ended. Newest: {newest}",
        n=noun(len(going), "alert"), day=day, new=n["new"], on=n["going on"], ended=n["ended"], newest=newest,
    )  # fmt: skip


def ordered(found: Alerts) -> pd.DataFrame:
    """Return the alerts, the newest first; of one day the largest."""
    return found.ledger.sort_values(["seen", "excess"], ascending=False, kind="stable", ignore_index=True)


def headline(row: Mapping) -> str:
    """Say in one sentence what rose.

    >>> headline({"key": "contacts/category=delivery", "what": "burst", "observed": 84.0, "expected": 40.0, "start": "2026-10-03", "last": "2026-10-09"})
    'Contacts about delivery rose: 84 from 3\\xa0Oct to 9\\xa0Oct\\xa02026, about 40 expected.'
    """
    start, last = pd.Timestamp(row["start"]), pd.Timestamp(row["last"])
    days = (
        f"on {day_label(last)}"
        if start == last
        else f"from {day_label(start, year=start.year != last.year)} to {day_label(last)}"
    )
    verb = "stand on a higher level" if row["what"] == LEVEL else "rose"
    return f"{named(row['key'])} {verb}: {whole(row['observed'])} {days}, about {about(row['expected'])} expected."


def size(row: Mapping) -> str:
    """Write how many more than expected, with the interval, and how many times that is."""
    more = f"{whole(row['excess'])} more than expected (95% {signed(row['lo'])} to {signed(row['hi'])})"
    times = row["observed"] / row["expected"] if row["expected"] >= 1 else None
    return more + (f", {times:.1f} times as many" if times else "")


def signed(value: float) -> str:
    """Write a count with its sign.

    >>> signed(28.4), signed(-3.0), signed(0.2)
    ('+28', '−3', '0')
    """
    size_ = round(float(value))
    return (("+" if size_ > 0 else MINUS) if size_ else "") + whole(abs(size_))


def cards(found: Alerts) -> Html:
    """Show the alerts, those going on and the newest open, older ones folded; without any, words that say so."""
    if found.why or found.ledger.empty:
        return lead(found)
    rows = ordered(found).to_dict("records")
    open_ = [row for i, row in enumerate(rows) if row["state"] == GOING or i < SHOWN]
    old = [row for row in rows if row not in open_]
    shown = _list(open_, found)
    return shown + fold(f"{noun(len(old), 'older alert')}", _list(old, found)) if old else shown


def _list(rows: list[dict], found: Alerts) -> Html:
    html = f'<ol class="ledger">{"".join(_card(row, found) for row in rows)}</ol>'
    return Html(html, plain(html))


def _card(row: Mapping, found: Alerts) -> str:
    anchor = f"alert-{row['id']}"
    facts = [("How large", size(row)), (CAUSE, _cause(row)), ("State", _state(row, found.until)), ("Since", _since(row)),
             ("Seen also in", _related(row)), ("Owner", text_of(row, "owner") or "nobody is named in the params"), ("What an analyst said", _said(row))]  # fmt: skip
    items = "".join(
        f"<div class=wide><dt>{name}</dt><dd>{value}</dd></div>"
        if name == CAUSE
        else f"<div><dt>{name}</dt><dd>{esc(value)}</dd></div>"
        for name, value in facts
        if value
    )
    return f'<li id="{esc(anchor)}"><h3>{esc(headline(row))}</h3><p>{chip(row["certainty"]).html}</p><dl>{items}</dl>{_voices(row, found)}</li>'


def _state(row: Mapping, until: pd.Timestamp) -> str:
    word = state_of(row, until)
    if word == "ended":
        return f"ended; last alarm on {day_label(pd.Timestamp(row['last']))}"
    updates = int(row["updates"])
    return word + (f", updated {noun(updates, 'time')}" if updates else "")


def _since(row: Mapping) -> str:
    start, seen = pd.Timestamp(row["start"]), pd.Timestamp(row["seen"])
    late = (seen - start).days
    how = "on the same day" if not late else f"{noun(late, 'day')} later"
    return f"{day_label(start)}, seen {how}"


def _cause(row: Mapping) -> str:
    """Write the likely explanation with its link; without one, the next step."""
    words, href = text_of(row, "cause"), text_of(row, "href")
    link = f' <a href="{safe_href(href)}">evidence<span class=away>: {esc(headline(row))}</span></a>' if href else ""
    return (esc(words) if words else "none was found yet: read ten of these contacts before acting") + link


def _related(row: Mapping) -> str:
    related = row.get("related")
    keys = [] if related is None or isinstance(related, float) else list(related)
    return subjects(keys, MOST_RELATED)


def _said(row: Mapping) -> str:
    verdict, remark = text_of(row, "verdict"), text_of(row, "remark")
    if not verdict:
        return "nothing yet"
    return VERDICTS.get(verdict, verdict) + (f": «{cut(remark, 200)}»" if remark else "")


def _voices(row: Mapping, found: Alerts) -> str:
    own = found.voices[found.voices["id"] == row["id"]].head(MOST_VOICES).to_dict("records")
    return f'<div class="voices three">{"".join(quote(voice) for voice in own)}</div>' if own else ""
