"""What might mislead in ratios of leaving, and what they are when that is kept out: guards, each with its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from ..chance import false_discovery, two_sided
from ..rules import MetricRules
from .cohort import HELD, QUIET, Cohort, levels
from .ratios import FEWEST, Experience, ratio

GUARDS = ["guard", "what", "figure", "words"]
JUST_AFTER = 14
"""Days after the landmark in which leaving had perhaps been decided before the contact."""
MONTH, USUAL = 30, 6
"""Days whose leavers are perhaps not all recorded yet, and how many such spans before them they are held against."""
ANNOUNCES = 2.0
"""So many times as often as others a kind of contact must be followed by leaving at once to count as a farewell."""
MAIN = ("slow", "unsolved")
COMMON = 0.15
"""Share of leavers above which leaving is no rare outcome."""


def guards(
    of: Cohort, spells: pd.DataFrame, ratios: pd.DataFrame, known: Sequence[Experience], rules: MetricRules
) -> pd.DataFrame:
    """Return what was guarded against: guard, what was done, figure, and words.

    Where the guard is another way of counting, its figure is the ratio that comes of it, one row for each of the main
    experiences that have a ratio of their own.
    """
    first = ratios[(ratios["look"] == "first contact") & ratios["covariate"].isin(MAIN) & (ratios["why"] == "")]
    main = [each for each in known if each.name in set(first["covariate"])]
    told = first.set_index("covariate")["ratio"]
    done = "counted from the contact itself, with those who left before"
    rows = [*_immortal(of, rules), *_again("immortal time", done, naive(of, rules), main, told, rules)]
    later = spells[spells["stop"] > JUST_AFTER].assign(start=float(JUST_AFTER))
    done = f"the first {JUST_AFTER} days of the time at risk are left out"
    rows += _again("reverse causation", done, later, main, told, rules)
    rows += _farewell_rows(announcing(of), spells, main, told, rules)
    done = f"the last {MONTH} days of the data are left out"
    rows += [*_recorded_late(of), *_again("leaving recorded late", done, _sooner(of, spells), main, told, rules)]
    rows += _unknown_past(of)
    new = spells[spells["past"] == "known"]
    rows += _again("past not seen", "only customers whose contacts before would be in the data", new, main, told, rules)
    share = {each.name: float(spells.loc[spells[each.name].notna(), "gone"].mean()) for each in main}
    rows += [*_unseen(first, share), *_ends(of), *_few_a_month(of)]
    return pd.DataFrame(rows, columns=GUARDS)


def naive(of: Cohort, rules: MetricRules) -> pd.DataFrame:
    """Return time at risk counted from the contact itself, with those who left before it was known how it went."""
    both = pd.concat([of.rows, of.immortal], ignore_index=True)
    stop = (both["stop"] + rules.repeat_days).clip(lower=1e-3)
    return both.assign(start=0.0, stop=stop)


def _again(
    guard: str, done: str, spells: pd.DataFrame, main: Sequence[Experience], told: pd.Series, rules: MetricRules
) -> Iterator[tuple[str, str, float, str]]:
    """Fit the main ratios to other time at risk and set them beside the ones told."""
    for each in main:
        row = ratio(spells, each, HELD, rules, extra=False)
        words = f"{each.label}: {row['why']}"
        if not row["why"]:
            interval = f"{row['lo']:.2f} to {row['hi']:.2f}"
            words = f"{each.label}: ratio {row['ratio']:.2f} ({interval}) instead of {told[each.name]:.2f}"
        yield guard, done, row.get("ratio", np.nan), words


def _immortal(of: Cohort, rules: MetricRules) -> Iterator[tuple[str, str, float, str]]:
    n = len(of.immortal)
    who = "1 customer left" if n == 1 else f"{n:,} customers left"
    done = "the clock starts when it is known how the contact went"
    words = f"{who} within {rules.repeat_days} days of the first contact and count in no ratio"
    yield "immortal time", done, float(n), words


def announcing(of: Cohort) -> list[str]:
    """List the kinds of contact after which customers leave at once: within ``MONTH`` days ``ANNOUNCES`` times as often.

    Beyond chance at a false discovery rate of 5 % over all kinds.
    """
    from scipy.stats import binomtest

    rows = of.rows
    at_once = rows["gone"] & (rows["stop"] <= MONTH)
    codes, names = levels(rows["matter"], at_once.to_numpy(), FEWEST)
    kind = np.asarray(names)[codes]
    sums = pd.DataFrame({"days": rows["stop"].clip(upper=MONTH), "gone": at_once}).groupby(kind).sum()
    if len(sums) < 2:
        return []
    share = sums["days"] / sums["days"].sum()
    total = int(sums["gone"].sum())
    p = [binomtest(int(gone), total, part).pvalue for gone, part in zip(sums["gone"], share, strict=True)]
    others = (sums["gone"].sum() - sums["gone"]) / (sums["days"].sum() - sums["days"])
    often = sums["gone"] / sums["days"] >= ANNOUNCES * others
    return sorted(sums.index[often & (false_discovery(pd.Series(p, sums.index)) <= 0.05)])


def _farewell_rows(
    kinds: list[str], spells: pd.DataFrame, main: Sequence[Experience], told: pd.Series, rules: MetricRules
) -> Iterator[tuple[str, str, float, str]]:
    done = f"kinds of contact followed by leaving within {MONTH} days {ANNOUNCES:g} times as often as others are looked for"
    if not kinds:
        yield "contacts that announce leaving", done, 0.0, "no kind of contact stands out"
        return
    yield "contacts that announce leaving", done, float(len(kinds)), ", ".join(kinds)
    others = spells[~spells["matter"].isin(kinds)]
    yield from _again("contacts that announce leaving", "these kinds are left out", others, main, told, rules)


def _recorded_late(of: Cohort) -> Iterator[tuple[str, str, float, str]]:
    """Hold the leavers of the last days of the data against as many days before, by the time at risk in them."""
    left = of.rows["left"].dropna().to_numpy(float)
    ends = of.end - MONTH * np.arange(USUAL + 2)
    known_at, stops = of.rows["known_at"].to_numpy(float), (of.rows["known_at"] + of.rows["stop"]).to_numpy(float)
    gone = np.array([((left <= high) & (left > high - MONTH)).sum() for high in ends[:-1]], float)
    days = np.array(
        [np.clip(np.minimum(stops, high) - np.maximum(known_at, high - MONTH), 0, None).sum() for high in ends[:-1]]
    )
    done = f"leavers dated in the last {MONTH} days are held against the {USUAL * MONTH} days before"
    if not gone[0] or not gone[1:].sum() or gone.sum() < FEWEST:
        yield "leaving recorded late", done, np.nan, "too few leavers to tell"
        return
    times = (gone[0] / days[0]) / (gone[1:].sum() / days[1:].sum())
    p = float(two_sided(np.log(times) / np.sqrt(1 / gone[0] + 1 / gone[1:].sum())))
    fewer = p < 0.05 and times < 1
    tail = "fewer than usual: some leaving is perhaps not recorded yet" if fewer else "no sign that leaving is missing"
    yield "leaving recorded late", done, float(times), f"{times:.2f} times the usual rate of leaving: {tail}"


def _sooner(of: Cohort, spells: pd.DataFrame) -> pd.DataFrame:
    """End everybody's time at risk ``MONTH`` days before the data end."""
    last = of.end - MONTH - spells["known_at"]
    cut = spells[last > 0]
    last = last[last > 0]
    return cut.assign(gone=cut["gone"] & (cut["stop"] <= last), stop=np.minimum(cut["stop"], last))


