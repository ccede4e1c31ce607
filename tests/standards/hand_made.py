"""Evidence written by hand: one row per channel, a value per indicator, everything else an attribute."""

from collections.abc import Mapping, Sequence

import numpy as np

from marsad.core.evidence import Evidence
from marsad.core.scheme import Scheme

Row = Mapping[str, object]


def evidence_of(scheme: Scheme, rows: Sequence[Row], *, channel: str = "channel") -> Evidence:
    """Return rows as evidence without sampling errors; a value left out or blank is missing, an attribute may not be left out."""
    values = np.array([[number(row.get(code, "")) for code in scheme.position] for row in rows])
    attributes = [name for name in rows[0] if name != channel and name not in scheme.position]
    missing = np.full_like(values, np.nan)
    return Evidence(
        channels=np.array([str(row[channel]) for row in rows]),
        values=values,
        se=missing,
        n=missing,
        raters=missing,
        attributes={name: np.array([str(row[name]) for row in rows]) for name in attributes},
    )


def number(cell: object) -> float:
    """Return a cell as a number, NaN where it is blank."""
    return float(str(cell)) if cell != "" else np.nan
