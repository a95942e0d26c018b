"""VoC workbook: a company's customer-service contacts as a monthly report that product teams act on."""

from __future__ import annotations

from typing import Any

__all__ = ["open_month"]


def __getattr__(name: str) -> Any:
    """Load the entrance on first use: importing ``voc`` itself loads nothing."""
    if name == "open_month":
        from .run.month import open_month

        return open_month
    raise AttributeError(f"module 'voc' has no attribute {name!r}")
