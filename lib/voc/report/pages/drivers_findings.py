"""What the drivers leave for the front page: standing facts, only sure and large ones, and what these data cannot say."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...analysis.compare import SURE
from ...analysis.findings import COLUMNS as FINDING_COLUMNS
from ...analysis.findings import STANDING
from ...data.periods import Period
from ..charts.ratios import faster
from ..style import cut, interval, number, reason
from ..tables import Html, say
from .card import conclusions as told
from .drivers_factors import trial_of
from .drivers_read import UNKNOWN, Found, Gone, certain, count, joined, listed, movable, points, words_of

LEAST, LEAST_GONE = 1.0, 2.0  # points of all CSAT, leavers of 100 from which a driver is told
MOST = 3  # drivers told
STANDS = 0.25  # a standing fact stands below news of the same strength
MEMBERS = {"csat_pct": "driver", "churn_pct": "covariate"}  # the table of members by which a finding leads back
WORDS = ["headline", "detail", "follows", "href", "notebook"]
ASSOCIATION = "It is an association, not yet a cause"


def findings(
    found: Found, gone: Gone, now: Period, notebook: str, since: pd.Timestamp | None = None, owner: str = ""
) -> pd.DataFrame:
    """Turn at most three drivers into findings with their words: sure, and at least a point for a realistic change.

    Returns the columns of ``voc.analysis.findings`` with headline, detail, follows, href and notebook. A driver is no change
    between periods: ``change`` holds what its realistic change would bring, ``value`` and ``before`` are missing. ``since`` is
    where the data begin (drivers know their own span); ``owner`` takes up what goes with leaving.
    """
    made = [
        *_of_factors(found, now, notebook, found.since if found.since is not None else since),
        *_of_leaving(gone, now, notebook, since, owner),
    ]
    rows = pd.DataFrame(made, columns=[*FINDING_COLUMNS, *WORDS])
    return rows.sort_values("weight", ascending=False, ignore_index=True, kind="stable").head(MOST)


def _of_factors(found: Found, now: Period, notebook: str, since: pd.Timestamp | None) -> list[dict]:
    if found.why or found.factors.empty:
        return []
    rows = movable(found.factors)
    large = rows[(rows["certainty"] == SURE) & (rows["effect"].abs() >= LEAST)]
    return [
        _row(row, now, since, "csat_pct", STANDING, row["factor"], row["effect"], (row["lo"], row["hi"]), row["owner"])
        | {
            "headline": _headline(row),
            "detail": _detail(row),
            "follows": _follows(row),
            "href": f"{notebook}.html#move",
            "notebook": notebook,
        }
        for row in large.to_dict("records")
    ]


def _of_leaving(gone: Gone, now: Period, notebook: str, since: pd.Timestamp | None, owner: str) -> list[dict]:
    if gone.why or gone.ratios.empty:
        return []
    rows = gone.ratios[
        (gone.ratios["look"] == "first contact")
        & (gone.ratios["certainty"] == SURE)
        & (gone.ratios["per100"] >= LEAST_GONE)
    ]
    return [
        _row(row, now, since, "churn_pct", STANDING, row["covariate"], row["per100"], (row["per100_lo"], row["per100_hi"]), owner)
        | {
            "headline": f"Customers after «{cut(row['label'])}» {faster(row['ratio'])}: {number(row['per100'], 'pts', bare=True)} more of 100 within half a year.",
            "detail": f"Ratio {row['ratio']:.2f}, 95% {row['lo']:.2f}–{row['hi']:.2f}; {count(row['gone'])} of {count(row['n'])} left. {ASSOCIATION}.",
            "follows": "Call back half of such customers, drawn by lot, and compare how many stay.",
            "href": f"{notebook}.html#leaving", "notebook": notebook,
        }
        for row in rows.sort_values("per100", ascending=False, kind="stable").head(1).to_dict("records")
    ]  # fmt: skip


def _row(
    row: Mapping,
    now: Period,
    since: pd.Timestamp | None,
    metric: str,
    dimension: str,
    label: str,
    size: float,
    ends: tuple,
    owner: str,
) -> dict:
    """Fill the columns of a finding; the floor is half the width of the interval."""
    floor = (ends[1] - ends[0]) / 2
    first = str(since.date()) if since is not None else str(now.start)
    return {
        "metric": metric, "dimension": dimension, "label": label, "n": row["n"], "value": np.nan, "lo": ends[0], "hi": ends[1],
        "before": np.nan, "change": size, "floor": floor, "year": np.nan, "earlier": np.nan, "certainty": row["certainty"], "direction": "",
        "carried_share": np.nan, "carried_dimension": "", "carried_label": "", "owner": owner,
        "weight": round(STANDS * min(abs(size) / floor if floor else 20.0, 20.0), 3),
        "trace": json.dumps({"counts": metric, "from": first, "to": str(now.end), MEMBERS[metric]: label}),
    }  # fmt: skip


def _headline(row: Mapping) -> str:
    way = "more" if row["effect"] > 0 else "less"
    start = (
        f"{cut(row['label'])}: {row['change']}"
        if row["change"].startswith("the ")
        else f"{cut(row['label'])}, {row['change']},"
    )
    return f"{start} goes with {number(abs(row['effect']), 'pts')} {way} CSAT."


def _detail(row: Mapping) -> str:
    held = ", kind of contact and what came before held alike" if words_of(row, "adjusted_for") else ""
    return f"95% {interval(row['lo'], row['hi'], 'pts', signed=True)}, n\u00a0{count(row['n'])}{held}. {ASSOCIATION}."


def _follows(row: Mapping) -> str:
    return " ".join(part for part in (words_of(row, "next_step"), trial_of(row)) if part)


def conclusions(news: pd.DataFrame, found: Found) -> Html:
    """Say the findings in a manager's words; where none of satisfaction is large and sure, say that, and which are smaller."""
    lines = [told(news)] if len(news) else []
    if not news["metric"].eq("csat_pct").any():
        lines.append(_smaller(found))
    return joined(lines)


