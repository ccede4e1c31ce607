"""How long ranks and what is sure about them take on 600 units, beside plain loops in the same run.

`rank_draws_s`: ranks, intervals and chances from 4 000 draws (limit 0.3 s); `ranksets_marginal_s`: the sets of five units, one by
one; `ranksets_worst5_s`: the set of the worst five, from 4 000 draws. A published R package took 16 s and 186 s for the last two;
their limits are a fiftieth of that. The loops look at every pair in each of the 1 000 draws that package takes; the loop over all
pairs runs on a few of them, and its time for the rest is reckoned from those.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from machine import describe, figure, seconds

from marsad.core.posterior import Settings
from marsad.core.ranking import normal_draws, standing
from marsad.core.ranksets import marginal_sets, simultaneous_sets

UNITS, K, TIMES = 600, 5, 5
DRAWS, STEPS, SAMPLED = 1000, 3, 10
"""What the loops draw, how many steps they take at least, and the draws that the loop over all pairs is timed on."""


@dataclass(frozen=True)
class Race:
    """Our way and the loops, how many times the loops would have to run, and the seconds we allow ourselves."""

    ours: Callable[[], object]
    loops: Callable[[], object]
    share: float
    limit: float


def nation() -> tuple[np.ndarray, np.ndarray]:
    """Return values and unequal standard errors of 600 units, at a reliability of about 0.8."""
    generator = np.random.default_rng(1)
    se = 0.45 * np.exp(0.3 * generator.normal(size=UNITS))
    return generator.normal(size=UNITS) + se * generator.normal(size=UNITS), se


def every_pair(se: np.ndarray, noise: np.ndarray) -> float:
    """Return the critical value of a first step, looking at every pair of units in every draw."""
    spread = np.hypot(se[:, None], se)
    largest = [float((np.subtract.outer(luck * se, luck * se) / spread).max()) for luck in noise]
    return float(np.quantile(largest, 0.95))


def one_unit(se: np.ndarray, noise: np.ndarray) -> float:
    """Return the critical value of a first step for one unit, looking at every other unit in every draw."""
    spread = np.hypot(se[0], se)
    largest = [float(np.abs((luck[0] * se[0] - luck * se) / spread).max()) for luck in noise]
    return float(np.quantile(largest, 0.95))


def table_by_table(draws: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return rank intervals and chances, one league table and one unit after the other."""
    ranked = np.array([np.argsort(np.argsort(-table)) + 1 for table in draws.T]).T
    ends = np.array([np.quantile(unit, [0.05, 0.95]) for unit in ranked])
    return ends, (ranked <= K).mean(axis=1), (ranked > UNITS - K).mean(axis=1)


def races() -> dict[str, Race]:
    """Return what is timed, by the name of its figure."""
    value, se = nation()
    settings, five = Settings(level=0.95), np.argsort(value)[:K]
    draws = normal_draws(value, se, settings)
    noise = np.random.default_rng(2).standard_normal((DRAWS, UNITS))
    all_pairs = STEPS * DRAWS / SAMPLED
    return {
        "rank_draws_s": Race(lambda: standing(draws, K), lambda: table_by_table(draws), 1, 0.3),
        "ranksets_marginal_s": Race(
            lambda: marginal_sets(value, se, units=five), lambda: one_unit(se, noise), K * STEPS, 16 / 50
        ),
        "ranksets_worst5_s": Race(
            lambda: simultaneous_sets(value, se, settings).may_be_worst(K),
            lambda: every_pair(se, noise[:SAMPLED]),
            all_pairs,
            186 / 50,
        ),
        "ranksets_600_marginal_s": Race(
            lambda: marginal_sets(value, se), lambda: one_unit(se, noise), UNITS * STEPS, 600 / 5 * 16 / 50
        ),
    }


def main() -> None:
    """Print the table and the figures."""
    print(describe())
    print(f"{'what':<24}{'seconds':>9}{'limit':>8}{'plain loops':>13}{'times':>7}")
    figures = {}
    for name, race in races().items():
        taken, plain = seconds(race.ours, TIMES), race.share * seconds(race.loops, TIMES)
        print(f"{name:<24}{taken:>9.3f}{race.limit:>8.2f}{plain:>13.2f}{plain / taken:>7.0f}")
        figures[name] = taken
    for name, taken in figures.items():
        figure(name, taken, "s")


if __name__ == "__main__":
    main()
