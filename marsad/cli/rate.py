"""`marsad rate`: from files of evidence to stars, ranks and a report, without a database."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from marsad.cli.arguments import even, whole

EXAMPLE = """example:
  marsad rate evidence.csv --id CENTRE --standard my-standard.toml --out out/
  marsad rate first.csv --standard my-standard.toml --second second.csv --round round.csv --out named/

EVIDENCE is a CSV, CSV.gz or Parquet file, or a folder of them.
Wide: one row per channel, one column per indicator, blank where missing; beside X its answers X__n and standard error X__se.
Long: channel, indicator, value and, where known, n, se, rater, at.
"""
DRAWS = 4000


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "rate",
        help="rate channels from files of evidence",
        description="Rate channels from files of evidence by a standard.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("evidence", metavar="EVIDENCE", type=named, help="a file or a folder of files")
    command.add_argument("--standard", required=True, metavar="NAME|FILE", help="a shipped standard, or a TOML file")
    command.add_argument("--id", default="channel", metavar="COLUMN", help="the column that names the channel (channel)")
    command.add_argument("--kind", metavar="KIND", help="the kind of every channel, where the files have no column kind")
    command.add_argument("--out", default=Path("marsad-out"), type=Path, metavar="DIR", help="where the results go (marsad-out)")
    command.add_argument("--force", action="store_true", help="replace earlier results in DIR")
    command.add_argument("--seed", default=0, type=whole, metavar="N", help="the seed of every draw (0)")
    command.add_argument("--draws", default=DRAWS, type=even, metavar="N", help="how many possible league tables (4000)")
    command.add_argument(
        "--channel", action="append", default=[], metavar="ID", help="give it a section in the report; may be repeated"
    )
    command.add_argument("--lang", default="en", choices=("en", "ar"), help="the language of words in the tables (en)")
    command.add_argument("--second", type=named, metavar="FILE", help="evidence of a second wave, in the same shapes: it names")
    command.add_argument(
        "--round", type=named, metavar="FILE", help="who was drawn for it, in the order of EVIDENCE: channel, decoy (yes or no)"
    )
    command.add_argument("--stages", action="store_true", help="also write stages.csv: every value on its way to a score")
    command.add_argument("--no-report", dest="report", action="store_false", help="write no report.html")
    command.set_defaults(run=run)


def named(text: str) -> Path:
    """Return a path that was really named: an empty text would mean the folder one stands in."""
    if not text:
        raise argparse.ArgumentTypeError("name a file or a folder")
    return Path(text)


def run(options: argparse.Namespace) -> None:
    """Rate and say what was written."""
    from marsad.cli.naming import Second
    from marsad.cli.rating import Job, rate_files, say
    from marsad.core.posterior import Settings
    from marsad.core.problem import Problem

    if (options.second is None) != (options.round is None):
        what = "a second wave is its evidence and who was drawn for it"
        raise Problem(what, remedy="give both --second and --round, or neither")
    job = Job(
        evidence=options.evidence,
        standard=options.standard,
        out=options.out,
        id_column=options.id,
        kind=options.kind,
        force=options.force,
        settings=Settings(seed=options.seed, draws=options.draws),
        channels=tuple(options.channel),
        language=options.lang,
        stages=options.stages,
        report=options.report,
        second=Second(options.second, options.round) if options.second else None,
    )
    say(rate_files(job), job)
