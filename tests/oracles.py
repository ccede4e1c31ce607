"""The slow obvious twin of the core: the same definitions in plain Python, one channel and one number at a time.

Nothing here imports Marsad or NumPy. A missing value is None; lists go by channel. Where there is a second way to say the same
thing (a root instead of its formula, a count instead of a sort) the twin takes it.
"""

import math
from fractions import Fraction

# ---- one indicator over one population


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


# ---- one node of one channel


def arithmetic(scores, weights):
    return math.fsum(weight * score for score, weight in zip(scores, weights, strict=True)) / math.fsum(weights)


def geometric(scores, weights):
    if min(scores) <= 0:
        return 0.0
    product = 1.0
    for score, weight in zip(scores, weights, strict=True):
        product *= score ** (weight / math.fsum(weights))
    return product


def harmonic(scores, weights):
    if min(scores) <= 0:
        return 0.0
    return math.fsum(weights) / math.fsum(weight / score for score, weight in zip(scores, weights, strict=True))


def minimum(scores, weights):
    return min(scores)


AGGREGATES = {"arithmetic": arithmetic, "geometric": geometric, "harmonic": harmonic, "minimum": minimum}


def node_score(scores, weights, aggregate="arithmetic", missing="reweight", least=1, meant=None):
    """The score of one node of one channel; `meant` says which children apply to it (all, where not said)."""
    meant = [True] * len(scores) if meant is None else meant
    there = [(score, weight) for score, weight in zip(scores, weights, strict=True) if score is not None]
    gap = any(score is None and applies for score, applies in zip(scores, meant, strict=True))
    if len(there) < max(least, 1) or (missing == "not-rated" and gap):
        return None
    return AGGREGATES[aggregate](*map(list, zip(*there, strict=True)))


def tree_score(tree, leaves):
    """Climb `(weight, [subtrees])` or `(weight, code)`; return the score of the whole, None where nothing is there."""
    _, below = tree
    if isinstance(below, str):
        return leaves[below]
    return node_score([tree_score(child, leaves) for child in below], [weight for weight, _ in below])


def leaf_shares(tree, leaves, share=1.0):
    """How much every leaf with a score counts in the whole: the product of w/Σw on the way down."""
    _, below = tree
    if isinstance(below, str):
        return {below: share}
    there = [child for child in below if tree_score(child, leaves) is not None]
    total = math.fsum(weight for weight, _ in there)
    found = {}
    for child in there:
        found.update(leaf_shares(child, leaves, share * child[0] / total))
    return found


def tree_variance(tree, leaves, variances):
    """Σ (w/Σw)² σ² over the leaves that are there."""
    return math.fsum(share**2 * variances[code] for code, share in leaf_shares(tree, leaves).items())


def weighted_variance(scores, weights):
    """n Σ w (x − x̄)² / ((n − 1) Σ w); None for fewer than two scores."""
    there = [(score, weight) for score, weight in zip(scores, weights, strict=True) if score is not None]
    n, total = len(there), math.fsum(weight for _, weight in there)
    if n < 2:
        return None
    centre = math.fsum(weight * score for score, weight in there) / total
    return n * math.fsum(weight * (score - centre) ** 2 for score, weight in there) / ((n - 1) * total)


# ---- stars of one peer group


def rounded_half_up(score, step, low, high):
    """The exact decimal that the score is written as, rounded to a step, halves upward."""
    exact, unit = Fraction(str(round(score, 9))), Fraction(str(step))
    steps = math.floor((exact - Fraction(str(low))) / unit + Fraction(1, 2))
    return float(min(max(Fraction(str(low)) + steps * unit, Fraction(str(low))), Fraction(str(high))))


def quantile_stars(scores, stars, shares):
    """A rank is one more than how many beat the channel; a band reaches down to its cumulated share of ranks, rounded half up."""
    found = []
    for score in scores:
        rank = 1 + sum(other > score for other in scores)
        reach, star = Fraction(0), stars[0]
        for share, better in zip(shares[:-1], reversed(stars[1:]), strict=True):
            reach += Fraction(str(share))
            if rank <= math.floor(reach * len(scores) + Fraction(1, 2)):
                star = better
                break
        found.append(star)
    return found


