"""How good such forecasts were: each method held against what came, beside what chance alone makes, and intervals that held or not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..folds import fold
from ..style import cut, number
from ..tables import Col, Html, say, table
from .drivers_read import joined, nothing, noun
from .forecast_read import FEWEST, PLAIN, UNKNOWN, Forecast, grain_of, in_turn, label_of, method_of

WHAT = "How good such forecasts were"
AT_FLOOR = 1.1  # times the noise floor up to which a miss counts as chance alone
OFF = 2.0  # standard errors by which intervals may hold too seldom or too often and still count as held


def chosen(found: Forecast) -> pd.DataFrame:
    """Return the row of each series' own method, one period ahead, and ``gain``: by which part it misses less than the best plain rule."""
    rows = found.scores[found.scores["horizon"] == 1]
    own = rows[rows["chosen"].astype(bool)]
    best = rows[rows["method"].isin(PLAIN)].groupby("series")["mase"].min()
    plain = own["series"].map(best).astype(float)
    return own.assign(
        gain=((plain - own["mase"]) / plain.where(plain > 0)).where(~own["method"].isin(PLAIN), 0.0).fillna(0.0)
    )


def lead(found: Forecast) -> Html:
    """Say for how many series a model beats the plain rules, where chance alone is left, and whether intervals held."""
    own = chosen(found)
    if found.why or own.empty:
        return nothing(found.why or _short(found), WHAT)
    better = own[own["gain"] > 0]
    floor = own[own["mase"] <= AT_FLOOR * own["floor"]]
    return joined([
        say(
            "Each method forecast every period from what was known before it, {tries}. **In {n} of {all} a model missed by less than the best plain rule{gains}.** {rest}",
            tries=_tries(own, grain_of(found.course, found.ahead)), n=len(better) or "none", all=f"{len(own):,} series", gains=_gains(better["gain"]), rest=_plain(own[~(own["gain"] > 0)]),
        ),
        _floor(floor, len(own)), _held(own),
    ])  # fmt: skip


def _gains(gain: pd.Series) -> str:
    """Say by how much models missed by less."""
    if gain.empty:
        return ""
    ends = list(dict.fromkeys([f"{gain.min():.0%}", f"{gain.max():.0%}"]))
    return f", by {' to '.join(ends)}"


def _tries(own: pd.DataFrame, grain: str) -> str:
    low, high = int(own["n_origins"].min()), int(own["n_origins"].max())
    return f"{noun(high, grain)} in a row" if low == high else f"{low} to {high} {grain}s in a row"


def _plain(rest: pd.DataFrame) -> str:
    if rest.empty:
        return "How sure that is stands with each series below."
    names = in_turn([label_of(name) for name in rest["series"]])
    return f"For {names} nothing clearly beats the plainest rules: that is a result, not a gap. How sure all this is stands with each series below."


def _floor(floor: pd.DataFrame, of: int) -> Html:
    if floor.empty:
        return say("No series is foretold as well as chance allows: what moves them is not all in the data.")
    names = in_turn([label_of(name) for name in floor["series"]])
    return say(
        "In {n} of {of} the misses are hardly larger than chance alone makes, because only some customers answer or call: {names}. No forecast can do "
        "much better there.",
        n=len(floor), of=of, names=names,
    )  # fmt: skip


def coverage(row: Mapping, level: int = 80) -> str:
    """Judge whether intervals held as often as they say: "held", "too narrow", "too wide", or that too few were tried.

    >>> coverage({"cover80": 0.4, "n_origins": 12}), coverage({"cover80": 0.75, "n_origins": 12})
    ('too narrow', 'held')
    """
    share, n = level / 100, row["n_origins"]
    error = np.sqrt(share * (1 - share) / n) if n else np.inf
    if not np.isfinite(error) or np.isnan(row[f"cover{level}"]):
        return UNKNOWN
    off = row[f"cover{level}"] - share
    return "held" if abs(off) <= OFF * error else "too narrow" if off < 0 else "too wide"


