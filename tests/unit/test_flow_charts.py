"""Charts of work, load, shares and overruns: labels as text, sizes and contrast, limits."""

import re
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from test_charts import HOSTILE, SAID, assert_readable, texts
from voc.report.charts.drift import DARK, overrun, share_lines
from voc.report.charts.flow import flow, load_response, spread_out
from voc.report.style import ACCENT, CHART_PX, INK, MUTED, WORSE


def work(n=26, **more):
    starts = pd.date_range("2026-05-04", periods=n, freq="7D")
    level = 500 + np.arange(n)
    return pd.DataFrame(
        {"period_start": starts, "came": level, "handled": level - 5, "open": 100 + np.arange(n)} | more
    )


def fifths(n=5):
    value = np.linspace(4, 9, n)
    return pd.DataFrame({"load": np.linspace(0, 2.4, n), "value": value, "lo": value - 1, "hi": value + 1, "n": 800})


def parts(labels, n=24, strong=()):
    starts = pd.date_range("2024-11-01", periods=n, freq="MS")
    frames = [
        pd.DataFrame({"label": label, "period_start": starts, "value": 10.0 + at, "lo": 8.0 + at, "hi": 12.0 + at, "strong": label in strong})
        for at, label in enumerate(labels)
    ]  # fmt: skip
    return (
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"label": [], "period_start": [], "value": []})
    )


def weekly(n=60, over=()):
    value = np.where(np.isin(np.arange(n), over), 30.0, 10.0)
    return pd.DataFrame({"week": pd.date_range("2025-09-01", periods=n, freq="7D"), "value": value, "lo": value * 0.8, "hi": value * 1.2,
                         "usual": 10.0, "times": value / 10, "over": np.isin(np.arange(n), over)})  # fmt: skip


def pictures(label="x"):
    said = {"title": label, "subtitle": label, "alt": label}
    return {
        "flow": flow(work(flag=np.arange(26) == 20), **said),
        "load": load_response(fifths(), unit="minutes", **said),
        "shares": share_lines(parts([label, "b", "c"], strong=(label, "b")), **said),
        "overrun": overrun(weekly(over=(30, 31, 32, 50)), unit="minutes", **said),
    }


@pytest.mark.parametrize("label", [*HOSTILE, "Вопрос о настройке", "退款还没有到账"])
def test_labels_are_drawn_as_text(label):
    for name, picture in pictures(label).items():
        root = ET.fromstring(picture.svg)
        assert not [node for node in root.iter() if node.tag.endswith(("script", "img", "foreignObject"))], name
    assert any(label.split()[0].replace("\x00", " ")[:4] in text for text in texts(pictures(label)["shares"].svg))


def test_text_is_13_px_readable_and_the_same_twice():
    assert_readable(pictures, {INK, MUTED, ACCENT, WORSE, *DARK})


def test_what_grew_is_marked_by_more_than_colour_and_named():
    drawn = texts(pictures()["flow"].svg)
    assert any("▲ grew beyond chance" in text for text in drawn)
    assert {"in 525", "done 520", "open 125"} <= set(drawn)
    assert not any("▲" in text for text in texts(flow(work(), **SAID).svg))


def test_the_worst_run_is_dated_and_the_others_counted():
    drawn = " ".join(texts(pictures()["overrun"].svg)).replace("\u00a0", " ")
    assert "30 Mar – 19 Apr: 3.0× usual and 1 more" in drawn
    assert "usual and" not in " ".join(texts(overrun(weekly(), unit="minutes", **SAID).svg))


def test_the_ends_of_lines_do_not_touch():
    found = spread_out([50, 51, 52, 10, 99], 100)
    assert np.diff(sorted(found)).min() >= 17
    assert max(found) <= 100
    assert spread_out([], 100) == []


def test_names_stay_inside_the_picture():
    for name, picture in pictures().items():
        for text in ET.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}text"):
            where = re.search(r"translate\(([\d.-]+)", text.get("transform", ""))
            x = float(text.get("x") or (where[1] if where else 0))
            assert -1 <= x <= CHART_PX + 1, (name, "".join(text.itertext()))


def test_limits():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in (0, 1, 2):
            flow(work(n), **SAID)
            load_response(fifths(n), unit="minutes", **SAID)
            share_lines(parts(["a", "b"][:n], n=max(n, 1)), **SAID)
            overrun(weekly(n), unit="minutes", **SAID)
        flow(work(3, came=0, handled=0, open=0), **SAID)
        load_response(fifths(3).assign(lo=np.nan, hi=np.nan), unit="minutes", **SAID)
        overrun(weekly(9).assign(value=np.nan, lo=np.nan, hi=np.nan), unit="minutes", **SAID)
        overrun(weekly(9).assign(value=3.0, lo=2.9, hi=3.1, usual=3.0), unit="minutes", **SAID)
        share_lines(parts([f"a very long name of a channel, number {at}" for at in range(12)]), **SAID)
