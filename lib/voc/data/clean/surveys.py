"""Survey answers: each brought to the contact it asks about, each scale looked at before its scores are believed."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..audit import Outcome
from ..store import to_frame

SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
MANY_OUTSIDE = 0.1  # share of answers outside a scale from which the scale itself is not the one that was asked on
FEWEST = 5
KNOWN, SHIFTED, UNTOLD = "0–10", "1–10", "cannot tell"


def point_at_kept(table: ir.Table, removed: ir.Table) -> ir.Table:
    """Point rows about a contact that turned out to be a copy at the contact that stayed.

    ``table`` has interaction_id; ``removed`` is the audit's list of rows that left, with the id of the row kept instead.
    """
    copies = removed.filter(removed.kept_id.notnull() & (removed.kept_id != removed.interaction_id))
    copies = copies.select(copy_id="interaction_id", kept_id="kept_id").distinct()
    joined = table.left_join(copies, table.interaction_id == copies.copy_id)
    return joined.mutate(interaction_id=ibis.coalesce(joined.kept_id, joined.interaction_id)).select(*table.columns)


def tidy_surveys(surveys: ir.Table, removed: ir.Table) -> ir.Table:
    """Point every answer at the contact that stayed and keep one row per survey (the answered, then the last sent).

    ``removed`` is the audit's list of rows that left, with the id of the row kept instead.
    """
    pointed = point_at_kept(surveys, removed) if "interaction_id" in surveys.columns else surveys
    place = ibis.row_number().over(
        group_by=pointed.survey_id, order_by=[pointed.score.isnull(), pointed.sent_at.desc(), pointed["_row"]]
    )
    return pointed.mutate(_place=place).filter(ibis._._place == 0).drop("_place")


def empty_impossible_scores(surveys: ir.Table) -> ir.Table:
    """Empty scores outside the scale of their kind: 1–5 for csat, 0–10 for nps, 1–7 for ces."""
    inside = ibis.or_(
        *[(surveys.kind == kind) & surveys.score.between(low, high) for kind, (low, high) in SCALES.items()]
    )
    return surveys.mutate(score=inside.ifelse(surveys.score, ibis.null("float64")))


def other_scales(table: ir.Table) -> pd.DataFrame:
    """Find the sources whose scores were not given on the scale of their kind.

    A slip of the keyboard is a rare score outside the scale and is emptied; where a tenth of the answers or more (and at
    least five) lie outside, another scale was asked on, and emptying them would keep only the answers of one end. Returns
    source, kind, column, n, outside, lowest, highest, row (the first outside) for these sources only. ``table`` is contacts
    (csat, nps, ces) or surveys (kind, score).
    """
    parts = []
    for kind, scored in _scores(table).items():
        low, high = SCALES[kind]
        wrong = ~scored.answer.between(low, high)
        per = scored.group_by("source").aggregate(
            n=scored.count(),
            outside=wrong.cast("int64").sum(),
            lowest=scored.answer.min(),
            highest=scored.answer.max(),
            row=scored["_row"].min(where=wrong),
        )
        parts.append(to_frame(per).assign(kind=kind, column="score" if "survey_id" in table.columns else kind))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["source", "kind", "n", "outside"])
    many = (found["outside"] >= FEWEST) & (found["outside"] >= MANY_OUTSIDE * found["n"])
    return found[many].sort_values(["source", "kind"], ignore_index=True)


def nps_scales(*tables: ir.Table | None) -> pd.DataFrame:
    """Tell per source whether likelihood to recommend was asked from 0 to 10 or from 1 to 10.

    A scale of 1–10 never has a 0, and its NPS is not that of 0–10: one of the seven answers that count against is
    missing. The end of a scale draws at least as many answers as its neighbour, so if five gave 1 and none 0, a 0 that was
    there to give has been missed by chance at most once in 32 (2⁻⁵). Returns source, n, zeros, ones, tens, scale (0–10,
    1–10, cannot tell), sorted by source. ``tables`` are contacts and surveys; None is passed over.
    """
    scored = [scores["nps"] for table in tables if table is not None and "nps" in (scores := _scores(table))]
    columns = ["source", "n", "zeros", "ones", "tens", "scale"]
    if not scored:
        return pd.DataFrame(columns=columns)
    both = ibis.union(*[one.select("source", "answer") for one in scored]) if len(scored) > 1 else scored[0]
    counts = {"zeros": both.answer == 0, "ones": both.answer == 1, "tens": both.answer == 10}
    per = both.group_by("source").aggregate(
        n=both.count(), **{name: rule.cast("int64").sum() for name, rule in counts.items()}
    )
    found = to_frame(per).sort_values("source", ignore_index=True)
    shifted = (found["ones"] >= FEWEST) & (found["tens"] >= FEWEST)
    found["scale"] = [
        KNOWN if zeros else SHIFTED if no_zero else UNTOLD
        for zeros, no_zero in zip(found["zeros"], shifted, strict=True)
    ]
    return found[columns]


def scale_limits(scales: pd.DataFrame) -> pd.DataFrame:
    """Say what an NPS asked from 1 to 10 cannot be compared with: what, why, settles (one row per such source)."""
    rows = [
        {
            "what": "How this NPS stands beside one asked from 0 to 10",
            "why": shifted_words(row),
            "settles": "Ask from 0 to 10; until then compare it with its own past only.",
        }
        for row in scales[scales["scale"] == SHIFTED].to_dict("records")
    ]
    return pd.DataFrame(rows, columns=["what", "why", "settles"])


def shifted_words(row: dict) -> str:
    """Say why a source's NPS was asked from 1 to 10, from a row of ``nps_scales``."""
    return (
        f"none of the {row['n']:,} answers of {row['source']} is 0 while {row['ones']:,} are 1 and {row['tens']:,} are 10: "
        "it was asked from 1 to 10; the answers are counted as they are"
    )


