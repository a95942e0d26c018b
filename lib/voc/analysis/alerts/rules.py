"""What is watched and how often it may cry wolf: the choices of a params file."""

from __future__ import annotations

from itertools import pairwise

from pydantic import Field, field_validator

from ...data.sources import Strict


class AlertRules(Strict):
    """The budget of false alarms and what is watched on it."""

    budget: float = Field(
        default=1.0, gt=0, description="false alarms a month over all series together, if nothing happens"
    )
    spans: tuple[int, ...] = Field(default=(1, 7), strict=False, min_length=1, description="days that a look sums up")
    quiet: int = Field(default=7, ge=1, description="days without an alarm after which an incident is over")
    dimensions: tuple[str, ...] = Field(
        default=("category", "issue", "region"), strict=False, description="labels by whose values contacts are watched"
    )
    scores_by: tuple[str, ...] = Field(
        default=("category",),
        strict=False,
        description="labels by whose values shares of bad scores and moods are watched",
    )
    slow_by: tuple[str, ...] = Field(
        default=("channel",),
        strict=False,
        description="labels by whose values the share of slow first responses is watched",
    )
    least: float = Field(
        default=0.2, gt=0, description="contacts a day, on average, under which a value is not watched by itself"
    )
    levels: bool = Field(default=True, description="whether lasting changes of level are watched too, week by week")
    back: int = Field(default=91, ge=7, description="days looked back at each look, so that what goes on is followed")
    likely_every: int = Field(
        default=10, ge=2, description="an alarm is sure if so strong a one comes by chance so many times more seldom"
    )

    @field_validator("spans")
    @classmethod
    def _single_days_first(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value[:1] != (1,) or any(after <= before for before, after in pairwise(value)):
            raise ValueError(f"{list(value)} must begin with 1 and rise, such as [1, 7]: incidents are told by the day")
        return value
