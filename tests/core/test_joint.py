"""The joint model, beside its slow twin, closed forms, truths it did not see, and a sampler made by others."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from marsad.core import joint
from marsad.core.gibbs import begin, covariance, expected, inverse, inverse_where_known, sweep
from marsad.core.interweave import FREEDOM, redrawn_root
from marsad.core.joint import Panel, Seen, fit_joint, parts_of, reliability
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from tests import joint_oracle as twin

REFERENCE = json.loads(Path(__file__).with_name("joint_reference.json").read_text(encoding="utf-8"))


def equicorrelated(size, correlation=0.6):
    return correlation * np.ones((size, size)) + (1 - correlation) * np.eye(size)


class Nation:
    """Channels with known truths: entities, own parts with tails, raters of two channels' scores each, errors of known size."""

    def __init__(
        self, seed, *, channels=60, size=3, entities=8, raters=6, own=5.0, entity=3.0, severity=3.0, tail=8.0, missing=0.1
    ):
        made = np.random.default_rng(seed)
        root = np.linalg.cholesky(equicorrelated(size))
        self.entity_of = np.sort(np.concatenate([np.arange(entities), made.integers(entities, size=channels - entities)]))
        self.entity = entity * made.standard_normal((entities, size)) @ root.T
        weight = made.gamma(tail / 2, 2 / tail, size=(channels, 1))
        self.own = own * made.standard_normal((channels, size)) @ root.T / np.sqrt(weight)
        self.effect = 70 + self.entity[self.entity_of] + self.own
        self.se = made.uniform(2, 6, (channels, size))
        correlated = self.se[:, :, None] * self.se[:, None, :] * equicorrelated(size, 0.3)
        self.errors = correlated
        self.severity = severity * made.standard_normal(raters)
        self.raters = np.array([made.choice(raters, 2, replace=False) for _ in range(channels)])
        error = (np.linalg.cholesky(correlated) @ made.standard_normal((channels, size, 1)))[..., 0]
        self.values = self.effect - self.severity[self.raters].mean(axis=1)[:, None] + error
        self.values[made.random((channels, size)) < missing] = np.nan
        self.names = np.array([f"e{place}" for place in self.entity_of])

    @property
    def seen(self):
        """Both raters gave half of every value."""
        channels, size = self.values.shape
        channel, indicator, seat = (axis.ravel() for axis in np.meshgrid(range(channels), range(size), range(2), indexing="ij"))
        rater = self.raters[channel, seat]
        return Seen(channel, indicator, rater, np.full(rater.size, 0.5), self.severity.size)

    def panel(self, **changed):
        return replace(Panel(self.values, self.errors, self.names, self.seen), **changed)


@pytest.fixture
def briefly(monkeypatch):
    """Let chains be short, for what every single sweep shows."""
    monkeypatch.setattr(joint, "WARM_UP", 2)
    monkeypatch.setattr(joint, "LEAST", 4)


def covered(draws, truth):
    """The share of truths inside their 90 % intervals."""
    low, high = np.quantile(draws, [0.05, 0.95], axis=-1)
    return float(((low <= truth) & (truth <= high)).mean())


# ---- beside the twin


def small():
    nation = Nation(1, channels=7, size=2, entities=3, raters=3, missing=0.2)
    layout, _, _ = joint.laid_out(nation.panel())
    spread = begin(layout, np.random.default_rng(2))
    root = np.array([[3.0, 0.0], [1.0, 2.0]])
    spread = replace(spread, entity=root @ root.T / 2, channel=root @ root.T, weight=np.linspace(0.5, 2.0, 7), severity=4.0)
    return nation, layout, spread


def posterior_of_twin(nation, layout, spread):
    """The twin knows no weights of channels: their own parts are that much narrower, which it is told by their design."""
    shares = [[{int(rater): 0.5 for rater in raters}] * 2 for raters in nation.raters]
    rows = twin.design(nation.values, nation.entity_of.tolist(), shares, 3)
    at = 2 + 3 + 2 * 3
    for channel, weight in enumerate(spread.weight):
        rows[:, at + 2 * channel : at + 2 * channel + 2] /= np.sqrt(weight)
    wide = (10 * layout.scale) ** 2
    prior = twin.prior_covariance(spread.entity, spread.channel, spread.severity, wide, nation.entity_of.tolist(), 3)
    centred = nation.values - np.nanmean(nation.values, axis=0)
    mean, spread_of = twin.normal_posterior(centred, nation.errors, prior, rows)
    narrow = np.concatenate([np.ones(at), np.repeat(1 / np.sqrt(spread.weight), 2)])
    return mean * narrow, spread_of * np.outer(narrow, narrow)


