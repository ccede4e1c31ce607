"""What a calibration found, ready to be written and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Any

from marsad.core.estimate import normal_quantile

PLAIN, JOINT = "plain", "joint"
APART = 10
"""Seeds from one run to the next, so that none draws what another has drawn."""


@dataclass(frozen=True)
class Found:
    """The rows of calibration.csv and those of stars.csv, the files that were read, and what is said at the end."""

    rows: Sequence[Mapping[str, Any]]
    closing: str
    files: tuple[Path, ...] = ()
    stars: Sequence[Mapping[str, Any]] = field(default=())

    @property
    def table(self) -> dict[str, list[Any]]:
        """Return the columns of calibration.csv."""
        return as_columns(self.rows)

    @property
    def curve(self) -> dict[str, list[Any]]:
        """Return the columns of stars.csv, none where stars were not looked at."""
        return as_columns(self.stars)


def as_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return rows as columns."""
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def models(asked: str) -> tuple[str, ...]:
    """Return which models are tried."""
    return (PLAIN, JOINT) if asked == "both" else (asked,)


def give_or_take(row: Mapping[str, Any]) -> tuple[float, float]:
    """Return the ends of a 90 % interval for a row's coverage, not beyond 0 and 1."""
    reach = normal_quantile(0.9) * row["coverage_se"]
    return max(row["coverage"] - reach, 0.0), min(row["coverage"] + reach, 1.0)


def head(first: str, columns: Mapping[str, str]) -> str:
    """Return the heading of a table on the terminal, of columns by what they are called there."""
    return f"  {first:<15}  {'model':<5}" + "".join(f"  {title:>{wide(title)}}" for title in columns.values())


def line(first: str, row: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    """Return one line of it, a dash where there is no number."""
    cells = (f"  {shown(row[name]):>{wide(title)}}" for name, title in columns.items())
    return f"  {first:<15}  {row['model']:<5}" + "".join(cells)


def wide(title: str) -> int:
    """Return how wide a column is."""
    return max(len(title), 5)


def shown(value: float) -> str:
    """Return a number for people."""
    if isinstance(value, int):
        return str(value)
    return "–" if isnan(value) else f"{value:.3f}" if abs(value) < 1 else f"{value:.1f}"
