"""Estimates, weights and times."""

import math

from tests.oracles.indicators import mean
from tests.oracles.ranking import normal_below
from tests.oracles.stars import squares


def jeffreys_deviation(successes, n, steps=20_000):
    """The spread of p under Beta(s + ½, n − s + ½), by the middle rule over p = sin²t, where its density has no poles."""
    weight = first = second = 0.0
    for step in range(steps):
        angle = (step + 0.5) / steps * math.pi / 2
        p = math.sin(angle) ** 2
        density = math.sin(angle) ** (2 * successes) * math.cos(angle) ** (2 * (n - successes))
        weight, first, second = weight + density, first + density * p, second + density * p * p
    return math.sqrt(second / weight - (first / weight) ** 2)


def pooled_deviation(channels):
    """The spread of answers around their own channel's mean, from lists of answers; None where no channel has two."""
    freedom = sum(len(answers) - 1 for answers in channels if answers)
    if not freedom:
        return None
    return math.sqrt(math.fsum(squares(answers) for answers in channels if answers) / freedom)


def kish(weights):
    """The weights' sum squared over the sum of their squares (Kish, 1965)."""
    return math.fsum(weights) ** 2 / math.fsum(weight * weight for weight in weights)


def binomial_tail(successes, n, share):
    """The probability of so many successes or more."""
    return math.fsum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(successes, n + 1))


def bisect(rising, low, high, steps=60):
    """Where a rising function passes 0."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def exact_ends(successes, n, tail):
    """The shares under which so many successes, or so few, are as improbable as the tail."""
    low = bisect(lambda share: binomial_tail(successes, n, share) - tail, 0.0, 1.0) if successes else 0.0
    if successes == n:
        return low, 1.0
    return low, bisect(lambda share: binomial_tail(successes + 1, n, share) - (1 - tail), 0.0, 1.0)


def score_ends(successes, n, z):
    """The shares from which the observed one is z of their own standard errors away."""
    seen = successes / n
    low = bisect(lambda share: share - seen + z * math.sqrt(share * (1 - share) / n), 0.0, seen) if successes else 0.0
    high = bisect(lambda share: share - seen - z * math.sqrt(share * (1 - share) / n), seen, 1.0) if successes < n else 1.0
    return low, high


def beta_binomial_likelihood(prior, channels):
    """The log-likelihood of a beta prior, each success and failure in turn as from Pólya's urn."""
    whole = 0.0
    for failures, successes in channels:
        urn = [prior[0], prior[1]]
        for answer in [0] * failures + [1] * successes:
            whole += math.log(urn[answer] / sum(urn))
            urn[answer] += 1
    return whole


def morris(values, errors):
    """Values drawn towards their weighted mean, the variance between channels found by halving."""
    count = len(values)

    def centre(between):
        weights = [1 / (error**2 + between) for error in errors]
        return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)

    def excess(between):
        middle = centre(between)
        return count - 1 - sum((v - middle) ** 2 / (e**2 + between) for v, e in zip(values, errors, strict=True))

    between = bisect(excess, 0.0, sum((v - mean(values)) ** 2 for v in values)) if excess(0.0) < 0 else 0.0
    drawn = [(count - 3) / (count - 1) * e**2 / (e**2 + between) for e in errors]
    return [v + part * (centre(between) - v) for v, part in zip(values, drawn, strict=True)]


def raked(weights, groupings, totals, rounds):
    """Weights scaled to each known total in turn, one answer at a time."""
    scaled = list(weights)
    for _ in range(rounds):
        for groups, known_total in zip(groupings, totals, strict=True):
            sums = {group: sum(w for w, g in zip(scaled, groups, strict=True) if g == group) for group in set(groups)}
            scaled = [w * known_total[g] / sums[g] for w, g in zip(scaled, groups, strict=True)]
    return scaled


def censored_normal(logs, still_open, rounds=3000):
    """Mean and deviation by expectation and maximisation: what open cases will come to, given how long they are open already."""
    centre, deviation = mean(logs), math.sqrt(mean([x * x for x in logs]) - mean(logs) ** 2)
    for _ in range(rounds):
        first, second = [], []
        for x, is_open in zip(logs, still_open, strict=True):
            z = (x - centre) / deviation
            hazard = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / (1 - normal_below(z)) if is_open else 0.0
            expected = centre + deviation * hazard if is_open else x
            spread = deviation**2 * (1 + z * hazard - hazard**2) if is_open else 0.0
            first.append(expected)
            second.append(spread + expected**2)
        centre = mean(first)
        deviation = math.sqrt(mean(second) - centre**2)
    return centre, deviation
