"""A real workbook of handling times and answers (VOC_SHARED_DATA says where), recomputed without this library.

The expected figures come from the workbook by pandas and formulas written out here: nothing of ``voc.analysis`` takes part in them.
"""

import os
import re
from math import atanh, sqrt, tanh
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import spearmanr, t
from voc.analysis.drivers.known import BY_NAME
from voc.analysis.drivers.model import model
from voc.analysis.drivers.rows import answers_of
from voc.run.month import open_month
from voc.run.runner import run

DATA = Path(os.environ.get("VOC_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILE = DATA / "techsupport-aht-csat" / "BI&A Test.xlsx"
needs_data = pytest.mark.skipif(
    not FILE.exists() and not os.environ.get("CI"), reason="the public export is not part of this repository"
)
pytestmark = needs_data
MONTHS = ["2019-01", "2019-02", "2019-03"]
Z = 1.959964  # 95 %
STARS = range(1, 6)


@pytest.fixture(scope="module")
def book() -> pd.DataFrame:
    """One row per case from both sheets: month, day, issue, agent, minutes, stars (from the counts), wrong (the column)."""
    sheets = pd.read_excel(FILE, sheet_name=["AHT Data", "CSAT Data"], engine="calamine")
    joined = sheets["AHT Data"].merge(sheets["CSAT Data"], left_on="Case ID", right_on="cases", validate="one_to_one")
    assert len(joined) == 12_954
    assert (joined["Date_x"] == joined["Date_y"]).all()
    counts = joined[[f"{star} Star Count" for star in STARS]]
    assert (counts.sum(axis=1) == 1).all()
    day = joined["Date_x"].astype(str)
    return pd.DataFrame(
        {
            "case": joined["Case ID"],
            "day": pd.to_datetime(day, format="%Y%m%d"),
            "month": day.str[:4] + "-" + day.str[4:6],
            "fiscal": joined["Month_x"],
            "issue": joined["Consult Outcome_x"],
            "agent": joined["Agent_x"],
            "minutes": joined["Total Work Minutes"] + joined["Total Wrap Minutes"],
            "stars": (counts.to_numpy() * list(STARS)).sum(axis=1),
            "wrong": joined["CSAT Star Average"],
        }
    )


@pytest.fixture(scope="module")
def month():
    folder = run("params/techsupport.yml", period="2019-03", resume=True)
    opened = open_month("params/techsupport.yml", "2019-03")
    opened.pages = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    yield opened
    opened.close()


def mean(values: pd.Series) -> tuple[float, float, float]:
    """Mean and its 95 % interval: Student's with the skewness removed (Hall, JRSS B 54, 1992), by root finding."""
    n, se = len(values), values.std(ddof=1) / sqrt(len(values))
    skew = ((values - values.mean()) ** 3).mean() / values.std(ddof=0) ** 3

    def unskewed(x: float) -> float:
        return x + skew * x**2 / (3 * sqrt(n)) + skew**2 * x**3 / (27 * n) + skew / (6 * sqrt(n))

    ends = [brentq(lambda x, q=q: unskewed(x) - q, -9, 9) for q in (t.ppf(0.975, n - 1), t.ppf(0.025, n - 1))]
    return values.mean(), values.mean() - ends[0] * se, values.mean() - ends[1] * se


def share(hits: pd.Series) -> tuple[float, float, float]:
    """Percentage and Wilson's interval (Wilson 1927, formula 4)."""
    n, p = len(hits), hits.mean()
    middle, half = p + Z**2 / (2 * n), Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return 100 * p, 100 * (middle - half) / (1 + Z**2 / n), 100 * (middle + half) / (1 + Z**2 / n)


def figures(rows: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    return {
        "aht_minutes": mean(rows["minutes"]),
        "csat_mean": mean(rows["stars"]),
        "csat_pct": share(rows["stars"] >= 4),
    }


def agrees(row: pd.Series, expected: tuple[float, float, float], n: int) -> None:
    assert row["n"] == n
    for name, value in zip(("value", "lo", "hi"), expected, strict=True):
        assert row[name] == pytest.approx(value, abs=2e-4), name


def test_every_case_has_the_stars_that_were_counted_and_its_minutes(month, book):
    contacts = (
        month.interactions.select("interaction_id", "csat", "handle_seconds", "category").to_pyarrow().to_pandas()
    )
    ours = contacts.set_index(contacts["interaction_id"].str.removeprefix("chats:")).sort_index()
    theirs = book.set_index(book["case"].str.replace(" ", "")).sort_index()
    assert ours.index.equals(theirs.index)
    assert (ours["csat"] == theirs["stars"]).all()
    assert (ours["handle_seconds"] / 60 - theirs["minutes"]).abs().max() < 1e-9
    assert (ours["category"] == theirs["issue"]).all()


def test_the_wrong_column_is_wrong_for_the_fours_only(month, book):
    off = book[book["stars"] != book["wrong"]]
    assert len(off) == 1_405
    assert (off["stars"] == 4).all() and (off["wrong"] == 1).all()
    assert month.interactions.filter(month.interactions.csat == 4).count().to_pyarrow().as_py() == 1_405


@pytest.mark.parametrize("name", ["aht_minutes", "csat_mean", "csat_pct"])
@pytest.mark.parametrize("label", MONTHS)
def test_each_month_is_what_the_workbook_gives(month, book, name, label):
    row = month.result("kpi_by_period").set_index(["metric", "period"]).loc[(name, label)]
    rows = book[book["month"] == label]
    agrees(row, figures(rows)[name], len(rows))


def test_months_are_calendar_months(month, book):
    contacts = month.result("kpi_by_period").query("metric == 'contacts'").set_index("period")["n"]
    counts = book["month"].value_counts()
    assert {label: contacts[label] for label in MONTHS} == {label: counts[label] for label in MONTHS}
    assert counts["2019-01"] == 5_545 != (book["fiscal"] == "07 - Jan").sum()


@pytest.mark.parametrize("name", ["aht_minutes", "csat_pct"])
def test_each_issue_is_what_the_workbook_gives(month, book, name):
    slices = month.result("kpi_slices").query("metric == @name and dimension == 'category'").set_index("label")
    now = book[book["month"] == "2019-03"]
    then = book[book["month"] == "2019-02"]
    large = [issue for issue, rows in now.groupby("issue") if len(rows) >= 30]
    assert len(large) == 7
    for issue in large:
        rows, before = now[now["issue"] == issue], then[then["issue"] == issue]
        agrees(slices.loc[issue], figures(rows)[name], len(rows))
        assert slices.loc[issue, "n_before"] == len(before)
        assert slices.loc[issue, "before"] == pytest.approx(figures(before)[name][0], abs=2e-4)


def test_what_customers_came_for(month, book):
    table = month.result("categories").set_index("category")
    now = book[book["month"] == "2019-03"].groupby("issue")
    assert table["contacts"].to_dict() == now.size().to_dict()
    hours = now["minutes"].sum() / 60
    assert (table["hours"] - hours).abs().max() < 1e-6
    assert (table["share"] - now.size() / now.size().sum() * 100).abs().max() < 1e-9


@pytest.mark.parametrize(("name", "column"), [("aht_minutes", "minutes"), ("csat_mean", "stars")])
def test_the_change_and_the_change_that_chance_makes(month, book, name, column):
    now, then = (book.loc[book["month"] == label, column] for label in ("2019-03", "2019-02"))
    row = month.result("kpi_changes").query("metric == @name and against == 'previous'").iloc[0]
    assert row["change"] == pytest.approx(now.mean() - then.mean(), abs=2e-4)
    normal = Z * sqrt(now.var() / len(now) + then.var() / len(then))
    assert row["floor"] == pytest.approx(normal, rel=0.01)  # with so many cases skewness moves it little
    assert row["certainty"] == {"aht_minutes": "sure", "csat_mean": "within noise"}[name]


def test_contacts_of_each_day(month, book):
    days = month.result("days")
    ours = days.set_index("day")["rows"]
    theirs = book["day"].value_counts().sort_index().asfreq("D", fill_value=0)
    assert (ours.to_numpy() == theirs.to_numpy()).all() and (pd.to_datetime(ours.index) == theirs.index).all()


# goals


def verdict(page: str, label: str) -> tuple[str, str]:
    """Return the value of a card of the front page and what is said of its target."""
    item = next(item for item in re.findall(r"<li>.*?</li>", page, flags=re.S) if f">{label}</a></h3>" in item)
    words = re.sub(r"<[^>]+>", "", item)
    return re.search(r'class="value">([\d.,]+)', item)[1], re.search(r"Target [\d.]+[^:]*: ([a-z ]+)", words)[1].strip()


def test_satisfaction_reaches_its_goal_and_with_the_wrong_column_would_not(month, book):
    now = book[book["month"] == "2019-03"]
    value, lo, _ = mean(now["stars"])
    assert lo > 4.2  # 4.28, 95 % 4.24–4.33
    assert verdict(month.pages["index"], "CSAT score, mean") == (f"{value:.2f}", "reached")
    _, _, wrong_hi = mean(now["wrong"])
    assert wrong_hi < 4.2  # 3.98: surely missed
    assert mean(book["stars"])[2] < 4.2  # and over the whole quarter it was missed: 4.15


def test_handling_time_misses_its_budget(month, book):
    _, lo, _ = mean(book.loc[book["month"] == "2019-03", "minutes"])
    assert lo > 28
    assert verdict(month.pages["index"], "Handling time, mean") == ("38", "not reached")


# what cannot be told


def test_days_are_not_taken_for_hours(month):
    page = re.sub(r"\s+", " ", month.pages["02_service"])
    assert "record the day of a contact but not its hour" in page
    missing = month.result("kpi_missing").set_index("metric")["why"]
    assert "first_response_at" in missing["frt_minutes"]
    assert "customer_id" in missing["repeat_pct"]
    assert set(month.result("kpi_by_period")["metric"]) >= {"contacts", "aht_minutes", "csat_mean", "csat_pct"}
    assert not set(month.result("kpi_by_period")["metric"]) & {"frt_minutes", "resolution_hours", "fcr_pct"}
    assert not set(month.result("fields")["field"]) & {"nps", "ces", "customer_id", "text"}  # not there is not empty


def test_nothing_speaks_for_customers_who_did_not_answer(month):
    limits = month.result("limits_01_cleaning")
    assert limits["why"].str.contains("every contact in the export has an answered survey").any()


def test_no_agent_is_published(month, book):
    agents = set(book["agent"])
    assert len(agents) == 46
    shown = "".join(month.pages.values()) + "".join(month.result(name).to_csv() for name in month.results())
    assert not agents & set(re.findall(r"Agent \d+", shown))
    pseudonyms = set(month.interactions.select("agent_id").distinct().to_pyarrow().to_pandas()["agent_id"])
    assert len(pseudonyms) == 46
    assert not [name for name in pseudonyms if name in "".join(month.pages.values())]


def test_handling_time_goes_with_stars_as_scipy_has_it(month, book):
    """Is +0.18 over all cases so within issues, and within agents? It shrinks, and stays."""
    row = month.result("drivers_within").set_index("driver").loc["handling"]
    whole = spearmanr(book["minutes"], book["stars"]).statistic
    assert (round(whole, 2), row["n"]) == (0.18, len(book))
    assert row["rho_pooled"] == pytest.approx(whole, abs=1e-5)  # times are kept in whole seconds
    half = Z * sqrt((1 + whole**2 / 2) / (len(book) - 3))  # Bonett & Wright, Psychometrika 65, 2000
    assert [row["rho_pooled_lo"], row["rho_pooled_hi"]] == pytest.approx(
        [tanh(atanh(whole) + one * half) for one in (-1, 1)], abs=0.003
    )
    sizes = book.groupby("issue")["stars"].size()
    each = book.groupby("issue")[["minutes", "stars"]].apply(
        lambda part: spearmanr(part["minutes"], part["stars"]).statistic
    )
    inside = float((each * sizes).sum() / sizes.sum())
    assert row["rho_within"] == pytest.approx(inside, abs=0.01)  # rare issues are one kind together
    assert 0.05 < inside < 0.08
    by_agent = book.groupby(["issue", "agent"])[["minutes", "stars"]].apply(
        lambda part: (
            spearmanr(part["minutes"], part["stars"]).statistic
            if len(part) > 9 and part["stars"].nunique() > 1
            else np.nan
        )
    )
    assert 0.03 < by_agent.mean() < 0.10  # within agents too
    assert row["reading"] == "weaker"
    assert 0 < row["within_lo"] < row["within"] < row["pooled_lo"]


def test_the_effect_of_handling_time_is_that_of_an_ordered_model(month, book):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    asked = answers_of(month.measured, pd.Timestamp("2019-01-01"), pd.Timestamp("2019-04-01"), matter="category")
    ours = model(asked, BY_NAME["handling"], held=("matter",), straight=True)
    dummies = pd.get_dummies(book["issue"], drop_first=True).astype(float)
    x = pd.concat([np.log(book["minutes"].clip(lower=1 / 60)).rename("log"), dummies], axis=1)
    theirs = OrderedModel(book["stars"], x, distr="logit").fit(method="bfgs", disp=0, maxiter=200)
    assert ours.fit.beta[0] == pytest.approx(theirs.params["log"], abs=0.003)
    assert sqrt(ours.fit.naive[ours.fit.cuts]) == pytest.approx(theirs.bse["log"], rel=0.02)


def test_agents_are_nearly_nothing_and_the_leaving_is_not_made_up(month):
    shares = month.result("drivers_agents").set_index("measure")["hi"]
    assert (shares < 1).all()  # per cent of the variance
    assert month.result("churn_ratios").empty
    assert "no customer list says who left, and when" in month.pages["05_drivers"]


def test_three_months_make_no_model_and_the_weeks_are_those_of_the_file(month, book):
    ahead, words = month.result("forecast_ahead"), month.result("forecast_words")
    assert set(ahead.loc[ahead["grain"] == "month", "method"]) == {"mean of all"}
    assert words.loc[words["grain"] == "month", "words"].str.startswith("Only 3 months are known").any()
    course = month.result("forecast_course")
    week = course[course["grain"] == "week"].set_index(["series", "at"])
    monday = book["day"] - pd.to_timedelta(book["day"].dt.weekday, unit="D")
    counts, happy = book.groupby(monday).size(), (book["stars"] >= 4).groupby(monday).mean()
    for at in pd.date_range("2019-01-07", "2019-03-18", freq="7D"):
        assert week.loc[("csat_pct", at), "seen"] == pytest.approx(100 * happy[at])
    # of weeks whose days are all complete the count is that of the file
    whole = week.loc["contacts"].query("n == 7")
    assert len(whole) >= 8 and (whole["seen"] == counts.reindex(whole.index)).all()
    assert "no source records the hour of its contacts" in month.pages["06_forecast"]


def test_chances_of_single_contacts_are_scored_by_an_honest_brier(month):
    score = month.result("contacts_score").set_index("moment")
    bins = month.result("contacts_bins")
    for moment, own in bins.groupby("moment"):
        assert own["n"].sum() == score.loc[moment, "n"]
        assert (own["n"] * own["observed"]).sum() == pytest.approx(score.loc[moment, "bad"])
    assert (score["beyond_lo"] <= 0).all()  # the issue alone tells it: nothing else that is known adds to it


def test_an_alert_counts_what_the_file_holds(month, book):
    alerts, members = month.result("alerts"), month.result("alerts_members")
    assert len(alerts)
    for row in alerts[alerts["key"].str.startswith("unhappy/category=")].to_dict("records"):
        own = book[
            (book["issue"] == row["key"].partition("=")[2])
            & book["day"].between(row["start"], row["last"])
            & (book["stars"] < 4)
        ]
        assert row["observed"] == len(own)
        assert set(members.loc[members["id"] == row["id"], "interaction_id"]) == set(
            "chats:" + own["case"].str.replace(" ", "")
        )
