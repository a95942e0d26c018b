"""Moods of the sample: sentences whose mood was planted, true satisfaction of everybody, and the silent of planted truth 14.

The writer of the sample gives the unhappy angry and ironic sentences, the happy pleased ones and anybody matter-of-fact
ones; satisfaction itself comes from the service, not from the words, so a perfect reading of words would not reach it.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from material import Line, Material
from voc.analysis.nonresponse import ANSWERED, SILENT, UNASKED
from voc.analysis.nonresponse.groups import against
from voc.analysis.themes.mood_checks import groups, unheard
from voc.analysis.themes.moods import mood_frame
from voc.data.sample import wording_en, wording_ru, wording_zh
from voc.text.corpus import Corpus
from voc.text.sentiment import Sentiments, sentiments
from voc.text.sentiment.comments import of_comments
from voc.text.vectors import Vectors

WORDINGS = {"en": wording_en, "ru": wording_ru, "zh": wording_zh}
PLANTED = {"ANGRY": -1, "BAD_REVIEW": -1, "NEUTRAL": 0, "REQUEST": 0, "PLEASED": 1, "GOOD_REVIEW": 1, "IRONY": -1}
RIGHT = 0.65  # mean of the three moods' shares read right, by language: guessing is a third
CERTAIN = ("sure", "likely")


def mood_lines(material: Material, corpus: Corpus, vectors: Vectors) -> list[Line]:
    """Read the sample as the notebook does and hold it against what was planted."""
    surveys = material.month.find("surveys")
    comments = of_comments(material.month.store.frame("surveys"), vectors) if surveys is not None else None
    found = sentiments(corpus, vectors, comments=comments, seed=material.month.settings.seed)
    frame = mood_frame(found, corpus.contacts).join(material.true[["true_csat", "silent"]], on="interaction_id")
    return [*sentence_lines(corpus, found), true_line(frame), silent_line(frame), unheard_line(material, frame)]


def sentence_lines(corpus: Corpus, found: Sentiments) -> list[Line]:
    """Sentences of a planted mood, each wording once: the share read right, by language."""
    segments = corpus.segments.assign(mood=found.sentences["mood"].to_numpy())
    segments["language"] = corpus.contacts["language"].fillna("").to_numpy()[segments["contact"]]
    segments["wording"] = segments["text"].map(lambda text: re.sub(r"\W+", " ", text.lower()).strip())
    rows = segments.drop_duplicates(["language", "wording"])
    lines = []
    for language, words in WORDINGS.items():
        mine = rows[rows["language"] == language]
        kind = pd.Series("", index=mine.index)
        for name in PLANTED:
            kind = kind.mask(mine["wording"].str.fullmatch(pattern(getattr(words, name))) & (kind == ""), name)
        known = mine[kind != ""].assign(kind=kind[kind != ""])
        right = known["mood"] == known["kind"].map(PLANTED)
        plain = known["kind"] != "IRONY"
        by_mood = right[plain].groupby(known["kind"][plain].map(PLANTED)).mean()
        figure = {
            "right": round(float(by_mood.mean()), 3),
            **{f"{name}_right": round(float(by_mood.get(mood, np.nan)), 3) for name, mood in (("negative", -1), ("neutral", 0), ("positive", 1))},
            "irony_right": round(float(right[~plain].mean()), 3),
        }  # fmt: skip
        remark = f"at least {RIGHT} right as the mean of three moods; irony is told beside"
        name = f"moods of sentences in {language}"
        lines.append(
            Line(f"moods-{language}", name, figure["right"] >= RIGHT, figure, {"wordings": len(known)}, remark)
        )
    return lines


def pattern(phrases: tuple[str, ...]) -> str:
    """Turn phrases of the sample's grammar into one pattern over words without punctuation."""
    made = []
    for phrase in phrases:
        slots = re.sub(r"<[^>]*>", "\0", phrase.lower())
        words = re.sub(r"[^\w()|\0 ]", " ", re.sub(r"\((?:[!.。]+\|?)*\|?\)", " ", slots))
        words = words.replace("(", "(?:").replace("\0", r"[\w ]+?")
        made.append(re.sub(r" +", r"\\W*", words))
    return r"\W*(?:" + "|".join(made) + r")\W*"


def true_line(frame: pd.DataFrame) -> Line:
    """How far the text tells the truly unhappy from the truly happy, of those who answered and of those who did not."""
    from sklearn.metrics import roc_auc_score

    judged = frame[frame["true_csat"].notna() & (frame["true_csat"] != 3)]
    aucs = {
        name: round(float(roc_auc_score(part["true_csat"] >= 4, part["net"])), 3)
        for name, part in (("answered", judged[judged["csat"].notna()]), ("others", judged[judged["csat"].isna()]))
    }
    good = min(aucs.values()) > 0.6 and abs(aucs["answered"] - aucs["others"]) < 0.05
    remark = "AUC of moods against true satisfaction; half is guessing; both groups must be read alike"
    return Line("moods-true", "text mood and true satisfaction", good, aucs, {"contacts": len(judged)}, remark)


def silent_line(frame: pd.DataFrame) -> Line:
    """Are the unhappy who leave without a word seen in their texts, beside others of the same issue, channel and language?"""
    kind = frame[["issue", "channel", "language"]].astype("str").fillna("").agg("|".join, axis=1)
    gone, hit = frame["silent"].fillna(False).astype(bool), frame["mood"] == -1
    cells = pd.DataFrame({"kind": kind, "gone": gone, "x": hit}).groupby(["gone", "kind"])["x"].agg(["sum", "size"])
    own = cells.loc[True].join(cells.loc[False].add_suffix("_others")).dropna()
    row = against(own["sum"].sum(), own["size"].sum(), list(own.itertuples(index=False, name=None)), 1.0)
    figure = {
        "negative_pct": round(row["value"], 1), "others_pct": round(row["others"], 1),
        "difference": round(row["difference"], 1), "chance": round(1.96 * row["se"], 1),
    }  # fmt: skip
    seen = row["difference"] > 1.96 * row["se"]
    remark = "texts that read negative; seen where the difference is above chance. No single leaver is told by it"
    return Line(
        "14-moods", "unhappy and silent, in their words", bool(seen), figure, {"contacts": int(gone.sum())}, remark
    )


def unheard_line(material: Material, frame: pd.DataFrame) -> Line:
    """Does the mood of those who were not heard lie where their true satisfaction lies, beside those who answered?"""
    rows = unheard(frame, material.month.settings.metrics)
    rows = rows[rows["mood"] == "negative"].set_index("group")
    true = frame["true_csat"].le(2).groupby(groups(frame)).mean() * 100
    figure, right = {}, []
    for group, name in ((SILENT, "silent"), (UNASKED, "not_asked")):
        if group not in rows.index:
            continue
        row = rows.loc[group]
        planted = true[group] - true[ANSWERED]
        figure |= {f"{name}_more_negative": round(row["difference"], 2), f"{name}_certainty": row["certainty"]}
        figure |= {f"{name}_truly_more_unhappy": round(float(planted), 2)}
        right.append(row["certainty"] not in CERTAIN or np.sign(row["difference"]) == np.sign(planted))
    found = bool(right) and all(right) and (rows["certainty"].isin(CERTAIN)).any()
    remark = "points against those who answered; a difference called certain must lie on the true side"
    return Line("moods-unheard", "moods of those who were not heard", found, figure, {}, remark)
