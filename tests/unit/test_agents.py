"""Differences between agents: what is expected of each, what is chance, and that nobody is named or blamed by luck."""

import re

import numpy as np
import pandas as pd
import pytest
from voc.analysis.metrics import with_measures
from voc.analysis.people.agents import NOT_ASKED, agents, identify
from voc.analysis.people.between import between, normal_score, usual_spread
from voc.analysis.people.effects import in_units, interval_of, two_digits
from voc.analysis.people.expected import CELLS, Handled, handled, standardise
from voc.analysis.people.hard import hard_issues
from voc.analysis.rules import MetricRules
from voc.data.periods import Period
from voc.data.store import to_frame
from voc.report.charts.funnel import funnel
from voc.report.pages import agents as page
from voc.report.pages import practices as practice_page
from voc.report.style import BETTER, INK, WORSE

RULES = MetricRules()
OCTOBER = Period.parse("2026-10")
CERTAIN = ("sure", "likely")


def found(cells: pd.DataFrame, missing: tuple = ()) -> Handled:
    rows = pd.DataFrame(missing, columns=["metric", "label", "why"])
    return Handled(cells[CELLS], rows, pd.Timestamp("2025-11-01"), pd.Timestamp("2026-11-01"))


def shares(hits, n, metric="csat_pct", **mix) -> pd.DataFrame:
    """Cells of a share: one agent each, of one channel, category and issue unless said."""
    names = [f"a-{at:016x}" for at in range(len(hits))]
    mix = {"channel": "chat", "category": "billing", "issue": "invoice", "agent_id": names} | mix
    hits = np.asarray(hits, dtype=float)
    return pd.DataFrame({"metric": metric, "n": n, "total": hits, "squares": hits, **mix})


def times(logs: list[np.ndarray], **mix) -> pd.DataFrame:
    """Cells of handling times: the log minutes of each agent."""
    sums = {"n": [len(x) for x in logs], "squares": [float((x**2).sum()) for x in logs]}
    return shares([x.sum() for x in logs], sums["n"], "aht_minutes", **mix).assign(squares=sums["squares"])


# --- what is expected ------------------------------------------------------------------------------------------------


def test_expected_is_what_the_others_reach_with_the_same_mix():
    # easy: A 45/50, B 90/100 → both 0.90. hard: A 30/60, C 20/50 = 0.40.
    cells = pd.concat(
        [
            shares([45, 90], [50, 100], issue="easy", agent_id=["A", "B"]),
            shares([30, 20], [60, 50], issue="hard", agent_id=["A", "C"]),
        ]
    )
    rows = standardise(cells, "agent_id", fewest=30).set_index("agent_id")
    # A: observed 75/110; expected 50/110 × 0.9 + 60/110 × 0.4 = 69/110
    assert rows.loc["A", "observed"] == pytest.approx(75 / 110)
    assert rows.loc["A", "expected"] == pytest.approx(69 / 110)
    assert rows.loc["B", "effect"] == pytest.approx(0.0)
    assert rows.loc["C", "effect"] == pytest.approx(0.4 - 0.5)
    # chance of C − A in the hard stratum: p = (50 + 1) ÷ (110 + 2), variance p(1 − p)(1/50 + 1/60)
    p = 51 / 112
    assert rows.loc["C", "se"] == pytest.approx(np.sqrt(p * (1 - p) * (1 / 50 + 1 / 60)))


def test_hard_questions_are_no_blame():
    cells = pd.concat([shares([90] * 9, 100, issue="easy"), shares([50] * 9, 100, issue="hard")])
    most = cells["agent_id"] == cells["agent_id"].iloc[0]
    cells.loc[most & (cells["issue"] == "hard"), ["n", "total", "squares"]] = [900, 450, 450]
    result = agents(found(cells), RULES)
    raw = result.rows.sort_values("n").iloc[-1]
    assert raw["observed"] == pytest.approx(54.0)  # 540 of 1,000, where the others have 70 %
    assert raw["difference"] == pytest.approx(0.0, abs=1e-9)
    assert not result.rows["certainty"].isin(CERTAIN).any()


