"""What is remembered is what would be found again, and only for as long as it is asked for."""

import doctest

import numpy as np

from marsad.core import memory
from marsad.core.memory import digest_of, remembered, remembering


def test_blocks_inside_each_other_share_what_they_know_until_the_outermost_ends():
    made = []

    def once():
        return remembered(lambda: made.append(1) or len(made), "question")

    with remembering():
        with remembering():
            first = once()
        assert once() == first == 1
    with remembering():
        assert once() == 2


def test_inputs_that_differ_in_anything_have_different_digests():
    one = np.array([1.0, 2.0])
    others = [(np.array([[1.0, 2.0]]),), (one.astype(np.float32),), (one, "a"), ("a", one), (np.array([1.0, 2.0 + 1e-15]),)]
    assert len({digest_of(one), *(digest_of(*other) for other in others)}) == 1 + len(others)
    assert digest_of(one, "a") == digest_of(one.copy(), "a")


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(memory).failed == 0
