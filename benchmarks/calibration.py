"""Whether the whole chain holds what it promises in nations whose truth is known and which the model did not make.

Every cycle makes a nation of 300 channels, rates it, visits candidates and decoys again, and names. The figures are those of the
joint model in the nation that it assumes; with the name of another nation behind them they are of one that has what it does not
expect. Beside it in the same run stands the same chain without the model, which takes every channel for itself.

`rank_interval_coverage`: the share of 90 % intervals of ranks that hold the true one (.88 to .92 on its own nation, at least .85
elsewhere); `rank_interval_width`: how many of all places they take; `named_per_cycle`: of five; `named_truly_worst`: of those
named, those truly among the worst five; `wrong_dismissals`: of those named, those whose own part is not among the worst 5 % (at
most .02).

`python benchmarks/calibration.py RUNS` takes another number of cycles than 4 of every nation.
"""

import sys
import time
from dataclasses import asdict

from machine import describe, figure

from marsad.core.calibration import Calibration, summary, trial
from marsad.core.nations import NATIONS, OWN, Recipe
from marsad.core.posterior import Settings

RUNS, DRAWS, APART = 4, 2400, 10
FIGURES = {
    "rank_interval_coverage": "coverage",
    "rank_interval_width": "width",
    "named_per_cycle": "named",
    "named_truly_worst": "truly_worst",
    "wrong_dismissals": "wrong_dismissals",
}
SHOWN = (
    *("coverage", "width", "confirmed", "named", "recall", "truly_worst", "in_tail", "wrong_dismissals", "star_error"),
    *("entities_named", "entities_truly_worst"),
)


def calibrated(recipe: Recipe, runs: int, *, joint: bool) -> Calibration:
    """Return what some cycles of a nation show."""
    return summary([trial(recipe, Settings(seed=APART * run, draws=DRAWS), joint=joint) for run in range(runs)])


def main() -> None:
    """Print the table and the figures."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    print(f"{describe()}; {runs} cycles of every nation, seeds 0 and up")
    print(f"{'nation':<17}{'model':<7}" + "".join(f"{name:>21}" for name in SHOWN) + f"{'s/cycle':>9}")
    joined: dict[str, Calibration] = {}
    for name, recipe in NATIONS.items():
        for model in ("plain", "joint"):
            start = time.perf_counter()
            found = calibrated(recipe, runs, joint=model == "joint")
            seconds = (time.perf_counter() - start) / runs
            cells = (f"{asdict(found)[column]:>21.3f}" for column in SHOWN)
            print(f"{name:<17}{model:<7}{''.join(cells)}{seconds:>9.1f}", flush=True)
            joined[name] = found
    for name, found in joined.items():
        nation = "" if name == OWN else f"_{name.replace('-', '_')}"
        for title, column in FIGURES.items():
            figure(f"{title}{nation}", asdict(found)[column], "names" if column == "named" else "share")


if __name__ == "__main__":
    main()
