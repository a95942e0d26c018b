"""Frames of the drivers: ranks, readings, staff, who answers, realistic changes, factors, groups and natural experiments."""

from __future__ import annotations

from dataclasses import replace

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from voc.analysis.drivers import bends, plain, staff, tags, where, within
from voc.analysis.drivers.advice import AGAINST, NOTHING
from voc.analysis.drivers.answering import bounds, heard
from voc.analysis.drivers.factors import Terms, _steady, factors
from voc.analysis.drivers.found import Asked, drivers
from voc.analysis.drivers.known import BY_NAME
from voc.analysis.drivers.model import Points, model
from voc.analysis.drivers.natural import _by_few, natural, outside, paces, restless, standing
from voc.analysis.drivers.policy import medians, policy_of
from voc.analysis.drivers.ranks import spearman, spearman_within
from voc.analysis.drivers.rows import answers_of
from voc.analysis.rules import MetricRules, Target

SINCE, UNTIL = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-07-01")
RULES = MetricRules()


def _contacts(n: int = 6000, answered: float = 1.0, seed: int = 3) -> pd.DataFrame:
    """Hard issues take long and please nobody; care takes long and pleases; speed matters in chat alone; browsers do not matter."""
    rng = np.random.default_rng(seed)
    issue, agent, chat = rng.integers(0, 4, n), rng.integers(0, 20, n), rng.random(n) < 0.5
    hard, wait, care = np.array([-1.5, -0.5, 0.5, 1.5])[issue], rng.normal(size=n), rng.normal(size=n)
    slowness = np.linspace(-0.5, 0.5, 20)[agent]
    unsolved = (rng.random(n) < 0.2).astype(float)
    eta = 1.0 - hard + 0.5 * care + 0.5 * slowness - 1.2 * unsolved - 0.8 * wait * chat
    csat = 1.0 + np.digitize(eta + rng.logistic(size=n), [-2.0, -1.0, 0.0, 1.5])
    return pd.DataFrame({
        "interaction_id": [f"i{i:05}" for i in range(n)], "customer_id": [f"c{i % 4500}" for i in range(n)],
        "agent_id": [f"a{k:02}" for k in agent], "issue": [f"issue {k}" for k in issue], "channel": np.where(chat, "chat", "mail"),
        "created_local": SINCE + pd.to_timedelta(rng.integers(0, 180 * 1440, n), unit="min"),
        "aht_minutes": 5 * np.exp(0.5 * hard + 0.4 * care + 0.4 * slowness), "frt_minutes": np.exp(wait), "fcr_pct": 1 - unsolved,
        "browser": rng.choice(["F", "C", "S"], n), "csat": np.where(rng.random(n) < answered, csat, np.nan),
    })  # fmt: skip


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return _contacts()


@pytest.fixture(scope="module")
def answers(table: pd.DataFrame):
    return answers_of(ibis.memtable(table), SINCE, UNTIL, labels=["browser"])


@pytest.fixture(scope="module")
def people(answers):
    return staff.staff(answers, 5)


@pytest.fixture(scope="module")
def moved(answers, people) -> pd.DataFrame:
    goals = {"fcr_pct": Target(goal=95, owner="Head of service"), "csat_pct": Target(owner="Support lead")}
    return factors(
        answers, bends.curves(answers, people.pull), Terms(RULES, goals, people.pull), ["browser"]
    ).set_index("factor")


def test_rank_correlation_is_scipys_with_ties():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 6, 300).astype(float), rng.integers(0, 4, 300).astype(float)
    found = spearman(x, y, np.arange(300))
    assert found.rho == pytest.approx(spearmanr(x, y).statistic, abs=1e-12)
    # Bonett & Wright, Psychometrika 65, 2000: the interval of one answer a customer
    width = 1.96 * np.sqrt((1 + found.rho**2 / 2) / 297)
    assert found.lo == pytest.approx(np.tanh(np.arctanh(found.rho) - width), abs=0.01)


