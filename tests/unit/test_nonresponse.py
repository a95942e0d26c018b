"""What satisfaction scores do not hear: rates, weights, bounds, signs of trouble, leavers, and the words for them."""

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from voc.analysis.metrics import with_measures
from voc.analysis.nonresponse import (
    ANSWERED,
    LEAVERS,
    SILENT,
    UNASKED,
    UNHEARD,
    cells_of,
    hearing,
    interviews,
    precision,
    tidy,
    what_if,
    with_heard,
    with_signs,
)
from voc.analysis.nonresponse.groups import against, design_effects, judged_together
from voc.analysis.nonresponse.weighting import REST, kinds, pooled, weigh
from voc.analysis.rules import MetricRules
from voc.analysis.trace import contacts_of
from voc.data.periods import Period
from voc.report.charts.bounds import bounds
from voc.report.pages import nonresponse as page

OCTOBER = Period.parse("2026-10")
RULES = MetricRules()
TINY = MetricRules(min_n=2, smallest_group=1)
HOSTILE = "<script>alert(1)</script>{x}**"


def contacts(n, **columns):
    """Contacts of October, one a customer, an hour apart; all asked, none answered, unless said."""
    at = pd.Timestamp("2026-10-01") + pd.to_timedelta(np.arange(n) * (30 * 24 * 60 // max(n, 1)), unit="min")
    frame = pd.DataFrame({"interaction_id": [f"t:{i:06d}" for i in range(n)], "customer_id": [f"c-{i}" for i in range(n)],
                          "source": "t", "created_at": at.astype("datetime64[us]"), "created_local": at.astype("datetime64[us]"),
                          "channel": "chat", "survey_sent": True, "csat": np.nan})  # fmt: skip
    return frame.assign(**columns)


def measured(store, frame, rules=RULES):
    return store.settle(with_measures(store.load(frame), rules))


def heard_in(store, frame, rules=RULES, customers=None, **options):
    return hearing(
        measured(store, frame, rules), OCTOBER, rules, None if customers is None else store.load(customers), **options
    )


def shop(n, seed=1, *, unseen=False):
    """A shop where trouble (seen: reopened; unseen: mood alone) takes both happiness and answers; returns the truth too."""
    rng = np.random.default_rng(seed)
    reopened = (rng.random(n) < 0.3).astype(float)
    channel = rng.choice(["phone", "chat", "email"], n, p=[0.5, 0.3, 0.2])
    happy = rng.random(n) < 0.85 - 0.4 * reopened - 0.1 * (channel == "phone")
    answers = np.where(happy, 0.5, 0.2) if unseen else 0.5 - 0.35 * reopened + 0.1 * (channel == "chat")
    asked = rng.random(n) < 0.8
    csat = np.where(asked & (rng.random(n) < answers), np.where(happy, 5.0, 2.0), np.nan)
    frame = contacts(n, channel=channel, reopened=reopened, survey_sent=asked, csat=csat)
    return frame, happy.mean() * 100, happy[asked].mean() * 100


def row_of(heard, whole, scenario):
    return heard.whatif.set_index(["whole", "scenario"]).loc[(whole, scenario)]


# figures by hand


def test_bounds_and_tipping_points_by_hand(store):
    csat = [5, 5, 4, 1] + [np.nan] * 6
    heard = heard_in(store, contacts(10, csat=csat, survey_sent=[True] * 8 + [False] * 2), goal=60)
    value = heard.whatif.set_index(["whole", "scenario"])["value"].round(3).to_dict()
    assert heard.counts == {"contacts": 10, "asked": 8, "answered": 4, "happy": 3, "unhappy": 1}
    assert value["asked", "answered"] == 75
    assert (value["asked", "worst"], value["asked", "best"]) == (37.5, 87.5)  # 3 and 7 of 8
    assert (value["all", "worst"], value["all", "best"]) == (30, 90)  # 3 and 9 of 10
    assert value["all", "less 10"] == 69  # 6 of 10 unheard: 75 − 0.6 × 10
    tip = heard.tipping.set_index("whole")
    assert tip.loc["asked", "points"] == pytest.approx(30)  # half are unheard: 75 − 60 is 15 points of the whole
    assert tip.loc["all", "points"] == pytest.approx(25)
    assert tip.loc["all", "unheard"] == 60


def test_rates_by_hand_and_their_traces(store):
    channel = ["chat"] * 6 + ["phone"] * 4
    frame = contacts(
        10, channel=channel, survey_sent=[True] * 7 + [False] * 3, csat=[5, 4, 1] + [np.nan] * 3 + [2] + [np.nan] * 3
    )
    table = measured(store, frame, TINY)
    heard = hearing(table, OCTOBER, TINY, dimensions=["channel", "no such column"])
    rates = heard.rates.set_index(["measure", "label"])
    assert rates.loc[("asked", "phone"), ["n", "value", "others", "difference"]].tolist() == [4, 25, 100, -75]
    assert rates.loc[("answered", "chat"), ["n", "value", "others", "difference"]].tolist() == [6, 50, 100, -50]
    saved = tidy(heard, OCTOBER)
    traced = saved[saved["trace"] != ""]
    assert len(traced) == 6  # four rates, and the answers of both wholes
    assert [len(contacts_of(table, row.trace)) for row in traced.itertuples()] == traced["n"].astype(int).tolist()


def test_others_are_weighted_as_the_group_is_spread():
    # pooled, the group has more trouble (30 against 18 %); within each kind it has exactly as much
    strata = [(10, 100, 10, 100), (50, 100, 5, 10)]
    found = against(60, 200, strata, 1.0)
    assert (found["value"], found["others"], found["difference"]) == (30, 30, 0)
    assert against(60, 200, strata, 4.0)["se"] == pytest.approx(2 * found["se"])
    assert np.isnan(against(3, 10, [(3, 10, 0, 0)], 1.0)["difference"])  # nobody to compare with


def test_a_customer_who_writes_four_times_is_one_voice(store):
    frame = pd.DataFrame({"customer_id": np.repeat([f"c{i}" for i in range(50)], 4), "x": np.repeat([1.0, 0.0], 100)})
    assert design_effects(store.load(frame), ["x"]) == {"x": pytest.approx(4)}
    alone = frame.assign(customer_id=[f"c{i}" for i in range(200)])
    assert design_effects(store.load(alone), ["x"]) == {"x": pytest.approx(1)}
    assert design_effects(store.load(frame.drop(columns="customer_id")), ["x"]) == {"x": 1.0}


def test_thin_kinds_are_pooled_with_their_like():
    cells = pd.DataFrame({"a": list("xxyz"), "b": list("1212"), "answered": [50, 5, 8, 9]})
    assert kinds(cells, ["a", "b"]).tolist() == [REST] * 4  # y and z are thin, so x joins them; nothing is left out
    assert kinds(cells.assign(answered=[50, 5, 8, 20]), ["a", "b"], 5).nunique() == 4
    assert kinds(cells, []).tolist() == [REST] * 4
    assert pooled(cells.assign(answered=0), cells["a"]).nunique() == 1


def test_raking_agrees_with_both_margins():
    cells = pd.DataFrame(
        {"a": list("xxyy"), "b": list("1212"), "answered": [40, 30, 20, 10], "contacts": [90, 10, 60, 40]}
    )
    found = weigh(cells, {"a": cells["a"], "b": cells["b"], "one": pd.Series(["same"] * 4)})
    told = cells.assign(w=found.weights * cells["answered"])
    assert found.margins == ("a", "b")
    assert told.groupby("a")["w"].sum().tolist() == pytest.approx([100, 100], rel=1e-5)
    assert told.groupby("b")["w"].sum().tolist() == pytest.approx([150, 50], rel=1e-5)
    assert found.effective < 100


def test_a_margin_that_cannot_agree_is_left_out():
    # all answers of x are also 1 and all of y also 2, while the whole has as many x as y but three times as many 1 as 2
    cells = pd.DataFrame({"a": list("xyxy"), "b": list("1221"), "answered": [20, 20, 0, 0], "contacts": [50, 0, 0, 50]})
    cells["contacts"] = [50, 20, 0, 30]
    assert weigh(cells, {"a": cells["a"], "b": cells["b"]}).margins == ("a",)


def test_interviews_by_the_book():
    assert (interviews(5, 10**9), interviews(5, 1000), interviews(5, 0)) == (385, 278, 0)
    assert precision(278, 1000) == pytest.approx(5, abs=0.01)
    assert precision(10, 10) == 0


# does it recover what it claims to


def test_weighting_recovers_the_truth_where_answers_follow_what_is_seen(store):
    frame, true, true_asked = shop(6000)
    heard = heard_in(store, frame)
    answered, weighted = row_of(heard, "all", "answered"), row_of(heard, "all", "signs")
    assert not answered["lo"] <= true <= answered["hi"]
    assert weighted["lo"] <= true <= weighted["hi"]
    assert row_of(heard, "asked", "signs")["lo"] <= true_asked <= row_of(heard, "asked", "signs")["hi"]
    assert weighted["weighted_by"] == "kind, opened_again"
    assert weighted["effective"] < weighted["n"]
    silent = heard.silent.set_index(["sign", "group"]).loc[("opened_again", SILENT)]
    assert (silent["certainty"], silent["difference"] > 0) == ("sure", True)


def test_the_interval_of_the_weighted_figure_holds_the_truth_as_often_as_it_says():
    rng, inside = np.random.default_rng(5), 0
    for _ in range(200):
        group = rng.integers(0, 4, 1500)
        happy, answers = rng.random(1500) < 0.9 - 0.15 * group, rng.random(1500) < 0.5 - 0.1 * group
        cells = pd.DataFrame({"channel": group.astype(str), "contacts": 1, "asked": 1, "answered": answers.astype(int),
                              "happy": (answers & happy).astype(int)}).groupby("channel", as_index=False).sum()  # fmt: skip
        row = what_if(cells, recorded=False)[0].set_index("scenario").loc["kind"]
        inside += row["lo"] <= 67.5 <= row["hi"]
    assert 0.92 <= inside / 200 <= 0.99


def test_bounds_hold_where_answers_follow_what_nobody_sees(store):
    frame, true, true_asked = shop(6000, unseen=True)
    heard = heard_in(store, frame)
    weighted = row_of(heard, "all", "signs")
    assert weighted["lo"] > true  # weighting cannot see it, and must not be sold as if it did
    for whole, truth in (("all", true), ("asked", true_asked)):
        assert row_of(heard, whole, "worst")["value"] <= truth <= row_of(heard, whole, "best")["value"]


def test_a_quiet_shop_has_no_group_that_stands_out(store):
    rng = np.random.default_rng(3)
    n = 4000
    answers = np.where(rng.random(n) < 0.3, rng.choice([2.0, 5.0], n, p=[0.3, 0.7]), np.nan)
    frame = contacts(n, csat=answers, survey_sent=rng.random(n) < 0.8, channel=rng.choice(list("abcdef"), n),
                     team=rng.choice(list("klmno"), n), reopened=(rng.random(n) < 0.2).astype(float))  # fmt: skip
    heard = heard_in(store, frame)
    assert set(heard.rates["certainty"]) == {"within noise"}
    assert "No group is asked" in page.by_group(heard).text
    assert "neither more nor less trouble" in page.said(heard, OCTOBER).text


# leavers


def leaving(seed, *, silent, n=6000):
    """A year of contacts; a tenth of the customers leave within a month, whose unhappy ones answer or keep silent."""
    rng = np.random.default_rng(seed)
    frame = contacts(n)
    at = pd.Timestamp("2026-10-31") - pd.to_timedelta(np.sort(rng.integers(61, 300, n))[::-1], unit="D")
    happy, gone = rng.random(n) < 0.7, rng.random(n) < 0.1
    answers = rng.random(n) < np.where(silent & gone & ~happy, 0.01, 0.35)
    frame = frame.assign(created_at=at, created_local=at, csat=np.where(answers, np.where(happy, 5.0, 1.0), np.nan))
    more = contacts(40, csat=5.0).assign(
        interaction_id=[f"u:{i}" for i in range(40)], customer_id=[f"d-{i}" for i in range(40)]
    )
    customers = pd.DataFrame(
        {"customer_id": frame["customer_id"], "churned_at": (at + pd.Timedelta(days=20)).where(gone)}
    )
    return pd.concat([frame, more.assign(survey_sent=[True] * 40)], ignore_index=True), customers


def test_unhappy_customers_who_leave_without_a_word_are_found(store):
    frame, customers = leaving(1, silent=True)
    rows = heard_in(store, frame, customers=customers).leavers.set_index("measure")
    assert rows.loc[["answered", "unhappy", "csat"], "certainty"].tolist() == ["sure"] * 3
    assert (rows.loc["unhappy", "difference"] < 0, rows.loc["csat", "difference"] > 0) == (True, True)
    assert rows.loc["happy", "certainty"] == "within noise"
    heard = heard_in(store, frame, customers=customers)
    assert "leave without a word" in page.left(heard, OCTOBER, RULES).text


def test_only_the_last_contact_before_leaving_counts(store):
    frame, customers = leaving(3, silent=True, n=1500)
    year = frame[frame["source"].eq("t") & frame["interaction_id"].str.startswith("t:")]
    before = year.assign(
        interaction_id="b:" + year["interaction_id"], created_at=year["created_at"] - pd.Timedelta(days=5), csat=1.0
    )
    before["created_local"] = before["created_at"]
    once, twice = (heard_in(store, one, customers=customers).leavers for one in (frame, pd.concat([frame, before])))
    assert once["n"].tolist() == twice["n"].tolist()
    assert once["n_others"].tolist() == twice["n_others"].tolist()


def test_leavers_who_answer_like_others_are_no_finding(store):
    frame, customers = leaving(2, silent=False)
    heard = heard_in(store, frame, customers=customers)
    assert set(heard.leavers["certainty"]) == {"within noise"}
    assert "leave without a word" not in page.left(heard, OCTOBER, RULES).text


def test_contacts_too_young_to_judge_are_not_called_loyal(store):
    frame = contacts(3, customer_id=["a", "b", "c"])
    days = pd.to_datetime(["2026-07-01 10:00", "2026-07-01 10:00", "2026-10-30 10:00"])
    frame = frame.assign(created_at=days, created_local=days)
    customers = pd.DataFrame(
        {"customer_id": ["a", "b", "c"], "churned_at": pd.to_datetime(["2026-07-01", None, "2026-10-31"])}
    )
    table = with_signs(measured(store, frame), RULES, store.load(customers))
    left = dict(zip(*(table.to_pyarrow().to_pandas()[name] for name in ("customer_id", "left")), strict=True))
    assert (left["a"], left["b"], np.isnan(left["c"])) == (1.0, 0.0, True)  # «a» left on the day of the contact


def test_customers_gone_before_or_not_on_the_list_are_unknown(store):
    days = pd.to_datetime(["2026-07-01", "2026-07-01", "2026-10-31"])
    frame = contacts(3, customer_id=["a", "stranger", "z"]).assign(created_at=days, created_local=days)
    customers = pd.DataFrame({"customer_id": ["a", "z"], "churned_at": pd.to_datetime(["2026-06-01", None])})
    table = with_signs(measured(store, frame), RULES, store.load(customers))
    assert table.left.isnull().sum().to_pyarrow().as_py() == 3


@pytest.mark.parametrize(
    ("customers", "why"),
    [
        (None, "no customer list"),
        (pd.DataFrame({"customer_id": ["c-1"], "segment": ["a"]}), "no customer list"),
        (
            pd.DataFrame({"customer_id": ["other-1"], "churned_at": [pd.Timestamp("2026-08-01")]}),
            "write the customer's number alike",
        ),
    ],
)
def test_why_leavers_cannot_be_told(store, customers, why):
    heard = heard_in(store, contacts(60, csat=[5.0] * 30 + [np.nan] * 30), customers=customers)
    assert why in heard.missing.set_index("what")["why"][LEAVERS]
    assert why in page.left(heard, OCTOBER, RULES).text


def test_fewer_than_five_leavers_are_not_shown(store):
    frame, customers = leaving(1, silent=True, n=400)
    few = customers["churned_at"].notna().cumsum() <= 4
    heard = heard_in(store, frame, customers=customers.assign(churned_at=customers["churned_at"].where(few)))
    assert heard.leavers.empty
    assert "fewer than 5 customers left" in page.left(heard, OCTOBER, RULES).text


# limits


def shown(heard, period=OCTOBER):
    """Everything that a page shows of a hearing."""
    drawn = page.picture(heard, period)
    parts = [
        page.said(heard, period),
        page.by_group(heard),
        page.silent_table(heard),
        page.left(heard, period, RULES),
        page.to_do(heard),
    ]
    limits = page.limits(heard)
    tidy(heard, period)
    return (
        " ".join(part.text for part in parts if part)
        + (drawn.alt if drawn else "")
        + " ".join(limits.to_numpy().ravel())
    )


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (contacts(5).iloc[:0], "there are no contacts in October 2026"),
        (contacts(1), "nobody answered in October 2026"),
        (contacts(1, csat=5.0), "one to every contact in the data"),
        (contacts(40, survey_sent=False), "nobody was asked in October 2026"),
        (contacts(40), "nobody answered in October 2026"),
        (contacts(40, csat=[4.0] * 20 + [2.0] * 20), "every contact of these data has an answer"),
        (contacts(40, csat=[4.0] * 20 + [np.nan] * 20).drop(columns="survey_sent"), "nobody can tell who was asked"),
        (contacts(40).drop(columns="csat"), "the data have no CSAT"),
        (contacts(60, csat=[5.0] * 30 + [np.nan] * 30), "too little is known of the contacts"),
        (contacts(60, csat=[1.0] * 30 + [np.nan] * 30), "between 0.0% and 50.0%"),
        (contacts(60, csat=[5.0] * 30 + [np.nan] * 30).drop(columns=["channel", "customer_id"]), "which customer they are of"),
    ],
)  # fmt: skip
def test_limits_end_in_a_sentence(store, frame, says):
    assert says in shown(
        heard_in(
            store, frame, customers=pd.DataFrame({"customer_id": ["c-1"], "churned_at": [pd.Timestamp("2026-10-09")]})
        )
    )