def in_a_row(effects):
    """Sets of effects in the twin's order, a column each."""
    return np.concatenate([part.reshape(-1, part.shape[-1]) for part in effects.parts])


def test_given_the_spreads_the_mean_of_every_effect_is_that_of_one_large_normal_distribution():
    nation, layout, spread = small()
    mean, _ = posterior_of_twin(nation, layout, spread)
    found = expected(layout, spread, inverse_where_known(layout, spread), layout.values[:, :, None])
    assert in_a_row(found)[:, 0] == pytest.approx(mean, abs=1e-8)


def test_given_the_spreads_draws_vary_together_as_in_one_large_normal_distribution():
    nation, layout, spread = small()
    mean, around = posterior_of_twin(nation, layout, spread)
    draws = in_a_row(sweep(layout, spread, None, 40_000, np.random.default_rng(3)).effects)
    assert draws.mean(axis=1) == pytest.approx(mean, abs=1e-8)  # pairs are mirrored, so their mean has no luck in it
    size = np.sqrt(np.diag(around))
    off = (np.cov(draws) - around) / np.outer(size, size)
    assert np.abs(off).max() < 0.03


def test_what_the_raters_share_makes_channels_uncertain_together():
    nation, layout, spread = small()
    _, around = posterior_of_twin(nation, layout, replace(spread, severity=400.0))
    draws = sweep(layout, replace(spread, severity=400.0), None, 20_000, np.random.default_rng(3)).effects.total(layout)
    alike = [(one, other) for one in range(7) for other in range(one) if set(nation.raters[one]) == set(nation.raters[other])]
    assert alike
    assert all(np.corrcoef(draws[one, 0], draws[other, 0])[0, 1] > 0.3 for one, other in alike)
    assert len(around) == 5 + 6 + 14


def test_inverses_by_halves_are_inverses():
    made = np.random.default_rng(0)
    for size in (1, 2, 3, 5, 8, 16):
        roots = made.standard_normal((4, size, size))
        matrices = roots @ roots.transpose(0, 2, 1) + np.eye(size)
        assert inverse(matrices) == pytest.approx(np.linalg.inv(matrices), abs=1e-9)


# ---- covariances


def test_a_covariance_is_drawn_from_its_inverse_wishart():
    made = np.random.default_rng(4)
    effects = made.standard_normal((40, 3)) @ np.linalg.cholesky(equicorrelated(3)).T
    prior = np.array([1.0, 2.0, 3.0])
    draws = np.array([covariance(effects, prior, made) for _ in range(4000)])
    exact = (effects.T @ effects + np.diag(2 * FREEDOM / prior)) / (FREEDOM + 2 + 40 - 3 - 1)
    assert draws.mean(axis=0) == pytest.approx(exact, abs=0.03)


def test_a_root_of_which_nothing_was_measured_keeps_to_its_prior():
    made, prior, size = np.random.default_rng(5), np.array([1.0, 2.0, 4.0]), 3
    units, nothing = made.standard_normal((12, size)), np.zeros((12, size))
    root, moved = np.linalg.cholesky(covariance(np.zeros((0, size)), prior, made)), []
    for _ in range(12_000):
        root = redrawn_root(root, units, np.zeros((12, size, size)) + 1e-9 * np.eye(size), nothing, prior, made)
        moved.append(root @ root.T)
    plain = np.array([covariance(np.zeros((0, size)), prior, made) for _ in range(12_000)])
    for of in (logs_of_diagonals, correlations):
        assert of(np.array(moved)).mean(axis=0) == pytest.approx(of(plain).mean(axis=0), abs=0.06)
        assert of(np.array(moved)).std(axis=0) == pytest.approx(of(plain).std(axis=0), rel=0.08)


