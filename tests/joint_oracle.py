"""The slow obvious twin of the joint model: everything as one list of numbers, and the textbook's formulas for them.

Nothing here imports Marsad. A missing value is NaN; a channel's raters are `{rater: share}` per indicator.
"""

import numpy as np


def prior_covariance(between, own, severity_variance, mean_variance, entity_of, raters):
    """Return the covariance of all effects, in the order of `places`."""
    size, channels, entities = len(own), len(entity_of), max(entity_of) + 1
    blocks = [np.diag(mean_variance), severity_variance * np.eye(raters), *[between] * entities, *[own] * channels]
    length = sum(len(block) for block in blocks)
    whole, at = np.zeros((length, length)), 0
    for block in blocks:
        whole[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    assert at == size + raters + size * entities + size * channels
    return whole


def design(values, entity_of, shares, raters):
    """Return one row per known value: which effects add up to it."""
    channels, size = values.shape
    entities = max(entity_of) + 1
    rows = []
    for channel in range(channels):
        for place in range(size):
            if np.isnan(values[channel, place]):
                continue
            row = np.zeros(size + raters + size * (entities + channels))
            row[place] = 1
            for rater, share in shares[channel][place].items():
                row[size + rater] = -share
            row[size + raters + size * entity_of[channel] + place] = 1
            row[size + raters + size * (entities + channel) + place] = 1
            rows.append(row)
    return np.array(rows)


def errors_of_known(values, errors):
    """Return the covariance of the errors of all known values."""
    known = [(channel, place) for channel, place in np.ndindex(*values.shape) if not np.isnan(values[channel, place])]
    return np.array(
        [[errors[channel][place][other] if channel == same else 0.0 for same, other in known] for channel, place in known]
    )


def normal_posterior(values, errors, prior, rows):
    """Return mean and covariance of the effects given the values: the conditional of one large normal distribution."""
    known = values[~np.isnan(values)]
    seen = rows @ prior @ rows.T + errors_of_known(values, errors)
    gain = prior @ rows.T @ np.linalg.inv(seen)
    return gain @ known, prior - gain @ rows @ prior


def one_way(values):
    """Return the variance within groups and between them, of balanced groups in rows (analysis of variance, as REML)."""
    groups, each = values.shape
    within = sum(sum((value - row.mean()) ** 2 for value in row) for row in values) / (groups * (each - 1))
    means = sum((row.mean() - values.mean()) ** 2 for row in values) / (groups - 1)
    return within, means - within / each