def test_all_scores_equal_leave_no_room_for_weights_but_for_bounds(store):
    heard = heard_in(store, contacts(60, csat=[5.0] * 30 + [np.nan] * 30), goal=80)
    assert row_of(heard, "all", "signs")["value"] == 100
    assert row_of(heard, "all", "worst")["value"] == 50
    assert heard.tipping.set_index("whole").loc["all", "points"] == 40
    assert "is missed if those not heard are 40.0 pts" in page.said(heard, OCTOBER).text.replace("\u00a0", " ")


def test_without_surveys_only_answers_and_the_rest_are_told_apart(store):
    frame = shop(2000)[0].drop(columns="survey_sent")
    heard = heard_in(store, frame)
    assert set(heard.whatif["whole"]) == {"all"}
    assert set(heard.silent["group"]) == {ANSWERED, UNHEARD}
    assert np.isnan(heard.counts["asked"])
    assert "those without an answer" in page.to_do(heard).text


def test_fields_of_the_data_by_the_names_of_signs_do_no_harm(store):
    frame = shop(500)[0].assign(left="window", slow="yes", unsolved=HOSTILE)
    heard = heard_in(store, frame)
    assert set(heard.silent["sign"]) == {"opened_again"}
    assert set(heard.silent["group"]) == {ANSWERED, SILENT, UNASKED}


