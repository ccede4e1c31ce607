"""What is published of small cells: nothing that can be computed back, and everything that stars need."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from marsad.core.conditions import Check
from marsad.core.disclosure import BY_EVIDENCE, BY_SCORE, EXACT, POOLED, STAR_ONLY, WITHHELD, Policy, Published, publish
from marsad.core.normalise import Goalposts, Levels, ZScore
from marsad.core.pools import room
from marsad.core.posterior import Settings
from marsad.core.rating import Rating, rate
from marsad.core.scheme import Indicator, Node, Requirement, Scheme
from marsad.core.stars import Bands, Limiter, Quantiles
from tests.core.build import FIVE, evidence, scheme

few = settings(max_examples=150, deadline=None, derandomize=True)
DRAWS = Settings(draws=100)
POLICY = Policy()
POSTS = Goalposts(1, 5)


def asked(code: str, parent: str, weight: float = 1.0, **more) -> Indicator:
    """A survey question from 1 to 5."""
    return Indicator(code, parent, weight, **{"source": "survey", "scale": (1.0, 5.0), "sd": 1.0, "normalise": POSTS, **more})


def survey(**rest) -> Scheme:
    """Two nodes of customers, of three questions and of two, and one of assessors."""
    return scheme(
        asked("a1", "a"),
        asked("a2", "a", 2.0),
        asked("a3", "a"),
        asked("b1", "b"),
        asked("b2", "b", 3.0),
        asked("c1", "c", source="assessment"),
        nodes=(Node("said", "whole", 2.0), Node("a", "said"), Node("b", "said"), Node("c", "whole")),
        **rest,
    )


def shown(one: Scheme, values, n, policy: Policy = POLICY, **more) -> tuple[Rating, Published]:
    """Rate channels and publish them."""
    values, n = np.array(values, dtype=float), np.array(n, dtype=float)
    official = rate(one, evidence(values, n=n, se=1 / np.sqrt(n), **more), DRAWS)
    return official, publish(official, policy, DRAWS)


PLAIN = [3.0, 4.0, 2.0, 3.5, 4.5, 3.0]
MANY = [40, 41, 42, 43, 44, 2]


def states(published: Published, channel: int = 0) -> list[str]:
    return published.disclosed.state[channel].tolist()


def test_without_small_cells_everything_is_shown_and_nothing_is_rated_again():
    official, published = shown(survey(), [PLAIN], [MANY])
    assert published.rating is official
    assert states(published) == [EXACT] * 6
    assert (published.chances_off, published.ranks_off) == (0, 0)


def test_a_small_cell_is_pooled_with_its_next_lowest_sibling():
    official, published = shown(survey(), [PLAIN], [[3, 41, 40, 43, 44, 2]])
    assert states(published) == [POOLED, EXACT, POOLED, EXACT, EXACT, EXACT]
    values = published.disclosed.evidence.values[0]
    assert values[0] == values[2] == pytest.approx(2.5)
    assert published.disclosed.pool[0, [0, 2]].tolist() == ["a", "a"]
    assert published.rating.nodes["a"].value == pytest.approx(official.nodes["a"].value)


def test_the_count_of_a_small_cell_and_its_raters_are_not_shown():
    _, published = shown(survey(), [PLAIN], [[3, 41, 40, 43, 44, 2]], raters=2.0)
    assert published.disclosed.hidden[0].tolist() == [True, False, False, False, False, False]
    assert published.disclosed.evidence.n[0, 0] == POLICY.least - 1
    assert np.isnan(published.disclosed.evidence.raters[0, 0])


def test_what_assessors_found_is_nobodys_answer():
    _, published = shown(survey(), [PLAIN], [MANY])
    assert published.disclosed.state[0, 5] == EXACT
    _, strict = shown(survey(), [PLAIN], [MANY], Policy(open_sources=()))
    assert strict.disclosed.state[0, 5] == POOLED


def test_a_pool_with_too_few_people_behind_it_goes_up_the_tree():
    official, published = shown(survey(), [PLAIN], [[40, 41, 42, 3, 4, 2]])
    assert states(published) == [POOLED, EXACT, EXACT, POOLED, POOLED, EXACT]
    assert set(published.disclosed.pool[0]) == {"said", ""}
    for masked in ("a", "b"):
        assert np.isnan(published.rating.nodes[masked].value[0])
    assert published.rating.nodes["said"].value == pytest.approx(official.nodes["said"].value)


def test_answers_that_are_all_the_best_are_not_given_away_by_their_mean():
    _, published = shown(survey(), [[5.0, 3.0, 5.0, 3.5, 4.5, 3.0]], [[3, 41, 40, 43, 44, 2]])
    assert states(published)[:3] == [POOLED, POOLED, POOLED]


def test_where_everything_is_the_best_the_star_alone_is_shown():
    official, published = shown(survey(), [[5.0, 5.0, 5.0, 5.0, 5.0, 5.0]], [[3, 41, 40, 43, 44, 2]])
    assert published.disclosed.follows.tolist() == [STAR_ONLY]
    assert published.rating.star == official.star
    assert np.isnan([published.rating.score[0], published.rating.rank[0], published.rating.nodes["whole"].value[0]]).all()
    assert np.isnan([published.rating.nodes[code].value[0] for code in ("a", "said", "whole")]).all()
    assert published.disclosed.state[0].tolist() == [WITHHELD, EXACT, EXACT, EXACT, EXACT, EXACT]


def test_a_channel_on_three_people_shows_its_star_alone():
    _, published = shown(survey(), [PLAIN], [[3, 3, 3, 3, 3, 2]])
    assert published.disclosed.follows.tolist() == [STAR_ONLY]
    assert states(published) == [WITHHELD] * 5 + [EXACT]


def test_a_small_cell_that_does_not_count_is_simply_withheld():
    one = survey()
    first = replace(one.indicators[0], minimum_n=30)
    official, published = shown(replace(one, indicators=(first, *one.indicators[1:])), [PLAIN], [[3, 41, 40, 43, 44, 2]])
    assert states(published) == [WITHHELD] + [EXACT] * 5
    assert published.rating.score == official.score
    assert published.rating.nodes["a"].value == official.nodes["a"].value


def test_an_unrated_channel_gives_nothing_away_by_the_nodes_it_has():
    one = survey(requirements=(Requirement("enough", Check("n", "a", "at_least", 100.0)),))
    _, published = shown(one, [PLAIN], [[3, 41, 40, 43, 44, 2]])
    assert states(published)[0] == WITHHELD
    assert np.isnan([published.rating.nodes[code].value[0] for code in ("a", "said", "whole")]).all()
    assert not published.rating.rated[0]


def test_errors_that_are_shown_tell_nothing_of_how_many_answered():
    _, two = shown(survey(), [PLAIN], [[2, 41, 40, 43, 44, 2]])
    _, four = shown(survey(), [PLAIN], [[4, 41, 40, 43, 44, 2]])
    np.testing.assert_array_equal(two.disclosed.evidence.se, four.disclosed.evidence.se)
    np.testing.assert_array_equal(two.rating.p_star, four.rating.p_star)
    np.testing.assert_array_equal(two.rating.high, four.rating.high)


def test_levels_are_pooled_in_points_and_read_back_as_levels():
    curved = {"scale": (1.0, 4.0), "normalise": Levels((0.0, 10.0, 60.0, 100.0))}
    one = scheme(asked("a1", "whole", **curved), asked("a2", "whole", 2.0, **curved), asked("a3", "whole", **curved))
    official, published = shown(one, [[1.5, 3.5, 2.25]], [[3, 40, 41]])
    assert published.disclosed.follows.tolist() == [BY_EVIDENCE]
    assert published.rating.score == official.score
    assert len(set(published.disclosed.evidence.values[0, published.disclosed.state[0] == POOLED])) == 1


def test_a_scale_found_in_small_cells_seals_its_whole_population():
    one = survey()
    moved = tuple(replace(indicator, normalise=ZScore()) for indicator in one.indicators)
    values = np.random.default_rng(1).uniform(2, 4, (8, 6))
    n = np.full((8, 6), 40.0)
    n[2, 1] = 3
    official, published = shown(replace(one, indicators=moved), values, n, kind=["desk"] * 4 + ["app"] * 4)
    assert published.disclosed.follows.tolist() == [BY_SCORE] * 2 + [STAR_ONLY] + [BY_SCORE] + [BY_EVIDENCE] * 4
    assert (published.disclosed.state[:4] == WITHHELD).all()
    assert (published.disclosed.state[4:] == EXACT).all()
    np.testing.assert_array_equal(published.rating.star, official.star)
    np.testing.assert_array_equal(np.delete(published.rating.score, 2), np.delete(official.score, 2))


def test_under_a_node_that_is_no_plain_mean_the_star_alone_is_shown():
    one = scheme(asked("a1", "whole"), asked("a2", "whole"), root=Node("whole", aggregate="geometric"))
    _, published = shown(one, [[3.0, 4.0]], [[3, 40]])
    assert published.disclosed.follows.tolist() == [STAR_ONLY]


def test_a_star_that_a_hidden_error_decided_stays_as_it_is_and_is_said_not_to_follow():
    cap = Limiter("weak", Check("score", "a", "below", 49.0), cap=1.0, certainty=0.3)
    values, n = [[2.9, 2.9, 3.1, 4.5, 4.5, 3.0]], [[4, 4000, 4001, 43, 44, 2]]
    official, published = shown(survey(limiters=(cap,), stars=Bands((20.0,), (1.0, 2.0))), values, n)
    assert published.rating.star == official.star
    assert published.disclosed.follows[0] in (BY_EVIDENCE, BY_SCORE)


def test_stars_by_places_among_peers_are_published_as_they_are():
    values = np.random.default_rng(3).uniform(2, 4, (12, 6))
    n = np.full((12, 6), 40.0)
    n[4, 0] = 2
    official, published = shown(survey(stars=Quantiles(FIVE, (0.1, 0.2, 0.4, 0.2, 0.1))), values, n)
    np.testing.assert_array_equal(published.rating.star, official.star)
    np.testing.assert_array_equal(published.rating.rank, official.rank)


def test_room_is_bounded_by_what_the_others_can_be():
    np.testing.assert_allclose(room(np.array([0.5, 0.5]), 50.0, np.zeros(2), np.full(2, 100.0)), [100, 100])
    np.testing.assert_allclose(room(np.array([0.5, 0.5]), 100.0, np.zeros(2), np.full(2, 100.0)), [0, 0])
    np.testing.assert_allclose(room(np.array([0.1, 0.9]), 50.0, np.zeros(2), np.array([100.0, 100.0])), [100, 100 / 9])


def reachable(official: Rating, published: Published, channel: int, place: int) -> float:
    """Return how wide the points of a cell remain for somebody who knows the standard and everything that is published.

    Every shown score of a node or indicator and every pool is an equation in the cells' points; the scale bounds them.
    """
    tree, indicators = official.tree, official.tree.scheme.indicators
    known = [code for code, estimate in published.rating.nodes.items() if not np.isnan(estimate.value[channel])]
    equations = {code: (parts_of(official, code, channel), float(published.rating.nodes[code].value[channel])) for code in known}
    if not np.isnan(published.rating.score[channel]):
        root = tree.scheme.root.code
        equations["the table of ratings"] = (parts_of(official, root, channel), float(published.rating.score[channel]))
    if published.disclosed is not None:
        equations |= pools_of(official, published, channel)
    matrix, right = np.array([parts for parts, _ in equations.values()]), [score for _, score in equations.values()]
    goal = np.eye(len(indicators))[place]
    ends = [
        linprog(sign * goal, A_eq=matrix if len(matrix) else None, b_eq=right or None, bounds=[(0, 100)] * len(indicators))
        for sign in (1, -1)
    ]
    assert all(end.status == 0 for end in ends), [end.message for end in ends]
    return float(-ends[1].fun - ends[0].fun)


def pools_of(official: Rating, published: Published, channel: int) -> dict[str, tuple[np.ndarray, float]]:
    """Return what the cells of a pool, each at the value it shows, come to in the pool's node."""
    disclosed, found = published.disclosed, {}
    points = published.rating.prepared.scores[channel]
    for code in set(disclosed.pool[channel].tolist()) - {""}:
        parts = np.where(disclosed.pool[channel] == code, parts_of(official, code, channel), 0.0)
        found[f"the pool of {code}"] = (parts, float(parts @ np.nan_to_num(points)))
    return found


