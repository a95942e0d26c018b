import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voc.text.taxonomy import Root, Sub, Taxonomy
from voc.text.urgency import KINDS, LEVELS, QUEUE, SIGNALS, queue, signals, urgent_words


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The charger caught fire", {"safety"}),
        ("I got an electric shock from it", {"safety"}),
        ("Чайник задымился, пахнет гарью", {"safety"}),
        ("ударило током ребёнка", {"safety"}),
        ("插座冒烟了，差点着火", {"safety"}),
        ("電池鼓包", {"safety"}),
        ("I will speak to my lawyer", {"legal"}),
        ("Напишу в Роспотребнадзор", {"legal"}),
        ("我要打12315", {"legal"}),
        ("I will never order again from you", {"churn"}),
        ("Больше никогда ничего у вас не куплю", {"churn"}),
        ("再也不买了", {"churn"}),
        ("It is urgent, I need it by tomorrow", {"deadline"}),
        ("срочно!", {"deadline"}),
        ("有点急用", {"deadline"}),
        ("money was stolen from my card", {"fraud"}),
        ("被骗了", {"fraud"}),
        ("Let me speak to your manager", {"escalation"}),
        ("I will post it on social media", {"press"}),
        ("It is not urgent", set()),
        ("не срочно", set()),
        ("不着急", set()),
        ("It works with my Fire TV", set()),
        ("лампочка горит", set()),
        ("I order again and again, great shop", set()),
        ("Press the button and go", set()),
        ("Как скорее получить заказ?", set()),
        ("", set()),
        ("🔥🔥", set()),
    ],
)
def test_signals_by_their_words(text, kinds):
    assert {kind for kind, *_ in urgent_words(text)} == kinds


def test_every_kind_has_words_of_three_languages():
    for known in KINDS.values():
        joined = " ".join(known.words)
        assert known.level in LEVELS
        assert all(
            any(low <= letter <= high for letter in joined) for low, high in (("a", "z"), ("а", "я"), ("一", "鿿"))
        )


def test_the_frame_shows_the_words_as_they_stand():
    text = "It CAUGHT  fire!"
    found = signals(pd.DataFrame({"interaction_id": ["b", "a", "c"], "text": [text, text, None]}))
    assert found.columns.tolist() == SIGNALS
    assert found["interaction_id"].tolist() == ["a", "b"]
    assert found["words"].tolist() == ["CAUGHT fire"] * 2
    assert text[found["start"][0] : found["end"][0]] == "CAUGHT  fire"


def test_emergencies_come_first_and_everything_has_its_owner():
    contacts = pd.DataFrame(
        {
            "interaction_id": ["a", "b", "c", "d"],
            "text": ["urgent please", "it caught fire, urgent", "my lawyer will call; never again", "fine"],
            "category": ["delivery", "product", None, None],
            "issue": ["late", "defect", None, None],
            "created_at": pd.to_datetime(["2026-01-02", "2026-01-03", "2026-01-01", "2026-01-01"]),
        }
    )
    shop = Taxonomy((Root("product", "Quality", subs=(Sub("defect", severity="critical"),)), Root("delivery", "?")))
    found = queue(contacts, signals(contacts), shop)
    assert found.columns.tolist() == QUEUE
    assert found["interaction_id"].tolist() == ["b", "c", "a"]
    assert found["level"].tolist() == ["emergency", "urgent", "soon"]
    assert found["owner"].tolist() == ["Quality", "", ""]
    assert found["severity"].tolist() == ["critical", "", "minor"]
    assert found["churn"].tolist() == [False, True, False]
    assert found["kinds"].tolist()[0] == "safety|deadline"
    assert found["category"].tolist() == ["product", "", "delivery"]


def test_nothing_urgent_gives_an_empty_queue():
    contacts = pd.DataFrame({"interaction_id": ["a"], "text": ["fine"]})
    assert queue(contacts, signals(contacts)).empty
    assert queue(contacts, signals(contacts)).columns.tolist() == QUEUE


@given(st.text(max_size=100))
@settings(deadline=None)
def test_any_text_is_read(text):
    for kind, start, end in urgent_words(text):
        assert kind in KINDS
        assert 0 <= start < end <= len(text)