def _unknown_past(of: Cohort) -> Iterator[tuple[str, str, float, str]]:
    older = int((of.rows["past"] == "before").sum())
    done = "the first contact seen counts as the first"
    words = (
        f"{older:,} of {len(of):,} customers were there before the data and wrote within {QUIET} days of its beginning, so they may "
        f"have written before; {of.out['unknown past']:,} more are left out because nobody knows since when they are customers"
    )
    yield "past not seen", done, float(older), words


def _ends(of: Cohort) -> Iterator[tuple[str, str, float, str]]:
    share = 100 * (1 - of.gone / len(of))
    done = "who has not left is followed to the last day of the data, whether heard of or not"
    yield "informative end", done, share, f"{share:.1f} % had not left by then; nobody is lost in between"


def _few_a_month(of: Cohort) -> Iterator[tuple[str, str, float, str]]:
    spans = max(int((of.end - of.first) // MONTH), 1)  # whole ones only
    ago = ((of.end - of.rows["left"].dropna().to_numpy(float)) // MONTH).astype(int)
    counts = np.bincount(ago, minlength=spans)[:spans]
    few = int((counts < FEWEST).sum())
    some = f"in {few} of {spans} spans fewer than {FEWEST} left: single months say nothing, only all together do"
    words = some if few else f"in each of {spans} spans {FEWEST} or more left"
    yield "few leavers in a month", f"leavers are counted in spans of {MONTH} days", float(few), words


def _unseen(told: pd.DataFrame, shares: dict[str, float]) -> Iterator[tuple[str, str, float, str]]:
    """Tell how strong something unrecorded would have to be to explain a ratio away."""
    done = "what is not recorded cannot be held alike; how strong it would have to be is worked out (E-value)"
    for row in told.itertuples():
        nearest = row.lo if row.ratio > 1 else 1 / row.hi
        value = e_value(nearest, common=shares[row.covariate] > COMMON)
        words = (
            f"{row.label}: the interval would reach 1 if something unrecorded went {value:.2f} times as often with it and raised "
            "leaving as many times"
            if value > 1
            else f"{row.label}: the interval reaches 1 anyway"
        )
        yield "what is not recorded", done, value, words


def e_value(ratio: float, *, common: bool) -> float:
    """Return the E-value of a hazard ratio: how often something unseen must go with both sides to explain it away.

    VanderWeele & Ding, Annals of Internal Medicine 167, 2017; where more than 15 % leave (``common``) the ratio of risks is
    taken as (1 − 0.5^√HR) ÷ (1 − 0.5^√(1/HR)), as there.

    >>> round(e_value(2.0, common=False), 2), e_value(0.9, common=False)
    (3.41, 1.0)
    """
    if ratio <= 1:
        return 1.0
    risk = (1 - 0.5 ** np.sqrt(ratio)) / (1 - 0.5 ** np.sqrt(1 / ratio)) if common else ratio
    return float(risk + np.sqrt(risk * (risk - 1)))
