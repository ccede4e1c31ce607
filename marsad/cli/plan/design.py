"""`marsad plan design`: before any data, how many of everything buy which reliability (a D-study)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad.cli.arguments import numbers_of, share

if TYPE_CHECKING:
    from marsad.lake.planning import Components

EXAMPLE = """example:
  marsad plan design components.csv --number visit=2,4,8,16 --number question=10,20 --target 0.8 --out design/

FILE is a CSV, CSV.gz or Parquet file with the columns effect and variance: where scores varied in the past. An effect is one
facet or several joined by *, such as channel*visit; the first facet of the file is what is measured. It writes design.csv, a
row for every choice of numbers, and run.json.
scores     how many scores of each unit that takes
relative   how far the mean of a unit can be generalised when units are compared with each other
absolute   the same when units are held against a fixed line
se         the standard error of a mean, compared with others
se_absolute   the same against a fixed line
"""
DESIGN = "design.csv"


def add_design(plans: Any) -> None:
    """Add `design`."""
    command = plans.add_parser(
        "design",
        help="how many of everything buy which reliability",
        description="Say how many visits, assessors or questions buy which reliability, from past variance components.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("file", metavar="FILE", type=Path, help="a table of variance components")
    command.add_argument(
        "--number",
        required=True,
        action="append",
        type=numbers_of,
        metavar="FACET=N,N",
        help="how many of a facet to try; once for every facet but the one measured",
    )
    command.add_argument("--target", type=share, metavar="P", help="say the fewest scores that reach this relative reliability")
    command.add_argument(
        "--out", default=Path("marsad-design"), type=Path, metavar="DIR", help="where results go (marsad-design)"
    )
    command.add_argument("--force", action="store_true", help="replace earlier results in DIR")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Try every choice, write the table, say it; nothing is written unless all of it succeeds."""
    from marsad.cli.written import as_json, facts_of
    from marsad.lake.output import RUN, OutputFolder, write_csv
    from marsad.lake.planning import read_components

    with OutputFolder(options.out, force=options.force) as folder:
        components = read_components(options.file)
        table = design_table(components, tried(options, components))
        write_csv(folder / DESIGN, table)
        asked = {"number": {facet: list(sizes) for facet, sizes in options.number}, "target": options.target}
        (folder / RUN).write_text(as_json(facts_of(options.file, folder / DESIGN, asked)), encoding="utf-8")
    say(table, components, options)


def tried(options: argparse.Namespace, components: Components) -> dict[str, tuple[int, ...]]:
    """Return the numbers to try of every facet but the one measured; raises Problem for a facet without, or unknown."""
    from marsad.core.problem import Problem

    given = dict(options.number)
    others = components.facets[1:]
    if unknown := [facet for facet in given if facet not in others]:
        what = f"{unknown[0]!r} is no facet beside {components.facets[0]!r}, which is measured"
        raise Problem(what, file=options.file, remedy=f"the others are {', '.join(others) or 'none'}")
    if missing := [facet for facet in others if facet not in given]:
        what = f"it is not said how many of {missing[0]!r} to try"
        raise Problem(what, file=options.file, remedy=f"add --number {missing[0]}=1,2,4")
    return {facet: given[facet] for facet in others}


def design_table(components: Components, choices: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """Return the columns of design.csv: numbers of each facet, the scores they take, and what they buy."""
    from itertools import product
    from math import prod

    import numpy as np

    from marsad.core.generalise import Design, generalise

    design = Design(components.facets)
    sizes = [dict(zip(choices, some, strict=True)) for some in product(*choices.values())]
    bought = [generalise(components.variances, design, some) for some in sizes]
    signal = max(components.variances.get(frozenset(components.facets[:1]), 0.0), 0.0)
    relative, absolute = (np.array([getattr(one, kind) for one in bought]) for kind in ("relative", "absolute"))
    errors = (
        np.sqrt(signal * np.divide(1 - kept, kept, out=np.full_like(kept, np.nan), where=kept > 0))
        for kept in (relative, absolute)
    )
    return {
        **{facet: np.array([some[facet] for some in sizes]) for facet in choices},
        "scores": np.array([prod(some.values()) for some in sizes]),
        "relative": relative,
        "absolute": absolute,
        **dict(zip(("se", "se_absolute"), errors, strict=True)),
    }


def say(table: dict[str, Any], components: Components, options: argparse.Namespace) -> None:
    """Print the table, the cheapest choice that reaches the target, and where the results are."""
    facets = components.facets[1:]
    shown = [*facets, "scores", "relative", "absolute", "se"]
    widths = [max(len(name), 8) for name in shown]
    print("  " + "  ".join(f"{name:>{width}}" for name, width in zip(shown, widths, strict=True)))
    for row in range(table["scores"].size):
        cells = [f"{table[name][row]:.3f}" if table[name].dtype.kind == "f" else str(table[name][row]) for name in shown]
        print("  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)))
    if options.target is not None:
        print(cheapest(table, facets, options.target))
    print(f"{table['scores'].size} designs; results in {options.out}")


def cheapest(table: dict[str, Any], facets: tuple[str, ...], target: float) -> str:
    """Return in words the choice with the fewest scores that reaches a reliability; of equal ones the most reliable."""
    import numpy as np

    reached = np.flatnonzero(table["relative"] >= target)
    if not reached.size:
        return f"no design reaches a reliability of {target:g}; the best is {table['relative'].max():.3f}"
    row = reached[np.lexsort((-table["relative"][reached], table["scores"][reached]))[0]]
    numbers = ", ".join(f"{facet} {table[facet][row]}" for facet in facets)
    return f"the fewest scores that reach {target:g}: {table['scores'][row]} ({numbers}), {table['relative'][row]:.3f}"
