"""Many-facet Rasch: against its twin that writes every pattern down, and in nations whose raters are known."""

import doctest

import numpy as np
import pytest
from scipy.stats import binom

from marsad.core import facets, rasch
from marsad.core.facets import Facets, Held, drift, fit
from marsad.core.problem import Problem
from marsad.core.rasch import Scores, connected_raters
from tests import rasch as twin

SURE = 1e-6
"""How often a test of a share in simulation may fail though all is well."""


def named(letter: str, places: np.ndarray) -> np.ndarray:
    return np.array([f"{letter}{place:03d}" for place in places])


def scored(seed: int, severity: np.ndarray, *, channels: int = 120, items: int = 6, each: int = 2, unfair: bool = False):
    """Return scores 0 to 3 of channels by `each` raters of their own, and the truth; unfair: severe raters see bad ones."""
    generator = np.random.default_rng(seed)
    difficulty = np.linspace(-1, 1, items)
    ability = generator.normal(0, 1.2, channels)
    raters = np.argsort(severity)
    chosen = np.array([generator.choice(severity.size, each, replace=False) for _ in range(channels)])
    if unfair:
        first = np.argsort(np.argsort(-ability)) * (severity.size - each + 1) // channels
        chosen = raters[first[:, None] + np.arange(each)]
    channel = np.repeat(np.arange(channels), each * items)
    rater, item = np.repeat(chosen.ravel(), items), np.tile(np.arange(items), channels * each)
    logits = np.cumsum((ability[channel] - severity[rater] - difficulty[item])[:, None] - np.array([-1.0, 0.0, 1.0]), axis=1)
    chance = np.exp(np.column_stack([np.zeros(channel.size), logits]))
    chance = np.cumsum(chance / chance.sum(axis=1, keepdims=True), axis=1)
    level = (chance < generator.random((channel.size, 1))).sum(axis=1)
    return Scores(named("c", channel), named("r", rater), named("i", item), level), ability


def of_names(found: facets.Facet) -> dict[str, float]:
    return dict(zip(found.names.tolist(), found.value.tolist(), strict=True))


def parts(found: Facets) -> tuple[dict[str, float], dict[str, float], list[float]]:
    return of_names(found.raters), of_names(found.items), found.steps[0].tolist()


def rows(scores: Scores) -> list[tuple[str, str, str, int]]:
    columns = (scores.channel, scores.rater, scores.item, scores.level)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.fixture(scope="module")
def small() -> Scores:
    generator = np.random.default_rng(3)
    seen = [(channel, rater, item) for channel in range(24) for rater in (channel % 3, (channel + 1) % 3) for item in range(2)]
    channel, rater, item = np.array(seen).T
    level = np.clip(np.round(1 + channel / 24 - rater / 3 + generator.normal(0, 0.8, channel.size)), 0, 2).astype(int)
    return Scores(named("c", channel), named("r", rater), named("i", item), level)


def test_no_other_severities_difficulties_or_steps_make_the_scores_likelier(small):
    severity, difficulty, steps = parts(fit(small))
    best = twin.conditional_log_likelihood(rows(small), severity, difficulty, steps)
    moved = []
    for by in (-0.01, 0.01):
        moved += [(severity | {"r001": severity["r001"] + by}, difficulty, steps)]
        moved += [(severity, difficulty | {"i000": difficulty["i000"] + by}, steps)]
        moved += [(severity, difficulty, [steps[0] + by, steps[1] - by])]
    likelihoods = [twin.conditional_log_likelihood(rows(small), *other) for other in moved]
    assert max(likelihoods) < best
    assert likelihoods[:3] == pytest.approx(likelihoods[3:], abs=2e-6), "the likelihood falls alike to both sides"


def test_the_error_of_a_severity_is_the_curvature_of_the_likelihood(small):
    found = fit(small)
    severity, difficulty, steps = parts(found)
    along = found.raters.covariance[:, 1] / found.raters.covariance[1, 1]

    def height(by: float) -> float:
        moved = {name: severity[name] + by * part for name, part in zip(severity, along, strict=True)}
        return twin.conditional_log_likelihood(rows(small), moved, difficulty, steps)

    curvature = (2 * height(0.0) - height(0.05) - height(-0.05)) / 0.05**2
    assert found.raters.se[1] == pytest.approx(curvature**-0.5, rel=0.03)