def logs_of_diagonals(covariances):
    return np.log(np.diagonal(covariances, axis1=1, axis2=2))


def correlations(covariances):
    sd = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    return (covariances / (sd[:, :, None] * sd[:, None, :]))[:, [0, 0, 1], [1, 2, 2]]


def test_one_indicator_of_balanced_entities_has_the_variances_of_the_analysis_of_variance():
    made = np.random.default_rng(6)
    groups, each, error = 150, 6, 2.0
    values = 50 + 4 * made.standard_normal((groups, 1)) + 3 * made.standard_normal((groups, each))
    values += error * made.standard_normal((groups, each))
    within, between = twin.one_way(values)
    names = np.repeat([f"e{group}" for group in range(groups)], each)
    panel = Panel(values.reshape(-1, 1), np.full((groups * each, 1, 1), error**2), names, tails=False)
    found = fit_joint(panel, Settings(seed=1, draws=1600))
    assert np.median(found.between) == pytest.approx(between, rel=0.05)
    assert np.median(found.own) == pytest.approx(within - error**2, rel=0.05)
    assert np.median(found.intraclass(np.ones(1))) == pytest.approx(between / (between + within - error**2), abs=0.03)


# ---- beside a sampler made by others


def reference_panel():
    given = REFERENCE["panel"]
    values = np.array([[np.nan if value is None else value for value in row] for row in given["values"]])
    se = np.array(given["se"])
    alike = np.array(given["error_correlation"])
    raters = np.array(given["raters"])
    channel, indicator, seat = (axis.ravel() for axis in np.meshgrid(range(len(values)), range(2), range(2), indexing="ij"))
    seen = Seen(channel, indicator, raters[channel, seat], np.full(channel.size, 0.5), int(raters.max()) + 1)
    names = np.array([f"e{place}" for place in given["entity"]])
    return Panel(values, se[:, :, None] * se[:, None, :] * alike, names, seen, np.array(given["scale"]))


@pytest.fixture(scope="module")
def beside_numpyro():
    return fit_joint(reference_panel(), Settings(seed=1, draws=7_200))


@pytest.mark.parametrize("name", ["effect", "mean", "entity", "severity"])
def test_effects_have_the_means_and_spreads_that_numpyro_finds(beside_numpyro, name):
    theirs, ours = REFERENCE["posterior"][name], getattr(beside_numpyro, name)
    mean, sd = np.array(theirs["mean"]), np.array(theirs["sd"])
    assert np.abs((ours.mean(axis=-1) - mean) / sd).max() < 0.12
    assert np.abs(np.log(ours.std(axis=-1) / sd)).max() < 0.12


@pytest.mark.parametrize("name", ["own", "between", "severity_sd"])
def test_spreads_have_the_means_and_spreads_that_numpyro_finds(beside_numpyro, name):
    theirs, ours = REFERENCE["posterior"][name], getattr(beside_numpyro, name)
    logs = np.log(ours)[:, None] if ours.ndim == 1 else 0.5 * logs_of_diagonals(ours)
    mean, sd = (np.atleast_1d(theirs[key]) for key in ("mean", "sd"))
    assert np.abs((logs.mean(axis=0) - mean) / sd).max() < 0.15
    assert np.abs(np.log(logs.std(axis=0) / sd)).max() < 0.2


# ---- beside the truth


@pytest.fixture(scope="module")
def nations():
    made = [Nation(seed, channels=240, entities=40, raters=24, severity=1.0) for seed in range(4)]
    return [(nation, fit_joint(nation.panel(), Settings(seed=seed, draws=480))) for seed, nation in enumerate(made)]


def test_nine_in_ten_composites_own_parts_and_missing_values_lie_in_their_intervals(nations):
    weights = np.full(3, 1 / 3)
    whole = [covered(np.einsum("i,cid->cd", weights, found.effect), nation.effect @ weights) for nation, found in nations]
    own = [covered(parts_of(found, weights).own, nation.own @ weights) for nation, found in nations]
    gaps = [(found.effect[np.isnan(nation.values)], nation.effect[np.isnan(nation.values)]) for nation, found in nations]
    assert 0.86 < np.mean(whole) < 0.94
    assert 0.86 < np.mean(own) < 0.94
    assert 0.84 < covered(*(np.concatenate(both) for both in zip(*gaps, strict=True))) < 0.96


