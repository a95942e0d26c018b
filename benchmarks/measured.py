"""One line a measurement: what ours gave, what the other gave in the same run, how many times better, and the aim.

``ratio`` is always how many times better ours is: the other ÷ ours of what is better when less, ours ÷ the other of what is
better when more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Measurement:
    """One line: ``aim`` is told in words, ``met`` is None where there is none; ``chance`` is half of a 95 % interval."""

    name: str
    ours: float
    other: float | None
    unit: str
    ratio: float | None
    aim: str | None
    met: bool | None
    against: str | None = None
    chance: float | None = None

    def line(self) -> str:
        verdict = {True: "met", False: "NOT MET", None: "no aim"}[self.met]
        parts = [f"{self.name}: ours {self._told(self.ours)}" + (f" ± {self.chance:.3f}" if self.chance else "")]
        parts += [f"{self.against} {self._told(self.other)}"] if self.other is not None else []
        parts += [f"ratio {self.ratio:.2f}"] if self.ratio is not None else []
        return ", ".join([*parts, *([f"aim {self.aim}"] if self.aim else []), verdict])

    def _told(self, value: float) -> str:
        whole = float(value).is_integer() and abs(value) > 1
        return f"{value:,.{0 if whole else 2 if self.unit else 3}f} {self.unit}".rstrip()


def less(name: str, ours: float, other: float, unit: str, against: str, aim: float | None = None) -> Measurement:
    """Compare what is better when less (seconds, memory); the aim is a ratio."""
    ratio = other / ours
    told, met = (None, None) if aim is None else (f"ratio ≥ {aim:g}", ratio >= aim)
    return Measurement(name, round(ours, 3), round(other, 3), unit, round(ratio, 2), told, met, against)


def more(
    name: str, ours: float, other: float, against: str, least: float | None = None, *,
    above: bool = False, chance: float | None = None,
) -> Measurement:  # fmt: skip
    """Compare what is better when more; the aim is a value of ours (``least``), or to be ``above`` the other."""
    aims = [*([] if least is None else [f"≥ {least:g}"]), *(["above the other"] if above else [])]
    met = bool((least is None or ours >= least) and (not above or ours > other)) if aims else None
    ratio = round(ours / other, 2) if other > 0 and ours >= 0 else None
    return Measurement(
        name, round(ours, 4), round(other, 4), "", ratio, " and ".join(aims) or None, met, against, chance
    )


def told(name: str, ours: float, other: float, against: str, unit: str = "") -> Measurement:
    """Set side by side what is neither better when more nor when less, as the number of topics."""
    return Measurement(name, round(ours, 4), round(other, 4), unit, None, None, None, against)


def alone(
    name: str,
    ours: float,
    unit: str = "",
    most: float | None = None,
    least: float | None = None,
    *,
    chance: float | None = None,
) -> Measurement:
    """Measure ours alone, against a limit where there is one."""
    limits = {"≤": most, "≥": least}
    aims = [f"{sign} {limit:g} {unit}".rstrip() for sign, limit in limits.items() if limit is not None]
    met = bool((most is None or ours <= most) and (least is None or ours >= least)) if aims else None
    return Measurement(name, round(float(ours), 4), None, unit, None, " and ".join(aims) or None, met, chance=chance)


def shown(found: Iterable[Measurement]) -> list[Measurement]:
    """Print each line as soon as it is there; return all."""
    kept = []
    for one in found:
        print(one.line(), flush=True)
        kept.append(one)
    return kept


def keep(found: list[Measurement], path: Path = RESULTS) -> None:
    """Write what was measured to results.json, in place of what had the same name and beside the rest."""
    rows = [asdict(one) for one in found]
    names = {(row["name"], row["against"]) for row in rows}
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    rows = [row for row in known if (row["name"], row["against"]) not in names] + rows
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
