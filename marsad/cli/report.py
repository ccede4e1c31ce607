"""`marsad report`: a channel, an entity, a whole cycle, or every channel of it, as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tqdm import tqdm

from marsad.core.problem import Problem

EXAMPLE = """example:
  marsad report cycle --cycle 2025 --language ar --out cycle.pdf
  marsad report channel port-authority-app-01 --out port.pdf
  marsad report channels --cycle 2025 --out reports/

Reports are of published cycles: the newest, unless --cycle names another. `channels` prints every channel in both languages,
and goes on where it was stopped.
"""
EVERY = "channels"
KINDS = ("cycle", "entity", "channel", EVERY)


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "report",
        help="print a channel, an entity or a cycle as PDF",
        description="Print a channel, an entity, a published cycle, or every channel of it as accessible PDF.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("kind", choices=KINDS, help="what to print")
    command.add_argument("code", nargs="?", default="", metavar="CODE", help="of the entity or channel")
    command.add_argument("--cycle", metavar="CODE", help="a published cycle (the newest)")
    command.add_argument("--language", choices=("ar", "en"), default="ar", help="of the report (ar)")
    command.add_argument("--out", type=Path, metavar="PATH", help="the file, or the folder of many (a name of its own, here)")
    command.add_argument("--force", action="store_true", help="overwrite")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print what is asked for; raises Problem."""
    from marsad.config import start_server

    if options.kind in ("entity", "channel") and not options.code:
        raise Problem(f"no {options.kind} is named", remedy=f"write its code: marsad report {options.kind} CODE")
    with start_server():
        print_every(options) if options.kind == EVERY else print_one(options)


def print_one(options: argparse.Namespace) -> None:
    """Print one report."""
    from marsad.accounts.access import NotFound
    from marsad.reports.store import Report

    edition = edition_asked(options.cycle)
    report = Report(options.kind, options.code or edition.cycle.code, options.language, edition)
    out: Path = options.out or Path(f"marsad-{edition.cycle.code}-{report.name}")
    refuse_existing(out, options.force)
    try:
        content = report.printed()
    except NotFound:
        raise Problem(
            f"cycle {edition.cycle.code} covers no {options.kind} '{options.code}'", remedy="see its codes in the catalogue"
        ) from None
    written(out, content)
    print(out)


def print_every(options: argparse.Namespace) -> None:
    """Print the reports of all channels into a folder."""
    from marsad.reports.store import channel_reports, print_missing

    edition = edition_asked(options.cycle)
    out: Path = options.out or Path(f"marsad-{edition.cycle.code}-channels")
    out.mkdir(parents=True, exist_ok=True)
    reports = channel_reports(edition)
    for report in tqdm(print_missing(reports), total=len(reports), desc="printing", unit=" reports", delay=2, leave=False):
        written(out / report.name, report.path.read_bytes())
    print(f"{len(reports)} reports in {out}")


def edition_asked(code: str | None) -> Any:
    """Return the published cycle of a code, the newest where none is named; raises Problem where there is none."""
    from marsad.accounts.access import NotFound
    from marsad.public.editions import edition_of

    try:
        return edition_of(code)
    except NotFound:
        what = f"no cycle '{code}' is published" if code else "no cycle is published yet"
        raise Problem(what, remedy="see `marsad cycle status`") from None


def refuse_existing(path: Path, force: bool) -> None:
    """Raise Problem where a file is there already and may not be overwritten."""
    if path.exists() and not force:
        raise Problem("this file is there already", file=path, remedy="choose another --out, or add --force")


def written(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