def test_most_chains_are_long_enough_to_settle_and_one_that_is_not_is_when_four_times_as_long(nations):
    restless = [nation for nation, found in nations if not found.convergence.settled]
    assert len(restless) <= 2
    assert all(fit_joint(nation.panel(), Settings(seed=1, draws=480), every=4).convergence.settled for nation in restless[:1])


def test_severities_are_found():
    nation = Nation(21, channels=400, own=3.0, raters=12, severity=5.0)
    found = fit_joint(nation.panel(), Settings(seed=1, draws=240))
    assert np.corrcoef(found.severity.mean(axis=1), nation.severity)[0, 1] > 0.95
    assert covered(found.severity, nation.severity) > 0.7


def test_indicators_taken_one_by_one_would_promise_too_much():
    """Eight indicators, correlated .6, of reliability .5: jointly nine in ten composites lie in their intervals."""
    made, size, channels = np.random.default_rng(8), 8, 300
    truth = made.standard_normal((channels, size)) @ np.linalg.cholesky(equicorrelated(size)).T
    panel = Panel(truth + made.standard_normal((channels, size)), np.tile(np.eye(size), (channels, 1, 1)), tails=False)
    found = fit_joint(panel, Settings(seed=1, draws=480))
    assert 0.85 < covered(found.effect.mean(axis=1), truth.mean(axis=1)) < 0.95
    # One by one, with mean and variances known, each is normal about half its value with variance a half.
    alone = panel.values[:, :, None] / 2 + np.sqrt(0.5) * made.standard_normal((channels, size, 480))
    assert covered(alone.mean(axis=1), truth.mean(axis=1)) < 0.75


def test_heavy_tails_are_seen_and_leave_an_outlier_where_it_is():
    nation = Nation(9, channels=150, tail=3.0, raters=2, severity=0.0, entity=0.5)
    nation.values[0], nation.se[0] = 40.0, 4.0
    nation.errors[0] = 16 * equicorrelated(3, 0.3)
    heavy = fit_joint(nation.panel(seen=None), Settings(seed=1, draws=960))
    light = fit_joint(nation.panel(seen=None, tails=False), Settings(seed=1, draws=960))
    assert np.median(heavy.tail) <= 6
    assert abs(heavy.effect[0].mean() - 40) < abs(light.effect[0].mean() - 40)
    normal = Nation(9, channels=150, tail=1e6, raters=2, severity=0.0, entity=0.5)
    assert np.median(fit_joint(normal.panel(seen=None), Settings(seed=1, draws=960)).tail) >= 14


def test_a_missing_value_is_less_certain_than_a_measured_one_and_more_than_one_of_nobody_knows_whom(nations):
    nation, found = nations[0]
    own = found.effect.std(axis=2)
    gap, known = np.isnan(nation.values), ~np.isnan(nation.values)
    assert own[gap].mean() > 1.2 * own[known].mean()
    assert own[gap].mean() < nation.effect.std()


# ---- what belongs to the entity


def test_parts_add_up_and_the_share_is_that_of_the_entity(nations):
    _, found = nations[0]
    weights = np.array([0.5, 0.3, 0.2])
    parts = parts_of(found, weights)
    whole = np.einsum("i,cid->cd", weights, found.effect) - weights @ found.mean
    assert parts.entity + parts.own == pytest.approx(whole)
    assert parts.own == pytest.approx(np.einsum("i,cid->cd", weights, found.own_part))
    theirs, its = np.abs(parts.entity.mean(axis=1)), np.abs(parts.own.mean(axis=1))
    assert parts.share == pytest.approx(theirs / (theirs + its))


@pytest.mark.parametrize("names", [None, np.full(60, ""), np.array([f"e{place}" for place in range(60)])])
def test_without_entities_that_have_two_channels_the_model_does_without_them(briefly, names):
    found = fit_joint(Nation(3).panel(entities=names), Settings(seed=1, draws=48))
    assert not found.entity.any()
    assert not found.intraclass(np.ones(3)).any()


