import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.report import charts
from voc.report.canvas import plot_only, text_width, wrap
from voc.report.charts.grid import _shade, _tint
from voc.report.scales import bounds, date_ticks, log_ticks, span, tick_labels, ticks
from voc.report.style import (
    ACCENT,
    BETTER,
    INK,
    MUTED,
    NBSP,
    PAPER,
    WORSE,
    change,
    duration,
    interval,
    judged,
    number,
    period_label,
    relative,
)  # fmt: skip

HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "$x_1$ \\alpha_2 ^{",
    '"><img src=x>',
    "a\x00b --> ]]> &amp;",
]
SAID = {"title": "Finding", "subtitle": "measure", "alt": "what it shows"}


def line(values, **more):
    values = np.asarray(values, dtype=float)
    start = pd.date_range("2025-01-01", periods=len(values), freq="MS")
    return pd.DataFrame({"period_start": start, "value": values, "lo": values - 1, "hi": values + 1, **more})


def groups(labels=HOSTILE):
    n = len(labels)
    return pd.DataFrame({"label": labels, "value": np.linspace(60, 90, n), "previous": 70.0, "lo": 55.0, "hi": 95.0,
                         "n": np.linspace(5, 500, n), "floor": 4.0})  # fmt: skip


def pictures(label):
    days = pd.date_range("2026-10-01", periods=5)
    cover = pd.DataFrame({"day": days, "source": label, "rows": [5, 5, 0, 5, 5], "flag": ["", "", label, "", ""]})
    steps = pd.DataFrame({"step": [label], "rows_in": [10], "rows_out": [9], "cells_changed": [4]})
    scores = pd.DataFrame({"score": [1, 2, 3, 4, 5], "share": [5.0, 5, 10, 30, 50], "lo": 1.0, "hi": 60.0})
    said = {"title": label, "subtitle": label, "alt": label}
    return {
        "trend": charts.trend(line([1, 2, np.nan, 4]), unit="%", events=[("2025-02-03", label)], target=3, **said),
        "sparkline": charts.sparkline(line([1, 2, 3]), unit="%", alt=label),
        "small_multiples": charts.small_multiples(line([1, 2, 3]).assign(panel=label), unit="minutes", **said),
        "interval_bars": charts.interval_bars(groups([label, "b"]), unit="%", reference=70, reference_label=label, **said),
        "change_dots": charts.change_dots(groups([label, "b"]), unit="%", better="up", **said),
        "heatmap": charts.heatmap(pd.DataFrame([[1.0, np.nan]], index=[label], columns=["a", label]), unit="contacts", **said),
        "distribution": charts.distribution(scores, note=label, **said),
        "histogram": charts.histogram([1.0, 2, 3, 400], unit="minutes", marks={label: 2.0}, **said),
        "coverage": charts.coverage(cover, **said),
        "steps": charts.steps(steps, **said),
    }  # fmt: skip


def texts(svg):
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter() if node.tag.endswith("text")]


# words and numbers


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (4512, "contacts", "4,512"),
        (81.26, "%", "81.3%"),
        (4.206, "score 1–5", "4.21"),
        (-3.24, "pts", "−3.2 pts"),
        (-0.04, "pts", "0.0 pts"),
        (200, "minutes", "3 h 20 min"),
        (59.999, "minutes", "1 h"),
        (47.999, "hours", "2 d"),
        (100, "hours", "4 d 4 h"),
        (90, "seconds", "1 min 30 s"),
        (0.25, "seconds", "0.2 s"),
        (0, "minutes", "0 s"),
        (None, "%", "–"),
        (float("nan"), "contacts", "–"),
        (pd.NA, "contacts", "–"),
        (float("inf"), "%", "∞"),
    ],
)
def test_number(value, unit, written):
    assert number(value, unit).replace(NBSP, " ") == written


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (-3.21, "%", "−3.2 pts"),
        (312, "contacts", "+312"),
        (-22, "minutes", "−22 min"),
        (0.04, "%", "±0.0 pts"),
        (None, "%", "–"),
    ],
)
def test_change(value, unit, written):
    assert change(value, unit).replace(NBSP, " ") == written


def test_interval_period_and_relative():
    assert interval(78.1, 84.2, "%") == "78.1–84.2%"
    assert interval(-1, 3, "%", signed=True).replace(NBSP, " ") == "−1.0 to +3.0 pts"
    assert interval(118, 129, "minutes").replace(NBSP, " ") == "1 h 58 min – 2 h 9 min"
    assert interval(None, 3, "%") == "–"
    assert relative(198, 99) == "+100%"
    assert relative(1, 0) == "–"
    assert period_label(pd.Timestamp("2026-07-01"), "quarter") == "Q3 2026"
    assert period_label(pd.Timestamp("2026-10-05"), "week").replace(NBSP, " ") == "week of 5 Oct 2026"


