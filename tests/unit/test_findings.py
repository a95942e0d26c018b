"""Small tables in which it is known what happened: each story is told once, with what carries it and who takes it up."""

import json

import numpy as np
import pandas as pd
import pytest
from voc.analysis.findings import COLUMNS, find, owner_of
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.analysis.scorecard import scorecard
from voc.analysis.trace import contacts_of
from voc.data.completeness import flag_days
from voc.data.periods import Period

OCTOBER = Period.parse("2026-10")
DIMENSIONS = ["category", "region", "carrier"]
DAYS = flag_days(pd.DataFrame({"day": pd.to_datetime([]), "source": [], "rows": []}))
OWNERS = {"category": {"delivery": "Logistics"}, "carrier": {"X": "Carriers"}, "default": {"default": "Head"}}


def contacts(store, extra=(), csat=None):
    """Make even months (3 categories × 3 regions × 3 carriers, 20 of each per 30 days), and in October some more.

    ``extra`` holds (number, category, region, carrier); ``csat`` gives an answer per contact from its row.
    """
    even = [
        (c, r, k)
        for c in ("delivery", "payment", "returns")
        for r in ("North", "South", "East")
        for k in ("X", "Y", "Z")
    ]
    rows = []
    for month in pd.period_range("2025-09", "2026-10", freq="M"):
        cells = [cell for cell in even for _ in range(round(20 * month.days_in_month / 30))]
        if str(month) == "2026-10":
            cells += [tuple(cell) for n, *cell in extra for _ in range(n)]
        at = month.start_time + pd.to_timedelta(np.linspace(0, month.days_in_month - 0.01, len(cells)), "D")
        spread = np.random.default_rng(month.ordinal).permutation(len(cells))  # so that no day has one kind only
        rows.append(pd.DataFrame(cells, columns=DIMENSIONS).iloc[spread].assign(created_at=at))
    frame = pd.concat(rows, ignore_index=True)
    frame["created_at"] = frame["created_at"].astype("datetime64[us]")
    frame["created_local"] = frame["created_at"]
    frame["interaction_id"] = [f"t:{at}" for at in range(len(frame))]
    if csat is not None:
        frame["csat"] = csat(frame)
    return with_measures(store.load(frame.astype(dict.fromkeys([*DIMENSIONS, "interaction_id"], "str"))), MetricRules())


def told(store, **more) -> pd.DataFrame:
    table = contacts(store, **more)
    card = scorecard(table, OCTOBER, MetricRules(), DIMENSIONS, DAYS)
    return find(table, card, OCTOBER, MetricRules(), OWNERS, {"contacts": "Chief"})


def slices(found) -> list[tuple[str, str, str]]:
    part = found[found["dimension"] != ""]
    return [(row["metric"], row["dimension"], row["label"]) for row in part.to_dict("records")]


def test_a_quiet_month_has_no_findings(store):
    found = told(store, csat=lambda frame: np.where(np.arange(len(frame)) % 5, 5.0, 1.0))
    assert found.empty
    assert list(found.columns) == COLUMNS


def test_one_story_is_told_once_and_says_what_carries_it(store):
    # 150 more about delivery in the North with carrier X: three slices rise, and each is the same story
    found = told(store, extra=[(150, "delivery", "North", "X")])
    assert len(slices(found)) == 1
    row = found[found["dimension"] != ""].iloc[0]
    assert row["label"] in ("delivery", "North", "X")
    assert (row["direction"], row["certainty"]) == ("more", "sure")
    assert row["carried_dimension"] in set(DIMENSIONS) - {row["dimension"]}
    assert row["carried_label"] in {"delivery", "North", "X"} - {row["label"]}
    assert row["carried_share"] == pytest.approx(1, abs=0.15)


def test_two_stories_are_both_told(store):
    found = told(store, extra=[(150, "delivery", "North", "X"), (150, "payment", "South", "Y")])
    labels = {label for _, _, label in slices(found)}
    assert len(labels & {"delivery", "North", "X"}) == 1
    assert len(labels & {"payment", "South", "Y"}) == 1
    assert len(labels) == 2


def test_a_rise_of_everything_alike_is_carried_by_nothing(store):
    extra = [(25, c, r, k) for c in ("delivery",) for r in ("North", "South", "East") for k in ("X", "Y", "Z")]
    found = told(store, extra=extra)
    row = found[found["label"] == "delivery"].iloc[0]
    assert np.isnan(row["carried_share"])
    assert row["carried_label"] == ""


def test_worse_scores_of_one_group_are_found_and_owned(store):
    def scores(frame):
        late = (frame["created_at"] >= "2026-10-01") & (frame["category"] == "delivery")
        return np.where(np.arange(len(frame)) % np.where(late, 2, 5) == 0, 1.0, 5.0)

    found = told(store, csat=scores)
    assert ("csat_pct", "category", "delivery") in slices(found)
    assert not any(
        metric == "csat_pct" and label in ("North", "South", "East", "X", "Y", "Z")
        for metric, _, label in slices(found)
    )
    row = found[(found["metric"] == "csat_pct") & (found["label"] == "delivery")].iloc[0]
    assert (row["direction"], row["owner"]) == ("worse", "Logistics")
    assert np.isnan(row["carried_share"])  # only rises of contacts are carried


def test_the_whole_has_its_own_owner_and_weighs_more(store):
    found = told(
        store,
        extra=[
            (40, c, r, k)
            for c in ("delivery", "payment", "returns")
            for r in ("North", "South", "East")
            for k in ("X", "Y", "Z")
        ],
    )
    first = found.iloc[0]
    assert (first["metric"], first["dimension"], first["owner"]) == ("contacts", "", "Chief")
    assert found["weight"].is_monotonic_decreasing


def test_a_trace_leads_back_to_the_contacts(store):
    table = contacts(store, extra=[(150, "delivery", "North", "X")])
    card = scorecard(table, OCTOBER, MetricRules(), DIMENSIONS, DAYS)
    for row in find(table, card, OCTOBER, MetricRules(), OWNERS, {}).to_dict("records"):
        assert json.loads(row["trace"])["from"] == "2026-10-01"
        assert len(contacts_of(table, row["trace"])) == row["n"]


def test_owners():
    assert owner_of(OWNERS, "category", "delivery") == "Logistics"
    assert owner_of(OWNERS, "category", "payment") == "Head"
    assert owner_of({"category": {"default": "Desk"}}, "category", "payment") == "Desk"
    assert owner_of({}, "category", "delivery") == ""


def test_a_dimension_that_nobody_filled_is_no_fault(store):
    table = contacts(store)
    table = with_measures(table.mutate(carrier=table.carrier.nullif(table.carrier)), MetricRules(), [])
    card = scorecard(table, OCTOBER, MetricRules(), DIMENSIONS, DAYS)
    assert "carrier" not in set(card.slices["dimension"])
