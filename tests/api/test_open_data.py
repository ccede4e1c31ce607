"""Open data: the same table in three forms, streamed, with every column explained, for pages of any site."""

import csv
import io
import json
import tracemalloc

import pyarrow.parquet as pq
import pytest

from marsad.api.written import Grid, pieces
from marsad.catalogue.actions import import_catalogue
from marsad.ratings.tables import dictionary, tables
from tests import world
from tests.api.build import PROBLEM, Api
from tests.world import NOW


def body(answer) -> bytes:
    return answer.getvalue()


def csv_rows(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode())))


def test_a_table_says_the_same_in_every_form(country):
    by_csv = csv_rows(Api().get("/open/channels.csv"))
    by_json = json.loads(body(Api().get("/open/channels.json")))
    parquet = pq.read_table(io.BytesIO(body(Api().get("/open/channels.parquet")))).to_pylist()
    assert [row["code"] for row in by_csv] == ["harbour-app", "harbour-centre", "land-centre"]
    assert parquet == [{**row, "active_from": None, "active_to": None} for row in by_json]
    words = {None: "", True: "yes", False: "no"}
    for plain, typed in zip(by_csv, by_json, strict=True):
        assert {name: words[value] if value in (None, True, False) else str(value) for name, value in typed.items()} == plain
    assert by_json[1]["latitude"] == 25.26
    assert by_json[0]["partner_run"] is False
    assert by_json[0]["accessible"] is None


def test_channels_taken_out_can_be_brought_in_again_and_change_nothing(country, tmp_path):
    path = tmp_path / "channels.csv"
    path.write_bytes(body(Api().get("/open/channels.csv")))
    report = import_catalogue(by=world.aisha(), path=path, at=NOW)["channel"]
    assert (report.added, report.changed, report.unchanged) == ((), (), 3)


@pytest.mark.parametrize("table", [name for name, table in tables().items() if table.of == "catalogue"])
def test_every_table_has_the_columns_of_the_dictionary_in_their_order(country, table):
    [header] = list(csv.reader(io.StringIO(body(Api().get(f"/open/{table}.csv")).decode())))[:1]
    assert header == [column for of, column, *_rest in dictionary() if of == table]


def test_the_dictionary_explains_every_column_in_both_languages(db):
    rows = csv_rows(Api().get("/open/dictionary.csv"))
    assert rows == [dict(zip(["table", "column", "type", "ar", "en"], row, strict=True)) for row in dictionary()]
    assert all(row["ar"].strip() and row["en"].strip() for row in rows)
    assert {row["type"] for row in rows} <= {"text", "number", "whole", "flag", "day"}
    listed = Api().get("/open").json()
    assert [(table["name"], column["name"]) for table in listed for column in table["columns"]] == [
        (row["table"], row["column"]) for row in rows
    ]


def test_every_address_that_is_listed_is_there(country):
    for table in Api().get("/open").json():
        for address in table["addresses"]:
            if "{" not in address:
                assert Api().get(address.removeprefix("/api/v1")).status_code == 200


def test_an_empty_table_is_whole_in_every_form(db):
    assert body(Api().get("/open/entities.csv")) == b"code,name_ar,name_en,active_from,active_to\n"
    assert json.loads(body(Api().get("/open/entities.json"))) == []
    assert pq.read_table(io.BytesIO(body(Api().get("/open/entities.parquet")))).num_rows == 0


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_what_has_not_changed_is_not_sent_again(country, form):
    first = Api().get(f"/open/channels.{form}")
    assert int(first["Content-Length"]) == len(body(first))
    again = Api().get(f"/open/channels.{form}", if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_form_or_table_that_is_not_there_is_not_found(db):
    for path in ("/open/channels.xml", "/open/people.csv", "/open/channels", "/open/ratings.csv"):
        answer = Api().get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


def test_pages_of_other_sites_may_read_open_data_and_nothing_else(country):
    origin = {"origin": "https://elsewhere.example"}
    for path in ("/open", "/open/channels.csv", "/open/people.csv"):
        assert Api().get(path, **origin)["Access-Control-Allow-Origin"] == "*"
    closed = [("GET", "/channels"), ("POST", "/open"), ("OPTIONS", "/channels"), ("GET", "/openapi.json")]
    for answer in (Api().ask(method, path, **origin) for method, path in closed):
        assert "Access-Control-Allow-Origin" not in answer


def test_open_data_asks_nobody_who_they_are(country):
    assert Api("marsad_no_good").get("/open/channels.csv").status_code == 200


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_large_table_is_never_whole_in_memory(form):
    rows = ([f"channel-{number}", "1.5"] for number in range(200_000))
    tracemalloc.start()
    size = sum(map(len, pieces(Grid({"channel": "text", "score": "number"}, rows), form)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 3_000_000
    assert peak < 500_000
