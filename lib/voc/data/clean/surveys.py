"""Survey answers: each brought to the contact it asks about."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ..audit import Outcome


def tidy_surveys(surveys: ir.Table, removed: ir.Table) -> ir.Table:
    """Point every answer at the contact that stayed and keep one row per survey (the answered, then the last sent).

    ``removed`` is the audit's list of rows that left, with the id of the row kept instead.
    """
    copies = removed.filter(removed.kept_id.notnull() & (removed.kept_id != removed.interaction_id))
    copies = copies.select(copy_id="interaction_id", kept_id="kept_id").distinct()
    joined = surveys.left_join(copies, surveys.interaction_id == copies.copy_id)
    pointed = joined.mutate(interaction_id=ibis.coalesce(joined.kept_id, joined.interaction_id)).select(
        *surveys.columns
    )
    place = ibis.row_number().over(
        group_by=pointed.survey_id, order_by=[pointed.score.isnull(), pointed.sent_at.desc(), pointed["_row"]]
    )
    return pointed.mutate(_place=place).filter(ibis._._place == 0).drop("_place")


def empty_impossible_scores(surveys: ir.Table) -> ir.Table:
    """Empty scores outside the scale of their kind: 1–5 for csat, 0–10 for nps, 1–7 for ces."""
    scale = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
    inside = ibis.or_(
        *[(surveys.kind == kind) & surveys.score.between(low, high) for kind, (low, high) in scale.items()]
    )
    return surveys.mutate(score=inside.ifelse(surveys.score, ibis.null("float64")))


def join_scores(table: ir.Table, surveys: ir.Table) -> Outcome:
    """Bring scores given about a contact to the contact: csat, nps, ces (the last given), and whether a survey was sent."""
    about = surveys.filter(surveys.interaction_id.notnull())
    kinds = ("csat", "nps", "ces")
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
    own = joined["survey_sent"] if "survey_sent" in table.columns else ibis.null("boolean")
    fills["survey_sent"] = own.fill_null(False) | joined.from_sent.fill_null(False)
    extra = [name for name in fills if name not in table.columns]
    done = joined.mutate(**fills).select(*table.columns, *extra)
    answers = per.inner_join(table.select("interaction_id"), "interaction_id").count().to_pyarrow().as_py()
    return Outcome(done, "survey answers joined to the contact they ask about", cells=answers)
