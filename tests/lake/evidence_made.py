"""Rows of evidence for the tests of the lake: a few by hand, and many by chance."""

from datetime import UTC, datetime, timedelta

import numpy as np

from marsad.lake.rows import Coded, Rows, make_rows

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def answer(subject="port-1", indicator="clarity", value=4.0, **more) -> dict[str, object]:
    """Return one answer of a survey."""
    return {"cycle": "2026", "subject": subject, "indicator": indicator, "value": value, "at": NOON, "source": "survey"} | more


def rows(*answers: dict[str, object]) -> Rows:
    """Return answers as rows."""
    names = sorted({name for one in answers for name in one})
    blanks = {"weight": 1.0}
    return make_rows({name: [one.get(name, blanks.get(name, "")) for one in answers] for name in names})


def by_chance(size=3000, seed=1, **more) -> Rows:
    """Return rows of every source over five months, some of them invalid or without weight, some with fractions."""
    dice = np.random.default_rng(seed)

    def labels(*names: str) -> Coded:
        return Coded(dice.integers(0, len(names), size), names)

    columns = {
        "cycle": labels("2026", "2026", "2026", "2025"),
        "subject": labels(*(f"port-{number}" for number in range(7))),
        "indicator": labels("clarity", "waiting", "solved"),
        "value": np.where(dice.random(size) < 0.1, dice.random(size), dice.integers(0, 2, size)),
        "weight": dice.choice([0.0, 0.5, 1.0, 1.7], size, p=[0.05, 0.3, 0.5, 0.15]),
        "at": np.datetime64("2026-07-03T05:00:00", "us") + dice.integers(0, 150 * 86_400 * 10**6, size),
        "source": labels("survey", "meter", "visit"),
        "stage": labels("", "before", "after"),
        "instrument": labels("visit@1", "visit@2"),
        "rater": labels("", "", "Lin", "Mariam", "Omar"),
        "respondent": labels(*(f"p-{number}" for number in range(200)), ""),
        "stratum": labels("", "young", "old"),
        "valid": labels("", "", "", "", "", "too-fast", "duplicate"),
    }
    return make_rows(columns | more)


def later(**time: float) -> datetime:
    """Return a moment after noon."""
    return NOON + timedelta(**time)
