"""Alerts as messages, sent to servers that are there: complete, harmless, and told when they fail."""

import json
import socket
from email import message_from_bytes, policy

import pandas as pd
import pytest
from alert_frames import found, incident
from outlet_servers import Hook, Mailbox, serving
from voc.analysis.alerts.entered import entered
from voc.analysis.alerts.ledger import precision
from voc.analysis.alerts.rules import AlertRules
from voc.report.alert_messages import APART, for_mattermost, for_slack, mattermost, message, slack, text
from voc.run.alerts import Alerts
from voc.run.outlets import Mail, ToFile, Webhook
from voc.run.send import NotSent, letter, send

HOSTILE = "<!channel> @all [free](http://evil.example/x) *now*\r\nBcc: everybody@evil.example \u202eabc"
KEY = "contacts/topic=<!here> **T7**\r\nX: y"


@pytest.fixture
def said():
    ledger = entered(None, found(incident(KEY)), "2026-10-20", [KEY], 7).shown.assign(
        cause=f"About {HOSTILE}", owner="App team", verdict="true"
    )
    voice = {
        "id": ledger["id"].iloc[0],
        "text": HOSTILE,
        "language": "en",
        "channel": "chat",
        "score": 1.0,
        "asked": True,
        "date": pd.NaT,
    }
    voices = pd.DataFrame([voice | {"interaction_id": f"c{n}"} for n in range(4)])
    series = pd.DataFrame({"key": [KEY, "contacts"]})
    alerts = Alerts(
        "", pd.Timestamp("2026-10-20"), AlertRules(), series, ledger, pd.DataFrame(), voices, precision(ledger)
    )
    return message(
        ledger.iloc[0].to_dict(), alerts, "A shop", "https://reports.example/shop/2026-10/06_forecast.html#alert-1"
    )


def hook(form: str, url: str) -> Webhook:
    return Webhook.model_construct(to="webhook", name=None, url=url, form=form)


def mail(port: int, **more) -> Mail:
    return Mail(
        to="email",
        host="127.0.0.1",
        port=port,
        starttls=False,
        sender="voc@shop.example",
        recipients=["a@shop.example", "b@shop.example"],
        **more,
    )


def test_a_message_says_what_how_large_since_when_why_and_whose(said):
    plain = text(said).replace("\xa0", " ")
    for part in (
        "A shop: Contacts about <!here> **T7** X: y rose: 84 from 5 Oct to 20 Oct 2026, about 40 expected.",
        "How large: 44 more than expected (95% +27 to +64), 2.1 times as many; sure", "Since: 5 Oct 2026, seen 6 Oct 2026",
        "Likely explanation: About <!channel>", "Owner: App team", "https://reports.example/shop/2026-10/06_forecast.html#alert-1",
        "Of alerts on 2 series chance alone raises about 1 a month. So far 1 of 1 judged alert was right.",
    ):  # fmt: skip
        assert part in plain
    assert plain.count("(chat, score 1 of 5)") == 3 and "\u202e" not in plain


def test_in_slack_nothing_a_customer_wrote_is_a_call_a_link_or_mark_up(said):
    payload = slack(said)
    shown = payload["text"].replace(said.link, "")
    assert "<" not in shown and ">" not in shown and "&lt;!channel&gt;" in shown
    assert "://" not in shown and "@all" not in shown and "evil.example" not in shown
    assert (payload["mrkdwn"], payload["link_names"], payload["unfurl_links"]) == (False, False, False)
    assert said.link in payload["text"].splitlines()


def test_in_mattermost_neither(said):
    shown = mattermost(said)["text"].replace(said.link, "")
    assert "@all" not in shown and "://" not in shown and "evil.example" not in shown
    assert "\\[free\\]\\(" in shown and "\\*now\\*" in shown and " *now" not in shown and "](" not in shown
    assert for_mattermost("a|b\\`c`").replace(APART, "") == "a\\|b\\\\\\`c\\`"
    assert for_slack("3.5 & more").replace(APART, "") == "3.5 &amp; more"


def test_an_e_mail_has_one_head_and_readable_words(said):
    with serving(Mailbox()) as box:
        send(said, mail(box.port))
    (sender, to, raw) = box.got[0]
    got = message_from_bytes(raw, policy=policy.default)
    assert to == ["a@shop.example", "b@shop.example"] and "voc@shop.example" in sender
    assert (
        got["Subject"].startswith("A shop: Contacts about <!here> **T7** X: y rose")
        and got["Bcc"] is None
        and got["X"] is None
    )
    assert got["Message-ID"] == f"<{said.id}.2026-10-06@shop.example>" and got["Auto-Submitted"] == "auto-generated"
    assert got.get_content_type() == "text/plain" and got.get_content_charset() == "utf-8"
    assert got.get_content().replace("\r\n", "\n") == text(said)
    assert letter(said, mail(1))["Date"]


