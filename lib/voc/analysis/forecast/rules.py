"""What is looked at ahead, and what is promised: the choices of a params file."""

from __future__ import annotations

from pydantic import Field, field_validator

from ...data.problems import did_you_mean
from ...data.sources import Strict
from .erlang import Promise
from .free_days import countries


class StaffingRules(Strict):
    """What a queue is to keep, and what is presumed of people; seconds come from ``metrics.service_level_seconds``."""

    in_time: float = Field(
        default=0.8, gt=0, lt=1, description="part of calls and chats answered within the promised seconds"
    )
    busiest: float = Field(
        default=0.85, gt=0, le=1, description="part of their time that people handle contacts at most"
    )
    shrinkage: float = Field(
        default=0.3,
        ge=0,
        lt=1,
        description="part of paid time that is not spent with customers (breaks, training, illness)",
    )
    at_once: dict[str, float] = Field(
        default_factory=dict,
        description="contacts that one person handles side by side, by channel (chats); 1 where not named",
    )

    @field_validator("at_once")
    @classmethod
    def _one_or_more(cls, value: dict[str, float]) -> dict[str, float]:
        if wrong := [f"{name}: {times:g}" for name, times in value.items() if not times >= 1]:
            raise ValueError(f"is 1 or more for each channel, found {', '.join(wrong)}")
        return value

    def promise(self, seconds: float) -> Promise:
        """Return what a queue is to keep, within so many seconds."""
        return Promise(self.in_time, seconds, self.busiest)


class AheadRules(Strict):
    """Which series are forecast, how far, and what is known of the days to come."""

    periods: int = Field(default=3, ge=1, le=12, description="periods ahead")
    weeks: int = Field(
        default=6, ge=0, le=26, description="weeks ahead, where the report itself is not by week; 0 leaves weeks out"
    )
    metrics: list[str] = Field(
        default_factory=lambda: ["csat_pct", "nps", "fcr_pct", "repeat_pct"],
        description="shares, net scores and means that are forecast",
    )
    by: list[str] = Field(
        default_factory=lambda: ["channel", "category"], description="labels by which numbers of contacts are forecast"
    )
    most: int = Field(
        default=12, ge=2, description="values of a label that have a forecast of their own; the smaller ones share one"
    )
    least: float = Field(
        default=10, gt=0, description="contacts a month under which a value has no forecast of its own either"
    )
    countries: list[str] = Field(
        default_factory=list, description="whose public holidays count: DE, or DE-BY for a part of a country"
    )
    staffing: StaffingRules = StaffingRules()

    @field_validator("countries")
    @classmethod
    def _known(cls, value: list[str]) -> list[str]:
        known = countries() if value else {}
        problems = []
        for name in value:
            country, _, part = name.partition("-")
            if country not in known:
                problems.append(
                    f"{name!r}: holidays of {country!r} are not known; write two letters (ISO 3166-1), as DE"
                )
            elif part and part not in known[country]:
                problems.append(f"{country} has no part {part!r}: {did_you_mean(part, known[country])}")
        if problems:
            raise ValueError("; ".join(problems))
        return value
