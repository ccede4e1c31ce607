"""How far raters agree, and what scores vary by."""

from tests.oracles.indicators import known, mean


def ordinal_distance(one, other, ratings):
    """Ratings from one value to the other, those at either end counted half, squared."""
    low, high = sorted((one, other))
    return (sum(low <= rating <= high for rating in ratings) - (ratings.count(low) + ratings.count(high)) / 2) ** 2


DISTANCES = {
    "nominal": lambda one, other, ratings: float(one != other),
    "ordinal": lambda one, other, ratings: 0.0 if one == other else ordinal_distance(one, other, ratings),
    "interval": lambda one, other, ratings: (one - other) ** 2,
    "ratio": lambda one, other, ratings: ((one - other) / (one + other)) ** 2 if one + other else 0.0,
}


def alpha(units, metric):
    """One less the mean distance of two ratings of a unit over that of any two; units are lists, None where missing."""
    pairable = [rated for rated in map(known, units) if len(rated) > 1]
    ratings = [rating for rated in pairable for rating in rated]

    def distances(some):
        return [
            DISTANCES[metric](some[one], some[two], ratings) for one in range(len(some)) for two in range(len(some)) if one != two
        ]

    observed = sum(sum(distances(rated)) / (len(rated) - 1) for rated in pairable) / len(ratings)
    return 1 - observed / mean(distances(ratings))


def alike(one, other, values, power):
    """How far two values agree: 1 less a power of their distance over the largest; power None: only where they are equal."""
    if power is None:
        return float(one == other)
    return 1 - (abs(one - other) / (max(values) - min(values))) ** power


def gwet(units, values, power, weights=None):
    """AC from units that count as much as their weights: pairs that agree beyond those of raters who guess when unsure."""
    weights = weights or [1.0] * len(units)
    rated = [(known(unit), weight) for unit, weight in zip(units, weights, strict=True)]

    def agreed(unit):
        pairs = [(one, two) for one in range(len(unit)) for two in range(len(unit)) if one != two]
        return mean([alike(unit[one], unit[two], values, power) for one, two in pairs])

    twice = [(agreed(unit), weight) for unit, weight in rated if len(unit) > 1]
    found = sum(share * weight for share, weight in twice) / sum(weight for _, weight in twice)
    shares = [sum(unit.count(value) / len(unit) * weight for unit, weight in rated) / sum(weights) for value in values]
    scale = sum(alike(one, two, values, power) for one in values for two in values) / (len(values) * (len(values) - 1))
    chance = scale * sum(share * (1 - share) for share in shares)
    return (found - chance) / (1 - chance)


def kappa(units, values, power, weights=None):
    """κ of two raters from units that count as much as their weights: against what each rater's own shares give by chance."""
    weights = weights or [1.0] * len(units)
    total = sum(weights)
    found = sum(alike(one, two, values, power) * weight for (one, two), weight in zip(units, weights, strict=True)) / total

    def share(rater, value):
        return sum(weight for unit, weight in zip(units, weights, strict=True) if unit[rater] == value) / total

    chance = sum(alike(one, two, values, power) * share(0, one) * share(1, two) for one in values for two in values)
    return (found - chance) / (1 - chance)


def influences(statistic, count, step=1e-5):
    """How a statistic of weights moves with each unit's own, times the units: what its standard error is the spread of."""

    def moved(unit, by):
        return statistic([1.0 + by * (place == unit) for place in range(count)])

    return [count * (moved(unit, step) - moved(unit, -step)) / (2 * step) for unit in range(count)]


def mean_squares(table):
    """Mean squares between units, within them, between raters and of the rest, from a list of ratings per unit."""
    units, raters = len(table), len(table[0])
    whole = mean([rating for unit in table for rating in unit])
    rater = [mean([unit[place] for unit in table]) for place in range(raters)]
    between = raters * sum((mean(unit) - whole) ** 2 for unit in table) / (units - 1)
    within = sum((rating - mean(unit)) ** 2 for unit in table for rating in unit) / (units * (raters - 1))
    columns = units * sum((score - whole) ** 2 for score in rater) / (raters - 1)
    rest = within * units * (raters - 1) - columns * (raters - 1)
    return between, within, columns, rest / ((units - 1) * (raters - 1))


def intraclass(table):
    """The three correlations of one rater's scores, and the three of the mean of all."""
    between, within, columns, rest = mean_squares(table)
    units, raters = len(table), len(table[0])
    one = (
        (between - within) / (between + (raters - 1) * within),
        (between - rest) / (between + (raters - 1) * rest + raters * (columns - rest) / units),
        (between - rest) / (between + (raters - 1) * rest),
    )
    many = ((between - within) / between, (between - rest) / (between + (columns - rest) / units), (between - rest) / between)
    return one + many


def nested_components(scores):
    """Variances of p × (i in o) by the textbook's formulas, from scores[p][i][o]: p, o, i in o, p with o, and the rest."""
    people, items, waves = len(scores), len(scores[0]), len(scores[0][0])

    def average(person=None, item=None, wave=None):
        return mean(
            [
                scores[p][i][o]
                for p in (range(people) if person is None else [person])
                for i in (range(items) if item is None else [item])
                for o in (range(waves) if wave is None else [wave])
            ]
        )

    whole = average()
    p = items * waves * sum((average(person=one) - whole) ** 2 for one in range(people)) / (people - 1)
    o = items * people * sum((average(wave=one) - whole) ** 2 for one in range(waves)) / (waves - 1)
    i = people * sum((average(item=one, wave=two) - average(wave=two)) ** 2 for one in range(items) for two in range(waves))
    i /= waves * (items - 1)
    cells = [(one, two) for one in range(people) for two in range(waves)]
    po = items * sum((average(one, None, two) - average(one) - average(wave=two) + whole) ** 2 for one, two in cells)
    po /= (people - 1) * (waves - 1)
    rest = sum(
        (scores[one][item][two] - average(one, None, two) - average(None, item, two) + average(wave=two)) ** 2
        for one, two in cells
        for item in range(items)
    ) / ((people - 1) * (items - 1) * waves)
    between = (o - i - po + rest) / (people * items)
    return (p - po) / (items * waves), between, (i - rest) / people, (po - rest) / items, rest
