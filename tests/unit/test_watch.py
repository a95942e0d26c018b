"""The hourly look from the outside: real cleaning, a real web server, a ledger on disk; once an hour, once an incident."""

import json

import pandas as pd
import pytest
from alert_world import BEGAN, LAST, contacts, write_export, write_params
from outlet_servers import Hook, serving
from voc.data.problems import InputError
from voc.data.store import opened as store_of
from voc.run import cli
from voc.run.alert_ledger import ledger_of
from voc.run.settings import load_settings
from voc.run.watch import page_with, watch

SEND = """\
send:
  - {to: webhook, url: "${SHOP_HOOK}", form: slack}
  - {to: file, path: alerts.jsonl}
address: https://reports.example/voc
cleaning: {duplicates: {minutes: 1}}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop with its export up to two days before anything happens, and a web server that is down."""
    folder = tmp_path_factory.mktemp("shop")
    patch = pytest.MonkeyPatch()
    patch.setenv("VOC_REPORTS", str(folder / "reports"))
    path = write_params(folder, SEND)
    with serving(Hook()) as server:
        patch.setenv("SHOP_HOOK", server.url)
        yield folder, path, server
    patch.undo()


def export(folder, until: str) -> None:
    rows = contacts()
    write_export(folder, rows[rows["created_local"] < until])


def run_cli(monkeypatch, capsys, *words) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["voc", "watch", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    said = capsys.readouterr()
    return left.value.code, said.out, said.err


def sent(ledger) -> list[str]:
    """To whom what goes on was sent."""
    return ledger.read().query("state == 'going'")["sent"].tolist()


def test_a_secret_that_is_not_set_is_told_before_anything_is_done(shop, monkeypatch, capsys):
    folder, path, _ = shop
    monkeypatch.delenv("SHOP_HOOK")
    status, out, err = run_cli(monkeypatch, capsys, path)
    assert (status, out) == (1, "") and "send, slack, url: the environment variable SHOP_HOOK is not set" in err
    assert not (folder / "reports").exists()


def test_from_calm_to_an_alert_that_is_sent_once(shop, monkeypatch, capsys):
    folder, path, server = shop
    export(folder, "2026-10-22 12:00")
    status, out, err = run_cli(monkeypatch, capsys, path, "--set", "alerts.budget=0.2")
    assert (err, status) == ("", 0) and out.replace("\xa0", " ") == "no alert up to 21 Oct 2026: 8 series watched\n"
    assert run_cli(monkeypatch, capsys, path, "--quiet", "--set", "alerts.budget=0.2") == (0, "", "")
    assert not server.got
    for nothing, n in (("alerts.budget=0.000001", 8), ("alerts.least=1000000", 0)):
        status, out, err = run_cli(monkeypatch, capsys, path, "--set", nothing)
        assert (status, err) == (0, "") and out.endswith(f": {n} series watched\n")

    export(folder, "2026-11-01")
    server.status = 503
    status, out, err = run_cli(monkeypatch, capsys, path, "--quiet", "--set", "alerts.budget=0.2")
    assert status == 1 and out.startswith("new: Contacts about login rose: ")
    assert "to slack: the webhook answered 503 Service Unavailable" in err and "secret" not in err
    ledger = ledger_of(load_settings(path))
    assert sent(ledger) == ["file"] and len(server.got) == 1

    server.status = 200
    status, out, err = run_cli(monkeypatch, capsys, path, "--set", "alerts.budget=0.2")
    assert (status, err) == (10, "") and out.startswith("going on: Contacts about login rose: ")
    assert sent(ledger) == ["file; slack"]
    assert run_cli(monkeypatch, capsys, path, "--quiet", "--set", "alerts.budget=0.2") == (10, "", "")
    assert len(server.got) == 2
    told = server.got[1][1]["text"]
    assert "those with app version 7.3 carry" in told.lower() and "Owner: App team" in told
    voices = [line for line in told.splitlines() if line.startswith("«")]
    assert len(voices) == 3 and all("<" not in line and "@all" not in line and "://" not in line for line in voices)
    lines = (folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["key"] for line in lines] == ["contacts/issue=login"]


def test_the_reports_own_store_is_left_alone(shop):
    _folder, path, _ = shop
    loaded = load_settings(path)
    assert not (loaded.work / "store").exists() and not (loaded.work / "state.json").exists()
    with store_of(loaded.work.with_name("shop-watch") / "store") as store:
        assert store.read("interactions").count().to_pyarrow().as_py() == len(contacts())


def test_a_wrong_verdict_is_told_and_nothing_is_lost(shop, monkeypatch, capsys):
    _, path, _ = shop
    ledger = ledger_of(load_settings(path))
    kept, text = ledger.memory.read_bytes(), ledger.path.read_text(encoding="utf-8-sig")
    ledger.path.write_text(text.replace(",,", ",perhaps,", 1), encoding="utf-8")  # of the newest alert, in row 2
    status, _, err = run_cli(monkeypatch, capsys, path, "--set", "alerts.budget=0.2")
    assert status == 1 and "row 2, column verdict: 'perhaps' is no verdict" in err
    assert ledger.memory.read_bytes() == kept
    ledger.path.write_text(text, encoding="utf-8")


def test_the_link_leads_to_the_newest_report_and_to_the_alert_where_it_is_told(shop):
    folder, path, _ = shop
    loaded = load_settings(path)
    seen = type("Seen", (), {"until": pd.Timestamp("2026-10-31")})
    assert page_with(loaded, seen, "A-1") == ""
    page = folder / "reports" / "shop" / "2026-09" / "06_forecast.html"
    page.parent.mkdir(parents=True)
    page.write_text('<li id="alert-A-1">', encoding="utf-8")
    assert page_with(loaded, seen, "A-1") == "https://reports.example/voc/shop/2026-09/06_forecast.html#alert-A-1"
    assert page_with(loaded, seen, "A-2") == "https://reports.example/voc/shop/2026-09/06_forecast.html"
    plain = load_settings(path, address=None)
    assert page_with(plain, seen, "A-1") == f"{page.as_uri()}#alert-A-1"


def test_wrong_settings_are_told_as_for_a_report(tmp_path):
    with pytest.raises(InputError, match=r"alerts\.budget.*greater than 0"):
        watch(write_params(tmp_path, "alerts: {budget: 0.0}\n"))
    assert BEGAN < LAST