@given(st.floats(0, 1e9))
def test_durations_never_overflow_a_unit(seconds):
    small = {"s": 60, "min": 60, "h": 48}
    parts = duration(seconds).split(NBSP)
    for size, unit in zip(parts[::2], parts[1::2], strict=True):
        assert unit == "d" or float(size) < small[unit]


def test_a_change_within_noise_is_never_judged():
    assert judged(-5, "up", "sure") == "worse"
    assert judged(-5, "down", "likely") == "better"
    assert judged(-5, "up", "within noise") == "within noise"
    assert judged(None, "up", "sure") == "cannot tell"
    assert (judged(5, None, "sure", "contacts"), judged(5, None, "sure", "%")) == ("more", "higher")


# scales


def test_ticks_are_round_in_their_unit():
    assert ticks(0, 100, "%") == [0, 25, 50, 75, 100]
    assert tick_labels(ticks(100, 190, "minutes"), "minutes")[0].replace(NBSP, " ") == "2 h"
    assert all(float(tick).is_integer() for tick in ticks(0, 3, "contacts"))
    assert log_ticks(1, 200, "minutes") == [1, 10, 60]
    assert bounds("%") == (0, 100)
    low, high = span([[np.nan]])
    assert low < high


def test_the_last_period_always_has_its_label():
    where, labels = date_ticks(pd.date_range("2024-11-01", periods=24, freq="MS"))
    assert where[-1] == 23
    assert labels[0].endswith("2025")


@given(st.text(max_size=60), st.floats(30, 200))
def test_wrapped_lines_fit(text, width):
    for row in wrap(text, width):
        assert text_width(row) <= width + 14 or len(row) <= 2


# pictures


@pytest.mark.parametrize("label", [*HOSTILE, "Вопрос о настройке", "退款还没有到账"])
def test_labels_are_drawn_as_text(label):
    for name, picture in pictures(label).items():
        root = ET.fromstring(picture.svg)
        assert root.attrib["role"] == "img", name
        assert not [node for node in root.iter() if node.tag.endswith(("script", "img", "foreignObject"))], name
    drawn = " ".join(texts(pictures(label)["coverage"].svg))
    assert label.split()[0].replace("\x00", " ")[:6] in drawn


def test_mathtext_stays_off():
    picture = charts.interval_bars(groups(["$x_1$", "b"]), unit="%", **SAID)
    assert "$x_1$" in texts(picture.svg)


def test_same_bytes_twice_also_in_a_fresh_process():
    code = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); from test_charts import pictures;"
        "print(hashlib.sha256(''.join(p.svg for p in pictures('late delivery').values()).encode()).hexdigest())"
    )
    here = str(Path(__file__).parent)
    first, second = (
        subprocess.run([sys.executable, "-c", code, here], stdout=subprocess.PIPE, text=True, check=True) for _ in "ab"
    )
    assert first.stdout == second.stdout != ""
    assert [p.svg for p in pictures("a").values()] == [p.svg for p in pictures("a").values()]


def test_svg_is_lean_and_points_nowhere():
    for name, picture in pictures("x").items():
        assert "http" not in picture.svg.replace("http://www.w3.org/2000/svg", ""), name
        assert "<style" not in picture.svg, name
        assert len(picture.svg) < 30_000, name
        named = re.findall(r' id="([^"]+)"', picture.svg)
        assert len(named) == len(set(named)), name


def test_text_is_13_px_and_readable():
    for name, picture in pictures("x").items():
        sizes = {float(size) for size in re.findall(r'font-size[:=]"? ?([\d.]+)', picture.svg)}
        assert all(size >= 13 for size in sizes), (name, sizes)


def contrast(one, other):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05

    low, high = sorted((light(one), light(other)))
    return high / low


def assert_readable(draw, allowed):
    """Hold every picture that ``draw()`` gives against the rules for text: size, contrast, colours, weight, same bytes twice."""
    assert all(contrast(colour, PAPER) >= 4.5 for colour in allowed)
    for name, picture in draw().items():
        sizes = {float(size) for size in re.findall(r'font-size[:=]"? ?([\d.]+)', picture.svg)}
        assert all(size >= 13 for size in sizes), name
        styles = re.findall(r'<text style="([^"]*)"', picture.svg)
        assert {c for style in styles for c in re.findall(r"#[0-9a-f]{6}", style)} <= allowed, name
        assert len(picture.svg) < 40_000, name
        assert picture.svg == draw()[name].svg, name


