"""What stands out: funnels, moving averages, discoveries."""

import math

from tests.oracles.estimates import bisect
from tests.oracles.indicators import known, mean
from tests.oracles.ranking import normal_below


def pulled_in_square(distances, pulled=0.1):
    """The mean square of distances, those beyond a share at either end pulled in to where it begins."""
    ordered = sorted(distances)

    def at(share):
        place = share * (len(ordered) - 1)
        under = min(math.floor(place), len(ordered) - 2)
        return ordered[under] + (place - under) * (ordered[under + 1] - ordered[under])

    return mean([min(max(distance, at(pulled)), at(1 - pulled)) ** 2 for distance in distances])


def funnel_spread(values, errors, target, pulled=0.1):
    """The variance between channels beside which distances spread like even steps through a normal, found by halving."""
    steps = [step / 1000 for step in range(-8000, 8001)]
    end = bisect(lambda x: normal_below(x) - (1 - pulled), 0.0, 8.0)
    by_chance = sum(min(abs(x), end) ** 2 * math.exp(-x * x / 2) / math.sqrt(2 * math.pi) / 1000 for x in steps)

    def shortfall(between):
        distances = [(value - target) / math.sqrt(error**2 + between) for value, error in zip(values, errors, strict=True)]
        return by_chance - pulled_in_square(distances, pulled)

    return bisect(shortfall, 0.0, 1e4, 80) if shortfall(0.0) < 0 else 0.0


def moving_average(values, target, weight):
    """The average from its whole sum: what each value counts for by now, and the target for the rest."""
    seen = known(values)
    shares = [weight * (1 - weight) ** (len(seen) - 1 - place) for place in range(len(seen))]
    return sum(share * value for share, value in zip(shares, seen, strict=True)) + (1 - weight) ** len(seen) * target, shares


def largest_excess(values, target, slack):
    """The cumulative sum as the largest sum of excesses over any stretch that ends now, or 0."""
    excess = [0.0 if value is None else value - target - slack for value in values]
    return max([0.0] + [sum(excess[start:]) for start in range(len(excess))])


def discoveries(chances, rate):
    """Which chances are at most that of the largest place whose chance is under place · rate / count."""
    ordered = sorted(chances)
    limit = max([chance for place, chance in enumerate(ordered, 1) if chance <= place * rate / len(ordered)], default=-1.0)
    return [chance <= limit for chance in chances]
