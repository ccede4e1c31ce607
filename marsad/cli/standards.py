"""`marsad standards`: list the shipped standards, show one as a readable card, check a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add the subcommand and its three verbs."""
    command = commands.add_parser(
        "standards", help="list, show or check standards", description="List, show or check rating standards."
    )
    verbs = command.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="list the shipped standards", description="List the shipped standards.")
    listing.add_argument("--lang", default="en", choices=("en", "ar"), help="the language of the titles (en)")
    listing.set_defaults(run=run_list)
    showing = verbs.add_parser(
        "show",
        help="print a standard as a readable card",
        description="Print a standard as a readable card: tree, weights, bands, limiters.",
        epilog="example:\n  marsad standards show my-standard.toml --html card.html",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    showing.add_argument("name", metavar="NAME|FILE", help="a shipped standard or a TOML file")
    showing.add_argument("--lang", default="en", choices=("en", "ar"), help="the language of the card (en)")
    showing.add_argument("--questions", action="store_true", help="with every question and its levels")
    showing.add_argument("--html", type=Path, metavar="FILE", help="write the card as a bilingual page instead")
    showing.set_defaults(run=run_show)
    checking = verbs.add_parser("check", help="check a standard's file", description="Check a file; say what is wrong.")
    checking.add_argument("name", metavar="FILE", help="a TOML file")
    checking.set_defaults(run=run_check)


def run_list(options: argparse.Namespace) -> None:
    """Print name, version and title of every shipped standard."""
    from marsad.standards import load, names

    for standard in map(load, names()):
        print(f"{standard.name:<26} {standard.version:<8} {standard.title[options.lang]}")


def run_show(options: argparse.Namespace) -> None:
    """Print or write the card."""
    from marsad.standards import load

    standard = load(options.name)
    if options.html is None:
        from marsad.standards.card import card

        for line in card(standard, options.lang, questions=options.questions):
            print(line)
        return
    from marsad.config import start  # Django takes a while, and only pages need it

    start()
    from marsad.core.problem import Problem
    from marsad.reports.card import standard_page

    try:
        options.html.write_text(standard_page(standard), encoding="utf-8")
    except OSError as error:
        raise Problem(f"the card cannot be written: {error.strerror}", file=options.html, remedy="name another file") from None
    print(f"written: {options.html}")


def run_check(options: argparse.Namespace) -> None:
    """Load the file, which checks it, and say what it holds."""
    from marsad.standards import load

    standard = load(options.name)
    scheme = standard.scheme
    stars = ", ".join(f"{star:g}" for star in scheme.stars.stars)
    print(f"{standard.identity} is sound: {len(scheme.indicators)} indicators under {len(scheme.nodes)} nodes, stars {stars}")
