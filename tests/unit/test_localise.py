"""Where a change lies, by hand: leaves, tails, the account of a segment, and what is named."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voc.analysis.localise.expect import Expectation
from voc.analysis.localise.leaves import UNKNOWN, compared, since
from voc.analysis.localise.named import localise
from voc.analysis.localise.search import Rule
from voc.analysis.localise.tails import at_least, at_most
from voc.data.problems import InputError

SHOPS, KINDS = "ABCD", "xyz"


def rate_cube(risen, *, before=0.10, now=0.30, answers=400, shops=SHOPS, kinds=KINDS):
    """Answers of each shop and kind before and now; the bad share rose from ``before`` to ``now`` where ``risen`` says."""
    rows = pd.DataFrame([(shop, kind) for shop in shops for kind in kinds], columns=["shop", "kind"])
    rose = np.array([risen(shop, kind) for shop, kind in zip(rows["shop"], rows["kind"], strict=True)])
    rows = rows.assign(answers=answers)
    sides = rows.assign(bad=answers * before), rows.assign(bad=answers * np.where(rose, now, before))
    return compared(*sides, ["shop", "kind"], "bad", "answers")


def count_cube(risen, *, before=100, times=2.0, exposure=1.0):
    rows = pd.DataFrame([(shop, kind) for shop in SHOPS for kind in KINDS], columns=["shop", "kind"])
    rose = np.array([risen(shop, kind) for shop, kind in zip(rows["shop"], rows["kind"], strict=True)])
    sides = rows.assign(contacts=before), rows.assign(contacts=before * exposure * np.where(rose, times, 1.0))
    return compared(*sides, ["shop", "kind"], "contacts", exposure=exposure)


def named(leaves, **given):
    return [segment.where for segment in localise(leaves, **given)]


# leaves


def test_a_leaf_seen_on_one_side_only_is_nought_on_the_other():
    before = pd.DataFrame({"shop": ["A", "A", None], "bad": [1, 2, 3], "answers": [10, 10, np.nan]})
    now = pd.DataFrame({"shop": ["B"], "bad": [4], "answers": [5]})
    frame = compared(before, now, ["shop"], "bad", "answers").frame.set_index("shop")
    assert frame.loc["A"].tolist() == [3, 20, 0, 0]
    assert frame.loc["B"].tolist() == [0, 0, 4, 5]
    assert frame.loc[UNKNOWN].tolist() == [3, 0, 0, 0]


def test_of_a_count_the_weight_is_what_the_base_leads_to_expect():
    before, now = pd.DataFrame({"shop": ["A"], "n": [60]}), pd.DataFrame({"shop": ["A"], "n": [25]})
    leaves = compared(before, now, ["shop"], "n", exposure=0.5)
    assert leaves.counted
    assert leaves.frame.loc[0, ["value_before", "weight_before", "value_now", "weight_now"]].tolist() == [
        60,
        60,
        25,
        30,
    ]


def test_every_missing_column_is_named_and_a_negative_weight_refused():
    rows = pd.DataFrame({"shop": ["A"], "bad": [1], "answers": [-1]})
    with pytest.raises(InputError, match=r"'channel'.*is missing[\s\S]*'score'.*is missing"):
        compared(rows, rows, ["shop", "channel"], "score", "answers")
    with pytest.raises(InputError, match="negative"):
        compared(rows, rows, ["shop"], "bad", "answers")


def minutes(shares, now):
    rows = [
        {"minute": at, "shop": "A", "bad": share * 1000, "answers": 1000} for at, share in enumerate([*shares, now])
    ]
    return pd.DataFrame(rows)


def test_expectation_comes_from_the_calmer_half_of_the_base():
    leaves = since(minutes([0.1, 0.1, 0.12, 0.5, 0.6], 0.7), ["shop"], "bad", "answers", period="minute", now=5)
    assert leaves.frame.loc[0, ["value_before", "weight_before"]].tolist() == [320, 3000]  # .10, .10 and .12
    falling = since(minutes([0.9, 0.9, 0.8, 0.3], 0.2), ["shop"], "bad", "answers", period="minute", now=4, worse=-1)
    assert falling.frame.loc[0, ["value_before", "weight_before"]].tolist() == [1800, 2000]


def test_a_short_base_is_kept_whole_and_has_no_wobble():
    leaves = since(minutes([0.1, 0.2, 0.6], 0.7), ["shop"], "bad", "answers", period="minute", now=3)
    assert leaves.frame.loc[0, "value_before"] == 900
    assert leaves.wobble == 0


def test_wobble_is_the_relative_spread_beyond_poisson():
    leaves = since(minutes([0.08, 0.12, 0.08, 0.12], 0.1), ["shop"], "bad", "answers", period="minute", now=4)
    variance = 4 * 20**2 / 3  # 80, 120, 80, 120 about 100
    assert leaves.wobble == pytest.approx(np.sqrt((variance - 100) / 100**2))
    still = since(minutes([0.1] * 4, 0.1), ["shop"], "bad", "answers", period="minute", now=4)
    assert still.wobble == 0


def test_a_counted_base_of_several_periods_is_as_long_as_the_periods_kept():
    rows = pd.DataFrame({"month": range(5), "shop": "A", "n": [10, 20, 30, 40, 50]})
    leaves = since(rows, ["shop"], "n", period="month", now=4)
    assert leaves.frame.loc[0, ["value_before", "weight_now", "value_now"]].tolist() == [30, 15, 50]


# tails and expectation


def test_tails_of_events_are_poisson_and_with_wobble_negative_binomial():
    one, two = np.array([1.0]), np.array([2.0])
    assert at_least(two, one, one) == pytest.approx(1 - 2 * np.exp(-1), abs=1e-5)
    assert at_least(two, one, two) == pytest.approx(0.25)  # mean 1 and variance 2: geometric with ½
    assert at_most(one, one, two) == pytest.approx(0.75)
    assert at_least(np.array([0.0]), one, one) == 1
    assert at_least(np.array([1.0]), np.array([0.0]), np.array([0.0])) == pytest.approx(1 - np.exp(-0.5), abs=1e-5)


def test_tails_of_sums_are_normal():
    assert at_least(np.array([11.96]), np.array([10.0]), np.array([1.0]), events=False) == pytest.approx(
        0.025, abs=1e-4
    )
    assert at_most(np.array([8.04]), np.array([10.0]), np.array([1.0]), events=False) == pytest.approx(0.025, abs=1e-4)


def test_a_base_is_filled_up_with_one_event_of_the_whole():
    model = Expectation(sign=1, overall=0.1)
    expected, variance = model.expected(np.array([[9.0, 40.0, 0.0, 100.0]]))
    assert expected[0] == pytest.approx(100 * 10 / 50)  # 9 + 1 events of 40 + 10 answers
    assert variance[0] == pytest.approx(20 * (1 + 100 / 50))
    fresh, _ = model.expected(np.array([[0.0, 0.0, 7.0, 30.0]]))
    assert fresh[0] == pytest.approx(3.0)  # never seen before: like the whole


def test_surprise_is_nought_where_nothing_is_worse():
    figures = np.array([[100.0, 1000.0, 150.0, 1000.0], [100.0, 1000.0, 50.0, 1000.0]])
    rising, falling = (Expectation(sign, overall=0.1).surprise(figures) for sign in (1, -1))
    assert rising[0] > 0 == rising[1]
    assert falling[1] > 0 == falling[0]


# the account of a segment


def test_share_impact_effect_and_rate_by_hand():
    (one,) = localise(rate_cube(lambda shop, kind: shop == "A", now=0.50, answers=100, shops="AB", kinds="x"))
    assert one.where == {"shop": "A"}  # 10 of 100 → 50 of 100, the other stays at 10 of 100
    assert (one.before, one.now, one.effect) == pytest.approx((0.1, 0.5, 0.4))
    assert one.share == pytest.approx(1.0)  # 40 of the 40 beyond a tenth of 200
    assert one.impact == pytest.approx(0.2)  # .1 → .3 with it, .1 → .1 without
    assert (one.rate, one.mix) == pytest.approx((0.2, 0.0))
    assert (one.weight_before, one.weight_now) == (100, 100)
    assert one.rest == 0


def test_mix_and_rate_of_a_segment_and_its_rest_add_up_to_the_change():
    before = pd.DataFrame({"shop": ["A", "B"], "bad": [100, 100], "answers": [1000, 1000]})
    now = pd.DataFrame({"shop": ["A", "B"], "bad": [900, 50], "answers": [3000, 500]})
    leaves = compared(before, now, ["shop"], "bad", "answers")
    (one,) = localise(leaves)
    assert one.where == {"shop": "A"}
    assert one.rate == pytest.approx((0.5 + 6 / 7) / 2 * 0.2)
    change, middle = 950 / 3500 - 0.1, (0.1 + 950 / 3500) / 2
    assert one.mix == pytest.approx((6 / 7 - 0.5) * (0.2 - middle))
    rest_mix = (1 / 7 - 0.5) * (0.1 - middle)  # B's figure did not move: it has no rate part
    assert one.rate + one.mix + rest_mix == pytest.approx(change)


def test_of_a_count_before_is_what_was_expected():
    (one,) = localise(count_cube(lambda shop, kind: shop == "B", exposure=0.5))
    assert one.where == {"shop": "B"}
    assert (one.before, one.now, one.effect, one.impact) == (150, 300, 150, 150)
    assert (one.share, one.mix) == (1.0, 0.0)


# what is named


def test_the_parent_is_named_where_its_parts_rose_alike():
    assert named(rate_cube(lambda shop, kind: shop == "A")) == [{"shop": "A"}]


def test_a_part_is_named_where_its_siblings_were_spared():
    assert named(rate_cube(lambda shop, kind: shop == "A" and kind == "x")) == [{"shop": "A", "kind": "x"}]


def test_the_parent_is_named_where_one_sibling_rose_a_third_as_much():
    rows = pd.DataFrame({"shop": list("AAABBB"), "kind": list("xyz") * 2, "answers": 1000})
    before = rows.assign(bad=100)

    def with_sibling(bad):
        return named(
            compared(before, rows.assign(bad=[400, bad, 100, 100, 100, 100]), ["shop", "kind"], "bad", "answers")
        )

    assert with_sibling(200) == [{"shop": "A"}]  # + 100 beside + 300
    assert with_sibling(150) == [{"kind": "x", "shop": "A"}]  # + 50 beside + 300: less than a quarter


def test_two_values_that_rose_alike_are_named_side_by_side_at_the_top_only():
    assert named(rate_cube(lambda shop, kind: shop in "AB")) == [{"shop": "A"}, {"shop": "B"}]
    assert named(rate_cube(lambda shop, kind: shop == "A" and kind in "xy")) == [{"shop": "A"}]


def test_nothing_is_named_where_everything_rose_alike_or_nothing_did():
    assert named(rate_cube(lambda shop, kind: True)) == []
    assert named(rate_cube(lambda shop, kind: False)) == []
    assert named(rate_cube(lambda shop, kind: shop == "A", answers=10, now=0.2)) == []  # 3 → 6 of 30: chance


def test_two_causes_of_different_dimensions_are_both_named():
    found = named(rate_cube(lambda shop, kind: shop == "A" or (shop == "C" and kind == "z"), now=0.4))
    assert sorted(found, key=len) == [{"shop": "A"}, {"shop": "C", "kind": "z"}]


def test_a_small_segment_that_single_values_hide_is_found():
    shops, kinds = [f"s{at}" for at in range(12)], [f"k{at}" for at in range(12)]
    leaves = rate_cube(lambda s, k: (s, k) == ("s3", "k7"), answers=300, now=0.25, shops=shops, kinds=kinds)
    assert named(leaves) == [{"kind": "k7", "shop": "s3"}]


def test_a_fall_is_located_like_a_rise():
    assert named(count_cube(lambda shop, kind: kind == "y", times=0.5)) == [{"kind": "y"}]
    assert named(count_cube(lambda shop, kind: kind == "y", times=0.5), worse=1) == []


def test_a_value_that_is_new_is_named_though_its_base_is_nought():
    before = pd.DataFrame({"product": ["old"], "n": [500]})
    now = pd.DataFrame({"product": ["old", "new"], "n": [500, 200]})
    assert named(compared(before, now, ["product"], "n")) == [{"product": "new"}]


def test_a_mean_needs_the_spread_of_one_value():
    rows = pd.DataFrame({"shop": list("ABC"), "contacts": 100})
    before, now = rows.assign(minutes=1000), rows.assign(minutes=[1300, 1000, 1000])  # 10 → 13 minutes in A
    leaves = compared(before, now, ["shop"], "minutes", "contacts")
    assert named(leaves, rule=Rule(spread=5.0**2)) == [{"shop": "A"}]  # standard error .7
    assert named(leaves, rule=Rule(spread=30.0**2)) == []  # standard error 4


def test_wobble_makes_a_rise_chance():
    leaves = rate_cube(lambda shop, kind: shop == "A")
    assert named(leaves) == [{"shop": "A"}]
    wild = type(leaves)(leaves.frame, leaves.dimensions, leaves.counted, wobble=3.0)
    assert named(wild) == []


def test_dimensions_of_thousands_of_values_are_not_laid_out_in_full():
    draw = np.random.default_rng(5)
    rows = pd.DataFrame({name: draw.integers(0, 3000, 6000).astype(str) for name in ("agent", "order", "town")})
    rows = rows.assign(shop=np.where(np.arange(6000) < 600, "A", "B"), answers=10)  # 27 thousand million triples
    leaves = compared(
        rows.assign(bad=1), rows.assign(bad=np.where(rows["shop"] == "A", 3, 1)), [*rows.columns[:4]], "bad", "answers"
    )
    assert named(leaves) == [{"shop": "A"}]


def test_depth_bounds_the_conditions():
    leaves = rate_cube(lambda shop, kind: shop == "A" and kind == "x")
    assert all(len(where) == 1 for where in named(leaves, rule=Rule(depth=1)))


@pytest.mark.parametrize("rows", [[], [("A", 0, 0)]])
def test_empty_tables_have_no_answer(rows):
    frame = pd.DataFrame(rows, columns=["shop", "bad", "answers"])
    assert localise(compared(frame, frame, ["shop"], "bad", "answers")) == []


LEAF = st.tuples(
    st.sampled_from("ABC"), st.sampled_from("xyz"), st.integers(0, 40), st.integers(0, 200), st.integers(0, 200),
    st.integers(0, 200),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(LEAF, max_size=20), st.sampled_from([None, 1, -1]), st.booleans(), st.randoms())
def test_answers_are_disjoint_beyond_chance_and_the_same_in_any_order(rows, worse, counted, shuffler):
    frame = pd.DataFrame(rows, columns=["shop", "kind", "bad", "more", "answers", "later"])
    before, now = frame, frame.assign(bad=frame["more"], answers=frame["later"])
    weight = None if counted else "answers"
    found = localise(compared(before, now, ["shop", "kind"], "bad", weight), worse=worse)
    order = list(range(len(frame)))
    shuffler.shuffle(order)
    again = localise(compared(before.iloc[order], now.iloc[order[::-1]], ["shop", "kind"], "bad", weight), worse=worse)
    assert again == found
    assert len(found) <= 3
    assert sum(segment.weight_now for segment in found) <= (frame["bad"] if counted else frame["later"]).sum() + 1e-6
    assert all(1 <= len(segment.where) <= 3 and 0 <= segment.rest <= 0.25 for segment in found)
    shares = [segment.share for segment in found if not np.isnan(segment.share)]
    assert shares == sorted(shares, reverse=True)
