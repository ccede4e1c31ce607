"""Ranks, the chances of being first or last, and confidence sets."""

import math
from fractions import Fraction


def ranks(scores):
    return [1 + sum(other > score for other in scores) for score in scores]


def rank_draws(draws):
    """Ranks of every channel in every draw, from and to a list of draws per channel."""
    tables = [ranks(table) for table in zip(*draws, strict=True)]
    return [list(channel) for channel in zip(*tables, strict=True)]


def rank_interval(ranked, level):
    """The ends of the interval: the order statistics just outside both tails."""
    ordered = sorted(ranked)
    tail = (1 - Fraction(str(level))) / 2 * (len(ordered) - 1)
    return ordered[math.floor(tail)], ordered[math.ceil(len(ordered) - 1 - tail)]


def chance_top(ranked, k):
    return sum(rank <= k for rank in ranked) / len(ranked)


def chance_bottom(draws, channel, k):
    """The share of draws in which fewer than k channels are strictly worse."""
    tables = list(zip(*draws, strict=True))
    return sum(sum(round(other, 9) < round(table[channel], 9) for other in table) < k for table in tables) / len(tables)


def sure_leads(values, errors, pairs, critical):
    """Of ordered pairs of units, those whose first is surely better; each step asks again about what the last one left open."""

    def lead(pair):
        one, other = pair
        return (values[one] - values[other]) / math.hypot(errors[one], errors[other])

    sure = set()
    while True:
        limit = critical([pair for pair in pairs if pair not in sure])
        more = {pair for pair in pairs if lead(pair) > limit}
        if more == sure:
            return sure
        sure = more


def sets_of_ranks(units, sure):
    """The best and worst rank of each unit: as many are surely better, as many surely worse."""
    return [(1 + sum(two == unit for _, two in sure), units - sum(one == unit for one, _ in sure)) for unit in range(units)]


def bootstrap_critical(errors, draws, level):
    """The critical value of pairs: of their largest lead by luck in each draw, number ⌈level · (D + 1)⌉ from below."""

    def critical(pairs):
        def largest(luck):
            leads = [(luck[i] * errors[i] - luck[j] * errors[j]) / math.hypot(errors[i], errors[j]) for i, j in pairs]
            return max([0.0, *leads])

        place = math.ceil(Fraction(str(level)) * (len(draws) + 1))
        return sorted(largest(luck) for luck in draws)[place - 1]

    return critical


def all_at_once(values, errors, draws, level):
    pairs = [(one, two) for one in range(len(values)) for two in range(len(values)) if one != two]
    return sets_of_ranks(len(values), sure_leads(values, errors, pairs, bootstrap_critical(errors, draws, level)))


def normal_below(x):
    return math.erfc(-x / math.sqrt(2)) / 2


def one_by_one(values, errors, unit, level, steps=400):
    """The set of one unit, each critical value by bisection of its probability, and that by the middle rule over its own luck."""
    own = errors[unit]
    pairs = [pair for other in range(len(values)) if other != unit for pair in ((unit, other), (other, unit))]

    def chance(pairs, limit):
        total = weight = 0.0
        for step in range(steps):
            luck = 7 * (2 * (step + 0.5) / steps - 1)
            within = density = math.exp(-luck * luck / 2)
            for one, two in pairs:
                other, sign = (two, -1) if one == unit else (one, 1)
                within *= normal_below((limit * math.hypot(own, errors[other]) + sign * luck * own) / errors[other])
            total, weight = total + within, weight + density
        return total / weight

    def critical(pairs):
        low, high = 0.0, 10.0
        while pairs and high - low > 1e-7:
            middle = (low + high) / 2
            low, high = (low, middle) if chance(pairs, middle) >= level else (middle, high)
        return low

    return sets_of_ranks(len(values), sure_leads(values, errors, pairs, critical))[unit]
