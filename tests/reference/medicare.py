"""From the published tables of the Medicare Part C 2026 star ratings to one wide table, and to what must come out of it."""

import csv
import gzip
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

IDENTIFIER = "CONTRACT_ID"
CODES = tuple(f"c{number:02d}" for number in range(1, 34))
IMPROVEMENT = "c30"
SURVEYED = ("c03", "c22", "c23", "c24", "c25", "c26", "c27")
GIVEN = (*SURVEYED, IMPROVEMENT)
"""Measures whose stars need more than is public: significance and reliability of the survey, two years of every measure."""
CLUSTERED = tuple(code for code in CODES if code not in GIVEN)
LOWER_IS_BETTER = ("c18", "c28", "c29")
HEALTH_OUTCOMES = ("c04", "c05", "c06", "c15", "c16")
"""Measures of the health outcomes survey, which look back to the disasters of 2023; all others to those of 2024."""
NOT_FOR_INSTITUTIONS = ("c03", "c04", "c05", "c06", "c10", "c15", "c16", "c19", "c22", "c23", "c24", "c25", "c26", "c27")
"""Measures a contract with institutional special needs plans only need not report ("Reporting Requirements" of each measure)."""
FLAWED = "CMS identified issues with this plan's data"
DISASTER = 25
"""From this share of members hit by a disaster on, in percent, a contract keeps the better of two years."""
TYPES = {
    "1876 Cost": "cost",
    "Local CCP": "ccp",
    "Regional CCP": "ccp",
    "MSA": "msa",
    "PFFS": "pffs",
    "PDP": "pdp",
    "Employer/Union Only Direct Contract PDP": "pdp",
}


