"""What metrics may be told in params: windows, smallest groups, goals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..data.sources import Strict
from .opening import Schedules


class MetricRules(Strict):
    """Choices that change a metric's value; each default is the first variant of docs/metrics.md."""

    repeat_days: int = Field(default=7, ge=1, description="days within which a contact counts as a repeat")
    same_issue: Literal["issue", "category"] = Field(
        default="category", description="what «the same» means for repeats and FCR"
    )
    min_n: int = Field(default=30, ge=2, description="fewest contacts or answers that a figure is judged from")
    smallest_group: int = Field(default=5, ge=1, description="people below which a group is hidden")
    definitions: Literal["strict", "zendesk", "dbt"] = Field(
        default="strict", description="whose definitions: ours, Zendesk's own reports, or dbt_zendesk's"
    )
    service_level_seconds: float | int = Field(
        default=20, gt=0, description="seconds within which a call is answered in time"
    )
    schedules: Schedules = Field(
        default_factory=list, description="opening hours, holidays and time zone, by what contacts they hold for"
    )
    sla: dict[Literal["frt_minutes", "resolution_hours"], dict[str, float | int]] = Field(
        default_factory=dict, description="agreed longest time per priority; «default» for the rest"
    )
    complaints: dict[str, list[str]] = Field(
        default_factory=dict, description="which contacts are complaints: column → values"
    )
    severity: dict[str, dict[str, float | int]] = Field(
        default_factory=dict,
        description="weight of a problem: column → value → weight; without it, unhappy answers weigh",
    )
    cost_per_hour: float | int | None = Field(default=None, gt=0, description="what an hour of handling costs")
    currency: str = Field(default="", description="of cost_per_hour, as readers see it")
    agent_days: int = Field(default=365, ge=28, description="days back over which agents and habits are looked at")
    history: int = Field(default=24, ge=3, description="periods shown in trends")
    sure: float = Field(default=0.01, gt=0, lt=1, description="false discovery rate of what is called sure")
    likely: float = Field(default=0.05, gt=0, lt=1, description="false discovery rate of what is called likely")


class Target(Strict):
    """A goal for a metric: the value to reach, who answers for it, and where on the customer's way it belongs.

    ``better`` says which direction is good where the metric itself does not (handling time: a budget makes less of it
    good). ``benchmark`` is what others reach, with its source: a comparison, not a goal.
    """

    goal: float | int | None = None
    owner: str | None = None
    kind: Literal["leading", "lagging"] | None = None
    step: str | None = None
    better: Literal["higher", "lower"] | None = None
    benchmark: float | int | None = None
    benchmark_source: str | None = None
