"""Published figures of agreement: Krippendorff 2011, Gwet's four raters, Shrout and Fleiss 1979, Brennan 2001."""

import csv
from pathlib import Path

import numpy as np
import pytest

from marsad.core.facets import fit
from marsad.core.generalise import Design, generalise, variance_components
from marsad.core.posterior import Settings
from marsad.core.rasch import Scores
from marsad.core.raters import METRICS, gwet_ac, identity, intraclass, krippendorff_alpha, quadratic


def table(path: Path) -> np.ndarray:
    """Return a CSV file's numbers, NaN where blank."""
    with path.open(encoding="utf-8", newline="") as file:
        return np.array([[float(cell or "nan") for cell in row] for row in list(csv.reader(file))[1:]])


@pytest.fixture
def folder(reference_data: Path) -> Path:
    return reference_data / "raters"


@pytest.mark.parametrize(("metric", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)])
def test_alpha_of_krippendorffs_four_observers(folder, metric, value):
    ratings = table(folder / "krippendorff2011_4x12.csv")[:, 1:]
    assert round(krippendorff_alpha(ratings, METRICS[metric], Settings(draws=100)).value, 3) == value


def test_ac_of_gwets_four_raters(folder):
    ratings = table(folder / "gwet_raw4raters.csv")
    plain = gwet_ac(ratings, identity)
    assert (round(plain.value, 5), round(plain.se, 5)) == (0.77544, 0.14295)
    assert f"{gwet_ac(ratings, quadratic).value:.5f}" == "0.91400"


def test_intraclass_correlations_of_shrout_and_fleiss_with_the_intervals_published_of_them(folder):
    found = intraclass(table(folder / "shrout_fleiss1979.csv")[:, 2].reshape(6, 4), level=0.95)
    published = {
        "one_way": (0.166, -0.133, 0.723),
        "two_way": (0.290, 0.019, 0.761),
        "fixed": (0.715, 0.342, 0.946),
        "one_way_k": (0.443, -0.884, 0.912),
        "two_way_k": (0.620, 0.071, 0.927),
        "fixed_k": (0.909, 0.676, 0.986),
    }
    for name, figures in published.items():
        each = getattr(found, name)
        assert (round(each.value, 3), round(each.low, 3), round(each.high, 3)) == figures, name


def test_brennans_persons_and_items(folder):
    scores = table(folder / "brennan2001_synthetic1_pxi.csv")[:, 2].reshape(10, 12)
    design = Design(("p", "i"))
    assert round(generalise(variance_components(scores, design), design, {"i": 12}).relative, 3) == 0.844


def test_brennans_persons_items_and_occasions(folder):
    rows = table(folder / "brennan2001_synthetic3_pxixo.csv")
    scores = np.full((10, 2, 4), np.nan)
    for person, occasion, item, score in rows:
        scores[int(person) - 1, int(occasion) - 1, int(item) - 1] = score
    design = Design(("p", "o", "i"))
    components = variance_components(scores, design)
    published = {"p": 0.5528, "i": 0.4417, "o": 0.0074, "ip": 0.5750, "op": 0.1009, "io": 0.1565, "iop": 0.9352}
    assert {"".join(sorted(effect)): round(value, 4) for effect, value in components.items()} == published
    assert round(generalise(components, design, {"i": 4, "o": 2}).relative, 3) == 0.640


def test_severities_of_the_simulated_design_are_recovered_without_inflation(folder):
    rows = table(folder / "mfrm_sim_120x6x8.csv").astype(int)
    channel, rater, item = (np.array([f"{place:03d}" for place in column]) for column in rows[:, :3].T)
    found = fit(Scores(channel, rater, item, rows[:, 3])).raters
    truth = table(folder / "mfrm_sim_true_severity.csv")[:, 1]
    assert round(float(np.corrcoef(found.value, truth)[0, 1]), 3) == 0.984
    assert round(float(np.polyfit(truth, found.value, 1)[0]), 2) == 0.99
    assert np.abs((found.value - (truth - truth.mean())) / found.se).max() < 1.645
