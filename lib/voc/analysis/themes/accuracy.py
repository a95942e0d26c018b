"""How right the sorting into categories is, on labels it has not seen, and whether texts move away from what it knows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..chance import mean_z, share_z, two_sided
from ..compare import noise_floor
from ..intervals import Z, wilson
from ..rules import MetricRules
from ..season import with_certainty

BY_LANGUAGE = ["language", "level", "n", "answered", "coverage", "coverage_lo", "coverage_hi", "right", "lo", "hi"]
BY_CATEGORY = ["category", "n", "answered", "coverage", "right", "lo", "hi", "said", "precision", "precision_lo",
               "precision_hi"]  # fmt: skip
DRIFT = [
    "what",
    "label",
    "n",
    "value",
    "lo",
    "hi",
    "n_before",
    "before",
    "change",
    "floor",
    "p",
    "q",
    "certainty",
    "why",
]
ANSWERED, PROBABILITY, RIGHT, MIX = "answered", "mean probability", "right", "share of texts"
DOUBT, SURE = 0.05, 0.95  # a label under the first is contradicted where another category is over the second
FEWEST_STEPS = 8  # past changes that tell how restless a figure is
LEVELS = ("category", "issue")


def by_language(checked: pd.DataFrame) -> pd.DataFrame:
    """Tell, per language and level, how many labelled contacts the sorting answers without their label, and how often right.

    ``checked`` as ``voc.text.taxonomy.classify.Sorted.checked``. Returns ``BY_LANGUAGE``, "all" first, then the most
    frequent: level (category, issue), n (contacts that say something and have a label of that level), answered, coverage
    (% answered) and right (% of the answered) with Wilson's 95 % intervals. Contacts of one customer are never on both
    sides; they are alike, so intervals are a little too narrow where few customers write often.
    """
    names = checked["language"].value_counts().sort_index().sort_values(ascending=False, kind="stable").index
    rows = []
    for level in LEVELS:
        known = checked[checked[level].notna()]
        for name in ["all", *names] if len(names) > 1 else ["all"]:
            part = known if name == "all" else known[known["language"] == name]
            said = part[f"said_{level}"].notna()
            hits = int((part[f"said_{level}"] == part[level])[said].sum())
            rows.append({"language": name, "level": level, "n": len(part), "answered": int(said.sum()), "hits": hits})
    made = pd.DataFrame(rows, columns=["language", "level", "n", "answered", "hits"])
    made = made.assign(**_shares("coverage", made["answered"], made["n"], "coverage_"))
    return made.assign(**_shares("right", made["hits"], made["answered"]))[BY_LANGUAGE]


def by_category(checked: pd.DataFrame) -> pd.DataFrame:
    """Tell, per category, how many of its contacts are answered and found, and how many sorted into it belong there.

    Returns ``BY_CATEGORY``, the largest first: n labelled contacts, answered, coverage (%), right (% of the answered that
    are sorted into it) with lo and hi, said (contacts sorted into it), precision (% of these that belong there) with its
    interval.
    """
    known = checked[checked["category"].notna()]
    said = known["said_category"]
    counts = {
        "n": known["category"].value_counts(),
        "answered": known.loc[said.notna(), "category"].value_counts(),
        "said": said.value_counts(),
        "hits": known.loc[said == known["category"], "category"].value_counts(),
    }
    made = pd.DataFrame(counts).fillna(0).astype(int).rename_axis("category").reset_index()
    made = made.sort_values(["n", "category"], ascending=[False, True], ignore_index=True)
    made = made.assign(**_shares("coverage", made["answered"], made["n"], "coverage_"))
    made = made.assign(**_shares("right", made["hits"], made["answered"]))
    return made.assign(**_shares("precision", made["hits"], made["said"], "precision_"))[BY_CATEGORY]


def confusion(checked: pd.DataFrame, level: str = "category") -> pd.DataFrame:
    """Count what answered contacts are sorted into: label, said, n, of (answered contacts of the label), share (%) with lo, hi.

    Rows where label and said agree are there too; the most frequent mistakes stand first, then what is right.
    """
    answered = checked[checked[level].notna() & checked[f"said_{level}"].notna()]
    made = answered.groupby([level, f"said_{level}"], sort=True).size().reset_index(name="n")
    made = made.rename(columns={level: "label", f"said_{level}": "said"})
    made["of"] = made["label"].map(answered[level].value_counts())
    made = made.assign(**_shares("share", made["n"], made["of"]), wrong=made["label"] != made["said"])
    made = made.sort_values(["wrong", "n", "label", "said"], ascending=[False, False, True, True], ignore_index=True)
    return made[["label", "said", "n", "of", "share", "lo", "hi", "wrong"]]


def contradicted(checked: pd.DataFrame) -> pd.DataFrame:
    """Return labels of the source that the contact's own text contradicts, the surest first.

    The model, which knows neither the contact nor its customer nor its wording, leaves under 5 % to the label and gives
    another category over 95 % (confident learning: Northcutt, Jiang & Chuang, JAIR 70, 2021). One of the two is wrong; a
    reader says which. Returns interaction_id, language, category, issue, model_category, model_issue, model_probability.
    """
    rows = checked[
        (checked["origin"] == "source")
        & (checked["given_probability"] < DOUBT)
        & (checked["model_probability"] > SURE)
    ]  # fmt: skip
    rows = rows.sort_values(["model_probability", "interaction_id"], ascending=[False, True], ignore_index=True)
    return rows[
        ["interaction_id", "language", "category", "issue", "model_category", "model_issue", "model_probability"]
    ]


def drift(
    contacts: pd.DataFrame, floors: pd.DataFrame, periods: Sequence[Period], rules: MetricRules, checked: pd.DataFrame
) -> pd.DataFrame:
    """Compare the last period's texts, as the model reads them, with those of the period before.

    Args:
        contacts: ``Sorted.contacts``, with created_local and, where known, language; only texts that the model read count.
        floors: ``Sorted.floors``: from which probability a category is answered.
        periods: oldest first; the last is under report. Earlier ones tell how restless a figure is without any drift.
        checked: ``Sorted.checked``.

    Returns:
        ``DRIFT``: what is ``answered`` (% of texts that the model would answer), ``mean probability`` (%), ``right`` (% of its
        answers on labelled contacts) or ``share of texts`` (% that the model reads as category ``label``), n texts, value
        with lo and hi, the same before, change in points, floor (what chance alone makes 19 times in 20), p, q and
        certainty over all rows together, why (empty where it is judged). Empty without a model or without times.
    """
    rows = _texts(contacts, floors, checked)
    if rows.empty or len(periods) < 2:
        return pd.DataFrame(columns=DRIFT)
    steps = [_step(rows, now, then) for then, now in pairwise(periods)]
    made = steps[-1].copy()
    past = pd.concat(steps[:-1]) if len(steps) > 1 else made.head(0)
    past = past[past["z"].notna()].assign(size=lambda part: part["z"].abs()).groupby(["what", "label"])["size"]
    restless = (1.4826 * past.median()).where(past.count() >= FEWEST_STEPS, 1.0).clip(lower=1.0)
    wider = restless.reindex(pd.MultiIndex.from_frame(made[["what", "label"]])).fillna(1.0).to_numpy(float)
    z = made["z"].to_numpy(float) / wider
    made["p"] = two_sided(z)
    made["floor"] = noise_floor(made["change"], z, Z * made["se"].to_numpy(float) * wider)
    few = made[["n", "n_before"]].min(axis=1) < rules.min_n
    made["why"] = np.where(few, f"fewer than {rules.min_n} texts to judge from", "")
    return with_certainty(made, rules)[DRIFT]


def _texts(contacts: pd.DataFrame, floors: pd.DataFrame, checked: pd.DataFrame) -> pd.DataFrame:
    """Return what the model says of each text: created_local, category, probability, answered, right (missing: no label)."""
    said = contacts[contacts["model_probability"].notna()]
    at = floors[floors["level"] == "category"].set_index("language")["at"]
    if said.empty or at.empty or "created_local" not in said:
        return pd.DataFrame()
    language = said["language"] if "language" in said else pd.Series(None, index=said.index, dtype=object)
    language = language.astype(object).where(language.notna(), "not known")
    answered = said["model_probability"] >= language.map(at).fillna(at["all"])
    label = checked.set_index("interaction_id")["category"].reindex(said["interaction_id"]).to_numpy(object)
    right = np.where(pd.notna(label) & answered.to_numpy(), label == said["model_category"].to_numpy(object), None)
    return pd.DataFrame(
        {
            "created_local": pd.to_datetime(said["created_local"]).to_numpy(),
            "category": said["model_category"].to_numpy(object),
            "probability": said["model_probability"].to_numpy(float),
            "answered": answered.to_numpy(bool),
            "right": right,
        }
    )


def _step(rows: pd.DataFrame, now: Period, then: Period) -> pd.DataFrame:
    """Set one period against the one before: a row per figure, with z and se of the change."""
    parts = [
        rows[(rows["created_local"] >= pd.Timestamp(one.start)) & (rows["created_local"] < pd.Timestamp(one.end))]
        for one in (now, then)
    ]
    figures: list[tuple] = [_share(ANSWERED, "", *((part["answered"].sum(), len(part)) for part in parts))]
    known = [part["right"].dropna().astype(bool) for part in parts]
    figures.append(_share(RIGHT, "", *((part.sum(), len(part)) for part in known)))
    figures.append(_mean(*(part["probability"].to_numpy(float) for part in parts)))
    for name in sorted(rows["category"].dropna().unique()):
        figures.append(_share(MIX, name, *((part["category"].eq(name).sum(), len(part)) for part in parts)))
    names = ["what", "label", "n", "value", "lo", "hi", "n_before", "before", "change", "se", "z"]
    return pd.DataFrame(figures, columns=names)


def _share(what: str, label: str, now: tuple[int, int], then: tuple[int, int]) -> tuple:
    (hits, n), (hits_before, before) = now, then
    if not n or not before:
        empty = [np.nan] * 3
        value = 100 * hits / n if n else np.nan
        return (what, label, n, value, np.nan, np.nan, before, 100 * hits_before / before if before else np.nan, *empty)
    lo, hi = wilson(np.array(float(hits)), np.array(float(n)))
    pooled = (hits + hits_before) / (n + before)
    se = 100 * np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / before))
    z = share_z(*(np.array([float(one)]) for one in (hits, n, hits_before, before)))[0]
    share, share_before = 100 * hits / n, 100 * hits_before / before
    return what, label, n, share, 100 * lo, 100 * hi, before, share_before, share - share_before, se, z


def _mean(now: np.ndarray, then: np.ndarray) -> tuple:
    n, before = len(now), len(then)
    if n < 2 or before < 2:
        means = [100 * part.mean() if len(part) else np.nan for part in (now, then)]
        return (PROBABILITY, "", n, means[0], np.nan, np.nan, before, means[1], np.nan, np.nan, np.nan)
    sides = [np.array([float(one)]) for part in (now, then) for one in (len(part), part.mean(), _se(part), _lean(part))]
    z = mean_z(*sides)[0]
    value, earlier, half = 100 * now.mean(), 100 * then.mean(), 100 * Z * _se(now)
    se = 100 * float(np.hypot(_se(now), _se(then)))
    return PROBABILITY, "", n, value, value - half, min(value + half, 100.0), before, earlier, value - earlier, se, z


def _se(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _lean(values: np.ndarray) -> float:
    spread = values.std()
    return float(((values - values.mean()) ** 3).mean() / spread**3) if spread > 1e-9 else 0.0


def _shares(name: str, hits: pd.Series, n: pd.Series, prefix: str = "") -> dict[str, np.ndarray]:
    """Return a share in per cent with Wilson's interval, missing where there is nothing to share."""
    hits, n = hits.to_numpy(float), n.to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        lo, hi = wilson(hits, n)
        return {name: 100 * hits / n, f"{prefix}lo": 100 * lo, f"{prefix}hi": 100 * hi}
