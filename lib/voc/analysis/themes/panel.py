"""The voice panel: customers' own words, drawn by lot within strata, so that nobody chose them and no mood is lost.

An average hears those who write most and those who were asked. Here every topic has one voice of each mood there is,
however rare; within a topic and mood the language and whether the customer scored the contact come first, whichever was
heard least so far, and only then a contact is drawn by lot. The same month and seed draw the same voices.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..rules import MetricRules
from ..scorecard import within
from ..voices import FEWEST_LETTERS, LONGEST
from .lines import LINE, ROOT, TOPIC

SAID = ["interaction_id", "text", "language", "channel", "date", "score", "asked"]
MOODS = {-1: "negative", 0: "neutral", 1: "positive"}
IDEOGRAPH = 2.5  # Latin letters that one says as much as
SURE_OF_MOOD = 0.8  # probability from which a mood is held against a score
SHORT = 180  # letters of a voice in the map


def texts_of(table: ir.Table, period: Period | None = None) -> pd.DataFrame:
    """Fetch the texts of a period, or of all times, that say enough to be quoted, each text once, by interaction_id.

    Returns interaction_id, text, language, channel, date, score (1–5 or missing) and asked (True, False or missing where
    nobody noted it). Ideographs count as two and a half letters.
    """
    if "text" not in table.columns:
        return pd.DataFrame(columns=SAID)
    kept = {"score": "csat", "asked": "survey_sent", "language": "language", "channel": "channel"}
    inside = within(table, period) if period is not None else table
    inside = inside.filter(inside.text.notnull())
    columns = {name: inside[column] for name, column in kept.items() if column in table.columns}
    frame = to_frame(inside.select("interaction_id", "text", date=inside.created_local, **columns))
    frame = frame.sort_values("interaction_id", ignore_index=True).reindex(columns=SAID)
    wide = frame["text"].str.count(r"[\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u3040-\u30ff]")
    enough = frame["text"].str.len() + (IDEOGRAPH - 1) * wide >= FEWEST_LETTERS
    return frame[enough].drop_duplicates("text", ignore_index=True)


def shorten(text: str, most: int = LONGEST) -> str:
    """Put a text on one line (line breaks as « / ») and shorten it at a word's end, Chinese anywhere.

    Never inside a mask or between a letter and its marks.

    >>> shorten("The parcel of [email] is late", 18), shorten("快递 还没到", 9)
    ('The parcel of …', '快递 还没到')
    """
    lines = re.sub(r"(?<=[^\s.!?…。！？:：,，;；])\s*[\r\n]+\s*", " / ", text.strip())  # as verses are quoted
    flat = " ".join("".join(c if c.isprintable() or c in "\u200d\u200c" else " " for c in lines).split())
    if len(flat) <= most:
        return flat
    end = most
    while end and (unicodedata.combining(flat[end]) or flat[end] in "\ufe0f\u200d" or flat[end - 1] == "\u200d"):
        end -= 1
    head = flat[:end]
    if head.rfind("[") > head.rfind("]") and "]" in flat[end : end + 12]:
        head = head[: head.rfind("[")]
    elif flat[end] != " " and _spaced(flat[end - 1]) and _spaced(flat[end]) and " " in head[-40:]:
        head = head.rsplit(" ", 1)[0]
    return head.rstrip(" ,;:，、；：") + " …"


def _spaced(letter: str) -> bool:
    """Tell whether a letter's script writes spaces between words."""
    return unicodedata.east_asian_width(letter) not in "WF"


