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


@pytest.mark.parametrize(
    "address", ["https://[abc/secret", "https://.example/secret", f"https://{'a' * 70}.example/secret", "https://hooks.example/s\u2026ecret",
                "http://localhost:99999/secret", "https://hooks.example/a secret"],
)  # fmt: skip
def test_a_webhook_that_cannot_be_asked_is_told_before_anything_is_sent(shop, monkeypatch, address):  # noqa: F811
    loaded = shop(WHERE)
    monkeypatch.setenv("SHOP_HOOK", address)
    with pytest.raises(InputError, match=r"send, slack, url: what \$\{SHOP_HOOK\} holds is no http") as error:
        opened(loaded.settings.send, loaded.path)
    assert "ecret" not in str(error.value)


MAIL = 'send: [{to: email, host: HOST, sender: SENDER, recipients: [a@b.example], user: me, password: "${P}"}]\n'


def mailed(host: str = "mail.example", sender: str = "voc@shop.example") -> str:
    return MAIL.replace("HOST", f'"{host}"').replace("SENDER", f'"{sender}"')


def test_a_password_that_no_server_takes_is_told_without_it(shop, monkeypatch):  # noqa: F811
    loaded = shop(mailed())
    monkeypatch.setenv("P", "пароль")
    with pytest.raises(InputError, match=r"send, email, password: what \$\{P\} holds is not in ASCII") as error:
        opened(loaded.settings.send, loaded.path)
    assert "пароль" not in str(error.value)
    monkeypatch.setenv("P", "hunter2")
    assert opened(loaded.settings.send, loaded.path)[0].password == "hunter2"


@pytest.mark.parametrize(
    "sender", ["a@[b.example", "a@例.example", "名@b.example", "a@b..example", "(x@y.example", "a@", "a b@c"]
)
def test_a_sender_that_no_letter_can_have_is_told(shop, sender):  # noqa: F811
    assert f"{sender!r} is no e-mail address" in told(shop, mailed(sender=sender))


@pytest.mark.parametrize("host", [".example", "mail..example", "x" * 64, "例.example"])
def test_a_mail_server_that_cannot_be_looked_up_is_told(shop, host):  # noqa: F811
    assert f"{host!r} is no name of a server" in told(shop, mailed(host))


def test_a_file_of_a_base_lies_where_the_base_says(shop, tmp_path):  # noqa: F811
    shop(files={"base/source.yml": (tmp_path / "source.yml").read_text()})
    base = (tmp_path / "shop.yml").read_text() + WHERE.replace(
        '{to: webhook, url: "${SHOP_HOOK}", form: slack}', "{to: file, path: /var/all.jsonl, name: all}"
    )
    loaded = shop(base="extends: base/base.yml\n", files={"base/base.yml": base})
    paths = [one.path for one in opened(loaded.settings.send[1:], loaded.path)]
    assert paths == ["/var/all.jsonl", str(tmp_path / "base" / "alerts.jsonl")]


def test_a_files_folder_may_stand_in_the_environment(shop, monkeypatch, tmp_path):  # noqa: F811
    loaded = shop('send: [{to: file, path: "${SHOP_OUT}/alerts.jsonl"}]\n')
    with pytest.raises(InputError, match="send, file, path: the environment variable SHOP_OUT is not set"):
        opened(loaded.settings.send, loaded.path)
    monkeypatch.setenv("SHOP_OUT", "out")
    assert opened(loaded.settings.send, loaded.path)[0].path == str(tmp_path / "out" / "alerts.jsonl")


def test_series_of_columns_that_nothing_has_are_told(shop):  # noqa: F811
    said = told(shop, "alerts: {dimensions: [categry], scores_by: [carrier], slow_by: [chanel]}\n")
    assert "alerts.dimensions: 'categry' is unknown. Did you mean category?" in said
    assert "alerts.slow_by: 'chanel' is unknown. Did you mean channel?" in said
    assert "carrier" not in said  # a further dimension of the source


def test_only_what_has_few_values_is_watched_by_them(shop):  # noqa: F811
    said = told(
        shop, "alerts: {dimensions: [created_at, category, survey_sent], scores_by: [csat], slow_by: [agent_id]}\n"
    )
    for where, name in (("dimensions", "created_at"), ("scores_by", "csat"), ("slow_by", "agent_id")):
        assert f"alerts.{where}: {name!r} is no label and no flag." in said
    assert "'category'" not in said and "'survey_sent'" not in said


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