def test_small_groups_are_hidden_and_thin_ones_not_judged(store):
    channel = ["chat"] * 900 + ["phone"] * 20 + ["fax"] * 4
    rng = np.random.default_rng(1)
    heard = heard_in(store, contacts(924, channel=channel, csat=np.where(rng.random(924) < 0.4, 5.0, np.nan)))
    certainty = heard.rates[heard.rates["measure"] == "answered"].set_index("label")["certainty"]
    assert "fax" not in certainty.index
    assert certainty["phone"] == "cannot tell"


def test_no_comparison_makes_no_judgement():
    assert judged_together({"rates": []}, {"rates": ["n", "q"]}, RULES)["rates"].empty
    none = judged_together({"a": [{"n": 3, **against(1, 3, [], 1.0)}]}, {"a": ["n", "certainty"]}, RULES)["a"]
    assert none["certainty"].tolist() == [""]


def test_the_same_data_give_the_same_table(store):
    frame, *_ = shop(1500)
    first, second = (
        tidy(heard_in(store, part, goal=80), OCTOBER) for part in (frame, frame.sample(frac=1, random_state=2))
    )
    pd.testing.assert_frame_equal(first, second)
    assert first.duplicated(["part", "measure", "dimension", "label"]).sum() == 0
    assert not [name for name in first.columns if "agent" in name]


