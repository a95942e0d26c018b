"""Kaplan–Meier curves against a published one, and what is read from them worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_hazard import DRUG, DRUG_GONE
from voc.analysis.churn.kept import curves, kaplan_meier, kept, read_at


def drug() -> pd.DataFrame:
    return kaplan_meier(np.array(DRUG, float), np.array(DRUG_GONE, bool))


def test_the_curve_of_the_treated_children_is_the_published_one():
    """Freireich et al. (Blood 21, 1963), as in Cox & Oakes, Analysis of Survival Data, 1984."""
    curve = drug()
    assert curve["day"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve["kept"].round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]


def test_its_interval_as_worked_out_by_hand():
    """At 10 weeks: 3/(21·18) + 1/(17·16) + 1/(15·14) = .01637; 1.96·√.01637/|ln .7529| = .8838; .7529^e^±.8838."""
    row = drug().set_index("day").loc[10]
    assert (round(row["lo"], 3), round(row["hi"], 3)) == (0.503, 0.889)


def test_between_two_days_the_curve_stays():
    found = read_at(drug(), np.array(DRUG, float), [0, 5.9, 6, 9, 10, 40])
    assert found["kept"].round(3).tolist() == [1.0, 1.0, 0.857, 0.807, 0.753, 0.448]
    assert found["at_risk"].tolist() == [21, 21, 21, 16, 15, 0]
    assert found["gone"].tolist() == [0, 0, 3, 4, 5, 9]
    assert found["lo"].iloc[0] == pytest.approx(0.05 ** (1 / 21))


def test_where_all_are_gone_there_is_no_interval():
    curve = kaplan_meier(np.array([1.0, 2.0]), np.array([True, True]))
    assert curve["kept"].tolist() == [0.5, 0.0]
    assert np.isnan(curve["lo"].iloc[1])


def both() -> pd.DataFrame:
    """Of 40 with a slow response 10 left on day 50, of 40 others 4; the rest are followed for 200 days; 5 know nothing."""
    stop = [50.0] * 10 + [200.0] * 30 + [50.0] * 4 + [200.0] * 36 + [200.0] * 5
    slow = [1.0] * 40 + [0.0] * 40 + [np.nan] * 5
    return pd.DataFrame({"stop": stop, "gone": np.array(stop) < 200, "slow": slow, "unsolved": np.nan})


def test_how_many_more_stay_without_it_is_worked_out_by_hand():
    rows = kept(both(), fewest=20).set_index(["experience", "day"])
    row = rows.loc[("slow", 90)]
    assert (row["with_pct"], row["without_pct"], row["difference"]) == (75, 90, pytest.approx(-15))
    one, other = (kaplan_meier(np.array([50.0] * k + [200.0] * (40 - k)), np.arange(40) < k).iloc[0] for k in (10, 4))
    assert row["lo"] == pytest.approx(-15 - 100 * np.hypot(0.75 - one["lo"], other["hi"] - 0.9))
    assert row["hi"] == pytest.approx(-15 + 100 * np.hypot(one["hi"] - 0.75, 0.9 - other["lo"]))
    assert row["lo"] < -15 < row["hi"]
    assert (row["n_with"], row["n_without"]) == (40, 40)
    assert np.isnan(rows.loc[("slow", 365), "difference"])  # nobody is followed that long
    assert np.isnan(rows.loc[("unsolved", 90), "difference"])  # nobody knows


def test_curves_end_where_too_few_are_followed():
    found = curves(both(), fewest=20)
    assert found["experience"].unique().tolist() == ["slow"]
    assert found.groupby("group")["day"].max().tolist() == [196, 196]
    last = found[found["group"] == "slow first response"].iloc[-1]
    assert (last["kept_pct"], last["at_risk"], last["gone"]) == (75, 30, 10)


def test_a_curve_of_nobody_is_none():
    assert curves(both().iloc[:0], fewest=20).empty
