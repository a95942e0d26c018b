import re
import string

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, luhn
from voc.data import privacy
from voc.data.pseudonyms import canonical_id, hasher


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # e-mail
        ("Write to ivan.petrov+a@mail.ru.", "Write to [email]."),
        ("<j.müller@bücher.example>, danke", "<[email]>, danke"),
        ("我的邮箱是zhang@example.com谢谢", "我的邮箱是[email]谢谢"),
        ("почтаivan@mail.ru", "почта[email]"),
        ("иван@пример.рф", "[email]"),
        ("ivan @ mail.ru", "[email]"),
        ("zhang＠example.com", "[email]"),
        # phone
        ("тел. 8 (916) 123-45-67", "тел. [phone]"),
        ("8 916 123 45 67 2 шт", "[phone] 2 шт"),
        ("тел 89161234567 89261234567", "тел [phone] [phone]"),
        ("电话13812345678，手机号：138 1234 5678", "电话[phone]，手机号：[phone]"),
        ("+44 7700 900123, 07700 900123", "[phone], [phone]"),
        ("+49 (0)30 1234567 or 0151 23456789", "[phone] or [phone]"),
        ("call me at 2025550143", "call me at [phone]"),
        ("(202) 555-0143", "[phone]"),
        ("позвоните 123-45-67, 234-56-78", "позвоните [phone], [phone]"),
        ("８９１６１２３４５６７ ＋７９１６１２３４５６７", "[phone] [phone]"),
        ("03.10.2026 12:34 89161234567", "03.10.2026 12:34 [phone]"),
        ("Where is my order? 89161234567", "Where is my order? [phone]"),
        # card
        ("card 4111 1111 1111 1111 12/27 123", "card [card] 12/27 123"),
        ("5555555555554444, 4111-1111-1111-1111", "[card], [card]"),
        ("карта 2202 - 2011 - 1111 - 1114", "карта [card]"),
        # account
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [account] please"),
        ("gb29nwbk60161331926819.", "[account]."),
        ("р/с 4081 7810 0991 0000 4312", "р/с [account]"),
        # link
        ("https://u:p@shop.example/help/returns?email=a@b.de&t=x)", "https://shop.example/help/returns/…)"),
        ("http://shop.example/order/20481933/x", "http://shop.example/order/…"),
    ],
)
def test_personal_data_is_masked(text, expected):
    assert privacy.mask_text(text) == expected
    assert privacy.mask_text(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "👍👍",
        "Order A-1048392 and № 20481933, 订单号 202610031234",
        "订单号13812345678",
        "заказ 89161234567, заказы 20481933, 89161234568 и 89161234569",
        "Bestellnummer 0301234567",
        "12 990,00 ₽ and 1.299,00 EUR, $1,299,000.00 or 1 299 000 руб., 12990.50",
        "on 2026-10-03 12:34:56 and 03.10.2026, 10/03/2026, 03.10.26",
        "tracking 1Z999AA10123456784, SF1234567890123, RA123456789RU, 402-1234567-1234567",
        "version 10.15.7.1234, ip 192.168.100.200, EAN 4006381333931, 1920x1080",
        "55.755826, 37.617300",
        "wrong check digits: 4111-1111-1111-1112 and DE89 3704 0044 0532 0130 01",
        "20481933204819332048",
        "https://shop.example/faq/42",
        "@support please, 5 @ 3",
    ],
)
def test_near_misses_stay(text):
    assert privacy.mask_text(text) == text


letters = st.text(alphabet=string.ascii_letters + "абвгд привет 订单很慢 .,!?\n", max_size=30)
beside = st.sampled_from([" ", "\n", ", ", "; ", " (", "：", "。"])


@st.composite
def cards(draw):
    head, length = draw(st.sampled_from([("4", 16), ("51", 16), ("55", 16), ("2202", 16), ("37", 15), ("62", 19)]))
    body = head + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=length, max_size=length)))
    body = body[: length - 1]
    number = body + luhn.calc_check_digit(body)
    gap = draw(st.sampled_from(["", " ", "-", " - ", "\u00a0"]))
    return gap.join(number[i : i + 4] for i in range(0, length, 4))


@st.composite
def ibans(draw):
    account = "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=18, max_size=18)))
    number = "DE" + iban.calc_check_digits("DE00" + account) + account
    gap = draw(st.sampled_from(["", " "]))
    return gap.join(number[i : i + 4] for i in range(0, len(number), 4))


