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

MADE_IDS = ("interactions", "surveys")  # tables whose ids are the source's name and the file's own id


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
OURS = {"s": 1.0, "min": 60.0}  # seconds in the units that our columns of durations have
SCORES = ("csat", "nps", "ces", "score")


class Source(Strict):
    """One kind of file: its format and, column by column, what it means.

    Times without an offset are on the clock of ``timezone``, or else on the report's. Without ``id`` a row's number is
    its id (then the same row in two exports cannot be recognised). ``units`` says in what unit the file gives a duration;
    ours are seconds or, where the name says so, minutes. ``refers_to`` names the source whose plain ids the column
    ``interaction_id`` of surveys or activity holds.

    ``counts`` reads a score told as one column per answer (1 in the column of the answer given, else 0 or empty), such as
    ``counts: {csat: {1: "1 Star Count", 2: "2 Star Count"}}``. ``answers`` says which score a word or a number of another
    scale is, such as ``answers: {csat: {Good: 5, Bad: 1, Offered: null}}``; null is no answer.
    """

    table: Literal["interactions", "customers", "surveys", "activity", "volumes", "staffing", "shifts", "events"]
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
    counts: dict[str, dict[int | float, str]] = Field(default_factory=dict)
    answers: dict[str, dict[str | int | float, int | float | None]] = Field(default_factory=dict)
    constants: dict[str, str | int | float | bool] = Field(default_factory=dict)
    dimensions: dict[str, str] = Field(default_factory=dict)
    persons: dict[str, str] = Field(default_factory=dict)
    messages: Messages | None = None

    @model_validator(mode="after")
    def _columns_are_known(self) -> Source:
        table = TABLES[self.table]
        made = {"source", "created_local", "language"} | ({table.key[0]} if self.table in MADE_IDS else set())
        allowed = [name for name in table.names() if name not in made]
        unknown = [name for name in [*self.columns, *self.counts, *self.constants] if name not in allowed]
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
        filled = {*self.columns, *self.counts, *self.constants, *made, *([table.key[0]] if self.id else [])}
        lacking = [column.name for column in table.columns if column.required and column.name not in filled]
        if lacking:
            raise ValueError(
                f"{', '.join(lacking)}: every row of {self.table} needs it; say which column of the file it is"
            )
        wrong = [name for name in self.units if name not in self.columns or table[name].unit not in OURS]
        if wrong:
            raise ValueError(f"units: {', '.join(wrong)} is no duration that this file fills")
        if self.messages and self.format != "jsonl":
            raise ValueError("messages are read from jsonl files only")
        return self

    @model_validator(mode="after")
    def _ids_are_said_once(self) -> Source:
        key = TABLES[self.table].key[0]
        if self.id and not TABLES[self.table].unique:
            where = f"the column {key} goes under columns" if key in self.columns else f"write {key} under columns"
            raise ValueError(f"id: rows of {self.table} have no id of their own; take it out, {where}")
        if self.refers_to and "interaction_id" not in self.columns:
            raise ValueError(
                "refers_to: no column holds the contact's id; write interaction_id under columns, or take it out"
            )
        return self

    @model_validator(mode="after")
    def _scores_are_on_their_scale(self) -> Source:
        table = TABLES[self.table]
        if self.counts and self.format == "jsonl":
            raise ValueError("counts are read from csv and xlsx files only")
        twice = [name for name in self.counts if name in self.columns or name in self.constants]
        if twice:
            raise ValueError(f"counts: {', '.join(twice)} stands under columns or constants, too; keep one of them")
        wrong = [name for name in [*self.counts, *self.answers] if name not in SCORES]
        wrong += [name for name in self.answers if name in SCORES and name not in self.columns]
        if wrong:
            raise ValueError(
                f"counts, answers: {', '.join(wrong)} is no score that this file fills; scores are "
                f"{', '.join(name for name in SCORES if name in table)}"
            )
        given = [(name, score) for name, scores in self.counts.items() for score in scores]
        given += [(name, score) for name, scores in self.answers.items() for score in scores.values()]
        for name, score in given:
            low, high = table[name].lowest, table[name].highest
            if score is not None and not low <= score <= high:
                raise ValueError(
                    f"counts, answers: {score:g} is no score of {name}, which goes from {low:g} to {high:g}"
                )
        return self

    def scale(self, name: str) -> float:
        """Return the factor that brings a duration of the file to the unit of our column ``name``."""
        return SECONDS[self.units[name]] / OURS[TABLES[self.table][name].unit]

    def count_columns(self) -> list[str]:
        """List the columns of the file that hold one answer each."""
        return [column for scores in self.counts.values() for column in scores.values()]