def parts_of(official: Rating, code: str, channel: int) -> np.ndarray:
    """Return the weight of every indicator in a node's score, found by walking down from it."""
    one = official.tree.scheme
    if code in one.position:
        return np.eye(len(one.indicators))[one.position[code]]
    children = one.children[code]
    weights = np.array([child.weight * ~np.isnan(official.tree.branches[child.code].scores[channel]) for child in children])
    if not weights.any():
        return np.zeros(len(one.indicators))
    return sum(
        share * parts_of(official, child.code, channel) for share, child in zip(weights / weights.sum(), children, strict=True)
    )


cells = st.one_of(st.none(), st.integers(4, 20).map(lambda quarter: quarter / 4))
counts = st.one_of(st.integers(1, 8), st.integers(9, 60))


@few
@given(
    st.lists(st.tuples(st.lists(cells, min_size=6, max_size=6), st.lists(counts, min_size=6, max_size=6)), min_size=1, max_size=4)
)
def test_no_small_cell_can_be_computed_back(channels):
    values = [[np.nan if value is None else value for value in row] for row, _ in channels]
    official, published = shown(survey(), values, [n for _, n in channels])
    small = POLICY.small(official.tree.scheme, official.evidence) & ~np.isnan(official.evidence.values)
    for channel, place in np.argwhere(small):
        assert published.disclosed.state[channel, place] != EXACT
        width = reachable(official, published, int(channel), int(place))
        assert width >= 100 * POLICY.margin - 1e-6, (channel, place, width)


