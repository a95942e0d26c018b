"""What the data are fit for: each analysis with what it needs, what it finds, and a verdict in words."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from ..data.store import to_frame

SELECTED, RESPONSE = "Survey response, volume of all contacts", "Survey response"
FIT, CARE, UNFIT = "fit", "with care", "not fit"
FEWEST = 30  # contacts that have a field, below which any figure of it is mostly chance


@dataclass(frozen=True)
class Need:
    """An analysis: the columns it needs, the share of contacts (%) from which it is fit or usable with care, its metrics."""

    analysis: str
    columns: tuple[str, ...]
    fit_from: float
    care_from: float
    settles: str
    metrics: tuple[str, ...] = ()


NEEDS = (
    Need(
        "Volume and what customers came for",
        ("created_at", "category"),
        90,
        50,
        "Have every contact coded with a category.",
    ),
    Need(
        "First response time",
        ("first_response_at",),
        60,
        20,
        "Export the time of the first human reply.",
        ("frt_minutes", "frt_p90_minutes", "frt_business_minutes", "sla_reply_pct"),
    ),
    Need(
        "Handling time",
        ("handle_seconds",),
        30,
        5,
        "Export talk, hold and wrap times from the telephone and chat systems.",
        ("aht_minutes",),
    ),
    Need(
        "Resolution time",
        ("resolved_at",),
        60,
        20,
        "Export the time at which contacts were solved.",
        (
            "resolution_hours",
            "resolution_p90_hours",
            "first_resolution_hours",
            "resolution_business_hours",
            "sla_solved_pct",
            "reopen_pct",
            "one_touch_pct",
            "backlog",
        ),
    ),
    Need(
        "Repeat contacts and FCR",
        ("customer_id", "category"),
        80,
        50,
        "Export the customer's id with every contact.",
        ("fcr_pct", "repeat_pct"),
    ),
    Need(
        "Satisfaction (CSAT)",
        ("csat",),
        10,
        2,
        "Export the survey answers with the contact's id.",
        ("csat_pct", "csat_mean", "response_rate_pct"),
    ),
    Need("What customers say (topics, sentiment)", ("text",), 60, 20, "Export the customers' own words."),
    Need("Differences between products", ("product",), 60, 20, "Record the product with the contact."),
    Need("Differences between regions", ("region",), 60, 20, "Record the customer's region."),
    Need("Differences between agents", ("agent_id",), 80, 50, "Export the agent who handled the contact."),
)


def fitness(table: ir.Table) -> pd.DataFrame:
    """Judge for each analysis whether the data carry it.

    Returns analysis, verdict (fit, with care, not fit), filled_pct (contacts that have all it needs), why, settles.
    """
    rows = []
    for need in NEEDS:
        missing = [name for name in need.columns if name not in table.columns]
        if missing:
            rows.append((need.analysis, UNFIT, 0.0, f"the data have no {' and no '.join(missing)}", need.settles))
            continue
        known = table[need.columns[0]].notnull()
        for name in need.columns[1:]:
            known = known & table[name].notnull()
        counted = table.aggregate(n=known.sum().fill_null(0), share=(known.mean() * 100).fill_null(0.0))
        n, share = to_frame(counted).iloc[0].tolist()
        verdict = FIT if share >= need.fit_from else CARE if share >= need.care_from else UNFIT
        why, settles = f"{share:.1f} % of contacts have {' and '.join(need.columns)}", need.settles
        if verdict == FIT and n < FEWEST:
            verdict, settles = CARE, "More contacts, or a longer period."
            why += f", but that is only {n:.0f}" if n != 1 else ", but that is only one contact"
        rows.append((need.analysis, verdict, share, why, "" if verdict == FIT else settles))
    found = pd.DataFrame(rows, columns=["analysis", "verdict", "filled_pct", "why", "settles"])
    return _with_survey_selection(table, found)


def _with_survey_selection(table: ir.Table, found: pd.DataFrame) -> pd.DataFrame:
    """Say when an export holds only answered surveys: then nothing speaks for those who did not answer."""
    if "csat" not in table.columns:
        return found
    answered = table.csat.notnull()
    asked = table.survey_sent.fill_null(False) if "survey_sent" in table.columns else answered
    counted = table.aggregate(n=table.count(), answered=answered.sum(), silent=(asked & ~answered).sum())
    n, with_answer, silent = to_frame(counted).fillna(0).iloc[0].astype(int)
    if with_answer > 0.99 * n and n:
        why = "every contact in the export has an answered survey: those who did not answer are not in it"
        settles = "Export all contacts, surveyed or not, with a mark for surveys sent."
        found.loc[len(found)] = (SELECTED, UNFIT, 100 * (1 - with_answer / n), why, settles)
    elif with_answer and not silent and "survey_sent" in table.columns:
        why = "every survey in the export is answered: those without an answer are not in it"
        found.loc[len(found)] = (RESPONSE, UNFIT, 0.0, why, "Export all surveys sent, the unanswered ones too.")
    return found


def unfit_metrics(found: pd.DataFrame) -> dict[str, str]:
    """Name the metrics that are withheld because too few contacts have what they need, each with the reason."""
    why = found[found["verdict"] == UNFIT].set_index("analysis")["why"]
    withheld = {name: why[need.analysis] for need in NEEDS if need.analysis in why for name in need.metrics}
    silent = [why[name] for name in (SELECTED, RESPONSE) if name in why]
    return withheld | ({"response_rate_pct": silent[0]} if silent else {})


def limits(found: pd.DataFrame) -> pd.DataFrame:
    """Turn what the data are not fit for into what the front page says they cannot say: what, why, settles."""
    poor = found[found["verdict"] == UNFIT]
    return poor.rename(columns={"analysis": "what"})[["what", "why", "settles"]].reset_index(drop=True)
