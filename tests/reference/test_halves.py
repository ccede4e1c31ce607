"""Real hospitals dealt into halves: nobody knows the truth, but what one half promises can be looked up in the other."""

import csv
import gzip

import numpy as np
import pytest

from marsad.core.halves import agreement, compare, halved
from marsad.core.posterior import Settings
from marsad.standards import load
from tests.standards.hand_made import evidence_of

pytestmark = pytest.mark.reference

HOSPITALS = 500


@pytest.fixture(scope="module")
def halves(reference_data):
    standard = load("us-hospital-stars-2021")
    with gzip.open(reference_data / "hospital_stars/v202104_input.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [
            {"channel": row["PROVIDER_ID"], **{code: row[code.upper()] for code in standard.scheme.position}}
            for row in csv.DictReader(file)
        ]
    evidence = evidence_of(standard.scheme, rows)
    large = np.flatnonzero((~np.isnan(evidence.values)).sum(axis=1) >= 24)
    chosen = evidence.rows(np.random.default_rng(0).choice(large, HOSPITALS, replace=False))
    return halved(standard.scheme, chosen, np.random.default_rng(1))


def test_nine_in_ten_promised_ranks_hold_in_the_other_half_of_real_measures(halves):
    found = agreement([compare(*halves, Settings(seed=1, draws=2400), joint=True)])
    assert found.channels > 0.9 * HOSPITALS
    assert found.coverage == pytest.approx(0.9, abs=0.04)


def test_the_last_few_of_a_raw_list_are_hardly_those_of_the_other_half(halves):
    found = agreement([compare(*halves, Settings(seed=1, draws=2400), joint=False)])
    assert found.worst_again < 0.5
    assert found.raw_place > 10
    assert 0.3 < found.alike < 0.8
