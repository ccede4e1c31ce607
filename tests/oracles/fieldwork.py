"""Where the next visits go."""

import math


def crossing_gain(distance, spread, steps=4000, reach=12.0):
    """The mean of what a normal move of this variance goes beyond a line so far away, summed over narrow strips of it."""
    deviation = math.sqrt(spread)
    width = reach / steps
    middles = ((step + 0.5) * width for step in range(steps))
    return math.fsum(
        (move * deviation - distance) * math.exp(-move * move / 2) / math.sqrt(2 * math.pi) * width
        for move in middles
        if move * deviation > distance
    )


def variance_after(variance, noise, visits):
    """A normal posterior's variance after more visits: precisions add up."""
    return 1 / (1 / variance + visits / noise)


def worth_of_a_visit(channel, planned, means, variances, noise, visits, k, look_share, moves_share):
    """What one more visit than planned is worth to a channel, over the lines of both lists."""
    ordered = sorted(range(len(means)), key=lambda one: means[one])
    look = max(1.0, noise / max(variances)) + look_share * max(visits)
    gain = 0.0
    for last, first_off in ((ordered[-k], ordered[-k - 1]), (ordered[k - 1], ordered[k])):
        distance = abs(means[channel] - (means[last] + means[first_off]) / 2)
        moves = moves_share * (variances[last] + variances[first_off]) / 4
        before = variances[channel] - variance_after(variances[channel], noise, planned) + moves
        after = variances[channel] - variance_after(variances[channel], noise, planned + look) + moves
        gain += crossing_gain(distance, after) - crossing_gain(distance, before)
    return gain * math.sqrt(variance_after(variances[channel], noise, planned))


def next_visits(means, variances, noise, visits, budget, k, look_share, moves_share):
    """Visits handed out one at a time, every channel looked at again before each."""
    planned = [0] * len(means)
    for _ in range(budget):
        worth = [
            worth_of_a_visit(one, planned[one], means, variances, noise, visits, k, look_share, moves_share)
            for one in range(len(means))
        ]
        planned[worth.index(max(worth))] += 1
    return planned