def test_answers_written_twice_leave_the_interval_of_ranks_as_wide():
    rng = np.random.default_rng(2)
    x = rng.normal(size=200)
    y = x + rng.normal(size=200)
    once, twice = spearman(x, y, np.arange(200)), spearman(np.tile(x, 2), np.tile(y, 2), np.tile(np.arange(200), 2))
    assert twice.hi - twice.lo == pytest.approx(once.hi - once.lo, rel=0.02)


def test_ranks_within_kinds_are_the_mean_of_the_kinds():
    x = np.r_[np.arange(20.0), np.arange(20.0) + 100]
    y = np.r_[np.arange(20.0) + 100, np.arange(20.0)[::-1]]
    kind = np.repeat([0, 1], 20)
    found = spearman_within(x, y, np.arange(40), kind)
    assert found.rho == pytest.approx(0.0, abs=1e-12)  # +1 in the one kind, −1 in the other
    assert spearman(x, y, np.arange(40)).rho < -0.7
    assert spearman_within(x[:5], y[:5], np.arange(5), kind[:5]).n == 0


def test_scores_are_counted_and_add_up_to_a_hundred(answers, table):
    found = plain.scores(answers)
    assert found["n"].tolist() == table["csat"].value_counts().sort_index().tolist()
    assert found["share"].sum() == pytest.approx(100)
    assert ((found["lo"] < found["share"]) & (found["share"] < found["hi"])).all()


def test_crowded_answers_widen_shares():
    y, customer = np.tile([1.0, 0.0], 50), np.arange(100)
    assert plain.crowding(y, customer) == pytest.approx(1.0)
    assert plain.crowding(np.repeat([1.0, 0.0], 50), np.repeat(np.arange(50), 2)) == pytest.approx(2.0)


def test_bins_hold_every_answer_once_and_in_the_unit_of_the_time(answers, table):
    found = plain.bins(answers)
    times = found[found["driver"] == "handling"]
    assert times["n"].sum() == len(table)
    assert times["low"].min() == pytest.approx(table["aht_minutes"].min())
    assert times["high"].max() == pytest.approx(table["aht_minutes"].max())
    yes = found[(found["driver"] == "unsolved") & (found["middle"] == 1)].iloc[0]
    assert yes["csat"] == pytest.approx(100 * (table.loc[table["fcr_pct"] == 0, "csat"] >= 4).mean())


def test_handling_time_turns_round_where_only_like_meets_like(answers, people):
    found = within.within(answers, people.pull).set_index("driver")
    assert found.loc["handling", "reading"] == "reversed"
    assert found.loc["handling", "pooled"] < 0 < found.loc["handling", "within_lo"]
    assert found.loc["unsolved", "reading"] == "alike"
    assert found.loc["handling", "rho_pooled"] < 0 < found.loc["handling", "rho_within"]


def test_curve_and_steepness_belong_together(answers, people):
    made = bends.curves(answers, people.pull)["first_response"]
    line, steep = bends.curve(made), bends.bends(made)
    at = steep.iloc[2]
    rise = made.level(np.log(at["x"] * 1.01)).value - made.level(np.log(at["x"])).value
    assert at["slope"] == pytest.approx(rise / (0.01 * at["x"]), rel=0.05)
    assert (line["lo"] < line["csat"]).all()


def test_staff_explains_what_was_put_in(answers, people):
    shares = people.shares.set_index("measure")
    assert shares.loc["csat", "agents"] == 20
    effects = 0.5 * np.linspace(-0.5, 0.5, 20)
    true = 100 * effects.var() / (effects.var() + np.pi**2 / 3)
    assert shares.loc["csat", "lo"] <= true <= shares.loc["csat", "hi"]
    assert (
        shares.loc["handling", "lo"] <= 100 * 0.0147 / (0.0147 + 0.16) <= shares.loc["handling", "hi"]
    )  # var of .4 × slowness, of .4 × care
    assert shares.loc["unsolved", "share"] < 1.0
    assert people.pull > 1


