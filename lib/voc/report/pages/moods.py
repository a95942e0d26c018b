"""Moods for readers: how far texts tell the unhappy from the happy, how moods move, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ...analysis.compare import LIKELY, SURE
from ...analysis.themes.mood_checks import ALL, FEWEST
from ...data.periods import Period
from .. import charts
from ..canvas import Picture
from ..folds import fold
from ..front_parts import LANGUAGES
from ..style import change, cut, interval, is_missing, number
from ..tables import Col, Html, say, table

REAL = (SURE, LIKELY)
MOST = 12
WORDS = {"negative": "texts that read negative", "positive": "texts that read positive", "net": "net mood"}
UNITS = {"negative": "%", "positive": "%", "net": "pts"}


def language_name(code: object) -> str:
    """Name a language; the line of all stays as it is."""
    return LANGUAGES.get(str(code), str(code))


def said(found: pd.DataFrame) -> Html:
    """Say how far the text alone tells the unhappy from the happy; ``found`` comes from ``mood_checks.accuracy``."""
    row = found.iloc[0].to_dict()
    if is_missing(row["auc"]):
        return say(
            "How well moods are read cannot be told: {unhappy} unhappy and {happy} happy answers have a text, and {few} of each are "
            "needed. Moods are read by labelled sentences of other trades until then.",
            unhappy=number(row["unhappy"], "contacts"), happy=number(row["happy"], "contacts"), few=number(FEWEST, "contacts"),
        )  # fmt: skip
    spread = found[(found["language"] != ALL) & found["auc"].notna()]
    by = "; ".join(f"{language_name(one.language)} {number(one.auc, '%')}" for one in spread.itertuples())
    return say(
        "**The text alone tells {auc} of the unhappy from the happy**: of a customer who scored 1 or 2 and one who scored 4 or 5, it "
        "names the right one that often (95% {ends}; guessing would be 50%){by}. Of the unhappy {bad} wrote a text that reads "
        "negative, of the happy {good}. A score says how the service was, a text how its writer spoke before it, so the two need not "
        "agree.",
        auc=number(row["auc"], "%"), ends=interval(row["auc_lo"], row["auc_hi"], "%"), by=f"; {by}" if len(spread) > 1 else "",
        bad=number(row["unhappy_negative"], "%"), good=number(row["happy_negative"], "%"),
    )  # fmt: skip


def accuracy_table(found: pd.DataFrame) -> Html:
    """Show the accuracy of moods by language."""
    rows = found.assign(
        name=found["language"].map(language_name),
        unhappy_as=[_three(row, "unhappy") for row in found.to_dict("records")],
        happy_as=[_three(row, "happy") for row in found.to_dict("records")],
    )
    columns = [
        Col("name", "Language"), Col("unhappy", "Unhappy answers", "number", "contacts"),
        Col("happy", "Happy answers", "number", "contacts"), Col("auc", "Told apart", "number", "%"),
        Col("auc_ci", "95% interval", "interval", "%", lo="auc_lo", hi="auc_hi"), Col("right", "Right of each, mean", "number", "%"),
        Col("right_ci", "95% interval", "interval", "%", lo="right_lo", hi="right_hi"),
        Col("unhappy_as", "Unhappy read as − / 0 / +", "number"), Col("happy_as", "Happy read as − / 0 / +", "number"),
        Col("learned", "Learned from"),
    ]  # fmt: skip
    caption = "How well moods are read, against scores of customers whose texts and scores were not learned from"
    return table(rows, columns=columns, caption=caption, wide=True)


def _three(row: Mapping, who: str) -> str:
    parts = [row[f"{who}_{mood}"] for mood in ("negative", "neutral", "positive")]
    return "too few" if is_missing(parts[0]) else " / ".join(f"{part:.0f}" for part in parts) + "%"


def change_said(changes: pd.DataFrame, period: Period, against: Period) -> Html:
    """Say how the mood of the period is and whether it moved; ``changes`` come from ``moods.compare`` without groups."""
    if changes.empty:
        return say("{now} or {then} has no text: whether the mood changed cannot be told.", now=period.words.capitalize(), then=against.words)  # fmt: skip
    lines = []
    told = changes[
        (changes["measure"] == "negative") | ((changes["measure"] == "net") & changes["certainty"].isin(REAL))
    ]
    for row in told.to_dict("records"):
        unit = UNITS[row["measure"]]
        share = (
            "{value} of the texts read negative"
            if row["measure"] == "negative"
            else "Positive less negative is {value}"
        )
        lines.append(
            say(
                f"**{share}** in {{period}} (95% {{ends}}, n {{n}}). Against {{before}} in {{against}} that is {{change}}; chance "
                "alone makes ±{floor}.",
                row["certainty"],
                value=number(row["value"], unit),
                ends=interval(row["lo"], row["hi"], unit),
                n=number(row["n"], "contacts"),
                period=period.words,
                against=against.words,
                before=number(row["before"], unit),
                change=change(row["change"], "pts"),
                floor=number(row["floor"], "pts"),
            )
        )
    return sum(lines[1:], lines[0])


def course(history: pd.DataFrame, changes: pd.DataFrame, period: Period) -> Picture | Html | None:
    """Show the share of negative texts by period, folded away where it did not move; None where there are fewer than two."""
    drawn = over_time(history, changes, period)
    if drawn is None or changes["certainty"].isin(REAL).any():
        return drawn
    return fold("The share of negative texts, period by period", drawn)


def over_time(history: pd.DataFrame, changes: pd.DataFrame, period: Period) -> Picture | None:
    """Draw the share of negative texts by period with the band that chance makes; None where there are fewer than two."""
    rows = history[history["measure"] == "negative"].sort_values("period_start", ignore_index=True)
    if len(rows) < 2:
        return None
    now = changes[changes["measure"] == "negative"].to_dict("records")
    row = now[0] if now else {"certainty": "cannot tell", "change": float("nan"), "floor": None}
    verb = {"better": "fewer", "worse": "more"}.get(row.get("direction", ""), "")
    share = number(rows["value"].iloc[-1], "%")
    moved = f"{verb} than the period before" if verb else "no change beyond chance"
    title = f"{share} of the texts read negative: {moved}" if now else f"{share} of the texts read negative"
    return charts.trend(
        rows,
        title=title,
        subtitle=f"Texts that read negative, % of contacts with words, up to {period.words}; n {rows['n'].iloc[-1]:,} in the last "
        "period. Lines are 95% intervals, the band is what chance alone makes",
        unit="%",
        alt=f"Share of texts that read negative over {len(rows)} periods, {share} in the last: {moved}.",
        noise=row.get("floor"),
    )


def divided_table(found: pd.DataFrame) -> Html:
    """Show the groups whose average hides two moods; ``found`` comes from ``moods.divided``."""
    rows = found.assign(
        name=[f"{row['dimension'].replace('_', ' ')}: {cut(row['label'])}" for row in found.to_dict("records")]
    )
    columns = [
        Col("name", "Group"), Col("n", "Texts", "number", "contacts"), Col("negative", "Negative", "number", "%"),
        Col("negative_rest", "elsewhere", "number", "%"), Col("positive", "Positive", "number", "%"),
        Col("positive_rest", "elsewhere", "number", "%"), Col("net", "Net", "number", "pts"),
        Col("certainty", "How sure", "chip"),
    ]  # fmt: skip
    return table(
        rows, columns=columns, caption="Groups that an average flattens: more negative and more positive texts, net like elsewhere",
        empty="No group has more negative and more positive texts than the others at once: no average hides two moods.",
    )  # fmt: skip


def limits(found: pd.DataFrame, languages: Sequence[str] = (), *, noted: bool = False) -> pd.DataFrame:
    """Return what moods cannot say, for the page of limits: what, why, settles.

    ``found`` comes from ``mood_checks.accuracy``; ``languages`` are those that the company serves;
    ``noted``: some texts are a colleague's notes of a call.
    """
    rows = [
        (
            "What single customers felt",
            "a mood is read from words, and words of one mood are written in another: irony, politeness, haste; shares of many texts are "
            "surer than any one",
            "Read the texts behind a figure before acting on it.",
        )
    ]
    if noted:
        why = "notes of calls are a colleague's words, calmer than the customer's: phone does not compare with other channels"
        rows.append(("How customers on the phone feel", why, "Transcripts of a random part of the calls."))
    measured = set(found.loc[found["auc"].notna(), "language"])
    blind = [language_name(code) for code in languages if code not in measured]
    if blind:
        why = f"fewer than {FEWEST} unhappy or happy answers in {', '.join(blind)} have a text"
        rows.append(
            ("How well moods are read in every language", why, "Survey comments with their scores settle it soonest.")
        )
    return pd.DataFrame(rows, columns=["what", "why", "settles"])
