"""Reference pages printed from the code: the data dictionary from the schema, the metric definitions from the metrics."""

from __future__ import annotations

from ..analysis.metrics import METRICS, SUBJECTS, Metric
from ..analysis.variants import VARIANTS
from ..data.schema import TABLES, Column

RESULTS = {
    "audit": "the audit trail of cleaning: step, rows_in, rows_out, cells_changed, why",
    "repairs": "every repaired cell: interaction_id, step, column, was, now",
    "removed": "every row that left: interaction_id, row (in its file), step, reason, kept_id (the row kept instead)",
    "set_aside": "values that could not be read, when params allow it: file, column, row, value, why",
    "label_map": "every wording and the class it was brought to: column, label, class, how (same, listed, spelling, unlisted), n",
    "days": "contacts per day and source: day, source, rows, expected, chance (of so few), flag (incomplete)",
    "fields": "share of contacts that have a field: field, group (all or a source), n, filled_pct",
    "fitness": "what the data are fit for: analysis, verdict (fit, with care, not fit), filled_pct, why, settles",
    "kpi_by_period": "every metric in every period: metric, period_start, period, n, value, lo, hi (95 %), se, floor_lo, floor_hi",
    "kpi_changes": "the period against the previous and the year before (against): n, value, lo, hi, n_before, before, change, "
    "floor (what chance makes), p, q (false discovery rate), certainty, direction, why (there is no comparison)",
    "kpi_slices": "the same against the previous period per dimension and label",
    "kpi_levels": "each group against all others within the period: value, lo, hi, rest, difference, floor, impact, q, certainty",
    "kpi_missing": "metrics that the data cannot give: metric, label, why",
    "kpi_definitions": "what other definitions give for the same contacts: metric, definition, n, value, lo, hi, words",
    "csat_hearing": "who was heard: part (rates, what if, tipping, silent, moods, leavers), measure, dimension, label, unit, n, "
    "effective, value, lo, hi, others, difference, floor, q, certainty, trace",
    "problems": "the problems that weigh most: rank with rank_lo and rank_hi (places that cannot be told apart), rank_before, label, "
    "category, contacts, share, severity (% unhappy, or weight from params) with interval, bitter (how sure above all), weight with "
    "interval, weight_share, change, certainty, hours, hours_known, money, csat, tied, trace",
    "problems_carried": "values of other dimensions that carry a problem: share there and elsewhere, ratio, intervals, share_before, "
    "newly, known, tried, q, certainty, place (0: dimension known too seldom), trace",
    "pairs": "metrics read together: metric, beside, against, dimension, label, reading, contradiction, certainty, both figures",
    "kpi_shapes": "how each duration spreads: n, mean, median, mode, sd, p10 and p90 with intervals, skewness, shape and what parts it",
    "load_days": "per day: contacts in, solved, given up, open (and of these older than thirty days)",
    "load_judged": "in against solved and the backlog per channel, judged",
    "load_weeks": "weeks in which the backlog grew beyond chance",
    "load_hours": "first response per weekday and hour: n, median with interval, usual, certainty",
    "load_bins": "first response by fifths of load, per channel",
    "load_channels": "whether first response slips with load, per channel: correlation with interval, times slower, certainty",
    "load_overruns": "every week of every channel against its usual first response: value, usual, times, q, certainty",
    "channel_shares": "share of each channel per period with interval",
    "channel_changes": "the shares against the previous period and the year before, judged",
    "channel_slopes": "the shares' trends with the season taken out: points a year with interval, certainty",
    "trends": "figures by the week with the season taken out: change a year with interval, tau, p, q, how, certainty",
    "agents_summary": "what can be told of differences between agents, nobody named: metric, agents, n_typical, usual, reliability …",
    "practices": "cells clearly faster than expected, nobody named: figures and verdict",
    "hard_issues": "issues that are hard for everybody: figure here and elsewhere on the same channels, interval, q, certainty",
    "gaming": "patterns that gaming would leave: detector, group, label, n, value, rest, difference, lo, hi, p, q, certainty, "
    "innocent, settles, owner, why (it cannot be looked for)",
    "categories": "what customers came for: category, contacts, share, change (points), certainty, csat, lo, hi, n, hours",
    "topic_map": "what customers came for and speak of: kind (category, topic), root, label, contacts, share with interval, change "
    "against the period before and the year before, csat, hours, repeats, moods, owner",
    "topics": "the ledger of topics: id, label, state (same, new, gone, back, merged, split, set aside), born, since, last_seen, "
    "voices, parents, into, beside (said beside any matter: courtesy, haste)",
    "topic_families": "topics that lie near each other, as a tree: family, line, contacts",
    "topic_courses": "each topic over time: kind (new, rising, came and went, fading, drifts, steady), voices, share, before, when it "
    "began, q, certainty, why (it cannot be judged)",
    "topic_where": "topics by product: voices with it, of all, share with interval, share of all others, q, certainty",
    "topic_proposals": "for the review of categories: topic, proposal, rule, owner, next step",
    "themes_inside": "what is said more inside an issue: theme, words, since when or by which value, customers, share, others, places, "
    "csat beside it, q, certainty",
    "themes_inside_members": "which contacts speak of a theme: theme, interaction_id, since",
    "content": "where questions concentrate: issue, holder, place and value, share with interval, the others' share, q, certainty",
    "answered_already": "issues whose answer may stand on the site already: candidates with both signs, hours, certainty",
    "urgent": "contacts of the period, or still open, with words of danger, law, leaving or haste: level, kinds, words, severity, owner, "
    "since, open, recent (of the period)",
    "named_in_texts": "what texts name: kind, value (empty: any; order numbers, dates and names as kinds only), contacts, of, share with "
    "interval, middle (median sum)",
    "sorting_stages": "how contacts came to a category: stage, language, n, share, right with interval",
    "sorting_accuracy": "how right sorting is by language, against labels that it has not seen",
    "sorting_drift": "whether the texts move away from what the model knows, against the period before",
    "labelling": "contacts that staff should label, the most useful first; also as a workbook with lists to choose from",
    "moods": "share of negative, neutral and positive texts per period with interval",
    "mood_accuracy": "how well the mood tells unhappy from happy answers, by language, against scores it has not seen",
    "mood_disagreement": "texts whose mood contradicts their score, beside what the model's own error makes of it",
    "moods_unheard": "moods of those who answered, kept silent and were not asked, by kind of contact",
    "map_voices": "three voices of each line of the map, drawn by lot",
    "voice_panel": "one voice of each mood for the heaviest lines, drawn by lot",
    "came_for": "categories and what the texts say beside them: kind (root, theme, topic), root, label, contacts, share, change, "
    "certainty, csat with interval and n, hours, since, customers",
    "whys": "the whys as trees, one row a step, the question itself (kind start) first: story, node, parent, kind, said (in words), names and "
    "values (JSON), n, people, whole, excess, expected, share with lo and hi (% of what is asked at the step), tries, q, certainty, z_found "
    "and z_confirmed (the half searched, the other), also, merely, begin, end, season, event with lag and by_chance, words, stop, ends, owner",
    "whys_tried": "the strongest explanations tried at each step: story, node, kind, said, share, z, q, certainty, taken",
    "whys_voices": "voices beside each step, two typical and one dissenting: story, node, text, language, channel, score, dissent",
    "whys_members": "which contacts each step is about: story, node, interaction_id",
    "whys_causes": "where the whys end: problem, cause, group (can act, must ask, over, known or obvious), n, people, carried of the whole "
    "problem with interval (%), certainty, contacts, hours and money of the period, owner, next_step",
    "whys_second": "where figures lie beyond what the months before lead to expect: measure, names, values, share (of the excess), before, now, "
    "effect, rate and mix (apart), n_before, n",
    "whys_own": "an analyst's own whys beside what the data say now: because, verdict, seen_by, says, n, share, certainty, agrees, why",
    "drivers_scores": "how scores are distributed: score, n, share, lo, hi (%)",
    "drivers_plain": "each driver alone against the scores: driver, label, unit, scale, n, people, rho (Spearman) with lo and hi, p, q, certainty, "
    "missing_pct, why (it cannot be judged)",
    "drivers_bins": "CSAT over each driver as it stands: driver, bin, low, high, middle (unit, or times the usual), n, csat, lo, hi (%)",
    "drivers_within": "each driver pooled and with what came before it held alike: driver, label, n, kinds, step, pooled and within (points of CSAT "
    "a step, with lo, hi), rho_pooled, rho_within (with lo, hi), reading",
    "drivers_curve": "CSAT along a time with what came before held alike: driver, x (unit, or times the usual), csat, lo, hi (%)",
    "drivers_bends": "steepness where the curve may bend: driver, x, slope (points for one unit more), lo, hi, straight_p",
    "drivers_factors": "what a realistic change moves: factor, label, kind, n, low and high (now and then), unit, change, effect (points of all CSAT), "
    "lo, hi, p, q, certainty, per_contact (pc_lo, pc_hi), weighted (to all contacts, with lo, hi), worst and best (whatever the silent think), "
    "first_half, second_half, stable, shared (R² with the others), shared_with, adjusted_for, standing, experiment, answers_needed, weeks_needed, "
    "owner, next_step",
    "drivers_where": "a driver's effect in a group beside all others: driver, dimension, label, n, effect, lo, hi, rest, difference, diff_lo, diff_hi, "
    "q, certainty",
    "drivers_natural": "what the scores did where something outside moved a driver: driver, what, kind, n, moved, effect, lo, hi, expected (by "
    "association, with lo, hi), agrees, checks",
    "drivers_agents": "how much of the variance lies between agents: measure, label, share (%), lo, hi, agents, n, words",
    "drivers_members": "which answers know a driver: driver, interaction_id",
    "drivers_checks": "model, fit and checks of satisfaction: item, value, words",
    "churn_curves": "who is still a customer after the first contact (Kaplan–Meier): experience, group, day, kept_pct, lo, hi, at_risk, gone",
    "churn_kept": "kept with and without an experience: experience, day, with_pct, without_pct, difference, lo, hi, n_with, n_without",
    "churn_ratios": "how much faster they leave: look, covariate, label, n, gone, ratio, lo, hi, p, q, certainty, per100 (more leavers of 100 within "
    "180 days, with lo, hi), early, late, p_alike, proportional, why",
    "churn_guards": "what might mislead in ratios of leaving, and what it changes: guard, what, figure, words",
    "churn_silent": "who left without a word: group, n, share, gone, rate (100 customer-years, with lo, hi), times_others, leavers_share, lo, hi",
    "churn_members": "which customers lived through what at their first contact: covariate, customer_id",
    "churn_checks": "model, fit and checks of leaving: item, value, words",
    "churn_score": "how good the forecast of leaving was at its test: horizon_days, landmark, n, gone, base_rate, brier, brier_base, skill, "
    "auc, slope and intercept of calibration (each with lo, hi), landmarks, left_before, look_back, recalibrated, verdict",
    "churn_bins": "chances of leaving beside what happened, at the test: bin, n, predicted, observed, lo, hi (0–1)",
    "churn_reasons": "what the forecast looks at: reason, known, n, n_before, left_pct, times (odds against the commonest class)",
    "churn_care": "whom to care for first: customer_id, risk_pct, base_pct, times, reasons, step, last_contact, issue, channel, contacts",
    "churn_worth": "what such a list is worth: listed, leave, base_pct, listed_then, left_then, left_pct, lo, hi, usual_then_pct, lot "
    "(customers in each half of a trial), lots",
    "churn_segments": "customers by what they did: group, rule, n, share_pct, contacts_year, asked, answered_pct, csat (n, pct, lo, hi), "
    "left (pct, lo, hi), channel, category, since, looked_back",
    "churn_leaks": "columns of the customer list as covariates: covariate, n, why, level, rate, auc, refused (they know who left)",
    "forecast_course": "each series so far: grain, series, kind, at, value (the true figure as all periods tell it) with lo, hi (95 %), n (answers, or days "
    "of a count), seen (the figure itself)",
    "forecast_ahead": "what is expected: grain, series, at, method, value and intervals of the true figure (lo50 … hi95), observed_lo95 and "
    "observed_hi95 (what the figure may show), n reckoned with, moved (by how much it was moved so that parts and totals add up)",
    "forecast_scores": "every method held against what came: grain, series, method, horizon, mase, pinball, cover50, cover80, cover95 (0–1), n_origins, "
    "chosen, floor (smallest possible mase), why",
    "forecast_words": "the same in words, and why a series has no forecast: grain, series, words",
    "forecast_effects": "what kinds of event did to contacts: grain, series, kind, lag (days since), effect (%) with lo, hi, n_events",
    "forecast_whatif": "what planned events would add to contacts: grain, series, event, kind, on, without, with, more with lo, hi (missing where days are too few), n_events",
    "forecast_earlier": "what was said before of periods known by now: grain, series, made (last day known then), the columns of forecast_ahead but moved, "
    "replayed (no report kept it: it is what would have been said)",
    "staffing_hours": "people by channel, weekday and hour: contacts (a date) with lo, hi, workload_hours, needed with lo, hi, on_roster, planned, gap, "
    "in_time_pct, p, q, certainty, verdict (missing, idle, fits), why (it cannot be told)",
    "staffing_days": "the same by weekday, of written work and where people are known by the day only: needed_hours, planned_hours, gap, carries (times the load), p, q, "
    "certainty, verdict",
    "staffing_channels": "what the need is reckoned from: channel, n, spread, handle_minutes with interval, handled_pct, kind (queue, written), why",
    "contacts_score": "how good the chance of a bad score of single contacts was at its test: moment, n, bad, base_rate, brier, skill, auc, calibration "
    "(each with lo, hi), matter_skill (of the issue alone), verdict",
    "contacts_bins": "chances of a bad score beside what happened: moment, bin, n, predicted, observed, lo, hi (0–1)",
    "contacts_reasons": "what speaks for a bad score: moment, fact, reason, known, n, bad_pct, times (odds)",
    "contacts_list": "whom to reach out to first: interaction_id, customer_id, moment, waiting, chance_pct, base_pct, times, reasons, step, came",
    "contacts_worth": "what such lists were worth: moment, listed_then, answered, bad_pct with lo, hi, usual_pct, lot (answers in each half of a trial)",
    "contacts_why": "what of a contact is not looked at: moment, fact, label, why",
    "alerts": "the ledger of alerts as of the last day looked at: id, key (kind/label=value), alert (in words), what (burst, level), "
    "start, seen (first alarm), last, observed, expected, excess, lo, hi, certainty, state (going, over), related (keys), looked, updates, "
    "verdict, remark, cause, owner, href",
    "alerts_series": "what is watched: key, kind, dimension, label, judged (whether the last day could be), name",
    "alerts_detectable": "what the last look would have seen in eight of ten cases: key, span (days), expected, needed, rise, rise_pct, name",
    "alerts_voices": "three voices of each alert, drawn by lot: id, interaction_id, text, language, channel, date, score, asked",
    "alerts_members": "the contacts that each alert counts: alert (its id), interaction_id",
    "findings": "what is told, most important first: the figures, certainty, owner, headline, detail, follows, href, weight and trace",
    "findings_<notebook>": "the findings of one notebook",
    "limits_<notebook>": "what the data cannot say: what, why, settles (what would settle it)",
    "voices": "quotations drawn by lot: stratum, text, language, channel, score, category, dissent, interaction_id",
}


