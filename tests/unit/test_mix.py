"""Shares of channels: by hand, their drift, and what forbids a comparison."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.load.mix import drift, mix, shares
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.data.completeness import flag_days, rows_per_day
from voc.data.periods import Period
from voc.report.pages import workload as page

RULES = MetricRules()
OCTOBER, SEPTEMBER = Period.parse("2026-10"), Period.parse("2026-09")


def contacts(store, rows):
    """Measured contacts from (day, channel, how many)."""
    frame = pd.DataFrame(
        [(pd.Timestamp(day) + pd.Timedelta(minutes=i % 1400), channel) for day, channel, n in rows for i in range(n)],
        columns=["created_local", "channel"],
    )
    frame["interaction_id"] = [f"t:{i}" for i in range(len(frame))]
    frame = frame.assign(created_at=frame["created_local"], source="desk")
    return store.settle(with_measures(store.load(frame), RULES, ["contacts"]))


def steady(store, shares_of, days=730, rate=60, seed=1):
    """Contacts of two years in which the shares of channels follow ``shares_of(day)``."""
    rng = np.random.default_rng(seed)
    rows = []
    for at, day in enumerate(pd.date_range("2024-11-01", periods=days)):
        names, parts = zip(*shares_of(at / days).items(), strict=True)
        rows += [(day, name, n) for name, n in zip(names, rng.multinomial(rng.poisson(rate), parts), strict=True)]
    return contacts(store, rows)


def test_a_change_of_shares_by_hand(store):
    """30 % after 20 % of 1,000 each: pooled 25 %, standard error √(.25·.75·2/1000) = 1.94 points, chance 3.80."""
    table = contacts(store, [("2026-09-10", "chat", 200), ("2026-09-10", "phone", 800), ("2026-10-10", "chat", 300),
                             ("2026-10-10", "phone", 700)])  # fmt: skip
    found = mix(table, OCTOBER, RULES)
    row = found.changes.set_index(["label", "against"]).loc[("chat", "previous")]
    assert (row["value"], row["before"], row["n"], row["n_before"]) == (30, 20, 300, 200)
    assert row["floor"] == pytest.approx(1.96 * 100 * np.sqrt(0.25 * 0.75 * 2 / 1000), rel=1e-3)
    assert row["certainty"] == "sure"
    assert (found.changes["value"].groupby(found.changes["against"]).sum() == 100).all()
    assert found.changes.set_index(["label", "against"]).loc[("chat", "year"), "why"] == "nothing to compare with"


def test_a_channel_that_a_period_lacks_has_no_share_there(store):
    table = contacts(store, [("2026-09-10", "phone", 100), ("2026-10-10", "chat", 40), ("2026-10-10", "phone", 60)])
    found = shares(table, [SEPTEMBER, OCTOBER], "channel", RULES).set_index(["label", "period"])["value"]
    assert found.to_dict() == {("chat", "2026-09"): 0, ("chat", "2026-10"): 40, ("phone", "2026-09"): 100, ("phone", "2026-10"): 60}  # fmt: skip


def test_a_handful_may_be_one_person_and_is_not_named(store):
    table = contacts(store, [("2026-10-10", "chat", 96), ("2026-10-10", "fax", 4)])
    found = shares(table, [OCTOBER], "channel", RULES)
    assert found[["label", "value", "whole"]].values.tolist() == [["chat", 96, 100]]


def test_a_drift_is_found_with_its_size_and_steady_channels_are_left_alone(store):
    table = steady(store, lambda at: {"chat": 0.2 + 0.12 * at, "phone": 0.4 - 0.12 * at, "email": 0.25, "form": 0.15})
    found = mix(table, OCTOBER, RULES)
    slopes = found.slopes.set_index("label")
    assert slopes.loc[["chat", "phone"], "certainty"].tolist() == ["sure", "sure"]
    assert slopes.loc["chat", "lo"] < 6 < slopes.loc["chat", "hi"]
    assert slopes.loc["phone", "lo"] < -6 < slopes.loc["phone", "hi"]
    assert not slopes.loc[["email", "form"], "certainty"].isin(["sure", "likely"]).any()
    assert found.spread < 1.5
    flat = drift(found, "chat", "month")
    assert flat["adjusted"].iloc[-1] > flat["adjusted"].iloc[0] + 5
    text = page.mix_said(found, OCTOBER, "Head of service")
    assert "chat" in text.text and "[sure]" in text.text and "(Head of service)" in text.text
    assert "chat gains" in page.mix_drawn(found, OCTOBER).title.lower()


def test_a_lost_export_is_no_shift(store):
    table = steady(store, lambda at: {"chat": 0.5, "phone": 0.5}, days=730)
    frame = table.to_pyarrow().to_pandas()
    frame["source"] = frame["channel"]
    lost = (frame["channel"] == "chat") & frame["created_local"].between("2026-10-05", "2026-10-15")
    table = store.settle(store.load(frame[~lost]))
    days = flag_days(rows_per_day(table))
    row = mix(table, OCTOBER, RULES, days=days).changes.set_index(["label", "against"]).loc[("chat", "previous")]
    assert row["certainty"] == "cannot tell"
    assert "incomplete days" in row["why"]
    assert (
        mix(table, OCTOBER, RULES).changes.set_index(["label", "against"]).loc[("chat", "previous"), "certainty"]
        == "sure"
    )


def test_a_period_that_is_not_whole_is_compared_with_nothing(store):
    table = contacts(store, [("2026-09-10", "chat", 200), ("2026-10-10", "chat", 100)])
    span = pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-10")
    found = mix(table, OCTOBER, RULES, span=span)
    assert (found.changes["certainty"] == "cannot tell").all()
    assert found.changes["why"].str.contains("before October 2026 is over").all()


def test_limits(store):
    table = contacts(store, [("2026-10-10", "chat", 50)])
    assert mix(table, OCTOBER, RULES, "shift").why == "the data have no shift"
    assert "no contact" in mix(table, SEPTEMBER, RULES).why
    assert "cannot be told" in page.mix_said(mix(table, OCTOBER, RULES, "shift"), OCTOBER).text
    alone = mix(table, OCTOBER, RULES)
    assert alone.history["value"].tolist() == [100]
    assert (
        "Nothing can be said of a shift between channels: nothing to compare with" in page.mix_said(alone, OCTOBER).text
    )
    assert page.mix_drawn(alone, OCTOBER) is None
    half = table.mutate(channel=(table.interaction_id < "t:3").ifelse(table.channel, None))
    assert mix(half, OCTOBER, RULES).unknown == pytest.approx(100 * (half.filter(half.channel.isnull()).count().to_pyarrow().as_py()) / 50)  # fmt: skip


def test_hostile_labels_are_text(store):
    name = "<script>alert(1)</script>"
    table = contacts(store, [("2026-09-10", name, 100), ("2026-09-10", "b", 900), ("2026-10-10", name, 500), ("2026-10-10", "b", 500)])  # fmt: skip
    found = mix(table, OCTOBER, RULES)
    assert "<script" not in page.mix_said(found, OCTOBER).html
    history = pd.concat([found.history.assign(period_start=found.history["period_start"] + pd.DateOffset(months=at)) for at in (0, 2)])  # fmt: skip
    drawn = page.mix_drawn(type(found)(found.by, history, found.changes, found.slopes), OCTOBER)
    assert "<script" not in drawn.svg