def _smaller(found: Found) -> Html:
    if found.why:
        return say("Nothing can be said of what drives satisfaction: {why}.", why=reason(found.why))
    small = [f"«{cut(row['label'])}» ({points(row)})" for row in certain(movable(found.factors)).to_dict("records")]
    text = "No driver of satisfaction is both sure and as large as {least} for a realistic change. Smaller, or only likely: {small}. That too is a result: "
    text += "whoever promises more from one of them promises more than these data hold."
    return say(text, least=number(LEAST, "pts"), small=listed(small) or "none")


def limits(found: Found, gone: Gone) -> pd.DataFrame:
    """List what these data cannot say of drivers and of leaving: what, why, settles."""
    rows = [
        (
            "Whether a driver causes satisfaction or leaving",
            "nobody drew lots: contacts that differ in a driver differ in more than that",
            "Change one thing for half of the contacts, drawn by lot, and compare.",
        )
    ]
    if found.why:
        rows.append(
            ("What drives satisfaction", reason(found.why), "Ask customers after contacts, and export the scores.")
        )
    rows += _untold(movable(found.factors[found.factors["certainty"] == UNKNOWN]))
    unknown = found.plain[found.plain["rho"].isna() & found.plain["why"].fillna("").ne("")]
    rows += [
        (f"What {_named(part)} {'has' if len(part) == 1 else 'have'} to do with CSAT", reason(why), "Export the column, and the next report can tell.")
        for why, part in unknown.groupby("why", sort=False)
    ]  # fmt: skip
    if gone.why:
        rows.append(
            (
                "When customers leave after a contact",
                reason(gone.why),
                "Export when each customer left, and which contacts were theirs.",
            )
        )
    return pd.DataFrame(rows, columns=["what", "why", "settles"])


def _untold(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Put all factors that cannot be told into one limit, with the answers that would settle them."""
    if rows.empty:
        return []
    needs = list(dict.fromkeys(count(n) for n in rows["answers_needed"].dropna().sort_values()))
    ends = " to ".join(dict.fromkeys([needs[0], needs[-1]])) if needs else ""
    what = f"Whether {_named(rows)} {'moves' if len(rows) == 1 else 'move'} CSAT"
    why = "tried alone it would be beyond chance, among so many tries it is not"
    why = why if rows["effect"].notna().all() else f"there are too few answers, or {why}"
    return [
        (what, why, f"{ends} answers a group would tell." if ends else "More answers.")
    ]  # fmt: skip


def _named(rows: pd.DataFrame) -> str:
    return listed([f"«{cut(label)}»" for label in rows["label"]])