def tables_page() -> str:
    """Return docs/data_dictionary.md."""
    lines = [
        "# Data dictionary",
        "",
        "Printed from the code by `voc describe tables`; a test holds this page against it.",
        "",
        "Every table beyond these columns may carry further dimensions named in `params/sources/*.yml`. Only the columns",
        "marked required must be there; what is missing is said on the page that would have needed it.",
        "",
    ]
    for table in TABLES.values():
        lines += [f"## {table.name}", "", f"One row is {table.row}. Ordered by {', '.join(table.key)}.", ""]
        lines += ["| column | type | meaning | unit or values |", "|---|---|---|---|"]
        lines += [_row(column) for column in table.columns]
        lines.append("")
    lines += ["## Result tables", "", "In `reports/<period>/tables/` as Parquet, CSV and sheets of `tables.xlsx`.", ""]
    lines += ["| table | what it holds |", "|---|---|"]
    lines += [f"| {name} | {words} |" for name, words in RESULTS.items()]
    lines += [
        "",
        "A `trace` is the way back from a figure to its contacts: a JSON object of column = value over the interactions, with",
        "`from` and `to` (excluded) bounding `created_local` and `counts` naming the metric whose contacts count.",
        "`month.contacts_of(trace)` returns the interaction ids; `repairs` and `removed` carry them in each row.",
        "",
    ]
    return "\n".join(lines)


