"""What metrics may be told in params: windows, smallest groups, goals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..data.sources import Strict


class MetricRules(Strict):
    """Choices that change a metric's value; each default is the first variant of docs/metrics.md."""

    repeat_days: int = Field(default=7, ge=1, description="days within which a contact counts as a repeat")
    same_issue: Literal["issue", "category"] = Field(
        default="category", description="what «the same» means for repeats and FCR"
    )
    min_n: int = Field(default=30, ge=2, description="fewest contacts or answers that a figure is judged from")
    smallest_group: int = Field(default=5, ge=1, description="people below which a group is hidden")
    history: int = Field(default=24, ge=3, description="periods shown in trends")
    sure: float = Field(default=0.01, gt=0, lt=1, description="false discovery rate of what is called sure")
    likely: float = Field(default=0.05, gt=0, lt=1, description="false discovery rate of what is called likely")


class Target(Strict):
    """A goal for a metric: the value to reach, who answers for it, and where on the customer's way it belongs."""

    goal: float | int | None = None
    owner: str | None = None
    kind: Literal["leading", "lagging"] | None = None
    step: str | None = None
