"""Deaths in twelve hospitals: logit rates normal around a mean, posterior by quadrature over mean, precision and each rate."""

from functools import cached_property

import numpy as np
from scipy.special import expit, xlog1py, xlogy

SHAPE = RATE = 0.001
"""The gamma prior of the precision; the mean's is flat."""


class Surgical:
    """Grids of logit rates `[B]`, of their mean and precision `[G]`, and what each cell of the latter says."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.names = [row["hospital"] for row in rows]
        n, deaths = (np.array([float(row[column]) for row in rows]) for column in ("n", "r"))
        self.logits = np.linspace(-7, 1, 401)
        rates = expit(self.logits)
        log = xlogy(deaths[:, None], rates) + xlog1py((n - deaths)[:, None], -rates)
        self.likelihood = np.exp(log - log.max(axis=1, keepdims=True))
        mean, precision = np.meshgrid(np.linspace(-3.8, -1.4, 33), np.exp(np.linspace(-2, 9, 45)))
        self.mean, self.precision = mean.ravel(), precision.ravel()

    @cached_property
    def within(self) -> np.ndarray:
        """Return what each hospital's rate may be in each cell `[G, H, B]`, summing to the likelihood of the cell."""
        prior = np.sqrt(self.precision)[:, None] * np.exp(-self.precision[:, None] * (self.logits - self.mean[:, None]) ** 2 / 2)
        return prior[:, None, :] * self.likelihood

    @cached_property
    def weight(self) -> np.ndarray:
        """Return the posterior of the cells `[G]`; that of the precision is over its logarithm."""
        log = np.log(self.within.sum(axis=2)).sum(axis=1) + SHAPE * np.log(self.precision) - RATE * self.precision
        weight = np.exp(log - log.max())
        return weight / weight.sum()

    def mean_rate(self, hospital: int) -> float:
        """Return the posterior mean of a hospital's rate."""
        density = self.within[:, hospital]
        return float(self.weight @ (density @ expit(self.logits) / density.sum(axis=1)))

    @cached_property
    def below(self) -> np.ndarray:
        """Return how probably each rate lies below each point in each cell `[G, H, B]`, half of the point included."""
        density = self.within / self.within.sum(axis=2, keepdims=True)
        return np.cumsum(density, axis=2) - density / 2

    def chance_of_worst(self, hospital: int) -> float:
        """Return how probably a hospital's rate is above all others'."""
        density = self.within[:, hospital] / self.within[:, hospital].sum(axis=1, keepdims=True)
        others = np.delete(self.below, hospital, axis=1).prod(axis=1)
        return float(self.weight @ (density * others).sum(axis=1))

    def draws(self, count: int, generator: np.random.Generator) -> np.ndarray:
        """Return draws of the logit rates `[H, D]`."""
        drawn = np.empty((len(self.names), count))
        cells = np.sort(generator.choice(self.weight.size, count, p=self.weight))
        for cell in np.unique(cells):
            at = np.flatnonzero(cells == cell)
            for hospital in range(len(self.names)):
                drawn[hospital, at] = np.interp(generator.random(at.size), self.below[cell, hospital], self.logits)
        return drawn