def test_a_channel_of_nobody_knows_which_entity_is_one_of_its_own(briefly):
    nation = Nation(3)
    named = np.where(np.arange(60) == 5, "", nation.names)
    found = fit_joint(nation.panel(entities=named), Settings(seed=1, draws=48))
    assert (found.entity_of == found.entity_of[5]).sum() == 1
    assert found.names.size == 9


def test_the_reliability_of_draws_is_what_is_known_of_the_differences():
    made = np.random.default_rng(0)
    truth = 3 * made.standard_normal((4000, 1))
    seen = truth + made.standard_normal((4000, 1))
    draws = 0.9 * seen + np.sqrt(0.9) * made.standard_normal((4000, 400))
    whole, each = reliability(draws)
    assert whole == pytest.approx(0.9, abs=0.01)
    assert each.mean() == pytest.approx(0.9, abs=0.01)
    assert np.isnan(reliability(np.ones((3, 4)))[0])


# ---- the same again, and what is refused


def test_the_same_seed_gives_the_same_draws(briefly):
    panel = Nation(4, channels=30).panel()
    first, again, other = (fit_joint(panel, Settings(seed=seed, draws=96)) for seed in (1, 1, 2))
    assert (first.effect == again.effect).all()
    assert (first.effect != other.effect).all()


def test_another_seed_gives_nearly_the_same_means():
    panel = Nation(4, channels=30).panel()
    first, other = (fit_joint(panel, Settings(seed=seed, draws=960)) for seed in (1, 2))
    off = (first.effect.mean(axis=2) - other.effect.mean(axis=2)) / first.effect.std(axis=2)
    assert np.abs(off).max() < 0.25


def test_as_many_draws_are_given_as_were_asked_for(briefly):
    found = fit_joint(Nation(4).panel(), Settings(draws=50))
    assert (found.effect.shape, found.mean.shape) == ((60, 3, 50), (3, 50))
    assert (found.entity.shape, found.severity.shape) == ((8, 3, 50), (6, 50))


def test_many_indicators_that_move_as_one_are_modelled():
    made = np.random.default_rng(3)
    entity_of = np.arange(200) % 10
    truth = 60 + 6 * made.standard_normal(10)[entity_of] + 8 * made.standard_normal(200)
    values = truth[:, None] + 0.1 * made.standard_normal((200, 8))
    panel = Panel(values, np.tile(0.01 * np.eye(8), (200, 1, 1)), np.array([f"e{place}" for place in entity_of]))
    found = fit_joint(panel, Settings(seed=1, draws=480))
    assert np.abs(found.effect.mean(axis=(1, 2)) - values.mean(axis=1)).max() < 0.05
    assert 0.84 < covered(found.effect.mean(axis=1), truth) < 0.96


def test_exact_values_are_taken_as_they_are(briefly):
    nation = Nation(4, missing=0.0)
    nation.errors[:10] = 0.0
    found = fit_joint(nation.panel(seen=None), Settings(draws=48))
    assert found.effect[:10].std(axis=2).max() < 1e-6
    assert found.effect[:10, :, 0] == pytest.approx(nation.values[:10])


def test_of_longer_chains_fewer_sweeps_are_kept():
    panel = Nation(4, channels=30).panel()
    short, long = (fit_joint(panel, Settings(seed=1, draws=240), every=every) for every in (1, 2))
    assert short.effect.shape == long.effect.shape
    assert long.convergence.ess["effect"] > short.convergence.ess["effect"]


def test_whoever_waits_is_asked_every_few_sweeps():
    heard = []
    fit_joint(Nation(4).panel(), Settings(draws=48), heard.append)
    assert len(heard) > 8
    assert not any(heard)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda nation: nation.values.__setitem__((slice(1, None), 1), np.nan), "fewer than two values on indicator 2"),
        (lambda nation: nation.errors.__setitem__((3, 0, 0), np.nan), "no standard error"),
        (lambda nation: nation.errors.__setitem__((3, 0, 1), 99.0), "beyond what is possible"),
    ],
)
def test_what_cannot_be_modelled_is_refused(spoil, message):
    nation = Nation(4, missing=0.0)
    spoil(nation)
    nation.errors = (nation.errors + nation.errors.transpose(0, 2, 1)) / 2
    with pytest.raises(Problem, match=message):
        fit_joint(nation.panel(), Settings(draws=48))
