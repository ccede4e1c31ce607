"""How many of the true best and worst five of 600 channels are found when visits go where they settle most, and when uniformly.

Every channel begins with two visits; then batches of 100 are planned, each from the posterior after all before it. Found is the
share of the true best and worst five that stand on the lists by posterior mean, the mean of all runs. `planner_found_…` are the
figures of a plain nation: quality N(0, 1), visits with a standard deviation of 1.5. The other nations are what plain theory
leaves out:

- shoppers: 80 of them, sent at random, each harsh or mild by a severity N(0, 0.5²) that is estimated beside the channels;
- drift: quality wanders by 0.3 in all over 12 000 visits, and is what it has become; the posterior knows how fast;
- heavy tails: quality and the noise of visits follow Student's t with 4 and 3 degrees of freedom, scaled to the same variances,
  and the posterior takes both for normal;
- kinds: four of 300, 150, 100 and 50 channels, each with lists of its own, 40 places in all.

`python benchmarks/planner.py RUNS` takes another number of runs than 200; nations but the plain one get half of them.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from machine import describe, figure

from marsad.core.fieldwork import Field, next_visits_within

CHANNELS, K, NOISE, BATCH, RUNS = 600, 5, 1.5, 100, 200
MARKS = (2400, 3600, 6000, 12000)
GOALS = (0.57, 0.69, 0.81, 0.88)
SHOPPERS, SEVERITY, WANDER = 80, 0.5, 0.3
BATCHES = (MARKS[-1] - 2 * CHANNELS) // BATCH


class Plain:
    """A nation, the visits made so far, and what is known after them."""

    sizes: tuple[int, ...] = (CHANNELS,)

    def __init__(self, run: int) -> None:
        """Draw the quality of every channel."""
        self.generator = np.random.default_rng(run)
        self.kinds = np.repeat([str(kind) for kind in range(len(self.sizes))], self.sizes)
        self.truth = self.quality()
        self.visits, self.sums = np.zeros(CHANNELS), np.zeros(CHANNELS)

    def quality(self) -> np.ndarray:
        """Return the quality of every channel, with mean 0 and variance 1."""
        return self.generator.standard_normal(CHANNELS)

    def visit(self, counts: np.ndarray) -> None:
        """Make visits."""
        self.visits += counts
        self.sums += counts * self.truth + NOISE * np.sqrt(counts) * self.generator.standard_normal(CHANNELS)

    def known(self) -> tuple[np.ndarray, np.ndarray]:
        """Return posterior mean and variance."""
        variance = 1 / (1 + self.visits / NOISE**2)
        return variance * self.sums / NOISE**2, variance

    def found(self) -> float:
        """Return the share of the true lists that is on the lists by posterior mean."""
        mean, _ = self.known()
        shares = []
        for kind in np.unique(self.kinds):
            true, listed = (np.argsort(scores[self.kinds == kind]) for scores in (self.truth, mean))
            shares += [len(set(true[ends]) & set(listed[ends])) / K for ends in (slice(K), slice(-K, None))]
        return float(np.mean(shares))


class Shoppers(Plain):
    """Visits by shoppers whose severities are estimated with the channels, normal both, in one linear system."""

    def __init__(self, run: int) -> None:
        """Draw the severities too."""
        super().__init__(run)
        self.severity = SEVERITY * self.generator.standard_normal(SHOPPERS)
        self.table, self.of_shopper = np.zeros((CHANNELS, SHOPPERS)), np.zeros(SHOPPERS)

    def visit(self, counts: np.ndarray) -> None:
        """Make visits, each by some shopper."""
        channel = np.repeat(np.arange(CHANNELS), counts)
        shopper = self.generator.integers(SHOPPERS, size=channel.size)
        scores = self.truth[channel] + self.severity[shopper] + NOISE * self.generator.standard_normal(channel.size)
        self.visits += counts
        self.sums += np.bincount(channel, scores, CHANNELS)
        self.of_shopper += np.bincount(shopper, scores, SHOPPERS)
        np.add.at(self.table, (channel, shopper), 1)

    def known(self) -> tuple[np.ndarray, np.ndarray]:
        """Return posterior mean and variance, severities integrated out."""
        alone = 1 / (self.visits + NOISE**2)
        shared = alone[:, None] * self.table
        inner = np.diag(self.table.sum(axis=0) + (NOISE / SEVERITY) ** 2) - self.table.T @ shared
        spread = np.linalg.solve(inner, np.column_stack([self.of_shopper - shared.T @ self.sums, shared.T]))
        mean = alone * self.sums - shared @ spread[:, 0]
        return mean, NOISE**2 * (alone + (shared * spread[:, 1:].T).sum(axis=1))


class Drift(Plain):
    """Quality that wanders, followed by a Kalman filter."""

    def __init__(self, run: int) -> None:
        """Begin with nothing known but the mean and variance of all."""
        super().__init__(run)
        self.mean, self.variance = np.zeros(CHANNELS), np.ones(CHANNELS)

    def visit(self, counts: np.ndarray) -> None:
        """Let quality wander, then make visits."""
        self.truth = self.truth + WANDER / np.sqrt(BATCHES) * self.generator.standard_normal(CHANNELS)
        self.sums[:] = 0
        super().visit(counts)
        before = self.variance + WANDER**2 / BATCHES
        self.variance = before * NOISE**2 / (NOISE**2 + counts * before)
        self.mean = self.variance * (self.mean / before + self.sums / NOISE**2)

    def known(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what the filter says."""
        return self.mean, self.variance


