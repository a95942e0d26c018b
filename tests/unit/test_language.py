import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.text.language import detect_array, detect_text, language
from voc.text.scripts import SCRIPT_LANGUAGES, looks_english, script_weights


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ok", "en"),
        ("Where is my parcel? It has not arrived yet.", "en"),
        ("app crashes constantly on startup", "en"),
        ("Супер", "ru"),
        ("где мой заказ", "ru"),
        ("好", "zh"),
        ("快递太慢了，差评", "zh"),
        # brands do not flip a text
        ("Купил Samsung Galaxy S24 Ultra", "ru"),
        ("купил iphone pro max", "ru"),
        ("Xiaomi Redmi Note 9 Pro плохо", "ru"),
        ("iPhone 15 Pro Max 不好用", "zh"),
        # but sentences do
        ("Привет! I ordered the phone and it has not arrived", "en"),
        # languages that nobody configured are named
        ("¿Dónde está mi pedido? Todavía no ha llegado", "es"),
        ("Wo bleibt denn meine Bestellung, bitte?", "de"),
        ("де їжа, що я замовляв, і чому її немає", "uk"),
        ("ありがとう", "ja"),
        ("素敵です", "ja"),
        ("배송이 늦어요", "ko"),
        ("איפה ההזמנה שלי", "he"),
        ("أين طلبي", "ar"),
        ("Πού είναι", "el"),
        ("สินค้าอยู่ที่ไหน", "th"),
        ("मेरा ऑर्डर", "hi"),
        # one kana as an ornament is still Chinese
        ("优の良品，质量很好，下次还会买", "zh"),
    ],
)
def test_language_of_a_text(text, expected):
    assert detect_text(text) == expected


@pytest.mark.parametrize(
    "text", ["", " \n", "👍👍", "12345 !!!", "[email] [phone]", "https://shop.example/de", "a@b.de", "№ 5"]
)
def test_no_words_no_language(text):
    assert detect_text(text) is None


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("Wo bleibt meine Bestellung", ("en", "de"), "de"),
        ("danke", ("en", "de"), "de"),
        ("where is it", ("de", "en"), "en"),
        ("hola", ("en", "ru"), "en"),
        ("cool", ("ru", "zh"), "und"),
        ("где", ("en",), "ru"),
        ("配送遅延", ("en", "ja"), "ja"),
        ("配送遅延", ("zh", "ja"), "zh"),
        ("де моє замовлення?", ("uk", "ru"), "uk"),
        ("где мой заказ", ("uk", "ru"), "ru"),
    ],
)
def test_configured_languages_decide(text, languages, expected):
    assert detect_text(text, languages) == expected


def test_unknown_codes_are_all_named():
    with pytest.raises(ValueError, match=r"'eng', 'xx'.*use ISO 639-1"):
        detect_array(pa.array(["a"]), ("eng", "ru", "xx"))
    with pytest.raises(ValueError, match="none given"):
        detect_array(pa.array(["a"]), ())


def test_weights_worked_out_by_hand():
    assert script_weights("好 iPhone") == pytest.approx({"han": 2.5, "latin": 6 * 0.2})
    assert script_weights("да, I have not") == pytest.approx({"cyrillic": 2, "latin": 8})
    assert script_weights("です素") == pytest.approx({"kana": 5, "han": 7.5})
    assert script_weights("123 👍") == {}
    assert looks_english("where is the parcel") and not looks_english("dónde está mi paquete")


@given(
    st.text(
        max_size=80,
        alphabet=st.characters(exclude_categories=("Cs",), max_codepoint=0x2FFF) | st.sampled_from("订单がの한"),
    )
)
def test_any_text_gets_a_code_or_none(text):
    known = {code for codes in SCRIPT_LANGUAGES.values() for code in codes} | {"und", None}
    assert detect_text(text) in known


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюя ,.!", min_size=1).filter(str.strip))
def test_russian_letters_are_russian(text):
    assert detect_text(text) == ("ru" if any(map(str.isalpha, text)) else None)


def test_columns_and_engine():
    values = pa.chunked_array([["Where?", None], ["Где?", "太慢了", "Где?", ""]])
    expected = ["en", None, "ru", "zh", "ru", None]
    assert detect_array(values).to_pylist() == expected
    connection = ibis.duckdb.connect()
    table = connection.create_table("t", pa.table({"n": range(6), "text": values}))
    done = table.mutate(code=language(table.text, ["en", "ru", "zh"])).order_by("n")
    assert done.code.to_pyarrow().to_pylist() == expected
    connection.disconnect()
