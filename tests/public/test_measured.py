"""What was measured as rows: short lists whole, long ones folded under their branch, and nothing lost."""

from types import SimpleNamespace

import pytest

from marsad.public.measured import DEEPEST, MOST_ROWS, Measured
from marsad.ratings.board import Score
from marsad.standards import load


def measured(name: str) -> Measured:
    """Return a channel that a standard has measured in all its parts."""
    standard = load(name)
    board = SimpleNamespace(scheme=standard.scheme, standard=standard)
    page = SimpleNamespace(board=board, language="en", say=lambda words: words.en, to=lambda page, **at: f"/{at['what']}/")
    return Measured(page, "a", {code: Score(50.0, 40.0, 60.0, 10.0) for code in standard.labels})


@pytest.mark.parametrize("name", ["msr-1", "us-medicare-part-c-2026", "us-hospital-stars-2021"])
def test_every_part_stands_once_in_a_row_or_under_a_fold(name):
    found = measured(name)
    rows = [*found.lines, *(line for fold in found.folds for line in fold.lines)]
    root = load(name).scheme.root.code
    assert sorted(line.href for line in rows) == sorted(f"/{code}/" for code in found.scores if code != root)


def test_a_long_standard_is_folded_and_a_short_one_is_not():
    long, short = measured("msr-1"), measured("us-medicare-part-c-2026")
    assert len(long.lines) <= MOST_ROWS
    assert {line.depth for line in long.lines} <= set(range(DEEPEST + 1))
    assert [fold.title for fold in long.folds][:2] == ["Survey after the service", "Happiness meter, by invitation"]
    assert short.folds == []
