"""Cases of texts that real exports hold now and then: what must go, and what must stay."""

from __future__ import annotations

import pandas as pd
import pytest
from voc.data.clean.duplicates import likeness
from voc.data.privacy import mask_text
from voc.text.language import detect_text
from voc.text.markup import repair_mojibake
from voc.text.tidy import tidy_text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Где заказ?\n\n--\nДмитрий К.\nОтправлено с iPhone", "Где заказ?"),
        ("Где заказ?\n\nС уважением,\nДмитрий К.", "Где заказ?"),
        ("缺转接头，请处理\n\n李女士\n来自网易邮箱大师", "缺转接头，请处理"),
        ("Where is it?\n\nAnna Fields\nSent from my iPhone", "Where is it?"),
        ("你好\n\n怎么退货\n发自我的iPhone", "你好\n\n怎么退货"),
        ("It broke.\nCheers\ntell me what to do", "It broke.\nCheers\ntell me what to do"),
        ("No parcel.\nCheers\ntotal 9.214,90", "No parcel.\nCheers\ntotal 9.214,90"),
        ("Ask. Best regards Waybill ORD-2026-733738.", "Ask. Best regards Waybill ORD-2026-733738."),
    ],
)
def test_only_signatures_are_cut(text: str, kept: str) -> None:
    assert tidy_text(text) == kept


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("счёт: GB33 MIDL 1948 0734 6907 38 IBAN GB33 MIDL 1948 0734 6907 38", "счёт: [account] IBAN [account]"),
        ("send to DE42 5443 9225 0503 7072 09\nwhat", "send to [account]\nwhat"),  # its digits look like a Russian one
        ("return request. My number is 004915186751672", "return request. My number is [phone]"),
        ("заведена заявка. Мой номер 8-985-813-99-51.", "заведена заявка. Мой номер [phone]."),
        ("Barcode 042.713.09", "Barcode 042.713.09"),
        ("Сможете перезвонить? От 09/23/2026.", "Сможете перезвонить? От 09/23/2026."),
        ("order number is 20481933", "order number is 20481933"),
    ],
)
def test_numbers_are_told_apart(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_an_address_does_not_take_the_words_before_it_along() -> None:
    assert detect_text("账户被锁了，从6月23日开始。邮箱：yu.ma@sina.cn。谢谢") == "zh"
    assert detect_text("yu.ma@sina.cn") is None


def test_a_short_line_is_repaired_when_another_is_surely_broken() -> None:
    raw = "卡号 4896\n东西缺说明书，能补发吗？".encode()
    broken = "".join(bytes([byte]).decode("cp1251", "ignore") or chr(byte) for byte in raw)
    assert repair_mojibake(broken) == "卡号 4896\n东西缺说明书，能补发吗？"
    assert repair_mojibake("њега\nДобар дан") == "њега\nДобар дан"


def test_a_text_sent_again_with_a_signature_is_alike() -> None:
    first = pd.Series(
        ["How do I use a promo code?", "昨天打开一看有条裂缝。 别的都挺好。", "where is my parcel", "fine"]
    )
    again = pd.Series(["How do I use a promo code?\nJohn Carter\nOffice manager.", "昨天打开一看有条裂缝。 的都挺好。",
                       "when do you open", "fine, but when do you bring the rest?"])  # fmt: skip
    alike = likeness(first, again)
    assert alike[0] == 1.0
    assert alike[1] > 0.85
    assert alike[2] < 0.6
    assert alike[3] < 0.6