def k_means_centres(scores, k, fence=None):
    """Start from the medians of the quantile groups, go to convergence; then once more without what lies outside the fence."""
    ordered = sorted(scores)
    ends = [ordered[math.ceil(Fraction(part * len(ordered), k)) - 1] for part in range(1, k)]
    groups = [[score for score in scores if sum(score > end for end in ends) == place] for place in range(k)]
    centres = converge(scores, [median(group) for group in groups], math.inf)
    return centres if fence is None else converge(scores, centres, fence)


def converge(scores, centres, fence):
    while True:
        groups = [[] for _ in centres]
        for score in scores:
            distances = [abs(score - centre) for centre in centres]
            if min(distances) <= fence:
                groups[distances.index(min(distances))].append(score)
        moved = [sum(group) / len(group) if group else centre for group, centre in zip(groups, centres, strict=True)]
        if all(abs(new - old) < 1e-13 for new, old in zip(moved, centres, strict=True)):
            return moved
        centres = moved


def nearest_star(score, centres, stars):
    """The star of the nearest centre; halfway between two, the better one."""
    distances = [round(abs(score - centre), 9) for centre in centres]
    return max(star for star, distance in zip(stars, distances, strict=True) if distance == min(distances))


def inside_fences(scores, reach=3.0):
    """The scores within so many interquartile ranges of the quartiles, which are averaged where they fall between two scores."""
    ordered = sorted(scores)

    def quartile(part):
        place = Fraction(len(ordered) * part, 4)
        if place.denominator == 1:
            return (ordered[int(place) - 1] + ordered[int(place)]) / 2
        return ordered[math.ceil(place) - 1]

    lower, upper = quartile(1), quartile(3)
    return [score for score in ordered if lower - reach * (upper - lower) <= score <= upper + reach * (upper - lower)]


def squares(cluster):
    return math.fsum((score - mean(cluster)) ** 2 for score in cluster)


def ward_clusters(scores, k):
    """Merge whichever two clusters, of all, add least to the sum of squares, until k are left; lowest first."""
    clusters = [[score] * scores.count(score) for score in sorted(set(scores))]

    def cost(pair):
        one, two = (clusters[place] for place in pair)
        return squares(one + two) - squares(one) - squares(two)

    while len(clusters) > k:
        one, two = min(((one, two) for one in range(len(clusters)) for two in range(one)), key=cost)
        clusters[two] += clusters.pop(one)
    return sorted(clusters)


def limited(star, *, held, cap=None, floor=None):
    if not held or star is None:
        return star
    return min(star, cap) if cap is not None else max(star, floor)


# ---- conditions on one channel

COMPARE = {
    "below": lambda left, right: left < right,
    "at_most": lambda left, right: left <= right,
    "above": lambda left, right: left > right,
    "at_least": lambda left, right: left >= right,
    "equals": lambda left, right: left == right,
}


def holds(condition, facts):
    """A condition is `(quantity, code, word, number)`, `("attribute", name, texts)` or `("count", conditions, word, number)`."""
    if condition[0] == "attribute":
        return facts[condition[1]] in condition[2]
    if condition[0] == "count":
        return COMPARE[condition[2]](sum(holds(part, facts) for part in condition[1]), condition[3])
    value = facts[condition[0], condition[1]]
    return value is not None and COMPARE[condition[2]](value, condition[3])


def first_match(cases, otherwise, facts):
    for condition, star in cases:
        if holds(condition, facts):
            return star
    return otherwise


# ---- ranks


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


# ---- confidence sets for ranks


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


# ---- estimates


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


# ---- raters


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


# ---- fieldwork: where the next visits go


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


# ---- estimates, weights and times


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


# ---- watching


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
