"""What a benchmark says of itself: the machine, the versions, and its figures one to a line."""

import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

PACKAGES = ("marsad", "numpy", "scipy", "pyarrow", "duckdb", "ibis-framework")


def describe() -> str:
    """Return machine and versions in one line."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {sys.version.split()[0]}, {versions}"


def seconds(work: Callable[[], object], times: int) -> float:
    """Return the median wall seconds of some runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[times // 2]


def figure(name: str, value: float, unit: str) -> None:
    """Print one figure so that a program can read it."""
    print(f"figure {name} {value:.4g} {unit}")
