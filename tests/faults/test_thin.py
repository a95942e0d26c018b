"""Thin and strange months: no surveys, one contact, a month of zeros, everything equal, a quarter, a week.

Four small exports go through cleaning, scorecard, service and front page. Each must end in pages that say what cannot be
said, without a traceback, an empty value, an invented figure or a sentence for the wrong number. Figures of the quarter and
the week are set beside figures from the same files by pandas alone.
"""

import html
import random
import re
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exports import Report, published, stamp, write
from voc.analysis.compare import by_period
from voc.analysis.load.workload import Flow
from voc.data.completeness import flag_days
from voc.data.periods import Period
from voc.data.schema import INTERACTIONS
from voc.report.pages import workload

PAGES = ("index", "01_cleaning", "02_scorecard", "02_service")
COLUMNS = {
    "created_at": "at", "first_response_at": "replied", "resolved_at": "solved", "customer_id": "customer", "agent_id": "agent",
    "team": "team", "channel": "via", "category": "topic", "text": "words", "talk_seconds": "talk", "queue_seconds": "queue",
    "product": "product",
}  # fmt: skip
ASKED = {
    "kind": "kind", "interaction_id": "contact", "customer_id": "customer", "sent_at": "sent", "answered_at": "answered",
    "score": "score",
}  # fmt: skip
LEFT = {"segment": "segment", "signup_at": "signup", "churned_at": "left"}
EMPTY = re.compile(
    r".{0,40}(?:\bnan\b|NaN|\bNaT\b|\bNone\b(?! (?:of|surely|gave) )|\binf\b|∞|<NA>|Nothing to show).{0,40}"
)
ONE = re.compile(
    r".{0,40}(?<![\d.,:–])1[ \u00a0](?:contacts|answers|agents|customers|rows|values|sources|cells|surveys)\b.{0,40}"
)


@pytest.fixture(scope="module")
def single(tmp_path_factory) -> Report:
    """One single contact, with everything that a contact can have."""
    folder = tmp_path_factory.mktemp("single")
    at = datetime(2026, 10, 12, 9, 30)
    row = {
        "id": "T1", "at": stamp(at), "replied": stamp(at + timedelta(minutes=20)), "solved": stamp(at + timedelta(hours=2)),
        "customer": "C1", "agent": "A1", "team": "Everyone", "via": "phone", "topic": "Delivery", "words": "Where is my parcel?",
        "talk": 240, "queue": 15, "product": "Lamp", "score": 5, "asked": "yes",
    }  # fmt: skip
    columns = COLUMNS | {"csat": "score", "survey_sent": "asked"}
    write(folder, "desk", [row], "interactions", columns, "id: id\n")
    return published(folder, "single", "2026-10")


