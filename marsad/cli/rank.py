"""`marsad rank`: from any table of values and standard errors to ranks, and to what is sure about them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad.cli.arguments import counted, even, whole

if TYPE_CHECKING:
    from marsad.core.posterior import Settings
    from marsad.lake.scores import Scores

EXAMPLE = """example:
  marsad rank scores.csv --id centre --value score --se score_se --k 5 --out out/

FILE is a CSV, CSV.gz or Parquet file with one row per unit. It writes ranks.csv, the best first, and run.json.
rank_low, rank_high   where the rank lies by chance alone, unit by unit
set_low, set_high     the ranks of this unit that cannot be ruled out
sim_low, sim_high     the ranks that cannot be ruled out, for all units at once
p_top, p_bottom       the chance of being among the first and last k
in_top_set, in_bottom_set   whether the unit may be among the first and last k, for all units at once
"""
BETTER, WORSE = "better", "worse"
RANKS = "ranks.csv"
ASKED = ("id", "value", "se", "higher_is", "level", "k", "seed", "draws")
"""What of the command is kept with the result."""
SHOWN = 5


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "rank",
        help="rank units by a value and say how sure each rank is",
        description="Rank units by a value with its standard error, and say how sure each rank is.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("file", metavar="FILE", type=Path, help="a table with one row per unit")
    command.add_argument("--id", required=True, metavar="COLUMN", help="the column that names the unit")
    command.add_argument("--value", required=True, metavar="COLUMN", help="the column of values")
    command.add_argument("--se", required=True, metavar="COLUMN", help="the column of their standard errors")
    command.add_argument("--higher-is", default=BETTER, choices=(BETTER, WORSE), help="what a higher value means (better)")
    command.add_argument("--level", default=0.95, type=level, metavar="P", help="the level of every interval and set (0.95)")
    command.add_argument("--k", default=5, type=counted, metavar="N", help="how many count as the first and the last (5)")
    command.add_argument("--seed", default=0, type=whole, metavar="N", help="the seed of every draw (0)")
    command.add_argument("--draws", default=4000, type=even, metavar="N", help="how many possible league tables (4000)")
    command.add_argument("--out", default=Path("marsad-ranks"), type=Path, metavar="DIR", help="where results go (marsad-ranks)")
    command.add_argument("--force", action="store_true", help="replace earlier results in DIR")
    command.set_defaults(run=run)


def level(text: str) -> float:
    """Return a level of confidence, a half or more and below 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.5 <= number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a level from 0.5 to below 1, such as 0.95")
    return number


def run(options: argparse.Namespace) -> None:
    """Rank, write and say what was found; nothing is written unless all of it succeeds."""
    from marsad.cli.rating import Clock
    from marsad.cli.written import as_json, facts_of
    from marsad.core.posterior import Settings
    from marsad.lake.output import RUN, OutputFolder, write_csv
    from marsad.lake.scores import read_scores

    clock = Clock()
    with OutputFolder(options.out, force=options.force) as folder:
        with clock.step("read"):
            scores = read_scores(options.file, id_column=options.id, value_column=options.value, se_column=options.se)
        with clock.step("rank"):
            settings = Settings(seed=options.seed, draws=options.draws, level=options.level)
            table = ranks_table(scores, settings, options.k, worse=options.higher_is == WORSE)
        write_csv(folder / RANKS, table)
        asked = {name: getattr(options, name) for name in ASKED}
        facts = facts_of(options.file, folder / RANKS, asked | {"notes": list(scores.notes)})
        (folder / RUN).write_text(as_json(facts | {"seconds": clock.seconds}), encoding="utf-8")
    for note in scores.notes:
        print(note)
    say(table, options)


def ranks_table(scores: Scores, settings: Settings, k: int, *, worse: bool) -> dict[str, Any]:
    """Return the columns of ranks.csv, the best unit first and equal ones in the order of their identifiers."""
    import numpy as np
    from tqdm import tqdm

    from marsad.core.ranking import normal_draws, ranks, standing
    from marsad.core.ranksets import marginal_sets, simultaneous_sets

    good = -scores.value if worse else scores.value
    order = np.lexsort((scores.ids, -good))
    good, se = good[order], scores.se[order]
    stood = standing(normal_draws(good, se, settings), k, settings.level)
    together = simultaneous_sets(good, se, settings)
    with tqdm(total=good.size, desc="ranking", unit=" units", delay=2, leave=False) as bar:
        alone = marginal_sets(good, se, settings.level, progress=bar.update)
    return {
        "id": scores.ids[order],
        "value": scores.value[order],
        "se": se,
        "rank": ranks(good),
        "rank_low": stood.low,
        "rank_high": stood.high,
        "set_low": alone.low,
        "set_high": alone.high,
        "sim_low": together.low,
        "sim_high": together.high,
        "p_top": stood.p_top,
        "p_bottom": stood.p_bottom,
        "in_top_set": np.where(together.may_be_best(k), "yes", "no"),
        "in_bottom_set": np.where(together.may_be_worst(k), "yes", "no"),
    }


def say(table: Mapping[str, Any], options: argparse.Namespace) -> None:
    """Print the first and last units, how many may be among the first and last k, and where the results are."""
    units = table["rank"].size
    names = [" ".join(name.split()) for name in table["id"].tolist()]
    width = max(map(len, [*names, "unit"]))
    print(line("rank", "unit".ljust(width), "value", "one by one", "all at once", "P(top)", "P(bottom)"))
    hidden = units - 2 * SHOWN
    for row in range(units):
        if hidden > 0 and row == SHOWN:
            print(f"  {'…':>5}  {hidden} more")
        if hidden <= 0 or row < SHOWN or row >= units - SHOWN:
            rank, value = table["rank"][row], table["value"][row]
            top, bottom = (f"{table[name][row]:.2f}" if options.k < units else "" for name in ("p_top", "p_bottom"))
            alone, together = (f"{table[f'{kind}_low'][row]}–{table[f'{kind}_high'][row]}" for kind in ("set", "sim"))
            print(line(f"{rank}", names[row].ljust(width), f"{value:.5g}", alone, together, top, bottom))
    if options.k < units:
        first, last = (int((table[name] == "yes").sum()) for name in ("in_top_set", "in_bottom_set"))
        sets = f"the first {options.k} are in a set of {first}, the last {options.k} in a set of {last}"
        print(f"at a level of {options.level:g} {sets}")
    print(f"{units} units ranked; results in {options.out}")


def line(rank: str, unit: str, value: str, alone: str, together: str, top: str, bottom: str) -> str:
    """Return one line of the table on the terminal."""
    return f"  {rank:>5}  {unit}  {value:>10}  {alone:>11}  {together:>11}  {top:>6}  {bottom:>9}"
