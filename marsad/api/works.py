"""What the worker can do for the API, by the kind of job."""

from __future__ import annotations

from collections.abc import Mapping

from marsad.api import channels, evidence, leading, rounds, weights
from marsad.api.work import Work
from marsad.ratings import integrity, orders, robustness

WORKS: Mapping[str, Work] = {
    orders.TAKE: evidence.taken,
    orders.ADJUST: evidence.adjusted,
    orders.CORRECT: evidence.corrected,
    orders.CONFIRM: evidence.confirmed,
    orders.WEIGH: weights.weighed,
    orders.DRAW: rounds.drawn,
    channels.BRING: channels.brought,
    orders.PUBLISH: leading.published,
    orders.REPUBLISH: leading.republished,
    orders.SENSITIVITY: robustness.reckoned,
    orders.INTEGRITY: integrity.reckoned,
}
IN_STEPS = frozenset({orders.PUBLISH, orders.REPUBLISH})
"""Those whose files must be in place after the transaction: they see to it themselves that nothing is done twice."""
