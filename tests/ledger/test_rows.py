"""The auditor's rows: the statistics that were rated follow from them, and both audiences share one fingerprint."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marsad.core.problem import Problem
from marsad.core.scheme import Raters
from marsad.core.second import Round, Wave
from marsad.lake.answers import Answers, reduce_answers
from marsad.ledger import verify
from marsad.ledger.rows import reduce_rows
from tests.lake.build import indicator, scheme
from tests.ledger.build import PUBLIC_KEY, Made, bundle, evidence, made


def parquet(columns: dict[str, np.ndarray]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def answered(*, value: float = 2.0) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return rows of the first question of the survey, with an invalid one, and the n and means they come to."""
    generator = np.random.default_rng(5)
    n = np.array([40] * 12)
    n[2] = 3
    subject = np.repeat([f"p-{place + 1:02d}" for place in range(12)], n)
    answers = generator.integers(1, 6, subject.size).astype(float)
    answers[0] = value
    means = np.array([answers[subject == f"p-{place + 1:02d}"].mean() for place in range(12)])
    columns = {
        "subject": np.append(subject, "p-01"),
        "indicator": np.full(subject.size + 1, "happy"),
        "value": np.append(answers, 1.0),
        "weight": np.ones(subject.size + 1),
        "valid": np.append(np.full(subject.size, ""), "duplicate"),
        "respondent": np.array([f"person-{number}" for number in range(subject.size + 1)]),
    }
    return columns, n.astype(float), means


@pytest.fixture
def asked(tmp_path) -> tuple[Made, bytes]:
    """Return ports whose first question was rated from rows, and the rows."""
    columns, n, means = answered()
    known = evidence()
    values, counts = known.values.copy(), known.n.copy()
    values[:, 3], counts[:, 3] = means, n
    return made(tmp_path, replace(known, values=values, n=counts)), parquet(columns)


def test_the_statistics_follow_from_the_rows(asked, tmp_path):
    ports, rows = asked
    frozen = ports.freeze(rows={"survey.parquet": rows})
    report = verify(bundle(tmp_path / "auditors.zip", frozen, audience="auditor"), [PUBLIC_KEY])
    assert report.holds
    assert str(report["rows"]) == "12 cells follow from 443 valid rows."


def test_what_the_second_wave_says_follows_from_rows_of_its_own(asked, tmp_path):
    ports, rows = asked
    columns, n, means = answered(value=1.0)
    drawn = Round(*(ports.rating.evidence.channels == code for code in ("p-01", "p-02")))
    nothing = np.full(ports.rating.evidence.values.shape, np.nan)
    values, counts = nothing.copy(), nothing.copy()
    values[:2, 3], counts[:2, 3] = means[:2], n[:2]
    wave = Wave(replace(ports.rating.evidence, values=values, n=counts, se=nothing, raters=nothing), drawn)
    mine = np.isin(columns["subject"], ["p-01", "p-02"])
    for value, state in ((1.0, "whole"), (5.0, "broken")):
        found, *_ = answered(value=value)
        again = parquet({name: column[mine] for name, column in found.items()})
        frozen = ports.freeze(rows={"survey.parquet": rows}, wave=wave, wave_rows={"survey.parquet": again})
        report = verify(bundle(tmp_path / f"{state}.zip", frozen, audience="auditor"), [PUBLIC_KEY])
        assert report["rows"].state == state
    assert "happy of channel p-01 does not follow from its rows" in str(report["rows"])


def test_rows_that_nobody_was_invited_to_give_count_where_the_standard_says_so(asked):
    ports, _ = asked
    columns, n, means = answered()
    asked_of = np.append(columns["subject"] == "p-01", [True] * 3)
    anybody = {"subject": "p-01", "indicator": "happy", "value": 5.0, "weight": 1.0, "valid": "", "respondent": "kiosk"}
    columns = {name: np.append(column, [anybody[name]] * 3) for name, column in columns.items()}
    columns["instrument"] = np.where(np.arange(asked_of.size) < asked_of.size - 3, "ask@1", "ask@1+open.kiosk-1")
    theirs = [("survey.parquet", parquet(columns))]
    channels, ours = ports.rating.evidence.channels, ports.rating.tree.scheme
    for invited_only, count in ((True, n[0]), (False, n[0] + 3)):
        found = reduce_rows(replace(ours, invited_only=invited_only), channels, theirs)
        assert found.n[0, 3] == count
    assert reduce_rows(replace(ours, invited_only=True), channels, theirs).value[:, 3] == pytest.approx(means)


def test_both_audiences_share_the_fingerprint_and_the_public_sees_no_row(asked, tmp_path):
    ports, rows = asked
    frozen = ports.freeze(rows={"survey.parquet": rows})
    public = verify(bundle(tmp_path / "public.zip", frozen), [PUBLIC_KEY])
    auditors = verify(bundle(tmp_path / "auditors.zip", frozen, audience="auditor"), [PUBLIC_KEY])
    assert public.fingerprint == auditors.fingerprint
    assert public["rows"].state == "unchecked"
    assert b"person-" not in (tmp_path / "public.zip").read_bytes()
    assert 443 not in frozen.publication.counts.values()


