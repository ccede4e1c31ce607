"""Processes that the tests start, watch and kill."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a server of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATABASE_URL"))}
    return {**kept, "MARSAD_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def python(home: Path, script: str, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start a script in a process of its own, whose output can be read."""
    command = [sys.executable, "-u", "-c", script, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=home.parent, env=environment(home, **more), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


MARSAD = "import sys; from marsad.cli import main; raise SystemExit(main(sys.argv[1:]))"


def marsad(home: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    """Run a command to its end; return its code, output and complaint."""
    process = python(home, MARSAD, *arguments, **more)
    out, err = process.communicate(timeout=120)
    return process.returncode, out.strip(), err.strip()


def postmaster(home: Path) -> int:
    """Return the number of the running PostgreSQL."""
    return int((home / "postgres" / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])


def of(home: Path) -> list[psutil.Process]:
    """Return the processes that belong to a home: by their command line or by the home in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            if str(home) in " ".join(process.cmdline()) or process.environ().get("MARSAD_HOME") == str(home):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def wait_until(happened: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something to happen; fail where it does not."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def nothing_left(home: Path) -> Iterator[None]:
    """Check that no process of a home outlives the block; end what does, so that one failure stays one."""
    try:
        yield
        wait_until(lambda: not of(home), 15)
    finally:
        for process in of(home):
            process.kill()
