"""What would settle a rank follows from the error that a probability allows."""

from math import inf
from statistics import NormalDist

import pytest

from marsad.core.naming import answers_to_settle


def test_so_many_answers_put_the_score_beyond_the_edge_with_the_probability():
    half_width, distance, probability = 3.0, 1.2, 0.9
    times = answers_to_settle(half_width, distance, probability, level=0.9)
    error = half_width / NormalDist().inv_cdf(0.95) / times**0.5
    assert NormalDist(distance, error).cdf(0) == pytest.approx(1 - probability)


def test_the_side_of_the_edge_does_not_matter_and_on_it_nothing_helps():
    assert answers_to_settle(2, -1, 0.9) == answers_to_settle(2, 1, 0.9)
    assert answers_to_settle(2, 0, 0.9) == inf
