"""Weigh the scripts of a text: Latin, Cyrillic, Han, kana and those that belong to one language or a few."""

from __future__ import annotations

import re

HAN_WEIGHT = 2.5  # letters in place of one character: about the ratio in translations of the same message
BRAND_WEIGHT = 0.2  # of a Latin letter beside another script, where the Latin words look like names

# The languages that may be configured or found, by script. Latin and Cyrillic are lingua's to tell apart.
SCRIPT_LANGUAGES = {
    "latin": ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "tr", "id", "vi", "ro"),
    "cyrillic": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "mn"),
    "han": ("zh", "ja"),
    "hangul": ("ko",),
    "arabic": ("ar", "fa", "ur"),
    "hebrew": ("he",),
    "greek": ("el",),
    "thai": ("th",),
    "devanagari": ("hi", "mr"),
    "bengali": ("bn",),
    "tamil": ("ta",),
    "telugu": ("te",),
    "gujarati": ("gu",),
    "gurmukhi": ("pa",),
    "armenian": ("hy",),
    "georgian": ("ka",),
}
OTHER_SCRIPTS = frozenset(SCRIPT_LANGUAGES) - {"latin", "cyrillic", "han"}

_CLASSES = {
    "latin": r"A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a",
    "cyrillic": r"\u0400-\u0481\u048a-\u052f",
    "han": r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "kana": r"\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d",
    "hangul": r"\u1100-\u11ff\u3131-\u318e\uac00-\ud7af",
    "arabic": r"\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "hebrew": r"\u05d0-\u05ea",
    "greek": r"\u0370-\u0373\u0376-\u037d\u0386-\u03ff\u1f00-\u1fff",
    "thai": r"\u0e01-\u0e3a\u0e40-\u0e4e",
    "devanagari": r"\u0900-\u0963\u0971-\u097f",
    "bengali": r"\u0980-\u09e3",
    "tamil": r"\u0b82-\u0bd7",
    "telugu": r"\u0c00-\u0c63",
    "gujarati": r"\u0a81-\u0ae3",
    "gurmukhi": r"\u0a01-\u0a5e\u0a70-\u0a76",
    "armenian": r"\u0531-\u0587",
    "georgian": r"\u10a0-\u10ff\u1c90-\u1cbf",
}
HALF_SIGN = re.compile(r"[\ud800-\udfff]")  # one half of a pair that makes a sign: nothing can encode it
_RUNS = {script: re.compile(f"[{letters}]+") for script, letters in _CLASSES.items()}
_COMMON = ("latin", "cyrillic", "han")
_RARE = re.compile("[" + "".join(letters for script, letters in _CLASSES.items() if script not in _COMMON) + "]")

LETTERS = re.compile(r"[A-Za-z]")
WORD = re.compile(r"[^\W\d_]+")
_LOWER_LATIN = re.compile(r"(?<![\w.@-])[a-z]{2,}(?![\w@-])")

# Words that mark a text as English; those that German, Dutch, French … share (in, was, to, or, do, i, a) are left out.
_ENGLISH = re.compile(
    r"\b(?:the|and|is|are|it|it's|its|my|you|your|for|have|has|had|this|that|these|those|with|not|what|how|why|when|"
    r"where|which|who|i'm|i've|can't|cannot|does|doesn't|don't|didn't|did|would|could|should|won't|from|there|been|were|"
    r"if|any|out|they|them|their|than|then|please|thanks|thank|very|just|get|got|need|want|after|before|because|about|"
    r"again|only|still|work|works|good|bad|great|never|always)\b",
    re.IGNORECASE,
)


def looks_english(text: str) -> bool:
    """Tell whether enough English function words stand in a text to need no other opinion: one in six words.

    Example:
        >>> looks_english("where is the parcel"), looks_english("dónde está mi paquete")
        (True, False)
    """
    return 6 * len(_ENGLISH.findall(text)) >= len(WORD.findall(text))


def script_weights(text: str) -> dict[str, float]:
    """Weigh the scripts of a text, in letters; scripts that do not occur are left out.

    Kana is weighed inside ``han`` and given beside it, so that Japanese is one script here. Where Latin words stand
    beside another script and look like names, their letters count a fifth.

    Example:
        >>> script_weights("好 iPhone")
        {'han': 2.5, 'latin': 1.2000000000000002}
    """
    scripts = _RUNS if _RARE.search(text) else _COMMON
    weights: dict[str, float] = {}
    for script in sorted(scripts, key="latin".__eq__):
        letters = sum(map(len, _RUNS[script].findall(text)))
        if letters:
            weights[script] = letters * (HAN_WEIGHT if script in ("han", "kana") else 1.0)
    if "kana" in weights:
        weights["han"] = weights.get("han", 0.0) + weights["kana"]
    if "latin" in weights and len(weights) > 1 and not _is_prose(text):
        weights["latin"] *= BRAND_WEIGHT
    return weights


def _is_prose(text: str) -> bool:
    """Tell whether the Latin words beside another script are sentences and not brands."""
    return len(set(_ENGLISH.findall(text.lower()))) >= 2 or len(_LOWER_LATIN.findall(text)) >= 4
