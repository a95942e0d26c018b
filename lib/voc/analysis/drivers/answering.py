"""Who answers: the chance of an answer from all that is known of every contact, and what the silent could change.

Answers are a part of all contacts, and not any part: the bad mood, the long wait, the language decide who answers. The
chance is modelled over a sample of all contacts (logistic); each answer is then counted for as many contacts as it stands
for (inverse probability weights: Horvitz & Thompson, JASA 47, 1952). That trusts that the silent are like those answered in
what is known of them. The bounds trust nothing: all silent happy, or none (Manski, American Economic Review 80, 1990).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from . import alias
from .contacts import CONTEXT, narrow, with_hours, with_read
from .design import FREE, Design, Group
from .held import EARLIER_KNOTS, pooled
from .known import Driver
from .ordinal import fit
from .rows import Answers
from .scales import logged, scaled
from .splines import PLACES, basis

MOST = 100_000  # contacts that the chance of an answer is learnt from
FEWEST_SILENT, FURTHEST = 60, 0.99  # contacts without an answer; quantile at which weights are cut


@dataclass(frozen=True)
class Heard:
    """How answers stand for contacts.

    Attributes:
        contacts: a sample of all contacts of the span: a column a driver (its scale), kind, answered, happy (missing of the silent).
        weight: (n,) of each answer of ``Answers``, mean 1; None where nothing is known of the silent (``why``).
        share: part of the contacts that has an answer; effective: how many equal answers the weighted ones are worth.
    """

    contacts: pd.DataFrame
    weight: np.ndarray | None
    share: float
    effective: float
    why: str = ""


def heard(
    table: ir.Table, answers: Answers, labels: Sequence[str] = (), read: pd.DataFrame | None = None, most: int = MOST
) -> Heard:
    """Model who answers; arguments as of ``rows.answers_of``, whose result is ``answers``."""
    inside = narrow(table, answers.since, answers.until, [answers.matter, *labels])
    count = inside.count().to_pyarrow().as_py()
    step = max(-(-count // most), 1)
    if step > 1:
        numbered = inside.mutate(_place=ibis.row_number().over(order_by=inside.interaction_id))
        inside = numbered.filter(numbered._place % step == 0).drop("_place")
    frame = with_hours(with_read(to_frame(inside.order_by("interaction_id")), read, answers.matter))
    contacts = _contacts(frame, answers)
    silent = int((~contacts["answered"]).sum())
    share = float(contacts["answered"].mean())
    if silent < FEWEST_SILENT:
        return Heard(contacts, None, share, len(answers), "all contacts that the data hold have an answer")
    weight = _weights(contacts, answers)
    if weight is None:
        return Heard(contacts, None, share, len(answers), "who answers could not be modelled")
    return Heard(contacts, weight, share, float(weight.sum() ** 2 / (weight @ weight)))


def _contacts(frame: pd.DataFrame, answers: Answers) -> pd.DataFrame:
    """Lay contacts out as the answers are: drivers on their scales, labels by the answers' codes."""
    made = {"answered": frame["csat"].notna(), "happy": (frame["csat"] >= 4).astype(float).where(frame["csat"].notna())}
    for driver in answers.drivers:
        made[driver.name] = _as_answers(driver, frame, answers)
    for name in _groups(answers):
        known = pd.Index(answers.labels[name][1], dtype="str")
        made[f"of_{name}"] = known.get_indexer(frame[name].astype(object).astype("str"))
    out = pd.DataFrame(made)
    by = [f"of_{name}" for name in (answers.matter, "channel") if f"of_{name}" in out]
    out["kind"] = out.groupby(by).ngroup() if by else 0
    return out


