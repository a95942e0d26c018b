import pandas as pd
import pytest
from voc.data.audit import Audit
from voc.data.clean.values import add_handling, decide_missing, empty_impossible_numbers
from voc.data.store import to_frame


def table(store, **columns):
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame({"interaction_id": [f"t:{at}" for at in range(size)], "_row": range(2, size + 2), **columns})
    kinds = {
        name: "str" if name in ("interaction_id", "channel") else "float64" for name in [*columns, "interaction_id"]
    }
    return store.load(frame.astype(kinds))


def applied(store, given, step, *rules):
    audit = Audit(store)
    return to_frame(audit.apply(given, step, *rules)).sort_values("_row", ignore_index=True), audit


def cells(values) -> list[float | None]:
    return [None if pd.isna(value) else value for value in values]


def test_impossible_numbers_are_emptied_never_clipped(store):
    given = table(store, talk_seconds=[-5.0, 0.0, 90.0, None], csat=[9.0, 5.0, 1.0, 0.0], nps=[10.0, 11.0, 0.0, None])
    done, audit = applied(store, given, empty_impossible_numbers)
    assert cells(done["talk_seconds"]) == [None, 0.0, 90.0, None]
    assert cells(done["csat"]) == [None, 5.0, 1.0, None]
    assert cells(done["nps"]) == [10.0, None, 0.0, None]
    found = audit.repairs().to_pandas().sort_values(["column", "interaction_id"])
    assert found[["interaction_id", "column", "was"]].to_numpy().tolist() == [
        ["t:0", "csat", "9.0"], ["t:3", "csat", "0.0"], ["t:1", "nps", "11.0"], ["t:0", "talk_seconds", "-5.0"],
    ]  # fmt: skip


def test_handling_is_talk_and_hold_and_wrap(store):
    # 100 + 20 + 30 = 150; without hold and wrap the talk alone; without the talk nothing; 77 was given by the source
    given = table(
        store,
        talk_seconds=[100.0, 100.0, None, 100.0],
        hold_seconds=[20.0, None, 20.0, 20.0],
        wrap_seconds=[30.0, None, 30.0, 30.0],
        handle_seconds=[None, None, None, 77.0],
    )
    done, _ = applied(store, given, add_handling)
    assert cells(done["handle_seconds"]) == [150.0, 100.0, None, 77.0]


def test_missing_values_are_left_unless_decided(store):
    done, audit = applied(store, table(store, csat=[5.0, None]), decide_missing, {})
    assert cells(done["csat"]) == [5.0, None]
    assert audit.repairs().num_rows == audit.removed().num_rows == 0


def test_a_median_is_taken_within_the_channel_and_listed(store):
    # chat: 10, 20, 90 → 20; phone has no value at all and stays missing
    given = table(store, talk_seconds=[10.0, 20.0, 90.0, None, None], channel=["chat"] * 4 + ["phone"])
    done, audit = applied(store, given, decide_missing, {"talk_seconds": "median"})
    assert cells(done["talk_seconds"]) == [10.0, 20.0, 90.0, 20.0, None]
    assert audit.repairs().select(["interaction_id", "column", "was", "now"]).to_pylist() == [
        {"interaction_id": "t:3", "column": "talk_seconds", "was": None, "now": "20.0"}
    ]


def test_a_mean_without_channels_is_taken_over_all(store):
    done, _ = applied(store, table(store, csat=[1.0, 2.0, 6.0, None]), decide_missing, {"csat": "mean"})
    assert cells(done["csat"]) == [1.0, 2.0, 6.0, 3.0]


def test_excluded_contacts_are_listed(store):
    given = table(store, csat=[1.0, None, 3.0], nps=[None, 2.0, 3.0])
    done, audit = applied(store, given, decide_missing, {"csat": "exclude", "nps": "exclude", "absent": "exclude"})
    assert done["interaction_id"].tolist() == ["t:2"]
    assert sorted(audit.removed()["row"].to_pylist()) == [2, 3]


@pytest.mark.parametrize("step", [(empty_impossible_numbers,), (add_handling,), (decide_missing, {"csat": "median"})],
                         ids=["impossible", "handling", "missing"])  # fmt: skip
@pytest.mark.parametrize("values", [[], [3.0], [None, None], [2.0] * 3], ids=["empty", "one", "missing", "equal"])
def test_limits_change_nothing(store, step, values):
    done, audit = applied(store, table(store, csat=values, talk_seconds=values), *step)
    assert cells(done["csat"]) == values
    assert audit.repairs().num_rows == audit.removed().num_rows == 0
