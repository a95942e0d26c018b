"""What a realistic change of each factor would bring in points of CSAT, how that is known, and what would prove it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..canvas import Picture
from ..charts.effects import effects
from ..folds import fold
from ..style import SECONDS, cut, is_missing, number
from ..tables import Col, Html, chip, esc, say, table
from .drivers_read import (
    CERTAIN,
    LABEL,
    UNKNOWN,
    Found,
    certain,
    count,
    joined,
    more_of,
    movable,
    nothing,
    noun,
    points,
    stacked,
    words_of,
)

STANDING = {
    "association": "association: what else differs may be behind it",
    "before and after": "before and after: it was moved, and the scores followed",
    "rota": "rota: who was on duty moved it, not the contact",
}
ONE = ("per_contact", "pc_lo", "pc_hi")  # how one contact differs from another of its kind
QUARTERS = dict.fromkeys(("longer", "more"), "in the better quarter of its kind differs from one in the worse")
YEAR, LONG = 52, 104  # weeks; from how many on they are told in years
TOO_LONG = 78  # weeks of answers beyond which nobody waits for a trial
MOST_DRAWN, ALIKE = 8, 0.5  # factors in the picture; part of the differences that a factor shares with the others


def ordered(factors: pd.DataFrame) -> pd.DataFrame:
    """Order factors: those beyond chance by size, then those within noise, then those that cannot be told; labels last in each."""
    place = {**dict.fromkeys(CERTAIN, 0), UNKNOWN: 2}
    at = factors["certainty"].map(lambda word: place.get(word, 1))
    order = factors.assign(at=at, label_last=factors["kind"].eq(LABEL), size=-factors["effect"].abs())
    return order.sort_values(["at", "label_last", "size"], kind="stable", ignore_index=True).drop(
        columns=["at", "label_last", "size"]
    )


def picture(found: Found) -> Picture | None:
    """Draw the effect of a realistic change of each factor that somebody can move, at most eight; None without any."""
    rows = _movable(found)
    if rows is None:
        return None
    told = [
        f"{cut(row['label'])}, {row['change']}: {points(row)}, {row['certainty']}" for row in rows.to_dict("records")
    ]
    more = len(movable(found.factors)) - len(rows)
    subtitle = f"Points of CSAT over all answers for a realistic change, 95%; up to {count(rows['n'].max())} answers"
    subtitle += f"; {noun(more, 'factor')} more in the table" if more else ""
    return effects(rows, title=_title(rows), subtitle=subtitle, alt=f"{'; '.join(told)}.")


def _movable(found: Found) -> pd.DataFrame | None:
    rows = movable(found.factors) if not found.why and len(found.factors) else found.factors.iloc[:0]
    return ordered(rows).head(MOST_DRAWN) if len(rows) else None


def _title(rows: pd.DataFrame) -> str:
    real = certain(rows)
    if real.empty:
        return "No change that somebody could make moves CSAT beyond chance"
    first = real.loc[real["effect"].abs().idxmax()]
    return f"{cut(first['label'])}, {first['change']}: {number(abs(first['effect']), 'pts')} {'more' if first['effect'] > 0 else 'less'} CSAT"


def factors(found: Found) -> Html:
    """Show each factor with its effect, how sure it is, how it is known, what would prove it, owner and next step."""
    if found.why or found.factors.empty:
        return nothing(found.why, "What would move CSAT")
    rows = ordered(found.factors)
    can, labels = movable(rows), rows[rows["kind"] == LABEL]
    made = [_table(can, "What a realistic change would bring, and who could try it") if len(can) else None, _known(can)]
    if len(labels):
        made.append(
            fold(
                f"{noun(len(labels), 'label')} that nobody can change",
                _table(labels, "Labels: whom it concerns, nothing to move"),
            )
        )
    return joined(made)


def two_sizes(found: Found) -> Html | None:
    """Say what a change of policy brings to all answers beside how one contact differs, for the largest effect; None without any."""
    if found.why or found.factors.empty:
        return None
    real = certain(movable(found.factors).dropna(subset=["per_contact"]))
    if real.empty:
        return None
    row = real.loc[real["effect"].abs().idxmax()]
    pair = QUARTERS.get(more_of(found, row["factor"]), "without it differs from one with it")
    return say(
        "**Two sizes.** «{label}»: the change ({change}) goes with {effect} of CSAT over all answers; a single contact {pair} by {single}. The first "
        "counts all contacts, also those that the change does not touch: decide by it. The second says what one customer lives through.",
        label=cut(row["label"]), change=words_of(row, "change"), effect=points(row), single=points(row, *ONE), pair=pair,
    )  # fmt: skip


def _table(rows: pd.DataFrame, caption: str) -> Html:
    shown = [
        {
            "label": stacked(cut(row["label"]), f"{_change(row)}; n\u00a0{count(row['n'])}" if row["kind"] != LABEL else _change(row)),
            "effect": stacked(points(row), f"one contact: {points(row, *ONE)}" if not is_missing(row["per_contact"]) else ""),
            "sure": _sure(row),
            "next": next_of(row),
        }
        for row in rows.to_dict("records")
    ]  # fmt: skip
    columns = [
        Col("label", "Factor and change"), Col("effect", "Points of CSAT over all answers (95%)", "number"), Col("sure", "How sure, how known"),
        Col("next", "Owner, next step, and what would prove it"),
    ]  # fmt: skip
    return table(pd.DataFrame(shown), columns=columns, caption=caption)


def _change(row: Mapping) -> str:
    """Say a change in words, and for times how long its contacts take in the middle now and then."""
    words = words_of(row, "change")
    if row["unit"] not in SECONDS or is_missing(row["low"]) or words.startswith("from"):
        return words
    return f"{words} (in the middle from {number(row['low'], row['unit'])} to {number(row['high'], row['unit'])})"


def _sure(row: Mapping) -> Html:
    """Write how sure an effect is, and below it how it is known."""
    mark, known = chip(row["certainty"]), words_of(row, "standing")
    return Html(f'{mark.html}<br><span class="small">{esc(known)}</span>', f"{mark.text}; {known}")


def _known(rows: pd.DataFrame) -> Html | None:
    """Say once what each way of knowing means."""
    said = [STANDING[word] for word in dict.fromkeys(rows["standing"]) if word in STANDING]
    return say("How it is known: {said}.", said="; ".join(said)) if said else None


def next_of(row: Mapping) -> Html:
    """Write who takes a factor up, the next step, and what would prove the effect with the answers that takes."""
    if row["kind"] == LABEL:
        return Html("")
    owner, step, proof = words_of(row, "owner") or "Nobody named", words_of(row, "next_step"), trial_of(row)
    small = f' <span class="small">{esc(proof)}</span>' if proof else ""
    return Html(
        f'<span class="roomy"><strong>{esc(owner)}</strong> {esc(step)}{small}</span>',
        f"{owner}: {step} {proof}".strip(),
    )


def trial_of(row: Mapping) -> str:
    """Say the experiment with the answers it takes and how long those take to come; empty where there is none."""
    needs = []
    if not is_missing(row["answers_needed"]):
        needs.append(f"{count(row['answers_needed'])} answers a group")
    if not is_missing(row["weeks_needed"]):
        needs.append(_while(row["weeks_needed"]))
    tried, need = words_of(row, "experiment"), ", ".join(needs)
    if tried and not is_missing(row["weeks_needed"]) and row["weeks_needed"] > TOO_LONG:
        return f"{tried} By scores alone that takes {need}, too long to wait: judge it first by «{cut(row['label'])}» itself."
    return " ".join(part for part in (tried, f"({need})" if need else "") if part)


def _while(weeks: float) -> str:
    """Say how long answers take to come.

    >>> _while(0.3), _while(6.2), _while(295.6)
    ('about 1 week', 'about 6 weeks', 'about 6 years')
    """
    return (
        f"about {noun(round(weeks / YEAR), 'year')}" if weeks >= LONG else f"about {noun(max(round(weeks), 1), 'week')}"
    )


def caveats(found: Found) -> Html | None:
    """Say which factors cannot be told apart from others, and which did not hold in both halves of the span; None without factors."""
    if found.why or found.factors.empty:
        return None
    rows = found.factors
    tied = rows[rows["shared"] >= ALIKE]
    lines = [
        say(
            "**«{label}» moves together with {others}**: {part} of its differences are theirs too. Which of them does it these answers tell only "
            "poorly; the interval is wide for that reason.",
            label=cut(row["label"]), others=words_of(row, "shared_with") or "other factors", part=f"{row['shared']:.0%}",
        )
        for row in tied.to_dict("records")
    ]  # fmt: skip
    if tied.empty:
        lines.append(say("No factor shares half of its differences with the others: each could be told apart."))
    real = certain(movable(rows))
    lines += [
        say("**The first half of the span and the second**: {words}. {told}.", words=str(words), told="; ".join(_halves(row) for row in part.to_dict("records")))
        for words, part in real.groupby(real["stable"].replace("", UNKNOWN), sort=False)
    ]  # fmt: skip
    return joined(lines)


def _halves(row: Mapping) -> str:
    return f"«{cut(row['label'])}» {points(row, 'first_half', '', '')} and {points(row, 'second_half', '', '')}"


def held_alike(found: Found) -> Html | None:
    """Say what was held alike for each factor, folded: what came before it, never what came after."""
    if found.why or found.factors.empty:
        return None
    columns = [Col("label", "Factor"), Col("adjusted_for", "Held alike")]
    rows = ordered(found.factors)[["label", "adjusted_for"]]
    return fold(
        "What was held alike for each factor",
        table(rows, columns=columns, caption="Held alike when its effect was measured"),
    )
