"""Patterns of gaming: found where they were made, silent where groups only look alike to one, never with a name."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable
from voc.analysis.gaming import COLUMNS, DETECTORS, detect, suspects
from voc.analysis.gaming.slopes import slope, slopes
from voc.analysis.gaming.strata import against_rest, chance, gap_against_rest, spread_of
from voc.analysis.rules import MetricRules
from voc.data.periods import Period
from voc.report.pages.gaming import section, stories, summary

RULES = MetricRules()
OCTOBER = Period.parse("2026-10")
SURE = ("sure", "likely")


# differences within strata


def cells(*rows):
    """Rows of stratum, group, n, hits."""
    frame = pd.DataFrame(rows, columns=["kind", "team", "back_n", "back_x"]).astype({"back_n": float, "back_x": float})
    return frame.assign(back_xx=frame["back_x"])


TWO = cells(("a", "x", 20, 10), ("a", "y", 80, 20), ("b", "x", 10, 2), ("b", "y", 90, 9))


def test_a_difference_worked_by_hand():
    """Weights 20·80/100 = 16 and 9; (10·80 − 20·20)/100 = 4 and 0.9: 4.9 ÷ 25 = 0.196."""
    row = against_rest(TWO, "team", "back", ["kind"], side=1).loc["x"]
    assert row["difference"] == pytest.approx(0.196)
    assert row["value"] == pytest.approx(12 / 30)
    assert row["rest"] == pytest.approx(0.4 - 0.196)
    assert row["expected"] == pytest.approx(20 * 0.30 + 10 * 0.11)
    sato = (0.196 * (-0.8 + 2.07) + 4.0 + 1.17) / 25**2
    assert row["se"] == pytest.approx(sato**0.5)


def test_chance_is_mantel_and_haenszels():
    tables = [np.array([[10, 10], [20, 60]]), np.array([[2, 8], [9, 81]])]
    row = against_rest(TWO, "team", "back", ["kind"], side=1).loc["x"]
    assert row["z"] ** 2 == pytest.approx(StratifiedTable(tables).test_null_odds().statistic)


def test_a_group_that_only_gets_the_hard_questions_is_like_the_others():
    mixed = cells(("hard", "x", 90, 45), ("hard", "y", 10, 5), ("easy", "x", 10, 1), ("easy", "y", 90, 9))
    row = against_rest(mixed, "team", "back", ["kind"], side=1).loc["x"]
    assert row["difference"] == pytest.approx(0)
    assert row["value"] == pytest.approx(0.46)


def test_a_stratum_of_one_group_says_nothing():
    alone = against_rest(cells(("a", "x", 50, 50)), "team", "back", ["kind"], side=1)
    assert alone.empty


def test_satos_interval_covers_in_sparse_strata():
    rng, inside, strata = np.random.default_rng(3), 0, 100
    for _ in range(200):
        n = np.concatenate([rng.integers(1, 4, strata), rng.integers(1, 8, strata)])
        x = rng.binomial(n, np.repeat([0.30, 0.15], strata))
        frame = {"kind": np.tile(range(strata), 2), "team": np.repeat(["x", "y"], strata), "back_n": n, "back_x": x}
        row = against_rest(pd.DataFrame(frame).assign(back_xx=x).astype({"back_n": float}), "team", "back", ["kind"], side=1).loc["x"]  # fmt: skip
        inside += abs(row["difference"] - 0.15) < 1.96 * row["se"]
    assert 0.90 <= inside / 200 <= 0.99


def test_a_gap_is_compared_with_the_others_own_gap():
    """Team x sends 9 of 10 and after bad signs 5 of 10; y sends 6 of 10 after both: it sends less, but alike."""
    rows = [("x", False, 100, 90), ("x", True, 100, 50), ("y", False, 100, 60), ("y", True, 100, 60)]
    sums = pd.DataFrame(rows, columns=["team", "bad", "sent_n", "sent_x"]).assign(kind="a")
    gaps = gap_against_rest(sums, "team", "sent", ["kind"], "bad")
    assert gaps["value"].tolist() == pytest.approx([-0.4, 0.0])
    assert gaps["difference"].tolist() == pytest.approx([-0.4, 0.4])
    variance = 0.9 * 0.1 / 100 + 0.5 * 0.5 / 100 + 2 * 0.6 * 0.4 / 100
    assert gaps["se"].tolist() == pytest.approx([variance**0.5] * 2)


def test_rare_hits_are_counted_exactly():
    """Three hits where 0.5 are expected: z says 1 in 5,000, the Poisson distribution 1 in 70."""
    found = pd.DataFrame({"z": [3.54], "rare": [0.0144]})
    assert chance(found, 1, 1.0).iloc[0] == 0.0144


def test_the_spread_inside_teams_does_not_count_what_teams_do():
    z = pd.Series(np.random.default_rng(2).normal(size=16), index=[f"p{i}" for i in range(16)])
    homes = {name: "Ash" if i < 8 else "Bay" for i, name in enumerate(z.index)}
    apart = z + [8.0 if homes[name] == "Ash" else -8.0 for name in z.index]
    assert spread_of(apart) > 5
    assert spread_of(apart, homes) == pytest.approx(spread_of(z, homes))
    assert spread_of(z, homes) < 2


def test_agents_who_differ_anyway_widen_what_chance_is():
    rng = np.random.default_rng(1)
    lots, with_spread, without = 30, 0, 0
    for _ in range(lots):
        hits = rng.binomial(1500, np.clip(rng.normal(0.15, 0.03, 40), 0, 1))
        found = against_rest(
            cells(*[("a", f"{i}", 1500, x) for i, x in enumerate(hits)]), "team", "back", ["kind"], side=1
        )
        with_spread += (chance(found, 1, spread_of(found["z"])) < 0.01).sum()
        without += (chance(found, 1, 1.0) < 0.01).sum()
    assert with_spread / (40 * lots) < 0.025
    assert without / (40 * lots) > 0.15


def test_the_spread_of_a_few_is_not_told_and_outliers_do_not_make_it():
    assert spread_of(pd.Series([9.0, -9.0, 5.0])) == 1.0
    quiet = pd.Series(np.random.default_rng(2).normal(size=40))
    assert spread_of(pd.concat([quiet, pd.Series([12.0] * 5)])) < 1.5


# contacts made by hand


def contacts(seed=1, teams=("Ash", "Bay"), agents=8, each=250, days=300, **more):
    """Contacts of teams whose agents are all alike: a fifth closed quickly, a tenth come back, half sent a survey."""
    rng = np.random.default_rng(seed)
    n = len(teams) * agents * each
    who = np.arange(n) % (len(teams) * agents)
    at = pd.Timestamp("2026-10-31 12:00") - pd.to_timedelta(rng.integers(0, days * 86_400, n), unit="s")
    frame = pd.DataFrame(
        {"interaction_id": [f"t:{i}" for i in range(n)], "customer_id": [f"c{i}" for i in range(n)], "created_at": at.astype("datetime64[us]")}
    )  # fmt: skip
    frame["agent_id"] = [f"person-{i:02}" for i in who]
    frame["team"] = np.array(teams, dtype=object)[who % len(teams)]
    frame["issue"], frame["channel"] = rng.choice(["login", "refund"], n), rng.choice(["chat", "email"], n)
    frame["quick"] = rng.random(n) < 0.2
    frame["fcr_pct"] = (rng.random(n) > 0.1).astype(float)
    frame["handle_seconds"] = np.exp(rng.normal(6, 0.4, n))
    frame["survey_sent"] = rng.random(n) < 0.5
    frame["csat"] = np.where(frame["survey_sent"] & (rng.random(n) < 0.6), rng.choice([1.0, 3.0, 5.0], n), np.nan)
    return frame.assign(**more)


def finished(frame):
    """Set the times that follow from ``quick`` and the columns that measures leave."""
    took = np.where(frame["quick"], 600, 6_000)
    done = frame.assign(created_local=frame["created_at"], first_response_at=frame["created_at"] + pd.Timedelta("60s"))
    done["resolved_at"] = done["first_response_at"] + pd.to_timedelta(took, unit="s").astype("timedelta64[us]")
    done["frt_minutes"], done["aht_minutes"] = 1.0, done["handle_seconds"] / 60
    return done.drop(columns="quick")


def looked(store, frame, rules=RULES, removed=None, periods=()):
    return detect(store.load(finished(frame)), OCTOBER, rules, removed, periods)


def certain(found, detector=None):
    real = found[found["certainty"].isin(SURE)]
    return set(real.loc[real["detector"] == detector, "group"]) if detector else set(real["detector"])


def among(frame, *people, share, seed=9):
    """Mark a share of the contacts of some agents."""
    return frame["agent_id"].isin(people) & (np.random.default_rng(seed).random(len(frame)) < share)


def test_a_company_without_gaming_is_quiet(store):
    found = looked(store, contacts())
    assert certain(found) == set()
    assert list(found.columns) == COLUMNS
    assert set(found["detector"]) == set(DETECTORS)


def test_one_agent_is_counted_and_never_named(store):
    frame = contacts()
    hit = among(frame, "person-03", share=0.4)
    frame = frame.assign(quick=frame["quick"] | hit, fcr_pct=frame["fcr_pct"].mask(hit, 0.0))
    found = looked(store, frame)
    agents = found[(found["detector"] == "quick close") & (found["group"] == "agents")].iloc[0]
    assert agents["label"] == "1 of 16 agents"
    assert agents["certainty"] == "sure"
    assert agents["owner"] == "Team lead, privately"
    assert pd.isna(agents["value"])
    assert "person-" not in found.to_csv()
    assert suspects(store.load(finished(frame)), OCTOBER, RULES, None, ())["agent_id"].tolist() == ["person-03"]


def test_five_agents_of_one_team_have_a_figure_together(store):
    frame = contacts(agents=12)
    hit = among(frame, *[f"person-{i:02}" for i in (0, 2, 4, 6, 8)], share=0.4)
    found = looked(store, frame.assign(quick=frame["quick"] | hit, fcr_pct=frame["fcr_pct"].mask(hit, 0.0)))
    rows = found[found["detector"] == "quick close"].set_index("group")
    assert rows.loc["agents", "label"] == "5 of 24 agents, all in one team"
    assert rows.loc["agents", "value"] > 30
    assert certain(found, "quick close") == {"agents", "team/Ash"}
    assert rows.loc["team/Ash", "lo"] > 10
    assert rows.loc["team/Ash", "other_value"] > rows.loc["team/Ash", "other_rest"] + 10


@pytest.mark.parametrize("marks", [{"quick": True}, {"fcr_pct": 0.0}])
def test_speed_alone_and_returns_alone_are_no_pattern(store, marks):
    frame = contacts()
    hit = among(frame, "person-03", share=0.4)
    changed = {name: frame[name].mask(hit, value) for name, value in marks.items()}
    assert certain(looked(store, frame.assign(**changed))) == set()


def test_short_handling_counts_only_with_returns(store):
    frame = contacts()
    short = frame["handle_seconds"].mask(frame["agent_id"] == "person-03", frame["handle_seconds"] / 2)
    assert certain(looked(store, frame.assign(handle_seconds=short))) == set()
    back = frame["fcr_pct"].mask(among(frame, "person-03", share=0.3), 0.0)
    found = looked(store, frame.assign(handle_seconds=short, fcr_pct=back))
    assert certain(found) == {"short handling, many returns"}
    assert "agents" in certain(found, "short handling, many returns")


def surveyed(frame, team, chance_bad, chance_good, seed=5):
    """Let a team send surveys by chance_bad after contacts whose customer came back, else by chance_good."""
    rng = np.random.default_rng(seed)
    mine, bad = frame["team"] == team, frame["fcr_pct"] == 0
    sent = frame["survey_sent"].mask(mine, rng.random(len(frame)) < np.where(bad, chance_bad, chance_good))
    return frame.assign(survey_sent=sent, csat=frame["csat"].where(sent))


def test_surveys_that_spare_the_unhappy(store):
    found = looked(store, surveyed(contacts(teams=("Ash", "Bay", "Elm")), "Bay", 0.1, 0.5))
    row = found[(found["detector"] == "surveys after bad signs") & (found["group"] == "team/Bay")].iloc[0]
    assert certain(found, "surveys after bad signs") >= {"team/Bay"}
    assert certain(found, "surveys after bad signs").isdisjoint({"team/Ash", "team/Elm"})
    assert row["value"] == pytest.approx(-40, abs=6)
    assert row["rest"] == pytest.approx(0, abs=5)
    assert row["lo"] < row["difference"] < row["hi"] < -25
    assert [where for _, _, where in stories(found)] == ["Bay"]


def test_a_team_that_surveys_less_in_general_is_no_story(store):
    found = looked(store, surveyed(contacts(teams=("Ash", "Bay", "Elm")), "Bay", 0.3, 0.3))
    assert certain(found) == {"surveys in total"}
    assert stories(found) == []
    assert "Nothing found here" in summary(found).text


def test_fewer_low_answers_than_the_contacts_bring(store):
    frame = contacts(teams=("Ash", "Bay", "Elm"))
    frame["csat"] = frame["csat"].mask((frame["team"] == "Bay") & (frame["csat"] == 1.0), 3.0)
    assert certain(looked(store, frame), "low answers") == {"team/Bay"}


def test_splits_are_second_contacts_of_one_customer_with_one_agent(store):
    frame = contacts()
    few = frame[frame["agent_id"] == "person-03"].head(20)
    again = few.assign(
        interaction_id=[f"s:{i}" for i in range(20)], created_at=few["created_at"] + pd.Timedelta("30min")
    )
    others = again.assign(interaction_id=[f"o:{i}" for i in range(20)], agent_id="person-01", created_at=few["created_at"] + pd.Timedelta("60min"))  # fmt: skip
    assert certain(looked(store, pd.concat([frame, others])), "splits") == set()
    assert "agents" in certain(looked(store, pd.concat([frame, again])), "splits")
    late = again.assign(created_at=few["created_at"] + pd.Timedelta("5h"))
    assert certain(looked(store, pd.concat([frame, late])), "splits") == set()


def test_copies_are_those_that_cleaning_took_out(store):
    frame = contacts()
    ids = frame.loc[frame["team"] == "Ash", "interaction_id"].head(60)
    removed = pd.DataFrame({"interaction_id": [f"x{i}" for i in range(60)], "kept_id": ids.to_numpy()})
    assert certain(looked(store, frame, removed=removed), "copies") == {"team/Ash"}
    same = removed.assign(interaction_id=removed["kept_id"])  # the export wrote a row twice: nobody's doing
    assert certain(looked(store, frame, removed=same), "copies") == set()


def test_templates_are_replies_alike_but_for_digits_and_case(store):
    frame = contacts()
    own = [f"reply {'abcdefghij'[i % 10]} {chr(97 + i // 10 % 26)}{chr(97 + i // 260)}" for i in range(len(frame))]
    frame["reply_text"] = own
    hit = among(frame, "person-03", share=0.5)
    stock = [
        f"Thank you, case {i} is CLOSED." if i % 2 else f"thank you, case {i} is closed." for i in range(len(frame))
    ]
    told = frame.assign(reply_text=frame["reply_text"].where(~hit, stock))
    assert certain(looked(store, told), "templates") == set()
    bad = looked(store, told.assign(fcr_pct=frame["fcr_pct"].mask(hit, 0.0)))
    assert "agents" in certain(bad, "templates")
    whole = bad[(bad["detector"] == "templates") & (bad["group"] == "")].iloc[0]
    assert whole["value"] == pytest.approx(100)
    assert whole["rest"] == pytest.approx(10, abs=2)


def test_five_equal_replies_are_no_template_yet(store):
    frame = contacts(each=40)
    own = [f"own {chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}" for i in range(len(frame))]
    few = looked(store, frame.assign(reply_text=["same"] * 5 + own[5:]))
    more = looked(store, frame.assign(reply_text=["same"] * 6 + own[6:]))
    share = [
        found.loc[(found["detector"] == "templates") & (found["group"] == "team/Ash"), "other_value"].iloc[0]
        for found in (few, more)
    ]
    assert share[0] == 0
    assert share[1] > 0


def test_contacts_handed_on_after_a_bad_score(store):
    frame = contacts(teams=("Ash", "Bay", "Elm"))
    moved = (frame["team"] == "Bay") & (frame["csat"] == 1.0) & (np.arange(len(frame)) % 2 == 0)
    found = looked(store, frame.assign(reassigned_after_score=moved))
    assert certain(found, "reassigned after a bad score") == {"team/Bay"}


# over time


def months(store, fall=0.0, rise=0.0, teams=("Ash", "Bay"), only=None, seed=4):
    """Twelve months in which handling falls and returns rise by so much a month, everywhere or in one team."""
    frame = contacts(seed=seed, teams=teams, each=1_500, days=365)
    frame["created_at"] = frame["created_at"].clip(lower=pd.Timestamp("2025-11-01"))
    month = (frame["created_at"].dt.year - 2025) * 12 + frame["created_at"].dt.month - 11
    month = month if only is None else month.where(frame["team"] == only, 0)
    chance_back = 0.10 + rise * month
    frame["fcr_pct"] = (np.random.default_rng(seed).random(len(frame)) > chance_back).astype(float)
    frame["handle_seconds"] *= np.exp(-fall * month)
    first = frame.iloc[[0]].assign(created_at=pd.Timestamp("2025-11-01"), interaction_id="first")
    last = frame.iloc[[0]].assign(created_at=pd.Timestamp("2026-10-31 23:00"), interaction_id="last")
    return store.load(finished(pd.concat([frame, first, last])))


def test_a_slope_worked_by_hand():
    years, y = pd.Series([0.0, 1.0, 2.0]), pd.Series([1.0, 3.0, 5.0])
    gradient, se, df = slope(years, y, pd.Series([2.0] * 3))
    assert (gradient, se, df) == (
        pytest.approx(2.0),
        pytest.approx(1.0),
        1,
    )  # √(2 ÷ 2); a perfect line keeps its sampling error
    assert slope(years, pd.Series([0.0, 3.0, 0.0]), pd.Series([1.0] * 3))[1] == pytest.approx((6 / 2) ** 0.5)


@pytest.mark.parametrize(("fall", "rise", "found"), [(0.03, 0.01, True), (0.03, 0.0, False), (0.0, 0.01, False)])
def test_handling_must_fall_and_returns_rise(store, fall, rise, found):
    rows = slopes(months(store, fall, rise), OCTOBER.trend(12), RULES).set_index("dimension")
    assert (rows.loc["", "p"] < 0.001) == found
    if found:
        assert rows.loc["", "value"] == pytest.approx(12, abs=2)
        assert rows.loc["", "other_value"] == pytest.approx(100 * (np.exp(-0.36) - 1), abs=3)


def test_a_team_is_told_only_for_what_goes_beyond_the_others(store):
    everywhere = slopes(months(store, 0.03, 0.01), OCTOBER.trend(12), RULES)
    assert (everywhere.loc[everywhere["dimension"] == "team", "p"] > 0.01).all()
    one = slopes(months(store, 0.03, 0.01, only="Bay"), OCTOBER.trend(12), RULES).set_index("unit")
    assert one.loc["Bay", "p"] < 0.001
    assert one.loc["Ash", "p"] > 0.5


def test_few_months_have_no_trend(store):
    rows = slopes(months(store), OCTOBER.history(7), RULES)
    assert rows["why"].str.startswith("fewer than 8 periods").all()


# who may be named, and what cannot be told


def test_small_teams_are_not_named(store):
    found = looked(store, contacts(teams=("Ash", "Bay", "Cob", "Dax", "Elm"), agents=4))
    assert not found["group"].str.startswith("team/").any()
    assert "Ash" not in found.to_csv()
    assert "0 of 5 unnamed teams" in set(found["label"])


def test_few_agents_are_not_even_counted(store):
    found = looked(store, contacts(teams=("Ash", "Bay"), agents=2))
    agents = found[(found["group"] == "agents") & (found["detector"] == "quick close")]
    assert agents["why"].str.startswith("fewer than 5 agents").all()
    assert (agents["certainty"] == "cannot tell").all()


def test_people_are_not_named_where_their_number_is_unknown(store):
    frame = contacts(teams=("Ash", "Bay")).drop(columns="agent_id")
    found = looked(store, frame)
    assert "Bay" not in found.to_csv()
    assert not found["group"].isin(["agents"]).any()


def test_missing_columns_are_named(store):
    found = looked(store, contacts().drop(columns=["survey_sent", "csat", "handle_seconds"]).assign(handle_seconds=1.0)).set_index("detector")  # fmt: skip
    assert (
        found.loc["reassigned after a bad score", "why"]
        == "the data have no history of assignments (reassigned_after_score)"
    )
    assert found.loc["templates", "why"] == "the data have no texts of agents' replies (reply_text)"
    assert found.loc["surveys in total", "why"] == "the data have no survey_sent"
    assert found.loc["low answers", "why"] == "the data have no csat"
    assert found.loc["copies", "why"] == "there is no list of the copies that cleaning removed"


def test_withheld_measures_are_not_used(store):
    table = store.load(finished(contacts())).drop("fcr_pct")
    why = detect(table, OCTOBER, RULES, None, ()).set_index("detector")["why"]
    assert "no category" in why["quick close"]  # what «the same issue» means by default
    assert "too few contacts" in detect(table.mutate(category=table.issue), OCTOBER, RULES, None, ()).set_index("detector")["why"]["quick close"]  # fmt: skip


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_hardly_any_contacts(store, rows):
    found = looked(store, contacts().head(rows).astype({"survey_sent": bool}), periods=OCTOBER.trend(12))
    assert (found["certainty"] == "cannot tell").all()
    assert (found["why"] != "").all()
    assert ["cannot be told" in part.text for part in section(found, OCTOBER, RULES)] == [True, False]


def test_when_all_are_equal_nothing_can_be_told_of_it(store):
    found = looked(store, contacts(survey_sent=True)).set_index(["detector", "group"])
    assert found.loc[("surveys in total", "team/Ash"), "why"].startswith("all or none")


def test_only_the_days_asked_for_count(store):
    frame = contacts(days=60)
    old = frame.assign(created_at=frame["created_at"] - pd.Timedelta(days=400), interaction_id="old" + frame["interaction_id"], quick=True, fcr_pct=0.0)  # fmt: skip
    both = looked(store, pd.concat([frame, old[old["team"] == "Bay"]]))
    pd.testing.assert_frame_equal(both, looked(store, frame))


# the page


def test_the_section_explains_and_does_not_accuse(store):
    frame = contacts(teams=("Ash", "<b>Bay", "Elm"))
    hit = among(frame, *[f"person-{i:02}" for i in (1, 4, 7, 10)], share=0.4)
    parts = section(
        looked(store, frame.assign(quick=frame["quick"] | hit, fcr_pct=frame["fcr_pct"].mask(hit, 0.0))), OCTOBER, RULES
    )
    html = "".join(part.html for part in parts if hasattr(part, "html"))
    text = " ".join(part.text for part in parts if hasattr(part, "html"))
    assert "One thing is consistent with" in text
    assert "<b>Bay" not in html
    assert "&lt;b&gt;Bay" in html
    assert DETECTORS["quick close"].innocent in text
    assert DETECTORS["quick close"].settles in text
    assert "4 of 24 agents, all in one team" in text
    assert "person-" not in html
    assert "Looked for and quiet" in text
    assert "Could not be looked for" in text
    pictures = [part for part in parts if hasattr(part, "svg")]
    assert len(pictures) == 1
    assert "elsewhere" in pictures[0].title


def test_a_quiet_section_is_short(store):
    parts = section(looked(store, contacts()), OCTOBER, RULES)
    assert not [part for part in parts if hasattr(part, "svg")]
    assert len(parts) == 4
