"""The pages of what is ahead: words and figures of hand-made results, hostile labels as text, and words where data lack."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import forecast_frames as made
import numpy as np
import pandas as pd
import pytest
from forecast_frames import HOSTILE, HOSTILE_SERIES
from voc.analysis.alerts.rules import AlertRules
from voc.analysis.findings import COLUMNS as FINDING_COLUMNS
from voc.analysis.forecast.ahead import forecasts
from voc.analysis.forecast.series import series_of
from voc.data.periods import Period
from voc.report.canvas import Picture
from voc.report.charts import fan
from voc.report.pages import (
    alerts,
    alerts_watch,
    contact_risk,
    forecast,
    forecast_events,
    forecast_findings,
    forecast_past,
    forecast_read,
    forecast_scores,
    forecast_weeks,
    front_ahead,
    staffing,
    staffing_hours,
)
from voc.report.pages.front_steps import steps
from voc.report.tables import Html

NOW = Period.parse("2026-10")
FOUND, ALERTS, PEOPLE, RISK = made.forecast(), made.alerts(), made.staffing(), made.contacts()
OF = [
    *((part, FOUND) for part in (
        forecast.lead, forecast.expected, forecast_scores.lead, forecast_scores.scores_table, forecast_scores.in_words, forecast_scores.all_methods,
        forecast_past.lead, forecast_past.held_table, forecast_events.ahead, forecast_events.learned,
    )),
    *((part, ALERTS) for part in (alerts.lead, alerts.cards, alerts_watch.seen, alerts_watch.detectable, alerts_watch.budget, alerts_watch.precision)),
    *((part, PEOPLE) for part in (staffing.lead, staffing.worst_table, staffing.days_table)),
    *((part, RISK) for part in (contact_risk.lead, contact_risk.reach_out, contact_risk.left_out)),
]  # fmt: skip
DRAWN = [(forecast.pictures, FOUND), (staffing.needs, PEOPLE), (staffing.against_plan, PEOPLE), (contact_risk.pictures, RISK)]  # fmt: skip
SAID = [  # parts that say why where there is nothing
    (forecast.lead, FOUND), (forecast.expected, FOUND), (forecast.further, FOUND), (forecast_scores.lead, FOUND), (forecast_events.ahead, FOUND),
    (alerts.lead, ALERTS), (alerts.cards, ALERTS), (alerts_watch.seen, ALERTS), (alerts_watch.budget, ALERTS), (alerts_watch.precision, ALERTS),
    (staffing.lead, PEOPLE),
]  # fmt: skip


def name(part) -> str:
    return f"{part.__module__[17:]}.{part.__name__}" if callable(part) else ""


def text(shown: Html | Picture) -> str:
    words = (shown.alt if isinstance(shown, Picture) else shown.text).replace("\u00a0", " ")
    return re.sub(r" ([,.;:])", r"\1", words)  # plain text puts a blank after what is strong


@pytest.mark.parametrize(("part", "given"), [*OF, *DRAWN], ids=name)
def test_every_part_is_told_and_nothing_hostile_is_markup(part, given):
    shown = part(given)
    shown = shown if isinstance(shown, list) else [shown]
    assert shown
    for one in shown:
        assert text(one)
        assert "<script" not in (one.svg if isinstance(one, Picture) else one.html)
        assert "nan" not in re.findall(r"\w+", text(one))


@pytest.mark.parametrize(("part", "given"), SAID, ids=name)
def test_without_data_a_part_says_why(part, given):
    assert text(part(made.empty(given))).endswith("cannot be told: the data have no CSAT.")


@pytest.mark.parametrize(
    ("part", "given"),
    [*DRAWN, (forecast.silent, FOUND), (forecast_scores.scores_table, FOUND), (forecast_scores.in_words, FOUND), (forecast_scores.all_methods, FOUND),
     (forecast_past.held_table, FOUND), (forecast_events.learned, FOUND), (alerts_watch.detectable, ALERTS), (staffing.worst_table, PEOPLE),
     (staffing.days_table, PEOPLE), (contact_risk.reach_out, RISK), (contact_risk.left_out, RISK)],
    ids=name,
)  # fmt: skip
def test_without_data_no_picture_and_no_table_is_made_up(part, given):
    assert part(made.empty(given)) in ([], None)


def test_hostile_labels_stand_as_text_where_they_are_told():
    for shown in (forecast.lead(FOUND), alerts.cards(ALERTS), staffing.lead(PEOPLE), contact_risk.reach_out(RISK)):
        assert "&lt;script&gt;" in shown.html


def test_the_outlook_is_one_of_four_words():
    rows = forecast.rows_of(FOUND).set_index("series")["outlook"]
    # NPS: 24 to 28 leaves out 20. Contacts: 3,000 in 31 days are 2,903 in 30, above 2,780. CSAT: 79.5 to 80.9, near 80
    assert rows["nps"] == "more" and rows["contacts"] == "less" and rows["csat_pct"] == "as now"
    # the hostile one reaches from 250 to 330, 300 in 31 days are 290 in 30, and a tenth of that is 29; FCR reaches 13 points away
    assert rows[HOSTILE_SERIES] == rows["fcr_pct"] == "cannot tell"
    said = text(forecast.lead(FOUND))
    assert said.startswith(
        "November 2026, of 5 series: more than now: NPS (26, 80% 24–28); less than now: Contacts (2,700, 80% 2,620–2,780); as now: CSAT;"
    )


def of_row(past, **ahead):
    return forecast_read.outlook(past, {"moved": 0.0} | ahead)


def test_a_count_is_as_now_when_only_the_days_differ():
    past = pd.DataFrame(
        {
            "series": "contacts",
            "kind": "count",
            "at": pd.date_range("2026-01-01", periods=2, freq="MS"),
            "seen": [310.0, 280.0],
            "value": [310.0, 280.0],
            "n": [31.0, 28.0],
        }
    )
    assert of_row(past, lo80=305.0, hi80=315.0, n=31.0) == "as now"
    assert of_row(past, lo80=305.0, hi80=309.0, n=31.0) == "less"
    # 280 in 28 days are 310 in 31: a tenth to each side is as now, more is not
    assert of_row(past, lo80=280.0, hi80=340.0, n=31.0) == "as now"
    assert of_row(past, lo80=270.0, hi80=340.0, n=31.0) == of_row(past, lo80=280.0, hi80=350.0, n=31.0) == "cannot tell"
    assert of_row(past.iloc[:0], lo80=305.0, hi80=315.0, n=31.0) == "cannot tell"


def test_few_answers_cannot_tell_and_many_that_stand_still_are_as_now():
    """Weeks of 4 answers jump by 25 points and more; those of 5,000 hardly: restless figures are no reason to call it calm."""
    rng, at = np.random.default_rng(4), pd.date_range("2025-01-06", periods=40, freq="7D")
    words = {}
    for n in (4, 5000):
        rows = pd.DataFrame({"at": at, "x": rng.binomial(n, 0.75, 40), "n": n})
        found = forecasts([series_of(rows, "csat_pct", "share", "week")], "week", 1)
        words[n] = forecast_read.outlook(found.course, found.ahead.iloc[0])
        assert forecast_read.usual_change(found.course) > 20 or n == 5000
    assert words == {4: "cannot tell", 5000: "as now"}


@pytest.mark.parametrize(
    ("series", "kind", "level", "near", "far"),
    [("csat_pct", "share", 80.0, 2.5, 2.6), ("nps", "score", 8.0, 5.0, 5.1), ("csat_mean", "score", 4.0, 0.1, 0.11), ("aht_minutes", "score", 10.0, 1.0, 1.1)],
)  # fmt: skip
def test_near_is_said_in_the_unit_of_a_figure(series, kind, level, near, far):
    past = pd.DataFrame({"series": [series], "kind": kind, "at": [made.MONTHS[0]], "value": level, "n": 400.0})
    assert of_row(past, lo80=level - near + 1e-9, hi80=level + near - 1e-9, n=400.0) == "as now"
    assert of_row(past, lo80=level - far, hi80=level, n=400.0) == of_row(past, lo80=level, hi80=level + far, n=400.0)
    assert of_row(past, lo80=level - far, hi80=level, n=400.0) == "cannot tell"


def test_a_move_that_makes_parts_add_up_makes_no_more_and_no_less():
    past = FOUND.course.query("series == 'contacts'")  # 3,000 in 31 days are 2,903 in 30
    assert of_row(past, lo80=2950.0, hi80=3400.0, n=30.0, moved=20.0) == "more"
    assert of_row(past, lo80=2950.0, hi80=3400.0, n=30.0, moved=60.0) == "cannot tell"  # its own began at 2,890
    assert of_row(past, lo80=2500.0, hi80=2800.0, n=30.0, moved=-90.0) == "less"
    assert of_row(past, lo80=2500.0, hi80=2800.0, n=30.0, moved=-110.0) == "cannot tell"
    assert "add up" not in text(forecast.expected(FOUND))
    moved = FOUND.ahead.assign(moved=FOUND.ahead["series"].map({"contacts": -20.0, HOSTILE_SERIES: 35.0}).fillna(0.0))
    said = text(forecast.expected(made.forecast(ahead=moved)))
    assert "so that they add up, the farthest from 255 to 290 (Contacts about <script>" in said


def test_the_usual_change_passes_over_gaps():
    # CSAT without February: 27 points in 12 changes
    assert forecast_read.usual_change(FOUND.course.query("series == 'csat_pct'")) == pytest.approx(27 / 12)


def test_expected_stands_beside_what_the_figure_may_show():
    said = text(forecast.expected(FOUND))
    assert re.search(r"CSAT +as now +80\.2% +79\.5–80\.9% +78\.5–82\.0% +81\.0% +400 answers", said)
    assert re.search(r"Contacts +less +2,700 +2,620–2,780 +2,500–2,900 +3,040 +30 days", said)
    late = FOUND.course.assign(seen=FOUND.course["seen"].where(FOUND.course["at"] < "2026-10-01"))
    assert "78.0% (September 2026)" in text(
        forecast.expected(made.forecast(course=late))
    )  # the last but one of the wave is −2


def test_a_series_that_ends_earlier_says_what_it_is_foretold_for():
    early = FOUND.ahead.assign(
        at=FOUND.ahead["at"].where(FOUND.ahead["series"] != "nps", FOUND.ahead["at"] - pd.DateOffset(months=2))
    )
    said = text(forecast.lead(made.forecast(ahead=early)))
    assert said.startswith("November 2026, of 5 series: more than now: NPS (September 2026) (26, 80% 24–28)")
    calm = made.forecast(ahead=FOUND.ahead[FOUND.ahead["series"] == "csat_pct"])
    assert (
        text(forecast.lead(calm))
        == "November 2026, of 1 series: nothing is expected to move; as now: CSAT; cannot tell: none."
    )


def test_weeks_are_named_as_weeks():
    weeks = {
        month: pd.Timestamp("2026-06-22") + pd.Timedelta(weeks=i) for i, month in enumerate([*made.MONTHS, *made.AHEAD])
    }
    dated = {
        name: getattr(FOUND, name).assign(at=getattr(FOUND, name)["at"].map(weeks))
        for name in ("course", "ahead", "earlier")
    }
    found = made.forecast(**dated)
    assert text(forecast.lead(found)).startswith("The week of 5 Oct 2026, of 5 series:")
    assert (
        forecast.pictures(found)[0].title.replace("\u00a0", " ")
        == "CSAT: as now, about 80.2% in the week of 5 Oct 2026"
    )
    assert "12 weeks in a row" in text(forecast_scores.lead(found))
    assert "1 of 2 figures of the week of 28 Sep 2026 came as foretold" in text(forecast_past.lead(found))


def test_a_single_quarter_is_named_as_a_quarter():
    course = FOUND.course[FOUND.course["at"] == made.MONTHS[-1]].assign(at=pd.Timestamp("2026-07-01"))
    quarters = dict(zip(made.AHEAD, pd.date_range("2026-10-01", periods=3, freq="QS"), strict=True))
    found = made.forecast(course=course, ahead=FOUND.ahead.assign(at=FOUND.ahead["at"].map(quarters)))
    assert text(forecast.lead(found)).startswith("Q4 2026, of 5 series:")


def test_fans_say_what_comes_and_how_much_is_chance():
    picture = forecast.pictures(FOUND)[0]
    assert picture.title == "CSAT: as now, about 80.2% in November 2026"
    # a floor of 0.75 usual changes, and those are 27 ÷ 12: 1.7 points
    assert "n about 400 a month; chance alone makes a mean miss of 1.7" in picture.subtitle.replace("\u00a0", " ")
    assert text(picture).endswith(
        "For January 2027 the middle is 80.2%, 80% 79.5–80.9%. An earlier forecast had said 80.0% for October 2026."
    )
    titles = [one.title for one in forecast.pictures(FOUND, 9)]
    assert titles[4] == "First contact resolution: anything from 49.0% to 73.0% is possible in November 2026"
    assert text(forecast.further(FOUND)).startswith("1 further series")
    assert forecast.further(FOUND, 9) is None


def test_a_fan_hatches_gaps_and_counts_months_alike():
    past = FOUND.course.query("series == 'csat_pct'")
    ahead = FOUND.ahead.query("series == 'csat_pct'")
    words = {"title": "t", "subtitle": "s", "unit": "%", "alt": "a"}
    holed, whole = fan(past, ahead, **words), fan(past.assign(seen=past["value"]), ahead, **words)
    assert "pattern" in holed.svg and "pattern" not in whole.svg
    dropped = fan(past.dropna(subset=["seen"]), ahead, **words)
    assert "pattern" in dropped.svg  # a period without a row is a gap as well
    assert "foretold" not in holed.svg and "foretold" in fan(past, ahead, said=past.tail(1), **words).svg
    assert fan(past.iloc[:0], ahead.iloc[:0], **words).alt == "a"
    weeks = fan(
        past.assign(at=pd.date_range("2026-08-03", periods=15, freq="7D")),
        ahead.head(1).assign(at=pd.Timestamp("2026-11-16")),
        **words,
    )
    assert "16 Nov" in weeks.svg.replace("\u00a0", " ")


def test_series_that_nothing_beats_are_a_result():
    said = text(forecast_scores.lead(FOUND))
    assert (
        "12 months in a row. In 2 of 5 series a model missed by less than the best plain rule, by 20% to 60%. For NPS, contacts about <script>alert(1)</script> and First contact resolution nothing clearly beats"
        in said
    )
    # at the floor: 0.8 of 0.75 and 1 of 0.95, each below 1.1 times
    assert (
        "In 2 of 5 the misses are hardly larger than chance alone makes" in said
        and "CSAT and First contact resolution." in said
    )
    assert "in 4 of 5 series. In the others they were moved by what the tries showed: Contacts (too narrow)." in said
    # 0.8 of CSAT and 0.4 of contacts, where the last figure would have missed by 1
    none = made.forecast(scores=made.scores().assign(method="naive"))
    assert "In none of 5 series a model missed by less than the best plain rule. For CSAT" in text(
        forecast_scores.lead(none)
    )
    few = made.forecast(scores=made.scores().iloc[:0], course=made.course().groupby("series").tail(5))
    assert (
        text(forecast_scores.lead(few))
        == "How good such forecasts were cannot be told: 5 months are known at most, fewer than 12."
    )


def test_methods_stand_beside_the_last_figure_and_chance():
    said = text(forecast_scores.scores_table(FOUND))
    assert re.search(r"CSAT +a level that wanders +0\.80× +1\.00× +0\.75× +80\.0% +95\.0% +12", said)
    assert re.search(r"Contacts +days: weekday, season, holidays, events +0\.40×", said)


@pytest.mark.parametrize(
    ("held", "n", "word"),
    [(0.8, 12, "held"), (0.4, 12, "too narrow"), (1.0, 12, "held"), (1.0, 100, "too wide"), (0.8, 0, "cannot tell")],
)
def test_intervals_are_judged_within_what_the_tries_can_show(held, n, word):
    # two standard errors of 12 tries are 23 points, of 100 tries 8
    assert forecast_scores.coverage({"cover80": held, "n_origins": n}) == word


def test_what_came_is_held_against_what_had_been_said():
    said = text(forecast_past.lead(FOUND))
    # CSAT: 81 lies in 75 to 85; contacts: 3,040 lie below 3,100
    assert (
        said.startswith("1 of 2 figures of October 2026 came as foretold")
        and "Outside: Contacts (3,040, less than foretold)." in said
    )
    assert "too few to tell whether intervals are right" in said
    many = pd.concat(
        [
            made.earlier().query("series == 'csat_pct'").assign(made=day)
            for day in pd.date_range("2026-01-01", periods=40)
        ]
    )
    assert "Of 40 figures of 1 month so far intervals held 100.0% (95% 91.2–100.0%): as often as they should." in text(
        forecast_past.lead(made.forecast(earlier=many))
    )
    missed = many.assign(observed_hi95=80.5)
    assert "too seldom" in text(forecast_past.lead(made.forecast(earlier=missed)))
    ahead = made.earlier().assign(at=pd.Timestamp("2027-01-01"))
    assert text(forecast_past.lead(made.forecast(earlier=ahead))) == "Of what was foretold no figure has come yet."
    assert text(forecast_past.lead(made.forecast(earlier=made.earlier().iloc[:0]))).startswith(
        "No earlier forecast is kept yet"
    )


def test_a_count_with_missing_days_is_judged_by_day_or_not_at_all():
    """Said were 3,300 for 31 days, 3,100 to 3,500. Of 28 days 2,850 came: by day that is 3,155 in 31."""

    def come(seen, days):
        now = (made.course()["series"] == "contacts") & (made.course()["at"] == made.MONTHS[-1])
        course = made.course().assign(seen=made.course()["seen"].mask(now, seen), n=made.course()["n"].mask(now, days))
        return made.forecast(course=course)

    def judged(seen, days):
        return forecast_past.held(come(seen, days)).set_index("series").loc["contacts", ["label", "verdict"]].tolist()

    assert judged(2850.0, 28.0) == ["Contacts on 28 of 31 days", "as foretold"]
    assert judged(2790.0, 28.0) == ["Contacts on 28 of 31 days", "less than foretold"]  # 3,089 in 31
    assert judged(2790.0, 31.0) == ["Contacts", "less than foretold"]
    assert judged(2500.0, 27.0) == [
        "Contacts on 27 of 31 days",
        "cannot tell",
    ]  # 2,870 by day, but four days are missing
    assert "Contacts on 28 of 31 days" in text(forecast_past.lead(come(2790.0, 28.0)))
    assert re.search(r"2,790 \(28 of 31 days\) +30 days", text(forecast.expected(come(2790.0, 28.0))))
    assert "the last known figure was 2,790 in October 2026 on 28 of 31 days." in text(
        forecast.pictures(come(2790.0, 28.0))[2]
    )


def test_events_ahead_tell_what_they_were_learned_from():
    said = text(forecast_events.ahead(FOUND))
    assert (
        "Winter letter (newsletter, 20 Nov 2026): +100 contacts (95% +40 to +160), beyond chance: 2,700 with it and 2,600 without"
        in said
    )
    assert "Learned from 8 earlier ones." in said and "no event of this kind has happened before" in said
    assert said.endswith("The forecast above knows these events: they are in it.")  # made by days
    blind = text(forecast_events.ahead(made.forecast(ahead=FOUND.ahead.assign(method="seasonal naive"))))
    assert "(the same month a year before), but whatever fell into the same month of other years is in it" in blind
    plain = text(forecast_events.ahead(made.forecast(ahead=FOUND.ahead.assign(method="naive"))))
    assert "does not know these events (the last month): what they would add comes on top of it." in plain
    assert "in it in part" in text(forecast_events.ahead(made.forecast(ahead=FOUND.ahead.assign(method="combination"))))
    unsure = made.forecast(whatif=made.whatif().assign(lo=-20.0, n_events=1))
    assert "which may as well be nothing" in text(
        forecast_events.ahead(unsure)
    ) and "learned from 1 event only" in text(forecast_events.ahead(unsure))
    assert text(forecast_events.ahead(made.forecast(whatif=made.whatif().iloc[:0]))).startswith(
        "No event that is planned lies ahead"
    )
    assert "+12% (5–20)" in text(forecast_events.learned(FOUND))
    few = made.whatif().assign(**dict.fromkeys(("without", "with", "more", "lo", "hi"), np.nan))
    said = text(forecast_events.ahead(made.forecast(whatif=few)))
    assert "Winter letter (newsletter, 20 Nov 2026): too few days are known to tell what it would add." in said
    shares = made.forecast(whatif=made.whatif().iloc[:0], course=FOUND.course[FOUND.course["series"] != "contacts"])
    assert text(forecast_events.ahead(shares)).endswith("cannot be told: no whole period of contacts is known.")


def test_alerts_stand_newest_first_with_their_state():
    said = text(alerts.lead(ALERTS))
    assert said.startswith(
        "2 alerts up to 31 Oct 2026: 1 new, 1 going on; 1 ended. Newest: Contacts about delivery rose: 84 from 28 Oct to 31 Oct 2026, about 40 expected."
    )
    shown = text(alerts.cards(ALERTS))
    assert (
        shown.index("Contacts about delivery") < shown.index("Negative texts") < shown.index("stand on a higher level")
    )
    assert "44 more than expected (95% +28 to +60), 2.1 times as many" in shown
    assert (
        "State going on, updated 2 times" in shown
        and "ended; last alarm on 6 Sep 2026" in shown
        and "State new" in shown
    )
    assert (
        "28 Oct 2026, seen 3 days later" in shown
        and "Seen also in contacts and answers below a 4 about delivery" in shown
    )
    assert "none was found yet: read ten of these contacts before acting" in shown
    assert f"it was not so: «{HOSTILE}»" in shown and "so it was, and it was news" in shown
    assert 'href="04_five_whys.html#delivery"' in alerts.cards(ALERTS).html and "Where is my parcel?" in shown


def test_a_link_of_an_alert_cannot_run_a_script():
    evil = made.alerts(ledger=made.ledger().assign(href="javascript:alert(1)"))
    assert "javascript" not in alerts.cards(evil).html


def test_no_alert_is_said_with_what_was_watched():
    quiet = made.alerts(ledger=made.ledger().assign(state="over"))
    assert text(alerts.lead(quiet)).startswith(
        "No alert up to 31 Oct 2026: of 5 series watched, of which 4 could be judged, nothing rises"
    ) and "3 earlier alerts ended before." in text(alerts.lead(quiet))
    never = made.alerts(ledger=made.ledger().iloc[:0])
    assert text(alerts.cards(never)).startswith("No alert up to")
    nothing = made.alerts(series=ALERTS.series.iloc[:0])
    assert (
        text(alerts.lead(nothing))
        == "Whether anything rises beyond chance cannot be told: no series has contacts enough to be watched."
    )


def test_older_alerts_are_folded_away():
    many = pd.concat([made.ledger().iloc[[0]].assign(id=f"B-{i}") for i in range(8)], ignore_index=True)
    shown = alerts.cards(made.alerts(ledger=many))
    assert "2 older alerts" in shown.text and shown.html.index("<details") > shown.html.index("alert-B-5")


def test_silence_is_worth_what_it_would_have_seen():
    said = text(alerts_watch.seen(ALERTS))
    # 45 + 60% = 72; 315 + 60% = 504
    assert (
        "a rise from about 45 to 72 on a Saturday (60% more) or a rise from about 315 to 504 in 7 days (60% more) would have been seen"
        in said
    )
    assert (
        "1 series could not be judged, because too little of its past is known" in said
        and "answers below a 4 about delivery" in said
    )
    shown = text(alerts_watch.detectable(ALERTS))
    assert "Usual on a Saturday" in shown and "Seen from, in 7 days" in shown  # the last day looked at is a Saturday
    assert re.search(r"Negative texts +– +cannot tell +– +cannot tell", shown)
    young = made.alerts(detectable=ALERTS.detectable.assign(rise=np.nan))
    assert text(alerts_watch.seen(young)).startswith("What would have been seen cannot be told yet")


def test_the_budget_and_the_precision_are_told_in_words():
    said = text(alerts_watch.budget(ALERTS))
    # half an alarm a month over five series: one series rings falsely once in ten months
    assert "about 0.5 alerts a month would still come" in said and "about once in 10 months" in said
    assert "contacts (3), answers below a 4 (1) and negative texts (1)" in said
    assert said.startswith("5 series are watched: ")
    # of the settings' labels nothing is known of region and of first responses by channel
    assert "Not watched, though the settings name it: contacts by region and slow first responses by channel." in said
    one = made.alerts(series=ALERTS.series.iloc[:1], rules=AlertRules(dimensions=(), scores_by=(), slow_by=()))
    alone = text(alerts_watch.budget(one))
    assert alone.startswith("1 series is watched: contacts (1).") and "about once in a month" in alone
    assert "Not watched" not in alone
    many = made.alerts(series=ALERTS.series.iloc[:1], rules=AlertRules(budget=4.0))
    assert "about once in 8 days" in text(alerts_watch.budget(many))  # a quarter of 30.4
    assert text(alerts_watch.precision(ALERTS)).startswith(
        "Right so far: 1 of 2 alerts that an analyst judged, 50.0% (95% 9.4–90.5%); 1 of them told something new."
    )
    none = SimpleNamespace(judged=0, right=0, news=0, open=3, value=np.nan, lo=np.nan, hi=np.nan)
    assert "No alert has been judged yet" in text(
        alerts_watch.precision(made.alerts(precision=none))
    ) and "3 alerts wait" in text(alerts_watch.precision(made.alerts(precision=none)))


def test_people_are_told_missing_or_idle_only_beyond_chance():
    said = text(staffing.lead(PEOPLE))
    # 20 hours on the phone are planned and judged; at the one at night nobody is needed nor planned
    assert (
        "Of 20 hours of the week that could be judged, in 1 people are missing beyond chance: phone on Mon 10:00–11:00 takes 7 and has 5"
        in said
    )
    assert "in 1 fewer people would do: phone on Mon 17:00–18:00 takes 2 and has 5" in said
    assert "phone: 60 hours of handling a week; most at once on Mon at 10:00, which takes 7 people (95% 6–8)." in said
    assert "fax: what the work takes is not known, because only 9 contacts have a handling time." in said
    assert (
        "80% are to be answered within 20 seconds" in said and "Paid time is 1.43 times as much, at 30%" in said
    )  # 1 ÷ 0.7
    alone = (
        made.hours().query("channel == 'phone'").assign(needed=1.0, needed_lo=1.0, needed_hi=1.0, workload_hours=0.05)
    )
    assert "phone: 1 hour of handling a week; most at once on Mon at 3:00, which takes 1 person" in text(
        staffing.lead(made.staffing(hours=alone))
    )
    picture = staffing.against_plan(PEOPLE)[0]
    assert picture.title == "phone: people are missing on Mon 10:00–11:00, fewer would do on Mon 17:00–18:00"
    assert picture.alt.endswith("The widest gap is +3 on Mon at 17:00.") and picture.fold == ""
    assert ">−2<" in picture.svg and ">+3<" in picture.svg
    night = staffing.open_hours(PEOPLE.hours.query("channel == 'phone'"))
    assert 3 not in set(night["hour"])
    unplanned = made.staffing(hours=made.hours().assign(planned=np.nan), no_plan="the data have no staffing")
    assert "not held against a plan by the hour: the data have no staffing" in text(staffing.lead(unplanned))
    assert staffing.against_plan(unplanned) == [] and staffing.worst_table(unplanned) is None


def test_hours_that_follow_each_other_are_one_shortage():
    """Nine to eleven on Monday and Tuesday; the wider gap first: −2 − 1 = −3 against −1 − 1 = −2."""
    rows = (
        made.hours()
        .query("channel == 'phone' and hour in [9, 10]")
        .assign(verdict="missing", gap=-1.0, needed=[5.0, 6, 7, 8])
    )
    rows.loc[rows.index[2], "gap"] = -2.0
    found = staffing_hours.runs(rows)
    assert [(run["weekday"], run["start"], run["end"], run["hours"], run["gap"]) for run in found] == [
        ("Tue", 9, 11, 2, -3),
        ("Mon", 9, 11, 2, -2),
    ]
    assert staffing_hours.hours_named(rows)[0] == "phone on Tue 9:00–11:00 takes 7–8 and has 5"
    apart = rows.assign(hour=[9, 11, 9, 10])
    assert [run["hours"] for run in staffing_hours.runs(apart)] == [2, 1, 1]


def test_a_plan_that_fits_is_folded_away_and_one_that_cannot_be_judged_is_not_drawn():
    calm = made.staffing(hours=made.hours().assign(verdict="fits"))
    (picture,) = staffing.against_plan(calm)  # of the other channel nothing is planned
    assert (
        picture.fold == "hour of the week (phone)"
        and picture.title == "phone: no hour lacks people or has too many, beyond chance"
    )
    said = text(staffing.lead(calm))
    assert "Of 20 hours of the week that could be judged, none lacks people or has too many beyond chance." in said
    written = made.hours().assign(p=np.nan, verdict="")
    assert staffing.against_plan(made.staffing(hours=written)) == []


def test_days_of_written_work_name_their_channel():
    days = made.days().assign(channel="messenger")
    said = text(staffing.lead(made.staffing(days=days)))
    assert (
        "Of 2 weekdays of messenger that could be judged, in 1 people are missing beyond chance: Mon takes 80 hours and has 60"
        in said
    )


def test_a_chance_that_tells_nothing_makes_no_list():
    said = text(contact_risk.lead(RISK))
    assert said.startswith(
        "At the first response: what is known then tells nothing beyond the base rate. Each contact has the usual chance of a 1 or 2, 15.0%, and no list is made"
    )
    assert (
        "When it is solved: what is known then tells more than the base rate." in said
        and "in 74 of 100 (95% 71–77" in said
    )
    assert "13.7% less (what was saved, 95%: 10.0% to 17.0%)" in said and "opened again (41.0% bad of 200)" in said
    alone = RISK.score.assign(matter_skill=0.09, beyond=0.05, beyond_lo=0.02, beyond_hi=0.08)
    assert (
        "What a contact is about saves 9.0% of the error alone; what else is known takes another 5.0% off (95% 2.0% to 8.0%), beyond chance."
        in text(contact_risk.lead(made.contacts(score=alone)))
    )
    nothing_else = text(contact_risk.lead(made.contacts(score=alone.assign(beyond_lo=-0.01))))
    assert "what else is known adds nothing that can be told from chance." in nothing_else
    weak = made.contacts(score=RISK.score.assign(verdict="tells nothing beyond the base rate"))
    assert contact_risk.reach_out(weak) is None
    unknown = made.contacts(
        score=RISK.score.assign(verdict="cannot be told", why="no satisfaction score belongs to a contact")
    )
    assert text(contact_risk.lead(unknown)).count("no satisfaction score belongs to a contact") == 2
    worth = text(contact_risk.reach_out(RISK))
    assert (
        "120 answered, 50.0% badly (95% 41.2–58.8%), beyond chance more than the usual 15.0%" in worth
        and "130 answers in each half, 867 contacts, 57 weeks" in worth
    )
    assert (
        contact_risk.pictures(RISK)[0].title
        == "Chances when it is solved: in 1 of 2 groups as many bad scores as was said, within noise"
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, "Chances were as large as what happened, within noise (slope 1.02, 95% 0.90–1.15; one is right)."),
        ({"intercept": -0.4, "intercept_hi": -0.1}, "Chances were too high as a whole, which leaves the order"),
        ({"intercept": 0.4, "intercept_lo": 0.1, "intercept_hi": 0.7}, "Chances were too low as a whole"),
        (
            {"slope": 0.6, "slope_lo": 0.4, "slope_hi": 0.8},
            "differences between contacts are overstated (slope 0.60, 95%",
        ),
        ({"slope": 1.6, "slope_lo": 1.2, "slope_hi": 2.0}, "Chances were too timid at both ends, so that differences"),
        ({"intercept_lo": 0.1, "intercept_hi": 0.3, "slope_lo": 1.01}, "as it is and too timid at both ends"),
    ],
)
def test_chances_of_the_wrong_size_are_told_which_way(row, words):
    assert words in text(contact_risk.lead(made.contacts(score=RISK.score.iloc[1:].assign(**row))))


def test_it_is_told_that_moods_are_read_by_what_later_scores_taught():
    taught = "read by what other customers' scores taught, also later ones; never by the customer's own."
    assert taught not in text(contact_risk.lead(RISK))
    assert taught in text(contact_risk.lead(made.contacts(reasons=RISK.reasons.assign(fact="mood"))))


def test_alerts_that_go_on_reach_the_front_page():
    news = forecast_findings.findings(ALERTS, NOW, "06_forecast")
    assert list(news.columns[: len(FINDING_COLUMNS)]) == FINDING_COLUMNS
    first = news.iloc[0]
    assert (first["metric"], first["dimension"], first["label"], first["owner"]) == (
        "contacts",
        "category",
        "delivery",
        "Head of logistics",
    )
    assert (first["value"], first["before"], first["change"], first["floor"], first["weight"]) == (
        84.0,
        40.0,
        44.0,
        16.0,
        2.75,
    )  # (60 − 28) ÷ 2; 44 ÷ 16
    assert json.loads(first["trace"]) == {
        "alert": "A-1",
        "counts": "contacts",
        "from": "2026-10-28",
        "to": "2026-11-01",
    }
    assert (
        first["href"] == "06_forecast.html#alert-A-1"
        and first["follows"] == "Likely explanation: «parcel not there» in the North."
    )
    assert news["dimension"].tolist() == ["category", "(negative texts)"] and news["direction"].tolist() == [
        "",
        "worse",
    ]
    todo = steps(news, NOW)
    assert todo["expected"].tolist()[0] == "back to 40" and todo["owner"].tolist()[1].startswith("nobody named")
    topic = made.alerts(ledger=made.ledger().iloc[[2]].assign(key="contacts/topic=parcel"))
    assert '"alert"' in forecast_findings.findings(topic, NOW, "x")["trace"][0]  # a topic is no column of a contact
    false = made.alerts(ledger=made.ledger().assign(verdict="false"))
    assert (
        forecast_findings.findings(false, NOW, "x").empty
        and forecast_findings.findings(made.empty(ALERTS), NOW, "x").empty
    )


def test_conclusions_say_what_goes_on_what_comes_and_who_is_missing():
    news = forecast_findings.findings(ALERTS, NOW, "x")
    said = text(forecast_findings.conclusions(news, FOUND, ALERTS, PEOPLE))
    assert (
        said.index("Contacts about delivery rose")
        < said.index("November 2026, of 5 series")
        < said.index("Of 20 hours of the week")
    )
    quiet = made.alerts(ledger=made.ledger().iloc[:0])
    assert text(forecast_findings.conclusions(news.iloc[:0], FOUND, quiet, made.empty(PEOPLE))).startswith(
        "No alert up to 31 Oct 2026"
    )


def test_the_front_page_tells_the_headline_figures_ahead():
    shown = front_ahead.ahead(FOUND, PEOPLE, "06_forecast.html")
    said = text(shown)
    assert "What we expect of November 2026" in said and "NPS more 26 24–28" in said and "script" not in said
    assert "1 of 2 figures of October 2026 came as foretold" in said and "in 1 people are missing beyond chance" in said
    assert 'href="06_forecast.html"' in shown.html and '<h2 id="ahead">Ahead</h2>' in shown.html
    assert "What comes next cannot be told: the data have no CSAT." in text(
        front_ahead.ahead(made.empty(FOUND), None, "x.html")
    )
    assert "None of the headline figures can be forecast." in text(
        front_ahead.ahead(FOUND, None, "x.html", ["aht_minutes"])
    )


def test_a_slow_channel_is_told_as_such():
    slow = made.ledger().iloc[[2]].assign(key="slow/channel=email")
    assert text(alerts.cards(made.alerts(ledger=slow))).startswith("Slow first responses by email rose: 84 from 28 Oct")
    news = forecast_findings.findings(made.alerts(ledger=slow), NOW, "x")
    assert news.iloc[0][["dimension", "label", "direction"]].tolist() == [
        "channel (slow first responses)",
        "email",
        "worse",
    ]
    assert json.loads(news["trace"][0])["alert"] == slow["id"].iloc[0]


def test_limits_name_what_would_settle_them():
    rows = forecast_findings.limits(FOUND, ALERTS, PEOPLE, RISK)
    assert rows["what"].tolist()[1:4] == [
        "What the planned release will do to contacts", "Whether contacts rose by less than 189 in 7 days", "Whether answers below a 4 about delivery rise beyond chance",
    ]  # fmt: skip
    assert rows["what"].iloc[0].startswith("Whether Contacts about") and (rows[["why", "settles"]] != "").all().all()
    bare = forecast_findings.limits(made.empty(FOUND), made.empty(ALERTS), made.empty(PEOPLE), made.empty(RISK))
    assert bare["what"].tolist() == [
        "What comes next",
        "Whether anything rises beyond chance",
        "How many people the load takes",
    ]


def test_what_no_report_kept_is_said_to_be_made_again():
    again = made.forecast(earlier=made.earlier().assign(replayed=True))
    said = text(forecast_past.lead(again))
    assert said.startswith(
        "No report of the time kept a forecast: these were made now, with only what was known on 1 Oct 2026"
    )
    assert "No report" not in text(forecast_past.lead(FOUND))
    one = made.earlier()
    half = made.forecast(earlier=one.assign(replayed=one["series"] == "csat_pct"))
    assert "kept all forecasts: 1 were made now" in text(forecast_past.lead(half))


def test_weeks_lead_with_contacts_and_satisfaction():
    days = pd.date_range("2026-11-02", periods=3, freq="7D")
    rows = pd.concat(
        [
            made.ahead(name, level).assign(at=days)
            for name, level in (("nps", 20.0), ("csat_pct", 80.0), ("contacts", 700.0))
        ]
    )
    found = made.forecast(
        ahead=rows,
        course=made.course().assign(
            at=lambda own: pd.date_range("2026-07-20", periods=15, freq="7D")[own.groupby("series").cumcount()]
        ),
    )
    said = text(forecast_weeks.weeks(found)[0])
    assert said.startswith("Contacts, the next 3 weeks") and "CSAT, the next 3 weeks" in said
    assert re.search(r"16 Nov 2026 +700 +698–702 +695–705", said)
    assert "NPS, the next" not in said
    assert "the report is by week itself, or weeks were not asked for" in text(forecast_weeks.weeks(None)[0])
    assert (
        text(forecast_weeks.weeks(made.empty(FOUND))[0])
        == "What the next weeks bring cannot be told: the data have no CSAT."
    )


class Tables(dict):
    """Result tables by name, as the front page reads them."""

    def results(self):
        return list(self)

    def result(self, name):
        return self[name]


def test_the_front_page_reads_one_grain_from_the_tables():
    frames = {name: getattr(FOUND, name) for name in front_ahead.FRAMES}
    both = {
        f"forecast_{name}": pd.concat([frame.assign(grain="month"), frame.assign(grain="week")])
        for name, frame in frames.items()
    }
    people = {f"staffing_{name}": getattr(PEOPLE, name) for name in ("hours", "days", "channels")}
    shown = front_ahead.shown(Tables(both | people), "month", "06_forecast.html")
    assert shown == front_ahead.ahead(FOUND, PEOPLE, "06_forecast.html")
    assert front_ahead.shown(Tables(), "month", "x.html").html == ""
    silent = (
        both
        | people
        | {"forecast_words": pd.DataFrame({"grain": ["month"], "series": [""], "words": ["no month is whole"]})}
    )
    assert "What comes next cannot be told: no month is whole." in text(
        front_ahead.shown(Tables(silent), "month", "x.html")
    )


def test_silence_of_what_could_not_be_judged_is_no_all_clear():
    none = made.alerts(ledger=ALERTS.ledger.iloc[:0], series=ALERTS.series.assign(judged=False))
    assert text(alerts.lead(none)).endswith("cannot be told: too little of the past is known of all 5 series watched.")
    lone = made.alerts(ledger=ALERTS.ledger.iloc[:0], series=ALERTS.series.head(1).assign(judged=False))
    assert text(alerts.lead(lone)).endswith("too little of the past is known of the one series watched.")
    whole = made.alerts(ledger=ALERTS.ledger.iloc[:0], series=ALERTS.series.assign(judged=True))
    assert "of 5 series watched nothing rises" in text(alerts.lead(whole))
