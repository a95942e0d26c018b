"""What moods are worth: accuracy by language against scores, where text and score disagree, and who was not asked.

Moods of contacts with a score come from heads that know neither them, nor their customers, nor their wording, so the
scores judge them fairly. A score is no mood: it says how the service was, often after the text was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..intervals import wilson
from ..nonresponse.groups import ANSWERED, SILENT, UNASKED, UNHEARD, against, judged_together
from ..rules import MetricRules
from .moods import spread

ALL = "all languages"
FEWEST = 30  # unhappy and happy answers each, below which a language's accuracy is not told
DRAWS = 400  # of the bootstrap
CLEAR = 0.8  # probability from which a mood is called clear
BAD_TEXT, GOOD_TEXT = "negative text, score 4 or 5", "positive text, score 1 or 2"
KIND = ("channel", "language", "issue", "category")


def accuracy(frame: pd.DataFrame, rng: np.random.Generator, pairs: Mapping[str, int], enough: int) -> pd.DataFrame:
    """Tell how far the text alone tells unhappy (1, 2) from happy (4, 5) customers, by language.

    Args:
        frame: from ``moods.mood_frame``, with csat; language and customer_id where known.
        rng: of the bootstrap over customers.
        pairs: matched unhappy answers learned from per language (``Sentiments.pairs``).
        enough: of them, from which a language counts as learned.

    Returns:
        language (and ``ALL`` first), unhappy, happy (answers), auc, auc_lo, auc_hi (share of pairs of an unhappy and a
        happy customer that the texts put in the right order, %; 50 is guessing), right, right_lo, right_hi (mean of both
        groups' share read on the right side of nought, %), unhappy_negative, unhappy_neutral, unhappy_positive,
        happy_negative, happy_neutral, happy_positive (%), learned (own scores, other languages' scores, no scores).
        A language with fewer than ``FEWEST`` of either has counts alone.
    """
    known = frame[frame["csat"].notna() & (frame["csat"] != 3)] if "csat" in frame else frame[:0]
    parts = [(ALL, known)]
    if "language" in known:
        parts += list(known.groupby("language", sort=True))
    rows = []
    for language, part in parts:
        happy = (part["csat"] >= 4).to_numpy() if len(part) else np.zeros(0, bool)
        mine = sum(pairs.values()) if language == ALL else pairs.get(str(language), 0)
        how = "own scores" if mine >= enough else "other languages' scores" if sum(pairs.values()) else "no scores"
        row: dict = {"language": language, "unhappy": int((~happy).sum()), "happy": int(happy.sum()), "learned": how}
        if min(row["unhappy"], row["happy"]) >= FEWEST:
            row |= _told(part, happy, rng) | _table(part, happy)
        rows.append(row)
    sides = [f"{who}_{mood}" for who in ("unhappy", "happy") for mood in ("negative", "neutral", "positive")]
    ends = [f"{name}{end}" for name in ("auc", "right") for end in ("", "_lo", "_hi")]
    return pd.DataFrame(rows).reindex(columns=["language", "unhappy", "happy", *ends, *sides, "learned"])


def _told(part: pd.DataFrame, happy: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Return AUC and balanced accuracy with their intervals from customers drawn with replacement."""
    net = part["net"].to_numpy(float)
    codes = pd.factorize(part["customer_id"])[0] if "customer_id" in part else np.arange(len(part))
    codes = np.where(codes < 0, codes.max(initial=-1) + 1 + np.arange(len(codes)), codes)
    values, place = np.unique(net, return_inverse=True)
    size = codes.max(initial=-1) + 1
    drawn = np.array([_figures_of(rng.poisson(1.0, size)[codes], happy, place, values) for _ in range(DRAWS)])
    found = _figures_of(np.ones(len(part)), happy, place, values)
    ends = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    named = {}
    for at, name in enumerate(("auc", "right")):
        named |= {name: found[at], f"{name}_lo": ends[0, at], f"{name}_hi": ends[1, at]}
    return {name: float(value) * 100 for name, value in named.items()}


def _figures_of(weights: np.ndarray, happy: np.ndarray, place: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Return AUC (Mann–Whitney, ties count half) and balanced accuracy of weighted answers; ties at nought count half."""
    good = np.bincount(place, weights * happy, len(values))
    bad = np.bincount(place, weights * ~happy, len(values))
    total = good.sum() * bad.sum()
    if not total:
        return np.nan, np.nan
    below = np.cumsum(bad) - bad
    side = np.sign(values)
    right = ((good * (side > 0)).sum() + (good * (side == 0)).sum() / 2) / good.sum()
    wrong = ((bad * (side < 0)).sum() + (bad * (side == 0)).sum() / 2) / bad.sum()
    return float((good * (below + bad / 2)).sum() / total), float((right + wrong) / 2)


def _table(part: pd.DataFrame, happy: np.ndarray) -> dict[str, float]:
    mood = part["mood"].to_numpy()
    return {
        f"{who}_{name}": float((mood[rows] == value).mean() * 100)
        for who, rows in (("unhappy", ~happy), ("happy", happy))
        for name, value in (("negative", -1), ("neutral", 0), ("positive", 1))
    }


def false_alarms(read: pd.DataFrame) -> pd.DataFrame:
    """Tell how often a sentence of another mood reads clearly negative or clearly positive, by language.

    ``read``: language, mood (the true one), negative, positive (probabilities read without knowing it), such as
    ``cold_start.left_out`` turned into probabilities. Returns language (``ALL`` first), side (negative, positive), n, value,
    lo, hi (shares, 0 to 1).
    """
    rows = []
    for language, part in [(ALL, read), *read.groupby("language", sort=True)]:
        for side, mood in (("negative", -1), ("positive", 1)):
            others = part[part["mood"] != mood]
            n, hits = len(others), int((others[side] >= CLEAR).sum())
            lo, hi = wilson(np.array(float(hits)), np.array(float(n))) if n else (np.nan, np.nan)
            rows.append(
                {
                    "language": language,
                    "side": side,
                    "n": n,
                    "value": hits / n if n else np.nan,
                    "lo": float(lo),
                    "hi": float(hi),
                }
            )
    return pd.DataFrame(rows)


def disagreeing(frame: pd.DataFrame) -> pd.Series:
    """Name the contacts whose text and score disagree: ``BAD_TEXT``, ``GOOD_TEXT`` or empty; only clear moods count."""
    csat = frame["csat"] if "csat" in frame else pd.Series(np.nan, index=frame.index)
    bad = (frame["negative"] >= CLEAR) & (csat >= 4)
    good = (frame["positive"] >= CLEAR) & (csat <= 2)
    return pd.Series(np.select([bad, good], [BAD_TEXT, GOOD_TEXT], ""), index=frame.index)


def disagreement(frame: pd.DataFrame, alarms: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Tell how often text and score disagree, and how much of that the reading's own errors would make alone.

    Args:
        frame: from ``moods.mood_frame``, with csat.
        alarms: from ``false_alarms``.
        rules: ``min_n``.

    Returns:
        kind (``BAD_TEXT`` of scores 4 and 5, ``GOOD_TEXT`` of 1 and 2), n (answers with such a score), hits, value, lo, hi
        (%), errors, errors_lo, errors_hi (% that a reading as faulty as on labelled sentences would show if no such text
        were there), certainty: sure where the whole interval lies above the errors' whole, likely where the figure does,
        within noise where neither, cannot tell below ``min_n``.
    """
    if "csat" not in frame:
        frame = frame.assign(csat=np.nan)
    kinds, rows = disagreeing(frame), []
    for kind, side, scored in (
        (BAD_TEXT, "negative", frame["csat"] >= 4),
        (GOOD_TEXT, "positive", frame["csat"] <= 2),
    ):
        part, hit = frame[scored], (kinds[scored] == kind).astype(int)
        n = len(part)
        row: dict = {"kind": kind, "n": n, "hits": int(hit.sum()), "certainty": "cannot tell"}
        if n:
            wider = spread(hit, part.get("customer_id"))
            lo, hi = wilson(np.array(hit.sum() / wider), np.array(n / wider))
            row |= {"value": hit.mean() * 100, "lo": float(lo) * 100, "hi": float(hi) * 100} | _errors(
                part, alarms, side
            )
            if n >= rules.min_n:
                sure, likely = row["lo"] > row["errors_hi"], row["lo"] > row["errors"]
                row["certainty"] = "sure" if sure else "likely" if likely else "within noise"
        rows.append(row)
    columns = ["kind", "n", "hits", "value", "lo", "hi", "errors", "errors_lo", "errors_hi", "certainty"]
    return pd.DataFrame(rows).reindex(columns=columns)


def _errors(part: pd.DataFrame, alarms: pd.DataFrame, side: str) -> dict[str, float]:
    """Return the share of texts with one false alarm or more, if each of their sentences were as often misread as ours."""
    of = alarms[alarms["side"] == side].set_index("language")
    language = (
        part["language"].where(part["language"].isin(of.index), ALL)
        if "language" in part
        else pd.Series(ALL, part.index)
    )
    many = part["sentences"].to_numpy(float)
    return {
        name: float((1 - (1 - language.map(of[column]).to_numpy(float)) ** many).mean() * 100)
        for name, column in (("errors", "value"), ("errors_lo", "lo"), ("errors_hi", "hi"))
    }


def drawn(frame: pd.DataFrame, texts: pd.DataFrame, rng: np.random.Generator, each: int = 3) -> pd.DataFrame:
    """Draw disagreeing contacts by lot for reading: kind, interaction_id, text, language, channel, csat, p.

    ``texts``: interaction_id, text. ``each`` of either kind; sorted before the draw, so that a seed decides.
    """
    marked = frame.assign(kind=disagreeing(frame))
    marked = marked[marked["kind"] != ""].sort_values("interaction_id", ignore_index=True)
    rows = [part.iloc[np.sort(rng.permutation(len(part))[:each])] for _, part in marked.groupby("kind", sort=True)]
    columns = ["kind", "interaction_id", "text", "language", "channel", "csat", "p"]
    if not rows:
        return pd.DataFrame(columns=columns)
    found = pd.concat(rows, ignore_index=True).merge(texts[["interaction_id", "text"]], on="interaction_id", how="left")
    return found.reindex(columns=columns)


def unheard(frame: pd.DataFrame, rules: MetricRules, kind: Sequence[str] = KIND) -> pd.DataFrame:
    """Set the moods of those who were not asked, or kept silent, beside those who answered in the same kind of contact.

    Args:
        frame: from ``moods.mood_frame``, with csat and survey_sent (missing: who was asked is not known).
        rules: ``min_n``, ``sure``, ``likely``.
        kind: columns that make contacts of one kind; the comparison is within each (direct standardisation).

    Returns:
        mood (negative, positive), group, n, value, lo, hi (%), others (% of the answered, weighted to the group's kinds),
        difference, floor (points), q, certainty ("" for the answered). Empty without any score.
    """
    names = ["mood", "group", "n", "value", "lo", "hi", "others", "difference", "floor", "q", "certainty"]
    if "csat" not in frame or frame["csat"].isna().all() or not len(frame):
        return pd.DataFrame(columns=names)
    group, kinds = groups(frame), _kinds(frame, kind, rules)
    rows = []
    for side, mood in (("negative", -1), ("positive", 1)):
        hit = (frame["mood"] == mood).astype(int)
        wider = spread(hit, frame.get("customer_id"))
        cells = (
            pd.DataFrame({"kind": kinds, "group": group, "x": hit}).groupby(["group", "kind"])["x"].agg(["sum", "size"])
        )
        base = cells.loc[ANSWERED]
        for name in [one for one in (ANSWERED, SILENT, UNASKED, UNHEARD) if one in cells.index.get_level_values(0)]:
            own = cells.loc[name].join(base.add_suffix("_base"), how="left").fillna(0)
            strata = (
                [] if name == ANSWERED else list(own[["sum", "size", "sum_base", "size_base"]].itertuples(index=False))
            )
            rows.append({"mood": side, "group": name, **against(own["sum"].sum(), own["size"].sum(), strata, wider)})
    return judged_together({"moods": rows}, {"moods": names}, rules)["moods"]


def groups(frame: pd.DataFrame) -> pd.Series:
    """Name for each contact whether it answered, was asked and kept silent, or was not asked."""
    answered = frame["csat"].notna()
    sent = frame["survey_sent"].fillna(False).astype(bool) if "survey_sent" in frame else answered
    if not (sent & ~answered).any():
        return pd.Series(np.where(answered, ANSWERED, UNHEARD), index=frame.index)
    return pd.Series(np.select([answered, sent], [ANSWERED, SILENT], UNASKED), index=frame.index)


def _kinds(frame: pd.DataFrame, names: Sequence[str], rules: MetricRules) -> pd.Series:
    """Name each contact's kind; kinds that fewer than ``min_n`` answered are pooled step by step, the last column first."""
    from ..nonresponse.weighting import kinds

    there = [name for name in names if name in frame.columns]
    if not there:
        return pd.Series("all", index=frame.index)
    known = frame[there].astype("str").fillna("(unknown)")
    cells = known.assign(answered=frame["csat"].notna().astype(int)).groupby(there, sort=True)["answered"].sum()
    cells = cells.reset_index()
    cells["kind"] = kinds(cells, there, rules.min_n)
    return known.merge(cells, on=there, how="left")["kind"].set_axis(frame.index)
