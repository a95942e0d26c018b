"""How contacts came to their categories and how far that can be trusted: sentences, tables, the confusion picture, limits."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...analysis.rules import MetricRules
from ...data.periods import Period
from ..canvas import Picture
from ..charts.grid import heatmap
from ..charts.parts import interval_bars
from ..front_parts import LANGUAGES
from ..style import cut, interval, number
from ..tables import Col, Html, say, table

MOST_CELLS = 10  # categories of a picture whose every cell is read; beyond, the worst pairs stand as bars
MOST_PAIRS = 10
STAGES = {
    "analyst": "Labelled by staff from the list", "source": "Labelled in the help desk", "keyword": "Sorted by keywords",
    "model": "Sorted by the model", "unsure": "Left open: unsure", "no words": "Left open: says nothing of a matter",
}  # fmt: skip


def lead(contacts: pd.DataFrame, languages: pd.DataFrame, period: Period, aim: float = 0.85) -> Html:
    """Say how the period's contacts with words came to a category, and how right sorting is without a label.

    ``contacts``: the period's rows of ``Sorted.contacts``; ``languages``: ``accuracy.by_language``.
    """
    if contacts.empty:
        return say("No contact of {period} has words, so there is nothing to sort.", period=period.words)
    part = contacts["how"].value_counts(normalize=True)
    named = [f"{STAGES[how].lower()} {part[how]:.1%}" for how in STAGES if part.get(how, 0) > 0]
    text = say(
        "**{n}** contacts with words in {period}: {named}.", n=f"{len(contacts):,}", period=period.words,
        named="; ".join(named),
    )  # fmt: skip
    rows = languages[(languages["level"] == "category") & (languages["n"] > 0)]
    if rows.empty:
        return text + say(
            "How right the sorting is cannot be told: no contact with words has a label that it could be held against.",
            certainty="cannot tell",
        )
    row = rows[rows["language"] == "all"].iloc[0]
    if not row["answered"]:
        return text + say("Of {n} labelled contacts it would answer none without the label.", n=f"{row['n']:,}")
    return text + say(
        "Sorted blindly, as if they had no label, {share} of {n} labelled contacts get a category, and **{right}** of these "
        "get the labelled one (95% {range}). The aim is {aim}: {verdict}.",
        share=number(row["coverage"], "%"), n=f"{row['n']:,}", right=number(row["right"], "%"),
        range=interval(row["lo"], row["hi"], "%"), aim=f"{aim:.0%}", verdict=_verdict(rows, 100 * aim),
    )  # fmt: skip


def _verdict(rows: pd.DataFrame, aim: float) -> str:
    own = rows[rows["language"] != "all"] if len(rows) > 1 else rows
    told = own[own["answered"] > 0]
    under = [_language(row["language"]) for row in told.to_dict("records") if row["hi"] < aim]
    open_ = [_language(row["language"]) for row in told.to_dict("records") if row["lo"] < aim <= row["hi"]]
    if under:
        return f"missed in {', '.join(under)}"
    return "met" + (f", but cannot be told for {', '.join(open_)} (too few)" if open_ else " in every language")


def _language(code: str) -> str:
    return LANGUAGES.get(code, "unknown language" if code == "not known" else code)


def stages(rows: pd.DataFrame) -> Html:
    """Show how many contacts each stage decides and how often it is right (``Sorted.stages``, all languages together)."""
    shown = rows[(rows["language"] == "all") & (rows["n"] + rows["checked"] > 0)]
    shown = shown.assign(name=shown["stage"].map(STAGES))
    columns = [
        Col("name", "How"), Col("n", "Contacts", "number", "contacts"), Col("share", "Share", "number", "%"),
        Col("checked", "Checked on", "number", "contacts"), Col("right", "Right", "number", "%"),
        Col("range", "95% interval", "interval", "%"),
    ]  # fmt: skip
    caption = "How contacts get a category. Checked: labelled contacts that the stage would decide if they had no label; of the open ones, how often the best guess would be right"  # fmt: skip
    return table(shown, columns=columns, caption=caption, empty="No contact has words.")


def languages(rows: pd.DataFrame) -> Html:
    """Show how right the sorting is in each language (``accuracy.by_language``)."""
    names = {"category": "Category", "issue": "Issue"}
    shown = rows[rows["n"] > 0].assign(
        name=lambda part: part["language"].map(_language), group=lambda part: part["level"].map(names)
    )
    columns = [
        Col("name", "Language"), Col("n", "Labelled", "number", "contacts"), Col("coverage", "Answered", "number", "%"),
        Col("right", "Right, of these", "number", "%"), Col("range", "95% interval", "interval", "%"),
    ]  # fmt: skip
    caption = "Sorted without their label: how many are answered, and how many of these rightly"
    return table(shown, columns=columns, caption=caption, group="group", empty="No labelled contact has words.")


def categories(rows: pd.DataFrame) -> Html:
    """Show how right the sorting is for each category (``accuracy.by_category``)."""
    columns = [
        Col("category", "Category"), Col("n", "Labelled", "number", "contacts"), Col("coverage", "Answered", "number", "%"),
        Col("right", "Found, of these", "number", "%"), Col("range", "95% interval", "interval", "%"),
        Col("precision", "Right, of those sorted here", "number", "%"),
        Col("sure", "95% interval", "interval", "%", lo="precision_lo", hi="precision_hi"),
    ]  # fmt: skip
    return table(
        rows, columns=columns, caption="Each category, without its label", empty="No labelled contact has words."
    )


def confused(rows: pd.DataFrame, word: str = "category", most: int = MOST_CELLS) -> Picture | None:
    """Draw which categories are taken for which (``accuracy.confusion``); None where no mistake was made.

    ``word`` says what the labels are, category or issue. At most ``most`` of them stand as a table of cells, more as bars of the most frequent mistakes.
    """
    wrong = rows[rows["wrong"]]
    if wrong.empty:
        return None
    names = list(dict.fromkeys([*rows.sort_values(["of", "label"], ascending=[False, True])["label"], *rows["said"]]))
    total, first = int(rows["n"].sum()), wrong.iloc[0]
    share = number(100 * wrong["n"].sum() / total, "%")
    title = f"{share} of answers disagree with the label; most often «{cut(first['label'], 24)}» is taken for «{cut(first['said'], 24)}»"
    told = "; ".join(f"{cut(row['label'])} taken for {cut(row['said'])} {row['n']:,} of {row['of']:,}"
                     for row in wrong.head(MOST_PAIRS).to_dict("records"))  # fmt: skip
    alt = f"What was taken for another {word}: {told}."
    if len(names) > most:
        bars = wrong.head(MOST_PAIRS).assign(value=lambda part: part["share"])
        bars["label"] = [f"{cut(row['label'], 28)} → {cut(row['said'], 28)}" for row in bars.to_dict("records")]
        bars["n"] = bars["of"]
        subtitle = f"% of {'an' if word[0] in 'aeiou' else 'a'} {word}'s answered contacts that are sorted into the other; n {total:,} labelled contacts"
        return interval_bars(
            bars[["label", "value", "lo", "hi", "n"]], title=title, subtitle=subtitle, unit="%", alt=alt, from_zero=True
        )
    cells = wrong.pivot(index="label", columns="said", values="share").reindex(index=names, columns=names).fillna(0.0)
    cells.index = [f"{place} {cut(name, 18)}" for place, name in enumerate(names, start=1)]
    cells.columns = [str(place) for place in range(1, len(names) + 1)]
    for place in range(len(names)):
        cells.iloc[place, place] = float("nan")  # what is right would outshine every mistake
    subtitle = f"% of a row's answered contacts that are sorted into the column; right ones (hatched) left out; n {total:,} labelled contacts"  # fmt: skip
    return heatmap(cells, title=title, subtitle=subtitle, unit="", alt=alt, peak=False, numbers=True)


def limits(stages_: pd.DataFrame, by_language: pd.DataFrame, said: Sequence[str], rules: MetricRules) -> pd.DataFrame:
    """List what the categories cannot say: what, why, settles (what would settle it)."""
    rows = [
        (line.rstrip("."), "it is how this period's data are labelled", "Labels from the labelling list.")
        for line in said
    ]
    source = stages_[(stages_["stage"] == "source") & (stages_["language"] == "all")]
    if len(source) and source["n"].iloc[0] and source["checked"].iloc[0] < rules.min_n:
        why = f"only {int(source['checked'].iloc[0])} of them were labelled a second time; «right» means: agrees with the help desk"
        rows.append(
            (
                "How often the help desk's own labels are right",
                why,
                "Label those drawn at random in the labelling list.",
            )
        )
    own = by_language[(by_language["level"] == "category") & (by_language["language"] != "all")]
    for row in own[own["answered"] < rules.min_n].to_dict("records"):
        what = f"How right sorting is in texts whose language is {_language(row['language'])}"
        rows.append((what, f"only {row['answered']} labelled ones are answered", "Label more of them."))
    quiet = stages_[(stages_["stage"] == "no words") & (stages_["language"] == "all")]
    if len(quiet) and (n := int(quiet["n"].iloc[0])):
        rows.append(
            (
                f"What {n:,} unlabelled contacts are about",
                "they hold greetings, thanks or «ok» only",
                "An agent's label.",
            )
        )
    if not by_language["n"].sum():
        rows.append(
            (
                "How right the sorting is",
                "no contact with words has a label",
                "Label the list, a hundred contacts or more.",
            )
        )
    return pd.DataFrame(rows, columns=["what", "why", "settles"])
