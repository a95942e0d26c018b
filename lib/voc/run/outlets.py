"""Where alerts are sent to: e-mail, a chat's webhook, or a file.

What only the company may know (a webhook's address, a password) is named in params and stands in the environment: it is in no
params file, no manifest and no message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from ..data.problems import InputError, Problem
from ..data.sources import Strict
from .yamls import expand

IMPLICIT_TLS = 465
NEAR = ("localhost", "127.0.0.1", "::1")
NAME = r"^[a-z][a-z0-9_-]*$"
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*\.?")
LONGEST_HOST = 253
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")


class _Outlet(Strict):
    name: str | None = Field(default=None, pattern=NAME, description="short name; by default what it is sent to")

    @property
    def title(self) -> str:
        """The name under which the ledger notes what was sent."""
        return self.name or self.to  # type: ignore[attr-defined]


class Mail(_Outlet):
    """E-mail through a server of the company."""

    to: Literal["email"]
    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    starttls: bool = True
    user: str | None = None
    password: str | None = None
    sender: str
    recipients: list[str] = Field(min_length=1)

    _secret = field_validator("password")(lambda value: _from_environment(value))

    @field_validator("host")
    @classmethod
    def _is_host(cls, value: str) -> str:
        if not is_host(value):
            raise ValueError(f"{value!r} is no name of a server: write mail.company.example (other letters as xn--…)")
        return value

    @field_validator("user")
    @classmethod
    def _is_ascii(cls, value: str | None) -> str | None:
        if value is not None and not value.isascii():
            raise ValueError(f"{value!r} has letters that no mail server's login takes: only ASCII")
        return value

    @field_validator("sender", "recipients")
    @classmethod
    def _is_address(cls, value: str | list[str]) -> str | list[str]:
        for one in [value] if isinstance(value, str) else value:
            local, _, domain = one.rpartition("@")
            if not (LOCAL.fullmatch(local) and is_host(domain)):
                raise ValueError(f"{one!r} is no e-mail address: write name@company.example (other letters as xn--…)")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Mail:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together: write both or neither")
        if self.user and not self.starttls and self.port != IMPLICIT_TLS and self.host not in NEAR:
            raise ValueError("without starttls the password would travel in clear: leave starttls out, or use port 465")
        return self


class Webhook(_Outlet):
    """An address that takes messages by HTTP, as Slack and Mattermost give it."""

    to: Literal["webhook"]
    url: str
    form: Literal["slack", "mattermost", "json"]

    _secret = field_validator("url")(lambda value: _from_environment(value))

    @property
    def title(self) -> str:
        """The name under which the ledger notes what was sent."""
        return self.name or self.form


class ToFile(_Outlet):
    """A file that gets one line of JSON an incident."""

    to: Literal["file"]
    path: str = Field(min_length=1)


Outlet = Annotated[Mail | Webhook | ToFile, Field(discriminator="to")]


def is_host(name: str) -> bool:
    """Tell whether a name can be looked up: an IP address, or labels of one to 63 ASCII letters.

    >>> [is_host(name) for name in ("mail.shop.example", "::1", ".example", "a..b", "x" * 64, "[b.example")]
    [True, True, False, False, False, False]
    """
    try:
        ip_address(name)
    except ValueError:
        return len(name) <= LONGEST_HOST and bool(HOST.fullmatch(name))
    return True


def is_web_address(text: str) -> bool:
    """Tell whether a text is an http(s) address that can be asked as it stands.

    >>> [is_web_address(text) for text in ("https://hooks.example/T1", "https://[abc/", "ftp://a", "https://a.example/é", "http://a:x/")]
    [True, False, False, False, False]
    """
    if not re.fullmatch(r"[!-~]+", text):
        return False
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port  # both are parsed only here
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and is_host(host or "")


def twice(outlets: Sequence[Outlet]) -> list[Problem]:
    """Find outlets of one name: the ledger could not tell them apart."""
    titles = [one.title for one in outlets]
    cure = "Give each a name of its own: name: …"
    return [
        Problem("send", f"{title!r} stands twice", cure) for title in dict.fromkeys(titles) if titles.count(title) > 1
    ]


def opened(outlets: Sequence[Outlet], params: Path) -> list[Outlet]:
    """Fill in what stands in the environment, and paths as seen from the params file.

    Raises InputError, all in one, for a variable that is not set, for a webhook that is no http(s) address and for a password that
    no mail server takes; it names the variable, never its value.
    """
    problems: list[Problem] = []
    filled = [_filled(one, params, problems) for one in outlets]
    if problems:
        raise InputError(str(params), problems)
    return filled


def _filled(outlet: Outlet, params: Path, problems: list[Problem]) -> Outlet:
    name = {"webhook": "url", "email": "password", "file": "path"}[outlet.to]
    said = getattr(outlet, name)
    if said is None:
        return outlet
    where = f"send, {outlet.title}, {name}"
    try:
        value = expand(said)
    except ValueError as error:
        problems.append(Problem(where, str(error), "Set it where voc watch runs, such as in the crontab."))
        return outlet
    if isinstance(outlet, ToFile):
        value = str((params.parent / value).resolve())
    if isinstance(outlet, Webhook) and not is_web_address(value):
        cure = "Copy it from the chat's settings."
        problems.append(Problem(where, f"what {said} holds is no http or https address", cure))
    if isinstance(outlet, Mail) and not value.isascii():
        cure = "Set a password of ASCII letters: many mail servers take no others."
        problems.append(Problem(where, f"what {said} holds is not in ASCII", cure))
    return outlet.model_copy(update={name: value})


def _from_environment(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"\$\{\w+\}", value):
        raise ValueError("is a secret and does not belong into a file: write ${NAME} and set NAME in the environment")
    return value
