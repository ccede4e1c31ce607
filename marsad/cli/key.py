"""`marsad key`: the key that signs publications is made, hands over to the next, and is declared lost."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from marsad.core.problem import Problem
from marsad.ledger import public_keys
from marsad.ledger.bundle import open_bundle
from marsad.ledger.chain import record_of
from marsad.ledger.keyring import LOSSES, Keyring
from marsad.ledger.keys import Loss, key_id, raw
from marsad.ledger.publication import Publication

EXAMPLE = """example:
  marsad key new
  marsad key hand-over
  marsad key lost public-0a1b2c3d4e5f6071.pem --after 2026-1-1.zip
  marsad key show

The key is the file that MARSAD_SIGNING_KEY names; what else is said of keys lies beside it.
"""


def add(commands: Any) -> None:
    """Add the subcommand with its steps."""
    command = commands.add_parser(
        "key",
        help="make the signing key, hand it over, declare one lost",
        description="Make the key that signs publications, hand over to the next, declare one lost.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    steps = command.add_subparsers(dest="step", required=True, metavar="STEP")
    about = {
        "new": ("make the first signing key, and its public key beside it", make),
        "hand-over": ("make the next signing key, for which the present one vouches", hand_over),
        "lost": ("declare a key lost or stolen, by the signing key or, where that is the one, by a new one", lose),
        "show": ("say which key signs, and what is said of earlier ones", show),
    }
    for name, (help, run) in about.items():
        step = steps.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
        step.set_defaults(run=run)
    lost = steps.choices["lost"]
    lost.add_argument("key", metavar="FILE", type=Path, help="the public key, in PEM")
    said = lost.add_mutually_exclusive_group(required=True)
    said.add_argument("--after", metavar="BUNDLE", type=Path, help="the last publication that is truly of this key")
    said.add_argument("--unused", action="store_true", help="no publication is of this key")


def keyring() -> Keyring:
    """Return the folder of the signing key."""
    from marsad.config.environment import read

    return Keyring(read(server=False).signing_key)


def make(options: argparse.Namespace) -> None:
    """Make the first key."""
    ring = keyring()
    say_public(ring, ring.make())


def hand_over(options: argparse.Namespace) -> None:
    """Make the next key."""
    ring = keyring()
    old = key_id(raw(ring.key))
    say_public(ring, ring.hand_over())
    print(f"key {old} vouches for it in every publication from now on; destroy {ring.path.with_name(f'retired-{old}.pem')}")


def say_public(ring: Keyring, key: bytes) -> None:
    """Say which key signs from now on."""
    print(f"key {key_id(key)} signs from now on; hand out {ring.public_path(key)}")


def lose(options: argparse.Namespace) -> None:
    """Declare a key lost after a publication."""
    keys = public_keys(options.key)
    if len(keys) != 1:
        raise Problem("there are several keys in this file", file=options.key, remedy="name a file with the lost one alone")
    number, fingerprint = (0, "") if options.unused else last_of(options.after, keys[0])
    ring = keyring()
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    say_loss(ring.lose(keys[0], number=number, fingerprint=fingerprint, at=at))
    key = raw(ring.key)
    print(f"key {key_id(key)} signs; announce {ring.public_path(key)} and {ring.path.with_name(LOSSES)}")


def last_of(path: Path, key: bytes) -> tuple[int, str]:
    """Return the number and the fingerprint of a publication; raises Problem where it is not signed by this key."""
    record = record_of(open_bundle(path))
    if not isinstance(record.publication, Publication) or not record.is_signed_by(key):
        raise Problem(f"this is no publication of key {key_id(key)}", file=path, remedy="name the last that is truly its own")
    return record.publication.number, record.fingerprint


def show(options: argparse.Namespace) -> None:
    """Say which key signs, and what is said of others."""
    ring = keyring()
    key = raw(ring.key)
    print(f"key {key_id(key)} signs; its public key is {ring.public_path(key)}")
    for handover in ring.handovers:
        old, new = (key_id(bytes.fromhex(handover[end])) for end in ("from", "to"))
        print(f"key {old} handed over to key {new}")
    for loss in ring.losses:
        say_loss(loss)


def say_loss(loss: Loss) -> None:
    """Say what was declared."""
    lost, by = (key_id(bytes.fromhex(key)) for key in (loss.lost, loss.by))
    print(f"key {lost} is declared lost after publication {loss.number}, by key {by} on {loss.at[:10]}")