def test_a_refused_e_mail_is_told_and_one_that_some_refuse_counts_as_sent(said):
    with serving(Mailbox()) as box:
        box.refused = {"a@shop.example"}
        with pytest.raises(NotSent, match=r"refused a@shop.example; the others have it") as some:
            send(said, mail(box.port))
        assert some.value.some and len(box.got) == 1
        box.refused = {"a@shop.example", "b@shop.example"}
        with pytest.raises(
            NotSent, match=r"email: the mail server did not take it \(a@shop.example: 550 no such person here"
        ) as none:
            send(said, mail(box.port))
        assert not none.value.some and len(box.got) == 1


@pytest.mark.parametrize("form", ["slack", "mattermost", "json"])
def test_a_webhook_gets_its_form(said, form):
    with serving(Hook()) as server:
        send(said, hook(form, server.url))
    kind, payload = server.got[0]
    assert kind == "application/json; charset=utf-8"
    if form == "json":
        assert (payload["id"], payload["excess"], payload["start"], payload["owner"]) == (
            said.id,
            43.75,
            "2026-10-05",
            "App team",
        )
        assert len(payload["voices"]) == 3 and payload["voices"][0]["text"] == HOSTILE
    else:
        assert payload == {"slack": slack, "mattermost": mattermost}[form](said)


@pytest.mark.parametrize(
    "status, words", [(404, "404 Not Found"), (500, "500 Internal Server Error"), (302, "302 Found"), (599, "599")]
)
def test_any_answer_but_yes_is_told_without_the_secret(said, status, words):
    with serving(Hook()) as server:
        server.status = status
        with pytest.raises(NotSent) as error:
            send(said, hook("slack", server.url))
    assert f"slack: the webhook answered {words}".strip() in str(error.value) and "secret" not in str(error.value)


def test_nobody_there_and_no_answer_are_told(said, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr("voc.run.send.SECONDS", 0.2)
        for outlet in (hook("slack", f"http://127.0.0.1:{port}/secret"), mail(port)):
            with pytest.raises(NotSent, match=r"no answer within 0 seconds|did not take it \(.*timed out\)") as error:
                send(said, outlet)
            assert "secret" not in str(error.value)
    for outlet in (hook("slack", f"http://127.0.0.1:{port}/secret"), mail(port)):
        with pytest.raises(NotSent, match="Connection refused") as error:
            send(said, outlet)
        assert "secret" not in str(error.value)


def test_a_file_gets_a_line_each(said, tmp_path):
    outlet = ToFile(to="file", path=str(tmp_path / "new" / "alerts.jsonl"))
    send(said, outlet)
    send(said, outlet)
    lines = (tmp_path / "new" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 and json.loads(lines[0])["title"].startswith("Contacts about")
    with pytest.raises(NotSent, match="file: "):
        send(said, ToFile(to="file", path=str(tmp_path)))


def test_whatever_else_goes_wrong_is_told_and_never_with_a_secret(said):
    """As of a variable that was changed after it was checked."""
    with serving(Mailbox()) as box:
        wrong = [
            hook("slack", "https://[abc/secret"),
            hook("slack", "http://127.0.0.1:1/s\u00e9cret"),
            hook("slack", f"http://{'a' * 70}.example/secret"),
            mail(box.port, user="me", password="${P}").model_copy(update={"sender": "a@[secret"}),
        ]
        for outlet in wrong:
            with pytest.raises(NotSent) as error:
                send(said, outlet)
            assert str(error.value).startswith(f"{outlet.title}: ") and "cret" not in str(error.value)
            assert not error.value.some and error.value.__suppress_context__


def test_a_failure_says_whether_anybody_is_there_for_the_next_one(said):
    with serving(Hook()) as server:
        server.status = 400
        with pytest.raises(NotSent) as refused:
            send(said, hook("slack", server.url))
    with pytest.raises(NotSent) as down:
        send(said, hook("slack", server.url))
    with serving(Mailbox()) as box:
        box.refused = {"a@shop.example", "b@shop.example"}
        with pytest.raises(NotSent) as unknown:
            send(said, mail(box.port))
    assert [one.value.gone for one in (refused, down, unknown)] == [False, True, False]
