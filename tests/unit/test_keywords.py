import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voc.text.taxonomy import Matcher, Root, Sub, Taxonomy, coverage
from voc.text.taxonomy.phrases import Phrases, word_ends
from voc.text.taxonomy.units import fold, units

SHOP = Taxonomy(
    (
        Root(
            "delivery",
            subs=(
                Sub(
                    "late",
                    {
                        "en": ("late delivery", "not arrived"),
                        "ru": ("не пришла посылка", "опозда*"),
                        "zh": ("没收到 包裹",),
                    },
                ),
                Sub("lost", {"en": ("lost parcel",), "zh": ("丢件",)}),
            ),
        ),
        Root(
            "money",
            subs=(
                Sub("refund", {"en": ("refund", "refund not received"), "ru": ("возвра*",), "zh": ("退款", "到货")}),
            ),
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The deliveries are LATE", {"late"}),
        ("late deliveries again", {"late"}),
        ("My parcel hasn't arrived", {"late"}),
        ("My parcel has not yet arrived", {"late"}),
        ("My parcel arrived", set()),
        ("Late. Delivery was fine", set()),
        ("Посылка до сих пор не пришла", {"late"}),
        ("Посылки не пришли", {"late"}),
        ("Пришла не та посылка", set()),
        ("Пришла посылка", set()),
        ("Опоздавший курьер", {"late"}),
        ("Где возврат?", {"refund"}),
        ("包裹到现在都没收到啊", {"late"}),
        ("没收到。包裹呢", set()),
        ("申请退款了", {"refund"}),
        ("申請退款了", {"refund"}),
        ("想收到货物", set()),
        ("什么时候到货", {"refund"}),
        ("ＲＥＦＵＮＤ please", {"refund"}),
        ("I lost the parcel and want a refund", {"lost", "refund"}),
        ("belated delivery", set()),
        ("", set()),
        ("👍👍", set()),
        ("\ud800 refund \udfff", {"refund"}),
    ],
)
def test_words_are_found_in_their_forms_and_not_inside_others(text, expected):
    assert {match.sub for match in Matcher(SHOP).match(text)} == expected


def test_the_longest_keyword_wins_and_its_words_can_be_shown():
    text = "Still: refund was not received!"
    (match,) = Matcher(SHOP).match(text)
    assert (match.keyword, text[slice(*match.span)]) == ("refund not received", "refund was not received")


def test_a_phrase_that_would_lose_all_but_one_word_is_taken_as_it_stands():
    phrases = Phrases(["does it fit", "my points"])
    assert [one.phrase for one in phrases.find("Does it fit? The point is clear. Not my points.")] == [0, 1]
    assert phrases.find("a good fit, the points") == []


def test_parts_too_far_apart_are_no_phrase():
    assert Phrases(["cancel order"]).find("cancel it when you have seen who made that strange order") == []


def test_chinese_of_two_characters_cuts_no_word():
    assert word_ends("收到货物") == {0, 2, 4}
    assert Phrases(["坏了"]).find("压坏了") == []
    assert len(Phrases(["没收到"]).find("没收到货")) == 1


def test_spans_are_those_of_the_text_even_where_its_form_is_longer():
    text = "Ⅳ… ﬁrst ＲＥＦＵＮＤ"
    (match,) = Matcher(SHOP).match(text)
    assert text[slice(*match.span)] == "ＲＥＦＵＮＤ"
    assert fold("Ёлка’s")[0] == "елка's"


@given(st.text(max_size=80), st.text(alphabet="ab退款не рd*'", min_size=0, max_size=12))
@settings(deadline=None, max_examples=200)
def test_no_text_and_no_phrase_makes_it_fail_and_spans_lie_inside(text, phrase):
    for one in Phrases([phrase, "退款", "refund", "не пришла"]).find(text + phrase):
        assert 0 <= one.start < one.end <= len(text + phrase)
    assert units(phrase) == units(phrase)


@given(st.sampled_from(["посылка", "курьер", "parcel", "refund"]), st.sampled_from([str.upper, str.title, str.lower]))
def test_case_never_matters(word, change):
    assert len(Phrases([word]).find(f"… {change(word)}!")) == 1


def test_a_long_text_of_one_word_is_read_in_time():
    phrases = Phrases(["refund late", "refund", "late refund order"])
    assert [one.phrase for one in phrases.find("refund " * 20_000 + "late")] == [1, 0]


def test_sorting_tells_one_issue_one_category_several_or_none():
    found = Matcher(SHOP).sort(
        ["refund", "late delivery, lost parcel", "refund for a lost parcel", "hello", None, "refund"]
    )
    assert found["how"].tolist() == ["one issue", "one category", "several", "none", "none", "one issue"]
    assert found["issue"].tolist() == ["refund", None, None, None, None, "refund"]
    assert found["category"].tolist() == ["money", "delivery", None, None, None, "money"]
    assert found["issues"].tolist()[1:3] == ["late|lost", "refund|lost"]
    assert found["words"].tolist()[0] == "refund"


def test_coverage_is_a_share_of_contacts_with_words_and_agreement_of_labelled_ones():
    contacts = pd.DataFrame(
        {
            "text": ["refund", "refund", "refund", "hello", None, "退款"],
            "issue": ["refund", "late", None, "late", "late", "refund"],
            "category": ["money", "delivery", None, None, None, "money"],
            "language": ["en", "en", "en", "en", None, "zh"],
        }
    )
    found = coverage(contacts, Matcher(SHOP)).set_index("language")
    assert found.index.tolist() == ["all", "en", "zh"]
    assert found.loc["all", "n"] == 5
    assert found.loc["all", "sorted"] == 80.0
    assert found.loc["en", "labelled"] == 2
    assert found.loc["en", "agree"] == 50.0
    assert found.loc["en", "agree_lo"] == pytest.approx(9.45, abs=0.01)  # Wilson's interval of 1 of 2
    assert found.loc["en", "agree_hi"] == pytest.approx(90.55, abs=0.01)


def test_coverage_without_texts_or_labels_says_nothing():
    empty = coverage(pd.DataFrame({"text": pd.Series([None], dtype="str")}), Matcher(SHOP))
    assert empty["n"].tolist() == [0]
    assert empty[["sorted", "agree"]].isna().all(axis=None)


def test_a_subject_is_read_with_its_text():
    contacts = pd.DataFrame({"subject": ["Refund"], "text": ["please"]})
    assert coverage(contacts, Matcher(SHOP))["one issue"].tolist() == [100.0]
