"""The list that staff label: contacts the model is unsure of, labels that texts contradict, and some drawn at random.

Written as XLSX (with the taxonomy's names to choose from) and as CSV; ``labelled.read_labels`` takes either up again.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...data.spreadsheet import cell
from ..corpus import Corpus
from .classify import PROPOSED, Sorted
from .model import Taxonomy

NONE_FITS = "none of these"
UNSURE, DOUBTED, RANDOM = "unsure", "label doubted", "drawn at random"
FILLED = ("your_category", "your_issue", "labelled_by", "labelled_on", "remark")
COLUMNS = ("interaction_id", "why", "language", "text", "category_now", "issue_now",
           *(f"proposal_{place + 1}" for place in range(PROPOSED)), *FILLED)  # fmt: skip
ALIKE = 0.95  # cosine from which two contacts ask the same question of those who label
DOUBT = 0.05  # probability that the model leaves to a label that it doubts …
SURE = 0.95  # … while it gives another this much
AT_RANDOM, OF_DOUBT = 0.2, 0.2  # parts of the list
NEIGHBOURS, LANDMARKS = 10, 2_000
_WIDTHS = {"interaction_id": 18, "why": 14, "language": 9, "text": 70, "category_now": 16, "issue_now": 20,
           "your_category": 20, "your_issue": 24, "labelled_by": 14, "labelled_on": 13, "remark": 30}  # fmt: skip


def worklist(corpus: Corpus, found: Sorted, *, most: int = 200, seed: int = 0) -> pd.DataFrame:
    """Choose the contacts whose labels are worth most, the most useful first.

    Args:
        corpus: the contacts that were sorted.
        found: their sorting.
        most: rows of the list.
        seed: of the random part.

    Returns:
        ``COLUMNS``; why is ``unsure`` (three in five, and what the others leave), ``label doubted`` (the model gives a label
        under ``DOUBT`` and another category over ``SURE``: one of the two is wrong) or ``drawn at random`` (one in five,
        speaking contacts with a label: only these say how often the source is right, because nobody chose them).

        Unsure contacts are ordered by how little the model can tell the first two categories apart × how many contacts
        are like this one (mean cosine to its ``NEIGHBOURS`` nearest of a sample) × how different it is from those before
        it (maximal marginal relevance, Carbonell & Goldstein 1998). Contacts nearly alike (cosine ``ALIKE``) stand once.

    Example:
        ``write_worklist(worklist(corpus, found), taxonomy, folder)``
    """
    vectors = corpus.of_contacts()
    labelled = found.contacts["how"].isin(["source", "analyst"]).to_numpy()
    analysts = found.contacts["how"].eq("analyst").to_numpy()
    rng = np.random.default_rng(seed)
    able = np.flatnonzero(labelled & ~analysts & corpus.speaking)
    at_random = rng.permutation(able)[: int(most * AT_RANDOM)]
    doubted = _apart(_doubted(corpus, found), vectors, int(most * OF_DOUBT), at_random)
    left = most - len(at_random) - len(doubted)
    unsure = _useful(found.proposals, vectors, np.flatnonzero(corpus.speaking), left, rng)
    rows = np.concatenate([unsure, doubted, at_random]).astype(int)
    why = np.repeat([UNSURE, DOUBTED, RANDOM], [len(unsure), len(doubted), len(at_random)])
    return _listed(corpus, found, rows, why)


def _doubted(corpus: Corpus, found: Sorted) -> np.ndarray:
    """Return contacts whose label the model nearly rules out, the most contradicted first (Northcutt et al. 2021)."""
    rows = found.checked[
        (found.checked["given_probability"] < DOUBT)
        & (found.checked["model_probability"] > SURE)
        & (found.checked["origin"] == "source")
    ].sort_values(["model_probability", "interaction_id"], ascending=[False, True])
    place = pd.Series(np.arange(len(corpus.contacts)), index=corpus.contacts["interaction_id"])
    return place.reindex(rows["interaction_id"]).to_numpy(int)


def _apart(rows: np.ndarray, vectors: np.ndarray, most: int, taken: np.ndarray) -> np.ndarray:
    """Take rows in their order, leaving out those nearly alike to one already taken."""
    kept: list[int] = []
    for row in rows:
        if len(kept) == most:
            break
        others = np.array([*kept, *taken], dtype=int)
        if not len(others) or (vectors[others] @ vectors[row]).max() < ALIKE:
            kept.append(int(row))
    return np.array(kept, dtype=int)


def _useful(
    proposals: pd.DataFrame, vectors: np.ndarray, speaking: np.ndarray, most: int, rng: np.random.Generator
) -> np.ndarray:
    """Take unsure contacts one by one, each time the one that tells most beside those taken."""
    if not len(proposals) or most <= 0:
        return np.zeros(0, dtype=int)
    rows = proposals["row"].to_numpy(int)
    first, second = (proposals[f"probability_{place}"].fillna(0.0).to_numpy(float) for place in (1, 2))
    sample = vectors[np.sort(rng.permutation(speaking)[:LANDMARKS])] if len(speaking) else vectors[rows]
    near = np.sort(vectors[rows] @ sample.T, axis=1)[:, -NEIGHBOURS:].mean(axis=1).clip(min=0.01)
    worth, alike = (1 - (first - second)) * near, np.zeros(len(rows))
    chosen: list[int] = []
    while len(chosen) < most:
        score = np.where(alike < ALIKE, worth * (1 - alike), -1.0)
        top = int(score.argmax())
        if score[top] < 0:
            break
        chosen.append(top)
        alike = np.maximum(alike, vectors[rows] @ vectors[rows[top]])
        alike[top] = 1.0
    return rows[chosen]


def _listed(corpus: Corpus, found: Sorted, rows: np.ndarray, why: np.ndarray) -> pd.DataFrame:
    """Lay out the list as staff see it."""
    contacts, sorting = corpus.contacts.iloc[rows], found.contacts.iloc[rows]
    given = sorting["how"].isin(["source", "analyst"]).to_numpy()
    made = pd.DataFrame(
        {
            "interaction_id": contacts["interaction_id"].to_numpy(),
            "why": why,
            "language": contacts["language"].to_numpy() if "language" in contacts else None,
            "text": contacts["text"].to_numpy(),
            "category_now": sorting["category"].where(given, None).to_numpy(object),
            "issue_now": sorting["issue"].where(given, None).to_numpy(object),
        }
    ).astype(object)
    offers = found.proposals.set_index("row")
    for place in range(1, PROPOSED + 1):
        made[f"proposal_{place}"] = [_offer(offers, row, place) for row in rows]
    doubted = why == DOUBTED
    model = sorting.loc[doubted, ["model_category", "model_issue", "model_probability"]].itertuples(index=False)
    made.loc[doubted, "proposal_1"] = [_words(*one) for one in model]
    for name in FILLED:
        made[name] = None
    return made[list(COLUMNS)].astype(object).where(made[list(COLUMNS)].notna(), None)


def _offer(offers: pd.DataFrame, row: int, place: int) -> str | None:
    if row not in offers.index:
        return None
    one = offers.loc[row]
    return _words(one[f"category_{place}"], one[f"issue_{place}"], one[f"probability_{place}"])


def _words(category: Any, issue: Any, probability: float) -> str | None:
    if pd.isna(category):
        return None
    return f"{category}{'' if pd.isna(issue) else f': {issue}'} ({probability:.0%})"


def write_worklist(rows: pd.DataFrame, taxonomy: Taxonomy, folder: Path, name: str = "labelling") -> list[Path]:
    """Write the list as ``labelling.xlsx`` and ``labelling.csv`` and return both paths; the same list, the same bytes.

    The workbook offers the taxonomy's names to choose from. A text that a spreadsheet would run as a formula gets an
    apostrophe. CSV is UTF-8 with a byte order mark.
    """
    folder.mkdir(parents=True, exist_ok=True)
    safe = rows.map(_safe)
    safe.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    _write_workbook(safe, taxonomy, folder / f"{name}.xlsx")
    return [folder / f"{name}.xlsx", folder / f"{name}.csv"]


def _safe(value: Any) -> Any:
    return cell(value)[0] if isinstance(value, str) else value


def _write_workbook(rows: pd.DataFrame, taxonomy: Taxonomy, path: Path) -> None:
    import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), plain) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        yours = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#fff7d6"})
        sheet, names = book.add_worksheet("labelling"), book.add_worksheet("names")
        lists = {
            "your_category": [*(root.name for root in taxonomy.roots), NONE_FITS],
            "your_issue": taxonomy.names(),
        }
        for column, (title, values) in enumerate(lists.items()):
            names.write_string(0, column, title, head)
            for row, value in enumerate(values, start=1):
                names.write_string(row, column, _safe(value))
        sheet.freeze_panes(1, 1)
        for column, title in enumerate(rows.columns):
            sheet.set_column(column, column, _WIDTHS.get(title, 26))
            sheet.write_string(0, column, title, head)
            look = yours if title in FILLED else cell
            for row, value in enumerate(rows[title], start=1):
                if value is None or value != value:
                    sheet.write_blank(row, column, None, look)
                else:
                    sheet.write_string(row, column, str(value), look)
            if title in lists and len(rows) and lists[title]:
                place = list(lists).index(title)
                letter = "AB"[place]
                choice = {
                    "validate": "list",
                    "source": f"=names!${letter}$2:${letter}${len(lists[title]) + 1}",
                    "error_title": "Not in the taxonomy",
                    "error_message": "Choose a name from the list, or change params/taxonomy.yml first.",
                }
                sheet.data_validation(1, column, len(rows), column, choice)
