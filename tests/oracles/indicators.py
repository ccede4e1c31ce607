"""One indicator over one population: scales, what is missing, and outliers."""

import math


def known(values):
    return [value for value in values if value is not None]


def mean(values):
    return math.fsum(values) / len(values)


def median(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def standard_deviation(values):
    centre = mean(values)
    return math.sqrt(math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1))


def each(values, score):
    return [None if value is None else score(value) for value in values]


def as_is(values, lower_is_better=False):
    return each(values, lambda value: -value if lower_is_better else value)


def z_scores(values, lower_is_better=False):
    numbers = known(values)
    if len(set(numbers)) < 2:
        return each(values, lambda value: 0.0)
    sign = -1 if lower_is_better else 1
    return each(values, lambda value: sign * (value - mean(numbers)) / standard_deviation(numbers))


def min_max(values, low=0.0, high=100.0, lower_is_better=False):
    numbers = known(values)
    if len(set(numbers)) < 2:
        return each(values, lambda value: (low + high) / 2)
    least, most = min(numbers), max(numbers)

    def score(value):
        part = (most - value if lower_is_better else value - least) / (most - least)
        return low + part * (high - low)

    return each(values, score)


def goalposts(values, worst, best, low=0.0, high=100.0):
    def score(value):
        part = (value - worst) / (best - worst)
        return low + min(max(part, 0.0), 1.0) * (high - low)

    return each(values, score)


def levels(values, points):
    def score(level):
        if level <= 1:
            return points[0]
        if level >= len(points):
            return points[-1]
        under = math.floor(level)
        return points[under - 1] + (level - under) * (points[min(under, len(points) - 1)] - points[under - 1])

    return each(values, score)


def percent_ranks(values, lower_is_better=False):
    numbers = known(values)
    if len(set(numbers)) < 2:
        return each(values, lambda value: 50.0)

    def score(value):
        beaten = sum(other > value if lower_is_better else other < value for other in numbers)
        tied = sum(other == value for other in numbers) - 1
        return 100 * (beaten + tied / 2) / (len(numbers) - 1)

    return each(values, score)


def band(score, edges, stars, strict=None):
    """The star of the last edge that is reached, or passed where the edge is strict."""
    star = stars[0]
    for place, edge in enumerate(edges):
        reached = score > edge if strict and strict[place] else score >= edge
        if reached:
            star = stars[place + 1]
    return star


def cuts(values, edges, stars, lower_is_better=False):
    """Edges are given in the order of the stars, so they fall where lower is better."""

    def score(value):
        star = stars[0]
        for edge, next_star in zip(edges, stars[1:], strict=True):
            if (value <= edge) if lower_is_better else (value >= edge):
                star = next_star
        return star

    return each(values, score)


def impute(values, method, groups=None):
    groups = groups or ["" for _ in values]
    filled = []
    for value, group in zip(values, groups, strict=True):
        neighbours = known(other for other, theirs in zip(values, groups, strict=True) if theirs == group)
        centre = {"mean": mean, "median": median}[method]
        filled.append(centre(neighbours) if value is None and neighbours else value)
    return filled


def power_sum(values, power):
    centre = mean(values)
    return math.fsum((value - centre) ** power for value in values)


def skewness(values):
    """G1 = n √(n−1) / (n−2) · Σ(x−x̄)³ / (Σ(x−x̄)²)^1.5 (Joanes and Gill, 1998)."""
    n = len(values)
    return n * math.sqrt(n - 1) / (n - 2) * power_sum(values, 3) / power_sum(values, 2) ** 1.5


def kurtosis(values):
    """G2 = n(n+1)(n−1)/((n−2)(n−3)) · Σ(x−x̄)⁴/(Σ(x−x̄)²)² − 3(n−1)²/((n−2)(n−3)) (Joanes and Gill, 1998)."""
    n = len(values)
    lead = n * (n + 1) * (n - 1) / ((n - 2) * (n - 3)) * power_sum(values, 4) / power_sum(values, 2) ** 2
    return lead - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def outside(values, limits=(2.0, 3.5)):
    numbers = known(values)
    if len(numbers) < 4 or len(set(numbers)) < 2:
        return False
    return abs(skewness(numbers)) > limits[0] and kurtosis(numbers) > limits[1]


def treat(values, points=5, then_log=True, limits=(2.0, 3.5)):
    treated = list(values)
    for _ in range(points):
        if not outside(treated, limits):
            return treated
        numbers = sorted(set(known(treated)))
        extreme, neighbour = (numbers[-1], numbers[-2]) if skewness(known(treated)) > 0 else (numbers[0], numbers[1])
        treated = each(treated, lambda value, extreme=extreme, neighbour=neighbour: neighbour if value == extreme else value)
    if not outside(treated, limits) or not then_log:
        return treated
    numbers = known(values)
    low, high = min(numbers), max(numbers)
    shift = (high - low) / 100
    if skewness(numbers) > 0:
        return each(values, lambda value: math.log(value - low + shift))
    return each(values, lambda value: -math.log(high - value + shift))
