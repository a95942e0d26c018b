"""What is kept of alerts: looks in any order, a list that a spreadsheet wrote back, two who write at once."""

import json
import threading
import time
from types import SimpleNamespace

import pandas as pd
import pytest
from alert_frames import found, incident
from voc.analysis.alerts.entered import entered
from voc.data.problems import InputError
from voc.run import alert_ledger
from voc.run import watch as looking
from voc.run.alert_ledger import LedgerFile, locked
from voc.run.plan import Step, step_key
from voc.run.send import NotSent

WATCHED = ["contacts", "contacts/issue=login", "contacts/issue=refund"]
LOGIN, REFUND = incident(), incident("contacts/issue=refund", "2026-10-28", "2026-10-30", "2026-10-31")
TOPIC = incident("contacts/topic=T7", related=["contacts/issue=login"])


def words(row) -> str:
    return f"about {row['key']}"


def enter(kept, rows, day, watched=WATCHED):
    return entered(kept, found(*rows), day, watched, quiet=7)


def states(ledger) -> dict:
    return dict(zip(ledger["key"].str.partition("=")[2], ledger["state"], strict=True))


def test_a_look_at_the_same_day_again_changes_nothing():
    first = enter(None, [LOGIN], "2026-10-20")
    again = enter(first.kept, [LOGIN], "2026-10-20")
    pd.testing.assert_frame_equal(first.shown, again.shown)
    pd.testing.assert_frame_equal(first.kept, again.kept)
    assert first.shown[["updates", "verdict", "sent"]].values.tolist() == [[0, "", ""]]


def test_an_older_look_neither_shows_nor_closes_nor_overwrites_what_came_later():
    before = enter(None, [LOGIN], "2026-10-20").kept
    grown = LOGIN | {"last": pd.Timestamp("2026-11-04"), "observed": 150.0}
    now = enter(before, [grown, REFUND | {"state": "over"}], "2026-11-05").kept
    assert dict(zip(now["key"], now["updates"], strict=True)) == {REFUND["key"]: 0, LOGIN["key"]: 1}
    older = enter(now, [LOGIN], "2026-10-20")
    assert older.shown[["key", "observed", "state", "updates"]].values.tolist() == [[LOGIN["key"], 84.0, "going", 0]]
    pd.testing.assert_frame_equal(older.kept, now)
    blind = enter(now, [], "2026-10-20")
    assert states(blind.shown) == {"login": "over"} and blind.shown["last"].tolist() == [pd.Timestamp("2026-10-20")]
    pd.testing.assert_frame_equal(blind.kept, now)


def test_an_older_look_adds_what_no_later_one_knew_and_not_what_one_knows_by_another_day():
    now = enter(None, [REFUND], "2026-11-05").kept
    earlier = incident("contacts/issue=refund", "2026-10-27", "2026-10-28", "2026-10-29")
    older = enter(now, [LOGIN, earlier], "2026-10-29")
    assert states(older.shown) == {"login": "going", "refund": "going"}
    assert older.kept["id"].tolist() == [REFUND["id"], LOGIN["id"]]


def test_a_look_without_topics_leaves_theirs_alone_until_they_are_long_quiet():
    kept = enter(None, [TOPIC], "2026-10-20", [*WATCHED, "contacts/topic=T7"]).kept
    blind = enter(kept, [], "2026-10-27").kept
    assert blind[["state", "looked"]].values.tolist() == [["going", pd.Timestamp("2026-10-20")]]
    assert states(enter(kept, [], "2026-10-28").kept) == {"T7": "over"}
    assert states(enter(kept, [], "2026-10-21", [*WATCHED, "contacts/topic=T9"]).kept) == {"T7": "over"}
    other = enter(kept, [LOGIN], "2026-10-21").kept
    assert other[["id", "key"]].values.tolist() == [
        [TOPIC["id"], LOGIN["key"]]
    ]  # the same incident under its other name


