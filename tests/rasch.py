"""The slow obvious twin of many-facet Rasch: every pattern of levels is written down, in plain Python.

Nothing here imports Marsad or NumPy. Scores are (channel, rater, item, level); severities and difficulties go by name, steps are
one list for all items.
"""

import math
from itertools import product


def chances(ability, severity, difficulty, steps):
    """Return the chance of every level: the odds of each over the one below it multiply."""
    odds = [1.0]
    for step in steps:
        odds.append(odds[-1] * math.exp(ability - severity - difficulty - step))
    return [part / sum(odds) for part in odds]


def of_channel(scores, channel):
    return [score for score in scores if score[0] == channel]


def pattern_chance(levels, seen, severity, difficulty, steps, ability=0.0):
    return math.prod(
        chances(ability, severity[rater], difficulty[item], steps)[level]
        for level, (_, rater, item, _) in zip(levels, seen, strict=True)
    )


def conditional_log_likelihood(scores, severity, difficulty, steps):
    """Return Σ log of the chance of what a channel got among all patterns that have its total."""
    total = 0.0
    for channel in sorted({score[0] for score in scores}):
        seen = of_channel(scores, channel)
        got = [level for *_, level in seen]
        alike = [levels for levels in product(range(len(steps) + 1), repeat=len(seen)) if sum(levels) == sum(got)]
        whole = math.fsum(pattern_chance(levels, seen, severity, difficulty, steps) for levels in alike)
        total += math.log(pattern_chance(got, seen, severity, difficulty, steps) / whole)
    return total


def information(seen, ability, severity, difficulty, steps):
    found = 0.0
    for _, rater, item, _ in seen:
        chance = chances(ability, severity[rater], difficulty[item], steps)
        mean = sum(level * part for level, part in enumerate(chance))
        found += sum((level - mean) ** 2 * part for level, part in enumerate(chance))
    return found


def measure(seen, severity, difficulty, steps):
    """Return where the likelihood times the root of the information is greatest, by thirds."""

    def height(ability):
        got = [level for *_, level in seen]
        likelihood = pattern_chance(got, seen, severity, difficulty, steps, ability)
        return math.log(likelihood) + math.log(information(seen, ability, severity, difficulty, steps)) / 2

    low, high = -8.0, 8.0
    while high - low > 1e-9:
        third = (high - low) / 3
        if height(low + third) < height(high - third):
            low += third
        else:
            high -= third
    return (low + high) / 2


def mean_squares(seen, abilities, severity, difficulty, steps):
    """Return the infit and outfit of some scores."""
    squares, variances, ratios = [], [], []
    for channel, rater, item, level in seen:
        chance = chances(abilities[channel], severity[rater], difficulty[item], steps)
        mean = sum(place * part for place, part in enumerate(chance))
        squares.append((level - mean) ** 2)
        variances.append(sum((place - mean) ** 2 * part for place, part in enumerate(chance)))
        ratios.append(squares[-1] / variances[-1])
    return sum(squares) / sum(variances), sum(ratios) / len(ratios)
