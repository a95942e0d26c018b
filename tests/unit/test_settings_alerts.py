"""What params may say of alerts and of whom they are sent to."""

import pytest
from test_settings import shop, told  # noqa: F401
from voc.data.problems import InputError
from voc.run.in_full import write_in_full
from voc.run.outlets import opened
from voc.run.plan import base_key
from voc.run.settings import load_settings

WHERE = """\
send:
  - {to: email, host: mail.shop.example, sender: voc@shop.example, recipients: [a@shop.example]}
  - {to: webhook, url: "${SHOP_HOOK}", form: slack}
  - {to: file, path: alerts.jsonl}
"""


def test_whom_alerts_are_sent_to_is_typed(shop):  # noqa: F811
    mail, hook, file = shop(WHERE).settings.send
    assert (mail.title, mail.port, mail.starttls, hook.title, file.title) == ("email", 587, True, "slack", "file")


def test_all_faults_of_outlets_are_told_at_once_each_with_its_own_names(shop):  # noqa: F811
    wrong = """\
send:
  - {to: webhook, url: "https://hooks.example/T1/secret", form: slack}
  - {to: file, pth: x}
  - {to: pigeon}
  - {path: x}
  - {to: email, host: h, sender: nobody, recipients: []}
  - {to: email, host: h, sender: a@b, recipients: [a@b], user: me, password: hunter2}
"""
    said = told(shop, wrong)
    for part in (
        "send.0.webhook.url (line 6): is a secret", "send.1.file.pth (line 7): unknown name. Did you mean path?", "'pigeon'",
        "send.3 (line 9): to is missing", "'nobody' is no e-mail address", "send.5.email.password (line 11): is a secret",
    ):  # fmt: skip
        assert part in said
    assert "hunter2" not in said and "T1/secret" not in said


def test_two_outlets_of_one_name_need_names(shop):  # noqa: F811
    two = "send: [{to: file, path: a}, {to: file, path: b}]\n"
    assert "'file' stands twice. Give each a name" in told(shop, two)
    named = "send: [{to: file, path: a}, {to: file, path: b, name: second}]\n"
    assert [one.title for one in shop(named).settings.send] == ["file", "second"]


@pytest.mark.parametrize(
    "host, port, tls, fine", [("h", 465, False, True), ("h", 25, False, False), ("localhost", 25, False, True)]
)
def test_a_password_does_not_travel_in_clear(shop, host, port, tls, fine):  # noqa: F811
    more = f"""\
send:
  - {{to: email, host: {host}, port: {port}, starttls: {str(tls).lower()}, user: me, password: "${{P}}", sender: a@b, recipients: [a@b]}}
"""
    if fine:
        assert shop(more).settings.send[0].user == "me"
    else:
        assert "would travel in clear" in told(shop, more)


def test_secrets_come_from_the_environment_and_are_never_printed(shop, monkeypatch):  # noqa: F811
    loaded = shop(WHERE)
    monkeypatch.delenv("SHOP_HOOK", raising=False)
    with pytest.raises(InputError, match=r"send, slack, url: the environment variable SHOP_HOOK is not set\. Set it"):
        opened(loaded.settings.send, loaded.path)
    monkeypatch.setenv("SHOP_HOOK", "file:///etc/secret")
    with pytest.raises(InputError, match="no http or https address") as error:
        opened(loaded.settings.send, loaded.path)
    assert "/etc/secret" not in str(error.value)
    monkeypatch.setenv("SHOP_HOOK", "https://hooks.example/x")
    filled = opened(loaded.settings.send, loaded.path)
    assert filled[1].url == "https://hooks.example/x"
    assert filled[2].path == str(loaded.path.parent / "alerts.jsonl")


def test_series_of_columns_that_nothing_has_are_told(shop):  # noqa: F811
    said = told(shop, "alerts: {dimensions: [categry], scores_by: [carrier], slow_by: [chanel]}\n")
    assert "alerts.dimensions: 'categry' is unknown. Did you mean category?" in said
    assert "alerts.slow_by: 'chanel' is unknown. Did you mean channel?" in said
    assert "carrier" not in said  # a further dimension of the source


def test_spans_begin_with_single_days(shop):  # noqa: F811
    assert shop("alerts: {spans: [1, 14], budget: 0.5}\n").settings.alerts.spans == (1, 14)
    assert "must begin with 1 and rise" in told(shop, "alerts: {spans: [7, 1]}\n")


def test_no_figure_depends_on_whom_alerts_are_sent_to(shop, monkeypatch):  # noqa: F811
    monkeypatch.delenv("VOC_REPORTS", raising=False)
    assert base_key(shop(WHERE), {}) == base_key(shop(), {})
    assert base_key(shop("alerts: {budget: 2.0}\n"), {}) != base_key(shop(), {})


def test_settings_survive_being_written_in_full(shop, monkeypatch, tmp_path):  # noqa: F811
    monkeypatch.setenv("VOC_REPORTS", str(tmp_path / "out"))
    loaded = shop(WHERE + "alerts: {spans: [1, 14]}\nalerts_ledger: said/alerts.csv\n")
    again = load_settings(write_in_full(loaded))
    assert again.settings.send == loaded.settings.send and again.settings.alerts == loaded.settings.alerts
    assert again.settings.alerts_ledger == str(tmp_path / "said" / "alerts.csv")


def test_what_reports_leave_to_later_ones_is_kept_by_name_and_by_invented_shop(shop, monkeypatch, tmp_path):  # noqa: F811
    monkeypatch.setenv("VOC_REPORTS", str(tmp_path))
    assert shop().kept == tmp_path / "kept" / "shop"
    assert shop("sample: {seed: 7}\n").kept == tmp_path / "kept" / "shop" / "sample-7"