def test_cells_hold_every_contact_once(store):
    frame = shop(800)[0].assign(language=[None, "en"] * 400, category=["a", None] * 400)
    cells = cells_of(with_signs(with_heard(measured(store, frame)), RULES))
    assert cells["contacts"].sum() == 800
    assert cells["answered"].sum() == frame["csat"].notna().sum()


# pages and chart


def test_hostile_labels_are_text_on_the_page(store):
    frame = shop(3000)[0]
    frame["channel"] = np.where(frame["reopened"] == 1, HOSTILE, "chat")
    made = page.by_group(heard_in(store, frame))
    assert "<script" not in made.html
    assert "alert(1)" in made.html


def test_what_to_do_names_the_sample_size(store):
    csat = [5.0] * 600 + [np.nan] * 1402
    text = page.to_do(heard_in(store, contacts(2002, csat=csat)), owner="Care <b>").text.replace("\u00a0", " ")
    assert "140 of 1,402" in text
    assert "within ±7.9 pts; for ±5.0 pts ask 302" in text


def test_a_goal_within_reach_of_chance_is_too_close_to_call(store):
    heard = heard_in(store, contacts(200, csat=[5.0] * 80 + [1.0] * 20 + [np.nan] * 100), goal=79)
    assert "too close to call" in page.said(heard, OCTOBER).text


