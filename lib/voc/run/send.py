"""Alerts sent: e-mail by SMTP, webhooks by HTTP, lines of JSON to a file. What fails is told without any secret in it."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path

from ..report.alert_messages import Message, mattermost, slack, text
from .outlets import IMPLICIT_TLS, Mail, Outlet, ToFile, Webhook

SECONDS = 10.0
FORMS = {"slack": slack, "mattermost": mattermost, "json": lambda said: dict(said.record)}
OF_ONE_LETTER = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


class NotSent(Exception):
    """An alert could not be sent, wholly (``some`` is False) or to some of those it was meant for; says to whom and why.

    ``gone``: nobody is there who would take another one.
    """

    def __init__(self, why: str, some: bool = False, gone: bool = False):
        super().__init__(why)
        self.some, self.gone = some, gone


def send(said: Message, outlet: Outlet) -> None:
    """Send one alert to one outlet; raise NotSent with the reason, whatever went wrong: others are still to be sent."""
    try:
        if isinstance(outlet, Mail):
            _mail(said, outlet)
        elif isinstance(outlet, Webhook):
            _post(FORMS[outlet.form](said), outlet.url)
        else:
            _append(said, outlet)
    except urllib.error.HTTPError as error:
        raise NotSent(f"{outlet.title}: the webhook answered {error.code} {_words(error.code)}") from None
    except urllib.error.URLError as error:
        raise NotSent(f"{outlet.title}: the webhook cannot be reached ({_reason(error.reason)})", gone=True) from None
    except HTTPException as error:
        raise NotSent(f"{outlet.title}: the webhook does not speak HTTP ({type(error).__name__})", gone=True) from None
    except smtplib.SMTPException as error:
        gone = not isinstance(error, OF_ONE_LETTER)
        raise NotSent(f"{outlet.title}: the mail server did not take it ({_refusal(error)})", gone=gone) from None
    except OSError as error:
        raise NotSent(f"{outlet.title}: {_reason(error)}", gone=True) from None
    except NotSent:
        raise
    except Exception as error:  # its words may hold an address or a password
        raise NotSent(f"{outlet.title}: it cannot be sent as it is ({type(error).__name__})") from None


def letter(said: Message, outlet: Mail) -> EmailMessage:
    """Put a message into an e-mail; sent again it has the same Message-ID, so that a mailbox may know it."""
    made = EmailMessage()
    made["Subject"] = said.title
    made["From"] = outlet.sender
    made["To"] = ", ".join(outlet.recipients)
    made["Date"] = format_datetime(localtime())
    made["Message-ID"] = f"<{said.id}.{said.record['seen']}@{outlet.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text(said))
    return made


def _mail(said: Message, outlet: Mail) -> None:
    made = letter(said, outlet)
    secure = ssl.create_default_context()
    if outlet.port == IMPLICIT_TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(outlet.host, outlet.port, timeout=SECONDS, context=secure)
    else:
        server = smtplib.SMTP(outlet.host, outlet.port, timeout=SECONDS)
    with server:
        if outlet.starttls and outlet.port != IMPLICIT_TLS:
            server.starttls(context=secure)
        if outlet.user:
            server.login(outlet.user, outlet.password or "")
        refused = server.send_message(made)
    if refused:
        raise NotSent(
            f"{outlet.title}: the mail server refused {', '.join(sorted(refused))}; the others have it", some=True
        )


class _NoDetour(urllib.request.HTTPRedirectHandler):
    """A redirected message would arrive as a question without content: better told as not sent."""

    def redirect_request(self, *_args, **_kwargs) -> None:
        """Follow no redirect."""


def _post(payload: dict, url: str) -> None:
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8")
    request = urllib.request.Request(url, body, {"Content-Type": "application/json; charset=utf-8"}, method="POST")
    with urllib.request.build_opener(_NoDetour).open(request, timeout=SECONDS):
        pass


def _append(said: Message, outlet: ToFile) -> None:
    """Add one line in one write, so that two who write at once mix no lines."""
    path = Path(outlet.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(said.record, ensure_ascii=False) + "\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line.encode("utf-8"))
    finally:
        os.close(file)


def _words(code: int) -> str:
    return HTTPStatus(code).phrase if code in iter(HTTPStatus) else ""


def _reason(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return f"no answer within {SECONDS:.0f} seconds"
    return getattr(reason, "strerror", None) or type(reason).__name__


def _refusal(error: smtplib.SMTPException) -> str:
    """Say why a server refused, in its own words where it gave any."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{name}: {code} {_told(words)}" for name, (code, words) in sorted(error.recipients.items()))
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_told(error.smtp_error)}"
    return str(error) or type(error).__name__


def _told(words: bytes | str) -> str:
    plain = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(plain.split())[:200]
