"""The repository as the tests see it: where it lies, and which files are its own."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def committed() -> frozenset[Path]:
    """Return every file that is committed, or would be by `git add --all`."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return frozenset(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())
