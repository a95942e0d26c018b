import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.data.audit import Audit
from voc.data.clean.labels import check_vocabulary, label_key, map_labels, unify, unify_labels
from voc.data.problems import InputError
from voc.data.store import to_frame

CATEGORIES = {"payment": ["оплата", "付款", "pmt"], "delivery": ["доставка"], "technical support": ["tech support"]}


def mapped(labels, classes=CATEGORIES, **more) -> list[tuple]:
    counts = pd.DataFrame({"label": list(labels), "n": range(1, len(labels) + 1)})
    return list(map_labels(counts, classes, **more)[["label", "class", "how"]].itertuples(index=False, name=None))


def column(store, name, labels):
    frame = pd.DataFrame({"interaction_id": [f"t:{at}" for at in range(len(labels))], name: labels})
    return store.load(frame.astype({name: "str"}))


@pytest.mark.parametrize(
    ("label", "name", "how"),
    [
        ("payment", "payment", "same"),
        ("Payment ", "payment", "listed"),
        ("ОПЛАТА", "payment", "listed"),
        ("ｐａｙｍｅｎｔ", "payment", "listed"),
        ("Tech.  Support", "technical support", "listed"),
        ("tech_support", "technical support", "listed"),
        ("paymnt", "payment", "spelling"),
        ("paymetn", "payment", "spelling"),  # two letters exchanged are one slip
        ("technicl suport", "technical support", "spelling"),  # two slips in a long word
        ("pmtt", "pmtt", "unlisted"),  # too short for a slip
        ("pxyxent", "pxyxent", "unlisted"),
        ("warranty", "warranty", "unlisted"),
    ],
)
def test_wordings_of_a_class(label, name, how):
    assert mapped([label]) == [(label, name, how)]


def test_a_slip_between_two_classes_is_no_slip():
    assert mapped(["plate"], {"plates": [], "plated": []}) == [("plate", "plate", "unlisted")]


def test_spelling_can_be_switched_off():
    assert mapped(["paymnt"], spelling=False) == [("paymnt", "paymnt", "unlisted")]


def test_without_classes_the_commonest_wording_of_the_same_key_wins():
    # «north» stands once, «North» twice, « NORTH.» three times: the commonest is the class
    assert mapped(["north", "North", " NORTH."], {}) == [
        ("north", " NORTH.", "listed"),
        ("North", " NORTH.", "listed"),
        (" NORTH.", " NORTH.", "same"),
    ]


def test_a_column_is_unified_and_counted(store):
    labels = ["Payment", "payment", "доставка", None, "warranty"]
    table, found = unify_labels(column(store, "category", labels), {"category": CATEGORIES}, True, store, ["category"])
    done = to_frame(table)["category"].tolist()
    assert done[:3] + done[4:] == ["payment", "payment", "delivery", "warranty"]
    assert pd.isna(done[3])
    assert found.set_index("label")["how"].to_dict() == {
        "Payment": "listed", "payment": "same", "доставка": "listed", "warranty": "unlisted",
    }  # fmt: skip
    audit = Audit(store)
    audit.apply(column(store, "category", labels), unify, table, found)
    assert audit.trail()["cells_changed"].tolist() == [2]
    assert "2 wordings brought to 2 classes" in audit.trail()["why"][0]


def test_a_closed_column_knows_its_own_words_in_any_case(store):
    table, _ = unify_labels(column(store, "channel", ["Chat", "PHONE", "web-form"]), {}, True, store, ["channel"])
    assert to_frame(table)["channel"].tolist() == ["chat", "phone", "web form"]


def test_a_labels_file_adds_to_the_words_of_a_closed_column(store):
    words = {"channel": {"email": ["Mail"]}}
    table, _ = unify_labels(column(store, "channel", ["Chat", "Mail", "phone"]), words, True, store, ["channel"])
    assert to_frame(table)["channel"].tolist() == ["chat", "email", "phone"]


def test_strangers_in_closed_columns_are_refused_all_at_once(store):
    frame = pd.DataFrame({"channel": ["fax", "chat"], "priority": ["high", "whenever"]}).astype("str")
    with pytest.raises(InputError) as error:
        unify_labels(store.load(frame), {}, True, store, ["channel", "priority"])
    said = str(error.value)
    assert "2 problems" in said
    assert "column channel: 'fax' (1 rows) is no known channel. Add it to the labels file under channel" in said
    assert "'whenever' (1 rows) is no known priority" in said


@pytest.mark.parametrize(
    "labels", [[], [None, None], ["Kettle"], ["Kettle"] * 3], ids=["empty", "missing", "one", "equal"]
)
def test_limits_change_nothing(store, labels):
    table, found = unify_labels(column(store, "product", labels), {}, True, store, ["product", "absent"])
    assert to_frame(table)["product"].dropna().tolist() == [label for label in labels if label]
    assert (found["label"] == found["class"]).all()


def test_a_wording_of_two_classes_is_refused():
    with pytest.raises(InputError, match="'Opl' stands under 'payment' and 'delivery'"):
        check_vocabulary({"category": {"payment": ["opl"], "delivery": ["Opl"]}})


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(label):
    assert label_key(label_key(label)) == label_key(label)


@given(st.lists(st.text(st.characters(categories=["L", "Zs"]), min_size=1, max_size=12), unique=True, max_size=8))
def test_every_label_is_mapped_once(labels):
    assert [row[0] for row in mapped(labels)] == labels