def test_changed_rows_are_named(asked, tmp_path):
    ports, rows = asked
    frozen = ports.freeze(rows={"survey.parquet": rows})
    folder = bundle(tmp_path / "auditors", frozen, audience="auditor")
    columns, *_ = answered(value=5.0)
    (folder / "rows/survey.parquet").write_bytes(parquet(columns))
    report = verify(folder, [PUBLIC_KEY])
    assert "rows/survey.parquet or the secret was changed" in str(report["sealed"])
    assert "happy of channel p-01 does not follow from its rows" in str(report["rows"])


def test_damaged_rows_are_named(asked, tmp_path):
    ports, rows = asked
    folder = bundle(tmp_path / "auditors", ports.freeze(rows={"survey.parquet": rows}), audience="auditor")
    (folder / "rows/survey.parquet").write_bytes(rows[:-50])
    assert "the Parquet file is damaged" in str(verify(folder, [PUBLIC_KEY])["rows"])


@pytest.mark.parametrize("change", ["weights that were raked", "other columns", "an unknown subject"])
def test_rows_that_are_no_plain_means_are_sealed_and_not_reckoned_with(asked, tmp_path, change):
    ports, _ = asked
    columns, *_ = answered()
    if change == "other columns":
        del columns["weight"]
    elif change == "an unknown subject":
        columns["subject"] = np.where(columns["subject"] == "p-02", "q-02", columns["subject"])
    else:
        columns["weight"] = np.linspace(1, 2, columns["weight"].size)
    frozen = ports.freeze(rows={"survey.parquet": parquet(columns)})
    report = verify(bundle(tmp_path / "auditors", frozen, audience="auditor"), [PUBLIC_KEY])
    assert report.holds
    assert report["rows"].state == "unchecked"


def test_statistics_without_severity_follow_from_rows_that_name_their_raters():
    made = np.random.default_rng(3)
    channels, raters = np.array([f"p-{place + 1:02d}" for place in range(12)]), 5
    subject, rater = np.repeat(np.arange(12), 8), made.integers(raters, size=96)
    value = np.clip(6 + made.standard_normal(96) + np.linspace(-2, 2, raters)[rater], 0, 10)
    standard = scheme(indicator("clean", source="visit", scale=(0, 10)), raters=Raters(("visit",)))
    columns = {"subject": channels[subject], "indicator": np.full(96, "clean"), "value": value}
    columns |= {"weight": np.ones(96), "valid": np.full(96, ""), "rater": np.array([f"r-{one}" for one in rater])}
    halves = [parquet({name: column[part] for name, column in columns.items()}) for part in (slice(0, 50), slice(50, None))]
    found = reduce_rows(standard, channels, [("a.parquet", halves[0]), ("b.parquet", halves[1])])
    again = reduce_answers(Answers(subject, value, np.ones(96), rater), standard, 12)
    assert found is not None
    assert found.value == pytest.approx(again.value)
    assert np.abs(found.value[:, 0] - [value[subject == place].mean() for place in range(12)]).max() > 0.1


def test_rows_from_files_are_the_same_as_rows_from_memory(asked, tmp_path):
    ports, rows = asked
    path = tmp_path / "survey.parquet"
    path.write_bytes(rows)
    frozen = ports.freeze(rows={"survey.parquet": path})
    assert frozen.fingerprint == ports.freeze(rows={"survey.parquet": rows}).fingerprint
    for name in ("auditors", "auditors.zip"):
        assert verify(bundle(tmp_path / name, frozen, audience="auditor"), [PUBLIC_KEY]).holds


def test_a_file_of_rows_has_a_plain_name(ports):
    with pytest.raises(Problem, match="no name of a file of rows"):
        ports.freeze(rows={"../survey.parquet": b""})


def test_medians_of_durations_follow_from_rows_that_tell_which_cases_still_run():
    dice = np.random.default_rng(3)
    subject = np.repeat(np.arange(4), 30)
    days, running = np.exp(dice.normal(2, 0.6, 120)).round(1) + 0.5, dice.random(120) < 0.2
    channels = np.array([f"p-{place + 1:02d}" for place in range(4)])
    standard = scheme(indicator("days", scale=(0.5, 400), duration=True))
    columns = {"subject": channels[subject], "indicator": np.full(120, "days"), "value": days, "weight": np.ones(120)}
    columns |= {"valid": np.full(120, ""), "instrument": np.where(running, "permit@1+running", "permit@1")}
    known = reduce_answers(Answers(subject, days, np.ones(120), np.full(120, -1)), standard, 4, running)
    halves = [parquet({name: column[part] for name, column in columns.items()}) for part in (slice(0, 50), slice(50, None))]
    found = reduce_rows(standard, channels, [("a.parquet", halves[0]), ("b.parquet", halves[1])])
    assert found is not None
    np.testing.assert_array_equal(found.value, known.value)
    assert found.n[:, 0].tolist() == [30] * 4
    del columns["instrument"]
    unaware = reduce_rows(standard, channels, [("a.parquet", parquet(columns))])
    assert unaware is not None
    assert (unaware.value < found.value).all()
