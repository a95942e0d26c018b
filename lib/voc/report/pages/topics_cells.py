"""The cells of the map: shares above thin bars, changes with a mark of how sure they are, rates with their intervals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.rules import MetricRules
from ...analysis.themes.lines import CATEGORY, ROOT, SEVERAL, TOPIC
from ...data.periods import Period
from ..style import MISSING, NBSP, change, cut, interval, is_missing, number
from ..tables import MARKS, Col, Html, chip, esc, plain, slug

REAL = ("sure", "likely")
LOOSE = {CATEGORY: "In no category", TOPIC: "In no topic"}


def columns(cells: pd.DataFrame, now: Period, kind: str) -> list[Col]:
    """Return the columns of the map that have anything to show."""
    wanted = [
        Col("name", "Category" if kind == CATEGORY else "Topic, made of its words"),
        Col("share", "Share of contacts, %"),
        Col("change", f"Against {now.previous().label}, pts"),
        Col("year", f"Against {now.year_before().label}, pts"),
        Col("csat", "CSAT, %"),
        Col("negative", "Negative texts, %"),
        Col("hours", "Handling, hours (% of all)"),
        Col("repeat", "Came back, %"),
    ]
    return [one for one in wanted if cells[one.name].notna().any()]


def cells_of(rows: pd.DataFrame, rules: MetricRules, *, heads: bool = True) -> pd.DataFrame:
    """Write the cells of each line, those of an unstable topic in grey; without ``heads`` above them roots name themselves."""
    widest, made = max(float(rows["share"].max()), 1e-9), []
    for row in rows.to_dict("records"):
        cells = {
            "share": _share(row, widest), "change": _moves(row, ""), "year": _moves(row, "_year"),
            "csat": _rate(row, "csat", rules), "negative": _rate(row, "negative", rules),
            "hours": _hours(row), "repeat": _rate(row, "repeat", rules),
        }  # fmt: skip
        faint = {
            name: cell and Html(f'<span class="small">{cell.html}</span>', cell.text) for name, cell in cells.items()
        }
        name = _name(row) if heads else _bare_name(row)
        made.append({"root": _root(row), "name": name} | (cells if row["stable"] else faint))
    return pd.DataFrame(made)


def _share(row: Mapping, widest: float) -> Html:
    """Write a share with its interval above a thin bar."""
    words = f'{number(row["share"], "%", bare=True)} <span class="small range">({interval(row["lo"], row["hi"], "%", bare=True)})</span>'
    bar = f'<span class="bar under" style="width:{100 * row["share"] / widest:.1f}%"></span>'
    return Html(words + bar, plain(words))


def _hours(row: Mapping) -> Html | None:
    if is_missing(row["hours"]):
        return None
    html = f'{row["hours"]:,.1f} <span class="small">({row["hours_share"]:.1f})</span>'
    return Html(html, plain(html))


def _root(row: Mapping) -> str:
    """Name the root of a line with its owner; topics lie in it mostly, or across all."""
    if row["root"] == SEVERAL:
        return f"{SEVERAL}: ways of speaking, or a matter without a category"
    if not row["root"]:
        return LOOSE.get(row["kind"], "") if row["rest"] else "all topics"
    return (
        f"{'mostly ' if row['kind'] == TOPIC else ''}{cut(row['root'])}{f' ({own})' if (own := row['owner']) else ''}"
    )


def anchor(row: Mapping) -> str:
    """Return the id under which the voices of a line stand."""
    return f"heard-{row['kind']}-{slug(str(row['root']))}-{slug(str(row['label']))}"


def _name(row: Mapping) -> Html:
    label = f"all of {cut(row['label'])}" if row["kind"] == ROOT else cut(row["label"])
    if row["kind"] == ROOT or row["rest"]:
        return Html(esc(label), label)
    name = Html(f'<a href="#{anchor(row)}">{esc(label)}</a>', label)
    marks = [*(["unstable"] if not row["stable"] else []), *(["split in mood"] if row["split"] else [])]
    html = name.html + "".join(f'<br><span class="small">{mark}</span>' for mark in marks)
    return Html(html, ", ".join([label, *marks]))


def _bare_name(row: Mapping) -> Html:
    """Name a root with its owner, and a line below it by what it is part of."""
    if row["kind"] != ROOT:
        own = _name(row)
        return Html(f'<span class="within">{own.html}</span>', f"in it: {own.text}")
    owner = f'<br><span class="small">{esc(cut(row["owner"]))}</span>' if row["owner"] else ""
    html = f"{esc(cut(row['label']))}{owner}"
    return Html(html, plain(html))


def _moves(row: Mapping, tail: str) -> Html:
    """Write a change with a mark for how sure it is; the word too where it is more than noise."""
    change_, certainty, why = (row[f"{name}{tail}"] for name in ("change", "certainty", "why"))
    if not row["stable"]:
        return Html('<span class="small">not told</span>', "not told")
    if is_missing(change_):
        return Html(MISSING, MISSING)
    size = change(change_, "pts").replace(f"{NBSP}pts", "")
    if certainty in REAL:
        season = ' <span class="small">as a year before</span>' if row["season"] and not tail else ""
        html = f'<span class="moved">{"↑" if change_ > 0 else "↓"}{NBSP}{size}</span> {chip(certainty).html}{season}'
    else:
        word = "too few" if why.startswith("fewer than") else certainty
        mark = f'<span role="img" aria-label="{word}">{MARKS[certainty]}</span>'
        return Html(f'<span class="moved quiet">{size} {mark}</span>', f"{size} {word}")
    return Html(html, plain(html))


def _rate(row: Mapping, name: str, rules: MetricRules) -> Html | None:
    """Write a rate with its interval, in grey with its n where that is small, and whether it differs from all others."""
    n = row[f"{name}_n"]
    if not row[f"{name}_of"]:
        return None
    if n < rules.smallest_group or is_missing(row[name]):
        return Html('<span class="small">too few</span>', "too few")
    count = f", n{NBSP}{n}" if n < rules.min_n else ""
    html = f'{row[name]:.0f} <span class="small range">({row[f"{name}_lo"]:.0f}–{row[f"{name}_hi"]:.0f}){count}</span>'
    if count:
        html = f'<span class="small">{html}</span>'
    elif row["stable"] and row[f"{name}_certainty"] in REAL:
        arrow, word = ("↑", "above") if row[name] > row[f"{name}_rest"] else ("↓", "below")
        sure = chip(row[f"{name}_certainty"]).html
        html += f'<br><span class="range"><span role="img" aria-label="{word} all others">{arrow}</span> {sure}</span>'
    return Html(html, plain(html))
