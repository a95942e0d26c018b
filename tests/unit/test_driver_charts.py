"""Charts of effects, slopes, curves, survival and ratios: labels as text, what is said beside the marks, limits."""

import re
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from test_charts import HOSTILE, SAID, assert_readable, texts
from voc.report.charts import curve, effects, ratios, slopes, survival
from voc.report.charts.forest import differences, ratios_scale
from voc.report.charts.survival import COLORS
from voc.report.style import ACCENT, CHART_PX, INK, MUTED

SETS = [("effect", "lo", "hi")]


def factors(labels=("wait", "solved", "browser"), **more):
    n = len(labels)
    values = np.linspace(3, -1, n) if n else []
    frame = pd.DataFrame({"label": labels, "change": "from 11 to 4 min", "effect": values})
    frame = frame.assign(
        lo=frame["effect"] - 1, hi=frame["effect"] + 1, certainty=["sure", "likely", "cannot tell"][:n]
    )
    return frame.assign(**more)


def pairs(labels=("handling", "wait"), reading=("reversed", "alike")):
    frame = pd.DataFrame(
        {"label": labels, "step": "per doubling", "pooled": -3.0, "pooled_lo": -4.0, "pooled_hi": -2.0}
    )
    frame = frame.assign(within=1.0, within_lo=0.2, within_hi=1.8)
    return frame.assign(reading=list(reading)[: len(frame)])


def hazards(labels=("slow", "silent", "few"), ratio=(1.8, 0.62, np.nan)):
    n = len(labels)
    frame = pd.DataFrame({"label": labels, "ratio": list(ratio)[:n]}).astype({"ratio": float})
    frame = frame.assign(lo=frame["ratio"] * 0.8, hi=frame["ratio"] * 1.25, why="fewer than ten left")
    return frame.assign(certainty=["sure", "within noise", "cannot tell"][:n])


def kept(groups=("slow", "quick"), days=(0, 30, 90, 180, 365)):
    parts = [
        pd.DataFrame({"group": group, "day": days, "kept_pct": 100 - np.arange(len(days)) * (at + 2.0), "at_risk": 1000 - at})
        for at, group in enumerate(groups)
    ]  # fmt: skip
    frame = (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["group", "day", "kept_pct", "at_risk"])
    )
    return frame.assign(lo=frame["kept_pct"] - 1, hi=np.minimum(frame["kept_pct"] + 1, 100))


def course(n=20, low=1.0, high=600.0):
    x = np.geomspace(low, high, n)
    line = pd.DataFrame({"x": x, "csat": 88 - np.log(x), "lo": 86 - np.log(x), "hi": 90 - np.log(x)})
    return line, line.iloc[::4].rename(columns={"x": "middle"})


def drawn_curve(label="x", n=20, **more):
    line, bins = course(n)
    bends = pd.DataFrame({"x": [4.0, 60.0], "words": [label, "−0.1 per min"]})
    return curve(
        line, bins, **{"unit": "minutes", "x_label": label, "bends": bends, "spread": [3.0, 9.0], **SAID, **more}
    )


def pictures(label="x"):
    said = {"title": label, "subtitle": label, "alt": label}
    return {
        "curve": drawn_curve(label, **said),
        "effects": effects(factors((label, "b", "c"), change=label), **said),
        "slopes": slopes(pairs((label, "b")), **said),
        "survival": survival(kept((label, "b")), **said),
        "ratios": ratios(hazards((label, "b", "c")), **said),
    }


@pytest.mark.parametrize("label", [*HOSTILE, "Вопрос о настройке", "退款还没有到账"])
def test_labels_are_drawn_as_text(label):
    for name, picture in pictures(label).items():
        root = ET.fromstring(picture.svg)
        assert not [node for node in root.iter() if node.tag.endswith(("script", "img", "foreignObject"))], name
        assert any(label.split()[0].replace("\x00", " ")[:4] in text for text in texts(picture.svg)), name
        assert picture.alt == label


def test_text_is_13_px_readable_and_the_same_twice():
    assert_readable(pictures, {INK, MUTED, ACCENT, *COLORS})


def test_names_stay_inside_the_picture():
    for name, picture in pictures("a rather long name of a thing that was measured, longer than any line").items():
        for text in ET.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}text"):
            where = re.search(r"translate\(([\d.-]+)", text.get("transform", ""))
            x = float(text.get("x") or (where[1] if where else 0))
            assert -1 <= x <= CHART_PX + 1, (name, "".join(text.itertext()))


