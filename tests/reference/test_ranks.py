"""Published ranks: the sets of countries in PISA 2018, and the hospital that is probably the worst for surgery on infants."""

import csv
from pathlib import Path

import numpy as np
import pytest

from marsad.cli import main
from marsad.core.posterior import Settings
from marsad.core.ranking import standing
from marsad.core.ranksets import marginal_sets, simultaneous_sets
from tests.reference.surgical import Surgical

FIRST_FIVE = {"Belgium", "Canada", "Denmark", "Estonia", "Finland", "Japan", "Korea", "Netherlands", "Poland", "Slovenia"}
FIRST_FIVE |= {"Sweden", "Switzerland"}
COMPUTED_EXACTLY = {("mL", "United Kingdom"): 7, ("mU", "Denmark"): 15}
"""Where 400 000 draws agree with Marsad and not with the published sets, which rest on fewer: one place each."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def published(reference_data: Path) -> list[dict[str, str]]:
    return rows(reference_data / "ranks/pisa2018_ranks.csv")


def numbers(table: list[dict[str, str]], column: str) -> np.ndarray:
    return np.array([float(row[column]) for row in table])


def test_the_set_of_every_country_is_the_published_one_but_for_two_ends_that_were_drawn_a_place_off(published):
    sets = marginal_sets(numbers(published, "score"), numbers(published, "se"))
    for column, found in (("mL", sets.low), ("mU", sets.high)):
        for row, place in zip(published, found.tolist(), strict=True):
            country = row["d.jurisdiction"]
            assert place == COMPUTED_EXACTLY.get((column, country), int(row[column])), (column, country)


@pytest.mark.parametrize("seed", range(3))
def test_the_sets_for_all_countries_at_once_are_the_published_ones_to_a_place(published, seed):
    value, se = numbers(published, "score"), numbers(published, "se")
    sets = simultaneous_sets(value, se, Settings(seed=seed, level=0.95))
    for column, found in (("sL", sets.low), ("sU", sets.high)):
        apart = np.abs(found - numbers(published, column))
        assert apart.max() <= 1
        assert (apart > 0).sum() <= 1
    assert {row["d.jurisdiction"] for row, inside in zip(published, sets.may_be_best(5), strict=True) if inside} == FIRST_FIVE
    assert sets.may_be_worst(5).tolist() == [row["worst5"] == "TRUE" for row in published]
    loose = simultaneous_sets(value, se, Settings(seed=seed, level=0.9))
    assert loose.may_be_best(5).tolist() == [row["best5_90"] == "TRUE" for row in published]


def test_the_command_finds_the_published_first_five(reference_data: Path, tmp_path: Path) -> None:
    command = ["rank", str(reference_data / "ranks/pisa2018.csv"), "--id", "jurisdiction", "--value", "math_score"]
    assert main([*command, "--se", "math_se", "--out", str(tmp_path / "out")]) == 0
    assert {row["id"] for row in rows(tmp_path / "out/ranks.csv") if row["in_top_set"] == "yes"} == FIRST_FIVE


def test_hospital_h_is_probably_the_worst(reference_data: Path) -> None:
    surgical = Surgical(rows(reference_data / "ranks/bugs_surgical.csv"))
    place = surgical.names.index("H")
    assert round(surgical.mean_rate(place), 4) == 0.1231
    worst = surgical.chance_of_worst(place)
    assert worst == pytest.approx(0.629, abs=0.003)
    count = 40_000
    stood = standing(-surgical.draws(count, np.random.default_rng(0)), k=1)
    assert stood.p_bottom[place] == pytest.approx(worst, abs=4 * np.sqrt(worst * (1 - worst) / count))
