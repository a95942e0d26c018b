"""What of load, backlog and channels is worth telling on the front page, in the columns that all findings have."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...analysis.compare import LIKELY, SURE
from ...analysis.findings import COLUMNS
from ...analysis.intervals import Z
from ...analysis.load.mix import Mix
from ...analysis.load.strain import LoadResponse, overruns
from ...analysis.load.workload import EVERY
from ...analysis.trace import write_trace
from ...data.periods import Period
from ..sentences import floor_words
from ..style import NBSP, day_label, interval, number

REAL = (SURE, LIKELY)
WORDS = ["headline", "detail", "follows", "href", "notebook"]
STRONGEST = 20.0


def load_findings(
    period: Period,
    weeks: pd.DataFrame,
    load: LoadResponse,
    judged: pd.DataFrame,
    shares: Mix,
    owner: str,
    notebook: str,
    told: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Turn what is beyond chance into findings, the weightiest first.

    ``weeks`` from ``strain.overrun_weeks`` (runs that reach into the period), ``load`` from ``strain.load_response``,
    ``judged`` from ``balance.balance`` (channels whose backlog moved; the whole is the card's), ``shares`` from ``mix.mix``
    (drifts; last, because they are the same every month). ``told`` are findings already told: a channel's first response
    is not told twice. Returns the columns of ``voc.analysis.findings`` with headline, detail, follows, href, notebook.
    """
    rows = [*_overruns(weeks, period), *_slips(load, period), *_backlogs(judged, period), *_drifts(shares, period)]
    found = pd.DataFrame(rows, columns=[*COLUMNS, *WORDS]).astype({"weight": "float64"})
    found = found.assign(owner=owner, notebook=notebook, dimension=shares.by)
    found["href"] = f"{notebook}.html" + found["href"].astype("str")
    if told is not None and len(told):
        keys = ["metric", "dimension", "label"]
        known = set(map(tuple, told[keys].astype("str").to_numpy()))
        found = found[[tuple(row) not in known for row in found[keys].astype("str").to_numpy()]]
    return found.sort_values(["weight", "label"], ascending=[False, True], kind="stable", ignore_index=True)


def _blank(metric: str, label: str, **more: object) -> dict:
    empty = dict.fromkeys(["n", "value", "lo", "hi", "before", "change", "floor", "year", "carried_share"], np.nan)
    return empty | {"metric": metric, "label": label, "carried_dimension": "", "carried_label": ""} | more


def _overruns(weeks: pd.DataFrame, period: Period) -> list[dict]:
    runs = overruns(weeks) if len(weeks) else pd.DataFrame(columns=["start", "end"])
    now = runs[(runs["end"] >= pd.Timestamp(period.start)) & (runs["start"] < pd.Timestamp(period.end))]
    return [
        _blank(
            "frt_minutes", row["channel"], n=row["n"], value=row["value"], before=row["usual"], direction="worse",
            change=row["value"] - row["usual"], floor=_floor(row["value"] - row["usual"], row["p"]),
            certainty=row["certainty"], weight=_weight(row["p"]),
            trace=_trace(row["start"], row["end"] + pd.Timedelta(days=1), "frt_minutes", row["channel"]),
            headline=f"{_name(row['channel'])} ran over from {day_label(row['start'])} to {day_label(row['end'])}: first "
            f"response reached {row['times']:.1f} times its usual.",
            detail=f"A week's median of {number(row['value'], 'minutes')} against a usual {number(row['usual'], 'minutes')}; "
            f"{row['weeks']} weeks beyond chance, n{NBSP}{row['n']:,}.",
            follows="Look at who was there and what came in these weeks, and tell the customers who waited.",
            href="#overrun",
        )
        for row in now.to_dict("records")
    ]  # fmt: skip