def plain(picture):
    return [text.replace("\u00a0", " ") for text in texts(picture.svg)]


def test_an_effect_says_its_size_its_change_and_how_sure_it_is():
    said = plain(effects(factors(), **SAID))
    assert {"+3.0 pts (+2.0 to +4.0)", "from 11 to 4 min", "sure", "likely", "cannot tell"} <= set(said)
    assert "CSAT rises ▸" in said
    assert "–" in plain(effects(factors(effect=np.nan), **SAID))  # no figure is made up


def test_an_accent_only_where_it_is_sure_or_likely():
    assert ACCENT in effects(factors(), **SAID).svg
    assert ACCENT not in effects(factors(certainty="within noise"), **SAID).svg


def test_a_reversed_pair_says_so():
    said = plain(slopes(pairs(), **SAID))
    assert "⇄ reversed" in said
    assert said.count("all together") == said.count("same kind of contact") == 2
    assert {"−3.0", "+1.0"} <= set(said)
    calm = slopes(pairs(reading=("alike", "weaker")), **SAID)
    assert ACCENT not in calm.svg
    assert not any("⇄" in text for text in plain(calm))


def test_ratios_are_said_in_words_and_why_one_is_not_there():
    said = plain(ratios(hazards(), **SAID))
    assert {"leave 1.8 times as fast", "leave more slowly, 0.62 times as fast", "fewer than ten left"} <= set(said)
    assert "1.80× (1.44–2.25)" in said
    assert {"0.5×", "1×", "2×"} <= set(said)


def test_half_and_double_lie_equally_far_from_one():
    scale = ratios_scale(pd.DataFrame({"effect": [1.0], "lo": [0.5], "hi": [2.0]}), SETS)
    assert scale.share == pytest.approx(0.5)
    assert scale.at == sorted(scale.at)


def test_one_wide_interval_does_not_squeeze_the_others():
    frame = factors(("a", "b", "c"), lo=[2.0, 0.0, -90.0], hi=[4.0, 2.0, 90.0])
    scale = differences(frame, SETS)
    # widths 2, 2 and 180: the third is far over three medians; the others reach from the third's dot at −1 to 4
    assert (scale.low, scale.high) == (pytest.approx(-1.3), pytest.approx(4.3))
    assert "(−90.0 to +90.0)" in " ".join(plain(effects(frame, **SAID)))


def test_customers_still_watched_stand_below_the_days():
    said = plain(survival(kept(), **SAID))
    assert {"Still watched", "1,000", "999", "92.0%", "88.0%", "0", "90", "180", "365"} <= set(said)
    assert "30" not in said  # it would touch its neighbours
    assert "80%" in said and "70%" not in said  # the axis begins below the lowest band, 87


def test_at_most_three_groups_are_drawn():
    said = plain(survival(kept(("a", "b", "c", "d")), **SAID))
    assert {"a", "b", "c"} <= set(said)
    assert "d" not in said


def test_durations_have_readable_ticks_and_their_own_words():
    said = plain(drawn_curve())
    assert {"1 min", "5 min", "1 h"} <= set(said)
    assert {"x", "−0.1 per min"} <= set(said)
    line, bins = course(high=4.0)
    assert "2×" in plain(curve(line.assign(x=line["x"] / 2), bins.assign(middle=bins["middle"] / 2), unit="times", x_label="of the usual", log=True, **SAID))  # fmt: skip
    assert "0" in plain(curve(line.assign(x=line["x"] - 1), bins.assign(middle=bins["middle"] - 1), unit="replies", x_label="replies", **SAID))  # fmt: skip


def test_limits():
    line, bins = course()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in (0, 1, 2):
            names = ["a", "b"][:n]
            effects(factors(names), **SAID)
            slopes(pairs(names), **SAID)
            ratios(hazards(names), **SAID)
            survival(kept(names), **SAID)
            drawn_curve(n=n)
        survival(kept(days=(0,)), **SAID)
        slopes(pairs().assign(within=np.nan, within_lo=np.nan, within_hi=np.nan), **SAID)
        ratios(hazards(ratio=(np.nan, np.nan, np.nan)), **SAID)
        effects(factors(lo=np.nan, hi=np.nan), **SAID)
        curve(line.assign(lo=np.nan, hi=np.nan), bins.iloc[:0], unit="minutes", x_label="x", **SAID)
