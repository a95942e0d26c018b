"""Small tables in which it is known what weighs most, in which order, and what carries it."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.carried import carried, same_thing
from voc.analysis.metrics import with_measures
from voc.analysis.problems import likeness, problem_column, top_problems, weigh
from voc.analysis.rules import MetricRules
from voc.analysis.scorecard import Scorecard
from voc.analysis.trace import contacts_of
from voc.data.periods import Period
from voc.report.charts.weigh import weigh as draw
from voc.report.pages import problems as page

OCTOBER, SEPTEMBER = Period.parse("2026-10"), Period.parse("2026-09")
RULES = MetricRules()
NONE = pd.DataFrame(columns=["metric", "dimension", "label", "change", "floor", "before", "certainty"])
CARD = Scorecard(NONE, NONE, NONE)
TEXT = ["issue", "category", "payment_method", "team", "queue", "customer_id", "interaction_id"]


def rows(n, issue, *, answers=0, unhappy=0, month="2026-10", **more) -> pd.DataFrame:
    """Make n contacts about an issue, the first ``answers`` with a score, ``unhappy`` of these a 1 and the rest a 5."""
    scores = [1.0] * unhappy + [5.0] * (answers - unhappy) + [np.nan] * (n - answers)
    made = pd.DataFrame(
        {"issue": issue, "csat": scores, "created_local": pd.Timestamp(f"{month}-05 10:00")}, index=range(n)
    )
    return made.assign(**{name: value if np.isscalar(value) else list(value) for name, value in more.items()})


def table(store, *parts):
    frame = pd.concat(parts, ignore_index=True)
    frame["created_at"] = frame["created_local"] = frame["created_local"].astype("datetime64[us]")
    frame["interaction_id"] = [f"t:{at:05d}" for at in range(len(frame))]
    text = {name: "str" for name in TEXT if name in frame}
    return with_measures(store.load(frame.astype(text)), RULES, ["contacts", "csat_pct", "aht_minutes"])


def moved(label, certainty="sure", change=60.0, before=40.0) -> Scorecard:
    one = {
        "metric": "contacts",
        "dimension": "issue",
        "label": label,
        "change": change,
        "floor": 20.0,
        "before": before,
    }
    return Scorecard(NONE, NONE, pd.DataFrame([one | {"certainty": certainty}]))


def test_weight_is_contacts_times_share_of_unhappy_answers_filled_up_with_the_year_before(store):
    past = [rows(1000, name, answers=1000, unhappy=100, month="2026-03") for name in ("refund", "login")]
    known = table(store, rows(90, "refund", answers=30, unhappy=15), rows(300, "login", answers=60, unhappy=6), *past)
    top = top_problems(known, CARD, OCTOBER, RULES).set_index("label")
    # a year of 10 % counts as 30 answers with 3 unhappy: (15 + 3) ÷ (30 + 30) and (6 + 3) ÷ (60 + 30)
    assert top.loc["refund", "severity"] == pytest.approx(30.0, abs=0.05)
    assert top.loc["login", "severity"] == pytest.approx(10.0, abs=0.05)
    assert top.loc["refund", "weight"] == pytest.approx(90 * 0.30, abs=0.05)
    assert top["weight_share"].sum() == pytest.approx(100)
    assert top["share"].to_dict() == {"login": pytest.approx(300 / 3.9), "refund": pytest.approx(90 / 3.9)}
    assert top.loc["refund", "answers_before"] == 1000
    assert ((top["severity_lo"] < top["severity"]) & (top["severity"] < top["severity_hi"])).all()
    assert ((top["lo"] < top["weight"]) & (top["weight"] < top["hi"])).all()


def test_a_rare_problem_that_ends_badly_comes_before_a_common_one_that_ends_well(store):
    known = table(
        store,
        rows(400, "praise", answers=200),
        rows(120, "lost parcel", answers=60, unhappy=40),
        rows(200, "tracking", answers=100, unhappy=2),
    )
    top = top_problems(known, CARD, OCTOBER, RULES).set_index("label")
    assert top.index[0] == "lost parcel"
    assert top.loc["lost parcel", "bitter"] == "sure"
    assert not set(top.loc[["praise", "tracking"], "bitter"]) & {"sure", "likely"}
    assert top.loc["praise", "weight"] < 5


def test_places_are_ranges_where_chance_could_swap_them(store):
    alike = [rows(100, name, answers=50, unhappy=10) for name in ("a", "b")]
    known = table(
        store, *alike, rows(2000, "far above", answers=1000, unhappy=500), rows(100, "far below", answers=100)
    )
    top = top_problems(known, CARD, OCTOBER, RULES, most=3).set_index("label")
    assert top.index.tolist() == ["far above", "a", "b"]
    assert top.loc["far above", ["rank_lo", "rank_hi"]].tolist() == [1, 1]
    assert top.loc["a", ["rank_lo", "rank_hi"]].tolist() == top.loc["b", ["rank_lo", "rank_hi"]].tolist() == [2, 3]
    assert top["tied"].tolist() == ["", "", ""]


def test_problems_left_out_that_chance_could_put_in_are_named(store):
    known = table(store, *[rows(100, name, answers=50, unhappy=10) for name in ("a", "b", "c")])
    top = top_problems(known, CARD, OCTOBER, RULES, most=2)
    assert top["tied"].tolist() == ["c", "c"]
    assert top["rank_hi"].tolist() == [3, 3]
    assert (
        "cannot" in page.lead(top, OCTOBER, RULES).text
        or "None surely weighs more than c" in page.lead(top, OCTOBER, RULES).text
    )


def test_too_few_answers_give_no_place(store):
    known = table(store, rows(100, "known", answers=30, unhappy=5), rows(500, "unknown", answers=29, unhappy=29))
    top = top_problems(known, CARD, OCTOBER, RULES)
    assert top["label"].tolist() == ["known"]
    assert top[["ranked", "unranked"]].to_numpy().tolist() == [[1, 1]]
    assert top["unranked_share"].iloc[0] == pytest.approx(500 / 6)
    assert "for want of answers: 1 more with 83%" in page.lead(top, OCTOBER, RULES).text


def test_intervals_hold_the_truth_about_as_often_as_they_say(store):
    rng, held, places = np.random.default_rng(7), [], []
    for _ in range(12):
        rate, mean = rng.beta(1.5, 9, 20), rng.gamma(2, 60, 20) + 10
        parts = []
        for month in ("2026-06", "2026-10"):
            n = rng.poisson(mean)
            answers = rng.binomial(n, 0.3)
            parts += [
                rows(n[k], f"i{k:02d}", answers=answers[k], unhappy=rng.binomial(answers[k], rate[k]), month=month)
                for k in range(20)
            ]
        found = weigh(table(store, *parts), OCTOBER, RULES, "issue")
        found = found[found["able"]]
        true = (rate * mean)[[int(label[1:]) for label in found["label"]]]
        held += list((found["lo"] <= true) & (true <= found["hi"]))
        top = top_problems(table(store, *parts), CARD, OCTOBER, RULES)
        order = pd.Series(-true, index=found["label"].to_numpy()).rank()[top["label"]].to_numpy()
        places += list((top["rank_lo"] <= order) & (order <= top["rank_hi"]))
    assert 0.90 <= np.mean(held) <= 1.0
    assert np.mean(places) >= 0.95


def test_weights_from_params_multiply_and_default_to_one(store):
    rules = MetricRules(severity={"issue": {"lost": 5, "praise": 0}, "team": {"B": 2, "default": 0.5}})
    known = table(store, rows(40, "lost", team="A"), rows(40, "praise", team="B"), rows(60, "login", team="B"))
    top = top_problems(known, CARD, OCTOBER, rules).set_index("label")
    assert top["severity"].to_dict() == {"login": 2.0, "lost": 2.5, "praise": 0.0}
    assert top["weight"].to_dict() == {"login": 120.0, "lost": 100.0, "praise": 0.0}
    assert not top["measured"].any()
    half = 1.96 * np.sqrt(60 * 4)  # the chance of 60 contacts of weight 2
    assert top.loc["login", "hi"] - top.loc["login", "lo"] == pytest.approx(2 * half, rel=0.02)
    assert (
        page.sentences(top.reset_index(), carried(known, OCTOBER, rules, top.reset_index(), []), OCTOBER, {})
        is not None
    )


def test_likeness_is_small_where_groups_differ_and_large_where_they_do_not():
    n = np.full(10, 100.0)
    assert likeness(np.array([0.0, 100.0] * 5), n, 0.5) == pytest.approx(1.0, abs=0.01)
    assert likeness(np.full(10, 20.0), n, 0.2) > 1000


def test_hours_and_money_are_those_recorded(store):
    seconds = [3600.0] * 30 + [np.nan] * 10
    known = table(store, rows(40, "refund", answers=40, unhappy=5, handle_seconds=seconds))
    top = top_problems(known, CARD, OCTOBER, MetricRules(cost_per_hour=20, currency="€")).iloc[0]
    assert (top["hours"], top["hours_known"], top["money"]) == (30.0, 75.0, 600.0)
    assert np.isnan(top_problems(known, CARD, OCTOBER, RULES).iloc[0]["money"])


def test_changes_are_those_of_the_card_and_places_before_are_told(store):
    now = [rows(100, "refund", answers=50, unhappy=20), rows(200, "login", answers=100, unhappy=5)]
    then = [
        rows(40, "refund", answers=40, unhappy=2, month="2026-09"),
        rows(300, "login", answers=100, unhappy=9, month="2026-09"),
    ]
    top = top_problems(table(store, *now, *then), moved("refund"), OCTOBER, RULES).set_index("label")
    assert top.loc["refund", ["change", "certainty", "rank_before"]].tolist() == [60.0, "sure", 2.0]
    assert top.loc["login", "certainty"] == "cannot tell"


def test_the_trace_leads_to_the_contacts(store):
    known = table(
        store, rows(40, "refund", answers=40, unhappy=5), rows(7, "refund", month="2026-09"), rows(50, "login")
    )
    top = top_problems(known, CARD, OCTOBER, RULES)
    assert len(contacts_of(known, top["trace"].iloc[0])) == 40


def test_the_issue_names_problems_unless_few_contacts_have_one(store):
    many = rows(60, "refund", category="returns")
    assert problem_column(table(store, many), OCTOBER) == "issue"
    few = pd.concat([rows(10, "refund", category="returns"), rows(60, None, category="returns")])
    assert problem_column(store.load(few.assign(issue=few["issue"].where(few["issue"].notna()))), OCTOBER) == "category"
    assert problem_column(store.load(many.drop(columns=["issue", "category"])), OCTOBER) == ""


@pytest.mark.parametrize("case", ["no column", "empty", "one", "no answers", "all equal", "all unhappy"])
def test_limits_end_in_a_sentence(store, case):
    made = rows(100, "refund", answers=60, unhappy=60 if case == "all unhappy" else 0)
    made = {"one": made.head(1), "no answers": made.assign(csat=np.nan)}.get(case, made)
    known = table(store, made)
    known = known.drop("issue") if case == "no column" else known
    known = known.filter(known.interaction_id == "none") if case == "empty" else known
    top = top_problems(known, CARD, OCTOBER, RULES)
    found = carried(known, OCTOBER, RULES, top, ["payment_method", "not there"])
    assert found.empty
    assert page.lead(top, OCTOBER, RULES).text
    assert page.overview(top, OCTOBER, RULES).text
    missing = {
        "no column",
        "empty",
        "one",
        "no answers",
        "all equal",
    }  # where nobody is unhappy nothing weighs by its end
    assert (page.chart(top, OCTOBER) is None) == (case in missing)
    assert (page.sentences(top, found, OCTOBER, {}) is None) == (case in missing)
    if case in missing:
        assert page.limits(top, found, RULES)["what"].str.contains("weighs most").any()


def method(*counts) -> list[str]:
    names = ("PayLink", "card", "bank transfer")
    return [name for name, n in zip(names, counts, strict=False) for _ in range(n)]


def payments(store, **more):
    """Make 100 failures, 80 of them with PayLink, and 200 other contacts, 40 with PayLink."""
    failed = rows(100, "payment failed", answers=50, unhappy=20, payment_method=method(80, 10, 10), **more)
    return table(store, failed, rows(200, "invoice", answers=100, unhappy=20, payment_method=method(40, 80, 80)))


def test_the_value_that_carries_a_problem_is_named_with_its_usual_part(store):
    known = payments(store)
    top = top_problems(known, CARD, OCTOBER, RULES)
    found = carried(known, OCTOBER, RULES, top, ["payment_method", "team"])
    one = found[found["label"] == "payment failed"].iloc[0]
    assert (one["carried_label"], one["hits"], one["n"], one["n_elsewhere"]) == ("PayLink", 80, 100, 200)
    assert (one["share"], one["elsewhere"], one["excess"], one["ratio"]) == pytest.approx((80.0, 20.0, 60.0, 4.0))
    assert (one["lo"], one["hi"]) == pytest.approx((71.11, 86.66), abs=0.01)  # Wilson, 80 of 100
    assert one["ratio_lo"] < 4 < one["ratio_hi"]
    assert (one["certainty"], one["place"], one["known"], one["tried"]) == ("sure", 1, 100.0, 6)
    assert len(contacts_of(known, one["trace"])) == 80
    said = page.sentences(top, found, OCTOBER, {"issue": {"payment failed": "Payments"}}).text
    assert (
        "80% of them (sure, 71–87%) are with payment by PayLink, against 20% of all other contacts whose payment method is known."
        in said
    )
    assert "Payments: begin with payment method PayLink" in said


def test_only_contacts_whose_value_is_known_are_compared(store):
    known = table(
        store,
        rows(100, "late", answers=50, unhappy=20, payment_method=method(80, 20)),
        rows(900, "login", answers=50, unhappy=5, payment_method=[*method(45, 45), *[None] * 810]),
    )
    found = carried(known, OCTOBER, RULES, top_problems(known, CARD, OCTOBER, RULES), ["payment_method"])
    assert found[found["label"] == "late"][["elsewhere", "n_elsewhere"]].to_numpy().tolist() == [[50.0, 90]]
    login = found[found["label"] == "login"]  # card: known for one in ten of these contacts
    assert login["place"].tolist() == [0]
    top = top_problems(known, CARD, OCTOBER, RULES)
    assert "known for 10%" in page.limits(top, found, RULES).to_string()


def test_one_customer_who_writes_ten_times_is_no_ten_cases(store):
    one = ["c1"] * 30
    others = [f"d{k}" for k in range(370)]
    failed = rows(60, "failed", answers=40, unhappy=20, payment_method=method(30, 30), customer_id=one + others[:30])
    rest = rows(340, "invoice", answers=100, unhappy=20, payment_method=method(30, 310), customer_id=others[30:])
    known = table(store, failed, rest)
    top = top_problems(known, CARD, OCTOBER, RULES)
    assert carried(known, OCTOBER, RULES, top, ["payment_method"]).empty
    unnamed = carried(known.drop("customer_id"), OCTOBER, RULES, top, ["payment_method"])
    assert "PayLink" in unnamed["carried_label"].tolist()


def test_another_name_for_the_problem_and_the_service_itself_carry_nothing(store):
    failed = rows(100, "failed", answers=50, unhappy=20, queue="pay queue", team="Amber")
    known = table(store, failed, rows(200, "invoice", answers=100, unhappy=20, queue="bill queue", team="Birch"))
    top = top_problems(known, CARD, OCTOBER, RULES)
    assert carried(known, OCTOBER, RULES, top, ["queue", "team", "issue"]).empty
    assert not same_thing(pd.DataFrame({"label": list("aabb"), "value": list("xyxy"), "n": [9, 1, 2, 8]}))
    assert not same_thing(pd.DataFrame({"label": [], "value": [], "n": []}))


def test_a_second_value_is_told_only_when_it_stands_without_the_first(store):
    regions = ["North"] * 80 + ["South"] * 20  # the PayLink contacts come from the North: one story
    same = payments(store, region=regions)
    same = same.mutate(region=same.region.fill_null("South"))
    top = top_problems(same, CARD, OCTOBER, RULES)
    found = carried(same, OCTOBER, RULES, top, ["payment_method", "region"])
    assert found[found["label"] == "payment failed"]["place"].tolist() == [1]


def test_dimensions_that_mean_nothing_are_silent(store):
    """Twenty pairs of columns dealt by lot to the same contacts, each pair looked at by itself."""
    rng, pairs = np.random.default_rng(11), [(f"payment_{at}", f"queue_{at}") for at in range(20)]
    dealt = {
        name: rng.choice(list(values), 720)
        for pair in pairs
        for name, values in zip(pair, ("pqrs", "xyz"), strict=True)
    }
    frame = pd.concat([rows(120, name, answers=40, unhappy=8) for name in "abcdef"], ignore_index=True)
    known = table(store, pd.concat([frame, pd.DataFrame(dealt, dtype="str")], axis=1))
    top = top_problems(known, CARD, OCTOBER, RULES)
    assert len(top) == 5
    assert sum(len(carried(known, OCTOBER, RULES, top, pair)) > 0 for pair in pairs) <= 1


def test_labels_that_attack_stay_text(store):
    label = "<script>alert(1)</script> {0} **x**"
    known = table(store, rows(100, label, answers=50, unhappy=30), rows(200, "calm", answers=100, unhappy=1))
    top = top_problems(known, CARD, OCTOBER, RULES)
    found = carried(known, OCTOBER, RULES, top, [])
    for made in (
        page.lead(top, OCTOBER, RULES),
        page.sentences(top, found, OCTOBER, {}),
        page.overview(top, OCTOBER, RULES),
    ):
        assert "<script" not in made.html
    assert "<script" not in page.chart(top, OCTOBER).svg


@pytest.mark.parametrize("count", [0, 1, 5])
def test_the_chart_draws_any_number_of_rows(count):
    one = {"label": "a very long label " * 8, "contacts": 97, "weight": 35.0, "lo": np.nan, "hi": np.nan}
    picture = draw(pd.DataFrame([one] * count, columns=list(one)), title="t", subtitle="s", alt="a")
    assert picture.svg.count("35 of 97") == count