def test_too_few_agents_are_named():
    one = staff.staff(answers_of(ibis.memtable(_contacts(600).assign(agent_id="only")), SINCE, UNTIL), 5)
    assert one.shares.empty
    assert "1 agent with 30 answers or more is too few" in one.why
    nobody = staff.staff(answers_of(ibis.memtable(_contacts(600).drop(columns="agent_id")), SINCE, UNTIL), 5)
    assert nobody.why == "the data do not say who answered"


def test_middles_of_kinds_by_hand():
    assert medians(np.array([5.0, 1, 2, 3, 4, 10, 20]), np.array([0, 0, 0, 0, 0, 1, 1])).tolist() == [
        3,
        3,
        3,
        3,
        3,
        4,
        4,
    ]


def test_a_share_goes_to_its_target_or_to_half(answers):
    made = model(answers, BY_NAME["unsolved"])
    now = 100 * made.u.mean()
    aimed = policy_of(made, {"fcr_pct": Target(goal=95)})
    assert (aimed.then, aimed.reach) == (5.0, pytest.approx((now - 5) / now))
    assert "the target" in aimed.change
    reached = policy_of(made, {"fcr_pct": Target(goal=10)})
    assert reached.then == pytest.approx(now / 2)
    whole = made.points(made.u, np.zeros(len(made.u)))
    assert reached.effect(made).value == pytest.approx(whole.value / 2)


def test_factors_find_what_moves_and_leave_the_rest(moved):
    assert moved.loc[["unsolved", "handling", "first_response"], "certainty"].tolist() == ["sure"] * 3
    assert (moved.loc[["unsolved", "handling", "first_response"], "lo"] > 0).all()
    assert moved.loc["browser", "certainty"] in ("within noise", "cannot tell")
    assert moved.loc["issue", "certainty"] == "sure"
    assert moved.loc["issue", "kind"] == "label"
    assert moved.loc["issue", "next_step"] == ""
    assert moved.loc["unsolved", "owner"] == "Head of service"
    assert moved.loc["handling", "owner"] == "Support lead"
    assert moved.loc["handling", "shared_with"] != ""
    assert moved["stable"].loc[["unsolved", "handling"]].isin(["alike in both halves"]).all()


def test_a_trial_counts_all_answers_because_nobody_knows_beforehand_what_goes_wrong(moved, table):
    row = moved.loc["unsolved"]
    share, other = (table["csat"] >= 4).mean(), (table["csat"] >= 4).mean() + row["effect"] / 100
    # Fleiss: power .8 at two-sided 5 %, without his pooled root: (1.96 + .84)² × both variances ÷ difference²
    plain_size = (1.96 + 0.8416) ** 2 * (share * (1 - share) + other * (1 - other)) / (share - other) ** 2
    assert row["answers_needed"] == pytest.approx(plain_size, rel=0.01)
    last = table["created_local"] >= UNTIL - pd.Timedelta(weeks=13)
    assert row["weeks_needed"] == pytest.approx(2 * row["answers_needed"] / (last.sum() / 13))


def test_what_moves_nothing_asks_for_nothing():
    rng = np.random.default_rng(5)
    table = _contacts(2000).assign(fcr_pct=(rng.random(2000) < 0.8).astype(float))
    answers = answers_of(ibis.memtable(table), SINCE, UNTIL)
    row = factors(answers, {}, Terms(RULES, {}, np.inf)).set_index("factor").loc["unsolved"]
    assert row["certainty"] == "within noise"
    assert row["next_step"] == NOTHING


def test_halves_of_the_span_are_judged_together():
    # .03 alone would be beyond chance; second of five it is .03 × 5 ÷ 2 = .075, and .001 stays so at .005
    rows = pd.DataFrame({"stable": "weaker in the second half", "halves_p": [0.03, 0.001, 0.5, 0.6, 0.9]})
    assert (_steady(rows, RULES)["stable"] == "weaker in the second half").tolist() == [
        False,
        True,
        False,
        False,
        False,
    ]