def three(
    texts: pd.DataFrame,
    lines: pd.DataFrame,
    rng: np.random.Generator,
    rules: MetricRules,
    each: int = 3,
    most: int = SHORT,
    sentences: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Draw voices for every category and topic of the map: one of each of its commonest languages, the rest from all, nobody twice.

    ``texts`` from ``texts_of``, ``lines`` from ``lines.members``. A line with fewer contacts than ``smallest_group`` has
    none: its words might be known. With ``sentences`` (``lines.sentences_of``) a topic's voice begins where it speaks of it.
    Returns kind, root, label and the columns of ``texts``, texts cut at ``most`` letters.
    """
    both = lines[lines["kind"] != ROOT].merge(texts, on="interaction_id")
    both = both.sort_values([*LINE, "interaction_id"], ignore_index=True)
    ids, tongues = both["interaction_id"].to_numpy(object), both["language"].fillna("").astype(str).to_numpy(object)
    drawn, taken = [], set()
    for places in both.groupby(LINE, sort=True).indices.values():
        if len(places) < rules.smallest_group:
            continue
        lots = [at for at in places[rng.permutation(len(places))] if ids[at] not in taken]
        counts = Counter(tongues[at] for at in lots)
        wanted = set(sorted(counts, key=lambda name: (-counts[name], name))[:each])
        first = [at for at in lots if tongues[at] in wanted and not wanted.discard(tongues[at])]
        chosen = list(dict.fromkeys([*first, *lots]))[:each]
        taken.update(ids[at] for at in chosen)
        drawn += chosen
    found = both.iloc[drawn].reset_index(drop=True)
    if sentences is not None:
        found = found.merge(sentences.assign(kind=TOPIC), on=["interaction_id", "kind", "label"], how="left")
        found["text"] = [_from(text, said) for text, said in zip(found["text"], found["sentence"], strict=True)]
    return found.assign(text=[shorten(text, most) for text in found["text"]])[[*LINE, *SAID]]


def _from(text: str, sentence: str | float) -> str:
    """Begin a text at a sentence of it, where that is far enough inside to be cut off otherwise."""
    at = text.find(sentence) if isinstance(sentence, str) else -1
    return f"… {text[at:]}" if at > SHORT / 3 else text


def _pools(texts: pd.DataFrame, lines: pd.DataFrame):
    """Yield each line and its texts, lines by name, texts by interaction_id."""
    both = lines.merge(texts, on="interaction_id").sort_values([*LINE, "interaction_id"], ignore_index=True)
    yield from both.groupby(LINE, sort=True)


def panel(
    texts: pd.DataFrame,
    lines: pd.DataFrame,
    moods: pd.DataFrame,
    chosen: pd.DataFrame,
    rng: np.random.Generator,
    most: int = LONGEST,
) -> pd.DataFrame:
    """Draw one voice of each mood for each chosen line.

    ``chosen``: kind, root, label, in the order of the page. Returns kind, root, label, mood (negative, neutral, positive),
    share (% of the line's quotable contacts in that mood) and of (how many these are), the columns of ``texts``, dissent
    (the mood against that of most who are not neutral) and disagrees (text against score). No contact stands twice.
    """
    said = texts.merge(moods.loc[moods["mood"].notna(), ["interaction_id", "mood"]], on="interaction_id")
    said["heard"] = said["score"].notna()
    pools = dict(_pools(said, lines))
    used: Counter = Counter()
    rows, taken = [], set()
    for key in chosen[LINE].itertuples(index=False, name=None):
        pool = pools.get(key)
        if pool is None:
            continue
        counts = pool["mood"].value_counts()
        against = -1 if counts.get(1, 0) > counts.get(-1, 0) else 1
        for mood in sorted(counts.index):
            part = pool[(pool["mood"] == mood) & ~pool["interaction_id"].isin(taken)]
            if part.empty:
                continue
            one = _least_heard(part, used, rng)
            taken.add(one["interaction_id"])
            rows.append(one.to_dict() | {
                "mood": MOODS[int(mood)], "share": 100 * counts[mood] / len(pool), "of": len(pool),
                "dissent": mood == against and counts.get(-against, 0) > 0,
                "disagrees": disagrees(mood, one["score"]), "text": shorten(one["text"], most),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=[*LINE, "mood", "share", "of", *SAID, "dissent", "disagrees"])


def _least_heard(part: pd.DataFrame, used: Counter, rng: np.random.Generator) -> pd.Series:
    """Draw a contact of the cell of language and scored or not that was heard least; cells that tie by lot."""
    languages = part["language"].astype(object).where(part["language"].notna(), "").astype(str)
    cells = sorted(set(zip(languages, part["heard"], strict=True)))
    order = [cells[at] for at in rng.permutation(len(cells))]
    language, heard = min(order, key=lambda cell: (used[cell], used[cell[0]] + used[cell[1]]))
    used.update([(language, heard), language, heard])
    inside = part[(languages == language) & (part["heard"] == heard)]
    return inside.iloc[int(rng.integers(len(inside)))]


def disagrees(mood: float, score: float) -> bool:
    """Tell whether a text's mood and the score beside it say the opposite: negative with 4 or 5, positive with 1 or 2."""
    return bool((mood == -1 and score >= 4) or (mood == 1 and score <= 2))
