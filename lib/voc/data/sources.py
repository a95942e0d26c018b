"""How a file of some tool maps to a canonical table: the typed form of ``params/sources/*.yml``.

Nothing about a file is guessed: its encoding, delimiter, time formats and time zone are said here, and a file that does
not agree is refused with the cure (``voc.data.readers``).
"""

from __future__ import annotations

import codecs
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from .schema import TABLES


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write an IANA name such as Europe/Berlin or UTC") from error
    return name


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError(f"{name!r} is no encoding; write utf-8, cp1251, gb18030, utf-16 …") from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Encoding = Annotated[str, AfterValidator(_known_encoding)]


class Strict(BaseModel):
    """Base of everything read from params: unknown names and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Messages(Strict):
    """Where the messages of a conversation stand in a JSON record, and who is who."""

    within: str = Field(alias="list")
    at: str
    from_: str = Field(alias="from")
    text: str
    customer: list[str]
    agent: list[str]
    bot: list[str] = Field(default_factory=list)


SECONDS = {"milliseconds": 0.001, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86_400.0}


class Source(Strict):
    """One kind of file: its format and, column by column, what it means.

    Times without an offset are on the clock of ``timezone``, or else on the report's. Without ``id`` a row's number is its id (then the same row in two exports cannot be recognised). ``units`` says in
    what unit the file gives a duration; ours are seconds. ``refers_to`` names the source whose plain ids the column
    ``interaction_id`` of a survey file holds.
    """

    table: Literal["interactions", "customers", "surveys", "activity", "volumes", "staffing", "events"]
    format: Literal["csv", "xlsx", "jsonl"]
    encoding: Encoding = "utf-8"
    delimiter: str = ","
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    decimal: Literal[".", ","] = "."
    timezone: TimeZone | None = None
    time_formats: list[str] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=lambda: [""])
    id: str | None = None
    refers_to: str | None = None
    columns: dict[str, str]
    units: dict[str, Literal["milliseconds", "seconds", "minutes", "hours", "days"]] = Field(default_factory=dict)
    constants: dict[str, str | int | float | bool] = Field(default_factory=dict)
    dimensions: dict[str, str] = Field(default_factory=dict)
    persons: dict[str, str] = Field(default_factory=dict)
    messages: Messages | None = None

    @model_validator(mode="after")
    def _columns_are_known(self) -> Source:
        table = TABLES[self.table]
        derived = {table.key[0], "source", "created_local", "language"} - {"customer_id", "event_id", "day"}
        allowed = [name for name in table.names() if name not in derived]
        unknown = [name for name in [*self.columns, *self.constants] if name not in allowed]
        if unknown:
            raise ValueError(
                f"{', '.join(unknown)}: no column of the table {self.table} that a file may fill; it has "
                f"{', '.join(allowed)}. Put anything else under dimensions"
            )
        clash = [name for name in [*self.dimensions, *self.persons] if name in table]
        if clash:
            raise ValueError(
                f"{', '.join(clash)}: a column of {self.table} already; move it from dimensions to columns"
            )
        filled = {*self.columns, *self.constants, *derived, table.key[0]}
        lacking = [column.name for column in table.columns if column.required and column.name not in filled]
        if lacking:
            raise ValueError(
                f"{', '.join(lacking)}: every row of {self.table} needs it; say which column of the file it is"
            )
        wrong = [name for name in self.units if name not in self.columns or table[name].unit != "s"]
        if wrong:
            raise ValueError(f"units: {', '.join(wrong)} is no duration that this file fills")
        if self.messages and self.format != "jsonl":
            raise ValueError("messages are read from jsonl files only")
        return self
