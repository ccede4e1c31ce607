"""A cycle announces how many of each kind may be named, and everything it shows and publishes goes by that."""

import csv
import io
import json
import zipfile

import pytest

from marsad.ledger import verify
from marsad.ratings.shelf import bundle_of
from tests.api.build import Api
from tests.ratings import build

NAMES = {"app": 1, "service-centre": 3}


def test_the_chances_that_are_published_are_those_of_the_announced_numbers(country, tmp_path, keys):
    publication = build.published(build.opened(tmp_path, names=NAMES))
    with zipfile.ZipFile(bundle_of(publication)) as bundle:
        rows = list(csv.DictReader(io.StringIO(bundle.read("ratings.csv").decode())))
        assert json.loads(bundle.read("publication.json"))["settings"]["k"] == NAMES
    for kind, start in (("app", "app"), ("service-centre", "centre")):
        for column in ("p_top", "p_bottom"):
            chances = [float(row[column]) for row in rows if row["channel"].startswith(start) and row[column]]
            assert sum(chances) == pytest.approx(NAMES[kind], abs=1e-6)
    assert verify(bundle_of(publication), keys).holds


def test_the_interface_says_the_number_of_every_kind_also_where_the_standard_gives_it(country, tmp_path):
    build.moved(build.announced(tmp_path, names={"app": 1}), "open")
    assert Api().get("/cycles/2026-1").json()["names"] == {"app": 1, "service-centre": 2}
