"""Which problems weigh most (frequency × severity), how sure their order is, and which value carries each of them.

Frequency alone states the obvious. A problem weighs by its contacts times their severity, which params give
(``rules.severity``) or the answers do: the share of unhappy ones. Few answers make wild shares, so they are filled up with
at most ``min_n`` answers' worth of the same problem's year before, itself drawn towards the whole as far as problems are
alike (beta-binomial, empirical Bayes; Efron & Morris, JASA 70, 1975). Places are ranges: two problems are put in order only
where their difference is more than chance over all pairs judged.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from ..data.store import to_frame
from .carried import judged
from .chance import false_discovery, two_sided
from .compare import UNKNOWN
from .intervals import measure
from .rules import MetricRules
from .scorecard import Scorecard, within
from .trace import write_trace

UNHAPPY = 2  # answers of 1 and 2 on the scale of 1–5
ALIKE = 1e4  # answers' worth beyond which groups count as one
TOP_COLUMNS = [
    "rank", "rank_lo", "rank_hi", "rank_before", "dimension", "label", "category", "contacts", "share", "severity",
    "severity_lo", "severity_hi", "severity_all", "bitter", "answers", "answers_before", "weight", "lo", "hi", "weight_share",
    "change", "floor", "before", "certainty", "hours", "hours_known", "money", "csat", "csat_lo", "csat_hi", "tied", "ranked",
    "unranked", "unranked_share", "unlabelled", "measured", "trace",
]  # fmt: skip


def problem_column(table: ir.Table, period: Period) -> str:
    """Choose the column that names problems: the issue says more than its category, unless few contacts have one."""
    inside = within(table, period)
    there = [name for name in ("issue", "category") if name in table.columns]
    if len(there) < 2:
        return there[0] if there else ""
    known = to_frame(inside.aggregate(issue=inside.issue.count(), category=inside.category.count())).iloc[0]
    return "issue" if known["issue"] >= known["category"] / 2 else "category"


def top_problems(
    table: ir.Table, card: Scorecard, period: Period, rules: MetricRules, by: str = "", most: int = 5
) -> pd.DataFrame:
    """Return the problems that weigh most in a period, heaviest first.

    ``table`` carries measures (``metrics.with_measures``); ``card`` judges the change in contacts, so that no two parts
    of a page judge differently; ``by`` is the column that names problems (``problem_column`` unless said). One row a
    problem: rank, rank_lo and rank_hi (places that cannot be told apart), rank_before (place a period before), dimension,
    label, category, contacts, share (% of contacts whose problem is known), severity (% unhappy, or the mean weight from
    params) with severity_lo, severity_hi, severity_all (of all) and bitter (certainty that it is above that), answers,
    answers_before (in the year before), weight (expected unhappy contacts, or weighted contacts) with lo, hi and
    weight_share (%), change, floor, before and certainty (of contacts), hours and money (of recorded handling),
    hours_known (% of contacts), csat (%) with csat_lo, csat_hi, tied (problems left out that cannot be told from this
    one), ranked, unranked (problems with too few answers) and unranked_share (% of contacts), unlabelled (contacts),
    measured (is the severity), trace. Where nothing has enough answers the rows are sorted by contacts and have no rank.
    """
    by = by or problem_column(table, period)
    weighed = weigh(table, period, rules, by, card.spread) if by in table.columns else pd.DataFrame()
    if weighed.empty:
        return pd.DataFrame(columns=TOP_COLUMNS)
    first = _places(weighed, rules, most)
    first = first.assign(dimension=by, unlabelled=int(_count(within(table, period).filter(ibis._[by].isnull()))))
    for add in (_changes(card, by), _handled(table, period, rules, by), _satisfaction(table, period, by)):
        first = first.merge(add, on="label", how="left") if add is not None else first
    first["certainty"] = [word if isinstance(word, str) else UNKNOWN for word in first["certainty"]]
    categories = _categories(table, period, by)
    first["category"] = [categories.get(label, "") for label in first["label"]]
    compared = first["before"].notna().any()
    earlier = _order(weigh(table, period.previous(), rules, by, card.spread)) if compared else {}
    first["rank_before"] = first["label"].map(earlier).astype(float)
    first["trace"] = [write_trace(period, "contacts", **{by: label}) for label in first["label"]]
    return first.reindex(columns=TOP_COLUMNS)


def weigh(table: ir.Table, period: Period, rules: MetricRules, by: str, spread: float = 1.0) -> pd.DataFrame:
    """Weigh every problem of a period: label, contacts, severity, weight with its standard error and interval, and shares.

    ``able`` says whether enough answers (this period's and the year's before) stand behind it. The chance of a weight is
    that of its count (days that spread ``spread`` times as wide as Poisson) and of its severity; the interval is that of a
    gamma distribution with these moments.
    """
    found = _counts(within(table, period), rules, by)
    given = bool(set(rules.severity) & set(table.columns))
    found = _given(found, rules, spread) if given else _answered(found, table, period, rules, by, spread)
    found["measured"] = not given
    found["weight"] = found["contacts"] * found["severity"]
    found["lo"], found["hi"] = _gamma_interval(found["weight"], found["se"])
    found["share"] = found["contacts"] / found["contacts"].sum() * 100
    found["weight_share"] = found["weight"] / found["weight"].sum() * 100
    found["severity_all"] = found["weight"].sum(min_count=1) / found["contacts"].sum()
    z = (found["severity"] - found["severity_all"]) / found["severity_se"].where(found["severity_se"] > 0)
    found["bitter"] = judged(false_discovery(pd.Series(two_sided(z), z.index).where(found["able"])), z > 0, rules)
    if not given:
        shares = ["severity", "severity_lo", "severity_hi", "severity_all"]
        found[shares] = found[shares] * 100
    return found


def _given(found: pd.DataFrame, rules: MetricRules, spread: float) -> pd.DataFrame:
    """Take the severity from params: the mean weight of the contacts, known without error."""
    found = found.assign(severity=found["points"] / found["contacts"], severity_se=0.0, answers_before=0)
    found = found.assign(se=np.sqrt(spread * found["squares"]), able=found["contacts"] >= rules.min_n)
    return found.assign(severity_lo=np.nan, severity_hi=np.nan)


def _answered(
    found: pd.DataFrame, table: ir.Table, period: Period, rules: MetricRules, by: str, spread: float
) -> pd.DataFrame:
    """Take the severity from the answers of this period and of the year before."""
    past = _counts(_year_before(table, period), rules, by).set_index("label")[["answers", "unhappy"]]
    past = past.reindex(found["label"]).fillna(0.0).reset_index(drop=True)
    share, variance, found["severity_lo"], found["severity_hi"] = _severity(found, past, rules.min_n)
    n = found["contacts"]
    se = np.sqrt(share**2 * spread * n + variance * n * (n + spread))
    able = (found["answers"] + past["answers"] >= rules.min_n) & share.notna()
    before = past["answers"].astype("int64")
    return found.assign(severity=share, severity_se=np.sqrt(variance), answers_before=before, se=se, able=able)


def _counts(inside: ir.Table, rules: MetricRules, by: str) -> pd.DataFrame:
    """Count contacts, answers and unhappy answers per problem, and add up the weights that params give."""
    answer = inside.csat if "csat_pct" in inside.columns else ibis.null("float64")
    points = ibis.literal(1.0)
    for name, weights in sorted(rules.severity.items()):
        if name in inside.columns:
            cases = [(inside[name] == value, float(weight)) for value, weight in weights.items() if value != "default"]
            points = points * ibis.cases(*cases, else_=float(weights.get("default", 1.0))) if cases else points
    rows = inside.mutate(answer_=answer, parts_=(points * 1000).round().cast("int64"))
    rows = rows.filter(rows[by].notnull())
    counted = rows.group_by(label=rows[by])
    frame = to_frame(
        counted.agg(
            contacts=rows.count(), answers=rows.answer_.count(), unhappy=(rows.answer_ <= UNHAPPY).sum().fill_null(0),
            points=rows.parts_.sum(), squares=(rows.parts_ * rows.parts_).sum(),
        )
    )  # fmt: skip
    frame = frame.assign(points=frame["points"] / 1e3, squares=frame["squares"] / 1e6)
    return frame.sort_values("label", ignore_index=True)


def _year_before(table: ir.Table, period: Period) -> ir.Table:
    first, end = (pd.Timestamp(day).to_pydatetime() for day in (period.year_before().start, period.start))
    return table.filter((table.created_local >= first) & (table.created_local < end))


def _severity(now: pd.DataFrame, past: pd.DataFrame, most: int) -> tuple[pd.Series, ...]:
    """Return the share of unhappy answers per problem, its variance and 95 % interval; missing where nobody is unhappy.

    Chance is that of half an answer at least on either side (Jeffreys), so that no unhappy answer is not taken for never.
    """
    from scipy.stats import beta

    whole = past if past["answers"].sum() >= most else now
    if not whole["answers"].sum() or not now["unhappy"].sum() + past["unhappy"].sum():
        return (pd.Series(np.nan, index=now.index),) * 4
    mean = (whole["unhappy"].sum() + 0.5) / (whole["answers"].sum() + 1)
    alike = likeness(whole["unhappy"].to_numpy(float), whole["answers"].to_numpy(float), mean)
    own = (past["unhappy"] + alike * mean) / (past["answers"] + alike)
    worth = np.minimum(past["answers"] + alike, most)
    a, b = now["unhappy"] + worth * own, now["answers"] - now["unhappy"] + worth * (1 - own)
    share, wide, rest = a / (a + b), a.clip(lower=0.5), b.clip(lower=0.5)
    lo, hi = beta.ppf([[0.025], [0.975]], wide.to_numpy(float), rest.to_numpy(float))
    variance = wide * rest / ((wide + rest) ** 2 * (wide + rest + 1))
    return share, variance, pd.Series(np.minimum(lo, share)), pd.Series(np.maximum(hi, share))


def likeness(hits: np.ndarray, n: np.ndarray, mean: float) -> float:
    """Return how many answers' worth of the whole each group's share should be drawn by: large where groups are alike.

    The a + b of the beta distribution of the groups' true shares around ``mean``, by maximum likelihood of the
    beta-binomial (Griffiths, Biometrics 29, 1973), between 1 and 10,000.

    >>> round(likeness(np.array([0.0, 20.0]), np.array([20.0, 20.0]), 0.5))
    1
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import betaln

    def surprise(log: float) -> float:
        a, b = np.exp(log) * mean, np.exp(log) * (1 - mean)
        return -float(np.sum(betaln(hits + a, n - hits + b) - betaln(a, b)))

    return float(np.exp(minimize_scalar(surprise, bounds=(0.0, np.log(ALIKE)), method="bounded").x))