def test_the_chart_draws_dots_ranges_and_the_goal():
    frame = pd.DataFrame(
        {
            "label": [HOSTILE, "worst to best"],
            "value": [75.0, np.nan],
            "lo": [72.0, 20],
            "hi": [78.0, 93],
            "main": [True, None],
        }
    )
    picture = bounds(frame, title=HOSTILE, subtitle="s", alt=HOSTILE, goal=80)
    words = ["".join(node.itertext()) for node in ET.fromstring(picture.svg).iter() if node.tag.endswith("text")]
    assert {"75.0% (72.0–78.0)", "20.0–93.0%", "goal 80%", "0%", "100%"} <= set(words)
    assert "<script" not in picture.svg
    assert bounds(frame, title=HOSTILE, subtitle="s", alt=HOSTILE, goal=80).svg == picture.svg


@pytest.mark.parametrize("rows", [0, 1, 12])
def test_the_chart_bears_any_number_of_rows(rows):
    frame = pd.DataFrame(
        {
            "label": [f"row {i}" for i in range(rows)],
            "value": [50.0] * rows,
            "lo": [np.nan] * rows,
            "hi": [np.nan] * rows,
        }
    )
    ET.fromstring(bounds(frame, title="t", subtitle="s", alt="a", unit="%").svg)
