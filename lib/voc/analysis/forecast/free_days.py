"""Public holidays of the countries whose customers call: from the package ``holidays``, which knows some two hundred."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def countries() -> dict[str, list[str]]:
    """Return the countries whose holidays are known (two letters, ISO 3166-1), each with its parts."""
    import holidays  # takes a tenth of a second: only for who names a country

    return {name: list(parts) for name, parts in holidays.list_supported_countries().items() if len(name) == 2}


def free_days(names: Sequence[str], first: date, last: date) -> list[date]:
    """Return the public holidays of countries (DE) or parts of them (DE-BY) from ``first`` to ``last``, both included.

    >>> [day.isoformat() for day in free_days(["DE", "US"], date(2026, 12, 1), date(2026, 12, 31))]
    ['2026-12-25', '2026-12-26']
    """
    if not names:
        return []
    import holidays

    years = range(first.year, last.year + 1)
    found: set[date] = set()
    for name in names:
        country, _, part = name.partition("-")
        found |= set(holidays.country_holidays(country, subdiv=part or None, years=years))
    return sorted(day for day in found if first <= day <= last)
