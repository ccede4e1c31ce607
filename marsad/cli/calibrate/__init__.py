"""`marsad calibrate`: does it hold what it promises, on nations whose truth is known and on halves of real evidence?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from marsad.cli.arguments import counted, even, whole

EXAMPLE = """example:
  marsad calibrate --runs 4 --out calibration/
  marsad calibrate --nations own,raters --runs 20 --out calibration/
  marsad calibrate evidence.csv --standard my-standard.toml --out halves/

Without FILE, cycles are run in made nations whose truth is known: rated, candidates and decoys visited again, named on that.
With FILE, a file or folder of evidence as for `marsad rate`, its answers are dealt into two halves, or its measures where they
are no raw answers, and what the one promises is looked up in the other. It writes calibration.csv, stars.csv of nations,
pictures in both languages and run.json.
coverage, width    of 90 % intervals of ranks: the share that hold the true rank, and how many of all places they take
confirmed, named   how many new evidence finds there in a cycle, and how many of these are named, their own part passing too
recall             what share of the true worst k is named
truly_worst, in_tail      of those named, those truly among the worst k, and in the worst 5 %
wrong_dismissals   of those named, those whose own part is not in the worst 5 %
star_error         by how much the chances of the published stars are off, on the whole
entities_named, entities_recall, entities_truly_worst    the same of entities, by the mean of their channels
raw_place, named_place, regret    mean true place from the worst of the last k by raw scores, of those named; the difference
alike, reliability    correlation of the scores of two halves, and what it makes of the whole
worst_again        of the last k of one half, those among the last k of the other
"""
TABLE, CURVE = "calibration.csv", "stars.csv"
RUNS, DRAWS = 4, 2400
ASKED = ("standard", "id", "kind", "nations", "model", "channels", "runs", "seed", "draws")
"""What of the command is kept with the result."""
FEWEST = 40


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "calibrate",
        help="see how often what is promised holds",
        description="See how often what is promised of ranks, names and stars holds: where the truth is known, and on halves.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("file", nargs="?", metavar="FILE", type=Path, help="a file or a folder of evidence, dealt into halves")
    command.add_argument("--standard", metavar="NAME|FILE", help="the standard of FILE: a shipped one, or a TOML file")
    command.add_argument("--id", default="channel", metavar="COLUMN", help="the column that names the channel (channel)")
    command.add_argument("--kind", metavar="KIND", help="the kind of every channel, where the files have no column kind")
    command.add_argument("--nations", type=known, metavar="NAME,NAME", help="some of the made nations (all)")
    command.add_argument(
        "--model",
        default="both",
        choices=("both", "joint", "plain"),
        help="with the joint model, without it, or both (both)",
    )
    command.add_argument("--channels", type=many, metavar="N", help="of a made nation (300)")
    command.add_argument("--runs", default=RUNS, type=counted, metavar="N", help=f"cycles of a nation, or deals of FILE ({RUNS})")
    command.add_argument("--seed", default=0, type=whole, metavar="N", help="the seed of all chance (0)")
    command.add_argument("--draws", default=DRAWS, type=even, metavar="N", help=f"how many possible league tables ({DRAWS})")
    command.add_argument(
        "--out", default=Path("marsad-calibration"), type=Path, metavar="DIR", help="where results go (marsad-calibration)"
    )
    command.add_argument("--force", action="store_true", help="replace earlier results in DIR")
    command.set_defaults(run=run)


def known(text: str) -> tuple[str, ...]:
    """Return the made nations that are named."""
    from marsad.core.nations import NATIONS

    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    for name in names:
        if name not in NATIONS:
            raise argparse.ArgumentTypeError(f"there is no made nation {name!r}; there are {', '.join(NATIONS)}")
    return names


def many(text: str) -> int:
    """Return a number of channels of which five can be named."""
    number = counted(text)
    if number < FEWEST:
        raise argparse.ArgumentTypeError(f"{number} channels are too few to name five of; ask for {FEWEST} or more")
    return number


def run(options: argparse.Namespace) -> None:
    """Try, write and say what held; nothing is written unless all of it succeeds."""
    from marsad.cli.calibrate.dealt import deal
    from marsad.cli.calibrate.made import tried
    from marsad.cli.calibrate.pictures import write_pictures
    from marsad.cli.rating import Clock
    from marsad.cli.written import as_json, facts_from
    from marsad.lake.output import RUN, OutputFolder, write_csv

    refuse_mixed(options)
    clock = Clock()
    with OutputFolder(options.out, force=options.force) as folder:
        with clock.step("run"):
            found = deal(options) if options.file else tried(options)
        write_csv(folder / TABLE, found.table)
        if found.curve:
            write_csv(folder / CURVE, found.curve)
        with clock.step("pictures"):
            write_pictures(folder, found)
        asked = {name: getattr(options, name) for name in ASKED}
        facts = facts_from(found.files, sorted(folder.iterdir()), asked)
        (folder / RUN).write_text(as_json(facts | {"seconds": clock.seconds}), encoding="utf-8")
    print(f"{found.closing}; results in {options.out}")


def refuse_mixed(options: argparse.Namespace) -> None:
    """Raise Problem where evidence comes without its standard, or with what is asked of made nations."""
    from marsad.core.problem import Problem

    if options.file and not options.standard:
        raise Problem("nothing says by which standard to rate it", file=options.file, remedy="name one with --standard")
    if options.file and (options.nations or options.channels):
        raise Problem("evidence of one's own is no made nation", remedy="leave --nations and --channels out, or the file")
    if options.standard and not options.file:
        raise Problem("made nations have a standard of their own", remedy="name a file of evidence, or leave --standard out")
