"""What there is to tell of a theme inside a category: since when, how often, where, how satisfied, in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.periods import Period
from ...text.corpus import Corpus
from ..chance import false_discovery, share_z, two_sided
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..intervals import wilson
from ..rules import MetricRules
from .finds import MARGIN, Find, Sides, grow, sides_of, together, voices_in, weeks_of
from .mentions import period_numbers
from .terms import compare_terms, naming

THEME_COLUMNS = [
    "theme", "by", "label", "dimension", "value", "certainty", "q", "tellers", "of", "share", "lo", "hi", "others",
    "of_others", "share_others", "contacts", "begin_first", "begin_last", "begins", "ended", "end_first", "end_last", "where",
    "csat", "csat_lo", "csat_hi", "csat_n", "csat_others", "csat_certainty", "words", "says",
]  # fmt: skip
MEMBER_COLUMNS = ["theme", "interaction_id", "vector", "since"]
CARRIES = {"share": 0.25, "odds": 2.0}  # least part of a theme's voices, and odds ratio, of a value told as its place
MOST_PLACES = 3
MOST_OTHERS = 3_000  # sentences of the rest of a category that words are set against


def measured(
    corpus: Corpus, found: Sequence[Find], by: str, teller: np.ndarray, periods: Sequence[Period], recent: int,
    values: Mapping[str, np.ndarray], rules: MetricRules, unnamed: Mapping[str, np.ndarray] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Measure finds.

    Returns:
        Themes, the surest first: theme (its name in ``members``), by and label (the category), dimension and value
        (``time`` or what is set against all others), certainty, q, tellers (voices with it) of so many, share with lo and
        hi (%), others, of_others and share_others (before, or of all other values), contacts, begin_first to begin_last
        (days between which it began, 95 %), begins (likeliest day), ended (chance that it is over) and end_first to
        end_last, where (list of {dimension, value, share, elsewhere}: values that carry it), csat with csat_lo, csat_hi,
        csat_n, csat_others (the category's contacts without it) and csat_certainty, words ({language: words}), says
        (vector of the sentence that says it most plainly). And the members: see ``Inside``.
    """
    weeks = weeks_of(periods)
    week = period_numbers(corpus.contacts["created_local"], weeks)
    late = period_numbers(corpus.contacts["created_local"], periods) >= len(periods) - recent
    earliest = max(1, len(weeks) - int(np.ceil(sum(one.days for one in periods[-recent:]) / 7)) - MARGIN)
    known: dict[tuple, Sides] = {}

    def all_sides() -> list[Sides]:
        for one in found:
            if (one.name, *one.taken) not in known:
                known[(one.name, *one.taken)] = sides_of(corpus, one, teller, week, weeks, late, values, earliest)
        return [known[(one.name, *one.taken)] for one in found]

    found = together(found, all_sides())
    sides = all_sides()
    for one, side, places in zip(found, sides, _places(found, sides, teller, values, rules), strict=True):
        grow(one, side, places, teller, values, unnamed or {})
    sides = all_sides()
    rows = [_row(one, side, by, teller, rules) for one, side in zip(found, sides, strict=True)]
    themes = pd.DataFrame(rows)
    if themes.empty:
        return pd.DataFrame(columns=THEME_COLUMNS), pd.DataFrame(columns=MEMBER_COLUMNS)
    themes["where"] = _places(found, sides, teller, values, rules)
    themes = themes.join(_scores(corpus, sides, rules))
    members = [_members(corpus, one, side) for one, side in zip(found, sides, strict=True)]
    told = [_told(corpus, one, side, part) for one, side, part in zip(found, sides, members, strict=True)]
    themes[["words", "says"]] = pd.DataFrame(told, columns=["words", "says"], index=themes.index)
    return themes[THEME_COLUMNS], pd.concat(members, ignore_index=True)[MEMBER_COLUMNS]


def _row(one: Find, side: Sides, by: str, teller: np.ndarray, rules: MetricRules) -> dict:
    n, rest = voices_in(teller, side.here), voices_in(teller, side.there)
    hits, others = voices_in(teller, side.here & side.has), voices_in(teller, side.there & side.has)
    lo, hi = wilson(np.array(float(hits)), np.array(float(max(n, 1))))
    return {
        "theme": one.name, "by": by, "label": one.lead["label"], "dimension": one.lead["dimension"], "value": one.lead["value"],
        "certainty": SURE if one.lead["q"] <= rules.sure else LIKELY, "q": float(one.lead["q"]), "tellers": hits, "of": n,
        "share": 100 * hits / max(n, 1), "lo": 100 * float(lo), "hi": 100 * float(hi), "others": others, "of_others": rest,
        "share_others": 100 * others / max(rest, 1), "contacts": int((side.here & side.has).sum()), **side.onset,
    }  # fmt: skip