def _held(own: pd.DataFrame) -> Html:
    words = own.apply(coverage, axis=1)
    wrong = own[words.isin(["too narrow", "too wide"])]
    text = "The 80% intervals held as often as they say, within what so few tries can show, in {n} of {of} series."
    text += "" if wrong.empty else " In the others they were moved by what the tries showed: {names}."
    named = [f"{label_of(row['series'])} ({coverage(row)})" for row in wrong.to_dict("records")]
    return say(text, n=int((words == "held").sum()), of=len(own), names=in_turn(named))


def _short(found: Forecast) -> str:
    known = found.course[found.course["seen"].notna()].groupby("series").size()
    most = int(known.max()) if len(known) else 0
    return f"{noun(most, grain_of(found.course, found.ahead))} {'is' if most == 1 else 'are'} known at most, fewer than {FEWEST}"


def scores_table(found: Forecast) -> Html | None:
    """Show the method of each series with its misses beside those of the last figure and of chance; None where none was tried."""
    own = chosen(found)
    if found.why or own.empty:
        return None
    grain = grain_of(found.course, found.ahead)
    naive = found.scores[(found.scores["method"] == "naive") & (found.scores["horizon"] == 1)].set_index("series")[
        "mase"
    ]
    rows = pd.DataFrame([_row(row, naive, grain) for row in own.to_dict("records")])
    columns = [
        Col("label", "Series"), Col("method", "Forecast by"), Col("mase", "Missed by", "number"), Col("naive", "The last figure would have", "number"),
        Col("floor", "Chance alone", "number"), Col("c80", "80% held", "number"), Col("c95", "95% held", "number"), Col("n", "Tries", "number", "contacts"),
    ]  # fmt: skip
    caption = f"One {grain} ahead; misses as a multiple of the usual change from one {grain} to the next (MASE)"
    return table(rows, columns=columns, caption=caption)


def _row(row: Mapping, naive: pd.Series, grain: str) -> dict:
    return {
        "label": label_of(row["series"]), "method": method_of(row["method"], grain), "mase": times(row["mase"]),
        "naive": times(naive.get(row["series"], np.nan)), "floor": times(row["floor"]), "c80": number(100 * row["cover80"], "%"),
        "c95": number(100 * row["cover95"], "%"), "n": row["n_origins"],
    }  # fmt: skip


def times(value: float) -> str:
    """Write a multiple.

    >>> times(0.8), times(float("nan"))
    ('0.80×', '–')
    """
    return "–" if np.isnan(value) else f"{value:.2f}×"


def in_words(found: Forecast) -> Html | None:
    """Fold away what is said of each series: method, misses, chance; None where nothing is."""
    if found.why or found.words.empty:
        return None
    lines = [
        say("**{labels}**: {words}", labels=in_turn([cut(label_of(name)) for name in rows["series"]]), words=words)
        for words, rows in found.words.groupby("words", sort=False)
    ]
    return fold(f"Each series in words ({len(found.words):,})", *lines)


def all_methods(found: Forecast) -> Html | None:
    """Fold away the scores of every method one period ahead, for the statistician; None where none was tried."""
    if found.why or found.scores.empty:
        return None
    grain = grain_of(found.course, found.ahead)
    rows = pd.DataFrame([
        {"series": label_of(row["series"]), "method": method_of(row["method"], grain) + (" (used)" if row["chosen"] else ""),
         "mase": times(row["mase"]), "pinball": times(row["pinball"]), "floor": times(row["floor"]), "c50": number(100 * row["cover50"], "%"),
         "c80": number(100 * row["cover80"], "%"), "c95": number(100 * row["cover95"], "%"), "n": row["n_origins"]}
        for row in found.scores[found.scores["horizon"] == 1].to_dict("records")
    ])  # fmt: skip
    columns = [
        Col("method", "Method"), Col("mase", "MASE", "number"),
        Col("pinball", "Pinball loss", "number"), Col("floor", "Floor", "number"), Col("c50", "50% held", "number"), Col("c80", "80% held", "number"),
        Col("c95", "95% held", "number"), Col("n", "Tries", "number", "contacts"),
    ]  # fmt: skip
    shown = table(
        rows,
        columns=columns,
        caption=f"Every method, one {grain} ahead; farther ahead: the table forecast_scores",
        group="series",
    )
    return fold(f"Every method that was tried ({found.scores['method'].nunique():,}), for the statistician", shown)
