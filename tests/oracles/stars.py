"""Stars of one peer group, and conditions on one channel."""

import math
from fractions import Fraction

from tests.oracles.indicators import mean, median


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