def test_a_change_for_the_worse_is_not_advised_and_not_tried():
    table = _contacts(3000, seed=12)  # where waits please, shorter ones would not
    pleased = table["csat"].mask(table["frt_minutes"] > 1.5, 5.0).mask(table["frt_minutes"] < 0.7, 2.0)
    answers = answers_of(ibis.memtable(table.assign(csat=pleased)), SINCE, UNTIL)
    row = factors(answers, {}, Terms(RULES, {}, np.inf)).set_index("factor").loc["first_response"]
    assert (row["certainty"], row["next_step"], row["experiment"]) == ("sure", AGAINST, "")
    assert row["effect"] < 0
    assert np.isnan(row["answers_needed"])


def test_values_of_a_label_that_are_alike_lie_no_distance_apart(answers):
    found = tags.tags(answers, ["browser"]).set_index("factor")
    assert found.loc["browser", "lo"] == 0
    assert found.loc["issue", "lo"] > 10
    assert found.loc["channel", "values"] == 2


def test_no_label_parts_customers_by_more_than_all_points():
    table = _contacts(300, seed=11)
    few = table.assign(
        channel=np.where(table.index < 24, "chat", "mail"), csat=np.where(table.index < 24, 5.0, table["csat"])
    )
    made = tags.tags(answers_of(ibis.memtable(few), SINCE, UNTIL)).set_index("factor").loc["channel"]
    assert made["hi"] == 100  # the logits alone would say 134 points


def test_speed_matters_in_chat_alone(answers, people):
    found = where.where(answers, RULES, people.pull, ["issue", "channel"]).set_index(["driver", "label"])
    chat = found.loc[("first_response", "chat")]
    assert chat["certainty"] == "sure"
    assert chat["diff_hi"] < 0
    assert chat["rest"] == pytest.approx(0, abs=1.5)
    assert chat["difference"] == pytest.approx(chat["effect"] - chat["rest"])
    others = found.drop(index=[("first_response", "chat"), ("first_response", "mail")])
    assert (others["certainty"] == "sure").sum() == 0


def test_weights_bring_answers_back_to_all_contacts():
    table = _contacts(8000)
    rng = np.random.default_rng(4)
    silent = (table["fcr_pct"] == 0) & (rng.random(8000) < 0.7)  # who was not helped seldom answers
    asked = table.assign(csat=table["csat"].mask(silent))
    answers = answers_of(ibis.memtable(asked), SINCE, UNTIL)
    found = heard(ibis.memtable(asked), answers)
    unsolved = answers.frame["unsolved"].to_numpy()
    assert unsolved.mean() < 0.1
    assert np.average(unsolved, weights=found.weight) == pytest.approx(0.2, abs=0.02)
    assert found.effective < len(answers)
    row = factors(answers, {}, Terms(RULES, {}, np.inf, found)).set_index("factor").loc["unsolved"]
    assert row["weighted"] > row["effect"]  # half of the unsolved is more contacts than half of those who answered
    assert row["worst"] < row["weighted"] < row["best"]
    # whatever the silent think of halving: half the ends that bringing all of the unsolved over has
    known, unhelped = np.ones(8000, bool), table["fcr_pct"].eq(0).to_numpy()
    ends = bounds(found.contacts, unhelped, known)
    assert [row["worst"], row["best"]] == pytest.approx([ends[0] / 2, ends[1] / 2])


def test_measures_unknown_of_the_same_contacts_stop_nothing():
    table = _contacts(3000, answered=0.5)
    unknown = np.random.default_rng(5).random(3000) < 0.1
    table = table.assign(
        resolution_hours=table["aht_minutes"] ** 2, reopen_pct=(table["aht_minutes"] > 5).astype(float)
    )
    table.loc[unknown, ["resolution_hours", "reopen_pct", "fcr_pct"]] = np.nan  # whether it is solved is not recorded
    answers = answers_of(ibis.memtable(table), SINCE, UNTIL)
    assert {"resolution", "reopened", "unsolved"} <= {one.name for one in answers.drivers}
    found = heard(ibis.memtable(table), answers)
    assert found.weight is not None and found.effective == pytest.approx(
        len(answers), rel=0.05
    )  # a lot chose who answered


