"""Two hundred companies drawn anew from one known law: do 95 % intervals hold the truth, and are null drivers left alone?

``python tests/truth/redraws.py`` prints the rates. In each company hard contacts take long and please nobody, care takes long
and pleases, what stays unsolved does not please, some agents please more, customers differ, and the unhappy answer less often.
First response, browser and carrier mean nothing. The truth of each figure is worked out from the law itself, over half a
million contacts without sampling scores.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import ibis
import numpy as np
import pandas as pd
from voc.analysis.drivers import bends, staff, within
from voc.analysis.drivers.factors import Terms, factors
from voc.analysis.drivers.policy import medians
from voc.analysis.drivers.rows import answers_of
from voc.analysis.rules import MetricRules

SINCE, UNTIL = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-07-01")
ISSUES, AGENTS = 8, 15
HARDNESS = np.linspace(-1.2, 1.2, ISSUES)
AGENT_SPREAD, CUSTOMER_SPREAD = 0.25, 0.5
CARE, UNSOLVED = 0.45, -1.1  # by logarithm of handling time; by not being solved
CUTS = (-2.6, -2.0, -1.1, 0.4)
NULLS = ("first_response", "browser", "carrier")
RULES = MetricRules()


def law(rng: np.random.Generator, n: int, customers: int) -> pd.DataFrame:
    """Draw contacts with everything but their scores; ``eta`` is what the score is drawn from, ``base`` without the drivers."""
    agents, people = rng.normal(size=AGENTS) * AGENT_SPREAD, rng.normal(size=customers) * CUSTOMER_SPREAD
    issue, agent, customer = (rng.integers(0, k, n) for k in (ISSUES, AGENTS, customers))
    hard = HARDNESS[issue]
    log_time = 1.6 + 0.6 * hard + 0.45 * rng.normal(size=n)
    unsolved = (rng.random(n) < 1 / (1 + np.exp(1.8 - 0.7 * hard))).astype(float)
    base = -0.9 * hard + agents[agent] + people[customer]
    return pd.DataFrame({
        "interaction_id": np.char.add("i", np.arange(n).astype(str)), "customer_id": np.char.add("c", customer.astype(str)),
        "agent_id": np.char.add("a", agent.astype(str)), "created_local": SINCE + pd.to_timedelta(rng.integers(0, 180 * 1440, n), unit="min"),
        "issue": np.char.add("issue ", issue.astype(str)), "channel": rng.choice(["chat", "mail", "phone"], n),
        "aht_minutes": np.exp(log_time), "frt_minutes": np.exp(rng.normal(size=n)), "fcr_pct": 1 - unsolved,
        "browser": rng.choice(["F", "C", "S"], n), "carrier": rng.choice(["A", "B", "C", "D"], n),
        "base": base, "eta": base + CARE * (log_time - 1.6 - 0.6 * hard) + UNSOLVED * unsolved,
    })  # fmt: skip


def drawn(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Draw a company's answered contacts."""
    table = law(rng, n, customers=2 * n // 3)
    return table.assign(csat=1.0 + np.digitize(table["eta"] + rng.logistic(size=n), CUTS)).drop(columns=["base", "eta"])


def truth() -> dict[str, float]:
    """Work out the true figures, in points of CSAT, from the law itself."""
    table = law(np.random.default_rng(0), 500_000, 330_000)
    eta, unsolved = table["eta"].to_numpy(), 1 - table["fcr_pct"].to_numpy()
    u = np.log(table["aht_minutes"].to_numpy())
    usual = medians(u, pd.factorize(table["issue"])[0])
    happy = lambda at: 100 / (1 + np.exp(CUTS[2] - at))  # noqa: E731 -- one line, used below only
    solved = eta - UNSOLVED * unsolved
    return {
        "handling, a doubling": float((happy(eta + CARE * np.log(2)) - happy(eta)).mean()),
        "unsolved, yes against no": float((happy(solved + UNSOLVED) - happy(solved)).mean()),
        "handling, the shorter half as usual": float((happy(eta + CARE * (np.maximum(u, usual) - u)) - happy(eta)).mean()),
        "unsolved, half as often": float((happy(solved) - happy(eta)).mean() / 2),
    }  # fmt: skip


def figures(frame: pd.DataFrame) -> tuple[dict[str, tuple[float, float]], pd.DataFrame]:
    """Return the intervals found in one company, and its factors."""
    answers = answers_of(ibis.memtable(frame), SINCE, UNTIL, labels=["browser", "carrier"])
    people = staff.staff(answers, 5)
    alike = within.within(answers, people.pull).set_index("driver")
    moved = factors(answers, bends.curves(answers, people.pull), Terms(RULES, {}, people.pull), ["browser", "carrier"])
    rows = moved.set_index("factor")
    ends = {
        "handling, a doubling": tuple(alike.loc["handling", ["within_lo", "within_hi"]]),
        "unsolved, yes against no": tuple(alike.loc["unsolved", ["within_lo", "within_hi"]]),
        "handling, the shorter half as usual": tuple(rows.loc["handling", ["lo", "hi"]]),
        "unsolved, half as often": tuple(rows.loc["unsolved", ["lo", "hi"]]),
    }
    return ends, rows


def rates(worlds: int, n: int, say: Callable[[str], None] = print) -> dict[str, float]:
    """Draw companies, print and return how often intervals hold the truth and how often null drivers are declared."""
    true, held, declared, called, wrong = truth(), [], [], [], []
    for seed in range(worlds):
        ends, rows = figures(drawn(np.random.default_rng([7, seed]), n))
        held.append({name: lo <= true[name] <= hi for name, (lo, hi) in ends.items()})
        declared += list(rows.loc[list(NULLS), "p"] <= 0.05)
        called += list(rows.loc[list(NULLS), "certainty"].isin(["sure", "likely"]))
        wrong.append(bool(rows.loc[["handling", "unsolved"], "certainty"].isin(["sure", "likely"]).all()))
    cover = pd.DataFrame(held).mean()
    for name, value in true.items():
        say(f"{name}: true {value:+.2f} points, inside the 95% interval in {cover[name]:.1%} of {worlds} companies")
    found = {
        **cover.to_dict(),
        "null p": float(np.mean(declared)),
        "null called": float(np.mean(called)),
        "both found": float(np.mean(wrong)),
    }
    say(
        f"null drivers with p of 5% or less: {found['null p']:.1%} of {len(declared)}; called sure or likely: {found['null called']:.1%}"
    )
    say(f"handling time and unsolved both called: {found['both found']:.1%}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--answers", type=int, default=3000)
    asked = parser.parse_args()
    rates(asked.worlds, asked.answers)


if __name__ == "__main__":
    main()
