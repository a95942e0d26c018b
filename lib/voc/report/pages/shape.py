"""Sentences, table and charts of how durations spread: middle, most usual, long ones, and one hump or several."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import pandas as pd

from ...analysis.load.shape import ALIKE, HUMPS, LEFT, SYMMETRIC, TAIL, log_bins
from ...data.periods import Period
from .. import charts
from ..canvas import Picture
from ..style import field_words, interval, number, reason
from ..tables import Col, Html, say, table

WORDS = {SYMMETRIC: "symmetric", TAIL: "long tail", LEFT: "long tail to the short side", ALIKE: "all alike"}
LIMITS = (
    "A mean is pulled by the few longest contacts; half of the contacts lie below the median. Humps are looked for on a "
    "logarithmic scale, so a duration with one hump there may still bunch twice in plain minutes. Which field parts two "
    "humps says where to look, not why."
)


def shapes_table(found: pd.DataFrame, period: Period) -> Html:
    """Show each duration's n, mean, median, most usual value, deviation, p10 and p90 with intervals, skewness and shape."""
    known = found[found["why"] == ""]
    rows = [
        {
            "label": row["label"],
            "n": row["n"],
            "shape": _word(row),
            "skewness": f"{row['skewness']:+.1f}".replace("-", "−"),
        }
        | {name: number(row[name], row["unit"]) for name in ("mode", "sd")}
        | {name: _with_interval(row, name) for name in ("median", "mean", "p10", "p90")}
        for row in known.to_dict("records")
    ]
    columns = [
        Col("label", "Duration"), Col("shape", "Shape"), Col("n", "n", "number", "contacts"),
        Col("median", "Median (95%)", "number"), Col("mean", "Mean (95%)", "number"), Col("mode", "Most usual", "number"),
        Col("sd", "Standard deviation", "number"), Col("p10", "One in ten is under", "number"),
        Col("p90", "One in ten is over", "number"), Col("skewness", "Skewness", "number"),
    ]  # fmt: skip
    return table(pd.DataFrame(rows), columns=columns, caption=f"How durations spread, {period.words}", wide=True,
                 empty="No duration is known for enough contacts of this period.")  # fmt: skip


def _with_interval(row: Mapping, name: str) -> str:
    span = interval(row[f"{name}_lo"], row[f"{name}_hi"], row["unit"])
    return f"{number(row[name], row['unit'])} ({span})"


def shape_said(found: pd.DataFrame) -> Html:
    """Say each duration's shape in a sentence, which field parts its humps, and why one cannot be told."""
    lines = [_sentence(row) for row in found.to_dict("records")]
    return sum(lines[1:], lines[0]) if lines else say("No duration was asked for.")


def _sentence(row: Mapping) -> Html:
    if row["why"]:
        return say("{label} cannot be told: {why}.", label=row["label"], why=reason(row["why"]))
    if row["shape"] == ALIKE:
        return say("{label}: nine of ten contacts take the same time, {value}.", label=row["label"],
                   value=number(row["median"], row["unit"]))  # fmt: skip
    if row["shape"] != HUMPS:
        tail = {
            SYMMETRIC: "spreads evenly to both sides of its median",
            TAIL: "has a long tail: a few contacts take far longer than most",
            LEFT: "has its long tail on the short side",
        }[row["shape"]]
        return say(
            "**{label}** {tail}. Median {median}, mean {mean}, most usual {mode}; n\u00a0{n}.",
            label=row["label"], tail=tail, n=f"{row['n']:,}",
            **{name: number(row[name], row["unit"]) for name in ("median", "mean", "mode")},
        )  # fmt: skip
    peaks = [number(float(peak), row["unit"]) for peak in row["peaks"].split("; ")]
    start = say(
        "**{label}** has {count} humps, around {peaks}: a single middle of {median} describes neither; n\u00a0{n}.",
        label=row["label"], count=_count(row["humps"]), peaks=" and ".join([", ".join(peaks[:-1]), peaks[-1]]),
        median=number(row["median"], row["unit"]), n=f"{row['n']:,}",
    )  # fmt: skip
    if not row["parted_by"]:
        return start + say("None of the fields looked at tells the humps apart.")
    return start + say(
        "They are parted by {field}, which tells {share} of it, from short to long: {parts}. Next step: read and set goals "
        "for each by itself.",
        field=field_words(row["parted_by"]), share=f"{row['explained']:.0%}", parts=row["parts"],
    )  # fmt: skip


def spread(table_: ir.Table, found: pd.DataFrame, name: str, period: Period) -> Picture | None:
    """Draw how one duration spreads, with its most usual value, median, mean and the time under which nine of ten lie.

    None where there is nothing to draw, or where nine of ten take the same time: the sentence says so.
    """
    rows = found[found["duration"] == name]
    if rows.empty:
        return None
    row = rows.iloc[0]
    if row["why"] or row["shape"] == ALIKE:
        return None
    marks = {"most usual": row["mode"], "median": row["median"], "mean": row["mean"], "p90": row["p90"]}
    if row["shape"] == HUMPS:
        peaks = [float(peak) for peak in row["peaks"].split("; ")]
        marks = {f"hump {i + 1}:": peak for i, peak in enumerate(peaks)} | {"median": row["median"]}
    title = f"Half within {number(row['median'], row['unit'])}, nine of ten within {number(row['p90'], row['unit'])}"
    if row["shape"] == HUMPS:
        by = f", parted by {field_words(row['parted_by'])}" if row["parted_by"] else ""
        title = f"{row['label']} has {_count(row['humps'])} humps{by}"
    return charts.histogram(
        log_bins(table_, name, period),
        title=title,
        subtitle=f"{row['label']}, share of contacts, logarithmic scale, {period.words}, n {row['n']:,}",
        unit=row["unit"],
        alt=f"Distribution of {row['label'].lower()}: {_word(row)}; median {number(row['median'], row['unit'])}.",
        marks=marks,
        log=True,
    )


def _count(humps: int) -> str:
    return {2: "two", 3: "three"}.get(int(humps), str(int(humps)))


def _word(row: Mapping) -> str:
    return WORDS.get(row["shape"], f"{_count(row['humps'])} humps" if row["shape"] == HUMPS else "")