@given(letters, beside, cards(), beside, letters)
def test_no_card_survives(before, left, number, right, after):
    out = privacy.mask_text(before + left + number + right + after)
    assert "[card]" in out
    assert not re.search(r"\d", out)


@given(letters, beside, ibans(), letters)
def test_no_iban_survives(before, left, number, after):
    out = privacy.mask_text(f"{before}{left}{number}。{after}")
    assert "[account]" in out and not re.search(r"\d", out)


@given(
    letters,
    st.from_regex(r"[a-z][a-z0-9._]{0,20}[a-z0-9]@[a-z0-9]{1,10}\.(?:com|ru|de|co\.uk)", fullmatch=True),
    letters,
)
def test_no_email_survives(before, address, after):
    out = privacy.mask_text(f"{before} {address} {after}")
    assert "[email]" in out and "@" not in out


@given(st.text(max_size=300).filter(lambda text: not re.search(r"\d|[@＠]|://|www\.", text, re.IGNORECASE)))
def test_text_without_digits_and_at_sign_is_unchanged(text):
    assert privacy.mask_text(text) == text


@given(st.text(max_size=200) | st.text(alphabet="0123456789 +-()./@aтел", max_size=80))
def test_any_text_can_be_masked(text):
    privacy.mask_text(text)


def test_columns_keep_nulls_and_count_repeats():
    values = pa.chunked_array([["a@b.de", None, "ok"], ["a@b.de, +7 916 123-45-67", "a@b.de"]])
    assert privacy.mask_array(values).to_pylist() == ["[email]", None, "ok", "[email], [phone]", "[email]"]
    assert privacy.mask_counts(values) == {"email": 3, "phone": 1, "card": 0, "account": 0, "link": 0}
    assert privacy.mask_array(pa.nulls(2)).to_pylist() == [None, None]
    assert privacy.mask_array(pa.array([], pa.string())).to_pylist() == []
    assert privacy.mask_array(values.combine_chunks().dictionary_encode())[0].as_py() == "[email]"


@pytest.fixture
def table():
    connection = ibis.duckdb.connect()
    yield connection.create_table(
        "t",
        pa.table(
            {"n": [1, 2, 3, 4], "text": ["a@b.de", None, "тел. 89161234567", ""], "id": [" #Ab1", "ab1 ", None, " "]}
        ),
    )
    connection.disconnect()


def test_masks_run_in_the_engine(table):
    out = table.mutate(m=privacy.masking(table.text), plain=privacy.masked(table.text)).order_by("n")
    rows = out.mutate(text=out.m.text, kinds=out.m.kinds).select("text", "kinds", "plain").to_pyarrow().to_pylist()
    assert [row["plain"] for row in rows] == ["[email]", None, "тел. [phone]", ""]
    assert [row["text"] for row in rows] == ["[email]", None, "тел. [phone]", ""]
    assert [row["kinds"] for row in rows] == [["email"], None, ["phone"], []]


def test_pseudonyms_run_in_the_engine(table):
    key = "a key of the company"
    ids = table.mutate(p=privacy.pseudonym(table.id, key, "c-")).order_by("n").p.to_pyarrow().to_pylist()
    assert re.fullmatch(r"c-[0-9a-f]{16}", ids[0])
    assert ids == [ids[0], ids[0], None, ""]
    assert ids[0] == hasher(key.encode(), "c-")("AB1")


def test_pseudonyms_depend_on_key_and_prefix():
    first = hasher("k" * 16, "c-")("17")
    assert first == "c-" + first[2:] != hasher("l" * 16, "c-")("17")
    assert first[2:] != hasher("k" * 16, "a-")("17")[2:]
    assert canonical_id(" # Ａ１７ ") == "a17"
    with pytest.raises(ValueError, match="has 3 bytes; it needs at least 16"):
        hasher("abc", "c-")


def test_key_is_made_once_and_private(tmp_path):
    path = tmp_path / "new" / "voc.key"
    key = privacy.read_key(path)
    assert len(key) == 64 and privacy.read_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["voc.key"]


@pytest.mark.parametrize("content", [b"", b" \n", b"short", b"\xff\xfe\xfa" * 9])
def test_unusable_key_is_named(tmp_path, content):
    path = tmp_path / "voc.key"
    path.write_bytes(content)
    with pytest.raises(privacy.KeyFileError, match=str(path)):
        privacy.read_key(path)
    assert path.read_bytes() == content


def test_key_in_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(privacy.KeyFileError, match="cannot be read or made"):
        privacy.read_key(tmp_path / "file" / "voc.key")