def _slips(load: LoadResponse, period: Period) -> list[dict]:
    rows = []
    for row in load.slips().to_dict("records"):
        ends = load.bins[load.bins["channel"] == row["channel"]]
        quiet, busy = ends.iloc[0], ends.iloc[-1]
        end = pd.Timestamp(period.end)
        rows.append(_blank(
            "frt_minutes", row["channel"], n=row["n"], value=busy["value"], lo=busy["lo"], hi=busy["hi"], before=quiet["value"],
            change=busy["value"] - quiet["value"], floor=_floor(busy["value"] - quiet["value"], row["p"]), direction="worse",
            certainty=row["certainty"], weight=_weight(row["p"]),
            trace=_trace(end - pd.Timedelta(days=load.window), end, "frt_minutes", row["channel"]),
            headline=f"{_name(row['channel'])} answers {row['times']:.1f} times as late in its busiest hours as in its quietest.",
            detail=f"Median first response {number(busy['value'], 'minutes')} against {number(quiet['value'], 'minutes')} (95% "
            f"{row['times_lo']:.2f}–{row['times_hi']:.2f} times), hour and week evened out; n{NBSP}{row['n']:,} on {row['days']} days.",
            follows="Add hands, or offer a call back, in the hours that are fullest against their usual.",
            href="#load",
        ))  # fmt: skip
    return rows


def _backlogs(judged: pd.DataFrame, period: Period) -> list[dict]:
    real = judged[judged["certainty"].isin(REAL) & (judged["channel"] != EVERY)]
    return [
        _blank(
            "backlog", row["channel"], n=int(row["open"]), value=row["open"], before=row["opened"], change=row["change"],
            lo=max(row["open"] - row["floor"] / np.sqrt(2), 0), hi=row["open"] + row["floor"] / np.sqrt(2), floor=row["floor"],
            direction="worse" if row["change"] > 0 else "better", certainty=row["certainty"], weight=_weight(row["p"]),
            trace=write_trace(period, "backlog", channel=row["channel"]),
            headline=f"The backlog of {row['channel']} {'rose' if row['change'] > 0 else 'fell'} to {row['open']:,.0f} from "
            f"{row['opened']:,.0f}.",
            detail=f"{row['came']:,.0f} came in, {row['solved'] + row['late']:,.0f} were solved; chance alone makes "
            f"{floor_words(round(row['floor']), 'contacts')}.",
            follows="See whether hands were missing or cases wait for somebody else." if row["change"] > 0
            else "Ask what was done differently, and keep it.",
            href="#backlog",
        )
        for row in real.to_dict("records")
    ]  # fmt: skip


def _drifts(shares: Mix, period: Period) -> list[dict]:
    """Tell of the largest drift, with the largest the other way beside it: one story, however many channels take part."""
    known = shares.slopes[shares.slopes["certainty"].isin(REAL)] if len(shares.changes) else shares.slopes.iloc[:0]
    if known.empty:
        return []
    order = known.loc[known["slope"].abs().sort_values(ascending=False, kind="stable").index].to_dict("records")
    row, other = order[0], next((one for one in order[1:] if one["slope"] * order[0]["slope"] < 0), None)
    now = shares.changes[shares.changes["against"] == "year"].set_index("label").loc[row["label"]]
    season = ", season taken out." if "seasonal" in row["how"] else "; less than two years, so the season is in it."
    words = f"{_name(row['label'])} {_moves(row)} of all contacts a year" + (
        f", {other['label']} {_moves(other)}" if other else ""
    )
    return [
        _blank(
            "share", row["label"], n=int(now["n"]), change=row["slope"],
            **{name: now[name] for name in ("value", "lo", "hi", "before")},
            floor=_floor(row["slope"], row["p"]), direction=row["direction"], certainty=row["certainty"], weight=0.5,
            trace=write_trace(period, "contacts", **{shares.by: row["label"]}),
            headline=f"{words}.",
            detail=f"95% {interval(row['lo'], row['hi'], 'pts', signed=True)} a year; {number(now['value'], '%')} in {period.words}{season}",
            follows="Set shifts and training by where customers will come, not by where they came last year.",
            href="#channels",
        )
    ]  # fmt: skip


def _moves(row: Mapping) -> str:
    return f"{'gains' if row['slope'] > 0 else 'loses'} {number(abs(row['slope']), 'pts')}"


def _weight(p: float) -> float:
    """How many times beyond its own chance: the figure by which all findings are put in order."""
    from scipy.stats import norm

    return round(float(min(norm.isf(max(p, 1e-300) / 2) / Z, STRONGEST)), 3)


def _floor(change: float, p: float) -> float:
    return abs(change) / max(_weight(p), 1e-9)


def _trace(first: pd.Timestamp, end: pd.Timestamp, counts: str, channel: str) -> str:
    where: Mapping[str, str] = {"from": str(first.date()), "to": str(end.date()), "counts": counts, "channel": channel}
    return json.dumps(where, ensure_ascii=False, sort_keys=True)


def _name(label: str) -> str:
    return label[:1].upper() + label[1:]
