"""The second look: a figure's change is named where it lies, and only there."""

import numpy as np
import pandas as pd
from voc.analysis.whys.second import second_look
from voc.data.periods import Period
from voc.report.pages.whys_second import plain, second
from whys_rows import rows_from, with_more, world

OCTOBER = Period.parse("2026-10")  # days 334 to 365 of a year from November


def test_a_place_that_grew_is_named_as_coarsely_as_possible():
    frame = with_more(world(12_000, region=4, carrier=3), 300, days=(334, 365), region="region 1", carrier="carrier 2")
    found = second_look(rows_from(frame, ["region", "carrier"]), OCTOBER, ["region", "carrier"], 30)
    assert found["measure"].tolist() == ["contacts"]
    assert set(zip(found["names"].iloc[0], found["values"].iloc[0], strict=True)) == {
        ("region", "region 1"), ("carrier", "carrier 2"),
    }  # fmt: skip
    assert abs(found["effect"].iloc[0] - 300) < 60
    lead, shown = second(found, OCTOBER)
    assert "in 1 place" in lead.text and "region 1" in shown.text
    assert plain(found)["values"].iloc[0].count(" & ") == 1


def test_bad_scores_of_one_product_are_named_as_a_share():
    frame = world(12_000, product=4)
    rng = np.random.default_rng(5)
    worse = (frame["product"] == "product 2") & (frame["day"] >= 334)
    frame["csat"] = np.where(rng.random(len(frame)) < np.where(worse, 0.6, 0.15), 1, 5)
    found = second_look(rows_from(frame, ["product"]), OCTOBER, ["product"], 30)
    assert found[["measure", "names", "values"]].to_numpy().tolist() == [["unhappy", ("product",), ("product 2",)]]
    assert abs(found["now"].iloc[0] - 60) < 8 and abs(found["before"].iloc[0] - 15) < 4


def test_a_quiet_month_says_so_and_a_new_version_names_nothing():
    frame = world(12_000, region=4)
    quiet = second_look(rows_from(frame, ["region"]), OCTOBER, ["region"], 30)
    assert quiet.empty
    assert "no figure looked at" in second(quiet, OCTOBER)[0].text
    frame["version"] = np.where(frame["day"] >= 330, "7.3", "7.2")
    assert second_look(rows_from(frame, ["version"]), OCTOBER, ["version"], 30).empty


def test_a_first_month_has_nothing_to_be_set_against():
    frame = pd.DataFrame({"problem": ["late"] * 40, "day": 340, "region": ["a", "b"] * 20})
    found = second_look(rows_from(frame, ["region"]), OCTOBER, ["region"], 30)
    assert found.empty
    assert "too few contacts to set it against" in second(found, OCTOBER)[0].text


def test_a_month_of_a_few_days_does_not_hide_the_others():
    frame = with_more(world(12_000, region=4), 300, days=(334, 365), region="region 1")
    frame = frame[(frame["day"] >= 242) | (frame.index % 40 == 0)].reset_index(
        drop=True
    )  # four months, and a trickle before
    found = second_look(rows_from(frame, ["region"]), OCTOBER, ["region"], 100)
    assert found[["names", "values"]].to_numpy().tolist() == [[("region",), ("region 1",)]]