def test_two_raters_of_two_levels_differ_by_the_odds_of_their_disagreements():
    level = np.array([1, 0] * 15 + [0, 1] * 5 + [1, 1] * 12 + [0, 0] * 8)
    scores = Scores(named("c", np.repeat(np.arange(40), 2)), named("r", np.tile([0, 1], 40)), np.full(80, "visit"), level)
    found = fit(scores).raters
    assert found.value[1] - found.value[0] == pytest.approx(np.log(15 / 5))
    assert found.se == pytest.approx(np.sqrt(1 / 15 + 1 / 5) / 2 * np.ones(2), rel=1e-6)


def test_measures_and_fit_agree_with_their_twin(small):
    found = fit(small)
    truth = parts(found)
    for place, name in enumerate(found.channels.names):
        assert found.channels.value[place] == pytest.approx(twin.measure(twin.of_channel(rows(small), name), *truth), abs=1e-4)
    of_rater = [row for row in rows(small) if row[1] == "r002"]
    squares = twin.mean_squares(of_rater, of_names(found.channels), *truth)
    assert (found.raters.infit[2], found.raters.outfit[2]) == pytest.approx(squares, abs=1e-6)


def test_a_measure_is_less_certain_by_what_else_was_estimated(small):
    found = fit(small)
    severity, difficulty, steps = parts(found)
    for place, name in enumerate(found.channels.names):
        seen = twin.of_channel(rows(small), name)
        alone = twin.information(seen, found.channels.value[place], severity, difficulty, steps) ** -0.5
        assert alone < found.channels.se[place] < 1.5 * alone


SEVERITY = np.array([-0.9, -0.5, -0.3, 0.0, 0.1, 0.3, 0.5, 0.8])


def test_severities_are_found_without_bias_and_with_the_right_error_though_bad_channels_go_to_severe_raters():
    away, slopes = [], []
    for seed in range(16):
        scores, _ = scored(seed, SEVERITY, unfair=True)
        found = fit(scores).raters
        away.append((found.value - SEVERITY) / found.se)
        slopes.append(np.polyfit(SEVERITY, found.value, 1)[0])
    inside = int((np.abs(away) < 1.645).sum())
    assert binom.ppf(SURE, np.size(away), 0.9) <= inside + 5, "8 severities sum to 0: not quite independent"
    assert np.std(away) == pytest.approx(1, abs=0.2)
    assert abs(np.mean(slopes) - 1) < 5 * np.std(slopes) / 4


def test_the_raw_means_of_raters_sent_to_bad_channels_would_have_misjudged_them():
    scores, _ = scored(1, np.zeros(8) + np.arange(8) * 1e-9, unfair=True)
    raw = np.array([scores.level[scores.rater == name].mean() for name in np.unique(scores.rater)])
    assert np.ptp(raw) > 1
    assert np.abs(fit(scores).raters.value).max() < 0.6


def test_measures_cover_the_truth_as_often_as_their_errors_say():
    scores, ability = scored(2, SEVERITY, channels=400)
    found = fit(scores).channels
    away = (found.value - ability) / found.se
    assert 0.86 < (np.abs(away) < 1.645).mean() < 0.94


def test_partial_credit_finds_the_steps_of_every_item_and_one_scale_is_their_common_case():
    scores, _ = scored(4, SEVERITY, channels=400)
    one, each = fit(scores), fit(scores, partial_credit=True)
    assert one.steps.shape == (1, 3)
    assert each.steps.shape == (6, 3)
    assert each.steps == pytest.approx(np.tile([-1.0, 0.0, 1.0], (6, 1)), abs=0.5)
    assert each.raters.value == pytest.approx(one.raters.value, abs=0.05)


def test_an_item_with_fewer_levels_has_no_further_steps():
    scores, _ = scored(4, SEVERITY)
    level = np.where(scores.item == "i002", np.minimum(scores.level, 1), scores.level)
    steps = fit(Scores(scores.channel, scores.rater, scores.item, level), partial_credit=True).steps
    assert np.isnan(steps[2]).tolist() == [False, True, True]
    assert not np.isnan(np.delete(steps, 2, axis=0)).any()


