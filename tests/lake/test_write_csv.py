"""Results are written with the same bytes every time, and read back as they were."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marsad.lake.output import write_csv
from marsad.lake.tables import read_table


def written(tmp_path, columns) -> str:
    path = tmp_path / "out.csv"
    write_csv(path, columns)
    return path.read_bytes().decode()


def test_numbers_are_short_and_missing_ones_blank(tmp_path):
    columns = {
        "channel": np.array(["a", "b", "c"]),
        "score": np.array([0.1 + 0.2, 80.0, np.nan]),
        "star": np.array([3.5, 4.0, np.nan]),
        "rank": np.array([1, 2, 3]),
        "zero": np.array([-0.0, 0.0, 1e-9]),
        "rated": np.array([True, False, True]),
    }
    assert written(tmp_path, columns) == (
        "channel,score,star,rank,zero,rated\na,0.30000000000000004,3.5,1,0,true\nb,80,4,2,0,false\nc,,,3,1e-9,true\n"
    )


def test_texts_are_quoted_only_where_needed(tmp_path):
    texts = ["plain", "a,b", 'say "yes"', "two\nlines", "", "مركز"]
    assert written(tmp_path, {"x": np.array(texts), "a,b": np.arange(6)}) == (
        'x,"a,b"\nplain,0\n"a,b",1\n"say ""yes""",2\n"two\nlines",3\n,4\nمركز,5\n'
    )


def test_lists_and_none_are_written_too(tmp_path):
    assert written(tmp_path, {"x": ["a", "b"], "n": [1, 2]}) == "x,n\na,1\nb,2\n"
    assert written(tmp_path, {"x": np.array(["a", None], dtype=object)}) == 'x\na\n""\n'


def test_a_table_without_rows_is_its_header(tmp_path):
    assert written(tmp_path, {"x": np.array([]), "y": np.array([], dtype=str)}) == "x,y\n"


def test_columns_of_different_length_are_a_mistake(tmp_path):
    with pytest.raises(ValueError, match="different shapes"):
        write_csv(tmp_path / "out.csv", {"x": [1, 2], "y": [1]})
    with pytest.raises(ValueError, match="infinity"):
        write_csv(tmp_path / "out.csv", {"x": [np.inf]})


def test_long_tables_are_written_piece_by_piece(tmp_path, monkeypatch):
    columns = {"x": np.arange(10) / 3, "y": np.array([f"t,{place}" for place in range(10)])}
    whole = written(tmp_path, columns)
    monkeypatch.setattr("marsad.lake.output.ROWS_AT_A_TIME", 3)
    assert written(tmp_path, columns) == whole


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.floats(allow_infinity=False)), max_size=20
    )
)
def test_what_is_written_is_read_back(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("out") / "out.csv"
    texts, numbers = [text for text, _ in lines], np.array([number for _, number in lines])
    write_csv(path, {"text": np.array(texts, dtype=object), "number": numbers})
    header, *found = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
    assert header == ["text", "number"]
    assert [text for text, _ in found] == texts
    np.testing.assert_array_equal([float(number or "nan") for _, number in found], numbers)


def test_its_own_files_are_read_by_the_lake(tmp_path):
    values = np.random.default_rng(1).normal(size=1000) * 10.0 ** np.arange(1000).repeat(1)[::-1].clip(0, 20)
    write_csv(tmp_path / "out.csv", {"channel": np.arange(1000), "x": values})
    np.testing.assert_array_equal(read_table(tmp_path / "out.csv").numbers("x"), values)