def _as_answers(driver: Driver, frame: pd.DataFrame, answers: Answers) -> pd.Series:
    """Return a driver of contacts on the scale of the answers: what is usual is what is usual among those.

    Channels in which nobody answered have their own middle.
    """
    x = pd.to_numeric(frame[f"d_{driver.name}"], errors="coerce")
    channel = frame["channel"] if "channel" in frame else pd.Series(0, frame.index)
    own = scaled(driver, x, pd.factorize(channel)[0])
    if driver.scale != "times usual" or "channel" not in answers.labels:
        return own
    codes, values = answers.labels["channel"]
    usual = (logged(driver, answers.frame[f"raw_{driver.name}"]) - answers.frame[driver.name]).groupby(codes).median()
    middle = channel.map({values[code]: at for code, at in usual.items() if code >= 0})
    return (logged(driver, x) - middle).where(middle.notna(), own)


def _groups(answers: Answers) -> list[str]:
    return [name for name in dict.fromkeys([answers.matter, *CONTEXT]) if name in answers.labels]


def _weights(contacts: pd.DataFrame, answers: Answers) -> np.ndarray | None:
    """Return one ÷ the chance of an answer for each answer, cut where few would speak for very many.

    The answers follow the sample with weight nought: they are told by the model, not learnt from twice.
    """
    own = pd.DataFrame({driver.name: answers.frame[driver.name].to_numpy(float) for driver in answers.drivers})
    for name in _groups(answers):
        own[f"of_{name}"] = answers.labels[name][0]
    both = pd.concat([contacts, own.assign(answered=True)], ignore_index=True)
    taken = np.r_[np.ones(len(contacts)), np.zeros(len(own))]
    x = np.hstack(
        [np.empty((len(both), 0)), *(_columns(both[one.name].to_numpy(float), one) for one in answers.drivers)]
    )
    x = x[:, alias.own(x[: len(contacts)])]
    groups = [Group(name, *pooled(both[f"of_{name}"].to_numpy()), FREE) for name in _groups(answers)]
    y = both["answered"].to_numpy(int)
    made = fit(Design(y, x, groups, np.arange(len(both)), taken))
    if not made.converged:
        return None
    chance = 1 / (1 + np.exp(made.theta[0] - made.eta[len(contacts) :]))
    weight = 1 / chance
    weight = np.minimum(weight, np.quantile(weight, FURTHEST))
    return weight / weight.mean()


def _columns(u: np.ndarray, driver: Driver) -> np.ndarray:
    """Return a driver's columns: a curve for times, and whether it is unknown."""
    known = ~np.isnan(u)
    if np.ptp(u[known]) == 0:
        return np.empty((len(u), 0))
    filled = np.where(known, u, np.median(u[known]) if driver.is_time else 0.0)
    knots = np.unique(np.quantile(u[known], PLACES[EARLIER_KNOTS])) if driver.is_time else np.unique(u[known])[:2]
    columns = basis(filled, knots)
    return np.hstack([columns, ~known[:, None]]) if 0.005 < known.mean() < 0.995 else columns


def bounds(contacts: pd.DataFrame, treated: np.ndarray, known: np.ndarray) -> tuple[float, float]:
    """Return the least and the most, in points of overall CSAT, that bringing ``treated`` contacts to the others could bring.

    ``known`` marks contacts that know the driver. Each group's CSAT lies between that of its answers with all silent unhappy
    and with all silent happy.

    >>> contacts = pd.DataFrame({"answered": [True, False, True, True], "happy": [0.0, np.nan, 1.0, 1.0]})
    >>> bounds(contacts, np.array([True, True, False, False]), np.ones(4, bool))
    (25.0, 50.0)
    """
    ends = []
    for mask in (treated & known, ~treated & known):
        part = contacts[mask]
        happy, silent = float(part["happy"].sum()), float((~part["answered"]).sum())
        ends.append((happy / len(part), (happy + silent) / len(part)) if len(part) else (0.0, 1.0))
    (low, high), (base_low, base_high) = ends
    share = 100 * float((treated & known).sum()) / max(known.sum(), 1)
    return float(share * (base_low - high)), float(share * (base_high - low))
