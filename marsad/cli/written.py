"""What is needed to repeat what was written, and to compare it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def facts_of(file: Path, result: Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what run.json says of one result from one file."""
    return facts_from([file], [result], asked)


def facts_from(files: Sequence[Path], results: Sequence[Path], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what run.json says: the files, what was asked, the fingerprints of the results, and the versions."""
    import platform
    from importlib.metadata import version

    from marsad import __version__
    from marsad.cli.rating import digest, printable
    from marsad.lake.output import RESULTS

    return {
        "marsad": __version__,
        "evidence": [{"file": printable(file), "sha256": digest(file)} for file in files],
        **asked,
        RESULTS: {result.name: digest(result) for result in results},
        "versions": {"python": platform.python_version(), "numpy": version("numpy"), "scipy": version("scipy")},
    }