def test_contrast_of_every_text_colour():
    allowed = {INK, MUTED, ACCENT, WORSE, BETTER}
    for colour in allowed:
        assert contrast(colour, PAPER) >= 4.5, colour
    for name, picture in pictures("x").items():
        if name != "heatmap":
            styles = re.findall(r'<text style="([^"]*)"', picture.svg)
            assert {c for style in styles for c in re.findall(r"#[0-9a-f]{6}", style)} <= allowed, name


def test_the_cells_of_a_heat_map_are_readable():
    for step in range(101):
        shade = _shade(step / 100)
        assert contrast(shade, _tint(shade)) >= 4.5, shade
    grid = pd.DataFrame([[float(10 * c) for c in range(7)]], index=["a"], columns=list("bcdefgh"))
    svg = charts.heatmap(grid, unit="contacts", **SAID).svg
    assert {"0", "10", "60"} <= set(texts(svg))


def test_a_missing_value_breaks_the_line():
    whole, broken = (
        charts.trend(line(v), unit="contacts", **SAID).svg for v in ([1, 2, 3, 4, 5], [1, 2, np.nan, 4, 5])
    )

    def pieces(svg):
        paths = re.findall(r'<path d="([^"]+)"[^>]*style="fill: none; stroke: #0b5cad; stroke-width: 1.8', svg)
        return sum(path.count("M") for path in paths)

    assert (pieces(whole), pieces(broken)) == (1, 2)


@pytest.mark.parametrize("values", [[], [5.0], [np.nan, np.nan], [0.0, 0.0, 0.0], [80.0] * 24])
def test_limits_of_a_line(values):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for unit in ("contacts", "%", "minutes", "score 1–5"):
            charts.trend(line(values), unit=unit, target=3, **SAID)
            charts.sparkline(line(values), unit=unit, alt="x")


def test_limits_of_the_other_charts():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        charts.interval_bars(groups([]), unit="%", **SAID)
        charts.interval_bars(groups(["a"]).assign(value=np.nan, lo=np.nan, hi=np.nan), unit="%", **SAID)
        charts.change_dots(groups(["a"]).assign(previous=np.nan), unit="%", **SAID)
        charts.heatmap(pd.DataFrame([[np.nan]], index=["a"], columns=["b"]), unit="%", **SAID)
        charts.histogram([], unit="minutes", **SAID)
        charts.histogram([3.0] * 9, unit="minutes", **SAID)
        charts.steps(pd.DataFrame({"step": [], "rows_in": [], "rows_out": [], "cells_changed": []}), **SAID)
        charts.coverage(pd.DataFrame({"day": [], "source": [], "rows": [], "flag": []}), **SAID)
        charts.small_multiples(line([]).assign(panel=[]), unit="%", **SAID)


def test_small_groups_stand_last_and_say_so():
    frame = pd.DataFrame({"label": ["tiny", "big"], "value": [99.0, 60.0], "n": [5, 500]})
    drawn = texts(charts.interval_bars(frame, unit="%", **SAID).svg)
    assert drawn.index("big") < drawn.index("tiny")
    assert any("too few" in text for text in drawn)


def test_changes_within_the_floor_are_grey_and_say_so():
    frame = pd.DataFrame({"label": ["a", "b"], "value": [70.0, 79.0], "previous": [80.0, 80.0], "floor": [3.0, 3.0]})
    picture = charts.change_dots(frame, unit="%", better="up", **SAID)
    assert {"▼ worse", "within noise"} <= set(texts(picture.svg))
    assert picture.svg.count(f"fill: {WORSE}") >= 2


def test_the_headline_can_be_taken_out():
    picture = charts.trend(line([1, 2, 3]), unit="%", **SAID)
    bare = plot_only(picture.svg, picture.head_px)
    assert "Finding" in picture.svg
    assert "Finding" not in bare
    assert "xmlns" not in bare
    height, top = re.search(r'height="([\d.]+)" viewBox="0 ([\d.]+) ', bare).groups()
    assert float(height) + float(top) == float(re.search(r'height="([\d.]+)"', picture.svg)[1])


def test_importing_the_charts_loads_no_drawing_library():
    code = "import sys, voc.report.charts, voc.report.front, voc.report.exports; print('matplotlib' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
