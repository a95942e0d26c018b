"""One incident is one alert: spells, their sizes, what belongs together, and what a ledger makes of it look by look."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.alerts.incidents import INCIDENT, incidents, no_contacts
from voc.analysis.alerts.ledger import followed, fresh, precision, with_verdicts
from voc.analysis.alerts.looks import Judged
from voc.analysis.alerts.sharing import sharing
from voc.analysis.alerts.spells import SPELL, began, bursts, parted, sized

DAYS = pd.date_range("2026-01-01", periods=120)


def look(observed: list[float], p: list[float], usual: float = 4.0) -> Judged:
    flat = np.full((1, len(observed)), usual)
    return Judged(1, np.array([observed], float), flat, flat, np.array([p], float))


def spell(key: str, start: int, last: int, observed: float, expected: float, **more) -> dict:
    error = 1.96 * np.sqrt(max(observed, expected))
    excess = observed - expected
    base = {
        "key": key,
        "what": "burst",
        "start": start,
        "seen": start,
        "last": last,
        "observed": observed,
        "expected": expected,
    }
    return {**base, "excess": excess, "lo": excess - error, "hi": excess + error, "strength": 2.0} | more


def on(*parts: tuple[range, int, str]) -> pd.DataFrame:
    """Contacts: so many on each day, their ids made of a name."""
    made = [(f"{name}{day}-{k}", DAYS[day]) for days, count, name in parts for day in days for k in range(count)]
    return pd.DataFrame(made, columns=["interaction_id", "day"])


def test_alarms_are_parted_by_more_than_the_quiet_days():
    assert [part.tolist() for part in parted(np.array([3, 4, 12, 20]), 7)] == [[3, 4, 12, 20]]
    assert [part.tolist() for part in parted(np.array([3, 4, 13]), 7)] == [[3, 4], [13]]


def test_a_spell_begins_where_the_excess_is_least_likely_by_chance():
    # excess of the last k days ÷ √(4k): 8/2 = 4; 12/2.83 = 4.24; 16/3.46 = 4.62; 16/4 = 4: three days
    days = look([4, 4, 8, 8, 12], [1, 1, 1, 1, 0])
    assert began(days, 0, 4) == 2
    assert began(look([4, 4, 4, 4, 2], [1] * 5), 0, 4) == 4


def test_the_size_of_a_spell_and_its_interval():
    days = look([4, 4, 12, 13, 4], [0.5, 0.5, 1e-4, 1e-6, 0.5])
    found = sized([days], 0, 2, 3)
    assert (found["observed"], found["expected"], found["excess"]) == (25, 8, 17)
    assert (found["lo"], found["hi"]) == pytest.approx((16.179 - 8, 36.905 - 8), abs=1e-3)  # Garwood's 95 % of 25
    row = bursts([days], ["a"], 50, 1e-3, 7).iloc[0]
    assert (row["start"], row["seen"], row["last"]) == (52, 52, 53)
    assert row["strength"] == pytest.approx(3)


def test_looks_that_cannot_be_judged_are_no_alarm():
    assert bursts([look([4, np.nan], [np.nan, np.nan])], ["a"], 0, 1e-3, 7).empty


def test_contacts_in_common_beyond_the_weeks_before():
    quiet, loud = range(20, 76), range(76, 80)
    both = on((quiet, 1, "b"), (loud, 6, "b"))
    shared = sharing({"x": pd.concat([both, on((loud, 9, "x"))]), "y": pd.concat([both, on((loud, 9, "y"))])}, DAYS)
    assert shared("x", "y", 76, 79, 76) == (24 - 4, 4.0)
    assert shared("x", "x", 76, 79, 76) == (60 - 4, 4.0)


def test_bad_ones_in_common_are_usual_in_proportion_to_the_answers():
    bad = on((range(20, 76), 2, "b"), (range(76, 78), 2, "l"))
    few = np.where(np.arange(120) < 76, 20.0, 4.0)  # a tenth was bad of twenty a day; now half of four
    shared = sharing({"x": bad, "y": bad}, DAYS, {"x": few, "y": 2 * few})
    assert shared("x", "y", 76, 77, 76) == pytest.approx((4 - 0.8, 0.8))


def test_a_part_and_its_whole_are_one_incident_under_the_part():
    quiet, loud = range(76), range(76, 80)
    part = on((quiet, 2, "p"), (loud, 12, "p"))
    whole = pd.concat([part, on((range(80), 40, "o"))])
    spells = pd.DataFrame([spell("contacts", 76, 79, 208, 168), spell("part", 76, 79, 48, 8)])[SPELL]
    found = incidents(spells, sharing({"contacts": whole, "part": part}, DAYS), DAYS[:81], 7, 1.0)
    assert found["key"].tolist() == ["part"]
    assert found.loc[0, "related"] == ["contacts"]
    assert found.loc[0, ["state", "certainty"]].tolist() == ["going", "sure"]
    assert (found.loc[0, "start"], found.loc[0, "last"]) == (DAYS[76], DAYS[79])


def test_two_unlike_parts_are_two_incidents_and_the_whole_is_told_with_one():
    quiet, loud = range(76), range(76, 80)
    one, other = on((quiet, 2, "p"), (loud, 12, "p")), on((quiet, 3, "q"), (loud, 11, "q"))
    whole = pd.concat([one, other, on((range(80), 30, "o"))])
    spells = pd.DataFrame([
        spell("contacts", 76, 79, 212, 140), spell("one", 76, 79, 48, 8), spell("other", 76, 79, 44, 12),
    ])[SPELL]  # fmt: skip
    found = incidents(spells, sharing({"contacts": whole, "one": one, "other": other}, DAYS), DAYS[:81], 7, 1.0)
    assert sorted(found["key"]) == ["one", "other"]
    assert sum("contacts" in related for related in found["related"]) == 1


def test_parts_far_apart_in_time_are_two_incidents():
    same = on((range(100), 3, "p"), (range(40, 44), 9, "l"), (range(80, 84), 9, "l"))
    spells = pd.DataFrame([spell("a", 40, 43, 48, 12), spell("b", 80, 83, 48, 12)])[SPELL]
    found = incidents(spells, sharing({"a": same, "b": same}, DAYS), DAYS[:90], 7, 1.0)
    assert found["key"].tolist() == ["b", "a"]
    assert found["state"].tolist() == ["going", "over"]
    assert found["id"].is_unique


def test_a_slice_that_shares_no_more_than_its_usual_part_is_not_related():
    quiet, loud = range(76), range(76, 80)
    part = on((quiet, 2, "p"), (loud, 12, "p"))
    apart = on((quiet, 2, "r"), (loud, 10, "r"))
    spells = pd.DataFrame([spell("part", 76, 79, 48, 8), spell("region", 76, 79, 40, 8)])[SPELL]
    found = incidents(spells, sharing({"part": part, "region": apart}, DAYS), DAYS[:81], 7, 1.0)
    assert len(found) == 2
    assert found["related"].tolist() == [[], []]


@pytest.mark.parametrize(("own", "told"), [(25, 1), (45, 2)])
def test_a_region_whose_rest_may_be_chance_is_no_incident_of_its_own(own, told):
    """A fourth of a burst lies in a region: 10 of its excess of 25, and 15 are less than 1.96 √105; of 45 it is too little."""
    quiet, loud, last = range(76), range(76, 79), range(79, 80)
    both = on((quiet, 1, "b"), (loud, 4, "b"), (last, 2, "b"))  # 14 on four days of which four are usual
    rest = (76 + own - 10) // 4 + 1
    region = pd.concat([both, on((quiet, 19, "r"), (loud, rest, "r"), (last, 76 + own - 10 - 3 * rest, "r"))])
    burst = pd.concat([both, on((quiet, 1, "p"), (loud, 8, "p"), (last, 8, "p"))])
    spells = pd.DataFrame([spell("burst", 76, 79, 46, 8), spell("region", 76, 79, 80 + own, 80)])[SPELL]
    found = incidents(spells, sharing({"burst": burst, "region": region}, DAYS), DAYS[:81], 7, 1.0)
    assert len(found) == told


def test_a_wide_series_that_lasts_longer_belongs_to_no_short_incident():
    slow, burst = range(40, 80), range(76, 80)
    short, lasting = on((range(80), 2, "p"), (burst, 20, "s")), on((range(40), 4, "q"), (slow, 8, "q"))
    wide = pd.concat([short, lasting])
    spells = pd.DataFrame([
        spell("short", 76, 79, 88, 8), spell("lasting", 40, 79, 320, 160), spell("wide", 40, 79, 560, 320),
    ])[SPELL]  # fmt: skip
    found = incidents(spells, sharing({"short": short, "lasting": lasting, "wide": wide}, DAYS), DAYS[:81], 7, 1.0)
    assert found.set_index("key")["related"].to_dict() == {"short": [], "lasting": ["wide"]}


def test_the_id_stays_while_an_incident_goes_on():
    short, long = (pd.DataFrame([spell("a", 40, last, 48, 12)])[SPELL] for last in (43, 60))
    ids = {incidents(spells, no_contacts, DAYS[:62], 7, 1.0).loc[0, "id"] for spells in (short, long)}
    assert len(ids) == 1
    assert incidents(short.iloc[:0], no_contacts, DAYS, 7, 1.0).columns.tolist() == INCIDENT


def test_the_size_told_is_that_of_the_days_told():
    """Twelve a day on four days and five on the six after them, of which a second spell knows: 48 + 30, where two a day are usual."""
    daily = look([2.0] * 76 + [12.0] * 4 + [5.0] * 6, [0.5] * 86, usual=2.0)
    spells = pd.DataFrame([spell("a", 76, 79, 48, 8), spell("a", 77, 85, 66, 18)])[SPELL]
    own = pd.concat([on((range(76), 2, "u"), (range(76, 80), 12, "l"), (range(80, 86), 5, "l"))])
    shared = sharing({"a": own}, DAYS)
    row = incidents(spells, shared, DAYS[:86], 7, 1.0, lambda _key, start, last: sized([daily], 0, start, last)).iloc[0]
    assert (row["start"], row["last"]) == (DAYS[76], DAYS[85])
    assert (row["observed"], row["expected"], row["excess"]) == (78, 20, 58)
    assert row["lo"] == pytest.approx(61.655 - 20, abs=1e-3)  # Garwood's 95 % of 78
    alone = incidents(spells, shared, DAYS[:90], 7, 1.0).iloc[
        0
    ]  # nothing is known of the days after: the clearest's own
    assert (alone["last"], alone["observed"], alone["state"]) == (DAYS[79], 48, "going")


def test_without_an_incident_days_are_days_and_sizes_numbers():
    empty = incidents(pd.DataFrame(columns=SPELL), no_contacts, DAYS, 7, 1.0)
    assert empty.columns.tolist() == INCIDENT and empty.empty
    full = incidents(pd.DataFrame([spell("a", 40, 43, 48.0, 12.0)])[SPELL], no_contacts, DAYS, 7, 1.0)
    kinds = [[frame[name].dtype.kind for name in (*INCIDENT[3:11],)] for frame in (empty, full)]
    assert kinds[0] == kinds[1] == ["M"] * 3 + ["f"] * 5


def told(key: str, start: int, last: int, state: str = "going", excess: float = 20.0, name: str | None = None) -> dict:
    days = {"start": DAYS[start], "seen": DAYS[start], "last": DAYS[last]}
    sizes = {"observed": excess + 10, "expected": 10.0, "excess": excess, "lo": 5.0, "hi": 30.0}
    return {
        "id": name or f"A-{key}{start}",
        "key": key,
        "what": "burst",
        **days,
        **sizes,
        "certainty": "sure",
        "state": state,
        "related": [],
    }


def entries(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=INCIDENT)


def test_a_ledger_adds_updates_and_closes():
    first = followed(None, entries(told("a", 10, 11)), DAYS[11])
    assert first.loc[0, ["updates", "verdict"]].tolist() == [0, ""]
    second = followed(first, entries(told("a", 10, 12, excess=30.0), told("b", 12, 12)), DAYS[12])
    assert second["id"].tolist() == ["A-b12", "A-a10"]
    assert second.set_index("id").loc["A-a10", ["updates", "excess", "last"]].tolist() == [1, 30.0, DAYS[12]]
    assert fresh(first, second)["id"].tolist() == ["A-b12"]
    third = followed(second, entries(told("b", 12, 12)), DAYS[20])
    assert third.set_index("id")["state"].to_dict() == {"A-b12": "going", "A-a10": "over"}
    assert third.set_index("id")["updates"].to_dict() == {"A-b12": 0, "A-a10": 1}
    assert fresh(second, third).empty


def test_the_same_look_twice_changes_nothing():
    found = entries(told("a", 10, 11), told("b", 5, 6, "over"))
    once = followed(None, found, DAYS[12])
    pd.testing.assert_frame_equal(followed(once, found, DAYS[12]), once)


def test_corrected_days_do_not_make_a_second_alert():
    before = followed(None, entries(told("a", 10, 14)), DAYS[14])
    after = followed(before, entries(told("a", 9, 15, name="A-other")), DAYS[15])
    assert after["id"].tolist() == ["A-a10"]
    assert after.loc[0, ["start", "seen"]].tolist() == [DAYS[9], DAYS[10]]
    later = followed(after, entries(told("a", 60, 61)), DAYS[61])
    assert len(later) == 2


def test_verdicts_stay_and_precision_has_its_interval():
    ledger = followed(None, entries(*(told(name, 10, 11) for name in "abcde")), DAYS[11])
    verdicts = pd.DataFrame({
        "id": ["A-a10", "A-b10", "A-c10", "A-d10", "A-a10"], "verdict": ["false", "True ", "known", "false", "true"], "remark": ["", "x", "", "", "yes"],
    })  # fmt: skip
    ledger = followed(with_verdicts(ledger, verdicts), entries(told("a", 10, 12)), DAYS[12])
    assert ledger.set_index("id").loc["A-a10", ["verdict", "remark"]].tolist() == ["true", "yes"]
    found = precision(ledger)
    assert (found.judged, found.right, found.news, found.open, found.value) == (4, 3, 2, 1, 0.75)
    assert (round(found.lo, 4), round(found.hi, 4)) == (0.3006, 0.9544)  # Wilson, 3 of 4
    assert np.isnan(precision(ledger.assign(verdict="")).value)


def test_wrong_verdicts_are_all_named():
    ledger = followed(None, entries(told("a", 10, 11)), DAYS[11])
    with pytest.raises(ValueError, match="A-a10: 'maybe' is none of true, false, known; A-zzz: no alert has this id"):
        with_verdicts(
            ledger, pd.DataFrame({"id": ["A-a10", "A-zzz"], "verdict": ["maybe", "true"], "remark": ["", ""]})
        )