def _gamma_interval(mean: pd.Series, se: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    from scipy.stats import gamma

    sure = (se > 0) & (mean > 0)
    shape, scale = (mean / se.where(sure)) ** 2, se**2 / mean.where(sure)
    lo, hi = gamma.ppf([[0.025], [0.975]], shape.to_numpy(float), scale=scale.to_numpy(float))
    return lo, hi


def _places(weighed: pd.DataFrame, rules: MetricRules, most: int) -> pd.DataFrame:
    """Take the heaviest problems and say between which places each lies."""
    able = weighed[weighed["able"]].sort_values(["weight", "label"], ascending=[False, True], ignore_index=True)
    left = weighed[~weighed["able"]]
    if able.empty:
        rows = weighed.sort_values(["contacts", "label"], ascending=[False, True], ignore_index=True).head(most)
        return rows.assign(tied="", ranked=0, unranked=len(left), unranked_share=100.0)
    first, w, se = able.head(most).copy(), able["weight"].to_numpy(), able["se"].to_numpy()
    i, j = (at.ravel() for at in np.meshgrid(np.arange(len(first)), np.arange(len(able)), indexing="ij"))
    i, j = i[j > i], j[j > i]
    z = pd.Series((w[i] - w[j]) / np.hypot(se[i], se[j]), dtype=float)
    told = np.zeros((len(able), len(able)), dtype=bool)
    told[i, j] = told[j, i] = false_discovery(pd.Series(two_sided(z))) <= rules.likely
    at, every = np.arange(len(first)), np.arange(len(able))
    first["rank"] = at + 1.0
    first["rank_lo"] = [1.0 + told[k, every < k].sum() for k in at]
    first["rank_hi"] = [float(len(able) - told[k, every > k].sum()) for k in at]
    first["tied"] = ["; ".join(able["label"][(every >= most) & ~told[k]]) for k in at]
    return first.assign(ranked=len(able), unranked=len(left), unranked_share=left["share"].sum())


def _order(weighed: pd.DataFrame) -> dict[str, int]:
    able = weighed[weighed["able"] & weighed["weight"].notna()].sort_values(
        ["weight", "label"], ascending=[False, True]
    )
    return {label: place for place, label in enumerate(able["label"], 1)}


def _count(table: ir.Table) -> int:
    return table.count().to_pyarrow().as_py()


def _changes(card: Scorecard, by: str) -> pd.DataFrame | None:
    rows = card.slices[(card.slices["dimension"] == by) & (card.slices["metric"] == "contacts")]
    return rows[["label", "change", "floor", "before", "certainty"]]


def _handled(table: ir.Table, period: Period, rules: MetricRules, by: str) -> pd.DataFrame | None:
    """Add up the recorded handling; what is not recorded is not guessed."""
    if "aht_minutes" not in table.columns:
        return None
    inside = within(table, period).filter(ibis._[by].notnull())
    seconds = inside.handle_seconds.round().cast("int64")  # a sum of integers does not depend on threads
    frame = to_frame(inside.group_by(label=inside[by]).agg(s=seconds.sum(), k=seconds.count(), n=inside.count()))
    frame = frame.assign(hours=frame["s"].astype(float) / 3600, hours_known=frame["k"] / frame["n"] * 100)
    frame["money"] = frame["hours"] * float(rules.cost_per_hour) if rules.cost_per_hour else np.nan
    return frame[["label", "hours", "hours_known", "money"]]


def _satisfaction(table: ir.Table, period: Period, by: str) -> pd.DataFrame | None:
    inside = within(table, period).filter(ibis._[by].notnull())
    found = measure(inside.mutate(label=inside[by]), ["csat_pct"], ["label"])
    if found.empty:
        return None
    return found[["label", "value", "lo", "hi"]].set_axis(["label", "csat", "csat_lo", "csat_hi"], axis=1)


def _categories(table: ir.Table, period: Period, by: str) -> dict[str, str]:
    """Name the category to which most contacts of each problem belong."""
    if by == "category" or "category" not in table.columns:
        return {}
    inside = within(table, period).filter(ibis._[by].notnull() & ibis._.category.notnull())
    frame = to_frame(inside.group_by(label=inside[by], category=inside.category).agg(n=inside.count()))
    frame = frame.sort_values(["label", "n", "category"], ascending=[True, False, True])
    return frame.drop_duplicates("label").set_index("label")["category"].to_dict()