def test_rare_issues_are_pooled_and_contacts_without_peers_are_counted():
    cells = pd.concat(
        [
            shares([8, 9], [10, 10], issue="rare one", agent_id=["A", "B"]),
            shares([5, 6], [10, 10], issue="rare two", agent_id=["B", "C"]),
            shares([40], [40], issue="own", category="special", channel="letter", agent_id=["A"]),
        ]
    )
    rows = standardise(cells, "agent_id", fewest=30).set_index("agent_id")
    # billing in chat as a whole holds 40: A's ten are set beside the other thirty (9 + 5 + 6 of 30)
    assert rows.loc["A", "expected"] == pytest.approx(20 / 30)
    assert (rows.loc["A", "n"], rows.loc["A", "alone"]) == (10, 40)
    assert rows.loc["B", "alone"] == 0


def test_an_unknown_issue_is_no_stratum():
    cells = pd.concat([shares([50, 50], [100, 100], issue=""), shares([90, 90], [100, 100])])
    rows = standardise(cells, "agent_id", fewest=30)
    assert rows["effect"].tolist() == pytest.approx([0.0, 0.0])


def test_handling_times_are_compared_as_ratios():
    cells = times([np.log([4.0, 4.0, 4.0]), np.log([8.0, 8.0, 2.0]), np.log([8.0, 8.0, 8.0])])
    rows = standardise(cells, "agent_id", fewest=2).set_index("agent_id")
    first = rows.iloc[0]
    others = np.exp(np.log([8, 8, 2, 8, 8, 8]).mean())
    assert np.exp(first["effect"]) == pytest.approx(4 / others)
    assert in_units(pd.Series(["aht_minutes"]), pd.Series([np.log(0.5)])).iloc[0] == pytest.approx(-50)
    assert in_units(pd.Series(["csat_pct"]), pd.Series([-0.125])).iloc[0] == -12.5


def test_the_interval_of_a_share_is_wilsons_when_the_others_are_many():
    row = pd.DataFrame({"metric": ["csat_pct"], "observed": 0.8, "n": 10, "effect": 0.0, "se": 0.1, "se_expected": 0.0})
    lo, hi = interval_of(row, 1.959963984540054)
    assert (lo[0] + 0.8, hi[0] + 0.8) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    wider = interval_of(
        row.assign(se_expected=0.1), 1.959963984540054
    )  # √(0.3098² + 0.196²) below, √(0.1433² + 0.196²) above
    assert (wider[0][0], wider[1][0]) == pytest.approx((-0.3666, 0.2428), abs=1e-4)


# --- from contacts to cells -------------------------------------------------------------------------------------------


