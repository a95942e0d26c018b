"""Texts of every strange kind: none, ten, all alike, one language, hostile ones; each ends in pages, none in a traceback.

A topic needs many customers who say something; a category needs labels or keywords. Where there is too little of either
the page says so, and every other line of the report stands.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from exports import Report, published, stamp

SOURCE = """\
table: interactions
format: jsonl
time_formats: ["%Y-%m-%d %H:%M"]
id: id
columns: {{created_at: at{columns}}}
"""
HOSTILE = [
    "<script>alert('x')</script> <img src=x onerror=alert(1)> parcel lost",
    '=HYPERLINK("http://evil.example","refund")',
    "@SUM(1+1)*cmd|' /C calc'!A0 parcel",
    "$x_1$ \\alpha_2 ^{ the parcel never came",
    "\u202egnirts desrever\u202c the parcel is late \u2066inside\u2069",
    "אני מחכה לחבילה כבר שבוע ואין תשובה",
    "أين طردي؟ أنتظر منذ أسبوع",
    "Το δέμα μου δεν ήρθε ποτέ",
    "मेरा पार्सल अभी तक नहीं आया",
    "Hol van a csomagom? Egy hete várok rá",
    "😡😡😡",
    "👍",
    "??",
    "parcel lost " * 1700,  # 20,000 letters
    "x" * 20_000,
    "包裹丢了" * 5_000,
    "[email] [phone] [card]",
    "a\u0000b\u0007 parcel\u200b lost",
]
PLAIN = {
    "en": [
        "My parcel number {n} is late",
        "I was charged twice for order {n}",
        "The kettle stopped working on day {n}",
    ],
    "ru": ["Посылка {n} опаздывает", "Деньги за заказ {n} списали дважды", "Чайник сломался на {n} день"],
    "zh": ["{n}号包裹迟到了", "订单{n}被扣了两次钱", "水壶第{n}天就坏了"],
}


def report(
    folder: Path, name: str, texts: list[str | None], languages: str = "[en, ru, zh]", **columns: list
) -> Report:
    """Publish contacts with these texts, spread over three months, the last of which is October 2026."""
    start, step = datetime(2026, 8, 1, 9), timedelta(minutes=92 * 24 * 60 // max(len(texts), 1) - 1)
    rows = [
        {"id": str(n), "at": stamp(start + n * step), "words": text}
        | {key: values[n] for key, values in columns.items()}
        for n, text in enumerate(texts)
    ]
    (folder / "desk.jsonl").write_text(
        "\n".join(map(json.dumps, rows)), encoding="utf-8"
    )  # lone surrogates stay escapes
    names = "".join(f", {ours}: {ours}" for ours in columns)
    names += ", text: words" if any(texts) else ""
    (folder / "desk.yml").write_text(SOURCE.format(columns=names), encoding="utf-8")
    return published(folder, name, "2026-10", f"languages: {languages}\n")


def told(report: Report) -> str:
    """Return what the page of topics says, and hold that nothing on it is empty or runs."""
    source = (report.folder / "03_topics.html").read_text(encoding="utf-8")
    assert "<script" not in source.lower().replace("&lt;script", "")
    text = report.text("03_topics")
    for empty in ("nan%", "NaN", "NaT", "None", "Traceback", "inf%"):
        assert empty not in text.replace("None of", "").replace("None gave", "")
    return text


def test_no_text_column(tmp_path):
    found = report(tmp_path, "silent", [None] * 200, csat=[1 + n % 5 for n in range(200)])
    assert "no words" in told(found).lower() or "without words" in told(found).lower()


def test_ten_texts(tmp_path):
    found = report(tmp_path, "ten", [PLAIN["en"][n % 3].format(n=n) for n in range(10)], "[en]")
    assert "too few" in told(found).lower()


def test_all_alike(tmp_path):
    found = report(tmp_path, "alike", ["Where is my parcel?"] * 600, csat=[1 + n % 5 for n in range(600)])
    told(found)


def test_one_language(tmp_path):
    things, when, done = (
        ("包裹", "水壶", "耳机", "订单", "发票"),
        ("昨天", "上周", "今天早上", "已经"),
        ("迟到了", "坏了", "丢了", "不见了"),
    )
    said = [f"{w}买的{t}{d}，客服一直没有处理，请尽快给我答复" for t in things for w in when for d in done]
    texts = [f"{said[n % len(said)]}，第{n}次" for n in range(900)]
    found = report(tmp_path, "chinese", texts, "[zh]", csat=[1 + n % 5 for n in range(900)])
    assert "包裹" in told(found)


def test_only_signs(tmp_path):
    told(report(tmp_path, "signs", ["👍", "😡😡", "??", "..."] * 100))


def test_hostile_texts(tmp_path):
    texts = [text for n in range(120) for text in (HOSTILE[n % len(HOSTILE)], PLAIN["en"][n % 3].format(n=n))]
    texts += ["lone \ud800 half of a sign", "the parcel \udcff is lost"] * 20
    texts += [PLAIN["ru"][n % 3].format(n=n) for n in range(300)]
    found = report(tmp_path, "hostile", texts, csat=[1 + n % 5 for n in range(len(texts))])
    page = (found.folder / "03_topics.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page and "onerror=alert" not in page.replace("onerror=alert(1)&gt;", "")
    told(found)
    for path in (found.folder / "tables").glob("*.csv"):
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            assert not any(cell.lstrip('"').startswith(("=HYPER", "@SUM")) for cell in line.split(",")), path.name


def test_languages_outside_the_model_are_said(tmp_path):
    greek = ["Το δέμα μου δεν ήρθε ποτέ", "Χρεώθηκα δύο φορές για την παραγγελία", "Ο βραστήρας χάλασε"] * 100
    found = report(tmp_path, "greek", greek, "[el]")
    assert "Greek" in told(found) or "el" in told(found)
