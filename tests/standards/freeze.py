"""Fingerprints of everything a released standard consists of.

To print the table that `test_released_files.py` keeps:

    python -m tests.standards.freeze > tests/standards/released.toml
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

STANDARDS = Path(__file__).parents[2] / "marsad" / "standards"
ROOMS = ("instruments", "schemes")
HEAD = """\
# The SHA-256 of every released file under marsad/standards. A released file never changes, so that every published star can be
# recomputed. To release a new file, write it under a new name and print this table again:
#     python -m tests.standards.freeze > tests/standards/released.toml
"""


def fingerprints(standards: Path = STANDARDS) -> dict[str, str]:
    """Return the SHA-256 of every file of the schemes and instruments, by its path from the standards' folder."""
    return {
        path.relative_to(standards).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for room in ROOMS
        for path in sorted((standards / room).rglob("*"))
        if path.is_file()
    }


def table(hashes: dict[str, str]) -> Iterator[str]:
    """Yield the lines of the table as TOML."""
    yield from HEAD.splitlines()
    yield "\n[sha256]"
    yield from (f'"{path}" = "{digest}"' for path, digest in hashes.items())


if __name__ == "__main__":
    print(*table(fingerprints()), sep="\n")
