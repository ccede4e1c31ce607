"""A child's hold on the process that started it: when that one dies, however it dies, the child ends too."""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from collections.abc import Sequence

GRACE_SECONDS = 10.0


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what a child process is started with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lifeline", type=int, help="a pipe that is open for as long as the parent lives")
    parser.add_argument("--listen", type=int, help="a socket that listens already")
    return parser.parse_args(given)


def hold(pipe: int | None) -> None:
    """End this process, politely and then at once, when the other end of the pipe closes."""
    if pipe is not None:
        threading.Thread(target=wait_for_the_end, args=[pipe, os.getpid()], daemon=True).start()


def wait_for_the_end(pipe: int, process: int) -> None:
    """Block until nobody holds the other end, then end the process."""
    os.read(pipe, 1)
    os.kill(process, signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(process, signal.SIGKILL)
