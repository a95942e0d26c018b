"""What cleaning may do, as read from ``cleaning:`` in a params file."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from .sources import Strict

Decision = Literal["leave", "exclude", "median", "mean"]


class Duplicates(Strict):
    """When two contacts of one customer are one: minutes apart at most, and how alike their texts are (0–1)."""

    minutes: int = Field(default=60, ge=1)
    likeness: float = Field(default=0.85, gt=0, le=1)


class Dates(Strict):
    """Which times can be: the first and last day of the data, and gaps (days) beyond which a date is doubted."""

    earliest: date | None = None
    latest: date | None = None
    response_gap_days: int = Field(default=25, ge=1)
    neighbour_days: int = Field(default=14, ge=1)


class Cleaning(Strict):
    """Every decision of cleaning, each with its default."""

    unreadable: Literal["error", "set aside"] = "error"
    dates: Dates = Dates()
    duplicates: Duplicates = Duplicates()
    spelling: bool = Field(
        default=True, description="an unlisted label within a typing error of one class is that class"
    )
    missing: dict[str, Decision] = Field(default_factory=dict)
    mask_regions: list[str] = Field(default_factory=lambda: ["DE", "RU", "CN", "GB", "US"])