@few
@given(
    st.lists(st.tuples(st.lists(cells, min_size=6, max_size=6), st.lists(counts, min_size=6, max_size=6)), min_size=1, max_size=4)
)
def test_every_star_is_the_official_one_and_follows_where_it_is_said_to(channels):
    values = [[np.nan if value is None else value for value in row] for row, _ in channels]
    official, published = shown(survey(), values, [n for _, n in channels])
    np.testing.assert_array_equal(published.rating.star, official.star)
    again = rate(official.tree.scheme, published.disclosed.evidence, DRAWS)
    follows = published.disclosed.follows == BY_EVIDENCE
    np.testing.assert_array_equal(again.star[follows], official.star[follows])
    np.testing.assert_allclose(again.score[follows], official.score[follows], atol=1e-8)
    np.testing.assert_array_equal(again.p_star[follows], published.rating.p_star[follows])


def test_the_solver_would_find_what_is_not_hidden():
    """The attack itself works: with only the small cell left out, its siblings and their node give it away."""
    official, _ = shown(survey(), [PLAIN], [[3, 41, 40, 43, 44, 2]])
    bare = Published(replace(official, nodes={code: one for code, one in official.nodes.items() if code != "a1"}), None)  # type: ignore[arg-type]
    assert reachable(official, bare, 0, 0) == pytest.approx(0, abs=1e-6)
