"""`marsad plan visits`: during fieldwork, which channels the next visits should go to."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad.cli.arguments import above_zero, counted, whole

if TYPE_CHECKING:
    from marsad.lake.planning import Known

EXAMPLE = """example:
  marsad plan visits today.csv --id centre --mean score --se error --noise-sd 12 --budget 100 --k 5 --out visits/

FILE is a CSV, CSV.gz or Parquet file with one row per channel: what is known of it today, by posterior mean and variance (or
standard error). It writes visits.csv, a row per channel, those with most visits first, and run.json.
visits            how many of the next visits the channel should get
p_top, p_bottom   the chance that it is among the best and worst k today
With --kind every kind has lists of its own; a kind of fewer than 2 k channels has none.
"""
VISITS = "visits.csv"
ASKED = ("id", "mean", "variance", "se", "visits", "kind", "noise_sd", "budget", "k", "minimum", "seed")
DRAWS = 2000
SHOWN = 12


def add_visits(plans: Any) -> None:
    """Add `visits`."""
    command = plans.add_parser(
        "visits",
        help="where the next visits settle most",
        description="Say which channels to visit next, so that the best and the worst k become known.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("file", metavar="FILE", type=Path, help="a table with one row per channel")
    command.add_argument("--id", required=True, metavar="COLUMN", help="the column that names the channel")
    command.add_argument("--mean", required=True, metavar="COLUMN", help="the column of posterior means")
    spread = command.add_mutually_exclusive_group(required=True)
    spread.add_argument("--variance", metavar="COLUMN", help="the column of posterior variances")
    spread.add_argument("--se", metavar="COLUMN", help="the column of posterior standard errors")
    command.add_argument("--visits", metavar="COLUMN", help="the column of visits so far")
    command.add_argument("--kind", metavar="COLUMN", help="the column of kinds, each with lists of its own")
    command.add_argument(
        "--noise-sd", required=True, type=above_zero, metavar="X", help="the standard deviation of a single visit's score"
    )
    command.add_argument("--budget", required=True, type=counted, metavar="N", help="how many visits there are")
    command.add_argument(
        "--k", default=5, type=counted, metavar="N", help="how many are on the list of the best and the worst (5)"
    )
    command.add_argument("--minimum", default=0, type=whole, metavar="N", help="visits that every channel gets (0)")
    command.add_argument("--seed", default=0, type=whole, metavar="N", help="the seed that breaks ties (0)")
    command.add_argument(
        "--out", default=Path("marsad-visits"), type=Path, metavar="DIR", help="where results go (marsad-visits)"
    )
    command.add_argument("--force", action="store_true", help="replace earlier results in DIR")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Plan, write and say where the visits go; nothing is written unless all of it succeeds."""
    from marsad.cli.written import as_json, facts_of
    from marsad.lake.output import RUN, OutputFolder, write_csv
    from marsad.lake.planning import read_known

    with OutputFolder(options.out, force=options.force) as folder:
        columns = {name: getattr(options, name) for name in ("id", "mean", "variance", "se", "visits", "kind")}
        table, gain = visits_table(read_known(options.file, columns), options)
        write_csv(folder / VISITS, table)
        asked = {name: getattr(options, name) for name in ASKED}
        (folder / RUN).write_text(as_json(facts_of(options.file, folder / VISITS, asked | gain)), encoding="utf-8")
    say(table, gain, options)


def visits_table(known: Known, options: argparse.Namespace) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns of visits.csv, and what the visits are expected to gain."""
    import numpy as np

    from marsad.core.fieldwork import chances, expected_found, field_of, next_visits_within
    from marsad.core.posterior import Settings
    from marsad.core.problem import Problem

    field = field_of(known.mean, known.variance, noise_sd=options.noise_sd, visits=known.visits)
    kinds, sizes = np.unique(known.kinds, return_counts=True)
    alone = options.kind is None  # then too few channels are refused, not passed over
    ks = {str(kind): options.k for kind, size in zip(kinds, sizes, strict=True) if alone or size >= 2 * options.k}
    if not ks:
        what = f"no kind has the {2 * options.k} channels that two lists of {options.k} need"
        raise Problem(what, file=options.file, remedy="lower --k, or leave --kind out")
    settings = Settings(seed=options.seed, draws=DRAWS)
    counts = next_visits_within(field, known.kinds, ks, budget=options.budget, minimum=options.minimum, seed=options.seed)
    found = expected_found(field, known.kinds, ks, counts, settings)
    p_top, p_bottom = chances(field, known.kinds, ks, settings)
    order = np.lexsort((known.ids, -counts))
    columns = {
        "id": known.ids,
        **({} if alone else {"kind": known.kinds}),
        "visits": counts,
        "mean": known.mean,
        "se": np.sqrt(known.variance),
        **({} if known.visits is None else {"visits_so_far": known.visits}),
        "p_top": p_top,
        "p_bottom": p_bottom,
    }
    places = 2 * options.k * len(ks)
    gain = {"places": places, "found_before": round(found.before, 3), "found_after": round(found.after, 3)}
    return {name: column[order] for name, column in columns.items()}, {
        "expected": gain,
        "without_lists": sorted(set(kinds.tolist()) - ks.keys()),
    }


def say(table: dict[str, Any], gain: dict[str, Any], options: argparse.Namespace) -> None:
    """Print where most visits go, what they are expected to gain, and where the results are."""
    chosen = int((table["visits"] > 0).sum())
    names = [" ".join(name.split()) for name in table["id"][: min(chosen, SHOWN)].tolist()]
    width = max(map(len, [*names, "channel"]))
    print(f"  {'channel'.ljust(width)}  {'visits':>6}  {'mean':>9}  {'se':>7}  {'P(top)':>6}  {'P(bottom)':>9}")
    for row, name in enumerate(names):
        cells = (f"{table['visits'][row]:>6}", f"{table['mean'][row]:>9.5g}", f"{table['se'][row]:>7.3g}")
        print("  " + "  ".join((name.ljust(width), *cells, f"{table['p_top'][row]:>6.2f}", f"{table['p_bottom'][row]:>9.2f}")))
    if chosen > len(names):
        print(f"  … {chosen - len(names)} more")
    for kind in gain["without_lists"]:
        print(f"the kind {kind} has fewer than {2 * options.k} channels and no lists")
    expected = gain["expected"]
    moved = f"{expected['found_before']:.1f} are expected to be right today, {expected['found_after']:.1f} after the visits"
    print(f"of {expected['places']} places on the lists {moved}")
    print(f"{options.budget} visits to {chosen} channels; results in {options.out}")
