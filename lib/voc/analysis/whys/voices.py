"""Voices beside an explanation: chosen by how much they say what sets its contacts apart, never by hand, one dissenting."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...text.corpus import Corpus
from ..themes.panel import shorten
from .rows import Rows
from .said import Heard

COLUMNS = ["story", "node", "interaction_id", "language", "channel", "score", "text", "dissent"]
TYPICAL, LETTERS = 2, 260
FEWEST_LETTERS = 15


def voices(
    rows: Rows, heard: Heard, story: str, node: str, cases: np.ndarray, base: np.ndarray, moods: Mapping[str, float]
) -> list[dict]:
    """Choose the voices of an explanation.

    The direction from the middle of all base texts to the middle of the cases is what sets them apart; the most typical
    voices are those of different customers that lie farthest along it, in different languages where there are several. The
    dissenting one is of the mood against that of most (``moods``: interaction_id → −1, 0, 1), or gave a score against it;
    where there is none, it is the one that lies least along the direction.
    """
    corpus, place = heard.corpus, heard.place
    mine, rest = (at[corpus.speaking[at]] for at in (heard.of(cases), heard.of(base)))
    mine = mine[[len(heard.texts[at]) >= FEWEST_LETTERS for at in mine]]
    if not len(mine):
        return []
    vectors = corpus.of_contacts()
    direction = vectors[mine].mean(axis=0) - (vectors[rest].mean(axis=0) if len(rest) else 0.0)
    along = (vectors[mine] @ direction).round(5)
    order = mine[np.lexsort((heard.ids[mine], -along))]
    chosen = _typical(rows, heard, order)
    against = _dissenting(rows, heard, order, moods, chosen)
    found = [(at, False) for at in chosen] + ([(against, True)] if against is not None else [])
    return [_voice(corpus, rows, place, at, dissent) | {"story": story, "node": node} for at, dissent in found]


def _typical(rows: Rows, heard: Heard, order: np.ndarray) -> list[int]:
    language, place = heard.language, heard.place
    chosen: list[int] = []
    tellers, tongues, texts = set(), set(), set()
    for fresh in (True, False):
        for at in order:
            teller, text = rows.teller[place[at]], heard.texts[at]
            if (
                len(chosen) < TYPICAL
                and teller not in tellers
                and text not in texts
                and (language[at] not in tongues or not fresh)
            ):
                chosen.append(int(at))
                tellers.add(teller), tongues.add(language[at]), texts.add(text)
    return chosen


def _dissenting(
    rows: Rows, heard: Heard, order: np.ndarray, moods: Mapping[str, float], chosen: list[int]
) -> int | None:
    place = heard.place
    mood = np.array([moods.get(heard.ids[at], np.nan) for at in order], float)
    most = -1.0 if np.sum(mood == 1) <= np.sum(mood == -1) else 1.0
    score = rows.frame["csat"].to_numpy(float, na_value=np.nan)[place[order]]
    other = (mood == -most) | ((score >= 4) if most < 0 else (score <= 2))
    taken = {rows.teller[place[at]] for at in chosen}
    free = [
        int(at) for at, is_other in zip(order, other, strict=True) if is_other and rows.teller[place[at]] not in taken
    ]
    if free:
        return free[0]
    left = [int(at) for at in order[::-1] if rows.teller[place[at]] not in taken]
    return left[0] if left else None


def _voice(corpus: Corpus, rows: Rows, place: np.ndarray, at: int, dissent: bool) -> dict:
    row = corpus.contacts.iloc[at]
    return {
        "interaction_id": row["interaction_id"], "language": row.get("language"), "channel": row.get("channel"),
        "score": rows.frame["csat"].iloc[place[at]], "text": shorten(str(row["text"]), LETTERS), "dissent": dissent,
    }  # fmt: skip