def _row(column: Column) -> str:
    bounds = ""
    if column.lowest is not None:
        bounds = (
            f"{column.lowest:g} to {column.highest:g}" if column.highest is not None else f"{column.lowest:g} or more"
        )
    values = ", ".join(column.allowed) or " ".join(
        part for part in (column.unit, f"({bounds})" if bounds else "") if part
    )
    required = " **required**" if column.required else ""
    return f"| {column.name} | {column.kind} | {column.doc}{required} | {values} |"


def _metric(metric: Metric) -> str:
    better = {"up": "higher", "down": "lower"}.get(metric.better or "", "neither")
    cells = [
        f"`{metric.name}` {metric.label}",
        metric.definition,
        metric.unit,
        better,
        metric.counted,
        ", ".join(metric.needs),
        metric.source,
        metric.variants,
    ]
    return "| " + " | ".join(cells) + " |"


def _variants() -> list[str]:
    """Say what changes under ``metrics.definitions: zendesk`` and ``dbt``."""
    lines = [
        "## Other definitions",
        "",
        "`metrics.definitions: zendesk` or `dbt` in params counts as those tools do; the scorecard shows the difference that",
        "each makes on the data at hand. Metrics that are not named here are counted alike.",
        "",
        "| definition | metric | what it counts |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | `{metric}` | {variant.words} |"
        for name, own in VARIANTS.items()
        for metric, variant in own.items()
    ]
    return [*lines, ""]


