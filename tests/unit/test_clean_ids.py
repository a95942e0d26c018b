import pandas as pd
import pytest
from voc.data.audit import Audit
from voc.data.clean.ids import drop_repeated_ids, tidy_ids
from voc.data.store import to_frame


def table(store, *rows):
    frame = pd.DataFrame(rows, columns=["interaction_id", "customer_id", "text", "_row"])
    return store.load(frame.astype({"interaction_id": "str", "customer_id": "str", "text": "str", "_row": "int64"}))


def applied(store, given, step):
    audit = Audit(store)
    done = to_frame(audit.apply(given, step)).sort_values("_row", ignore_index=True)
    return done, audit


def test_blanks_and_number_signs_go_and_only_the_contacts_own_id_is_listed(store):
    given = table(store, (" t:#T1 ", "C 1", None, 2), ("t:T2", "#C2", None, 3), ("t:T3", None, None, 4))
    done, audit = applied(store, given, tidy_ids)
    assert done["interaction_id"].tolist() == ["t:T1", "t:T2", "t:T3"]
    assert done["customer_id"].tolist()[:2] == ["C1", "C2"]
    assert pd.isna(done["customer_id"][2])
    found = audit.repairs().to_pandas().sort_values(["interaction_id", "column"])
    assert found[["interaction_id", "column", "was", "now"]].to_numpy().tolist() == [
        ["t:T1", "interaction_id", " t:#T1 ", "t:T1"],  # a customer's id may be an address: it is counted, never listed
    ]
    assert audit.trail()["cells_changed"].tolist() == [3]


def test_an_id_of_signs_only_is_missing(store):
    done, _ = applied(store, table(store, ("t:1", " # ", None, 2)), tidy_ids)
    assert done["customer_id"].isna().all()


def test_the_fullest_row_of_an_id_stays_and_of_equal_ones_the_first(store):
    given = table(
        store,
        ("a", "C1", None, 2),
        ("a", "C1", "words", 3),
        ("b", "C2", "one", 4),
        ("b", "C2", "two", 5),
        ("c", None, None, 6),
    )
    done, audit = applied(store, given, drop_repeated_ids)
    assert done["_row"].tolist() == [3, 4, 6]
    assert list(done.columns) == ["interaction_id", "customer_id", "text", "_row"]
    gone = audit.removed().to_pandas().sort_values("row")
    assert gone[["interaction_id", "row", "reason", "kept_id"]].to_numpy().tolist() == [
        ["a", 2, "same id again", "a"],
        ["b", 5, "same id again", "b"],
    ]
    assert audit.trail()[["rows_in", "rows_out"]].to_numpy().tolist() == [[5, 3]]


@pytest.mark.parametrize("step", [tidy_ids, drop_repeated_ids])
@pytest.mark.parametrize("rows", [[], [("a", "C1", "x", 2)], [(f"a{n}", None, None, n) for n in range(3)]])
def test_limits_change_nothing(store, step, rows):
    done, audit = applied(store, table(store, *rows), step)
    assert len(done) == len(rows)
    assert audit.repairs().num_rows == audit.removed().num_rows == 0


def test_all_equal_rows_leave_one(store):
    done, audit = applied(store, table(store, *[("a", "C1", "x", n) for n in (4, 2, 3)]), drop_repeated_ids)
    assert done["_row"].tolist() == [2]
    assert audit.removed().num_rows == 2


def test_a_step_that_loses_rows_without_listing_them_is_refused(store):
    from voc.data.audit import Outcome

    def lossy(given):
        return Outcome(given.limit(1), "no reason")

    with pytest.raises(AssertionError, match="2 rows in, 1 out, but 0 removals listed"):
        Audit(store).apply(table(store, ("a", "C1", "x", 2), ("b", "C1", "x", 3)), lossy)