def test_waits_of_all_contacts_are_measured_by_what_is_usual_among_answers():
    table = _contacts(4000)
    slow = table["frt_minutes"] > table["frt_minutes"].median()
    rng = np.random.default_rng(6)
    asked = table.assign(csat=table["csat"].mask(slow & (rng.random(4000) < 0.8)))  # who waited seldom answers
    answers = answers_of(ibis.memtable(asked), SINCE, UNTIL)
    found = heard(ibis.memtable(asked), answers)
    both = found.contacts[found.contacts["answered"]]["first_response"].to_numpy()
    np.testing.assert_allclose(both, answers.frame["first_response"].to_numpy())
    wait = answers.frame["first_response"].to_numpy()
    weighted = np.average(wait, weights=found.weight)
    assert wait.mean() < weighted == pytest.approx(found.contacts["first_response"].mean(), abs=0.1)


def test_everybody_answered_needs_no_weights(answers, table):
    found = heard(ibis.memtable(table), answers)
    assert found.weight is None
    assert found.why.startswith("all contacts")


def test_paces_of_agents_are_those_of_the_law(table):
    found = paces(ibis.memtable(table), "issue", UNTIL)
    np.testing.assert_allclose(found.to_numpy(), 0.4 * np.linspace(-0.5, 0.5, 20), atol=0.1)
    assert paces(ibis.memtable(table.drop(columns="aht_minutes")), "issue", UNTIL).empty
    later = table.assign(created_local=UNTIL, aht_minutes=np.where(table["agent_id"] == "a00", 500.0, 1.0))
    both = pd.concat([table, later], ignore_index=True)
    pd.testing.assert_series_equal(paces(ibis.memtable(both), "issue", UNTIL), found)


def test_intervals_from_a_dozen_agents_hold_nineteen_times_in_twenty():
    # eight agents are told by t with six degrees of freedom, 2.447, in place of 1.960; thousands of customers as before
    assert _by_few(Points(1.0, 1.0), 8).hi == pytest.approx(1 + 2.4469, abs=1e-3)
    assert _by_few(Points(1.0, 1.0), 100_000).hi == pytest.approx(1 + 1.96, abs=1e-3)


def test_a_rota_and_an_overrun_bear_the_association_out(answers, people):
    table = _contacts(12000)
    over = pd.DataFrame(
        {"channel": "chat", "week": pd.to_datetime(["2026-03-02", "2026-03-09", "2026-03-16"]), "over": True}
    )
    hit = (table["channel"] == "chat") & table["created_local"].between("2026-03-02", "2026-03-23")
    rng = np.random.default_rng(6)
    worse = hit & (rng.random(12000) < 0.35)
    table = table.assign(
        frt_minutes=table["frt_minutes"].mask(hit, table["frt_minutes"] * 6), csat=table["csat"].mask(worse, 2.0)
    )
    longer = answers_of(ibis.memtable(table), SINCE, UNTIL)
    found = natural(longer, ibis.memtable(table), over, bends.curves(answers, people.pull)).set_index("driver")
    assert found.loc["first_response", "n"] == hit.sum()
    assert found.loc["first_response", "moved"].startswith(("5.", "6.", "7."))
    assert found.loc["first_response", "hi"] < 0
    assert found.loc["handling", "kind"] == "rota"
    assert "As by lot" in found.loc["handling", "checks"]
    assert set(standing(found.reset_index())) <= {"first_response", "handling"}
    assert natural(longer, ibis.memtable(table), None, {}).empty


