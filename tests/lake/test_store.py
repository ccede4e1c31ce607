"""The lake as a store: imports are whole or absent, never change, and can be checked for ever."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from marsad.core.problem import Problem
from marsad.lake import store
from marsad.lake.manifest import ADJUSTMENT, manifest_text
from marsad.lake.parts import read_part
from marsad.lake.rows import COLUMNS
from marsad.lake.store import Lake
from tests.lake.evidence_made import NOW, answer, by_chance, rows

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "the lake")


def files_of(lake):
    return sorted(
        path.relative_to(lake.root).as_posix() for path in lake.root.rglob("*") if path.is_file() and path.suffix != ".lock"
    )


def test_evidence_lies_by_source_and_month(lake):
    last, first = datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    made = rows(answer(), answer(source="visit"), answer(at=last), answer(at=first))
    entry = lake.add(made, at=NOW).entry
    assert [file.path for file in entry.files] == [
        f"evidence/source=survey/month=2026-11/{entry.id}.parquet",
        f"evidence/source=survey/month=2026-12/{entry.id}.parquet",
        f"evidence/source=visit/month=2026-11/{entry.id}.parquet",
    ]
    assert entry.counts() == {
        ("survey", "2026-11", "clarity"): 2,
        ("survey", "2026-12", "clarity"): 1,
        ("visit", "2026-11", "clarity"): 1,
    }


def test_a_manifest_tells_what_is_in_the_files(lake):
    entry = lake.add(rows(answer(), answer(valid="too-fast", value=2.5, cycle="2025")), at=NOW, about={"file": "a.csv"}).entry
    [file] = entry.files
    assert (entry.number, entry.kind, entry.created, entry.rows, entry.about) == (
        1,
        "intake",
        NOW.isoformat(),
        2,
        {"file": "a.csv"},
    )
    assert (file.rows, file.invalid, file.spread, file.cycles) == (2, 1, 2, {"2025": 1, "2026": 1})
    assert (file.first, file.last) == ("2026-11-21T12:00:00.000000Z", "2026-11-21T12:00:00.000000Z")
    assert entry.id == entry.content[:26]
    assert lake.imports() == (entry,)


def test_what_goes_in_comes_out_sorted_by_subject_and_indicator(lake):
    made = by_chance(500, source="survey", at=np.datetime64("2026-11-05T10:00:00") + np.arange(500))
    [file] = lake.add(made, at=NOW).entry.files
    back = read_part(lake.root / file.path)
    order = np.lexsort((made.text("indicator"), made.text("subject")))
    for name in ("cycle", "subject", "indicator", "rater", "respondent", "valid"):
        assert back.text(name).tolist() == made.text(name)[order].tolist()
    assert back.numbers["value"].tolist() == made.numbers["value"][order].tolist()
    assert back.at.tolist() == made.at[order].tolist()


def test_files_are_plain_parquet_that_any_tool_reads(lake):
    entry = lake.add(rows(answer()), at=NOW).entry
    table = pq.ParquetFile(lake.root / entry.files[0].path)
    assert table.schema_arrow.names == [*COLUMNS, "import_id"]
    assert str(table.schema_arrow.field("at").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema_arrow.field("subject").type) == "string"
    assert table.metadata.row_group(0).column(0).compression == "ZSTD"
    assert table.read().column("import_id").to_pylist() == [entry.id]


def test_the_same_content_twice_is_the_same_import_and_that_is_said(lake):
    first, again = (lake.add(rows(answer(), answer("port-2")), at=NOW) for _ in range(2))
    assert (first.new, again.new) == (True, False)
    assert first.entry == again.entry
    assert len(lake.imports()) == 1


def test_the_same_content_is_the_same_import_in_every_lake(lake, tmp_path):
    ids = {Lake(tmp_path / name).add(by_chance(100), at=NOW).entry.id for name in ("one", "two")}
    assert ids == {lake.add(by_chance(100), at=NOW).entry.id}


@pytest.mark.parametrize(
    "other", [{"value": 5.0}, {"valid": "too-fast"}, {"subject": "port-2"}, {"weight": 0.5}, {"rater": "Lin"}]
)
def test_other_content_is_another_import(lake, other):
    assert lake.add(rows(answer()), at=NOW).new
    assert lake.add(rows(answer(**other)), at=NOW).new


def test_an_adjustment_made_again_after_another_is_told_apart_by_its_code(lake):
    added = [lake.add(rows(answer()), at=NOW, kind=ADJUSTMENT, about={"adjustment": code}) for code in ("a", "b")]
    assert [one.new for one in added] == [True, True]


def test_nothing_to_add_is_a_problem(lake):
    with pytest.raises(Problem, match="there are no rows to add"):
        lake.add([], at=NOW)


def test_an_import_has_a_moment_with_a_zone(lake):
    with pytest.raises(ValueError, match="time zone"):
        lake.add(rows(answer()), at=datetime(2026, 12, 1))  # noqa: DTZ001  that is the point


def test_progress_is_told_by_the_row(lake):
    told = []
    lake.add(by_chance(200), at=NOW, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (200, 200)
    assert told == sorted(told)


def test_a_version_is_the_imports_in_their_order_with_one_hash(lake):
    ids = [lake.add(by_chance(50, seed), at=NOW).entry.id for seed in (1, 2, 3)]
    whole = lake.version()
    assert whole.imports == tuple(ids)
    assert lake.version(reversed(ids)) == whole
    assert lake.version(ids[:2]).sha256 != whole.sha256
    lake.add(by_chance(50, 4), at=NOW)
    assert lake.version(ids) == whole


def test_a_version_of_an_import_that_is_gone_is_a_problem(lake):
    version = [lake.add(by_chance(50, seed), at=NOW) and lake.version() for seed in (1, 2)][-1]
    lake.manifests()[-1].unlink()
    with pytest.raises(Problem, match=f"the import {version.imports[1]} is not in the lake"):
        Lake(lake.root).of(version)


def test_a_whole_lake_checks(lake):
    lake.add(by_chance(300), at=NOW)
    assert lake.check(rows=True) == ()


def damage_bytes(path):
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def swap_rows(path):
    path.chmod(0o644)
    table = pq.ParquetFile(path).read()
    pq.write_table(table.slice(1), path, store_schema=False)


@pytest.mark.parametrize("damage", [damage_bytes, swap_rows, lambda path: path.unlink(), lambda path: os.truncate(path, 9)])
def test_a_check_names_the_damaged_file(lake, damage):
    entry = lake.add(by_chance(300), at=NOW).entry
    damaged = lake.root / entry.files[3].path
    damage(damaged)
    [problem] = lake.check()
    assert problem.file == damaged
    assert problem.what in ("the file is missing", "the file is not the one that was imported")


def test_a_check_of_rows_finds_them_changed_together_with_the_hashes_of_their_file(lake):
    entry = lake.add(by_chance(300), at=NOW).entry
    path = lake.root / entry.files[0].path
    swap_rows(path)
    forged = replace(entry.files[0], bytes=path.stat().st_size, sha256=store.digest_of(path))
    [manifest] = lake.manifests()
    manifest.chmod(0o644)
    manifest.write_text(manifest_text(replace(entry, files=(forged, *entry.files[1:]))))
    assert lake.check() == ()
    assert [(problem.file, problem.what) for problem in lake.check(rows=True)] == [
        (path, "its rows are not those that were imported")
    ]


@pytest.mark.parametrize("change", [{"rows": 1}, {"kind": "adjustment"}, {"content": "0" * 64}, {"created": "2020-01-01"}])
def test_a_check_names_a_changed_manifest(lake, change):
    lake.add(by_chance(300), at=NOW)
    [path] = lake.manifests()
    path.chmod(0o644)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    [problem] = lake.check()
    assert (problem.file, problem.what) == (path, "the manifest was changed")
    with pytest.raises(Problem, match="the manifest was changed"):
        Lake(lake.root).imports()


def test_a_check_finds_a_removed_import(lake):
    for seed in (1, 2):
        lake.add(by_chance(50, seed), at=NOW)
    lake.manifests()[0].unlink()
    assert [problem.what for problem in lake.check()] == ["it is import 2 where import 1 should be"]


@pytest.mark.parametrize("moment", ["write_part", "flush", "manifest_text"])
def test_an_import_that_fails_leaves_no_import_and_a_sweep_leaves_nothing(lake, monkeypatch, moment):
    before = lake.add(by_chance(50, 9), at=NOW) and files_of(lake)
    calls = iter(range(100))

    def fail(*arguments):
        if next(calls) == 0:
            raise RuntimeError("the power is out")
        return working(*arguments)

    working = getattr(store, moment)
    monkeypatch.setattr(store, moment, fail)
    with pytest.raises(RuntimeError):
        lake.add(by_chance(300), at=NOW)
    assert len(Lake(lake.root).imports()) == 1
    lake.sweep()
    assert files_of(lake) == before
    assert lake.add(by_chance(300), at=NOW).new
    assert lake.check(rows=True) == ()


def test_a_full_disk_is_said(lake, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write_part", full)
    with pytest.raises(Problem, match="the disk is full; nothing was imported"):
        lake.add(by_chance(50), at=NOW)
    assert files_of(lake) == []


HANGING = """
import sys, time
from marsad.lake import store
from tests.lake.evidence_made import NOW, by_chance
store.manifest_text = lambda entry: print("files are in place", flush=True) or time.sleep(600)
store.Lake(sys.argv[1]).add(by_chance(300), at=NOW)
"""


def test_a_killed_import_leaves_nothing_after_a_sweep(lake):
    with subprocess.Popen([sys.executable, "-c", HANGING, str(lake.root)], cwd=ROOT, stdout=subprocess.PIPE) as writer:
        said = writer.stdout.readline()
        placed, swept = list(lake.root.glob("evidence/*/*/*.parquet")), lake.sweep()
        writer.kill()
    assert said == b"files are in place\n"
    assert placed
    assert swept == ()  # somebody was writing
    assert Lake(lake.root).imports() == ()
    assert lake.sweep()
    assert files_of(lake) == []
    assert lake.add(by_chance(300), at=NOW).new


def test_writers_at_the_same_time_lose_nothing_and_repeat_nothing(lake):
    added = []

    def work(seed):
        added.append(Lake(lake.root).add(by_chance(100, seed), at=NOW))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2, 3, 1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.new for one in added) == [False] * 3 + [True] * 3
    assert [entry.number for entry in lake.imports()] == [1, 2, 3]
    assert lake.check(rows=True) == ()
    assert lake.sweep() == ()
