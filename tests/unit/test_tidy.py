import time

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.text.tidy import (
    REPAIRS,
    drop_control,
    drop_quoted,
    drop_signature,
    normalise_space,
    repair_mojibake,
    replace_surrogates,
    strip_html,
    tidied,
    tidy,
    tidy_array,
    tidy_text,
)

GOOD = [
    "Здравствуйте! Где мой заказ № 123 — «срочно»?",
    "你好，我的订单在哪里？快递太慢了！",
    "L’été à Paris — c’est “beau”, 5 €",
    "¿Dónde está mi pedido? ¡Mañana!",
    "Дії надії: Її подія",
    "УПУЋУЈЕ НА ОПТИМИЗАЦИЈУ",
]


def misread(text, page):
    """Read the UTF-8 bytes of a text in a code page; bytes that the page does not know stay as they are."""
    letters = (bytes([byte]) for byte in text.encode())
    return "".join(letter.decode(page, "ignore") or chr(letter[0]) for letter in letters)


@pytest.mark.parametrize(
    ("text", "page"),
    [(text, page) for text in GOOD[:-1] for page in ("cp1252", "latin-1")] + [(text, "cp1251") for text in GOOD[:2]],
)
def test_mojibake_is_repaired(text, page):
    assert misread(text, page) != text
    assert repair_mojibake(misread(text, page)) == text
    assert repair_mojibake(f"хорошо\n{misread(text, page)}") == f"хорошо\n{text}"


@pytest.mark.parametrize("text", GOOD)
def test_good_text_is_no_mojibake(text):
    assert repair_mojibake(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("хорошо ÐŸÑ€Ð¸Ð²ÐµÑ‚", "хорошо Привет"),
        ("itâ€™s 5 â‚¬", "it’s 5 €"),
        ("в‚¬1 в„–5, ВЈ3", "€1 №5, £3"),
        ("MГјller", "Müller"),
    ],
)
def test_broken_stretches_inside_good_text(text, expected):
    assert repair_mojibake(text) == expected


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "<3", "цена < 500", "<ivan@mail.ru>", "a <b and c> d", "x<y", "R&D, AT&T; Q&A", "-> <-"]
)
def test_what_only_looks_like_html_stays(text):
    assert strip_html(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Hi<br/>there</p>", "Hi\nthere"),
        ("wo<b>r</b>d &lt;3 &amp; caf&eacute; &#8364;", "word <3 & café €"),
        ("a<script>if (a<b) {alert(1)}</script>b<STYLE>p{}</STYLE >c<!-- d -->e", "abce"),
        ('<a title="a > b" href=x>link</a>', "link"),
        ("&lt;p&gt;escaped twice&lt;/p&gt;", "escaped twice"),
        ('cut off <div class="foo', "cut off"),
        ("<td>1</td><td>2</td>", "1 2"),
        ("<o:p></o:p><!DOCTYPE html>Здравствуйте", "Здравствуйте"),
        ("never closed <!-- comment", "never closed comment"),
    ],
)
def test_html(text, expected):
    assert tidy_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Still waiting.\n\nOn Mon, 5 Oct 2026 at 10:00, Shop\n<a@b.c> wrote:\n> Dear\n> customer", "Still waiting."),
        ("On 5 Oct 2026, Shop wrote:\n> Which?\nThe red one.\n> Size?\nXL", "The red one.\nXL"),
        ("Где заказ?\n-----Original Message-----\nFrom: Shop\nДобрый день", "Где заказ?"),
        ("See below\nFrom: Shop\nSent: Monday\nSubject: Order\n\nDear", "See below"),
        ("Да\n05.10.2026 12:33, Магазин пишет:\nЗдравствуйте", "Да"),
        ("Нет\n\nпн, 5 окт. 2026 г. в 12:34, Иван Петров написал(а):\n> Здравствуйте", "Нет"),
        ("Вот\n-------- Пересланное сообщение --------\nОт: Магазин\nДобрый день", "Вот"),
        ("没收到\n发件人：客服\n发送时间：2026\n主题：订单\n\n您好", "没收到"),
        ("还没收到\n\n在 2026年10月3日 12:34，客服 写道：\n您好", "还没收到"),
        ("> Where is it?\nIt is here", "It is here"),
    ],
)
def test_quoted_mail(text, expected):
    assert tidy(text) == (expected, ("quoted",))


