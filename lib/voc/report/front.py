"""The index page from the top: masthead, in brief, what did not change, the six cards.

Each function returns one fragment in the order of the page; the rest of the page is in ``front_parts`` and can
be called from here too. All take small frames of plain values and escape them.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from voc.analysis.findings import STANDING
from voc.report.canvas import Picture, plot_only
from voc.report.front_parts import (
    actions,
    cannot_say,
    categories,
    foot,
    joined,
    part,
    records,
    tables_list,
    verdicts,
    voices,
)  # fmt: skip
from voc.report.style import change, interval, is_missing, judged, number
from voc.report.tables import JUDGED, Col, Html, chip, esc, moved, plain, safe_href, table

__all__ = [
    "actions",
    "brief",
    "cannot_say",
    "cards",
    "categories",
    "foot",
    "masthead",
    "tables_list",
    "unchanged",
    "verdicts",
    "voices",
]
INCOMPARABLE = "Nothing can be said of changes: {why}."
GROUPS = " What follows are differences between groups of this period."
STANDS = " What follows is no change: it stands from period to period until something is done."
QUIET = "No change this {period} stands out from what chance makes among so many comparisons."


def masthead(
    *,
    title: str,
    company: str,
    period_label: str,
    previous_label: str,
    data_until: str,
    contacts: float,
    customers: float | None = None,
    synthetic: bool = False,
    quiet: bool = False,
    note: str = "",
    year_label: str = "",
) -> Html:
    """Return the head of the index page: what, which period against which, how much data, whether they are invented.

    ``contacts`` and ``customers`` are counts; labels are ready words ("October 2026"); ``quiet`` says that no
    change stands out from chance; ``note`` is one more sentence.

    >>> masthead(title="Customer contacts", company="", period_label="October 2026", previous_label="September",
    ...          data_until="31 Oct 2026", contacts=4512).text[:17]
    'Customer contacts'
    """
    against = " and ".join(label for label in (previous_label, year_label) if label)
    counts = f"<strong>{number(contacts, 'contacts')}</strong> contact{'' if contacts == 1 else 's'}"
    if not is_missing(customers):
        counts += f" of <strong>{number(customers, 'contacts')}</strong> customer{'' if customers == 1 else 's'}"
    compared = f"Compared with {esc(against)}" if against else "Nothing to compare with yet"
    lines = [f"{counts}. {compared}. Data up to {esc(data_until)}."]
    lines += [esc(note)] if note else []
    lines += ["A quiet period: no change stands out from chance."] if quiet else []
    made_up = (
        '<p class="synthetic"><strong>Synthetic data.</strong> An invented company; no real customer is in here.</p>'
    )
    html = (
        f'<header class="masthead"><p class="kicker">{esc(company)}</p>'
        f'<h1 id="top">{esc(title)} <span class="period">{esc(period_label)}</span></h1>'
        f'<p class="standfirst">{" ".join(lines)}</p>{made_up if synthetic else ""}</header>'
    )
    return Html(html, plain(html))


def brief(
    findings: pd.DataFrame | None, *, period: str = "month", most: int = 7, incomparable: str = "",
    standing: pd.DataFrame | None = None,
) -> Html:  # fmt: skip
    """Return "In brief": at most seven findings, in the order given.

    ``findings``: ``headline`` (a sentence), ``detail`` (size, interval, n), ``certainty``; optional ``follows`` (what
    to do next), ``owner``, ``href`` (evidence), ``direction`` (better, worse or neutral). All plain text. A row with
    ``rest`` (the level of all others) and without ``before`` is a difference, no change, and is worded as one.
    None or no rows give one quiet sentence. ``incomparable`` says why nothing can be compared with the period before.
    ``standing`` are facts that are no news (the same columns): they take the places that news leaves free.

    >>> brief(None).text
    'In brief No change this month stands out from what chance makes among so many comparisons.'
    """
    rows = records(findings)[:most]
    stands = records(standing)[: most - len(rows)]
    words = "" if rows else QUIET.format(period=esc(period))
    if incomparable:
        words = INCOMPARABLE.format(why=esc(incomparable)) + (GROUPS if rows else "")
    words += STANDS if stands and not rows else ""
    lead = f'<p class="quiet-month">{words}</p>' if words else ""
    items = "".join(_told(row) for row in [*rows, *stands])
    return part("In brief", lead + (f'<ol class="brief">{items}</ol>' if items else ""), name="in-brief", flow=True)


def _told(row: dict[str, Any]) -> str:
    owner = f' <span class="owner">{esc(row["owner"])}</span>' if row.get("owner") else ""
    follows = f'<p class="follows">{esc(row["follows"])}{owner}</p>' if row.get("follows") else ""
    link = f' <a href="{safe_href(row.get("href"))}">evidence<span class=away>: {esc(row["headline"])}</span></a>'
    return (
        f'<li><h3>{esc(row["headline"])}</h3><p class="detail">{chip(row.get("certainty")).html} {_sign(row)}'
        f"{_tied(row.get('detail'))}{link if row.get('href') else ''}</p>{follows}</li>"
    )


def _sign(row: dict[str, Any]) -> str:
    """Say better or worse of a change that is more than chance, and above or below of a difference between groups."""
    if row.get("certainty") not in ("sure", "likely"):
        return ""
    if row.get("dimension") == STANDING:
        return '<span class="moved quiet"><span class="word">stands</span></span> '
    if _has(row, "rest") and not _has(row, "before"):
        words = "below the others" if row.get("value", row["rest"]) < row["rest"] else "above the others"
        return f'<span class="moved quiet"><span class="word">{words}</span></span> '
    words = {"better": "↑ better", "worse": "↓ worse"}.get(str(row.get("direction")), "")
    return f'<span class="moved {row["direction"]}"><span class="word">{words}</span></span> ' if words else ""


def unchanged(frame: pd.DataFrame | None, *, heading: str = "What did not change") -> Html:
    """Return what stayed within noise, as one short table.

    ``frame``: ``label``, ``value``, ``unit``; optional ``change``, ``floor`` (the change that chance alone makes)
    and ``n``.

    >>> unchanged(None).text
    'What did not change No measure could be called unchanged: each either changed or cannot be told.'
    """
    rows = records(frame)
    if not rows:
        return part(
            heading, "<p>No measure could be called unchanged: each either changed or cannot be told.</p>", flow=True
        )
    shown = [
        {
            "label": Html(f"{esc(row['label'])}{_rests_on(row)}"),
            "value": number(row.get("value"), row["unit"]),
            "change": change(row.get("change"), row["unit"]),
            "floor": "±" + number(row.get("floor"), "pts" if row["unit"] == "%" else row["unit"]),
        }
        for row in rows
    ]
    columns = [
        Col("label", "Measure"),
        Col("value", "Now", "number"),
        Col("change", "Change", "number"),
        Col("floor", "Chance alone", "number"),
    ]
    caption = "Changes no larger than what chance alone makes"
    return part(heading, table(pd.DataFrame(shown), columns=columns, caption=caption).html, flow=True)


def _rests_on(row: dict[str, Any]) -> str:
    return f' <span class="small">n\u00a0{number(row["n"], "contacts")}</span>' if _has(row, "n") else ""


def cards(frame: pd.DataFrame, *, heading: str = "The figures", previous: str = "", year: str = "") -> Html:
    """Return the six cards, in the order of the rows.

    ``frame``: ``label``, ``value`` in ``unit``; optional ``n``, ``n_label`` ("answers"), ``lo``, ``hi`` (interval),
    ``change``, ``floor``, ``certainty``, ``better`` (``up``/``down``) against ``previous`` (label of that period),
    ``change_year``, ``certainty_year`` against ``year``, ``sparkline`` (a Picture), ``target``, ``href``, ``note`` and
    ``verdict`` on the target and ``why_missing`` (shown in place of a value that is missing).

    >>> cards(pd.DataFrame({"label": ["Contacts"], "value": [4512], "unit": ["contacts"]})).text
    'The figures Contacts 4,512'
    """
    items = "".join(f"<li>{_card(row, previous, year)}</li>" for row in records(frame))
    return part(heading, f'<ul class="cards">{items}</ul>', name="figures")


def _card(row: dict[str, Any], previous: str, year: str) -> str:
    label = esc(row["label"])
    if row.get("href"):
        label = f'<a href="{safe_href(row["href"])}">{label}</a>'
    if is_missing(row.get("value")):
        why = esc(row.get("why_missing") or "The data do not hold what this figure needs.")
        return f'<h3>{label}</h3><p class="value none">cannot tell</p><p class="small">{why}</p>'
    unit = row["unit"]
    size = (
        [f"n {number(row['n'], 'contacts')}{' ' + esc(row['n_label']) if row.get('n_label') else ''}"]
        if _has(row, "n")
        else []
    )
    withheld = row.get("certainty") == "cannot tell" and row.get("note")  # the note says why; no ±0 beside it
    size += [f"95% {interval(row['lo'], row['hi'], unit)}"] if _has(row, "lo") and _has(row, "hi") else []
    return "".join(
        [
            f'<h3>{label}</h3><p class="value">{_big(row["value"], unit)}</p>',
            f'<p class="small">{joined(size)}</p>' if size else "",
            ""
            if withheld
            else _against(
                row, "change", "certainty", (previous or "the period before") + (row.get("how") or ""), "floor"
            ),
            _against(row, "change_year", "certainty_year", year or "a year before", "floor_year"),
            f'<p class="small">Target {number(row["target"], unit)}{_colon(row.get("verdict"))}</p>'
            if _has(row, "target")
            else "",
            f'<p class="small">{esc(row["note"])}</p>' if row.get("note") else "",
            _spark(row.get("sparkline")),
        ]
    )


def _tied(text: Any) -> str:
    """Escape a text and keep "n = 1,104" on one line."""
    return esc(text).replace("n = ", "n\u00a0=\u00a0")


def _colon(words: Any) -> str:
    return f": {esc(words)}" if words else ""


def _has(row: dict[str, Any], name: str) -> bool:
    return not is_missing(row.get(name))


def _big(value: Any, unit: str) -> str:
    """Set the units of a large figure smaller than its digits."""
    text = esc(number(value, unit)).replace("%", '<span class="unit">%</span>')
    for word in ("min", "h", "s", "d"):
        text = text.replace(f"\u00a0{word}", f'<span class="unit">\u00a0{word}</span>')
    return text + ('<span class="unit"> of 5</span>' if unit.startswith("score") else "")


def _against(row: dict[str, Any], name: str, certainty: str, period: str, floor: str) -> str:
    if not _has(row, name):
        return ""
    unit = row["unit"]
    sure = row.get(certainty)
    text = moved(row[name], unit, row.get("better"), sure)
    if judged(row[name], row.get("better"), sure, unit) in JUDGED:
        mark = f" {chip(sure).html}" if sure else ""
        return f'<p class="against">{text.html} <span class="small">than {esc(period)}</span>{mark}</p>'
    room = ""
    if _has(row, floor):
        room = f" (chance alone makes ±{number(row[floor], 'pts' if unit == '%' else unit)})"
    return f'<p class="against">{text.html} <span class="small">against {esc(period)}{room}</span></p>'


def _spark(picture: Any) -> str:
    return plot_only(picture.svg, picture.head_px) if isinstance(picture, Picture) else ""