def read_rows(path: Path) -> list[list[str]]:
    """Return the trimmed cells of a published table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [[cell.strip() for cell in row] for row in csv.reader(file)]


def number_in(cell: str) -> float | None:
    """Return the number in a cell such as `76%` or `0.16`, None where there are words."""
    return float(cell.rstrip("%")) if re.fullmatch(r"-?[\d.]+%?", cell) else None


def thresholds_in(cell: str) -> list[float]:
    """Return the numbers in a cell such as `>= 58 % to < 71 %`, in order."""
    return [float(number) for number in re.findall(r"-?\d[\d.]*", cell)]


@dataclass(frozen=True)
class PartC:
    """The published tables, each by contract number."""

    folder: Path

    @cached_property
    def measures(self) -> dict[str, dict[str, str]]:
        """Return what is published of every measure: a number, or why there is none."""
        return self.by_measure("2026_measure_data_part_c.csv")

    @cached_property
    def measure_stars(self) -> dict[str, dict[str, float]]:
        """Return the official star of every measure that has one."""
        stars = self.by_measure("2026_measure_stars_part_c.csv")
        return {
            contract: {code: star for code, cell in cells.items() if (star := number_in(cell)) is not None}
            for contract, cells in stars.items()
        }

    def by_measure(self, name: str) -> dict[str, dict[str, str]]:
        """Return the 33 measure cells of every contract; four rows of headings come first, five columns of names before them."""
        return {row[0]: dict(zip(CODES, row[5:], strict=True)) for row in read_rows(self.folder / name)[4:]}

    @cached_property
    def contracts(self) -> dict[str, dict[str, str]]:
        """Return the summary table."""
        header, *rows = read_rows(self.folder / "2026_summary_part_c.csv")
        return {row[0]: dict(zip(header, row, strict=True)) for row in rows}

    @cached_property
    def adjustment_categories(self) -> dict[str, str]:
        """Return every contract's Part C category of the adjustment index, `N/A` where it has none."""
        return {row[0]: row[5] for row in read_rows(self.folder / "2026_cai.csv")[2:]}

    @cached_property
    def summary_stars(self) -> dict[str, float]:
        """Return the official Part C summary rating of every rated contract."""
        ratings = {contract: number_in(row["2026 Part C Summary"]) for contract, row in self.contracts.items()}
        return {contract: rating for contract, rating in ratings.items() if rating is not None}

    def undisturbed(self, contract: str, year: int = 2024) -> bool:
        """Whether less than a quarter of a contract's members were hit by the disasters of a year."""
        return float(self.contracts[contract][f"{year} Disaster %"]) < DISASTER

    def contract_type(self, contract: str) -> str:
        """Return the type that decides how many measures are enough."""
        kind = TYPES[self.contracts[contract]["Organization Type"]]
        if kind != "ccp" or self.contracts[contract]["SNP"] != "Yes":
            return kind
        return "ccp-only-i-snp" if self.looks_institutional(contract) else "ccp-with-snp"

    def looks_institutional(self, contract: str) -> bool:
        """Whether a contract shows the marks of one with institutional plans only, which no public table states.

        None of the measures these need not report has a star, and the health outcomes survey knows nothing of it.
        """
        bare = not any(code in self.measure_stars[contract] for code in NOT_FOR_INSTITUTIONS)
        return bare and self.measures[contract]["c06"] == "No data available"

    def why_no_number(self, contract: str) -> dict[str, str]:
        """Return what is published in place of a number, by measure; improvement, whose number is never published, apart."""
        cells = self.measures[contract].items()
        return {code: cell for code, cell in cells if code != IMPROVEMENT and number_in(cell) is None}

    def value(self, contract: str, code: str) -> str:
        """Return what the wide table holds of one measure; data found flawed rate one star, so they stand as the worst value."""
        star = self.measure_stars[contract].get(code)
        if star is None:
            return ""
        if code in GIVEN:
            return f"{star:g}"
        published = self.measures[contract][code]
        if published == FLAWED:
            return "100" if code in LOWER_IS_BETTER else "0"
        return published.rstrip("%")

    @property
    def wide_rows(self) -> list[dict[str, str]]:
        """Return the wide table: what was measured, or the given star, and the attributes the standard asks for."""
        return [self.wide_row(contract) for contract in self.contracts]

    def wide_row(self, contract: str) -> dict[str, str]:
        """Return one contract's row: its number, 33 measures and three attributes."""
        return {
            IDENTIFIER: contract,
            **{code: self.value(contract, code) for code in CODES},
            "contract_type": self.contract_type(contract),
            "overall_rating": self.contracts[contract]["Has an overall rating"].lower(),
            "part_c_adjustment_category": self.adjustment_categories[contract].replace("N/A", ""),
        }

    def clustering_row(self, contract: str) -> dict[str, str]:
        """Return what a contract brings to the finding of cut points: its sound values of this year.

        The tables show a contract hit by a disaster with the better of two years, so it is left out.
        """
        row = {IDENTIFIER: contract}
        for code in CLUSTERED:
            published = self.measures[contract][code]
            sound = number_in(published) is not None and self.undisturbed(contract, 2023 if code in HEALTH_OUTCOMES else 2024)
            row[code] = published.rstrip("%") if sound else ""
        return row

    @cached_property
    def cut_points(self) -> dict[str, list[float]]:
        """Return the four final cut points of every measure, from two stars up."""
        rows = [row[1:] for row in read_rows(self.folder / "2026_cut_points_part_c.csv")]
        found = {}
        for place, name in enumerate(rows[2]):
            code = name[:3].lower()
            cells = [thresholds_in(row[place]) for row in rows[4:8]]
            found[code] = [cell[0] if code in LOWER_IS_BETTER else cell[-1] for cell in cells]
        return found

    @cached_property
    def notes(self) -> list[str]:
        """Return the lines of the technical notes."""
        return gzip.decompress((self.folder / "2026_technical_notes.txt.gz").read_bytes()).decode("utf-8").splitlines()

    def table(self, begins: str, ends: str) -> list[str]:
        """Return the lines of one table of the notes' last part, after its heading and before the next."""
        first = max(number for number, line in enumerate(self.notes) if line.startswith(begins))
        last = next(number for number in range(first + 1, len(self.notes)) if self.notes[number].startswith(ends))
        return self.notes[first + 1 : last]

    @cached_property
    def clustered_cut_points(self) -> dict[str, list[float]]:
        """Return the four cut points of every clustered measure before guardrails, from two stars up (table K-3).

        The printed table breaks its cells, so a measure's four numbers are gathered from its line and the one above.
        """
        lines = self.table("Table K-3", "Notes")
        found = {}
        for above, line in pairwise(lines):
            code = line[:20].strip().lower()
            if code in CLUSTERED:
                numbers = {number for part in (above, line) for number in thresholds_in(re.sub(r"\bC\d\d\b", "", part))}
                found[code] = sorted(numbers, reverse=code in LOWER_IS_BETTER)
        return found

    @cached_property
    def weights(self) -> dict[str, float]:
        """Return the weight of every measure (table G-1); a name may run over its line, the number stays."""
        rows = [re.fullmatch(r"\s+(C\d\d) .* (\d)\*?", line) for line in self.table("Table G-1", "*Improving")]
        return {row[1].lower(): float(row[2]) for row in rows if row}

    @cached_property
    def adjustment_index(self) -> dict[str, float]:
        """Return the index of every adjustment category (table 15)."""
        rows = [re.fullmatch(r"\s+(\d) .* (-?0\.\d{6})", line) for line in self.table("Table 15", "Tables 16")]
        return {row[1]: float(row[2]) for row in rows if row}