class HeavyTails(Plain):
    """Quality and noise with more extremes than a normal distribution has."""

    def quality(self) -> np.ndarray:
        """Return quality of variance 1: Student's t with 4 degrees of freedom has a variance of 2."""
        return self.generator.standard_t(4, CHANNELS) / np.sqrt(2)

    def visit(self, counts: np.ndarray) -> None:
        """Make visits: Student's t with 3 degrees of freedom has a variance of 3."""
        channel = np.repeat(np.arange(CHANNELS), counts)
        scores = self.truth[channel] + NOISE / np.sqrt(3) * self.generator.standard_t(3, channel.size)
        self.visits += counts
        self.sums += np.bincount(channel, scores, CHANNELS)


class Kinds(Plain):
    """Channels of four kinds, each with lists of its own."""

    sizes = (300, 150, 100, 50)


@dataclass
class Plan:
    """How to share a batch out, and the seconds that has taken."""

    settles: bool
    seconds: float = 0.0
    batches: int = 0

    def counts(self, nation: Plain, seed: int) -> np.ndarray:
        """Return the visits of the next batch: where they settle most, or to who has had fewest."""
        if not self.settles:
            fewest = np.lexsort((nation.generator.random(CHANNELS), nation.visits))[:BATCH]
            return np.bincount(fewest, minlength=CHANNELS)
        mean, variance = nation.known()
        start = time.perf_counter()
        field = Field(mean, variance, np.full(CHANNELS, NOISE**2), nation.visits)
        counts = next_visits_within(field, nation.kinds, dict.fromkeys(np.unique(nation.kinds), K), budget=BATCH, seed=seed)
        self.seconds += time.perf_counter() - start
        self.batches += 1
        return counts


def found(nation: type[Plain], plan: Plan, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean share found at every mark, and its standard error."""
    shares = np.empty((runs, len(MARKS)))
    for run in range(runs):
        field = nation(run)
        field.visit(np.full(CHANNELS, 2))
        for mark, visits in enumerate(MARKS):
            while field.visits.sum() < visits:
                field.visit(plan.counts(field, run))
            shares[run, mark] = field.found()
    return shares.mean(axis=0), shares.std(axis=0, ddof=1) / np.sqrt(runs)


def main() -> None:
    """Print the table and the figures."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    nations = {"plain": Plain, "shoppers": Shoppers, "drift": Drift, "heavy tails": HeavyTails, "kinds": Kinds}
    print(f"{describe()}; {runs} runs, of nations but the plain one {runs // 2}; seeds 0 and up")
    print(f"{'nation':<12}{'plan':<10}" + "".join(f"{visits:>15}" for visits in MARKS))
    print(f"{'plain':<12}{'goal':<10}" + "".join(f"{goal:>15.3f}" for goal in GOALS))
    for name, nation in nations.items():
        for plan in (Plan(settles=False), Plan(settles=True)):
            share, error = found(nation, plan, runs if nation is Plain else runs // 2)
            cells = [f"{value:>9.3f} ±{wide:.3f}" for value, wide in zip(share, error, strict=True)]
            print(f"{name:<12}{'settling' if plan.settles else 'uniform':<10}{''.join(cells)}", flush=True)
            if nation is Plain and plan.settles:
                plain, taken = share, plan.seconds / plan.batches
    for visits, value in zip(MARKS, plain, strict=True):
        figure(f"planner_found_{visits}", value, "share")
    figure("planner_batch_ms", taken * 1000, "ms")


if __name__ == "__main__":
    main()
