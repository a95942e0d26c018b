import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voc.text.entities import COLUMNS, Catalogue, catalogue, entities, mask_names, values_of
from voc.text.entity_patterns import KINDS, amounts, dates, han_number, names, orders, pages, versions


def said(found):
    return [value for value, *_ in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("€49.99", ["49.99 EUR"]),
        ("49,99 €", ["49.99 EUR"]),
        ("1.299,00 € and 1,299.50 EUR", ["1299 EUR", "1299.5 EUR"]),
        ("$1,000", ["1000 USD"]),
        ("1.299 €", ["1299 EUR"]),
        ("0,500 €", ["0.5 EUR"]),
        ("1 299 руб. 50 коп.", ["1299 RUB"]),
        ("списали 4320 рублей", ["4320 RUB"]),
        ("5 тыс. руб.", ["5000 RUB"]),
        ("199元和￥20.5", ["199 CNY", "20.5 CNY"]),
        ("3万元", ["30000 CNY"]),
        ("三百五十块", ["350 CNY"]),
        ("10€ 20€", ["10 EUR", "20 EUR"]),
        ("USD 20", ["20 USD"]),
        ("room 20, 3 pieces", []),
        ("12.5.2026", []),
        ("20 europeans", []),
        ("20 рублевых монет", []),
    ],
)
def test_sums_of_money_in_the_marks_of_each_language(text, expected):
    assert said(amounts(text)) == expected


@pytest.mark.parametrize(
    "words",
    [
        ("三", 3),
        ("十", 10),
        ("二十", 20),
        ("一百零五", 105),
        ("两百五", 250),
        ("一万两千", 12_000),
        ("三千零二十", 3_020),
    ],
)
def test_chinese_numbers(words):
    assert han_number(words[0]) == words[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app 7.2", ["7.2"]),
        ("Version: 7.2.1", ["7.2.1"]),
        ("v6.4 crashes", ["6.4"]),
        ("iOS 17.1 and Android 14", ["iOS 17.1", "Android 14"]),
        ("в приложении версии 6.4", ["6.4"]),
        ("андроид 13", ["Android 13"]),
        ("应用版本7.3", ["7.3"]),
        ("鸿蒙4", ["HarmonyOS 4"]),
        ("the price is 7.2 or 12.5.2026", []),
    ],
)
def test_versions(text, expected):
    assert said(versions(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see page 3", ["3"]),
        ("Page no. 12!", ["12"]),
        ("p. 4 and pg 5", ["4", "5"]),
        ("page three, the fourth page, 2nd page", ["3", "2", "4"]),
        ("pages 3-5", ["3", "5"]),
        ("на стр. 3", ["3"]),
        ("на 3-й странице", ["3"]),
        ("на третьей странице", ["3"]),
        ("страница 14 инструкции", ["14"]),
        ("第3页", ["3"]),
        ("第十二页写的", ["12"]),
        ("说明书3页的图", ["3"]),
        ("homepage 3", []),
        ("страница оплаты", []),
        ("page 3.5 million", []),
        ("3页面", []),
    ],
)
def test_page_numbers(text, expected):
    assert sorted(said(pages(text))) == sorted(expected)


def test_order_numbers_dates_and_names_are_told_as_kinds_only():
    text = "Order no. 20481933 of 12.03.2026, my name is Anna Smith"
    found = entities(pd.DataFrame({"interaction_id": ["a"], "text": [text]}))
    assert found["kind"].tolist() == ["order", "date", "name"]
    assert found["value"].tolist() == ["order number", "date", "[name]"]
    assert not found["value"].str.contains("Anna|2048|2026").any()


@pytest.mark.parametrize("text", ["заказ № 20481933", "#70415-2", "订单号：2023110512", "order 88583946"])
def test_order_numbers(text):
    assert said(orders(text)) == ["order number"]


@pytest.mark.parametrize("text", ["2026-03-12", "12.03.2026", "3 September", "Sept 3rd", "3 сентября", "9月3日"])
def test_dates(text):
    assert said(dates(text)) == ["date"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("My name is Anna Smith.", "My name is [name]."),
        ("меня зовут Пётр", "меня зовут [name]"),
        ("我叫王小明，请问", "我叫[name]，请问"),
        ("Kind regards,\nAnna", "Kind regards,\n[name]"),
        ("Kind regards Order 4711 is late", "Kind regards Order 4711 is late"),
        ("the name of the product", "the name of the product"),
    ],
)
def test_names_of_those_who_introduce_themselves_are_masked(text, masked):
    assert mask_names(text) == masked
    assert list(names(masked)) == []


def test_the_catalogue_comes_from_the_data_and_from_params():
    contacts = pd.DataFrame(
        {"product": ["Kora Kettle", "Kora Kettle", "Lumo Lamp", None], "region": ["N", "S", None, None]}
    )
    known = catalogue(
        contacts, ["product", "region", "none"], {"product": {"Kora Kettle": ["чайник Kora", "Kora 电水壶"]}}
    )
    assert list(known.values) == ["product", "region"]
    assert known.find("мой чайнику Kora год; Kora电水壶, lumo lamps N") == [
        ("product", "Kora Kettle", 4, 16),
        ("product", "Lumo Lamp", 31, 41),
    ]


def test_a_wording_of_two_values_says_neither():
    known = Catalogue({"product": {"Lamp A": ["lamp"], "Lamp B": ["lamp"]}})
    assert known.find("my lamp") == []
    assert known.unclear == [("product", "lamp"), ("product", "lamp")]


def test_distinct_texts_are_read_once_and_rows_keep_their_ids():
    contacts = pd.DataFrame({"interaction_id": ["b", "a", "c"], "text": ["page 3", "page 3", None]})
    found = entities(contacts)
    assert found.columns.tolist() == COLUMNS
    assert found[["interaction_id", "value"]].to_numpy().tolist() == [["a", "3"], ["b", "3"]]
    assert values_of(found, "page")["value"].tolist() == ["3", "3"]
    assert values_of(found, "amount").empty


def test_no_texts_give_an_empty_frame():
    assert entities(pd.DataFrame({"interaction_id": ["a"], "text": pd.Series([None], dtype="str")})).empty


@given(st.text(max_size=120))
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_and_places_lie_inside(text):
    for finder, _ in KINDS.values():
        for _, start, end in finder(text):
            assert 0 <= start < end <= len(text)


@given(
    st.integers(0, 999_999),
    st.integers(0, 99),
    st.sampled_from(
        [("{w}.{c} €", "EUR"), ("€{w}.{c}", "EUR"), ("{w},{c} руб.", "RUB"), ("¥{w}.{c}", "CNY"), ("{w}.{c}元", "CNY")]
    ),
    st.sampled_from(["", " "]),
)
def test_an_amount_written_is_the_amount_read(whole, cents, form, mark):
    text = f"{whole:,}".replace(",", mark)
    shown = form[0].format(w=text, c=f"{cents:02d}")
    (value,) = said(amounts(f"paid {shown} today"))
    number, code = value.split(" ")
    assert (float(number), code) == (pytest.approx(whole + cents / 100), form[1])


@given(st.integers(1, 999), st.sampled_from(["page {0}", "стр. {0}", "на {0} странице", "第{0}页", "p. {0}"]))
def test_a_page_written_is_the_page_read(page, form):
    assert said(pages(f"see {form.format(page)} please")) == [str(page)]


def test_hostile_length_is_read_in_time():
    assert len(list(amounts("1 " * 10_000))) == 0
    assert len(list(versions("1.1." * 5_000))) == 0
    assert len(list(orders("order " + "a-1" * 7_000))) == 0
