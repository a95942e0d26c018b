"""The front page cut from the result tables that the notebooks left: what to tell first, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pandas as pd

from ...analysis.compare import SURE
from ...analysis.findings import STANDING
from ...analysis.metrics import METRICS
from ...analysis.scorecard import within
from ...data.periods import Period
from ...data.store import to_frame
from .. import front
from ..sentences import phrase
from ..style import day_label
from ..tables import Html

METHOD = (
    "Every share has Wilson's interval, every median the interval between order statistics, every mean its standard error; "
    "counts are as uncertain as their days spread. «Chance alone» is the change that chance makes 19 times in 20, widened "
    "where a figure has wobbled more than that in its own past.",
    "A change is called sure when its false discovery rate over all comparisons of the report is at most 1%, likely at most "
    "5%, else within noise; with too few contacts, or a period that is not whole, nothing is said.",
    "Quotations are drawn by lot within each group; e-mail addresses, telephone, card and account numbers are masked.",
)
TERMS = {
    "95% interval": "The range that would hold the true value 19 times in 20.",
    "Chance alone (noise floor)": "The change between two periods that chance makes 19 times in 20 when nothing has changed.",
    "Median": "The middle value: half of the contacts are below it, half above.",
    "n": "The number of contacts or answers behind a figure.",
}
SAME_CONTACTS, NOT_A_DETAIL = (
    0.6,
    0.3,
)  # part of the smaller that two findings share, and least size of a cause beside a finding
MOST_BRIEF, MOST_STANDING = 7, 3
CAUSES = "04_five_whys"


class Results(Protocol):
    """What the front page reads from: named result tables."""

    def result(self, name: str) -> pd.DataFrame:
        """Return a result table."""

    def results(self) -> list[str]:
        """List the result tables there are."""


class Named(Protocol):
    """What the masthead says of a report: its title, its company, and whether the data are invented."""

    title: str
    company: str
    sample: object | None


def gathered(month: Results, prefix: str) -> pd.DataFrame:
    """Join the tables that all notebooks left under a common prefix, such as ``findings`` or ``limits``."""
    names = [name for name in month.results() if name.startswith(f"{prefix}_")]
    parts = [month.result(name) for name in names]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def first_findings(
    findings: pd.DataFrame, most: int = MOST_BRIEF, contacts: Callable[[str], Collection[str]] | None = None
) -> pd.DataFrame:
    """Take the news of the front page: the sure before the likely, the weightiest first, seven at most; what stands is no news.

    A cause says more than the change that it explains: what lies mostly in the contacts of a cause (``contacts`` follows a
    trace to those of the period) is not told once more.
    """
    if findings.empty:
        return findings
    findings = findings[findings["dimension"] != STANDING]
    order = findings.assign(
        rank=findings["certainty"].map({"sure": 0, "likely": 1}).fillna(2),
        other=findings.get("notebook", pd.Series("", findings.index)).ne(CAUSES),
    ).sort_values(["other", "rank", "weight"], ascending=[True, True, False], kind="stable")
    order = order.drop_duplicates(["metric", "dimension", "label"])
    order = order[~_explained(order, contacts)] if contacts is not None else order
    order = order.sort_values(["rank", "weight"], ascending=[True, False], kind="stable")
    return order.drop(columns=["rank", "other"]).head(most)


def standing(findings: pd.DataFrame, most: int = MOST_STANDING) -> pd.DataFrame:
    """Take the findings that are no change but stand until something is done, the weightiest first; only those with a next step."""
    if findings.empty:
        return findings
    rows = findings[
        (findings["dimension"] == STANDING) & (findings["certainty"] == SURE) & findings["follows"].fillna("").ne("")
    ]
    return rows.sort_values("weight", ascending=False, kind="stable").head(most)


def _explained(order: pd.DataFrame, contacts: Callable[[str], Collection[str]]) -> pd.Series:
    """Mark what lies mostly in the contacts of a cause told before it."""
    causes: list[set[str]] = []
    told_before = []
    for row in order.to_dict("records"):
        own = set(contacts(row["trace"])) if isinstance(row["trace"], str) and row["trace"] else set()
        same = any(
            len(own & other) >= SAME_CONTACTS * min(len(own), len(other)) and len(other) >= NOT_A_DETAIL * len(own)
            for other in causes
            if own and other
        )
        told_before.append(same)
        if not row["other"] and not same:
            causes.append(own)
    return pd.Series(told_before, index=order.index, dtype=bool)


def compared_with(changes: pd.DataFrame, period: Period) -> dict[str, str]:
    """Name the periods with which anything could be compared; empty words for those with which nothing could."""
    then = {"previous": period.previous(), "year": period.year_before()}
    able = {name: (changes.loc[changes["against"] == name, "why"] == "").any() for name in then}
    return {name: then[name].words if able[name] else "" for name in then}


def counted(table: ir.Table, period: Period) -> tuple[int, int | None]:
    """Count the contacts of a period and, where customers are known, the customers who made them."""
    inside = within(table, period)
    customers = inside.customer_id.nunique() if "customer_id" in table.columns else ibis.literal(0)
    row = to_frame(inside.aggregate(contacts=inside.count(), customers=customers)).iloc[0]
    return int(row["contacts"]), int(row["customers"]) or None


def masthead(
    settings: Named,
    period: Period,
    changes: pd.DataFrame,
    counts: tuple[int, int | None],
    until: pd.Timestamp,
    *,
    quiet: bool,
) -> Html:
    """Set the masthead: what, which period against which, data up to when, how many contacts of how many customers."""
    compared = compared_with(changes, period)
    return front.masthead(
        title=settings.title,
        company=settings.company,
        period_label=period.words,
        previous_label=compared["previous"],
        year_label=compared["year"],
        data_until=day_label(until),
        contacts=counts[0],
        customers=counts[1],
        synthetic=settings.sample is not None,
        quiet=quiet,
    )


def unchanged_rows(changes: pd.DataFrame) -> pd.DataFrame:
    """List the measures that stayed within noise against the period before, in the scorecard's order."""
    quiet = changes[(changes["against"] == "previous") & (changes["certainty"] == "within noise")]
    quiet = quiet.sort_values("metric", key=lambda names: names.map(list(METRICS).index), kind="stable")
    quiet = quiet.assign(
        label=[METRICS[name].label for name in quiet["metric"]], unit=[METRICS[name].unit for name in quiet["metric"]]
    )
    return quiet[["label", "value", "unit", "change", "floor", "n", "certainty"]]


