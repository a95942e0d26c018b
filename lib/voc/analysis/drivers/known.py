"""What may go with satisfaction, in the order in which it happens to a customer.

The order matters more than any formula. A wait comes before the work, the work before its outcome: what comes before a
driver is held alike when its effect is measured, what comes after is left alone, because it is one of the ways in which
the driver works. Coefficients of one model that holds everything alike mix the two (Westreich & Greenland, American
Journal of Epidemiology 177(4), 2013: the table 2 fallacy).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

Scale = Literal["minutes", "hours", "times usual", "count", "score", "yes/no"]


@dataclass(frozen=True)
class Driver:
    """One thing that may go with satisfaction.

    Attributes:
        name: column made of it.
        label, unit: in readers' words; of yes/no drivers ``label`` says what is true when it is so.
        step: when it happens: 0 before service, 1 waiting, 2 being served, 3 being solved, 4 afterwards.
        scale: how it is measured; «times usual» is against the middle of its channel, because an e-mail's hour is a call's minute.
        needs: columns without which it cannot be had.
        value: the column, from the measured contacts.
        aim: which direction service would want, +1 or −1; 0 where neither is good in itself.
        metric: whose goal and owner hold for it.
        lacks: what the data would need, in words.
    """

    name: str
    label: str
    unit: str
    step: int
    scale: Scale
    needs: tuple[str, ...]
    value: Callable[[ir.Table], ir.Value]
    aim: int
    metric: str
    lacks: str

    @property
    def yes_no(self) -> bool:
        """Whether it is so or not so."""
        return self.scale == "yes/no"

    @property
    def is_time(self) -> bool:
        """Whether it is measured by a logarithm: doubling a wait means the same at any length."""
        return self.scale in ("minutes", "hours", "times usual")


def _plain(name: str) -> Callable[[ir.Table], ir.Value]:
    return lambda table: table[name].cast("float64")


def _not(name: str) -> Callable[[ir.Table], ir.Value]:
    return lambda table: 1.0 - table[name]


def _above(name: str, least: float) -> Callable[[ir.Table], ir.Value]:
    return lambda table: (table[name] > least).cast("float64")


DRIVERS = (
    Driver(
        "mood", "First words are negative", "", 0, "yes/no", ("mood",), lambda table: (table.mood < 0).cast("float64"), 0, "",
        "nothing that customers wrote was read",
    ),
    Driver(
        "again", "Came before about the same", "", 0, "yes/no", ("repeat_pct",), _plain("repeat_pct"), -1, "repeat_pct",
        "the data do not say which customer wrote about what",
    ),
    Driver(
        "first_response", "First response", "minutes", 1, "times usual", ("frt_minutes",), _plain("frt_minutes"), -1, "frt_minutes",
        "the data have no first response",
    ),
    Driver(
        "handling", "Handling time", "minutes", 2, "minutes", ("aht_minutes",), _plain("aht_minutes"), 0, "aht_minutes",
        "the data have no handling times",
    ),
    Driver(
        "replies", "Took more than one reply", "", 3, "yes/no", ("agent_replies",), _above("agent_replies", 1), -1, "one_touch_pct",
        "the data do not count replies",
    ),
    Driver(
        "transfers", "Passed on to another agent", "", 3, "yes/no", ("reassigned",), _above("reassigned", 0), -1, "",
        "the data do not say who took a contact over (a history of assignments)",
    ),
    Driver(
        "resolution", "Time to the solution", "hours", 3, "times usual", ("resolution_hours",), _plain("resolution_hours"), -1,
        "resolution_hours", "the data have no time of solution",
    ),
    Driver(
        "reopened", "Opened again after being solved", "", 4, "yes/no", ("reopen_pct",), _plain("reopen_pct"), -1, "reopen_pct",
        "the data do not count reopenings",
    ),
    Driver(
        "unsolved", "Not solved at the first contact", "", 4, "yes/no", ("fcr_pct",), _not("fcr_pct"), -1, "fcr_pct",
        "that needs the customer, the issue and the time of solution of each contact",
    ),
    Driver(
        "effort", "Customer found it easy", "points of 7", 4, "score", ("ces",), _plain("ces"), 1, "ces_pct",
        "no answer on effort belongs to a contact",
    ),
)  # fmt: skip
BY_NAME = {driver.name: driver for driver in DRIVERS}
