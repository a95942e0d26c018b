import codecs
import datetime as dt

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from voc.data.files import read_file
from voc.data.problems import InputError
from voc.data.sources import Source

WORDS = {"en": "late parcel", "ru": "посылка опоздала", "zh": "包裹晚了"}


def source(columns=None, **more) -> Source:
    said = {
        "table": "interactions",
        "format": "csv",
        "id": "id",
        "columns": {"created_at": "at"} | (columns or {"text": "words"}),
    }
    return Source(**(said | more))


def written(folder, data: bytes | str, name="contacts.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def refused(source_, path) -> str:
    with pytest.raises(InputError) as error:
        read_file(source_, path)
    return str(error.value)


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("utf-8", WORDS["zh"]),
        ("utf-8-sig", WORDS["ru"]),
        ("utf-16", WORDS["zh"]),
        ("cp1251", WORDS["ru"]),
        ("koi8-r", WORDS["ru"]),
        ("gb18030", WORDS["zh"]),
        ("cp1252", "café"),
        ("shift_jis", "配送"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_is_said_to_have(tmp_path, encoding, word):
    path = written(tmp_path, f"id,words\r\nT1,{word}\r\n", encoding=encoding)
    frame = read_file(source(encoding=encoding), path)
    assert frame[["id", "words", "_row"]].to_numpy().tolist() == [["T1", word, 2]]


@pytest.mark.parametrize("said", ["utf-8", "utf-8-sig", "UTF_8"])
def test_a_byte_order_mark_never_becomes_part_of_the_first_column(tmp_path, said):
    path = written(tmp_path, codecs.BOM_UTF8 + "id,words\nT1,чай\n".encode())
    assert list(read_file(source(encoding=said), path).columns) == ["id", "words", "_row"]


def test_a_wrong_encoding_names_line_byte_and_cure(tmp_path):
    # "id,words\nT1,fine\nT2," is 20 bytes long, so the first Cyrillic byte (п = ef in cp1251) stands at 20, in line 3
    path = written(tmp_path, f"id,words\nT1,fine\nT2,{WORDS['ru']}\n", encoding="cp1251")
    said = refused(source(encoding="utf-8"), path)
    for part in (str(path), "line 3", "byte ef at position 20 is not utf-8", "cp1251", "set encoding"):
        assert part in said


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("word", ["plain", WORDS["ru"]])
def test_utf_16_said_to_be_utf_8_is_named(tmp_path, encoding, word):
    path = written(tmp_path, f"id,words\nT1,{word}\nT2,a line in plain letters\n", encoding=encoding)
    assert f"It decodes as {encoding}: set encoding." in refused(source(encoding="utf-8"), path)


def test_utf_8_said_to_be_cp1252_is_not_read_as_mojibake(tmp_path):
    path = written(tmp_path, "id,words\nT1,café\n")
    said = refused(source(encoding="cp1252"), path)
    assert "said to be cp1252 but is valid UTF-8" in said
    assert "Set encoding: utf-8" in said


def test_plain_ascii_fits_any_encoding(tmp_path):
    path = written(tmp_path, "id,words\nT1,hello\n")
    assert read_file(source(encoding="cp1252"), path)["words"].tolist() == ["hello"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty (0 bytes)"),
        (b"id,words\n", "has a header but no rows"),
        (b"\n\n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
    ],
    ids=["nothing", "header only", "blank lines", "a mark only"],
)
def test_empty_files_are_refused(tmp_path, data, what):
    path = written(tmp_path, data)
    said = refused(source(), path)
    assert str(path) in said
    assert what in said
    assert "Export it again" in said


def test_a_missing_file_is_named_with_the_nearest_name(tmp_path):
    written(tmp_path, "id\n1\n", name="contacts_2026.csv")
    said = refused(source(), tmp_path / "contacts_2025.csv")
    assert "does not exist" in said
    assert "Did you mean contacts_2026.csv?" in said
    assert "folder does not exist" in refused(source(), tmp_path / "nowhere" / "contacts.csv")


def test_a_ragged_row_is_shown_and_counted(tmp_path):
    path = written(tmp_path, "id,words\nT1,fine\nT2,one, two\nT3,a,b,c\n")
    said = refused(source(), path)
    assert "2 ragged rows" in said
    assert "a row with 3 values" in said
    assert "a row with 4 values" in said
    assert "the header has 2 columns" in said
    assert "T2,one, two" in said


def test_a_quote_that_never_closes_is_an_error_not_a_shorter_file(tmp_path):
    path = written(tmp_path, 'id,words\nT1,fine\nT2,"fine\nT3,fine\n')
    assert 'line 3: has a quote (") that never closes' in refused(source(), path)


def test_an_odd_number_of_inch_marks_is_no_open_quote(tmp_path):
    path = written(tmp_path, 'id,words\nT1,a 5" screen\nT2,fine\n')
    assert read_file(source(), path)["words"].tolist() == ['a 5" screen', "fine"]


def test_a_doubled_header_is_refused(tmp_path):
    said = refused(source(), written(tmp_path, "id,words,words\nT1,a,b\n"))
    assert "column 'words': stands twice in the header" in said


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_delimiter_is_named(tmp_path, mark):
    path = written(tmp_path, mark.join(["id", "words"]) + "\n" + mark.join(["T1", "fine"]) + "\n")
    assert f"Set delimiter: {mark!r}" in refused(source(), path)
    assert read_file(source(delimiter=mark), path)["words"].tolist() == ["fine"]


def test_quoted_line_ends_and_marks_stay_in_their_cell(tmp_path):
    path = written(tmp_path, 'id,words\nT1,"one, two\nthree ""four"""\nT2,fine\n')
    frame = read_file(source(), path)
    assert frame["words"].tolist() == ['one, two\nthree "four"', "fine"]
    assert frame["_row"].tolist() == [2, 3]  # records, the header being 1


def test_nothing_is_typed_here(tmp_path):
    path = written(tmp_path, "id,words\n007,NA\n1e3,null\n,\n")
    frame = read_file(source(), path)
    assert frame[["id", "words"]].to_numpy().tolist() == [["007", "NA"], ["1e3", "null"], ["", ""]]


@pytest.mark.filterwarnings("error")
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12), min_size=1, max_size=5))
def test_whatever_a_csv_writer_writes_is_read_back(tmp_path_factory, words):
    import csv

    path = tmp_path_factory.mktemp("csv") / "contacts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "words"], *[[f"T{at}", word] for at, word in enumerate(words)]])
    assert read_file(source(), path)["words"].tolist() == words


