"""What a statistician asks of the ratios: how much there was to fit to, and whether Cox's model says the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from ..rules import MetricRules
from .cohort import QUIET, Cohort
from .hazard import add_up, band_cuts, fit

CHECKS = ["item", "value", "words"]
WHY_OUT = {
    "unlisted": "wrote, but are not on the customer list",
    "unknown past": f"nobody knows since when they are customers, and they wrote in the first {QUIET} days of the data",
    "gone before": "wrote first after the day on which they had left",
    "left before the landmark": "left before it was known how their first contact went",
    "too young": "the data end before it is known how their first contact went",
}
MOST_FOR_COX = 20_000
"""Customers up to which Cox's model is fitted beside; with more it takes too long to be a check."""


def checks(of: Cohort, spells: pd.DataFrame, fitted: Sequence[dict], rules: MetricRules) -> pd.DataFrame:
    """Return what was fitted and how well: item, value, words. ``fitted``: rows of ``ratios.ratio`` with their look."""
    days = float(of.rows["stop"].sum())
    rows = [
        ("customers followed", float(len(of)), f"from {rules.repeat_days} days after their first contact"),
        ("of them left", float(of.gone), "the others are followed to the end of the data"),
        ("days at risk", days, "of all together"),
        ("leavers in 100 customer-years", 36_525 * of.gone / days, "of all together"),
    ]
    rows += [(f"left out: {name}", float(of.out[name]), words) for name, words in WHY_OUT.items()]
    for row in fitted:
        if "likelihood" in row:
            words = (
                f"{row['bands']} bands of days, {row['coefficients']} coefficients, {row['leavers']:,} leavers, "
                f"{row['patterns']:,} different kinds of customers; early is up to day {row['turn']:.0f}"
            )
            rows.append((f"log-likelihood, {row['look']}: {row['label']}", row["likelihood"], words))
    gap = beside_cox(spells)
    if np.isfinite(gap):
        words = "largest difference of a logarithm of a ratio; slow and unsolved, nothing else held alike; Efron's ties"
        rows.append(("difference to Cox's model", gap, words))
    return pd.DataFrame(rows, columns=CHECKS)


def beside_cox(spells: pd.DataFrame, names: tuple[str, ...] = ("slow", "unsolved")) -> float:
    """Return the largest difference between our logarithms of ratios and those of Cox's model, missing where neither is.

    One row a customer; with more than ``MOST_FOR_COX`` of them nothing is fitted.
    """
    from statsmodels.duration.hazard_regression import PHReg

    known = spells.dropna(subset=list(names))
    leavers = known[known["gone"].astype(bool)]
    varied = all(leavers[name].nunique() == 2 and known[name].nunique() == 2 for name in names)
    if not varied or len(known) > MOST_FOR_COX:
        return np.nan
    codes = known[list(names)].astype(int)
    risk = add_up(known, codes, band_cuts(leavers["stop"].to_numpy(float)))
    ours = fit(sparse.csr_matrix(risk.patterns.to_numpy(float)), risk).beta
    cox = PHReg(known["stop"], codes.to_numpy(float), status=known["gone"].astype(int), ties="efron").fit(disp=0)
    return float(np.abs(ours - cox.params).max())
