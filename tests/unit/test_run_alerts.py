"""The alerts of a month: found in contacts, told with cause, owner and voices, and kept."""

import pandas as pd
import pytest
from alert_world import BEGAN, LAST, contacts, month_of, write_params
from voc.report.pages import alerts as page
from voc.run.alert_reads import Reads, covers, matters
from voc.run.alerts import MonthsAlerts

LOGIN = "contacts/issue=login"


@pytest.fixture(scope="module")
def rows():
    return contacts()


@pytest.fixture
def shop(tmp_path, monkeypatch, rows):
    """Return a function that opens the month anew; its alerts are those of another process."""
    monkeypatch.setenv("VOC_REPORTS", str(tmp_path / "reports"))
    path, opened = write_params(tmp_path), []

    def alerts(period="2026-10", reads=None, contacts=rows, **overrides) -> MonthsAlerts:
        opened.append(month_of(path, contacts, period, **overrides))
        return MonthsAlerts(opened[-1], reads=reads)

    yield alerts
    for month in opened:
        month.close()


def test_a_planted_rise_is_one_alert_with_cause_owner_and_voices(shop):
    found = shop().found
    assert found.until == LAST and not found.why and found.series["judged"].all()
    one = found.ledger[found.ledger["state"] == "going"].to_dict("records")
    assert [row["key"] for row in one] == [LOGIN]
    assert (one[0]["start"] - BEGAN).days in range(-1, 2) and 90 < one[0]["excess"] < 150  # 15 a day on eight days
    assert "those with app version 7.3 carry" in one[0]["cause"].lower()
    assert "coincides with «App 7.3», 23" in one[0]["cause"]
    assert one[0]["owner"] == "App team"  # named for the category of an issue that nobody is named for
    voices = found.voices[found.voices["id"] == one[0]["id"]]
    assert len(voices) == 3 and voices["interaction_id"].is_unique
    assert (found.precision.judged, found.precision.open) == (0, len(found.ledger))
    shown = page.cards(found).html
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_a_second_run_gives_the_same_ledger_and_tables(shop):
    first = shop()
    tables = first.frames()
    first.remember()
    kept = first.file.path.read_bytes(), first.file.memory.read_bytes()
    second = shop()
    for name, frame in second.frames().items():
        pd.testing.assert_frame_equal(frame, tables[name])
    second.remember()
    assert kept == (second.file.path.read_bytes(), second.file.memory.read_bytes())


@pytest.mark.parametrize("nothing", [{"alerts.least": 1e6}, {"alerts.budget": 1e-60}])
def test_a_look_that_finds_nothing_is_told_and_kept(shop, nothing):
    before = shop()
    before.remember()  # what was found with other settings stays in the ledger, and ends
    alerts = shop(**nothing)
    tables = alerts.frames()
    assert alerts.watched.incidents.empty and tables["alerts_members"].empty and tables["alerts_voices"].empty
    assert tables["alerts"].set_index("key").loc[LOGIN, "id"] in page.cards(alerts.found).html
    alerts.remember()
    assert set(alerts.file.read()["id"]) == set(before.file.read()["id"])
    alerts.file.memory.unlink()
    alerts.file.path.unlink()
    first = shop(**nothing)
    assert first.found.ledger.empty and first.frames()["alerts"].empty
    first.remember()
    assert first.file.read().empty


def test_tables_keep_keys_and_lead_back_to_contacts(shop, rows):
    tables = shop().frames()
    alert = tables["alerts"].set_index("key").loc[LOGIN]
    assert (
        alert["alert"].startswith("Contacts about login rose: ")
        and alert["related"] == "contacts/category=account; contacts"
    )
    ids = tables["alerts_members"].loc[tables["alerts_members"]["alert"] == alert["id"], "interaction_id"]
    mine = rows.set_index("interaction_id").loc[ids]
    assert len(ids) == alert["observed"] and set(mine["issue"]) == {"login"}
    assert mine["created_local"].between(alert["start"], alert["last"] + pd.Timedelta(days=1)).all()
    assert set(tables["alerts_detectable"]["key"]) == set(tables["alerts_series"]["key"])


