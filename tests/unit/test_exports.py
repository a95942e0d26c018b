import datetime as dt
import hashlib

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from voc.report import exports
from voc.report.exports import export_tables, neutral, sheet_names

RISKY = ["=1+1", "+7 900 000", "-cmd", "@SUM(A1)", "\tx", "\ry"]


def frame():
    return pd.DataFrame(
        {
            "label": [*RISKY, "退款", "Вопрос"],
            "n": [-1, 2, 3, 4, 5, 6, 7, 8],
            "share": [-0.5, np.nan, 1, 2, 3, 4, 5, 6],
            "flag": [True, False] * 4,
            "day": pd.date_range("2026-10-01", periods=8),
            "ids": [["a", "b"]] * 8,
        }
    )


def test_formulas_are_disarmed_and_numbers_stay_numbers(tmp_path):
    export_tables({"kpi": frame()}, tmp_path)
    rows = CalamineWorkbook.from_path(tmp_path / "tables.xlsx").get_sheet_by_name("kpi").to_python()
    assert rows[0] == ["label", "n", "share", "flag", "day", "ids"]
    assert [row[0] for row in rows[1:5]] == ["'" + text for text in RISKY[:4]]
    assert rows[1][1:5] == [-1, -0.5, True, dt.date(2026, 10, 1)]
    assert rows[2][2] == ""
    text = (tmp_path / "kpi.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(tmp_path / "kpi.csv", encoding="utf-8-sig", lineterminator="\n")
    assert list(back["label"][:4]) == ["'" + risky for risky in RISKY[:4]]
    assert list(back["n"]) == list(frame()["n"])
    assert back["label"][6] == "退款"


@pytest.mark.parametrize("value", [*RISKY])
def test_every_risky_beginning_is_prefixed(value):
    assert neutral(value) == "'" + value


@pytest.mark.parametrize("value", [-3.5, 0, None, True, "plain", "a=b", ""])
def test_everything_else_stays(value):
    assert neutral(value) is value


def test_column_names_are_disarmed_too(tmp_path):
    export_tables({"t": pd.DataFrame({"=evil()": [1]})}, tmp_path)
    assert CalamineWorkbook.from_path(tmp_path / "tables.xlsx").get_sheet_by_name("t").to_python()[0] == ["'=evil()"]
    assert "'=evil()" in (tmp_path / "t.csv").read_text("utf-8-sig")


def test_parquet_keeps_every_value(tmp_path):
    export_tables({"kpi": frame()}, tmp_path)
    back = pd.read_parquet(tmp_path / "kpi.parquet")
    assert list(back["label"]) == list(frame()["label"])
    assert list(back["ids"][0]) == ["a", "b"]


def test_same_bytes_twice(tmp_path):
    def digests(folder):
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in export_tables({"kpi": frame()}, folder)]

    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_sheet_names_fit_and_are_unique():
    names = ["a" * 40, "a" * 41, "A" * 31, "contents", "history", "short"]
    sheets = sheet_names(names)
    assert all(len(sheet) <= 31 for sheet in sheets.values())
    assert len({sheet.lower() for sheet in sheets.values()} | {"contents"}) == len(names) + 1


def test_what_does_not_fit_the_workbook_is_said_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_MOST", 2)
    export_tables({"long": pd.DataFrame({"text": ["x" * 40_000, "b", "c"]})}, tmp_path)
    book = CalamineWorkbook.from_path(tmp_path / "tables.xlsx")
    rows = book.get_sheet_by_name("long").to_python()
    assert len(rows) == 3
    assert len(rows[1][0]) == 32_767
    assert book.get_sheet_by_name("contents").to_python()[1] == [
        "long", "long", 3.0, 1.0, "1 rows and the ends of 1 long texts; whole in the CSV and Parquet files",
    ]  # fmt: skip
    assert len(pd.read_csv(tmp_path / "long.csv", encoding="utf-8-sig")["text"][0]) == 40_000


def test_odd_values_are_written_not_lost(tmp_path):
    odd = pd.DataFrame({"a": ["\x00\x07bad", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "ok"],
                        "b": pd.array([1, None, 3], dtype="Int64"), "c": [np.inf, 1e20, np.int64(3)],
                        "d": pd.to_datetime(["2026-10-01T12:00Z", None, "1850-01-01T00:00Z"])})  # fmt: skip
    export_tables({"odd": odd}, tmp_path)
    rows = CalamineWorkbook.from_path(tmp_path / "tables.xlsx").get_sheet_by_name("odd").to_python()
    assert rows[1] == ["\ufffd\ufffdbad", 1.0, "inf", dt.datetime(2026, 10, 1, 12)]
    assert rows[3][3].startswith("1850")


def test_empty_tables_and_bad_names(tmp_path):
    export_tables({"none": pd.DataFrame({"a": []})}, tmp_path)
    assert CalamineWorkbook.from_path(tmp_path / "tables.xlsx").sheet_names == ["contents", "none"]
    with pytest.raises(ValueError, match="file names"):
        export_tables({"../evil": pd.DataFrame()}, tmp_path)
