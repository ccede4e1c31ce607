"""`marsad verify`: check a published bundle offline, with nothing but the bundle and the publisher's public key."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tqdm import tqdm

from marsad.core.problem import Problem
from marsad.ledger import Report, public_keys, verify
from marsad.ledger.canonical import FormError
from marsad.ledger.keys import Loss, content_of
from marsad.ledger.publication import read_losses
from marsad.ledger.seals import BROKEN, WHOLE

EXAMPLE = """example:
  marsad verify 2026-1.zip --key publisher.pem --previous 2025-2.zip

BUNDLE is a folder or a .zip of a publication, as the public or as auditors get it.
Exit code: 0 every seal that could be looked at is whole, 1 one is broken, 2 there is no bundle, no key, or a dangerous .zip.
"""
MARKS = {WHOLE: "ok", BROKEN: "BROKEN"}
FAILED = 1


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "verify",
        help="check a publication: files, stars, signature, chain",
        description="Check a publication offline: hashes, standard, recomputed stars, signature and chain.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("bundle", metavar="BUNDLE", type=Path, help="a folder or a .zip")
    command.add_argument(
        "--key", action="append", required=True, metavar="FILE", type=Path, help="a public key in PEM; may be repeated"
    )
    command.add_argument(
        "--previous", action="append", default=[], metavar="BUNDLE", type=Path, help="the publications before, oldest first"
    )
    command.add_argument(
        "--lost",
        metavar="FILE",
        type=Path,
        help="the publisher's declaration of lost keys; the keys that declare are to be given",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Check, print every seal, and end with code 1 where one is broken."""
    keys = [key for file in options.key for key in public_keys(file)]
    with tqdm(desc="drawing", unit=" channels", delay=2, leave=False) as bar:
        report = verify(options.bundle, keys, options.previous, bar.update, losses=declared_in(options.lost))
    say(report)
    if not report.holds:
        raise SystemExit(FAILED)


def declared_in(path: Path | None) -> tuple[Loss, ...]:
    """Return the declarations of lost keys in a file; raises Problem where it holds none."""
    if path is None:
        return ()
    try:
        return read_losses(content_of(path))
    except FormError as error:
        raise Problem(f"these are no declarations of lost keys: {error}", file=path, remedy="ask the publisher again") from None


def say(report: Report) -> None:
    """Print the seals, what the bundle can and cannot prove, and the verdict."""
    print(f"{report.identity or 'no publication'} ({report.audience} bundle)")
    for seal in report.seals:
        print(f"  {MARKS.get(seal.state, 'not checked'):<11}  {seal.name:<9}  {seal}")
    for remark in report.remarks:
        print(f"note: {remark}.")
    print(
        "Every seal that could be looked at is whole."
        if report.holds
        else f"BROKEN: {', '.join(report.broken) or 'no signature'}."
    )
