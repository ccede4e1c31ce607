"""`marsad backup` and `marsad restore`: all that cannot be made again, in one file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add both subcommands."""
    saving = commands.add_parser(
        "backup",
        help="write database, lake and public keys into one file",
        description="Write the database, the lake and the public keys into one file, whole or not at all. It may run beside "
        "marsad serve. The file holds people's data and no private key.",
        epilog="example:\n  marsad backup monday.marsad",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    saving.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    saving.add_argument("--force", action="store_true", help="replace a file that is there")
    saving.set_defaults(run=run_backup)
    putting = commands.add_parser(
        "restore",
        help="put a backup in the place of database and lake",
        description="Check every hash of a backup, then put it in the place of database and lake, all or nothing. "
        "Nothing else may use the database meanwhile.",
        epilog="example:\n  marsad restore monday.marsad",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    putting.add_argument("file", type=Path, metavar="FILE", help="what marsad backup wrote")
    putting.add_argument("--force", action="store_true", help="replace a database and a lake that are not empty")
    putting.set_defaults(run=run_restore)


def run_backup(options: argparse.Namespace) -> None:
    """Write, and say what is in it."""
    from marsad.config import start_server
    from marsad.config.backup import back_up

    with start_server() as environment:
        manifest = back_up(environment, options.file.resolve(), force=options.force)
    files = manifest["files"]
    print(f"{options.file}: {len(files)} files, {sum(file['bytes'] for file in files.values()):,} bytes")


def run_restore(options: argparse.Namespace) -> None:
    """Put back, and say of when it is."""
    from marsad.config import start_server
    from marsad.config.database import behind
    from marsad.config.restore import restore

    with start_server() as environment:
        manifest = restore(environment, options.file.resolve(), force=options.force)
        steps = behind()
    print(f"restored as of {manifest['made_at']}, written by Marsad {manifest['marsad']}")
    if steps:
        print("it is of an earlier release: run marsad migrate")