# workbooks


def workbook(folder, rows, sheet="Call log"):
    path = folder / "calls.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet(sheet)
    stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, dt.datetime):
                page.write_datetime(at, column, value, stamp)
            else:
                page.write(at, column, value)
    book.close()
    return path


TITLED = [
    ["Call log"],
    ["made on 1 October"],
    ["id", "words", ""],
    [17, "fine"],
    [],
    [18.5, dt.datetime(2026, 10, 1, 9, 30)],
]


def test_title_rows_are_skipped_and_rows_are_numbered_as_in_the_sheet(tmp_path):
    path = workbook(tmp_path, TITLED)
    frame = read_file(source(format="xlsx", sheet="Call log", header_row=3), path)
    assert frame[["id", "words", "_row"]].to_numpy().tolist() == [["17", "fine", 4], ["18.5", "2026-10-01T09:30:00", 6]]


def test_the_first_sheet_is_the_default(tmp_path):
    assert len(read_file(source(format="xlsx", header_row=3), workbook(tmp_path, TITLED))) == 2


def test_a_missing_sheet_is_named_with_the_nearest(tmp_path):
    said = refused(source(format="xlsx", sheet="Call logs"), workbook(tmp_path, TITLED))
    assert "sheet: 'Call logs' is missing" in said
    assert "Did you mean Call log?" in said


def test_a_header_row_below_the_sheet_is_said(tmp_path):
    assert "the header is said to be row 30" in refused(
        source(format="xlsx", header_row=30), workbook(tmp_path, TITLED)
    )


def test_a_file_that_is_no_workbook_is_said(tmp_path):
    assert "is no readable workbook" in refused(source(format="xlsx"), written(tmp_path, "id,words\n", "calls.xlsx"))


# JSON lines


def test_dotted_fields_lists_and_flags_become_columns(tmp_path):
    path = written(
        tmp_path,
        '{"id": 1, "visitor": {"id": "C1"}, "tags": ["a", "b"], "sent": true}\n\n{"id": 2, "visitor": null}\n',
        "chats.jsonl",
    )
    columns = {"customer_id": "visitor.id", "tags": "tags", "survey_sent": "sent"}
    frame = read_file(source(format="jsonl", columns=columns), path)
    assert frame[["id", "visitor.id", "tags", "sent", "_row"]].to_numpy().tolist() == [
        ["1", "C1", "a|b", "yes", 1],
        ["2", "", "", "", 3],
    ]


def test_bad_lines_are_counted_and_the_first_shown(tmp_path):
    path = written(tmp_path, '{"id": 1}\n{"id": 2\n[3]\n', "chats.jsonl")
    said = refused(source(format="jsonl"), path)
    assert "2 bad lines" in said
    assert "line 2: is no JSON" in said
    assert "line 3: is no JSON object" in said


def test_a_json_file_of_blank_lines_is_empty(tmp_path):
    assert "no rows" in refused(source(format="jsonl"), written(tmp_path, "\n\n", "chats.jsonl"))
