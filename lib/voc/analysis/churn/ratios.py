"""By how much oftener customers leave after an experience than alike customers without it.

Each experience has a model of its own: what happened before it and what kind of contact and customer it was are held
alike, what came after it is left alone, because it is one of the ways in which it works (as in ``voc.analysis.drivers``;
Westreich & Greenland, American Journal of Epidemiology 177, 2013). A ratio that holds on average need not hold all the
time: it is taken apart into the early and the late half of the leavers, and whether they differ is tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ..chance import false_discovery, two_sided
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..intervals import Z
from ..rules import MetricRules
from .cohort import levels
from .hazard import Hazard, TimeAtRisk, add_up, band_cuts, extra_gone, fit

HORIZON = 180
"""Days within which extra leavers are counted."""
FEWEST = 10
"""Leavers on either side below which there is no ratio (events per variable: Vittinghoff & McCulloch, American Journal of
Epidemiology 165, 2007, find ratios sound from five to nine on)."""
KNOWN_OF = 0.8
"""Share of the leavers of whom a thing must be known that customers tell by choice."""
TWICE = np.log(2)
RATIOS = [
    "look", "covariate", "label", "n", "gone", "ratio", "lo", "hi", "p", "q", "certainty", "per100", "per100_lo",
    "per100_hi", "early", "late", "p_alike", "proportional", "why",
]  # fmt: skip


@dataclass(frozen=True)
class Experience:
    """What a ratio is about: a column that is 1, 0 or missing, in readers' words, and the columns that come before it.

    ``chosen``: customers chose themselves whether it is known, as by answering a survey.
    """

    name: str
    label: str
    before: tuple[str, ...] = ()
    chosen: bool = False


@dataclass(frozen=True)
class Model:
    """One experience's model and what it was fitted to; its ratio is the first column of the design."""

    hazard: Hazard
    design: sparse.csr_matrix
    risk: TimeAtRisk


def model(spells: pd.DataFrame, of: Experience, held: Sequence[str], most_bands: int = 12) -> Model:
    """Fit the model of an experience. Raises ArithmeticError where there is no likeliest ratio.

    ``spells``: start, stop (days), gone, the experience and the columns of ``held`` and of what came before, one row per
    customer and stretch of time in which none of them changes; rows that do not know the experience are left out.
    """
    known = knowing(spells, of, held)
    leavers = known["gone"].to_numpy(bool)
    codes = pd.DataFrame({of.name: known[of.name].to_numpy("int64")})
    for name in (*of.before, *held):
        codes[name] = levels(known[name], leavers, FEWEST)[0]
    risk = add_up(known, codes, band_cuts(known.loc[leavers, "stop"].to_numpy(float), most_bands))
    design = dummies(risk.patterns)
    return Model(fit(design, risk), design, risk)


def knowing(spells: pd.DataFrame, of: Experience, held: Sequence[str]) -> pd.DataFrame:
    """Keep the rows that know an experience, and of them only the columns that its model needs."""
    names = ["start", "stop", "gone", of.name, *of.before, *held, *(["who"] if "who" in spells else [])]
    narrow, known = spells[names], spells[of.name].notna()
    return narrow if known.all() else narrow[known]


def dummies(patterns: pd.DataFrame) -> sparse.csr_matrix:
    """Lay codes out as columns of 0 and 1, one for each level of each column but its most frequent.

    >>> dummies(pd.DataFrame({"slow": [0, 1, 0]})).toarray().ravel().tolist()
    [0.0, 1.0, 0.0]
    """
    columns = []
    for place, name in enumerate(patterns):
        codes = patterns[name].to_numpy()
        usual = np.bincount(codes).argmax() if place else 0
        columns += [codes == level for level in range(int(codes.max()) + 1) if level != usual]
    return sparse.csr_matrix(np.column_stack(columns).astype(float))


def ratio(spells: pd.DataFrame, of: Experience, held: Sequence[str], rules: MetricRules, *, extra: bool) -> dict:
    """Return one row of ``RATIOS`` without q, certainty and words on time; ``extra``: count extra leavers in 100, too.

    ``spells`` has the column ``who`` if a customer has several rows.
    """
    known = knowing(spells, of, held)
    having = known[known[of.name] == 1]
    gone, others = int(having["gone"].sum()), int(known["gone"].sum() - having["gone"].sum())
    n, n_others = (
        part["who"].nunique() if "who" in part else len(part) for part in (having, known[known[of.name] == 0])
    )
    row = {
        "covariate": of.name,
        "label": of.label,
        "n": n,
        "gone": gone,
        "why": too_few(n, n_others, gone, others, rules),
    }
    if row["why"]:
        return row
    try:
        found = model(known, of, held)
    except ArithmeticError as reason:
        return row | {"why": str(reason)}
    beta, se = found.hazard.beta[0], found.hazard.se[0]
    row |= dict(zip(("ratio", "lo", "hi"), np.exp([beta, beta - Z * se, beta + Z * se]), strict=True))
    row |= {"p": float(two_sided(beta / se)), **over_time(found), **_size(found)}
    share = known["gone"].sum() / max(spells["gone"].sum(), 1)
    if of.chosen and share < KNOWN_OF:
        row["why"] = (
            f"known of only {100 * share:.0f} % of those who left, by their own choice: whoever is leaving may answer less, so "
            "the ratio holds among answers and says nothing of the others"
        )
    if extra and (having["stop"] >= HORIZON).sum() >= rules.min_n:
        more, error = extra_gone(found.hazard, found.design, found.risk, 0, HORIZON)
        row |= {"per100": more, "per100_lo": more - Z * error, "per100_hi": more + Z * error}
    return row


