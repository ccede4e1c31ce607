"""Processes that the tests start, watch and kill."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil

from marsad.config.database import NAMES

ROOT = Path(__file__).parents[2]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a server of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "DATABASE_URL"))}
    return {**kept, "MARSAD_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def address() -> str:
    """Return the address of the database of this test, as DATABASE_URL names one."""
    from django.db import connection

    said = {word: str(connection.settings_dict[name]) for word, name in NAMES.items() if connection.settings_dict[name]}
    return f"postgresql:///?{urlencode(said, quote_via=quote)}"


def started(home: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    """Start Python with these words in a process of its own, in the settings of a home, its output to be read."""
    command, pipe = [sys.executable, "-u", *words], subprocess.PIPE
    return subprocess.Popen(
        command, cwd=home.parent, env=environment(home, **more), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


def python(home: Path, script: str, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start a script."""
    return started(home, "-c", script, *arguments, **more)


def module(home: Path, name: str, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start a module."""
    return started(home, "-m", name, *arguments, **more)


def marsad(home: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    """Run a command to its end; return its code, output and complaint."""
    process = module(home, "marsad.cli", *arguments, **more)
    out, err = process.communicate(timeout=120)
    return process.returncode, out.strip(), err.strip()


def postmaster(home: Path) -> int:
    """Return the number of the running PostgreSQL, 0 where it has written none yet."""
    file = home / "postgres" / "postmaster.pid"
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    return int(lines[0]) if lines else 0


def of(home: Path, word: str = "", parent: int = 0) -> list[psutil.Process]:
    """Return the processes of a home, by their command line or environment; if said, those with a word there or of a parent."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            words = process.cmdline()
            is_ours = str(home) in " ".join(words) or process.environ().get("MARSAD_HOME") == str(home)
            if is_ours and (not word or word in words) and (not parent or process.ppid() == parent):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def wait_until(happened: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for something to happen; fail where it does not."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def nothing_left(home: Path) -> Iterator[None]:
    """Check that no process of a home outlives the block; end what does, so that one failure stays one."""
    try:
        yield
        wait_until(lambda: not of(home), 30)
    finally:
        for process in of(home):
            process.kill()
