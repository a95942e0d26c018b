"""Where alerts are sent to: e-mail, a chat's webhook, or a file.

What only the company may know (a webhook's address, a password) is named in params and stands in the environment: it is in no
params file, no manifest and no message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")


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

    @field_validator("sender", "recipients")
    @classmethod
    def _is_address(cls, value: str | list[str]) -> str | list[str]:
        for one in [value] if isinstance(value, str) else value:
            if not ADDRESS.fullmatch(one):
                raise ValueError(f"{one!r} is no e-mail address: write name@company.example")
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


def twice(outlets: Sequence[Outlet]) -> list[Problem]:
    """Find outlets of one name: the ledger could not tell them apart."""
    titles = [one.title for one in outlets]
    cure = "Give each a name of its own: name: …"
    return [
        Problem("send", f"{title!r} stands twice", cure) for title in dict.fromkeys(titles) if titles.count(title) > 1
    ]


def opened(outlets: Sequence[Outlet], params: Path) -> list[Outlet]:
    """Fill in what stands in the environment, and paths as seen from the params file.

    Raises InputError, all in one, for a variable that is not set and for a webhook that is no http(s) address; it names the
    variable, never its value.
    """
    problems: list[Problem] = []
    filled = [_filled(one, params, problems) for one in outlets]
    if problems:
        raise InputError(str(params), problems)
    return filled


def _filled(outlet: Outlet, params: Path, problems: list[Problem]) -> Outlet:
    if isinstance(outlet, ToFile):
        return outlet.model_copy(update={"path": str((params.parent / outlet.path).resolve())})
    name = "url" if isinstance(outlet, Webhook) else "password"
    said = getattr(outlet, name)
    if said is None:
        return outlet
    where = f"send, {outlet.title}, {name}"
    try:
        value = expand(said)
    except ValueError as error:
        problems.append(Problem(where, str(error), "Set it where voc watch runs, such as in the crontab."))
        return outlet
    if isinstance(outlet, Webhook) and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname):
        problems.append(
            Problem(where, f"what {said} holds is no http or https address", "Copy it from the chat's settings.")
        )
    return outlet.model_copy(update={name: value})


def _from_environment(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"\$\{\w+\}", value):
        raise ValueError("is a secret and does not belong into a file: write ${NAME} and set NAME in the environment")
    return value
