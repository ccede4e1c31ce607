"""Conditions over scores, counts and attributes, against the twin."""

import numpy as np
import pytest

from marsad.core.conditions import COMPARISONS, Attribute, Check, Condition, Count, Facts, either, every, none_of
from tests import oracles
from tests.core.build import floats, optional

SCORES = [None, 59.0, 60.0, 61.0]


def facts(**scores) -> Facts:
    size = len(next(iter(scores.values())))
    quantities = {"score": {code: floats(values) for code, values in scores.items()}}
    return Facts(quantities, {"size": np.array(["small", "large", "", "small"][:size])}, size)


@pytest.mark.parametrize("word", COMPARISONS)
def test_a_missing_score_meets_no_comparison(word):
    held = Check("score", "a", word, 60.0).holds(facts(a=SCORES))
    twin = [oracles.holds(("score", "a", word, 60.0), {("score", "a"): score}) for score in SCORES]
    assert held.tolist() == twin
    assert not held[0]


def test_not_below_holds_where_the_score_is_missing_but_at_least_does_not():
    below = Check("score", "a", "below", 60.0)
    assert none_of(below).holds(facts(a=SCORES)).tolist() == [True, False, True, True]
    assert Check("score", "a", "at_least", 60.0).holds(facts(a=SCORES)).tolist() == [False, False, True, True]


def test_an_attribute_is_one_of_the_texts_and_a_blank_is_none_of_them():
    assert Attribute("size", ("small", "tiny")).holds(facts(a=SCORES)).tolist() == [True, False, False, True]


def test_an_attribute_that_reads_nan_equals_no_other_text():
    known = Facts({}, {"size": np.array(["nan", "small"])}, 2)
    assert Attribute("size", ("small",)).holds(known).tolist() == [False, True]


def test_all_any_and_none_are_counts():
    a, b = Check("score", "a", "at_least", 60.0), Check("score", "b", "at_least", 60.0)
    known = facts(a=SCORES, b=[70.0, 10.0, 70.0, 10.0])
    assert every(a, b).holds(known).tolist() == [False, False, True, False]
    assert either(a, b).holds(known).tolist() == [True, False, True, True]
    assert none_of(a, b).holds(known).tolist() == [False, True, False, False]


def test_a_count_of_nothing_is_0_for_every_channel():
    assert Count((), "at_most", 0).holds(facts(a=SCORES)).tolist() == [True] * 4


def test_a_count_joins_what_is_drawn_with_what_is_not():
    drawn = Facts({"score": {"a": np.array([[50.0, 70.0], [70.0, 70.0]])}}, {"size": np.array(["small", "large"])}, 2)
    both = every(Check("score", "a", "above", 60.0), Attribute("size", ("small",)))
    assert both.holds(drawn).tolist() == [[False, True], [False, False]]
    assert every(*reversed(both.of)).holds(drawn).tolist() == both.holds(drawn).tolist()


def random_condition(generator: np.random.Generator, depth: int = 2) -> tuple[Condition, tuple]:
    """One condition, for the core and for the twin."""
    word, number = str(generator.choice(list(COMPARISONS))), float(generator.integers(1, 4))
    choice = generator.integers(0, 3 if depth else 2)
    if choice == 0:
        texts = ("small",) if number < 3 else ("large", "")
        return Attribute("size", texts), ("attribute", "size", texts)
    if choice == 1:
        code = str(generator.choice(["a", "b"]))
        return Check("score", code, word, number), ("score", code, word, number)
    parts = [random_condition(generator, depth - 1) for _ in range(generator.integers(1, 4))]
    return Count(tuple(core for core, _ in parts), word, number), ("count", [twin for _, twin in parts], word, number)


def test_random_conditions_agree_with_their_twin():
    generator = np.random.default_rng(11)
    known = facts(a=[None, 1.0, 2.0, 3.0], b=[3.0, 2.0, None, 1.0])
    columns = {code: optional(values) for code, values in known.quantities["score"].items()}
    for _ in range(200):
        condition, twin = random_condition(generator)
        channels = [
            {("score", code): column[place] for code, column in columns.items()} | {"size": known.attributes["size"][place]}
            for place in range(4)
        ]
        assert condition.holds(known).tolist() == [oracles.holds(twin, channel) for channel in channels]
