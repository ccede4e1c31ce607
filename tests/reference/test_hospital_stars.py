"""The star rating of US hospitals, from the official input to the official stars (CMS, SAS packs; US Government work)."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from marsad.core.rating import Rating, rate
from marsad.standards import Standard, load
from tests.standards.hand_made import evidence_of, number

pytestmark = pytest.mark.reference

IDENTIFIER = "PROVIDER_ID"
GROUPS = {
    "mortality": "Std_Outcomes_Mortality_score",
    "safety": "Std_Outcomes_Safety_score",
    "readmission": "Std_Outcomes_Readmission_score",
    "experience": "Std_PatientExp_score",
    "process": "Std_Process_score",
    "summary": "summary_score",
}
COUNTS = {
    "mortality": "Outcomes_Mortality_cnt",
    "safety": "Outcomes_safety_cnt",
    "readmission": "Outcomes_Readmission_cnt",
    "experience": "Patient_Experience_cnt",
    "process": "Process_cnt",
}


@dataclass(frozen=True)
class Edition:
    """One edition as rated here, with the official output in the same order of hospitals."""

    standard: Standard
    rating: Rating
    official: list[dict[str, str]]
    rated: int

    def column(self, name: str) -> np.ndarray:
        """Return a numeric column of the official output, NaN where blank."""
        return np.array([number(row[name]) for row in self.official])


def read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measured(row: dict[str, str], standard: Standard) -> dict[str, str]:
    """Return a row of the input as this standard names its columns, without the columns it does not use."""
    return {IDENTIFIER: row[IDENTIFIER]} | {code: row[code.upper()] for code in standard.scheme.position}


@pytest.fixture(scope="module", params=[("2021", "v202104", 3355), ("2022", "v202207", 3121)], ids=["April 2021", "July 2022"])
def edition(request, reference_data) -> Edition:
    year, name, rated = request.param
    standard = load(f"us-hospital-stars-{year}")
    folder = reference_data / "hospital_stars"
    rows = [measured(row, standard) for row in read(folder / f"{name}_input.csv.gz")]
    rating = rate(standard.scheme, evidence_of(standard.scheme, rows, channel=IDENTIFIER))
    official = sorted(read(folder / f"{name}_output.csv.gz"), key=lambda row: row[IDENTIFIER])
    assert rating.evidence.channels.tolist() == [row[IDENTIFIER] for row in official]
    return Edition(standard, rating, official, rated)


def test_every_hospital_gets_its_official_star_and_no_other_hospital_one(edition):
    official = edition.column("star")
    assert np.isfinite(official).sum() == edition.rated
    np.testing.assert_array_equal(edition.rating.star, official)


def test_a_hospital_is_unrated_exactly_where_the_official_report_is(edition):
    np.testing.assert_array_equal(edition.rating.rated, edition.column("report_indicator") == 1)
    assert set(edition.rating.reason[~edition.rating.rated]) <= {"three-groups", "mortality-or-safety", "no-evidence"}


@pytest.mark.parametrize("group", GROUPS)
def test_scores_of_groups_and_summary_agree(edition, group):
    np.testing.assert_allclose(edition.rating.nodes[group].value, edition.column(GROUPS[group]), rtol=0, atol=1e-8)


@pytest.mark.parametrize("group", COUNTS)
def test_as_many_measures_count_in_each_group(edition, group):
    scheme, known = edition.standard.scheme, np.isfinite(edition.rating.prepared.scores)
    np.testing.assert_array_equal(known[:, list(scheme.leaves[group])].sum(axis=1), edition.column(COUNTS[group]))


def test_peers_are_the_official_peer_groups(edition):
    official = np.array([row["cnt_grp"].rpartition("=")[2] for row in edition.official])
    rated = edition.rating.rated
    np.testing.assert_array_equal(edition.rating.peers[rated], official[rated])
    assert set(official[rated]) == {"3", "4", "5"}


def test_measures_and_their_directions_are_those_of_the_official_list(edition, reference_data):
    name = {"2021": "v202104", "2022": "v202207"}[edition.standard.name[-4:]]
    with (reference_data / "hospital_stars" / f"{name}_measures.csv").open(encoding="utf-8", newline="") as file:
        official = {
            row["measure_id"].lower(): (row["group_name"].split()[-1].lower(), row["flip_sign"] == "-1")
            for row in csv.DictReader(file)
        }
    assert {each.code: (each.parent, each.lower_is_better) for each in edition.standard.scheme.indicators} == official