def metrics_page() -> str:
    """Return docs/metrics.md."""
    lines = [
        "# Metrics",
        "",
        "Printed from the code by `voc describe metrics`; a test holds this page against it. Each metric is a value per contact",
        "(missing where the contact does not count) and a way to put values together; n is the number of contacts that count.",
        "",
    ]
    for subject in SUBJECTS:
        lines += [
            f"## {subject}",
            "",
            "| metric | definition | unit | better | counts | needs | interval | variants elsewhere |",
            "|---|---|---|---|---|---|---|---|",
            *(_metric(metric) for metric in METRICS.values() if metric.subject == subject),
            "",
        ]
    lines += _variants()
    lines += [
        "",
        "## Rules that hold for all",
        "",
        "- A negative duration is a fault of the data: counted, shown, excluded, never clipped to zero.",
        "- A later stamp of exactly 00:00 means «time unknown» where a source has more of them than chance (1 in 1,440).",
        "- The **noise floor** of a change is what chance alone makes 19 times in 20: 1.96 × the standard error of the difference,",
        "  widened by the metric's own past where its changes have been larger than sampling explains (at least eight of them).",
        "- Contacts are compared per day, so that a longer month does not win by a day.",
        "- A change is *sure* at a false discovery rate of 1 % over all comparisons of the card, *likely* at 5 %, else *within",
        "  noise*; with fewer than `min_n` contacts, or a period that the data do not cover, *cannot tell*.",
        "- A metric that too few contacts carry (`fitness`) is withheld, with the reason in its place.",
        "- Persons are not ranked: agents and supervisors are pseudonyms and no dimension of a default report.",
        "",
    ]
    return "\n".join(lines)
