"""What is new: topics that rise beyond noise, and themes that hide inside a category, each with evidence and next step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pandas as pd

from ...analysis.findings import COLUMNS as FINDING_COLUMNS
from ...analysis.findings import owner_of
from ...analysis.themes.rising import FADING, NEW, PASSED, RISING
from ...analysis.themes.scan import TIME
from ...data.periods import Period
from ..canvas import Picture
from ..charts.time import trend
from ..folds import fold
from ..sentences import phrase
from ..style import cut, day_label, field_words, interval, is_missing, number
from ..tables import Col, Html, say, table
from .topics import capital

MOST_OPEN, MOST_TOLD = 2, 6
REAL = ("sure", "likely")
VERBS = {NEW: "is new", RISING: "rises", PASSED: "came and went", FADING: "fades"}


def lead(courses: pd.DataFrame, period: Period) -> Html:
    """Say how many topics moved beyond chance, and which most; a quiet month says so."""
    judged = courses[courses["why"] == ""]
    if judged.empty:
        return say("No topic of {period} has enough voices to tell whether it moves.", period=period.words)
    moved = judged[judged["certainty"].isin(REAL)]
    counts = moved["kind"].value_counts()
    if moved.empty:
        return say(
            "None of the **{n}** topics judged has moved beyond chance and season in the year to {period}.",
            n=len(judged), period=period.words,
        )  # fmt: skip
    told = ", ".join(f"{int(n)} {kind}" for kind, n in counts.items())
    return say(
        "Of **{n}** topics judged together, **{moved}** moved beyond chance and season in the year to {period}: {told}.",
        n=len(judged), moved=len(moved), period=period.words, told=told,
    )  # fmt: skip


def stories(
    courses: pd.DataFrame, labels: Mapping[str, str], owners: Mapping[str, str], most: int = MOST_TOLD
) -> Html | None:
    """Tell each topic that is new, rises, came and went or fades: size, since when, how sure, who looks; None where none is."""
    moved = courses[courses["kind"].isin(VERBS) & courses["certainty"].isin(REAL)].head(most)
    parts = [
        say(
            "Topic **«{label}»** {verb}: {share} of the customers who wrote since then speak of it ({interval}, {n} of {of}), before it was {before}. "
            "It began {when}{over}.{season} {owner}Read ten of its contacts before acting.",
            certainty=row["certainty"], label=cut(labels.get(row["topic"], row["topic"])), verb=VERBS[row["kind"]],
            share=number(row["share"], "%"), interval=interval(row["lo"], row["hi"], "%"), n=f"{int(row['voices']):,}",
            of=f"{int(row['of']):,}", before=number(row["share_before"], "%"), when=row["begin_words"] or "at a time that cannot be told",
            over="; it was likely over by the end of the period" if row["kind"] == PASSED else "",
            season="" if row["season"] else " A season cannot be told from it yet: there is no year before to compare with.",
            owner=f"{owners[row['topic']]}: " if owners.get(row["topic"]) else "",
        )
        for row in moved.to_dict("records")
    ]  # fmt: skip
    return sum(parts[1:], parts[0]) if parts else None


def course(history: pd.DataFrame, row: Mapping, label: str) -> Picture:
    """Draw one topic over time with its noise band and the year before."""
    part = history[history["topic"] == row["topic"]]
    title = f"{cut(label)} {VERBS.get(row['kind'], row['kind'])}: {number(row['share_before'], '%')} before, {number(row['share'], '%')} since"
    first, last = part["period"].iloc[0], part["period"].iloc[-1]
    subtitle = f"Customers who speak of it, % of customers with words, {first} to {last}; n {int(part['n'].sum()):,}"
    return trend(part, title=title, subtitle=subtitle, unit="%", alt=f"{title}. {subtitle}.")


def hidden(
    themes: pd.DataFrame, period: Period, owners: Mapping[str, Mapping[str, str]] | None = None, most: int = MOST_OPEN
) -> Html:
    """Tell the themes found inside categories: since when or of whom, in which words, where most, how satisfied.

    The first stand open; the others are folded away with a table of all.
    """
    if themes.empty:
        return say(
            "Inside no category does anything stand out beyond chance: neither since some week nor for one value."
        )
    parts = [_hidden(row, owners or {}) for row in themes.head(MOST_TOLD).to_dict("records")]
    rest = (
        f"{len(parts) - most} more of them, and a table of all {len(themes)}" if len(parts) > most else "All as a table"
    )
    return sum(parts[1:most], parts[0]) + fold(rest, *parts[most:], hidden_table(themes, period))


def name_of(row: Mapping) -> str:
    """Return the words that name a theme, languages side by side.

    >>> name_of({"words": {"en": ["plastic", "box"], "ru": ["пластик"]}, "label": "feedback"})
    'plastic, box / пластик'
    """
    told = [
        words[:3] for words in row["words"].values() if words is not None and len(words)
    ]  # arrays, out of the store
    return " / ".join(", ".join(words) for words in told) or f"part of {row['label']}"


def _hidden(row: Mapping, owners: Mapping[str, Mapping[str, str]]) -> Html:
    timed = row["dimension"] == TIME
    group = _since(row) if timed else phrase(row["dimension"], row["value"])
    where = "; ".join(
        f"{number(one['share'], '%')} are {phrase(one['dimension'], one['value'])} ({number(one['elsewhere'], '%')} of the others)"
        for one in row["where"]
    )
    owner = owner_of(owners, row["by"], row["label"])
    return say(
        "**{label}, {group}: «{words}»**. Of the {of} customers {then}, {share} say so ({n}, 95% {interval}); "
        "{rest} {others}.{when}{where}{csat} {owner}",
        certainty=row["certainty"], label=capital(cut(row["label"])), group=group, words=name_of(row), of=f"{int(row['of']):,}",
        then="who wrote about it since then" if timed else "of this group", share=number(row["share"], "%"), n=f"{int(row['tellers']):,}",
        interval=interval(row["lo"], row["hi"], "%"), rest="before it was" if timed else "of all others",
        others=number(row["share_others"], "%"), when=f" It {_began(row)}." if timed else "",
        where=f" Of these, {where}." if where else "", csat=_csat(row),
        owner=f"{owner}: read ten of them, then name the cause." if owner else "Read ten of them, then name the cause.",
    )  # fmt: skip


def _since(row: Mapping) -> str:
    """Say since when a theme is told, or from when to when."""
    first = day_label(pd.Timestamp(row["begins"]))
    return (
        f"new since {first}"
        if is_missing(row["end_last"])
        else f"from {first} to about {day_label(pd.Timestamp(row['end_last']))}"
    )


def _began(row: Mapping) -> str:
    first, last = pd.Timestamp(row["begin_first"]), pd.Timestamp(row["begin_last"]) - pd.Timedelta(days=1)
    text = f"began between {day_label(first)} and {day_label(last)}"
    if not is_missing(row["end_first"]):
        text += f" and ended about {day_label(pd.Timestamp(row['end_last']))}"
    return text


def _csat(row: Mapping) -> str:
    if is_missing(row["csat"]) or row["csat_n"] < 5:
        return ""
    words = {"sure": "surely", "likely": "likely", "within noise": "within noise", "cannot tell": "too few to tell"}
    word = words[row["csat_certainty"]]
    own = f"{number(row['csat'], '%')} ({interval(row['csat_lo'], row['csat_hi'], '%')}, n {int(row['csat_n'])})"
    side = "lower" if row["csat"] < row["csat_others"] else "higher"
    judged = f"{word} {side}" if row["csat_certainty"] in REAL else word
    return f" Their CSAT: {own}; of the others who wrote about it: {number(row['csat_others'], '%')} ({judged})."


def hidden_table(themes: pd.DataFrame, period: Period) -> Html:
    """Show all themes found inside categories."""
    rows = themes.assign(
        what=[name_of(row) for row in themes.to_dict("records")],
        against=[
            f"since {day_label(pd.Timestamp(row['begins']))}" if row["dimension"] == TIME
            else f"{field_words(row['dimension'])}: {cut(row['value'])}"
            for row in themes.to_dict("records")
        ],
    )  # fmt: skip
    columns = [
        Col("what", "Theme, in its own words"), Col("label", "Inside"), Col("against", "Since, or of"),
        Col("tellers", "Customers", "number", "contacts"), Col("share", "Share", "number", "%"),
        Col("share_others", "Before, or of others", "number", "%"), Col("certainty", "How sure", "chip"),
    ]  # fmt: skip
    return table(
        rows, columns=columns, caption=f"Themes inside categories, to {period.words}", empty="No theme stands out."
    )


def findings(
    themes: pd.DataFrame, period: Period, owners: Mapping[str, Mapping[str, str]], notebook: str
) -> pd.DataFrame:
    """Turn themes inside categories into findings with their words: those that still go on, or ended in this period.

    Returns the columns of ``voc.analysis.findings`` with headline, detail, follows, href and notebook; ``value`` is the
    number of customers since the theme began, ``before`` what its earlier share would have made of them.
    """
    rows = []
    for row in themes[themes["dimension"] == TIME].to_dict("records"):
        over = pd.Timestamp(row["end_last"]) if not is_missing(row["end_last"]) else None
        if over is not None and over < pd.Timestamp(period.start):
            continue
        before = row["share_others"] / 100 * row["of"]
        rows.append(
            {
                "metric": "contacts", "dimension": row["by"], "label": row["label"], "n": row["contacts"],
                "value": float(row["tellers"]), "lo": row["lo"] / 100 * row["of"], "hi": row["hi"] / 100 * row["of"],
                "before": round(before), "change": row["tellers"] - round(before), "floor": round(1.96 * max(before, 1.0) ** 0.5),
                "certainty": row["certainty"], "direction": "more", "carried_dimension": "", "carried_label": "",
                "owner": owner_of(owners, row["by"], row["label"]),
                "weight": round(float(min((row["tellers"] - before) / max(1.96 * max(before, 1.0) ** 0.5, 1e-9), 20.0)), 3),
                "trace": json.dumps({"counts": "contacts", "theme": row["theme"]}, ensure_ascii=False),
                "headline": f"Inside {cut(row['label'])} a theme began: {name_of(row)}.",
                "detail": (
                    f"{row['tellers']:,} customers since it {_began(row)}, {number(row['share'], '%')} of those who wrote about it "
                    f"({interval(row['lo'], row['hi'], '%')}), against {number(row['share_others'], '%')} before."
                ),
                "follows": "Read ten of these contacts and name the cause before acting.",
                "href": f"{notebook}.html#rising", "notebook": notebook,
            }
        )  # fmt: skip
    columns = [*FINDING_COLUMNS, "headline", "detail", "follows", "href", "notebook"]
    return pd.DataFrame(rows, columns=columns).sort_values("weight", ascending=False, ignore_index=True, kind="stable")


def tell(found: pd.DataFrame, notebook: str) -> pd.DataFrame:
    """Add the words of findings about topics (``themes.rising.findings``): headline, detail, follows, href, notebook."""
    rows = found.to_dict("records")
    return found.assign(
        headline=[f"The topic «{cut(row['label'])}» {VERBS[row['kind']]}: {number(row['value'], 'contacts')} contacts." for row in rows],
        detail=[
            f"Its share before would have made {number(row['before'], 'contacts')}; chance alone makes "
            f"±{number(row['floor'], 'contacts')}. It began {row['begin_words']}."
            for row in rows
        ],
        follows=["Read ten of these contacts and name the cause before acting."] * len(rows),
        href=[f"{notebook}.html#rising"] * len(rows), notebook=notebook,
    )  # fmt: skip


def limits(courses: pd.DataFrame, periods: Sequence[Period], compared: int) -> pd.DataFrame:
    """List what these figures cannot say: what, why, settles."""
    rows = []
    if len(periods) < 24 and periods[0].grain == "month":
        why = f"{len(periods)} months are known; a season shows only in the second year"
        rows.append(("Whether a rise is the season", why, "Two years of texts."))
    few = int((courses["why"] != "").sum()) if len(courses) else 0
    if few:
        rows.append((f"Whether {few} small topics move", "they have too few voices to judge from", "A longer period."))
    if compared:
        why = f"{compared:,} places were looked at together, so a theme of fewer than about ten customers is lost among them"
        rows.append(("Whether a very small theme is new", why, "Read the contacts that fall into no topic."))
    rows.append(
        (
            "Why a theme began",
            "texts say what customers speak of, not what caused it",
            "Set its beginning beside releases, campaigns and changes of carrier.",
        )
    )
    return pd.DataFrame(rows, columns=["what", "why", "settles"])
