"""The page's words on who may leave: whether that can be told at all, whom to care for, groups, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.chances.leaks import FEWEST
from ...analysis.churn.risk import TELLS, Risk
from ...analysis.churn.segments import apart
from ..canvas import Picture
from ..charts.calibration import calibration as draw
from ..style import cut, day_label, interval, is_missing, number
from ..tables import Col, Html, say, table
from .drivers_read import count, error_saved, joined, listed, nothing, noun, stacked

WHAT = "Who may leave"
SHOWN = 10  # rows of the list on the page; the file holds all
LITTLE = 0.05  # skill below which a forecast saves little of the error
WEIGHTY = 1.1  # odds beyond which a reason is named
CARE = [
    Col("customer", "Customer (pseudonym), last contact"), Col("risk_pct", "Chance of leaving", "number", "%"),
    Col("times", "Times usual", "number"), Col("why", "Suggested step, and what speaks for it"),
]  # fmt: skip
GROUPS = [
    Col("rule", "Group"), Col("n", "Customers", "number", "contacts"), Col("share_pct", "Of all", "number", "%"),
    Col("contacts_year", "Contacts a year", "number"), Col("answered", "Surveys answered"), Col("csat", "CSAT"), Col("left", "Left since"),
    Col("mostly", "Mostly"),
]  # fmt: skip


def risk_words(risk: Risk) -> Html:
    """Say whether leaving can be forecast, how much better than by the base rate, and what speaks for it."""
    if risk.why:
        return nothing(risk.why, WHAT)
    row = risk.score.iloc[0].to_dict()
    return joined([_verdict(row), _held_against(row), _calibrated(row), _reasons(risk) if risk.tells else None])


def _verdict(row: Mapping) -> Html:
    usual = number(100 * row["base_rate"], "%")
    if row["verdict"] != TELLS:
        return say(
            "**The forecast tells nothing beyond the base rate**: nobody can be named as likelier to leave within {days} days than the usual "
            "{usual}, so no list is made.",
            days=row["horizon_days"], usual=usual,
        )  # fmt: skip
    return say(
        "**The forecast tells more than the base rate{size}**: of a pair of customers, one who left within {days} days and one who stayed, it "
        "gave the higher chance to the leaver in {area} of 100 (95% {ends}; 50 is a coin).",
        size=", but little" if row["skill"] < LITTLE else "", days=row["horizon_days"],
        area=f"{100 * row['auc']:.0f}", ends=f"{100 * row['auc_lo']:.0f}–{100 * row['auc_hi']:.0f}",
    )  # fmt: skip


def _held_against(row: Mapping) -> Html:
    beyond = row["skill_lo"] > 0 or row["skill_hi"] < 0
    return say(
        "Held against {n} customers active on {day}, whose leaving it could not know: {gone} left by {days} days later, {share}. Its squared "
        "error (Brier score) was {brier}, that of the same {usual} for everybody {base}: {skill} {way} (95% {ends}), {noise}.",
        n=count(row["n"]), day=day_label(row["landmark"]), gone=count(row["gone"]), days=row["horizon_days"],
        share=number(100 * row["gone"] / row["n"], "%"), usual=number(100 * row["base_rate"], "%"), brier=f"{row['brier']:.4f}",
        base=f"{row['brier_base']:.4f}", skill=f"{abs(100 * row['skill']):.2f}%", way="less" if row["skill"] >= 0 else "more",
        ends=f"{error_saved(row['skill_lo'], 2)} to {error_saved(row['skill_hi'], 2)}", noise="beyond chance" if beyond else "within noise",
    )  # fmt: skip


def _calibrated(row: Mapping) -> Html | None:
    """Say whether chances were the right size; nothing where that cannot be told."""
    if is_missing(row["slope"]):
        return None
    slope = row["slope_lo"] <= 1 <= row["slope_hi"]
    level = row["intercept_lo"] <= 0 <= row["intercept_hi"]
    if slope and level:
        judged = "ten of a hundred meant ten: neither too high nor too far apart beyond chance"
    elif slope:
        judged = f"differences between customers were the right size, but {'more' if row['intercept'] > 0 else 'fewer'} left than was said"
    else:
        judged = f"differences between customers were told too {'large' if row['slope'] < 1 else 'small'}"
    again = " Chances had been set right once, on an earlier stretch of time." if row["recalibrated"] else ""
    return say(
        "As chances: {judged} (slope {slope}, 95% {lo}–{hi}, right is 1; level {level}, 95% {level_lo} to {level_hi}, right is 0).{again}",
        judged=judged, slope=f"{row['slope']:.2f}", lo=f"{row['slope_lo']:.2f}", hi=f"{row['slope_hi']:.2f}", level=_plain(row["intercept"]),
        level_lo=_plain(row["intercept_lo"]), level_hi=_plain(row["intercept_hi"]), again=again,
    )  # fmt: skip


def _plain(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _reasons(risk: Risk) -> Html | None:
    """Name the classes of customers to whom the forecast gives the highest odds, and how often such customers left."""
    heavy = risk.reasons[risk.reasons["known"] & (risk.reasons["times"] >= WEIGHTY) & (risk.reasons["n"] > 0)].head(5)
    if heavy.empty:
        return None
    told = [f"{row['reason']} ({number(row['left_pct'], '%')} left)" for row in heavy.to_dict("records")]
    return say("What speaks most for leaving, in the past: {told}. A sign, not a cause.", told="; ".join(told))


def calibration(risk: Risk) -> Picture | None:
    """Draw chances beside what happened, at the test; None where nothing was forecast."""
    if risk.why or risk.bins.empty:
        return None
    row = risk.score.iloc[0]
    bins = risk.bins.assign(**{name: 100 * risk.bins[name] for name in ("predicted", "observed", "lo", "hi")})
    inside = int(((bins["lo"] <= bins["predicted"]) & (bins["predicted"] <= bins["hi"])).sum())
    low, high = bins.iloc[0], bins.iloc[-1]
    ends = [
        f"{number(part['predicted'], '%')} were said and {number(part['observed'], '%')} left" for part in (low, high)
    ]
    alt = f"Of the group with the lowest chance {ends[0]}"
    return draw(
        bins,
        title=f"Chance of leaving: in {inside} of {noun(len(bins), 'group')} as many left as was said, within noise",
        subtitle=f"Customers who left within {row['horizon_days']} days, %, by the chance said beforehand; n\u00a0{count(row['n'])}",
        alt=f"{alt}; of that with the highest {ends[1]}." if len(bins) > 1 else f"{alt}.",
        usual=100 * float(row["base_rate"]),
    )


def care_table(risk: Risk) -> Html | None:
    """Show the beginning of the list for care teams with what such a list is worth; None where there is none."""
    if not risk.tells:
        return None
    if risk.care.empty:
        return say(
            "No customer is both likelier to leave than usual and waiting for something that service can mend: no list is made."
        )
    most = (
        f"the first {SHOWN} of {len(risk.care):,}; the file churn_care holds all"
        if len(risk.care) > SHOWN
        else f"{len(risk.care):,} in all"
    )
    rows = risk.care.head(SHOWN)
    rows = rows.assign(
        customer=[stacked(str(row["customer_id"]), _last(row)) for row in rows.to_dict("records")],
        why=[stacked(row["step"], row["reasons"]) for row in rows.to_dict("records")],
    )
    listing = table(rows, columns=CARE, caption=f"Whom to care for first, {most}")
    return joined([_worth(risk.worth.iloc[0].to_dict()), listing, _lot(risk.worth.iloc[0].to_dict())])


def _last(row: Mapping) -> str:
    """Say when, where and about what a customer last wrote."""
    about = [cut(row[name]) for name in ("issue", "channel") if not is_missing(row.get(name))]
    return ", ".join([day_label(pd.Timestamp(row["last_contact"])), *about])


def _worth(row: Mapping) -> Html:
    then = "No such customer was there at the test, so nobody knows what the list is worth."
    if row["listed_then"]:
        usual = f"the {number(row['usual_then_pct'], '%')} of all customers then"
        beyond = (
            f"beyond chance more than {usual}"
            if row["lo"] > row["usual_then_pct"]
            else f"which is not beyond chance more than {usual}"
        )
        then = (
            f"Of the {count(row['listed_then'])} that the same rule named at the test, {count(row['left_then'])} left: {number(row['left_pct'], '%')} "
            f"(95% {interval(row['lo'], row['hi'], '%')}), {beyond}."
        )
    return say(
        "Of {n} listed, {leave} would leave by the forecast; of as many drawn by lot, {usual}. {then}",
        n=noun(int(row["listed"]), "customer"), leave=number(row["leave"], "customers"),
        usual=number(row["listed"] * row["base_pct"] / 100, "customers"), then=then,
    )  # fmt: skip


def _lot(row: Mapping) -> Html:
    return say(
        "Whether a call keeps anybody is not known, and it may wake a customer who had forgotten to leave. **Draw a lot**: call one half, leave "
        "the other. To see that calls keep a third of those who would leave takes {lot} customers in each half, {lots} of this length.",
        lot=count(row["lot"]), lots=noun(int(row["lots"]), "list"),
    )  # fmt: skip


def segments_table(risk: Risk) -> Html | None:
    """Show groups of customers by behaviour, with CSAT before and leaving after; None where there are none."""
    if risk.segments.empty:
        return None
    rows = pd.DataFrame([_group(row) for row in risk.segments.to_dict("records")])
    first = risk.segments.iloc[0]
    caption = (
        f"Customers on {day_label(first['since'])} by the {first['looked_back']:,} days before, and who left since"
    )
    if risk.segments["share_pct"].sum() < 100 - 1e-6:
        caption += "; groups of so few that a customer could be told are left out"
    return joined([_apart(risk.segments), table(rows, columns=GROUPS, caption=caption)])


def _group(row: Mapping) -> dict:
    csat = (
        "no answers"
        if not row["csat_n"]
        else f"{number(row['csat_pct'], '%')} ({interval(row['csat_lo'], row['csat_hi'], '%')})"
    )
    answered = "none asked" if not row["asked"] else f"{number(row['answered_pct'], '%')} of {count(row['asked'])}"
    mostly = [cut(row[name]) for name in ("channel", "category") if not is_missing(row[name])]
    return {
        **{name: row[name] for name in ("rule", "n", "share_pct", "contacts_year")},
        "answered": answered,
        "csat": csat,
        "left": f"{number(row['left_pct'], '%')} ({interval(row['left_lo'], row['left_hi'], '%')})",
        "mostly": ", ".join(mostly) or "–",
    }


def _apart(groups: pd.DataFrame) -> Html:
    """Say whether the groups left differently often beyond chance, judged all together, and between which ends."""
    p = apart(groups)
    if is_missing(p):
        return say("Whether the groups leave differently often cannot be told: too few left.")
    if p >= 0.05:
        return say("How often the groups then left differs by no more than chance makes.")
    ends = groups.sort_values("left_pct").iloc[[0, -1]].to_dict("records")
    least, most = (f"{row['rule']} ({number(row['left_pct'], '%')})" for row in ends)
    return say("The groups left differently often, beyond chance: most of «{most}», fewest of «{least}».", most=most, least=least)  # fmt: skip


def leaks_words(risk: Risk) -> Html | None:
    """Say which columns of the customer list were refused because they know who left; None where there was nothing to judge."""
    if risk.leaks.empty:
        return None
    refused = risk.leaks[risk.leaks["refused"]]
    names = [cut(name) for name in risk.leaks["covariate"]]
    if refused.empty:
        unjudged = risk.leaks[risk.leaks["why"].astype(str).str.startswith(f"fewer than {FEWEST}")]
        if len(unjudged):
            return say(
                "Whether a column of the customer list knows who left cannot be judged: fewer than {n} left or stayed.",
                n=FEWEST,
            )
        return say(
            "No column of the customer list was found to know who left; looked at: {names}.",
            names=listed(names),
        )
    lines = [
        say("**Refused: {name}** ({why}{level}).", name=cut(row["covariate"]), why=row["why"], level=f"; {cut(row['level'])}" if row["level"] else "")
        for row in refused.to_dict("records")
    ]  # fmt: skip
    rest = [name for name, known in zip(names, risk.leaks["refused"], strict=True) if not known]
    return joined([*lines, say("Not refused: {names}.", names=listed(rest)) if rest else None])
