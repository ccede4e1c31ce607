"""Engines read the files they are given and nothing else."""

import duckdb as bare
import pyarrow.parquet as pq
import pytest

from marsad.core.problem import Problem
from marsad.lake.engines import DuckDB, Spark, engine_at, literal
from marsad.lake.store import Lake
from tests.lake.evidence_made import NOW, answer, rows

pytestmark = pytest.mark.filterwarnings("ignore:::pyspark", "ignore:::ibis")


@pytest.fixture
def files(tmp_path):
    lake = Lake(tmp_path / "it's a lake")
    return [lake.root / file.path for file in lake.add(rows(answer(), answer(source="visit")), at=NOW).entry.files]


@pytest.fixture
def sealed(duckdb, files):
    backend = duckdb.sealed(files[:1])
    yield backend.con
    backend.disconnect()


def test_a_sealed_connection_reads_its_files(sealed):
    assert sealed.execute("SELECT count(*) FROM evidence").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{other}')",
        "SELECT * FROM '{other}'",
        "SELECT * FROM read_parquet('{folder}/*.parquet')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_csv('{folder}/../secret.txt')",
        "SELECT * FROM glob('{folder}/*')",
        "COPY (SELECT 1) TO '{folder}/new.parquet'",
        "COPY (SELECT 1) TO '{folder}/new.csv' (USE_TMP_FILE false)",
        "EXPORT DATABASE '{folder}/dump'",
        "ATTACH '{folder}/new.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM 'https://example.org/evidence.parquet'",
        "SET enable_external_access = true",
        "SET allowed_paths = ['{secret}']",
        "RESET lock_configuration",
    ],
)
def test_sql_in_a_sealed_connection_can_reach_nothing_else(sealed, files, tmp_path, sql):
    secret = tmp_path / "secret.txt"
    secret.write_text("the true quality")
    places = {"other": files[1], "folder": files[0].parent, "secret": secret}
    quoted = {name: str(path).replace("'", "''") for name, path in places.items()}
    with pytest.raises(bare.Error):
        sealed.execute(sql.format(**quoted)).fetchall()
    assert sorted(path.name for path in files[0].parent.iterdir()) == [files[0].name]


def test_python_variables_are_not_tables(sealed, files):
    hidden = pq.read_table(files[1])
    assert hidden.num_rows
    with pytest.raises(bare.Error):
        sealed.execute("SELECT * FROM hidden")


def test_memory_threads_and_spilling_are_what_was_asked(files, tmp_path):
    con = DuckDB(memory="300MB", threads=1, spill=tmp_path).sealed(files).con
    settings = con.execute(
        "SELECT current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')"
    )
    assert settings.fetchall() == [("286.1 MiB", 1, str(tmp_path))]


def test_without_a_place_to_spill_nothing_is_spilled(files):
    assert DuckDB().sealed(files).con.execute("SELECT current_setting('temp_directory')").fetchall() == [("",)]


def test_an_empty_address_is_duckdb_here():
    assert engine_at("", memory="1GB", threads=3) == DuckDB(memory="1GB", threads=3)


def test_an_address_of_spark_is_spark():
    assert engine_at("sc://lake.example:15002") == Spark("sc://lake.example:15002")


@pytest.mark.parametrize("address", ["spark://lake:7077", "duckdb", "sc://"])
def test_any_other_address_is_a_problem(address):
    with pytest.raises(Problem, match="is no engine"):
        engine_at(address)


def test_a_server_that_does_not_answer_is_said():
    with pytest.raises(Problem, match=r"no Spark Connect server answers at sc://127\.0\.0\.1:9;"):
        _ = Spark("sc://127.0.0.1:9").session


def test_a_look_through_spark_leaves_no_view_behind(spark, files):
    with spark.reading(files) as session:
        assert session.run(session.evidence.count().name("n").as_table())["n"].tolist() == [2]
    assert [table.name for table in spark.session.catalog.listTables() if table.name.startswith("evidence_")] == []


def test_settings_are_written_as_sql():
    assert literal(["it's", "b"]) == "['it''s', 'b']"
    assert literal(True) == "true"
