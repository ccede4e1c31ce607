"""A cycle under a standard that declares a joint model: entities come from the catalogue, and anybody can verify the result."""

import numpy as np
import pytest

from marsad.ledger import verify
from marsad.ratings.board import board_of
from marsad.ratings.models import Result, Run
from marsad.ratings.readiness import own_chances
from marsad.ratings.shelf import bundle_of
from tests import world
from tests.ratings import build

JOINT = build.STANDARD + '[joint]\nminimum_channels = 12\nover = ["voice", "visit"]\n'


def scores(run: Run, kind: str) -> np.ndarray:
    """The scores of a kind in the order of its channels."""
    found = dict(run.results.filter(league=kind).values_list("channel__code", "score"))
    return np.array([found[code] for code in sorted(found)])


def test_the_scores_of_a_kind_large_enough_are_those_of_the_joint_model_and_who_runs_a_channel_is_known(country, tmp_path):
    plain, jointly = (
        build.rated(build.opened(tmp_path / code, code=code, text=text))
        for code, text in (("2026-1", build.STANDARD), ("2026-2", JOINT.replace('"small"', '"small-jointly"')))
    )
    assert jointly.facts["centre-00"] == {"entity": world.PORT}
    assert jointly.facts["centre-04"] == {"entity": world.LAND, "breach": "yes"}
    assert plain.facts == {"centre-04": {"breach": "yes"}}
    assert 0.01 < np.abs(scores(jointly, "service-centre") - scores(plain, "service-centre")).max() < 10
    assert scores(jointly, "app").tolist() == scores(plain, "app").tolist()  # ten apps are too few
    board = board_of(jointly, disclosed=False)
    told = [one.own for one in board.leagues["service-centre"]]
    assert all(own is not None and own.low < own.value < own.high for own in told)
    assert all(entry.own is None for entry in (*board.leagues["app"], *board_of(plain, disclosed=False).entries))
    own = own_chances(board)
    assert set(own[True]) == {one.code for one in board.leagues["service-centre"]}
    assert sum(own[True].values()) == pytest.approx(2)


def test_a_publication_by_the_joint_model_can_be_verified_by_anybody(country, tmp_path, keys):
    publication = build.published(build.opened(tmp_path, text=JOINT))
    for audience in ("public", "auditor"):
        report = verify(bundle_of(publication, audience), keys)
        assert report.holds, report.broken
    results = Result.objects.filter(run=publication.run)
    assert results.in_full().exclude(apart={}).exists()
    assert not results.as_published().exclude(apart={}).exists()