@pytest.mark.parametrize(
    "text",
    [
        "> all\n> is quoted",
        "> 500 руб\nне верно",
        "Ваш сотрудник написал:\nвозврат невозможен",
        "Q?\nFrom: Berlin\nTo: Paris",
        "one line",
        "He said:\nno",
    ],
)
def test_own_words_are_not_taken_for_quotes(text):
    assert drop_quoted(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where?\n-- \nAnna\nTel 123", "Where?"),
        ("Где?\n\nС уважением,\nИван Петров\n+7 916 123-45-67\n\nОтправлено с iPhone", "Где?"),
        ("Where?\nBest regards, Anna Smith", "Where?"),
        ("没收到\n此致\n敬礼\n张三", "没收到"),
        ("没收到\n\n发自我的iPhone", "没收到"),
        ("Where?\nSent from my iPhone", "Where?"),
        ("Верните деньги. С уважением, Иван", "Верните деньги."),
        ("Wo?\nMit freundlichen Grüßen\nAnna", "Wo?"),
    ],
)
def test_signature(text, expected):
    assert tidy(text) == (expected, ("signature",))


@pytest.mark.parametrize(
    "text",
    [
        "Best regards",
        "Sent from my iPhone",
        "С уважением отнеситесь к клиентам",
        "Best regards,\nwhat about my refund?",
        "x\nSent from my iPhone. Why is it late?",
        "Hello\nBest regards\n" + "\n".join(["a long story " * 6] * 2),
        "请尊敬此致敬礼的人",
    ],
)
def test_what_is_no_signature_stays(text):
    assert drop_signature(text) == text


def test_space_and_invisible_characters():
    assert normalise_space(" a\t\u00a0b\u3000\r\n\r\n\r\n c ") == "a b\n\nc"
    assert normalise_space("e\u0301") == "é"
    assert drop_control("\ufeffre\u00adturn\u200b\x00") == "return"
    assert drop_control("👨\u200d👩\u200d👧 ❤\ufe0f") == "👨\u200d👩\u200d👧 ❤\ufe0f"
    assert drop_control("a\u200db") == "ab"
    assert replace_surrogates("\ud83d\ude00 \ud83d \udcff") == "😀 \ufffd \ufffd"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff", "<p></p>"])
def test_nothing_left(text):
    assert tidy_text(text) == ""


def test_repairs_are_named_in_order():
    text = "\ufeff<p>Ð¿Ñ€Ð¸Ð²ÐµÑ‚</p>\n-- \nA"
    assert tidy(text) == ("привет", ("mojibake", "html", "signature", "control"))
    assert set(tidy(text).repaired) <= set(REPAIRS)
    assert tidy("two  spaces ").repaired == ()


any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)
# One piece a word; they meet without spaces and make tags, entities, headers and broken letters.
PIECES = """
    < > & ; &amp; &lt; &gt; <b> </b> <p <!-- --> <script> </script> > -- From: Sent: x@y.z wrote: 5 On Ð Ñ Ã ¤ Р С ѓ °
    Сѓважением, С уважением, Иван 此致 敬礼 . Best regards , ____ ----- # x27 amp; lt;
"""
pieces = st.lists(
    st.sampled_from([*PIECES.split(), " ", "\n", "\r", "\u00a0", "\u200b", "\u0301", "\ud83d", "\ude00"]), max_size=40
)


@given(any_text | pieces.map("".join))
def test_tidying_twice_changes_nothing(text):
    once = tidy_text(text)
    assert tidy(once) == (once, ())
    once.encode()


HOSTILE = {
    "angle": "<" * 100_000,
    "comment": "<!--" * 25_000,
    "script": "<script>" * 12_000,
    "attribute": '<a x="' * 16_000,
    "nested": "<b" * 30_000 + ">" * 30_000,
    "entity": "&" + "amp;" * 25_000,
    "quote": "\n>" * 50_000,
    "wrote": "On 5 \n" * 17_000,
    "from": "From: x\n" * 12_000,
    "delimiter": "\n--" * 33_000,
    "closing": "Best regards\n" * 8_000,
    "inline closing": ". С уважением" * 8_000,
    "space": " " * 100_000 + "x",
    "dashes": "-" * 100_000,
    "marks": "a" + "\u0315\u0300" * 50_000,
    "mojibake": "Ã¤я" * 33_000,
    "mojibake 1251": "РџСЂ" * 25_000,
    "joiner": "\u200d" * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_cost_no_more_than_their_length(text):
    start = time.process_time()
    tidy_text(text)
    assert time.process_time() - start < 1


def test_columns_and_engine():
    values = pa.chunked_array([["caf&eacute;", None], ["", "ok", "caf&eacute;"]])
    expected = [
        {"text": "café", "repaired": ["html"]},
        None,
        {"text": "", "repaired": []},
        {"text": "ok", "repaired": []},
    ]
    assert tidy_array(values).to_pylist() == [*expected, expected[0]]
    connection = ibis.duckdb.connect()
    table = connection.create_table("t", pa.table({"n": range(5), "text": values}))
    done = table.mutate(t=tidied(table.text)).order_by("n")
    assert done.t.text.to_pyarrow().to_pylist() == ["café", None, "", "ok", "café"]
    assert done.t.repaired.contains("html").sum().to_pyarrow().as_py() == 2
    connection.disconnect()