def _scores(table: ir.Table) -> dict[str, ir.Table]:
    """Give the answers of each kind: source, answer, _row where there is one."""
    rows = ["source", *(["_row"] if "_row" in table.columns else [])]
    if "survey_id" in table.columns:
        given = table.filter(table.score.notnull())
        return {kind: given.filter(given.kind == kind).select(*rows, answer=given.score) for kind in SCALES}
    present = [kind for kind in SCALES if kind in table.columns]
    return {kind: table.filter(table[kind].notnull()).select(*rows, answer=table[kind]) for kind in present}


def join_scores(table: ir.Table, surveys: ir.Table) -> Outcome:
    """Bring scores given about a contact to the contact: csat, nps, ces (the last given), and whether a survey was sent.

    A kind that was never asked about contacts adds no column: the data do not have it, which is more than nobody answering.
    """
    if "interaction_id" not in surveys.columns:
        return Outcome(table, "the surveys name no contact, so no score is joined to one")
    about = surveys.filter(surveys.interaction_id.notnull())
    asked = set(to_frame(about.select("kind").distinct())["kind"])
    kinds = [kind for kind in SCALES if kind in asked]
    when = about.answered_at if "answered_at" in about.columns else about.sent_at
    when = ibis.coalesce(when, about.sent_at)
    per = about.group_by("interaction_id").aggregate(
        **{
            f"from_{kind}": about.score.argmax(when, where=(about.kind == kind) & about.score.notnull())
            for kind in kinds
        },
        from_sent=(about.kind == "csat").any(),
    )
    joined = table.left_join(per, "interaction_id")
    fills = {}
    for kind in kinds:
        own = joined[kind] if kind in table.columns else ibis.null("float64")
        fills[kind] = ibis.coalesce(own, joined[f"from_{kind}"])
    if "csat" in asked or "survey_sent" in table.columns:
        own = joined["survey_sent"] if "survey_sent" in table.columns else ibis.null("boolean")
        fills["survey_sent"] = own.fill_null(False) | joined.from_sent.fill_null(False)
    extra = [name for name in fills if name not in table.columns]
    done = joined.mutate(**fills).select(*table.columns, *extra)
    answers = per.inner_join(table.select("interaction_id"), "interaction_id").count().to_pyarrow().as_py()
    strays = about.anti_join(table, "interaction_id").count().to_pyarrow().as_py()
    why = "survey answers joined to the contact they ask about"
    why += f"; {strays:,} ask about contacts that are not here" if strays else ""
    return Outcome(done, why, cells=answers)