def contacts(store, **columns):
    size = len(columns["created_at"])
    frame = pd.DataFrame({"interaction_id": [f"t:{at:03d}" for at in range(size)], **columns})
    for name in ("created_at", "resolved_at"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    frame["created_local"] = frame["created_at"]
    return with_measures(store.load(frame), RULES)


def test_a_return_counts_for_the_agent_before_it(store):
    # customer k: A on 1 October, back on the 3rd at B, not again; the last day of the data is 30 October
    table = contacts(
        store,
        created_at=["2026-10-01 09:00", "2026-10-03 09:00", "2026-10-03 10:00", "2026-10-30 09:00", "2026-09-01 09:00"],
        customer_id=["k", "k", "m", "z", "old"],
        agent_id=["A", "B", "B", "B", "A"],
        category=["billing"] * 5,
    )
    cells = handled(table, OCTOBER, RULES).cells
    back = cells[cells["metric"] == "return_pct"].set_index("agent_id")
    assert back.loc["A", ["n", "total"]].tolist() == [2, 1.0]
    assert back.loc["B", ["n", "total"]].tolist() == [2, 0.0]  # the contact of the 30th is too young to tell
    received = to_frame(table.order_by("interaction_id"))["repeat_pct"].tolist()
    assert received[1] == 1.0  # the scorecard's repeat stands at B, who only received it


def test_cells_leave_out_what_had_no_agent_and_what_is_too_long_ago(store):
    table = contacts(
        store,
        created_at=["2026-10-01", "2026-10-02", "2026-10-03", "2025-10-03", "2026-11-02"],
        agent_id=["A", "A", None, "A", "A"],
        abandoned=[True, False, None, False, False],
        handle_seconds=[60.0, 0.0, 120.0, 60.0, 60.0],
        csat=[5.0, 4.0, 1.0, 5.0, 5.0],
        survey_sent=[True, True, True, True, True],
    )
    result = handled(table, OCTOBER, RULES)
    csat = result.cells[result.cells["metric"] == "csat_pct"].set_index("agent_id")
    assert csat.loc["A", ["n", "total"]].tolist() == [1, 1.0]
    assert csat.loc["", "n"] == 1  # unknown agent: kept for issues, not for people
    timed = result.cells[result.cells["metric"] == "aht_minutes"]
    assert timed[["agent_id", "n"]].to_numpy().tolist() == [["", 1]]  # no time at all has no logarithm
    assert timed["total"].iloc[0] == pytest.approx(np.log(2), abs=1e-6)
    assert set(result.missing["metric"]) == {"fcr_pct", "return_pct"}
    assert "customer_id" in result.missing["why"].iloc[0]
    assert (result.since, result.until) == (pd.Timestamp("2025-11-01"), pd.Timestamp("2026-11-01"))


@pytest.mark.parametrize("columns", [{}, {"agent_id": ["A"]}, {"csat": [5.0]}, {"agent_id": ["A"], "csat": [5.0]}])
def test_missing_columns_end_in_a_sentence(store, columns):
    table = contacts(store, created_at=["2026-10-01"], **columns)
    seen = handled(table, OCTOBER, RULES)
    result = agents(seen, RULES)
    assert result.why
    assert result.rows.empty
    assert page.opening(result).text.startswith("Nothing is shown of agents")
    assert page.funnel(result, "csat_pct") is None
    assert hard_issues(seen, RULES).empty
    assert identify(result).empty


def test_an_empty_table_ends_in_a_sentence(store):
    table = contacts(store, created_at=["2026-10-01"], agent_id=["A"], csat=[5.0])
    result = agents(handled(table.filter(table.csat > 9), OCTOBER, RULES), RULES)
    assert result.why == "the data do not say which agent handled a contact"


# --- spread between people --------------------------------------------------------------------------------------------


def test_usual_spread_does_not_see_a_fifth_of_exceptions():
    rng = np.random.default_rng(5)
    effect, se = rng.normal(0, 0.03, 40), np.full(40, 0.03)
    calm = usual_spread(effect, se)
    odd = usual_spread(np.r_[effect[:35], np.full(5, -0.4)], se)
    assert calm[1] <= 0.03**2 / 3
    assert odd[1] <= 0.03**2
    assert abs(odd[0] - calm[0]) < 0.015
    assert between(np.r_[effect[:35], np.full(5, -0.4)], se)[0] > 0.1**2  # but the whole variance between people does


def test_usual_spread_finds_the_spread_that_all_share():
    rng = np.random.default_rng(6)
    found_ = [usual_spread(rng.normal(0, np.hypot(0.05, 0.02), 40), np.full(40, 0.02))[1] ** 0.5 for _ in range(60)]
    assert np.mean(found_) == pytest.approx(0.05, rel=0.08)


def test_variance_between_solves_paule_and_mandels_equation():
    effect, se = np.array([-0.2, 0.1, 0.3, 0.0, -0.1, 0.2]), np.array([0.05, 0.06, 0.04, 0.05, 0.08, 0.05])
    tau2, low, high = between(effect, se)
    weight = 1 / (se**2 + tau2)
    mean = (weight * effect).sum() / weight.sum()
    assert (weight * (effect - mean) ** 2).sum() * 5 / 6 == pytest.approx(5)  # its expectation with six agents
    assert 0 < low < tau2 < high
    assert between(np.full(6, 0.1), se) == (0.0, 0.0, 0.0)


def test_variance_between_is_right_on_average_and_covered():
    rng = np.random.default_rng(7)
    made = np.array([between(rng.normal(0, 0.05, 30), np.full(30, 0.03)) for _ in range(200)])
    true = 0.05**2 - 0.03**2
    made_30 = made[:, 0] * 30 / 29  # plain deviates here, not differences from the others
    assert made_30.mean() == pytest.approx(true, rel=0.12)
    assert ((made[:, 1] <= true) & (true <= made[:, 2])).mean() >= 0.91


def test_skewness_is_taken_out_of_a_score():
    z = normal_score(pd.Series([-3.0, 3.0, 0.0, 50.0]), pd.Series([-0.3, -0.3, 0.0, 0.3]))
    assert z.tolist()[:3] == pytest.approx([-3 + 0.05 * 8, 3 + 0.05 * 8, 0.0])
    assert np.isfinite(z[3])  # beyond its turning point the correction stops


# --- agents -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "gap"), [(10, 48), (50, 23), (100, 16)])
def test_thirty_identical_agents_look_different_and_are_not_called_so(n, gap):
    """The gap between best and worst that docs promise (48, 23, 16 points), and what this method says of it."""
    rng = np.random.default_rng(n)
    hits = rng.binomial(n, 0.8, (400, 30))
    gaps = (hits.max(axis=1) - hits.min(axis=1)) / n * 100
    assert gaps.mean() == pytest.approx(gap, abs=1)
    results = [agents(found(shares(row, n)), RULES) for row in hits[:40]]
    called = [int(one.rows["certainty"].isin(CERTAIN).sum()) for one in results]
    assert sum(called) <= 5  # of 1,200
    assert sum(one > 0 for one in called) <= 5  # of 40 teams: 5 % are two, and luck may double them
    reliability = np.array([one.summary["reliability"].iloc[0] for one in results])
    assert np.median(reliability) <= 5
    assert (np.array([one.summary["reliability_lo"].iloc[0] for one in results]) == 0).mean() >= 0.93
    assert {one.rows["certainty"].eq("cannot tell").all() for one in results} == {n < RULES.min_n}
    shrunk = np.median([one.rows["shrunk"].max() - one.rows["shrunk"].min() for one in results])
    assert shrunk < gap / 10


def outliers(seed=1, low=5, k=40, n=600):
    rng = np.random.default_rng(seed)
    counts = np.maximum(rng.poisson(n * rng.gamma(9, 1 / 9, k)), 100)
    p = np.where(np.arange(k) < low, 0.76, 0.88)
    return shares(rng.binomial(counts, p), counts, "fcr_pct")


def test_an_eighth_of_the_agents_who_truly_differ_are_found_and_no_others():
    right = wrong = 0
    for seed in range(12):
        told = identify(agents(found(outliers(seed)), RULES), "fcr_pct")
        low = told["agent_id"].isin([f"a-{at:016x}" for at in range(5)])
        right, wrong = right + int((low & (told["direction"] == "worse")).sum()), wrong + int((~low).sum())
    assert right >= 58  # of 60
    assert wrong <= 4  # of 420


def test_summary_says_how_much_is_the_agent_with_and_without_those_beyond():
    row = agents(found(outliers()), RULES).summary.iloc[0]
    assert row["agents"] == row["judged"] == 40
    assert (row["better"], row["worse"]) == (0, 5)
    assert row["reliability_lo"] > 60
    assert row["inside"] < 25
    assert row["inside_lo"] == 0
    assert row["usual"] == pytest.approx(88, abs=1)
    assert row["raw_lo"] < row["shrunk_lo"] < -5 < 0 < row["shrunk_hi"] < row["raw_hi"]


def test_fewer_than_five_agents_show_nothing():
    result = agents(found(shares([10, 90, 80, 70], 100)), RULES)
    assert result.why == "4 agents are fewer than 5: any figure would point at a person"
    assert result.rows.empty
    assert result.people.empty
    assert "4 agents are fewer than 5" in page.opening(result).text
    assert "nothing is said of agents" in page.sentence(result, "csat_pct").text


def test_a_metric_of_few_agents_is_left_out_with_its_reason():
    cells = pd.concat([shares([80] * 6, 100), shares([80] * 4, 100, "fcr_pct")])
    result = agents(found(cells), RULES)
    assert set(result.rows["metric"]) == {"csat_pct"}
    assert "fewer than 5 agents" in result.missing.set_index("metric").loc["fcr_pct", "why"]
    assert "fewer than 5 agents" in page.sentence(result, "fcr_pct").text


def test_limits_of_the_data():
    equal = agents(found(shares([100] * 8, 100)), RULES)  # all answers good: nothing to tell, nothing to divide by
    assert equal.summary["reliability"].iloc[0] == 0
    assert not equal.rows["certainty"].isin(CERTAIN).any()
    once = agents(found(shares([1, 0, 1, 1, 0, 1], 1)), RULES)
    assert once.rows["certainty"].eq("cannot tell").all()
    alike = agents(found(pd.concat([times([np.full(40, 1.0)] * 6), shares([70] * 6, 100)])), RULES)
    assert alike.missing.set_index("metric").loc["aht_minutes", "why"] == "all contacts are alike"


def test_agents_whose_customers_are_asked_less_are_not_judged_on_csat():
    rng = np.random.default_rng(3)
    asked = shares(rng.binomial(600, np.where(np.arange(40) < 4, 0.7, 0.8)), 600, "surveyed_pct")
    csat = shares(rng.binomial(180, np.where(np.arange(40) < 4, 0.92, 0.75)), 180)
    told = agents(found(pd.concat([csat, asked])), RULES)
    unlike = told.rows["why"] == NOT_ASKED
    assert set(told.people[unlike]) == {f"a-{at:016x}" for at in range(4)}
    assert not told.rows["certainty"].isin(CERTAIN).any()
    assert told.surveyed["agents"] == 4
    assert told.surveyed["observed"] == pytest.approx(70, abs=2)
    assert "4 agents are not judged on CSAT" in page.surveyed(told).text
    assert agents(found(csat), RULES).rows["direction"].eq("better").sum() == 4  # whom the missing surveys flatter


def test_hasty_agents_are_those_faster_with_more_returns():
    rng = np.random.default_rng(4)
    logs = [rng.normal(1.6 if at >= 2 else 1.1, 0.45, 400) for at in range(20)]
    back = shares(rng.binomial(600, np.where(np.arange(20) < 1, 0.25, 0.12)), 600, "return_pct")
    told = agents(found(pd.concat([times(logs), back])), RULES)
    assert told.summary.set_index("metric").loc["aht_minutes", "better"] == 2
    assert told.hasty == 1
    assert "1 of the agents" in page.to_do(told).text


def test_nothing_but_people_names_an_agent():
    cells = pd.concat([outliers(), shares([80] * 40, 100)])
    told = agents(found(cells), RULES)
    name = re.compile(r"a-[0-9a-f]{16}")
    frames = [told.rows, told.summary, told.limits, told.missing, hard_issues(found(cells), RULES)]
    pages = [page.opening(told), page.sentence(told, "fcr_pct"), page.to_do(told), page.limits(told)]
    said = [
        *(frame.to_csv() for frame in frames),
        *(one.html for one in pages),
        page.funnel(told, "fcr_pct").svg,
        repr(told),
    ]
    assert not any(name.search(text) for text in said)
    assert identify(told)["agent_id"].str.match(name).all()
    assert told.rows.groupby("metric")["n"].apply(lambda n: n.is_monotonic_increasing).all()  # by n: no rank


# --- issues -----------------------------------------------------------------------------------------------------------


def test_hard_issues_are_hard_after_the_mix_of_channels():
    # phone solves 60 %, chat 90 %, whatever the issue; «crash» is 20 points harder in both; «phone only» is not hard
    parts = []
    for issue, phone, chat, harder in (
        ("a", 200, 200, 0),
        ("b", 200, 200, 0),
        ("crash", 100, 100, 0.2),
        ("phone only", 300, 0, 0),
    ):
        for channel, n, p in (("phone", phone, 0.6), ("chat", chat, 0.9)):
            if n:
                parts.append(shares([n * (p - harder)] * 6, n, "fcr_pct", issue=issue, channel=channel))
    rows = hard_issues(found(pd.concat(parts)), RULES).set_index("issue")
    assert rows.index[0] == "crash"
    assert rows.loc["crash", "value"] == pytest.approx(55)
    assert rows.loc["crash", "expected"] == pytest.approx(75)  # half phone, half chat, as the others solve there
    assert rows.loc["crash", "certainty"] == "sure"
    assert rows.loc["crash", "lo"] < -20 < rows.loc["crash", "hi"] < 0
    assert rows.loc["phone only", "value"] == pytest.approx(60)  # the lowest raw share but one …
    assert rows.loc["phone only", "direction"] != "worse"  # … is its channel's, not its own
    assert '"issue": "crash"' in rows.loc["crash", "trace"]
    assert "crash" in practice_page.hard_words(rows.reset_index()).text
    assert "crash" in practice_page.hard_table(rows.reset_index(), "fcr_pct").text


def test_issues_of_few_agents_are_hidden():
    cells = pd.concat([shares([80] * 6, 100, "fcr_pct"), shares([10] * 4, 100, "fcr_pct", issue="theirs")])
    assert "theirs" not in set(hard_issues(found(cells), RULES)["issue"])
    unknown = pd.concat(
        [shares([80], 600, "fcr_pct", agent_id=""), shares([10], 400, "fcr_pct", issue="x", agent_id="")]
    )
    assert "x" in set(hard_issues(found(unknown), RULES)["issue"])  # without agents nobody is pointed at


# --- words and pictures -----------------------------------------------------------------------------------------------


def test_the_sentence_says_what_share_is_the_agent():
    told = agents(found(outliers()), RULES)
    row = told.summary.iloc[0]
    text = page.sentence(told, "fcr_pct").text
    assert f"{row['reliability']:.0f}% of what you see is the agent" in text
    assert "5 of 40 agents, with fewer solved at the first contact" in text
    nothing = agents(found(shares([80] * 8, 100)), RULES)
    assert "no difference between people can be told from chance" in page.sentence(nothing, "csat_pct").text
    assert "Nothing to do about people" in page.to_do(nothing).text


def test_counts_are_rounded_for_readers():
    assert two_digits(pd.Series([0, 7, 37, 104, 995, 1236])).tolist() == [0, 7, 37, 100, 1000, 1200]


def test_the_funnel_colours_and_counts_only_those_beyond():
    told = agents(found(outliers()), RULES)
    picture = page.funnel(told, "fcr_pct")
    assert picture.title == "Beyond chance: 5 of 40 agents, with fewer solved at the first contact"
    assert "5 worse" in picture.svg
    assert WORSE in picture.svg
    assert BETTER not in picture.svg
    assert "5 beyond the limits" in picture.alt
    sizes = [float(size) for size in re.findall(r"font-size[=:]\s*\"?([\d.]+)", picture.svg)]
    assert min(sizes) >= 13
    again = page.funnel(agents(found(outliers()), RULES), "fcr_pct")
    assert again.svg == picture.svg


def test_the_funnel_of_handling_times_is_neutral_and_even():
    rng = np.random.default_rng(8)
    told = agents(found(times([rng.normal(1.6 if at else 0.9, 0.45, 300) for at in range(12)])), RULES)
    picture = page.funnel(told, "aht_minutes")
    assert "1 shorter" in picture.svg
    assert INK in picture.svg
    assert WORSE not in picture.svg
    assert BETTER not in picture.svg
    assert "−50%" in picture.svg


@pytest.mark.parametrize("rows", [[(50, 1.0)], [(50, 0.0)] * 3, [(1, -90.0), (100_000, 400.0)]])
@pytest.mark.parametrize("unit", ["pts", "%"])
def test_the_funnel_bears_any_rows(rows, unit):
    frame = pd.DataFrame(rows, columns=["n", "difference"]).assign(direction=["worse"] + [""] * (len(rows) - 1))
    ends = {"lo95": -8.0, "hi95": 8.0, "lo998": -12.0, "hi998": 12.0}
    limits = pd.DataFrame({"n": [1.0, 200_000.0], **ends})
    picture = funnel(frame, limits, title="<b>", subtitle="s", unit=unit, alt="a", words={"worse": "<script>"})
    assert "<script>" not in picture.svg
    assert picture.svg.startswith("<svg")