@pytest.fixture(scope="module")
def even(tmp_path_factory) -> Report:
    """All scores, durations and replies equal; nothing came in the month before; a channel that is new; NPS from 1 to 10."""
    folder, dice = tmp_path_factory.mktemp("even"), random.Random(3)
    rows, asked = [], []
    for n in range(900):
        at = datetime(2025, 8, 1, 7) + timedelta(days=n * 457 // 900, minutes=dice.randrange(800))
        if (at.year, at.month) == (2026, 9):
            continue
        came = ["email", "phone", *(["messenger"] if at >= datetime(2026, 10, 1) else [])]
        replied, solved = stamp(at + timedelta(minutes=30)), stamp(at + timedelta(minutes=110))
        rows.append({
            "id": f"T{n}", "at": stamp(at), "replied": replied, "solved": solved, "customer": f"C{n % 200}", "agent": f"A{n % 6}",
            "team": "AB"[n % 2], "via": dice.choice(came), "topic": dice.choice(["Delivery", "Payment"]), "talk": 300,
            "words": f"My parcel {n} is late, what can I do?", "product": dice.choice(["Lamp", "Kettle"]),
        })  # fmt: skip
        sent = {"customer": f"C{n % 200}", "sent": solved, "answered": solved}
        if n % 2 == 0:
            asked.append({"id": f"S{n}", "kind": "csat", "contact": f"T{n}", "score": 5} | sent)
        if n % 3 == 0:
            asked.append(
                {"id": f"N{n}", "kind": "nps", "contact": "", "score": dice.choice([1, 1, 2, 5, 7, 9, 10])} | sent
            )
    customers = [{"customer": f"C{n}", "segment": "new", "signup": "2025-01-01", "left": ""} for n in range(200)]
    write(folder, "desk", rows, "interactions", COLUMNS, "id: id\n")
    write(folder, "surveys", asked, "surveys", ASKED, "id: id\nrefers_to: desk\n")
    write(folder, "customers", customers, "customers", LEFT, "id: customer\n")
    return published(folder, "even", "2026-10", "dimensions: [channel, category, product, team, segment]\n")


def shop(folder: Path, *, asked: bool) -> dict[str, pd.DataFrame]:
    """Write the exports of a small shop with orders, staffing and a history of its contacts; return what they hold.

    ``asked``: with surveys, twelve agents and two teams; else without any survey, one team, and an agent a contact.
    """
    dice, start, end = random.Random(4), datetime(2025, 9, 10), datetime(2026, 11, 1)
    days, kept = (end - start).days, {"desk": [], "surveys": [], "activity": []}
    for n in range(2000 if asked else 1600):
        at = start + timedelta(days=n * days // (2000 if asked else 1600), minutes=dice.randrange(420, 1300))
        via, topic = (
            dice.choice(["email", "email", "phone", "chat"]),
            dice.choice(["Delivery", "Delivery", "Payment", "Returns"]),
        )
        replied = at + timedelta(minutes=int(dice.lognormvariate(3.6 if via == "email" else 1, 1)) + 1)
        solved = replied + timedelta(minutes=int(dice.lognormvariate(5, 1.2)) + 1)
        up, unsolved = via == "phone" and dice.random() < 0.07, dice.random() < 0.05
        agent = f"A{dice.randint(1, 12) if asked else n}"
        row = {
            "id": f"T{n}", "at": stamp(at), "replied": "" if up else stamp(replied),
            "solved": "" if up or unsolved else stamp(solved), "customer": f"C{1 + n % 6 + 6 * dice.randrange(100)}", "agent": "" if up else agent,
            "team": ("Amber" if int(agent[1:]) <= 6 else "Birch") if asked else "Everyone", "via": via, "topic": topic,
            "words": f"What about my order {n}? It is not what I was told on the telephone.",
            "talk": "" if via == "email" or up else dice.randint(60, 900), "queue": dice.randint(3, 200) if via == "phone" else "",
            "up": ("yes" if up else "no") if via == "phone" else "", "product": dice.choice(["Lamp", "Kettle", "Router"]),
        }  # fmt: skip
        kept["desk"].append(row)
        if up:
            continue
        middle = replied + (solved - replied) / 2
        told = [(row["at"], "new"), (stamp(replied), "pending"), (stamp(middle), "open"), (row["solved"], "solved")]
        kept["activity"] += [
            {"contact": row["id"], "at": when, "kind": "status", "status": status}
            for when, status in (told if n % 3 == 0 else [told[0], told[3]])
            if when
        ]
        if asked and dice.random() < 0.5:
            answered = dice.random() < 0.45
            kept["surveys"].append({
                "id": f"S{n}", "kind": "csat", "contact": row["id"], "customer": row["customer"], "sent": stamp(solved),
                "answered": stamp(solved) if answered else "", "score": dice.choice([1, 2, 3, 4, 4, 5, 5, 5]) if answered else "",
            })  # fmt: skip
    every = [start + timedelta(days=at) for at in range(days)]
    kept["orders"] = [{"day": f"{day:%Y-%m-%d}", "orders": dice.randint(30, 60)} for day in every]
    kept["staffing"] = [{"day": f"{day:%Y-%m-%d}", "seconds": dice.randint(3000, 6000)} for day in every]
    kept["customers"] = [
        {"customer": f"C{n}", "segment": dice.choice(["new", "loyal"]), "signup": "2025-01-01",
         "left": "" if n % 4 else f"{dice.choice(every[20:]):%Y-%m-%d}"} for n in range(1, 601)
    ]  # fmt: skip
    write(folder, "desk", kept["desk"], "interactions", COLUMNS | {"abandoned": "up"}, "id: id\n")
    done = {"interaction_id": "contact", "at": "at", "kind": "kind", "status": "status"}
    write(folder, "activity", kept["activity"], "activity", done, "refers_to: desk\n")
    write(folder, "orders", kept["orders"], "volumes", {"day": "day", "orders": "orders"})
    write(folder, "staffing", kept["staffing"], "staffing", {"day": "day", "staffed_seconds": "seconds"})
    write(folder, "customers", kept["customers"], "customers", LEFT, "id: customer\n")
    if asked:
        write(folder, "surveys", kept["surveys"], "surveys", ASKED, "id: id\nrefers_to: desk\n")
    return {name: pd.DataFrame(rows) for name, rows in kept.items()}


SHOP = "dimensions: [channel, category, product, team]\nmetrics:\n  complaints: {category: [delivery]}\n"


@pytest.fixture(scope="module")
def quarter(tmp_path_factory) -> tuple[Report, dict[str, pd.DataFrame]]:
    folder = tmp_path_factory.mktemp("quarter")
    kept = shop(folder, asked=True)
    return published(folder, "normal", "2026-Q3", SHOP), kept


@pytest.fixture(scope="module")
def week(tmp_path_factory) -> tuple[Report, dict[str, pd.DataFrame]]:
    folder = tmp_path_factory.mktemp("week")
    kept = shop(folder, asked=False)
    return published(folder, "unasked", "2026-W43", SHOP), kept


@pytest.fixture(scope="module", params=["single", "even", "quarter", "week"])
def report(request) -> Report:
    made = request.getfixturevalue(request.param)
    return made if isinstance(made, Report) else made[0]


# what holds for every page


def test_no_page_shows_an_empty_value_or_the_name_of_a_column(report):
    names = [name for name in INTERACTIONS.names() if "_" in name]
    for page in PAGES:
        text = report.text(page)
        assert EMPTY.findall(text) == []
        assert [name for name in names if re.search(rf"\b{name}\b", text)] == []


def test_one_of_a_thing_is_not_told_as_many(report):
    for page in PAGES:
        assert ONE.findall(report.text(page)) == []


def test_nothing_is_told_twice_on_a_page(report):
    for page in PAGES:
        source = (report.folder / f"{page}.html").read_text(encoding="utf-8")
        told = [
            html.unescape(re.sub(r"<[^>]+>", "", part)).strip()
            for part in re.findall(r"<p>(.*?)</p>", source, re.DOTALL)
        ]
        told = [part for part in told if len(part) > 60 and not part.startswith("Same id again")]
        assert sorted({part for part in told if told.count(part) > 1}) == []


def test_intervals_stay_on_the_scale_of_their_figure(report):
    history = report.table("kpi_by_period")
    score = history[history["metric"] == "csat_mean"]
    assert (score["lo"].dropna() >= 1).all()
    assert (score["hi"].dropna() <= 5).all()
    assert (history[history["metric"] == "aht_minutes"]["lo"].dropna() >= 0).all()


# one contact


def test_one_contact_is_told_as_one(single):
    front, card = single.text("index"), single.text("02_scorecard")
    assert "1 contact of 1 customer. Nothing to compare with yet." in front
    assert "Nothing can be said of changes: the data begin on 12 October 2026, inside October 2026." in front
    assert "What follows are differences between groups" not in front
    assert "CSAT in October 2026: 100.0% (95% 20.7–100.0%, n\u00a01 answer)".replace("\u00a0", " ") in card
    assert "First response in October 2026: 20 min (n 1 contact counted)." in card
    assert "No goal is written down" in card
    assert "0 of the goals lead" not in card
    assert "<svg" not in (single.folder / "02_scorecard.html").read_text(encoding="utf-8")
    row = single.now().loc["contacts"]
    assert (row["value"], row["certainty"]) == (1, "cannot tell")


def test_one_contact_says_nothing_of_people_weeks_or_shares(single):
    service = single.text("02_service")
    assert "1 agent is fewer than 5" in service
    assert "Nothing to do about people: nobody could be judged." in service
    assert "There is no picture of the week: one contact for 168 hours." in service
    assert "or no channel has 5 contacts" in service
    assert "fullest" not in service
    fit = single.table("fitness").set_index("analysis")["verdict"]
    assert fit["First response time"] == "with care"


def test_a_service_level_needs_to_know_who_gave_up(single):
    assert "service_level_pct" not in set(single.table("kpi_by_period")["metric"])
    assert "Service level cannot be told: the data have no mark of calls given up." in single.text("02_scorecard")


# all equal, and a month without a contact


def test_a_month_without_a_contact_is_no_month_to_compare_with(even):
    why = "the data have no contact from September 2026 (nobody came, or the export failed)"
    assert even.now()["why"].eq(why).all()
    assert even.now()["certainty"].eq("cannot tell").all()
    assert even.table("kpi_slices")["certainty"].eq("cannot tell").all()
    assert f"Nothing can be said of changes: {why}." in even.text("index")
    assert "began:" not in even.text("index")
    assert even.now("year").loc["contacts", "why"] == ""


def test_a_month_without_a_contact_is_counted_among_the_incomplete_days(even):
    days = even.table("days")
    assert days.loc[days["flag"], "day"].min() >= pd.Timestamp("2026-08-25")
    assert 28 <= days["flag"].sum() <= 32
    assert "days lack about" in even.text("index")
    assert "No day is visibly incomplete" not in even.text("01_cleaning")


def test_equal_durations_are_said_to_be_equal(even):
    card = even.text("02_scorecard")
    assert "First response in October 2026: 30 min (n 61 contacts counted, all alike)." in card.replace("\u00a0", " ")
    assert "30 min (email) to 30 min" not in card
    assert "nine of ten contacts take the same time, 30 min" in card
    assert "it was the same: 30 min" in card
    assert "Handling time: nothing is said of agents, all contacts are alike." in even.text("02_service")


def test_where_everybody_is_content_no_problem_weighs_by_its_end(even):
    card = even.text("02_scorecard")
    assert re.search(r"Not one of the \d+ answers about these, the year before included, is a 1 or a 2", card)
    assert "expected to end unhappy (1 or 2" not in card
    assert even.table("problems")["rank"].isna().all()


def test_answers_from_one_to_ten_are_said_on_the_front_page(even):
    assert "it was asked from 1 to 10" in even.text("index")
    assert even.table("limits_scales")["what"].tolist() == ["How this NPS stands beside one asked from 0 to 10"]


def test_surveys_of_which_all_are_answered_give_no_response_rate(even):
    assert "response_rate_pct" not in set(even.table("kpi_by_period")["metric"])
    assert "every survey in the export is answered" in even.text("02_scorecard")


def test_a_customer_list_without_leavers_tells_of_no_churn(even):
    assert not {"churn_pct", "retention_pct"} & set(even.table("kpi_by_period")["metric"])
    assert "Customers lost cannot be told: the data name no customer who left." in even.text("02_scorecard")


def test_a_new_channel_is_shown_with_its_contacts(even):
    rows = even.table("kpi_slices").query("dimension == 'channel' and metric == 'contacts'").set_index("label")
    assert rows.loc["messenger", "value"] > 0
    assert "messenger" in even.text("02_scorecard")


# no surveys, and a contact an agent


def test_without_surveys_nothing_is_said_of_satisfaction(week):
    report, _ = week
    card = report.text("02_scorecard")
    assert not {"csat_pct", "csat_mean", "response_rate_pct", "nps", "ces_pct"} & set(
        report.table("kpi_by_period")["metric"]
    )
    assert "CSAT cannot be told: the data have no CSAT." in card
    assert "How satisfied customers are cannot be told: the data have no CSAT." in card
    assert "neither more nor less trouble" not in card
    assert "draw a tenth" not in card
    assert report.table("limits_02_scorecard").empty


def test_agents_of_one_contact_each_are_not_judged(week):
    report, _ = week
    service = report.text("02_service")
    assert "none of them has enough to be judged by (typically 1 contact an agent)" in service
    assert "Nothing to do about people: nobody could be judged." in service
    assert "agents, with fewer" not in service
    assert report.table("agents_summary")["judged"].eq(0).all()


# figures beside figures


def inside(kept: dict[str, pd.DataFrame], first: str, end: str) -> pd.DataFrame:
    desk = kept["desk"].assign(
        **{name: pd.to_datetime(kept["desk"][name].replace("", None)) for name in ("at", "replied", "solved")}
    )
    return desk[(desk["at"] >= first) & (desk["at"] < end)]


def waits(kept: dict[str, pd.DataFrame], ids: set[str]) -> pd.Series:
    """Minutes in new and open of each contact; what is open still waits until the last that is known of any."""
    told = kept["activity"].assign(at=pd.to_datetime(kept["activity"]["at"]))
    last, told = told["at"].max(), told[told["contact"].isin(ids)].sort_values(["contact", "at"], kind="stable")
    until = told.groupby("contact")["at"].shift(-1).fillna(last)
    told = told.assign(minutes=(until - told["at"]).dt.total_seconds() / 60)
    return told[told["status"].isin(["new", "open"])].groupby("contact")["minutes"].sum()


SPANS = {"quarter": ("2026-07-01", "2026-10-01"), "week": ("2026-10-19", "2026-10-26")}


@pytest.mark.parametrize("name", SPANS)
def test_figures_are_those_of_the_files(name, request):
    report, kept = request.getfixturevalue(name)
    first, end = SPANS[name]
    rows, now = inside(kept, first, end), report.now()
    assert now.loc["contacts", "value"] == len(rows)
    wait = (rows["replied"] - rows["at"]).dt.total_seconds() / 60
    assert now.loc["frt_minutes", "value"] == pytest.approx(wait.median())
    assert now.loc["complaint_pct", "value"] == pytest.approx(100 * (rows["topic"] == "Delivery").mean())
    orders = kept["orders"].query("@first <= day < @end")["orders"].sum()
    assert now.loc["contacts_per_1000_orders", "value"] == pytest.approx(1000 * len(rows) / orders)
    talk = pd.to_numeric(rows["talk"]).groupby(rows["at"].dt.strftime("%Y-%m-%d")).sum()
    staffed = kept["staffing"].set_index("day")["seconds"].reindex(talk.index)
    assert now.loc["occupancy_pct", "value"] == pytest.approx(100 * talk.sum() / staffed.sum())


@pytest.mark.parametrize("name", SPANS)
def test_waits_and_backlog_are_those_of_the_files(name, request):
    report, kept = request.getfixturevalue(name)
    (first, end), now = SPANS[name], report.now()
    rows = inside(kept, first, end)
    assert now.loc["requester_wait_minutes", "value"] == pytest.approx(waits(kept, set(rows["id"])).median())
    close = pd.Timestamp(end)
    fresh = inside(kept, str(close - pd.Timedelta(days=31)), end)
    still = (fresh["solved"].isna() | (fresh["solved"] >= close)) & (fresh["up"] != "yes")
    assert now.loc["backlog", "value"] == still.sum()


def test_a_quarter_and_a_week_are_named_as_such(quarter, week):
    assert "No change this quarter stands out" in quarter[0].text("index")
    assert "the week of 19 October 2026" in week[0].text("index")
    assert quarter[0].now("year")["why"].eq("the data begin on 10 September 2025, inside Q3 2025").all()
    assert {"csat_pct", "churn_pct", "service_level_pct"} <= set(quarter[0].now().index)


# what needs no report to be seen


def test_a_backlog_after_an_empty_one_has_no_age_to_compare_with():
    row = {"channel": "all channels", "came": 9, "solved": 6, "late": 0, "given_up": 0, "went_stale": 0, "open": 3, "opened": 0,
           "change": 3.0, "floor": 4.0, "kept_up": 66.7, "kept_lo": 40.0, "kept_hi": 93.0, "why": "", "certainty": "within noise"}  # fmt: skip
    ages = pd.DataFrame(
        {"period": ["2026-10", "2026-09"], "n": [3, 0], "median": [5.0, None], "p90": [9.0, None], "stale": [0, 0]}
    )
    empty = pd.DataFrame(columns=["source", "channel", "n", "why"])
    said = workload.flow_said(Flow(pd.DataFrame(), empty), pd.DataFrame([row]), ages, Period.parse("2026-10")).text
    assert "less than 5 h, nine of ten for less than 9 h." in said.replace("\u00a0", " ")


def test_a_trend_of_no_period_is_empty():
    assert by_period(None, ["contacts"], [], ["label"]).columns.tolist()[:4] == [
        "metric",
        "period_start",
        "period",
        "label",
    ]


def test_a_lost_month_is_seen_in_a_small_source_too_and_a_closed_week_end_is_not():
    days = pd.date_range("2026-05-01", "2026-10-31")
    busy = pd.DataFrame({"day": days, "source": "desk", "rows": np.where(days.month == 9, 0, 2)})
    assert flag_days(busy)["flag"].to_numpy().nonzero()[0].tolist() == np.flatnonzero(days.month == 9).tolist()
    weekly = busy.assign(rows=np.where(days.day_of_week >= 5, 0, 40))
    assert not flag_days(weekly)["flag"].any()
    late = busy.assign(rows=np.where(days.month < 8, 0, 40))  # a source that begins in August
    assert not flag_days(late)["flag"].any()
