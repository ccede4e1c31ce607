"""A folder of files is one body of evidence."""

import gzip
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from marsad.lake.evidence import read_evidence
from tests.lake.build import Refused, cells, scheme, write

NAN = math.nan


def test_files_of_every_sort_are_read_by_name(tmp_path):
    write(tmp_path / "b.csv", "channel,waiting,name_en\nB,3,Bay\nC,4,Cape\n")
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(b"channel,indicator,value\nD,waiting,5\nA,waiting,6\nA,waiting,8\n"))
    pq.write_table(pa.table({"channel": ["A", "B"], "clarity": [1, 2]}), tmp_path / "a.parquet")
    for name in ("notes.txt", ".hidden.csv", "~$open.csv"):
        write(tmp_path / name, "no table")
    (tmp_path / "deeper.csv").mkdir()
    reading = read_evidence(tmp_path, scheme())
    assert [file.name for file in reading.files] == ["a.parquet", "b.csv", "c.csv.gz"]
    assert reading.evidence.channels.tolist() == ["A", "B", "C", "D"]
    np.testing.assert_array_equal(reading.evidence.values, [[1, 7], [2, 3], [NAN, 4], [NAN, 5]])
    assert reading.names["name_en"].tolist() == ["", "Bay", "Cape", ""]


def test_one_file_may_say_what_channels_are_and_another_their_values(tmp_path):
    write(tmp_path / "channels.csv", "channel,kind,name_en\nA,app,Bus\nB,site,Port\n")
    write(tmp_path / "visits.csv", "channel,clarity,waiting\nB,1,2\nA,3,4\n")
    reading = read_evidence(tmp_path, scheme(kinds=("app", "site")))
    assert cells(reading) == {"A": [3, 4], "B": [1, 2]}
    assert reading.evidence.kinds.tolist() == ["app", "site"]


def test_the_same_value_may_be_said_twice_but_not_two_values(tmp_path):
    write(tmp_path / "a.csv", "channel,clarity,waiting\nA,1,2\nB,3,\n")
    second = write(tmp_path / "b.csv", "channel,clarity,clarity__n,waiting\nB,3,9,4\nA,1,,2\n")
    assert cells(read_evidence(tmp_path, scheme())) == {"A": [1, 2], "B": [3, 4]}
    write(second, "channel,clarity\nB,3\nA,5\n")
    with Refused() as refused:
        read_evidence(tmp_path, scheme())
    assert refused.problem.what == "channel 'A' has 5 here and 1 in another file"
    assert refused.place == ("b.csv", 3, "clarity")


def test_a_value_in_a_wide_and_in_a_long_file_is_refused(tmp_path):
    write(tmp_path / "wide.csv", "channel,clarity,waiting\nA,1,2\n")
    for text, what in (
        ("channel,indicator,value,n\nA,clarity,1,9\n", "clarity of channel 'A' is given twice"),
        ("channel,indicator,value\nA,clarity,1\n", "clarity of channel 'A' has raw answers and an aggregate"),
    ):
        write(tmp_path / "long.csv", text)
        with Refused() as refused:
            read_evidence(tmp_path, scheme())
        assert refused.problem.what == what
        assert refused.place == ("long.csv", 2, "value")


def test_an_aggregate_given_in_two_files_is_refused(tmp_path):
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, "channel,indicator,value,n\nA,waiting,1,9\nA,clarity,1,9\n")
    with Refused() as refused:
        read_evidence(tmp_path, scheme())
    assert refused.place == ("b.csv", 2, "value")


def test_a_rater_in_two_files_is_one_person(tmp_path):
    write(tmp_path / "a.csv", "channel,indicator,value,rater\nA,clarity,1,Lin\nA,clarity,2,Omar\n")
    write(tmp_path / "b.csv", "channel,indicator,value,rater\nA,clarity,3,Lin\nA,waiting,3,Lin\n")
    write(tmp_path / "c.csv", "channel,indicator,value\nA,clarity,6\n")
    evidence = read_evidence(tmp_path, scheme()).evidence
    np.testing.assert_array_equal(evidence.values, [[3, 3]])
    np.testing.assert_array_equal(evidence.n, [[4, 1]])
    np.testing.assert_array_equal(evidence.raters, [[2, 1]])


def test_long_files_may_call_the_channel_channel_where_wide_ones_do_not(tmp_path):
    write(tmp_path / "a.csv", "centre,clarity\nA,1\n")
    write(tmp_path / "b.csv", "channel,indicator,value\nA,waiting,2\n")
    assert cells(read_evidence(tmp_path, scheme(), id_column="centre")) == {"A": [1, 2]}


def test_a_problem_names_the_file_of_the_folder(tmp_path):
    write(tmp_path / "a.csv", "channel,clarity,waiting\nA,1,2\n")
    write(tmp_path / "b.csv", "centre,clarity\nA,1\n")
    with Refused() as refused:
        read_evidence(tmp_path, scheme())
    assert refused.place == ("b.csv", None, None)


def test_a_folder_without_tables_is_said(tmp_path):
    with Refused() as refused:
        read_evidence(tmp_path, scheme())
    assert refused.problem.what == "the folder has no table in it"