def test_an_analysts_word_is_shown_and_counted(shop):
    alerts = shop()
    alerts.remember()
    text = alerts.file.path.read_text(encoding="utf-8-sig")
    name = alerts.found.ledger.set_index("key").loc[LOGIN, "id"]
    alerts.file.path.write_text(text.replace(f"{name},,", f"{name},true,the new app"), encoding="utf-8")
    found = shop().found
    assert found.ledger.set_index("key").loc[LOGIN, ["verdict", "remark"]].tolist() == ["true", "the new app"]
    assert (found.precision.right, found.precision.judged) == (1, 1)


def test_a_report_of_an_older_month_does_not_know_what_came_later(shop):
    now = shop()
    now.remember()
    kept = now.file.memory.read_bytes()
    older = shop("2026-09")
    assert older.found.until == pd.Timestamp("2026-09-30") and LOGIN not in set(older.found.ledger["key"])
    older.remember()
    assert LOGIN in older.file.memory.read_text() and set(now.file.read()["id"]) <= set(older.file.read()["id"])
    assert next(row for row in kept.decode().splitlines() if LOGIN in row).rstrip(",") in older.file.memory.read_text()


def test_a_partial_period_is_looked_at_up_to_the_last_day_of_the_data(shop, rows):
    early = rows[rows["created_local"] < "2026-10-27"]
    assert shop(contacts=early).until == pd.Timestamp("2026-10-26")


def test_topics_are_told_by_name_and_kept_by_id(shop, rows):
    month = shop().month
    said = rows[["interaction_id"]].assign(topic=["T7" if issue == "login" else "T8" for issue in rows["issue"]])
    read = rows[["interaction_id"]].assign(mood=0)
    known = Reads(month.store.load(said), month.store.load(read), {"T7": "cannot <b>log in</b>", "T8": "the rest"})
    alerts = MonthsAlerts(month, reads=known)
    front = alerts.found.ledger.iloc[0]
    named = [front["key"], *front["related"]]
    assert "contacts/topic=cannot <b>log in</b>" in named
    assert "contacts/topic=T7" in set(alerts.frames()["alerts_series"]["key"])
    assert "about cannot &lt;b&gt;log in" in page.cards(alerts.found).html
    alerts.remember()
    assert "topic=T7" in alerts.file.memory.read_text()


def test_topics_are_watched_only_where_nearly_all_contacts_were_read(shop, rows):
    month = shop().month
    said = rows[["interaction_id"]].assign(topic="T1")
    late = rows["created_local"] >= "2026-10-20"
    early = rows["created_local"] < "2026-04-01"
    table = month.measured
    assert covers(table, month.store.load(said))
    assert not covers(table, month.store.load(said[~late])) and not covers(table, month.store.load(said[~early]))


def test_without_labels_or_texts_the_whole_is_watched(shop, rows):
    bare = rows[["interaction_id", "source", "created_at", "created_local", "customer_id", "language"]]
    found = shop(contacts=bare).found
    assert set(found.series["key"]) == {"contacts"}
    going = found.ledger[found.ledger["state"] == "going"]
    assert going[["key", "owner"]].values.tolist() == [["contacts", "Head of service"]] and found.voices.empty


def test_courtesy_is_no_matter_that_is_watched(store):
    said = store.load(pd.DataFrame({"interaction_id": ["a", "b", "c"], "topic": ["T1", "T2", "none"]}))
    ledger = pd.DataFrame({"id": ["T1", "T2"], "label": ["parcel", "thanks"], "beside": [False, True]})
    assert sorted(matters(said, ledger).to_pyarrow()["topic"].to_pylist()) == ["T1", "none"]
    assert matters(said, None) is said


def test_an_hourly_look_keeps_what_a_report_explained_and_fills_in_what_is_blank(shop):
    alerts = shop()
    kept = alerts.entered(None).kept.assign(cause="told by the whys")
    hourly = MonthsAlerts(alerts.month, sparing=True)
    assert set(hourly.entered(kept).kept["cause"]) == {"told by the whys"}
    blank = hourly.entered(kept.assign(cause="", owner="")).kept.set_index("key")
    assert "with app version 7.3" in blank.loc[LOGIN, "cause"] and blank.loc[LOGIN, "owner"] == "App team"
    assert set(blank.loc[blank["state"] == "over", "cause"]) <= {""}