def test_the_order_of_the_scores_changes_nothing(small):
    order = np.random.default_rng(1).permutation(small.level.size)
    mixed = Scores(small.channel[order], small.rater[order], small.item[order], small.level[order])
    assert fit(mixed).raters.value == pytest.approx(fit(small).raters.value, abs=1e-6)


def test_what_is_held_stays_and_the_rest_is_measured_beside_it():
    first, _ = scored(5, SEVERITY)
    then, _ = scored(6, SEVERITY + 0.5)
    free = fit(then)
    anchors = {name: value for name, value in of_names(fit(first).raters).items() if name in ("r000", "r007")}
    held = fit(then, held=Held(severity=anchors, difficulty=of_names(fit(first).items)))
    kept = held.raters.value[held.raters.place(np.array(["r000", "r007"]))]
    assert kept.tolist() == list(anchors.values())
    assert held.raters.se[[0, 7]].tolist() == [0, 0]
    assert held.items.value == pytest.approx(fit(first).items.value)
    shift = held.channels.value - free.channels.value
    assert np.std(shift) < 0.1, "all channels move together, to the scale of the first wave"


def test_a_rater_who_drifts_is_told_from_those_who_do_not():
    moved = SEVERITY + np.where(np.arange(8) == 3, 1.0, 0.0)
    before, after = (fit(scored(seed, severity, channels=300)[0]).raters for seed, severity in ((7, SEVERITY), (8, moved)))
    found = drift(before, after)
    away = found.value / found.se
    assert found.value[3] == pytest.approx(1 - 1 / 8, abs=3 * found.se[3])
    assert np.abs(away).argmax() == 3
    assert away[3] > 4
    assert found.value.sum() == pytest.approx(0, abs=1e-12)


def test_without_drift_the_error_of_a_difference_is_right():
    away = []
    for seed in range(14):
        found = drift(*(fit(scored(wave, SEVERITY)[0]).raters for wave in (100 + seed, 200 + seed)))
        away.append(found.value / found.se)
    assert np.std(away) == pytest.approx(1, abs=0.2)


def apart() -> Scores:
    scores, _ = scored(9, SEVERITY, channels=40)
    low = np.isin(scores.rater, ["r000", "r001", "r002"])
    channel = np.where(low, np.char.add("x", scores.channel), scores.channel)
    return Scores(channel, scores.rater, scores.item, scores.level)


def test_raters_whom_no_channel_joins_are_named():
    assert [len(group) for group in connected_raters(apart())] == [5, 3]
    with pytest.raises(Problem, match="r003, r004, r005, r006, r007; r000, r001, r002"):
        fit(apart())


def test_drift_of_fewer_than_two_raters_is_refused(small):
    found = fit(small).raters
    strangers = facets.Facet(np.array(["z1", "z2", "z3"]), *(getattr(found, name) for name in list(vars(found))[1:]))
    with pytest.raises(Problem, match="both waves"):
        drift(found, strangers)


def with_levels(scores: Scores, where: np.ndarray, level: int) -> Scores:
    return Scores(scores.channel, scores.rater, scores.item, np.where(where, level, scores.level))


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda scores: with_levels(scores, scores.rater == "r001", 2), "how severe rater 'r001' is"),
        (lambda scores: with_levels(scores, scores.item == "i001", 2), "how hard item 'i00[01]' is"),
        (lambda scores: with_levels(scores, scores.level == 1, 2), "nobody gave level 1 to any item"),
        (lambda scores: with_levels(scores, scores.level >= 0, 2), "of one level"),
        (lambda scores: with_levels(scores, scores.level == 0, -1), "no whole number from 0 up"),
    ],
)
def test_scores_that_settle_nothing_are_refused_by_name(small, spoil, what):
    with pytest.raises(Problem, match=what):
        fit(spoil(small))


def test_an_unused_level_is_named_with_its_item(small):
    spoilt = with_levels(small, (small.item == "i001") & (small.level == 1), 2)
    with pytest.raises(Problem, match="nobody gave level 1 to item 'i001'"):
        fit(spoilt, partial_credit=True)


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(facets).failed == doctest.testmod(rasch).failed == 0
