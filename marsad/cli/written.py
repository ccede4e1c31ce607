"""What is needed to repeat what was written, and to compare it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def printable(path: Path) -> str:
    """Return a path as text, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def said_of(file: Path) -> dict[str, str]:
    """Return a file by its name and fingerprint."""
    return {"file": printable(file), "sha256": digest(file)}


def facts_of(file: Path, result: Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what run.json says of one result from one file."""
    return facts_from([file], [result], asked)


def facts_from(files: Sequence[Path], results: Sequence[Path], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what run.json says: the files, what was asked, the fingerprints of the results, and the versions."""
    import platform
    from importlib.metadata import version

    from marsad import __version__
    from marsad.lake.output import RESULTS

    return {
        "marsad": __version__,
        "evidence": [said_of(file) for file in files],
        **asked,
        RESULTS: {result.name: digest(result) for result in results},
        "versions": {"python": platform.python_version(), "numpy": version("numpy"), "scipy": version("scipy")},
    }


def as_json(facts: Mapping[str, Any]) -> str:
    """Return facts as JSON a person can read."""
    return dumps(facts, ensure_ascii=False, indent=2) + "\n"