@pytest.fixture
def file(tmp_path):
    ledger = LedgerFile(tmp_path / "kept" / "alerts.csv")
    kept = enter(None, [LOGIN | {"related": ["contacts", "contacts/issue=a; b"]}, REFUND], "2026-10-31").kept
    ledger.write(kept.assign(cause="=HYPERLINK(1)", sent="slack"), words)
    return ledger


def rewritten(file, *changes, separator=",") -> None:
    text = file.path.read_text(encoding="utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.path.write_text(text.replace(",", separator), encoding="utf-8")


def test_what_is_kept_comes_back_as_it_was(file):
    back = file.read()
    assert back["related"].tolist() == [[], ["contacts", "contacts/issue=a; b"]]
    assert back[["cause", "sent"]].values.tolist() == [["=HYPERLINK(1)", "slack"]] * 2
    bytes_ = file.path.read_bytes(), file.memory.read_bytes()
    file.write(back, words)
    assert bytes_ == (file.path.read_bytes(), file.memory.read_bytes())
    assert "'=HYPERLINK(1)" in bytes_[0].decode() and ",=" not in bytes_[0].decode()


def test_an_analysts_word_is_read_from_whatever_a_spreadsheet_saved(file):
    rewritten(
        file, (f"{LOGIN['id']},,", f"{LOGIN['id']},TRUE,'=it was \"the\" release"), ("2026-10-06", "06.10.2026"), (REFUND["id"] + ",,", REFUND["id"] + ",known,"),
        separator=";",
    )  # fmt: skip
    back = file.read()
    assert back[["verdict", "remark"]].values.tolist() == [["known", ""], ["true", '=it was "the" release']]
    assert back["seen"].tolist() == [pd.Timestamp("2026-10-30"), pd.Timestamp("2026-10-06")]
    file.write(back, words)
    assert file.read()[["verdict", "remark"]].equals(back[["verdict", "remark"]])
    rewritten(file, (f"{REFUND['id']},known,", f"{REFUND['id']},,"))
    assert file.read()["verdict"].tolist() == ["", "true"]


def test_rows_that_a_list_left_out_are_not_lost(file):
    rows = file.path.read_text(encoding="utf-8-sig").splitlines()
    file.path.write_text("\n".join([rows[0], rows[2].replace(",,", ",false,", 1), ",,,,,"]), encoding="utf-8")
    back = file.read()
    assert back["id"].tolist() == [REFUND["id"], LOGIN["id"]] and back["verdict"].tolist() == ["", "false"]
    file.path.unlink()
    assert len(file.read()) == 2


def test_all_that_is_wrong_in_a_list_is_told_with_its_rows_and_nothing_is_lost(file):
    memory = file.memory.read_bytes()
    rewritten(file, (f"{REFUND['id']},,", f"{REFUND['id']},maybe,"), (LOGIN["id"] + ",", "A-zzz,"))
    with pytest.raises(InputError) as error:
        file.read()
    said = str(error.value)
    assert str(file.path) in said
    assert "row 2, column verdict: 'maybe' is no verdict. Write true, false, known, or leave it empty." in said
    assert "row 3, column id: no alert is called 'A-zzz'. Copy the id again, or delete the row." in said
    assert file.memory.read_bytes() == memory


@pytest.mark.parametrize(
    "text, where",
    [
        (b"a;b\n1;2\n", "row 1: has no column id, verdict, remark"),
        ("id,verdict,remark\nA,,п\n".encode("cp1251"), "is not in UTF-8"),
    ],
)
def test_a_list_that_is_none_is_told(file, text, where):
    file.path.write_bytes(text)
    with pytest.raises(InputError, match=where):
        file.read()


def test_a_memory_that_is_lost_or_broken_is_told_and_not_begun_anew(file):
    file.memory.write_text('[{"id": 3')
    with pytest.raises(InputError, match="is no ledger of alerts"):
        file.read()
    file.memory.unlink()
    with pytest.raises(InputError, match=r"alerts\.json is not there\. Put alerts\.json back"):
        file.read()


def test_nothing_is_kept_at_the_first_look(tmp_path):
    ledger = LedgerFile(tmp_path / "alerts.csv")
    assert ledger.read() is None
    ledger.write(enter(None, [], "2026-10-31").kept, words)
    assert json.loads(ledger.memory.read_text()) == [] and ledger.read().empty


def test_what_an_analyst_saves_between_reading_and_writing_is_not_lost(file):
    kept = file.read()
    rewritten(file, (f"{LOGIN['id']},,", f"{LOGIN['id']},true,known to us"))
    file.write(kept.assign(cause="another"), words)
    back = file.read().set_index("id")
    assert back.loc[LOGIN["id"], ["verdict", "remark", "cause"]].tolist() == ["true", "known to us", "another"]
    assert json.loads(file.memory.read_text())[1]["verdict"] == "true" and back.loc[REFUND["id"], "verdict"] == ""


def test_a_wrong_word_saved_meanwhile_is_told_and_left_to_its_author_and_the_look_is_kept(file):
    kept = file.read()
    rewritten(file, (f"{LOGIN['id']},,", f"{LOGIN['id']},perhaps,"))
    list_ = file.path.read_bytes()
    with pytest.raises(InputError, match="row 3, column verdict: 'perhaps' is no verdict"):
        file.write(kept.assign(cause="another"), words)
    assert file.path.read_bytes() == list_
    assert {row["cause"] for row in json.loads(file.memory.read_text())} == {"another"}


def test_what_was_sent_is_noted_once_beside_what_others_entered_meanwhile(file):
    other = incident("contacts", "2026-10-30", "2026-10-31", "2026-10-31")
    file.write(enter(file.read(), [LOGIN, REFUND, other], "2026-10-31").kept, words)
    for _ in range(2):
        file.note_sent(LOGIN["id"], "file", words)
    assert file.read().set_index("id")["sent"].to_dict() == {
        LOGIN["id"]: "slack; file", REFUND["id"]: "slack", other["id"]: "",
    }  # fmt: skip


def test_who_reads_while_another_is_half_way_sees_one_state(tmp_path, monkeypatch):
    """The memory has one alert already and the list has two yet: read now, the second would be of no alert."""
    ledger, half, replace = LedgerFile(tmp_path / "alerts.csv"), threading.Event(), alert_ledger._replace
    ledger.write(enter(None, [LOGIN, REFUND], "2026-10-31").kept, words)

    def slowly(path, text) -> None:
        if path == ledger.path:
            half.set()
            time.sleep(0.3)
        replace(path, text)

    def writes() -> None:
        with ledger.locked():
            ledger.write(enter(None, [LOGIN], "2026-10-31").kept, words)

    monkeypatch.setattr(alert_ledger, "_replace", slowly)
    writer = threading.Thread(target=writes)
    writer.start()
    assert half.wait(10)
    with pytest.raises(InputError, match="no alert is called"):
        ledger.read()
    assert ledger.now()["id"].tolist() == [LOGIN["id"]] and ledger.verdicts() == []
    writer.join()


THIRD = incident("contacts", "2026-10-30", "2026-10-31", "2026-10-31")
IN_ORDER = [LOGIN["id"], REFUND["id"], THIRD["id"]]


@pytest.fixture
def sent(file, monkeypatch):
    """Return a function that sends three alerts by ``sends``, to two outlets, and returns what failed."""

    def send(sends) -> list[str]:
        now = enter(file.read().assign(sent=""), [LOGIN, REFUND, THIRD], "2026-10-31")
        file.write(now.kept, words)
        for name, made in {"send": sends, "message": lambda row, *_: row["id"], "page_with": lambda *_: ""}.items():
            monkeypatch.setattr(looking, name, made)
        told, mine = SimpleNamespace(ledger=now.shown), {one: one for one in now.shown["id"]}
        alerts = SimpleNamespace(file=file, line=words, told=lambda _now: told, ids=lambda _now: mine)
        outlets = [SimpleNamespace(title=title) for title in ("slack", "file")]
        return looking._sent(alerts, now, outlets, SimpleNamespace(settings=SimpleNamespace(company="A shop")))

    return send


def test_messages_are_sent_while_the_ledger_is_free_and_who_is_not_there_is_asked_once(file, sent):
    asked = []

    def sends(said, outlet) -> None:
        with file.locked(0):
            asked.append((said, outlet.title))
        if outlet.title == "slack":
            raise NotSent("slack: no answer", gone=True)
        if said == REFUND["id"]:
            raise NotSent("file: not this one")

    first, second, third = IN_ORDER
    assert sent(sends) == [
        f"{first} to slack: no answer", f"{second} to file: not this one", "2 more alerts to slack: left for the next look",
    ]  # fmt: skip
    assert asked == [(first, "slack"), *((one, "file") for one in IN_ORDER)]
    assert file.read().set_index("id")["sent"].to_dict() == {first: "file", second: "", third: "file"}


def test_a_wrong_word_saved_while_messages_go_out_is_told_once_and_keeps_none_back(file, sent):
    def sends(said, outlet) -> None:
        if (said, outlet.title) == (IN_ORDER[0], "slack"):
            rewritten(file, (f"{LOGIN['id']},,", f"{LOGIN['id']},perhaps,"))

    (failure,) = sent(sends)
    assert "column verdict: 'perhaps' is no verdict" in failure
    noted = {row["id"]: row["sent"] for row in json.loads(file.memory.read_text())}
    assert noted == dict.fromkeys(IN_ORDER, "slack; file")


def test_nothing_is_made_where_nothing_is_kept(tmp_path):
    ledger = LedgerFile(tmp_path / "kept" / "alerts.csv")
    assert ledger.now() is None and ledger.verdicts() == [] and not (tmp_path / "kept").exists()


def test_two_who_enter_at_once_lose_nothing(tmp_path):
    ledger = LedgerFile(tmp_path / "alerts.csv")

    def one(number: int) -> None:
        for round_ in range(5):
            key = f"contacts/issue=i{number}-{round_}"
            with ledger.locked():
                kept = ledger.read()
                ledger.write(enter(kept, [incident(key)], "2026-10-20", [f"x{number}"]).kept, words)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.read()) == 20


