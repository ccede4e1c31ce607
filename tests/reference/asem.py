"""From the tables of the ASEM sustainable connectivity index to a standard as text and one wide table."""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

IDENTIFIER = "uCode"
GROUP = "EurAsia_group"
MISSING = "NA"
HEAD = """
schema = 1
name = "asem-connectivity"
version = "1.0.0"
title = "ASEM 2018"
summary = "ASEM 2018"
minimum_share = 0.75

[stars]
rule = "round"
step = 50
low = 0
high = 100

[defaults]
impute = { method = "mean", by = "EurAsia_group" }
treat = { skewness = 2, kurtosis = 3.5, points = 5 }
"""


@dataclass(frozen=True)
class Asem:
    """The published tables; codes are lower case here, attributes keep their names."""

    folder: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return one table."""
        with (self.folder / f"ASEM_{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def meta(self) -> list[dict[str, str]]:
        """Return what every column and every level of the index is."""
        return self.rows("iMeta")

    @cached_property
    def indicators(self) -> list[dict[str, str]]:
        """Return the 49 indicators."""
        return [row for row in self.meta if row["Type"] == "Indicator"]

    @cached_property
    def nodes(self) -> list[dict[str, str]]:
        """Return the levels of the index, the index itself first."""
        return sorted((row for row in self.meta if row["Type"] == "Aggregate"), key=lambda row: -int(row["Level"]))

    @property
    def codes(self) -> list[str]:
        """Return the indicators' codes."""
        return [row["iCode"].lower() for row in self.indicators]

    def total(self, parent: str) -> float:
        """Return the sum of the weights under a node."""
        return sum(float(row["Weight"]) for row in self.meta if row["Parent"] == parent)

    def standard(self, *, aggregate: str = "arithmetic", low: float = 0) -> str:
        """Return the index as the text of a standard, with one way to aggregate and the lowest score of the min–max scale."""
        nodes = [self.node_text(row, aggregate) for row in self.nodes]
        indicators = [self.indicator_text(row) for row in self.indicators]
        normalise = f'normalise = {{ method = "min-max", low = {low}, high = 100 }}'
        return "\n".join([HEAD + normalise, *nodes, *indicators])

    def node_text(self, row: dict[str, str], aggregate: str) -> str:
        """Return one level as a table of the standard."""
        lines = ["[[node]]", f'code = "{row["iCode"].lower()}"', f'label = "{row["iName"]}"', f'aggregate = "{aggregate}"']
        lines += [f"total = {self.total(row['iCode'])}"]
        return "\n".join(lines + self.parent_lines(row))

    def indicator_text(self, row: dict[str, str]) -> str:
        """Return one indicator as a table of the standard."""
        lines = ["[[indicator]]", f'code = "{row["iCode"].lower()}"', f'label = "{row["iName"]}"']
        lines += [f"lower_is_better = {'true' if row['Direction'] == '-1' else 'false'}"]
        lines += [] if row["Denominator"] == MISSING else [f'denominator = "{row["Denominator"]}"']
        return "\n".join(lines + self.parent_lines(row))

    @staticmethod
    def parent_lines(row: dict[str, str]) -> list[str]:
        """Return where a part hangs and its weight; nothing for the index."""
        return [] if row["Parent"] == MISSING else [f'parent = "{row["Parent"].lower()}"', f"weight = {row['Weight']}"]

    @property
    def wide_rows(self) -> list[dict[str, str]]:
        """Return the wide table: a column per indicator, blank where missing, and the groups and denominators."""
        attributes = [GROUP, *sorted({row["Denominator"] for row in self.indicators} - {MISSING})]
        return [
            {IDENTIFIER: row[IDENTIFIER]}
            | {each["iCode"].lower(): row[each["iCode"]].replace(MISSING, "") for each in self.indicators}
            | {name: row[name].replace(MISSING, "") for name in attributes}
            for row in self.rows("iData")
        ]

    def stage(self, name: str) -> np.ndarray:
        """Return one published stage, countries in the order of their codes, indicators in theirs; NaN where missing."""
        rows = sorted(self.rows(name), key=lambda row: row[IDENTIFIER])
        return np.array([[number(row[each["iCode"]]) for each in self.indicators] for row in rows])

    def level(self, code: str) -> np.ndarray:
        """Return the published scores of a node, countries in the order of their codes."""
        rows = sorted(self.rows("Aggregated"), key=lambda row: row[IDENTIFIER])
        return np.array([number(row[code]) for row in rows])

    @cached_property
    def winsorised(self) -> dict[str, int]:
        """Return how many points of each treated indicator were brought in."""
        counts = {row["iCode"]: row["winsorise.nwin"] for row in self.rows("treat_details")}
        return {code: int(count) for code, count in counts.items() if count != MISSING}


def number(cell: str) -> float:
    """Return a cell as a number, NaN where it says NA."""
    return float("nan") if cell == MISSING else float(cell)
