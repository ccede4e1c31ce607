"""How long the joint model takes on 600 channels, 16 indicators and 80 raters, and whether its intervals hold what they promise.

`joint_s`: 4 000 draws (limit 20 s on one core); `joint_least_ess`: the fewest effective draws among all effects;
`joint_coverage`: the share of true composites inside their 90 % intervals; `joint_alone_coverage`: the same with indicators taken
one by one, as a peer without the joint model would.
"""

from time import perf_counter

import numpy as np
from machine import describe, figure

from marsad.core.joint import JointPosterior, Panel, Seen, fit_joint
from marsad.core.posterior import Settings

CHANNELS, INDICATORS, RATERS, ENTITIES, EACH = 600, 16, 80, 30, 4
SPREAD, CORRELATION, INTRACLASS, TAIL, MISSING = 6.0, 0.6, 0.4, 8.0, 0.05


def nation() -> tuple[Panel, np.ndarray]:
    """Return a panel with correlated indicators of reliability .5, four raters to a channel, and the true effects."""
    made = np.random.default_rng(0)
    root = np.linalg.cholesky(CORRELATION + (1 - CORRELATION) * np.eye(INDICATORS)) * SPREAD
    entity_of = made.integers(ENTITIES, size=CHANNELS)
    entity = np.sqrt(INTRACLASS) * made.standard_normal((ENTITIES, INDICATORS)) @ root.T
    own = np.sqrt(1 - INTRACLASS) * made.standard_normal((CHANNELS, INDICATORS)) @ root.T
    truth = 70 + entity[entity_of] + own / np.sqrt(made.gamma(TAIL / 2, 2 / TAIL, size=(CHANNELS, 1)))
    se = SPREAD * np.exp(0.4 * made.standard_normal(truth.shape))
    severity, raters = 3 * made.standard_normal(RATERS), np.array([made.permutation(RATERS)[:EACH] for _ in truth])
    values = truth - severity[raters].mean(axis=1)[:, None] + se * made.standard_normal(truth.shape)
    values[made.random(truth.shape) < MISSING] = np.nan
    places = np.meshgrid(range(CHANNELS), range(INDICATORS), range(EACH), indexing="ij")
    channel, indicator, seat = (axis.ravel() for axis in places)
    seen = Seen(channel, indicator, raters[channel, seat], np.full(channel.size, 1 / EACH), RATERS)
    return Panel(values, se[:, :, None] * np.eye(INDICATORS) * se[:, None, :], entity_of.astype(str), seen), truth


def one_by_one(panel: Panel) -> np.ndarray:
    """Return draws of the plain mean of indicators that are modelled each for itself."""
    alone = [
        fit_joint(
            Panel(panel.values[:, [place]], panel.errors[:, [place]][:, :, [place]], panel.entities), Settings(seed=1, draws=480)
        )
        for place in range(INDICATORS)
    ]
    return np.mean([one.effect[:, 0] for one in alone], axis=0)


def coverage(draws: np.ndarray, truth: np.ndarray) -> float:
    """Return the share of true composites inside their 90 % intervals."""
    low, high = np.quantile(draws, [0.05, 0.95], axis=1)
    return float(((low <= truth) & (truth <= high)).mean())


def main() -> None:
    """Time the model, look at what it promised, and print both."""
    panel, truth = nation()
    before = perf_counter()
    found: JointPosterior = fit_joint(panel, Settings(seed=1))
    taken = perf_counter() - before
    whole = truth.mean(axis=1)
    jointly, alone = coverage(found.effect.mean(axis=1), whole), coverage(one_by_one(panel), whole)
    least = min(found.convergence.ess.values())
    print(describe())
    print(f"{CHANNELS} channels, {INDICATORS} indicators, {RATERS} raters: {taken:.1f} s (limit 20 s)")
    print(f"worst R-hat {max(found.convergence.rhat.values()):.3f}, fewest effective draws {least:.0f}")
    print(f"90 % intervals hold {100 * jointly:.0f} % of true composites; with indicators one by one, {100 * alone:.0f} %")
    figure("joint_s", taken, "s")
    figure("joint_least_ess", least, "draws")
    figure("joint_coverage", jointly, "share")
    figure("joint_alone_coverage", alone, "share")


if __name__ == "__main__":
    main()