def _places(
    found: Sequence[Find],
    sides: Sequence[Sides],
    teller: np.ndarray,
    values: Mapping[str, np.ndarray],
    rules: MetricRules,
) -> list[list[dict]]:
    """Name the values that have a much larger part in a theme than in the category's other contacts of the same span."""
    rows = []
    for number, (one, side) in enumerate(zip(found, sides, strict=True)):
        for name, own in values.items():
            known = side.here & pd.notna(own)
            mine, rest = known & side.has, known & ~side.has
            n, m = voices_in(teller, mine), voices_in(teller, rest)
            if name == one.lead["dimension"] or min(n, m) < 5:
                continue
            for value in sorted(set(own[mine])):
                a, b = voices_in(teller, mine & (own == value)), voices_in(teller, rest & (own == value))
                rows.append((number, name, value, a, n, b, m))
    frame = pd.DataFrame(rows, columns=["number", "dimension", "value", "a", "n", "b", "m"])
    a, n, b, m = (frame[name].to_numpy(float) for name in "anbm")
    z = share_z(a, n, b, m) if len(frame) else np.zeros(0)
    frame["q"] = false_discovery(pd.Series(two_sided(z), index=frame.index))
    frame = frame.assign(share=100 * a / n, elsewhere=100 * b / m, z=z) if len(frame) else frame.assign(z=[])
    odds = a * (m - b) >= CARRIES["odds"] * b * (n - a)
    kept = frame[(frame["z"] > 0) & (frame["q"] <= rules.sure) & (a >= CARRIES["share"] * n) & odds]
    kept = kept.sort_values(["number", "z", "value"], ascending=[True, False, True]).groupby("number").head(MOST_PLACES)
    of = dict(list(kept.groupby("number")))
    keys = ["dimension", "value", "share", "elsewhere"]
    return [of[number][keys].to_dict("records") if number in of else [] for number in range(len(found))]


def _scores(corpus: Corpus, sides: Sequence[Sides], rules: MetricRules) -> pd.DataFrame:
    """Set the satisfaction of contacts with a theme against that of the same group's others, all themes together."""
    score = _satisfied(corpus.contacts)
    rows = []
    for side in sides:
        a, b = (score[side.here & part & np.isfinite(score)] for part in (side.has, ~side.has))
        lo, hi = wilson(np.array(a.sum()), np.array(float(len(a)))) if len(a) else (np.nan, np.nan)
        judged = min(len(a), len(b)) >= min(rules.min_n, 15)
        z = share_z(*(np.array([float(x)]) for x in (a.sum(), len(a), b.sum(), len(b)))) if judged else [np.nan]
        means = [100 * part.mean() if len(part) else np.nan for part in (a, b)]
        rows.append((means[0], 100 * float(lo), 100 * float(hi), len(a), means[1], float(two_sided(np.asarray(z))[0])))
    frame = pd.DataFrame(rows, columns=["csat", "csat_lo", "csat_hi", "csat_n", "csat_others", "p"])
    q = false_discovery(frame["p"])
    sure = np.select([q.isna(), q <= rules.sure, q <= rules.likely], [UNKNOWN, SURE, LIKELY], NOISE)
    return frame.drop(columns="p").assign(csat_certainty=sure)


def _satisfied(contacts: pd.DataFrame) -> np.ndarray:
    """Return (contacts,) 1 for answers of 4 and 5, 0 for others, missing without an answer; as the measure ``csat_pct``."""
    if "csat_pct" in contacts:
        return pd.to_numeric(contacts["csat_pct"], errors="coerce").to_numpy(float)
    given = pd.to_numeric(contacts.get("csat", pd.Series(np.nan, contacts.index)), errors="coerce").to_numpy(float)
    return np.where(np.isfinite(given), (given >= 4).astype(float), np.nan)


def _members(corpus: Corpus, one: Find, side: Sides) -> pd.DataFrame:
    near = np.zeros(len(corpus.vectors), dtype=bool)
    near[one.part.used[np.asarray(one.part.near[:, one.taken].sum(axis=1)).ravel() > 0]] = True
    near &= True if one.kept is None else one.kept
    rows = corpus.segments
    contact, vector = rows["contact"].to_numpy(), rows["vector"].to_numpy()
    kept = near[vector] & side.has[contact] & ~rows["empty"].to_numpy()
    ids = corpus.contacts["interaction_id"].to_numpy()[contact[kept]]
    since = (side.here & side.has)[contact[kept]]
    return pd.DataFrame(
        {"theme": one.name, "interaction_id": ids, "vector": vector[kept], "since": since, "row": contact[kept]}
    )


def _told(corpus: Corpus, one: Find, side: Sides, members: pd.DataFrame) -> tuple[dict[str, list[str]], int]:
    """Choose the words that set a theme apart from all else that its category says, and its plainest sentence."""
    segments = corpus.segments
    language = (
        corpus.contacts["language"].fillna("")
        if "language" in corpus.contacts
        else pd.Series("", corpus.contacts.index)
    )
    language = language.to_numpy()
    contact, vector = segments["contact"].to_numpy(), segments["vector"].to_numpy()
    mine = members[members["since"]]
    is_mine = np.zeros(len(corpus.vectors), dtype=bool)
    is_mine[mine["vector"].to_numpy()] = True
    rest = np.flatnonzero((side.here | side.there)[contact] & ~segments["empty"].to_numpy())
    rest = rest[~(is_mine[vector[rest]] & side.here[contact[rest]])]
    text = segments.drop_duplicates("vector").set_index("vector")["text"]
    here = mine.drop_duplicates(["row", "vector"])
    others = pd.DataFrame({"row": contact[rest], "vector": vector[rest]}).drop_duplicates("vector")
    others = others.iloc[:: max(1, len(others) // MOST_OTHERS)]
    found = compare_terms(
        text.loc[here["vector"]].tolist(),
        text.loc[others["vector"]].tolist(),
        language[here["row"]],
        language[others["row"]],
    )
    words = naming(found)
    said = here["vector"].value_counts()
    if said.empty:
        return words, -1
    centre = corpus.vectors[said.index].T @ said.to_numpy(np.float32)
    telling = corpus.vectors[said.index] @ (centre / max(np.linalg.norm(centre), 1e-9))
    return words, int(said.index[np.lexsort((said.index, -telling.round(4)))[0]])
