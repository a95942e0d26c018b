"""Sort texts by the keywords of a taxonomy: what stands there, where, and how much of all it sorts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .model import Taxonomy
from .phrases import Phrases

HOW = ("one issue", "one category", "several", "none")
"""What keywords say of a text: one subcategory; several of one root; several of several roots; nothing."""
COVERAGE = ["language", "n", *HOW, "sorted", "labelled", "agree", "agree_lo", "agree_hi", "labelled_category",
            "agree_category", "agree_category_lo", "agree_category_hi"]  # fmt: skip


@dataclass(frozen=True)
class Match:
    """A keyword found in a text; ``span`` is from where to where it reaches there."""

    root: str
    sub: str
    keyword: str
    span: tuple[int, int]


@dataclass(frozen=True)
class Matcher:
    """Finds the keywords of a taxonomy; a pure function of the text.

    Example:
        >>> from .model import Root, Sub
        >>> shop = Taxonomy((Root("delivery", subs=(Sub("late delivery", {"ru": ("не пришла посылка",)}),)),))
        >>> Matcher(shop).match("Посылка до сих пор не пришла")
        [Match(root='delivery', sub='late delivery', keyword='не пришла посылка', span=(0, 28))]
    """

    taxonomy: Taxonomy

    @cached_property
    def _of(self) -> list[tuple[str, str, str]]:
        return [
            (root.name, sub.name, keyword)
            for root, sub in self.taxonomy.subs()
            for said in sub.keywords.values()
            for keyword in said
        ]

    @cached_property
    def _phrases(self) -> Phrases:
        return Phrases([keyword for _, _, keyword in self._of])

    def match(self, text: str) -> list[Match]:
        """Return the keywords that a text holds, each once, in the order of the text, the longest where they overlap."""
        return [Match(*self._of[found.phrase], (found.start, found.end)) for found in self._phrases.find(text)]

    def sort(self, texts: Sequence[str | None]) -> pd.DataFrame:
        """Sort texts, each distinct one once.

        Returns one row per text: category and issue (None where keywords do not tell one), how (one of ``HOW``), issues
        (all that match, joined by «|») and words (the words as they stand in the text, joined by «|»).
        """
        said = pd.Series([text if isinstance(text, str) else "" for text in texts], dtype=object)
        codes, distinct = pd.factorize(said)
        columns = ["category", "issue", "how", "issues", "words"]
        rows = pd.DataFrame([self._row(text) for text in distinct], columns=columns, dtype=object)
        return rows.iloc[codes].reset_index(drop=True)

    def _row(self, text: str) -> tuple[str | None, str | None, str, str, str]:
        found = self.match(text)
        pairs = list(dict.fromkeys((one.root, one.sub) for one in found))
        roots = {root for root, _ in pairs}
        how = HOW[3] if not pairs else HOW[0] if len(pairs) == 1 else HOW[1] if len(roots) == 1 else HOW[2]
        category = pairs[0][0] if len(roots) == 1 else None
        issue = pairs[0][1] if len(pairs) == 1 else None
        words = dict.fromkeys(" ".join(text[slice(*one.span)].split()) for one in found)
        return category, issue, how, "|".join(sub for _, sub in pairs), "|".join(words)


def coverage(contacts: pd.DataFrame, matcher: Matcher) -> pd.DataFrame:
    """Tell how much of the contacts with words keywords sort, and how often they agree with the source's labels.

    Args:
        contacts: text; optional subject, language, issue and category.
        matcher: the keywords.

    Returns:
        One row for all (language "all") and one for each language, the most frequent first: n (contacts with words), the
        shares of ``HOW``, sorted (one issue or one category), labelled (contacts sorted into one issue whose issue the
        source names), agree with its 95 % interval (share of these with the same issue), and the same for categories; all
        shares in per cent, missing where nothing is labelled.
    """
    said = _said(contacts)
    kept = contacts[said.str.strip().ne("").to_numpy()].reset_index(drop=True)
    found = matcher.sort(said[said.str.strip().ne("")].tolist())
    language = kept["language"].fillna("not known") if "language" in kept else pd.Series("not known", index=kept.index)
    labels = pd.DataFrame({name: kept.get(name) for name in ("issue", "category")}, index=kept.index)
    order = ["all", *language.value_counts().index] if language.nunique() > 1 else ["all"]
    rows = []
    for name in order:
        of = np.ones(len(kept), bool) if name == "all" else language.eq(name).to_numpy()
        rows.append({"language": name} | _covered(found[of], labels[of]))
    return pd.DataFrame(rows, columns=COVERAGE)


def _said(contacts: pd.DataFrame) -> pd.Series:
    said = contacts["text"].fillna("").astype(str)
    return contacts["subject"].fillna("").astype(str) + "\n" + said if "subject" in contacts else said


def _covered(found: pd.DataFrame, labels: pd.DataFrame) -> dict[str, float]:
    n = len(found)
    share = {how: 100 * float(found["how"].eq(how).sum()) / n if n else np.nan for how in HOW}
    row: dict[str, float] = {"n": n, **share, "sorted": share[HOW[0]] + share[HOW[1]]}
    for name, tail in (("issue", ""), ("category", "_category")):
        both = found[name].notna() & labels[name].notna()
        hits, of = int((found[name] == labels[name])[both].sum()), int(both.sum())
        lo, hi = _wilson(hits, of) if of else (np.nan, np.nan)
        row |= {f"labelled{tail}": of, f"agree{tail}": 100 * hits / of if of else np.nan}
        row |= {f"agree{tail}_lo": 100 * lo, f"agree{tail}_hi": 100 * hi}
    return row


def _wilson(hits: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval (Wilson 1927)."""
    z2, share = 1.959963984540054**2, hits / n
    centre, half = share + z2 / (2 * n), (z2 * (share * (1 - share) / n + z2 / (4 * n * n))) ** 0.5
    return (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
