"""What is needed to repeat what was written from one file, and to compare it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def facts_of(file: Path, result: Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what run.json says: the file, what was asked, the fingerprint of the result, and the versions."""
    import platform
    from importlib.metadata import version

    from marsad import __version__
    from marsad.cli.rating import digest, printable
    from marsad.lake.output import RESULTS

    return {
        "marsad": __version__,
        "evidence": [{"file": printable(file), "sha256": digest(file)}],
        **asked,
        RESULTS: {result.name: digest(result)},
        "versions": {"python": platform.python_version(), "numpy": version("numpy"), "scipy": version("scipy")},
    }