def test_weeks_that_differ_by_more_than_chance_widen_what_a_few_weeks_tell():
    week = np.repeat(np.arange(20), 100)
    happy = np.tile(np.r_[np.ones(90), np.zeros(10), np.ones(50), np.zeros(50)], 10)  # 90 and 50 of 100, in turn
    table = _contacts(2000).assign(csat=np.where(happy == 1, 5.0, 1.0), customer_id=[f"c{i}" for i in range(2000)])
    answers = answers_of(ibis.memtable(table), SINCE, UNTIL)
    with_it = replace(answers, frame=answers.frame.assign(overrun=np.tile([0.0, 1.0], 1000)))
    made = model(with_it, outside("overrun", "Overrun"), held=())
    # each week is 20 of 100 off the usual 70, of which chance makes √21: 20 ÷ 4.583
    assert restless(made, week, np.ones(2000, bool)) == pytest.approx(4.364, abs=0.02)
    calm = np.random.default_rng(1).permutation(2000)
    assert restless(made, week[calm], np.ones(2000, bool)) < 1.3
    assert restless(made, week, week < 7) == 1.0  # seven weeks do not say how weeks differ


def _asked(table: pd.DataFrame) -> Asked:
    return Asked(ibis.memtable(table), SINCE, UNTIL, SINCE, "issue", ["browser"])


@pytest.mark.filterwarnings("error", "ignore:The .future.infer_string")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"csat": 5.0}, "all 600 scores are 4 or 5"),
        ({"csat": np.nan}, "0 answers with a score are too few"),
        ({"agent_id": "one"}, ""),
        ({"issue": None}, ""),
        ({"channel": "chat", "issue": "one"}, ""),
        ({"aht_minutes": np.nan, "frt_minutes": np.nan, "fcr_pct": np.nan}, ""),
        ({"aht_minutes": 0.0}, ""),
    ],
)
def test_poor_data_give_words_and_no_warnings(change: dict, why: str):
    found = drivers(_asked(_contacts(600, seed=9).assign(**change)), RULES, {})
    assert found.why.startswith(why) if why else not found.why
    for name, frame in found.frames().items():
        numbers = frame.select_dtypes("number")
        assert np.isfinite(numbers.to_numpy(float)[~np.isnan(numbers.to_numpy(float))]).all(), name


@pytest.mark.filterwarnings("error", "ignore:The .future.infer_string")
def test_a_driver_that_separates_the_scores_is_refused_in_words():
    table = _contacts(600, seed=9)
    parted = table.assign(csat=np.where(table["fcr_pct"] == 0, 1.0, 5.0))
    found = drivers(_asked(parted), RULES, {})
    assert found.plain.set_index("driver").loc["unsolved", "why"].startswith("all scores on one side of it are alike")
    assert "unsolved" not in set(found.factors["factor"])


def test_thirty_answers_are_too_few():
    found = drivers(_asked(_contacts(30)), RULES, {})
    assert found.why == "30 answers with a score are too few: 60 are needed"
    assert all(frame.empty for frame in found.frames().values())


def test_a_mood_that_stands_only_beside_scores_is_no_driver():
    rng = np.random.default_rng(8)
    table = _contacts(1000).assign(text="as it is")
    read = table[["interaction_id", "issue"]].assign(mood=rng.choice([-1, 1], 1000))
    together = answers_of(ibis.memtable(table), SINCE, UNTIL, read=read)
    assert (
        together.missing.set_index("driver").loc["mood", "why"].startswith("texts stand only where a score was given")
    )
    silent = table.assign(csat=table["csat"].mask(table.index < 100))
    assert "mood" in [one.name for one in answers_of(ibis.memtable(silent), SINCE, UNTIL, read=read).drivers]


def test_a_measure_that_is_withheld_says_why():
    found = answers_of(
        ibis.memtable(_contacts(500).drop(columns="aht_minutes")),
        SINCE,
        UNTIL,
        withheld={"aht_minutes": "99.7 % empty"},
    )
    assert found.missing.set_index("driver").loc["handling", "why"] == "99.7 % empty"
