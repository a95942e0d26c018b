"""The answers that drivers are told from: scores, what happened before them, and what kind of contact each was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from ..who_when import tellers
from .contacts import CONTEXT, FEWEST, narrow, told_with_the_score, with_hours, with_read
from .known import DRIVERS, Driver
from .scales import scaled

MOST = 60_000  # answers; more are drawn by lot, whole customers at a time
FEWEST_IN_KIND = 20  # answers of a kind of contact; rarer ones are pooled by channel
OTHERS, UNNAMED = "(others)", "(unknown)"  # kinds of contact that are none


@dataclass(frozen=True)
class Answers:
    """Answered contacts of a span.

    Attributes:
        frame: interaction_id, csat, happy (4 or 5), one column a driver, and ``raw_<driver>`` of times in their unit.
        y: (n,) codes of the scores that occur; ``cut``: how many of them lie below 4.
        labels: name → (codes, values) of the issue, the context and further labels; ``kind`` joins issue and channel.
        customer, agent: (n,) codes; agents −1 where unknown.
        drivers: those that can be judged; missing: driver, label, why of the others.
        matter: what an issue is called here: issue or category.
        drawn: share of the answers that were taken, 1 for all.
        since, until: span, ``until`` excluded.
        why: why nothing can be told; agents: who each code of ``agent`` is, never shown.
    """

    frame: pd.DataFrame
    y: np.ndarray
    cut: int
    labels: dict[str, tuple[np.ndarray, np.ndarray]]
    customer: np.ndarray
    agent: np.ndarray
    drivers: tuple[Driver, ...]
    missing: pd.DataFrame
    matter: str
    drawn: float
    since: pd.Timestamp
    until: pd.Timestamp
    why: str = ""
    agents: np.ndarray | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.frame)

    def known(self, driver: Driver) -> np.ndarray:
        """Mark the answers that know a driver."""
        return self.frame[driver.name].notna().to_numpy()

    @property
    def kind(self) -> np.ndarray:
        """Codes of the kind of contact: issue and channel."""
        return self.labels["kind"][0]

    @property
    def of_one_kind(self) -> np.ndarray:
        """Mark the answers whose kind is one, not several rare or unknown ones put together."""
        mixed = [str(value).startswith((OTHERS, UNNAMED)) for value in self.labels["kind"][1]]
        return ~np.array(mixed, bool)[self.kind]


def answers_of(
    table: ir.Table,
    since: pd.Timestamp,
    until: pd.Timestamp,
    *,
    matter: str = "issue",
    labels: Sequence[str] = (),
    read: pd.DataFrame | None = None,
    withheld: Mapping[str, str] | None = None,
    seed: int = 0,
    most: int = MOST,
) -> Answers:
    """Lay out the answered contacts of a span.

    Args:
        table: measured contacts (``metrics.with_measures``).
        since, until: span on the report's clock, ``until`` excluded.
        matter: column that names what a contact is about.
        labels: further label columns that may go with satisfaction (region, carrier, browser …).
        read: interaction_id, ``matter`` and mood as read from texts; the first fills what no source names.
        withheld: measure → why the table does not carry it.
        seed: of the lot where there are more answers than ``most``.

    Nothing is raised for what is missing: it stands in ``missing``, or in ``why`` where nothing can be told at all.
    """
    if "csat" not in table.columns:
        return _none("the data have no satisfaction scores (csat)", since, until, matter)
    inside = narrow(table, since, until, [matter, *labels])
    frame = to_frame(inside.filter(inside.csat.notnull()).order_by("interaction_id"))
    found = len(frame)
    if found < FEWEST:
        some = "1 answer with a score is" if found == 1 else f"{found} answers with a score are"
        return _none(f"{some} too few: {FEWEST} are needed", since, until, matter)
    if frame["csat"].ge(4).nunique() < 2:
        side = "4 or 5" if frame["csat"].ge(4).all() else "below 4"
        return _none(
            f"all {found:,} scores are {side}: what goes with satisfaction needs both sides", since, until, matter
        )
    withheld = {**(withheld or {}), **told_with_the_score(table, read)}
    frame = with_read(frame, read, matter)
    customer = tellers(frame)
    if found > most:
        lot = np.random.default_rng(seed).random(int(customer.max()) + 1)
        kept = lot[customer] < most / found
        frame, customer = frame[kept].reset_index(drop=True), pd.factorize(customer[kept])[0]
    return _laid_out(frame, customer, labels, matter, len(frame) / found, since, until, withheld)


def _none(why: str, since: pd.Timestamp, until: pd.Timestamp, matter: str) -> Answers:
    empty = np.empty(0, int)
    missing = pd.DataFrame(columns=["driver", "label", "why"])
    return Answers(pd.DataFrame(), empty, 0, {}, empty, empty, (), missing, matter, 1.0, since, until, why)


def _laid_out(
    frame: pd.DataFrame, customer: np.ndarray, labels: Sequence[str], matter: str, drawn: float,
    since: pd.Timestamp, until: pd.Timestamp, withheld: Mapping[str, str],
) -> Answers:  # fmt: skip
    frame = with_hours(frame)
    coded = {name: _codes(frame[name]) for name in dict.fromkeys([matter, *CONTEXT, *labels]) if name in frame}
    coded = {name: (codes, values) for name, (codes, values) in coded.items() if len(values) > 1}
    coded["kind"] = _kinds(frame, matter)
    agent, agents = np.full(len(frame), -1), None
    if "agent_id" in frame:
        agent, agents = pd.factorize(frame["agent_id"], sort=True)
    scores = np.sort(frame["csat"].unique())
    y = np.searchsorted(scores, frame["csat"].to_numpy())
    out = frame[["interaction_id", "csat"]].assign(happy=frame["csat"] >= 4, at=pd.to_datetime(frame["created_local"]))
    drivers, missing = [], []
    for driver in DRIVERS:
        column, why = _driver(driver, frame, out["happy"].to_numpy(), coded.get("channel"))
        barred = next((withheld[n] for n in driver.needs if n in withheld), "")
        if why or barred:
            missing.append((driver.name, driver.label, barred or why))
            continue
        out[driver.name] = column
        if driver.is_time:
            out[f"raw_{driver.name}"] = frame[f"d_{driver.name}"]
        drivers.append(driver)
    return Answers(
        out, y, int((scores < 4).sum()), coded, customer, agent, tuple(drivers),
        pd.DataFrame(missing, columns=["driver", "label", "why"]), matter, drawn, since, until,
        agents=None if agents is None else np.asarray(agents, object),
    )  # fmt: skip


def _codes(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    codes, values = pd.factorize(column.astype(object).where(column.notna(), None), sort=True)
    return codes, np.asarray(values, object).astype(str)


def _kinds(frame: pd.DataFrame, matter: str) -> tuple[np.ndarray, np.ndarray]:
    """Join issue and channel; kinds of few answers are pooled by channel, then all together."""
    names = [name for name in (matter, "channel") if name in frame]
    if not names:
        return np.zeros(len(frame), int), np.array(["all"])
    parts = [frame[name].astype(object).where(frame[name].notna(), UNNAMED).astype(str) for name in names]
    kind = parts[0].str.cat(parts[1:], sep=" | ")
    for wider in (f"{OTHERS} | " + parts[-1], pd.Series(OTHERS, frame.index)):
        kind = kind.where(kind.groupby(kind).transform("size") >= FEWEST_IN_KIND, wider)
    return _codes(kind)


def _driver(
    driver: Driver, frame: pd.DataFrame, happy: np.ndarray, channel: tuple[np.ndarray, np.ndarray] | None
) -> tuple[pd.Series, str]:
    """Return a driver's column on its scale, or why it cannot be judged."""
    name = f"d_{driver.name}"
    if name not in frame:
        return frame["csat"], driver.lacks
    x = pd.to_numeric(frame[name], errors="coerce")
    known = x.notna().to_numpy()
    if known.sum() < FEWEST:
        share = 100 * known.mean()
        none = "none" if not known.any() else f"only {known.sum():,}"
        return (
            x,
            f"{none} of {len(frame):,} answered contacts {'has' if known.sum() <= 1 else 'have'} it ({100 - share:.1f}% empty)",
        )
    if x[known].nunique() < 2:
        return x, "it is the same for all answered contacts"
    if driver.yes_no:
        fewer = min(int(x[known].sum()), int((1 - x[known]).sum()))
        if fewer < FEWEST:
            return x, f"only {fewer:,} answers on one side of it: {FEWEST} are needed"
        for side in (0.0, 1.0):
            if len(set(happy[known & (x == side).to_numpy()])) < 2:
                return x, "all scores on one side of it are alike: how much it moves cannot be measured"
    return scaled(driver, x, channel[0] if channel is not None else np.zeros(len(x), int)), ""
