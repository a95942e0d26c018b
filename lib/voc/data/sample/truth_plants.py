"""The fourteen planted truths in words and figures, and what was planted to mean nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from voc.data.sample import world
from voc.data.sample.company import NULL_EVENTS
from voc.data.sample.leaving import SILENT_DAYS
from voc.data.sample.plan import Plan


def _plant(
    number: int, name: str, what: str, expected: str, dates: tuple, where: dict, sizes: dict, count: int
) -> dict:
    """Return one planted truth as it stands in ``truth.json``."""
    rounded = {key: round(float(v), 4) if isinstance(v, float | np.floating) else v for key, v in sizes.items()}
    return {
        "id": number,
        "name": name,
        "what": what,
        "dates": [day.isoformat() for day in dates],
        "where": where,
        "sizes": rounded,
        "expected": expected,
        "contacts": int(count),
    }


def rank_correlations(table: pd.DataFrame) -> tuple[float, float]:
    """Return the rank correlation of handling time with satisfaction, pooled and within issue (weighted mean)."""
    known = table[table["true_handle_seconds"].notna()]
    pair = known[["true_handle_seconds", "true_csat"]]
    pooled = pair.corr("spearman").iloc[0, 1]
    groups = [(len(part), part) for _, part in known.groupby("issue") if len(part) > 20]
    within = [part[["true_handle_seconds", "true_csat"]].corr("spearman").iloc[0, 1] for _, part in groups]
    return float(pooled), float(np.average(within, weights=[size for size, _ in groups]))


def _between(table: pd.DataFrame, first: date, last: date) -> pd.Series:
    """Mark the rows created from ``first`` to ``last``, both included."""
    day = table["true_created_at"].astype("datetime64[s]")
    return (day >= pd.Timestamp(first)) & (day < pd.Timestamp(last) + pd.Timedelta(days=1))


def _waves(plan: Plan, table: pd.DataFrame) -> list[dict]:
    """Return the planted truths that are waves of contacts: 1 to 5, 8 and 12."""
    count = table["plant"].value_counts()
    whole = (world.FIRST_DAY, world.LAST_DAY)
    setup = table[(table["issue"] == "set-up") & (table["product"] == plan.manual_product)]
    place = {"region": plan.sms_region, "carrier": plan.sms_carrier}
    here = (table["issue"] == "late delivery") & (table["region"] == plan.sms_region)
    here &= table["carrier"] == plan.sms_carrier
    during = int((here & _between(table, plan.sms_from, plan.sms_to)).sum())
    before = int((here & _between(table, plan.sms_from - timedelta(49), plan.sms_from - timedelta(1))).sum())
    sms = table[table["plant"] == 1]
    christmas = [(day - timedelta(plan.tracking_days), day) for day in world.CHRISTMASES]
    lunar = [(day - timedelta(plan.tracking_days), day) for day in world.LUNAR_NEW_YEARS]
    faq = table["theme"] == "faq"
    return [
        _plant(
            *(
                1,
                "failing SMS notices",
                "Late-delivery complaints of one region and carrier, because SMS notices fail.",
            ),
            "Late delivery rises for seven weeks in this region with this carrier; texts say that no message came.",
            (plan.sms_from, plan.sms_to),
            {"issue": "late delivery", **place},
            {"during": during, "same_span_before": before, "text_says_so": float((sms["theme"] == "no sms").mean())},
            count.get(1, 0),
        ),
        _plant(
            *(2, "payment failures after a release", "Payments with one method fail after an app release."),
            "Payment failures with this method rise from the day of the release, in this app version.",
            (plan.release_on, plan.release_until),
            {"issue": "payment failed", "payment_method": plan.release_method, "app_version": plan.release_version},
            {"extra_per_day_at_60000": plan.release_per_day},
            count.get(2, 0),
        ),
        _plant(
            *(
                3,
                "page 3 of a manual",
                "Two in five set-up questions about one product come from page 3 of its manual.",
            ),
            "The set-up questions about this product concentrate on page 3.",
            whole,
            {"issue": "set-up", "product": plan.manual_product, "manual_page": "3"},
            {"share": float((setup["manual_page"] == 3).mean()), "set_ups": len(setup)},
            count.get(3, 0),
        ),
        _plant(
            *(
                4,
                "newsletter wave",
                "A newsletter brings a wave of clarifying questions that fades within twelve days.",
            ),
            "Questions about the offer jump after the newsletter; other newsletters bring none.",
            (plan.letter_on, plan.letter_on + timedelta(11)),
            {"issue": "offer terms"},
            {"contacts_at_60000": plan.letter_contacts},
            count.get(4, 0),
        ),
        _plant(
            *(5, "tracking before holidays", "Questions where the parcel is rise before Christmas and Lunar New Year."),
            "Parcel tracking is seasonal: each year the same weeks; a forecast should know them.",
            whole,
            {"issue": "parcel tracking"},
            {
                "factor": plan.tracking_factor,
                "christmas": [[str(a), str(b)] for a, b in christmas],
                "lunar_new_year_mostly_chinese": [[str(a), str(b)] for a, b in lunar],
            },
            count.get(5, 0),
        ),
        _plant(
            *(8, "eco packaging", "A new theme, too much plastic in parcels, appears in the last four months."),
            "A new topic inside general feedback and reviews from July 2026, growing each month.",
            (plan.eco_from, world.LAST_DAY),
            {"issue": "general feedback"},
            {"last_month_at_60000": plan.eco_last_month},
            count.get(8, 0),
        ),
        _plant(
            *(
                12,
                "sales promise and FAQ",
                "Sales promises next-day delivery that nobody keeps; many answers stand in the FAQ.",
            ),
            "Late deliveries of this product speak of a promise, and score lower; a share of contacts needs no agent.",
            (plan.promise_from, world.LAST_DAY),
            {"issue": "late delivery", "product": plan.promise_product},
            {
                "promise_texts": int((table["theme"] == "promise").sum()),
                "faq_issues": [issue.name for issue in world.ISSUES if issue.faq],
                "faq_share_of_these": plan.faq_share,
                "faq_texts": int(faq.sum()),
            },
            count.get(12, 0),
        ),
    ]


def _service(plan: Plan, table: pd.DataFrame, people: pd.DataFrame) -> list[dict]:
    """Return the planted truths about how the service works: 6, 7, 9, 10, 11, 13 and 14."""
    whole = (world.FIRST_DAY, world.LAST_DAY)
    pooled, within = rank_correlations(table)
    billing = table[table["category"] == "billing"]
    fast = billing["agent"] == plan.fast_agent
    pace = billing.loc[fast, "true_handle_seconds"].median() / billing.loc[~fast, "true_handle_seconds"].median()
    solved = table.groupby("agent")["solved_first"].mean()
    others = solved.drop([plan.low_fcr_agent, *plan.gaming_agents]).mean()
    asked = table[table["true_csat"].le(2) & table["true_resolved_at"].notna()]
    hiding = asked["team"] == plan.hiding_team
    share = {}
    months = table["true_created_at"].astype("datetime64[s]").dt.strftime("%Y-%m")
    for channel in ("chat", "phone"):
        of = (table["channel"] == channel).groupby(months).mean()
        share[f"{channel}_first_and_last_month"] = [round(float(of.iloc[0]), 3), round(float(of.iloc[-1]), 3)]
    silent = table[table["silent"]]
    return [
        _plant(
            *(
                6,
                "Simpson's paradox",
                "Difficulty makes handling longer and customers less happy; care does the opposite.",
            ),
            "Handling time against CSAT: clearly negative pooled, slightly positive within each issue.",
            whole,
            {"channel": list(world.HANDLED_CHANNELS)},
            {"pooled_rank_correlation": pooled, "within_rank_correlation": within, "care": plan.within},
            table["true_handle_seconds"].notna().sum(),
        ),
        _plant(
            *(
                7,
                "what drives customers away",
                "A slow response or an unsolved first contact raises the hazard of leaving.",
            ),
            "Hazard ratios after the first contact near the given ones; early days count alike for everybody.",
            whole,
            {"contact": "first of each customer in the period"},
            {
                "hazard_ratio_slow": plan.slow_ratio,
                "hazard_ratio_unresolved": plan.unresolved_ratio,
                "left": int(people["left_on"].notna().sum()),
                "customers": len(people),
            },
            people["first_contact_at"].notna().sum(),
        ),
        _plant(
            *(9, "two agents who differ", "All agents are equal but two (and the closers of plant 10)."),
            "One agent handles billing in half the time; one solves clearly fewer first contacts.",
            whole,
            {"fast_on_billing": plan.fast_agent, "low_fcr": plan.low_fcr_agent},
            {
                "billing_pace_of_others": float(pace),
                "solved_first_low": float(solved[plan.low_fcr_agent]),
                "solved_first_others": float(others),
                "points": plan.low_fcr_points,
            },
            (table["agent"].isin([plan.fast_agent, plan.low_fcr_agent])).sum(),
        ),
        _plant(
            *(10, "gaming", "One group closes fast and customers return; one team spares the unhappy the survey."),
            "Short handling with many returns in this group; few surveys after bad contacts in that team.",
            whole,
            {"closers": list(plan.gaming_agents), "closers_team": plan.gaming_team, "hiding_team": plan.hiding_team},
            {
                "solved_first_closers": float(solved[list(plan.gaming_agents)].mean()),
                "solved_first_others": float(others),
                "sent_to_unhappy_hiding": float(asked.loc[hiding, "survey_sent"].mean()),
                "sent_to_unhappy_others": float(asked.loc[~hiding, "survey_sent"].mean()),
            },
            table["survey_hidden"].sum(),
        ),
        _plant(
            *(11, "three measures", "One measure worked, one did nothing, one was too small to be seen."),
            "Contacts about the issue drop after the first, not after the second; the third: cannot tell.",
            (min(m.day for m in plan.measures), world.LAST_DAY),
            {m.verdict: {"issue": m.issue, "label": m.label, "day": m.day.isoformat()} for m in plan.measures},
            {m.verdict: m.factor for m in plan.measures},
            table["issue"].isin([m.issue for m in plan.measures]).sum(),
        ),
        _plant(
            *(
                13,
                "channels move, one runs over",
                "Chat grows and phone shrinks; one channel cannot keep up for three weeks.",
            ),
            "Shares drift over 24 months; in three weeks this channel's first response and resolution take much longer.",
            (plan.backlog_from, plan.backlog_to),
            {"channel": plan.backlog_channel},
            {"first_response_factor": plan.backlog_factor, **share},
            table["backlog"].sum(),
        ),
        _plant(
            *(14, "unhappy and silent", f"Unhappy customers leave within {SILENT_DAYS} days without a word."),
            "Leavers' last contacts were bad, hardly any answered the survey: CSAT of answers is too rosy.",
            whole,
            {"contact": "last one, satisfaction 1 or 2, customer gone soon after"},
            {
                "answered": float(silent.loc[silent["survey_sent"], "answered"].mean()) if len(silent) else 0.0,
                "answered_others": float(table.loc[table["survey_sent"] & ~table["silent"], "answered"].mean()),
                "true_csat_pct": float((table["true_csat"] >= 4).mean() * 100),
                "answered_csat_pct": float((table.loc[table["answered"], "true_csat"] >= 4).mean() * 100),
            },
            len(silent),
        ),
    ]


def plants(plan: Plan, table: pd.DataFrame, people: pd.DataFrame) -> list[dict]:
    """Return all planted truths in order; ``table`` are the rows of the truth, ``people`` the customers.

    Figures are measured on the rows without duplicates.
    """
    table = table[table["duplicate_kind"].isna()]
    return sorted(_waves(plan, table) + _service(plan, table, people), key=lambda plant: plant["id"])


def nulls() -> list[dict]:
    """Return what was planted to mean nothing: dimensions, events, agents."""
    dimensions = [{"kind": "dimension", "name": name} for name in ("browser", "packaging_colour")]
    events = [
        {"kind": "event", "name": name, "on": on.isoformat(), "label": label} for name, _, on, label in NULL_EVENTS
    ]
    releases = [
        {"kind": "event", "name": f"release-{version}", "on": on.isoformat()}
        for version, on in world.RELEASES
        if on >= world.FIRST_DAY
    ]
    agents = {"kind": "agents", "name": "all agents but those of plants 9 and 10", "what": "equal in true quality"}
    return [*dimensions, *events, *releases, agents]