def test_who_waits_too_long_is_told(tmp_path):
    with (
        locked(tmp_path / ".lock"),
        pytest.raises(InputError, match="another run has held it"),
        locked(tmp_path / ".lock", 0),
    ):
        raise AssertionError("the lock was given twice")


def test_a_verdict_makes_the_notebook_of_alerts_run_again_and_no_other(file, tmp_path):
    notebook = tmp_path / "06_forecast.ipynb"
    cell = {
        "cell_type": "code",
        "metadata": {"tags": ["parameters"]},
        "source": ["period = 1"],
        "outputs": [],
        "execution_count": None,
    }
    notebook.write_text(json.dumps({"cells": [cell]}))
    alerts, other = Step("06_forecast", notebook, 3, {}), Step("05_drivers", notebook, 2, {})
    before = file.verdicts()
    rewritten(file, (f"{LOGIN['id']},,", f"{LOGIN['id']},known,since May"))
    after = file.verdicts()
    assert (before, after) == ([], [[LOGIN["id"], "known", "since May"]])
    assert step_key(alerts, "b", "", before) != step_key(alerts, "b", "", after)
    assert step_key(other, "b", "", before) == step_key(other, "b", "", after)


def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(file):
    text = file.path.read_bytes()
    kept = file.read().assign(cause="another")
    file.memory.unlink()
    file.memory.mkdir()
    with pytest.raises(InputError, match=r"alerts\.json.*\n.*cannot be written: Is a directory"):
        file.write(kept, words)
    assert file.path.read_bytes() == text and [path.name for path in file.path.parent.glob(".*.tmp")] == []
