"""Freezing: what is published and what is sealed."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from marsad.core.disclosure import Policy
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.ledger import Meta, freeze, read_standard, verify
from marsad.ledger.rating_tables import nodes_table, ratings_table
from marsad.ledger.statistics import csv_of
from marsad.standards import Text, names
from tests.ledger.build import PUBLIC_KEY, STANDARD, bundle, evidence, made, write_standard


def test_a_small_cell_is_nowhere_in_what_the_public_gets(frozen, ports):
    assert ports.rating.evidence.values[2, 3] == 2.333333333333333
    for name, content in frozen.files.items():
        assert b"2.3333333" not in content, name
    assert b"2.3333333" in frozen.sealed["full/evidence.csv"]


def test_the_publication_says_what_was_hidden(frozen):
    said = json.loads(frozen.publication.content)
    assert said["disclosure"]["cells"] == {"exact": 69, "pooled": 2, "withheld": 0} or said["disclosure"]["cells"]["pooled"] == 2
    assert said["disclosure"]["least"] == 5
    assert [entry["name"] for entry in said["sealed"]] == ["full/evidence.csv", "full/nodes.csv", "full/ratings.csv"]
    assert all(set(entry) == {"name", "commitment"} for entry in said["sealed"])


def test_commitments_cannot_be_guessed_without_the_secret(ports, frozen):
    other = freeze(
        ports.rating,
        ports.source,
        Meta(
            "ports-1", "2026", Text("نتائج الموانئ", "Results of the ports"), "2026-11-21T08:00:00Z", Settings(seed=3, draws=400)
        ),
        secret=bytes(32),
    )
    assert other.files == frozen.files
    ours, theirs = (one.publication for one in (frozen, other))
    assert ours.files == theirs.files
    assert {entry.commitment for entry in ours.sealed} & {entry.commitment for entry in theirs.sealed} == set()
    assert ours.trees["full/evidence.csv"].root != theirs.trees["full/evidence.csv"].root


def test_without_small_cells_the_public_gets_everything(tmp_path):
    known = evidence()
    ports = made(tmp_path, replace(known, n=np.where(known.n < 5, 50.0, known.n)))
    frozen = ports.freeze()
    assert [entry.name for entry in frozen.publication.sealed] == []
    report = verify(bundle(tmp_path / "public", frozen), [PUBLIC_KEY])
    assert report["evidence"].state == "whole"
    assert list(map(str, report.remarks)) == ["no cell is hidden: everybody can recompute every star"]


def test_the_report_says_what_cannot_be_recomputed(tmp_path):
    known = evidence()
    n = known.n.copy()
    n[5, [0, 1, 3, 4, 5]] = 3
    ports = made(tmp_path, replace(known, n=n))
    report = verify(bundle(tmp_path / "public", ports.freeze()), [PUBLIC_KEY])
    assert report.holds
    assert "of 1 channels the public sees the star alone" in map(str, report.remarks)
    assert str(report["stars"]) == "11 stars follow from the evidence by the standard."
    auditors = verify(bundle(tmp_path / "auditors", ports.freeze(), audience="auditor"), [PUBLIC_KEY])
    assert str(auditors["stars"]) == "12 stars follow from the evidence by the standard."


def test_a_policy_may_be_stricter(tmp_path):
    frozen = made(tmp_path).freeze(policy=Policy(least=20, open_sources=()))
    report = verify(bundle(tmp_path / "auditors", frozen, audience="auditor"), [PUBLIC_KEY])
    assert report.holds
    assert frozen.publication.disclosure.cells["exact"] < 60


@pytest.mark.parametrize("name", names())
def test_every_shipped_standard_goes_into_a_bundle_byte_for_byte(name):
    source = read_standard(name)
    assert source.main == f"{name}.toml"
    assert all(content for content in source.files.values())


def test_an_instrument_outside_the_standards_folder_is_refused(tmp_path):
    path = write_standard(tmp_path / "standards")
    (tmp_path / "voice.toml").write_bytes((tmp_path / "standards/ports/voice.toml").read_bytes())
    path.write_text(path.read_text(encoding="utf-8").replace("ports/voice.toml", "../voice.toml"), encoding="utf-8")
    with pytest.raises(Problem, match="not beside the standard"):
        read_standard(str(path))


def test_identifiers_with_commas_quotation_marks_and_arabic_hold(tmp_path):
    known = evidence()
    channels = np.array([f'ميناء "{place}", القديم' for place in range(12)])
    frozen = made(tmp_path, replace(known, channels=channels)).freeze()
    assert verify(bundle(tmp_path / "auditors.zip", frozen, audience="auditor"), [PUBLIC_KEY]).holds


def test_a_secret_is_as_long_as_it_must_be(ports):
    with pytest.raises(ValueError, match="32 bytes"):
        freeze(ports.rating, ports.source, Meta("a", "b", Text("أ", "a"), "", Settings()), secret=b"")


def test_the_public_tables_are_those_of_the_rating_that_everybody_sees(ports, frozen):
    standard = ports.source.standard
    assert frozen.files["ratings.csv"] == csv_of(ratings_table(frozen.rating, standard, "en"))
    assert frozen.files["nodes.csv"] == csv_of(nodes_table(frozen.rating, standard))
    assert frozen.sealed["full/ratings.csv"] == csv_of(ratings_table(ports.rating, standard, "en"))


def test_what_severities_leave_in_doubt_is_published_and_recomputed_but_of_small_cells(tmp_path):
    known = evidence()
    doubt = np.where(np.arange(6) < 2, 0.4, 0.0) * np.ones(known.values.shape)
    few = np.arange(12)[:, None] + np.arange(6) == 1  # one question of two channels
    known = replace(known, se=np.hypot(known.se, doubt), n=np.where(few, 3.0, known.n), doubt=doubt)
    ports = made(tmp_path, known, STANDARD + '[raters]\nadjusted = ["visit"]\n')
    frozen = ports.freeze()
    report = verify(bundle(tmp_path / "public", frozen), [PUBLIC_KEY])
    assert report.holds
    assert [report[check].state for check in ("stars", "chances")] == ["whole", "whole"]
    shown = read(frozen.files["evidence.csv"])
    assert {(row["indicator"], row["doubt"]) for row in shown if row["state"] == "exact" and row["doubt"]} == VISITED
    assert {row["doubt"] for row in shown if row["state"] != "exact"} == {""}
    assert [row["doubt"] for row in read(frozen.sealed["full/evidence.csv"]) if row["indicator"] == "desk"] == ["0.4"] * 12
    assert verify(bundle(tmp_path / "auditors", frozen, audience="auditor"), [PUBLIC_KEY]).holds


VISITED = {("queue", "0.4"), ("desk", "0.4")}


def read(content):
    """The rows of a table by column."""
    return list(csv.DictReader(content.decode().splitlines()))


def test_what_is_estimated_by_itself_is_recomputed_from_the_evidence_as_it_was(tmp_path):
    text = STANDARD.replace('code = "queue"', 'code = "queue"\nminimum_n = 5') + '[estimates]\none_at_a_time = ["queue"]\n'
    ports = made(tmp_path, evidence(), text)
    assert (ports.rating.evidence.values == evidence().values)[:, 0].all()
    assert (ports.rating.prepared.estimated != evidence().values)[:, 0].all()
    report = verify(bundle(tmp_path / "public", ports.freeze()), [PUBLIC_KEY])
    assert report.holds
    assert [report[check].state for check in ("stars", "chances")] == ["whole", "whole"]
