"""A table is read from CSV and Parquet; what is no table is refused with its line and a remedy."""

import datetime
import gzip
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marsad.lake.arrow import owned
from marsad.lake.tables import read_table
from tests.lake.build import Refused, write


def put(tmp_path, content: str | bytes, name: str = "table.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def columns_of(table) -> dict[str, list[str]]:
    return {name: table.texts(name).tolist() for name in table.columns}


def test_cells_are_texts_until_numbers_are_asked_for(tmp_path):
    table = read_table(put(tmp_path, "channel,score\n007,1.50\n008,\n"))
    assert columns_of(table) == {"channel": ["007", "008"], "score": ["1.50", ""]}
    assert table.numbers("channel").tolist() == [7, 8]
    np.testing.assert_array_equal(table.numbers("score"), [1.5, np.nan])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(tmp_path, delimiter):
    table = read_table(put(tmp_path, delimiter.join(["a", '"b, or; b"', "c"]) + "\n" + delimiter.join(["1", "2", "3"])))
    assert columns_of(table) == {"a": ["1"], "b, or; b": ["2"], "c": ["3"]}


def test_a_table_may_have_one_column(tmp_path):
    table = read_table(put(tmp_path, "a\n1\n\n2\n"))
    assert columns_of(table) == {"a": ["1", "2"]}
    assert table.line(1) == 4


def test_marks_and_spaces_around_names_and_texts_are_trimmed(tmp_path):
    table = read_table(put(tmp_path, "\ufeff channel ,\u200fname\nA , \u200fمركز\u200f\n"))
    assert columns_of(table) == {"channel": ["A"], "name": ["مركز"]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(tmp_path, end):
    table = read_table(put(tmp_path, end.join(["", "a,b", f'1,"x{end}y"', "", ",", "2,z"])))
    assert columns_of(table) == {"a": ["1", "2"], "b": [f"x{end}y", "z"]}
    assert [table.line(row) for row in range(2)] == [3, 7]


def test_a_header_may_hold_line_ends(tmp_path):
    table = read_table(put(tmp_path, '"waiting\nminutes",b\n1,2\n'))
    assert table.columns == ("waiting\nminutes", "b")
    assert table.line(0) == 3


def test_a_quotation_mark_inside_a_cell_without_any_is_itself(tmp_path):
    assert columns_of(read_table(put(tmp_path, 'a,b\n5" pipe,1\n6",2\n7",3\n'))) == {
        "a": ['5" pipe', '6"', '7"'],
        "b": ["1", "2", "3"],
    }


def test_gzip_is_known_by_its_content(tmp_path):
    for name in ("table.csv.gz", "table.csv"):
        assert columns_of(read_table(put(tmp_path, gzip.compress(b"a,b\n1,2\n"), name))) == {"a": ["1"], "b": ["2"]}


def test_a_long_table_with_many_blocks_keeps_its_order(tmp_path):
    lines = [f'{number},"text {number},\n{number}"' for number in range(300_000)]
    table = read_table(put(tmp_path, "a,b\n" + "\n".join(lines)))
    np.testing.assert_array_equal(table.numbers("a"), np.arange(300_000))
    assert table.texts("b")[299_999] == "text 299999,\n299999"
    assert table.line(299_999) == 2 + 2 * 299_999


def test_a_bad_cell_is_found_with_its_true_line(tmp_path):
    table = read_table(put(tmp_path, 'a,b\n"one\ntwo",1\n\n,\nthree,good\n'))
    with Refused() as refused:
        table.numbers("b")
    assert refused.place == ("table.csv", 6, "b")
    assert str(refused.problem).endswith(
        "line 6, column b: the value 'good' is not a number; write a number or leave the cell blank."
    )


def test_numbers_are_asked_only_of_some_rows(tmp_path):
    table = read_table(put(tmp_path, "a,b\n1,good\n2,7\n"))
    np.testing.assert_array_equal(table.numbers("b", np.array([False, True])), [np.nan, 7])


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        ("", "the file is empty", None),
        (" \n\n", "the file is empty", None),
        ("a,b\n", "the file has a header and no rows", None),
        ("a,b", "the file has a header and no rows", None),
        ("a,b\n,\n,\n", "the file has a header and no rows", None),
        (b"PK\x03\x04....", "this is an Excel workbook or another ZIP archive, not a table of text", None),
        (b"\xd0\xcf\x11\xe0\xa1", "this is an old Excel workbook or another Office document, not a table of text", None),
        (b"%PDF-1.7", "this is a PDF, not a table of text", None),
        ("\n<!DOCTYPE html><html>", "this is a web page, not a table of text", None),
        (b"a,b\n1,\0\n", "this is a binary file, not a table of text", None),
        ("a,b\n1,2\n".encode("utf-16"), "the file is UTF-16, not UTF-8", None),
        ("channel,b\n1,2\n".encode("utf-16-le"), "the file is UTF-16, not UTF-8", None),
        ("a,b\n1,2\n2,مركز دبي\n".encode("cp1256"), "the text is not UTF-8, it looks like Windows-1256 (Arabic)", 3),
        ("القناة,b\n1,2\n".encode("cp1256"), "the text is not UTF-8, it looks like Windows-1256 (Arabic)", 1),
        ("a,b\n1,café\n".encode("cp1252"), "the text is not UTF-8", 2),
        ('a,b\n1,"x\ny"\n3\n', "the row has 1 cell where the header has 2 (cells are divided by a comma)", 4),
        ("a;b\n1;2;3\n", "the row has 3 cells where the header has 2 (cells are divided by a semicolon)", 2),
        ("a,,b\n1,2,3\n", "column 2 has no name", 1),
        ("\na,b,\n1,2,3\n", "column 3 has no name", 2),
        ("a, a\n1,2\n", "two columns are named 'a'", 1),
        ('a,b\n1,2\n3,"4\n5,6\n', "a quotation mark that opens in this row is never closed", 3),
        ('a,"b\n1,2\n', "a quotation mark that opens in this row is never closed", 1),
        ('a,b\n1,2\n3,"4\n5,"6\n7,8\n', "a quotation mark inside a quoted cell is not doubled", 3),
        ('a,b\n1,"' + "x,y\n" * 50_000, "a cell of this row is longer than 131 072 characters, as happens where a", 2),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(tmp_path, content, what, line):
    with Refused() as refused:
        read_table(put(tmp_path, content))
    assert refused.problem.what.startswith(what)
    assert refused.place == ("table.csv", line, None)
    assert refused.problem.remedy


def test_a_spreadsheet_is_to_be_saved_as_csv(tmp_path):
    with Refused() as refused:
        read_table(put(tmp_path, b"PK\x03\x04\0\0", "book.xlsx"))
    assert "save it as CSV" in refused.problem.remedy


def test_a_gzip_that_breaks_off_is_told_from_a_damaged_one(tmp_path):
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    for content, what in (
        (whole[:-12], "breaks off before its end"),
        (whole[:-8] + b"12345678", "is damaged"),
        (whole + b"x", "is damaged"),
    ):
        with Refused() as refused:
            read_table(put(tmp_path, content, "table.csv.gz"))
        assert what in refused.problem.what


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with Refused() as refused:
        read_table(tmp_path / "nowhere.csv")
    assert refused.problem.what == "the file does not exist"
    with Refused() as refused:
        read_table(tmp_path)
    assert refused.problem.what == "this is a folder, not a file"


def parquet(tmp_path, **columns) -> str:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_typed_parquet_columns_are_numbers_and_texts(tmp_path):
    table = read_table(
        parquet(
            tmp_path,
            whole=pa.array([1, None, 3]),
            small=pa.array([1, 2, 3], pa.uint8()),
            real=[1.0, float("nan"), 2.5],
            text=["١", " 2 ", None],
            dictionary=pa.array(["4", "5", "4"]).dictionary_encode(),
            coded=pa.array([4, 5, 4]).dictionary_encode(),
            truth=[True, None, False],
            nothing=pa.nulls(3),
            long=pa.array(["a", "b", "c"], pa.large_string()),
        )
    )
    nan = np.nan
    numbers = {
        "whole": [1, nan, 3],
        "small": [1, 2, 3],
        "real": [1, nan, 2.5],
        "text": [1, 2, nan],
        "dictionary": [4, 5, 4],
        "coded": [4, 5, 4],
        "truth": [1, nan, 0],
        "nothing": [nan, nan, nan],
    }
    for name, expected in numbers.items():
        np.testing.assert_array_equal(table.numbers(name), expected, err_msg=name)
    assert columns_of(table) == {
        "whole": ["1", "", "3"],
        "small": ["1", "2", "3"],
        "real": ["1", "", "2.5"],
        "text": ["١", "2", ""],
        "dictionary": ["4", "5", "4"],
        "coded": ["4", "5", "4"],
        "truth": ["true", "", "false"],
        "nothing": ["", "", ""],
        "long": ["a", "b", "c"],
    }


def test_a_parquet_column_that_holds_no_numbers_is_refused_by_its_type(tmp_path):
    table = read_table(parquet(tmp_path, day=[datetime.date(2026, 1, 1)], many=[[1, 2]], code=["a"], endless=[float("inf")]))
    for column, what in (
        ("day", "it holds date32[day]"),
        ("many", "it holds list"),
        ("code", "'a' is not a number"),
        ("endless", "infinity"),
    ):
        with Refused() as refused:
            table.numbers(column)
        assert what in refused.problem.what
        assert refused.problem.column == column
    with Refused() as refused:
        table.texts("many")
    assert "it holds list" in refused.problem.what
    with Refused() as refused:
        table.numbers("code")
    assert str(refused.problem).endswith(
        "column code, row 1: the value 'a' is not a number; write a number or leave the cell blank."
    )


@pytest.mark.parametrize(
    ("content", "what"), [(b"PAR1 and no more", "the Parquet file is damaged"), (b"a,b\n1,2\n", "this is not a Parquet file")]
)
def test_a_broken_parquet_file_is_refused(tmp_path, content, what):
    with Refused() as refused:
        read_table(put(tmp_path, content, "table.parquet"))
    assert refused.problem.what == what


def test_a_parquet_file_that_breaks_off_is_refused(tmp_path):
    path = parquet(tmp_path, a=list(range(1000)))
    path.write_bytes(path.read_bytes()[:-20])
    with Refused() as refused:
        read_table(path)
    assert refused.problem.what == "the Parquet file is damaged"


def test_a_parquet_file_without_rows_is_refused(tmp_path):
    with Refused() as refused:
        read_table(parquet(tmp_path, a=pa.array([], pa.int64())))
    assert refused.problem.what == "the table has no rows"


def test_a_file_may_have_any_name(tmp_path):
    assert read_table(write(tmp_path / "table", "a,b\n1,2\n")).columns == ("a", "b")


@pytest.mark.parametrize("content", [b"", b"channel,score\n007,1.50\n"])
def test_what_arrow_reads_is_its_own_and_none_of_pythons(content):
    held = bytes(bytearray(content))
    before = sys.getrefcount(held)
    buffer = owned(memoryview(held))
    assert buffer.to_pybytes() == content
    assert sys.getrefcount(held) == before
