"""A small and complete world of this release, as `marsad backup` writes it: what every later release must be able to take over.

Run once for each release, on what is released: python -m tests.upgrade.make

It writes `VERSION.marsad.xz` here, and `released.toml` with the SHA-256 of every migration. Chance is seeded and the time is
given, so that two files of one release differ only in the hours that PostgreSQL, jobs and passwords keep by themselves.
"""

from __future__ import annotations

import lzma
import os
import random
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from unittest import mock

HERE = Path(__file__).parent
ROOM = HERE.parents[1] / "marsad"
HEAD = """\
# The SHA-256 of every released migration: databases have taken them, so they never change. A change is a new migration.
# Printed anew for each release: python -m tests.upgrade.make

[sha256]
"""


def fingerprints(room: Path = ROOM) -> dict[str, str]:
    """Return the SHA-256 of every migration, by its path below `marsad/`."""
    paths = sorted(room.glob("*/migrations/[0-9]*.py"))
    return {path.relative_to(room).as_posix(): sha256(path.read_bytes()).hexdigest() for path in paths}


@contextmanager
def chance(seed: int = 1) -> Iterator[None]:
    """Have all that is left to chance come out alike inside the block."""
    made = random.Random(seed)
    with (
        mock.patch.object(secrets, "token_bytes", made.randbytes),
        mock.patch.object(secrets, "token_urlsafe", lambda size: made.randbytes(size).hex()),
        mock.patch.object(secrets, "choice", made.choice),
    ):
        yield


def write_keys(folder: Path) -> None:
    """Write a signing key that is none, since everybody may know it, and its public key, which goes into a backup."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from marsad.ledger import public_key

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    folder.mkdir()
    (folder / "signing.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "publisher.pem").write_bytes(public_key(key))


def settle(folder: Path) -> None:
    """Fill an empty database: people, tokens and a subscription, a catalogue, a published cycle, an open one whose run waits."""
    from marsad.accounts.actions import invite, issue_token
    from marsad.accounts.models import Scope
    from marsad.api.actions import subscribe
    from marsad.core.lifecycle import Role
    from marsad.ratings.actions import ask_for_run
    from tests import world
    from tests.ratings import build

    cast, at = world.everybody(), {"at": world.NOW}
    build.catalogue()
    expires = world.NOW + timedelta(days=360)
    for person, place in ((cast.omar, world.PORT), (cast.aisha, "")):
        issue_token(by=person, person=person, name="kept", scopes=[Scope.READ], entity_code=place, expires=expires, **at)
    invite(by=cast.salem, email="new@marsad.example", role=Role.MEMBER, entity_code=world.LAND, **at)
    subscribe(by=cast.omar, url="https://receiver.example/", **at)
    build.published(build.opened(folder, code="2025-1"))
    ask_for_run(by=cast.aisha, cycle=build.opened(folder, code="2026-1"), **at)


def make(file: Path) -> None:
    """Write the world of this release."""
    from marsad.config import start_server
    from marsad.config.backup import back_up
    from marsad.config.database import migrate

    with tempfile.TemporaryDirectory() as name, chance():
        folder = Path(name)
        folder.chmod(0o755)
        os.environ |= {"MARSAD_HOME": str(folder / "home"), "MARSAD_SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop"}
        with start_server() as environment:
            migrate()
            write_keys(environment.home / "keys")
            settle(folder)
            back_up(environment, folder / "made", force=True)
            file.write_bytes(lzma.compress((folder / "made").read_bytes(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    from marsad import __version__

    make(HERE / f"{__version__}.marsad.xz")
    lines = [f'"{path}" = "{digest}"\n' for path, digest in fingerprints().items()]
    (HERE / "released.toml").write_text(HEAD + "".join(lines), encoding="utf-8")