def strata(findings: pd.DataFrame, columns: Collection[str], most: int = 4) -> list[tuple[str, dict[str, str]]]:
    """Choose whose voices stand on the front page: the slices of the first findings, else everybody.

    A finding whose dimension is no column of the contacts (a topic, slow responses of a channel) has its voices on its own page.
    """
    chosen = []
    for row in findings.to_dict("records"):
        if row["dimension"] in columns and row["value"] > 0:
            heading = f"Contacts {phrase(row['dimension'], row['label'])}"
            pair = (heading, {row["dimension"]: row["label"]})
            if pair not in chosen:
                chosen.append(pair)
    return [*chosen[: most - 1], ("All contacts", {})]


def standing_limits(asked: bool = True, driven: bool = True, foretold: bool = True) -> pd.DataFrame:
    """Say what was left out of a report: the whys, what drives satisfaction, what comes next."""
    left_out = [
        (not asked, "Why a figure changed", "the whys were not asked in this report", "Add 04_five_whys to its notebooks."),
        (not driven, "What goes with satisfaction and with leaving", "that was not asked in this report", "Add 05_drivers to its notebooks."),
        (not foretold, "What comes next", "no forecast was asked for in this report", "Add 06_forecast to its notebooks."),
    ]  # fmt: skip
    return pd.DataFrame([row for out, *row in left_out if out], columns=["what", "why", "settles"])


def glossary(names: Sequence[str]) -> dict[str, str]:
    """Explain each measure shown, and the words for uncertainty, in one sentence each."""
    return {METRICS[name].label: METRICS[name].definition for name in names if name in METRICS} | TERMS


def table_files(month: Results, titles: Mapping[str, str] | None = None) -> list[tuple[str, int, dict[str, str]]]:
    """List the result tables as files of the report: name, rows, links."""
    found = []
    for name in month.results():
        links = {"CSV": f"tables/{name}.csv", "Parquet": f"tables/{name}.parquet"}
        found.append(((titles or {}).get(name, name.replace("_", " ")), len(month.result(name)), links))
    return found