def _size(found: Model) -> dict[str, float]:
    """Tell how much a model was fitted to, and how well."""
    risk, hazard = found.risk, found.hazard
    return {
        "bands": len(risk.cuts), "coefficients": int(np.isfinite(hazard.beta).sum()), "patterns": len(risk.patterns),
        "leavers": int(risk.gone.sum()), "likelihood": hazard.likelihood, "turn": float(risk.cuts[len(risk.cuts) // 2]),
    }  # fmt: skip


def too_few(n: int, n_others: int, gone: int, others: int, rules: MetricRules) -> str:
    """Say why a ratio cannot be told from so many customers and leavers; empty where it can."""
    if not n:
        return "no customer is known to have lived this"
    if not n_others:
        return "all customers lived this, so there is nobody to compare with"
    if min(n, n_others) < rules.min_n:
        return f"fewer than {rules.min_n} customers to judge from"
    if min(gone, others) < FEWEST:
        side = "them" if gone < FEWEST else "the others"
        return f"fewer than {FEWEST} of {side} left, too few for a ratio"
    return ""


def over_time(found: Model) -> dict[str, float]:
    """Return the ratio in the early and the late half of the leavers, the chance of such a difference, and its error."""
    bands = len(found.risk.cuts)
    if bands < 2:
        return {}
    risk, rows = found.risk.early_and_late(bands // 2), len(found.risk.patterns)
    having = found.design[:, :1]
    nothing = sparse.csr_matrix((rows, 1))
    early, late = sparse.vstack([having, nothing]), sparse.vstack([nothing, having])
    rest = sparse.vstack([found.design[:, 1:], found.design[:, 1:]])
    try:
        split = fit(sparse.hstack([early, late, rest]).tocsr(), risk)
    except ArithmeticError:  # nobody with the experience left in one half: then nothing is said about time
        return {}
    gap = split.beta[1] - split.beta[0]
    error = float(np.sqrt(split.covariance[0, 0] + split.covariance[1, 1] - 2 * split.covariance[0, 1]))
    early_late = np.exp(split.beta[:2])
    return {"early": early_late[0], "late": early_late[1], "p_alike": float(two_sided(gap / error)), "gap_se": error}


def judged(rows: Sequence[dict], rules: MetricRules) -> pd.DataFrame:
    """Put rows of ``ratio`` (with ``look``) together: false discovery rate over all, certainty, and words on time."""
    table = pd.DataFrame(rows).reindex(columns=[*RATIOS, "gap_se"])
    numbers = [
        name for name in RATIOS if name not in ("look", "covariate", "label", "certainty", "proportional", "why")
    ]
    table[numbers] = table[numbers].astype(float)
    told = table["why"] == ""
    table["q"], alike = (false_discovery(table[name].where(told)) for name in ("p", "p_alike"))
    within = (table["lo"] <= 1) & (table["hi"] >= 1)
    sizes = [table["q"].isna(), within, table["q"] <= rules.sure, table["q"] <= rules.likely]
    table["certainty"] = np.select(sizes, [UNKNOWN, NOISE, SURE, LIKELY], UNKNOWN)
    table["proportional"] = _on_time(table, alike, rules.likely)
    table[["n", "gone"]] = table[["n", "gone"]].astype("int64")
    return table[RATIOS]


def _on_time(table: pd.DataFrame, q: pd.Series, rate: float) -> np.ndarray:
    """Say whether a ratio is alike early and late; alike only where twice as much on either side would be out of the question."""
    gap = np.log(table["late"] / table["early"])
    fades = np.abs(np.log(table["late"])) < np.abs(np.log(table["early"]))
    narrow = (gap.abs() + Z * table["gap_se"] < TWICE) & (table["p_alike"] >= rate)
    return np.select(
        [q.isna(), (q <= rate) & fades, q <= rate, narrow], [UNKNOWN, "fades", "grows", "alike early and late"], UNKNOWN
    )
