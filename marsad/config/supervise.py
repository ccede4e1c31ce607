"""Keeps child processes up until somebody says stop, and then leaves none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from marsad.config.lifeline import GRACE_SECONDS
from marsad.core.problem import Problem

TICK_SECONDS, SETTLED_SECONDS, TRIES = 0.2, 10.0, 5
STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """A module run as a process of its own; its files stay open across restarts."""

    name: str
    module: str
    words: Sequence[str] = ()
    files: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    """How often in a row it fell before it had settled."""

    @property
    def is_up(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def start(self, lifeline: int) -> None:
        """Start it in a session of its own: Ctrl-C reaches it through us."""
        command = [sys.executable, "-m", self.module, "--lifeline", str(lifeline), *self.words]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[lifeline, *self.files], start_new_session=True
        )
        self.started = time.monotonic()

    def fell(self) -> None:
        """Count a fall; raises Problem where it does not stay up."""
        assert self.process is not None
        settled = time.monotonic() - self.started > SETTLED_SECONDS
        self.falls = 1 if settled else self.falls + 1
        print(f"the {self.name} process ended (code {self.process.returncode}) and is started again", file=sys.stderr, flush=True)
        self.process = None
        if self.falls >= TRIES:
            raise Problem(f"the {self.name} process does not stay up", remedy="see what it said above")

    @property
    def may_start(self) -> bool:
        """Whether it has waited long enough after its falls."""
        return not self.falls or time.monotonic() - self.started > min(0.5 * 2**self.falls, 15)


@dataclass
class Bell:
    """Rung by the signals that say stop."""

    rung: bool = field(default=False)

    def ring(self, number: int, frame: FrameType | None) -> None:
        """Remember it."""
        self.rung = True


@contextmanager
def told_to_stop() -> Iterator[Bell]:
    """Listen for the signals that say stop."""
    bell = Bell()
    before = {number: signal.signal(number, bell.ring) for number in STOP}
    try:
        yield bell
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def keep_up(children: Sequence[Child], look_after: Callable[[], object], bell: Bell) -> None:
    """Keep the children up until the bell rings, then stop them all; `look_after` is called at every tick."""
    end, lifeline = os.pipe()  # children hold `end`; it says so when we, who alone hold `lifeline`, are gone
    try:
        while not bell.rung:
            look_after()
            for child in children:
                if child.process is not None and not child.is_up:
                    child.fell()
                if child.process is None and child.may_start:
                    child.start(end)
            time.sleep(TICK_SECONDS)
    finally:
        stop(children)
        os.close(lifeline)
        os.close(end)


def stop(children: Sequence[Child]) -> None:
    """Ask all to end, wait, and end those that did not, with whatever they started."""
    for child in children:
        if child.process is not None and child.is_up:
            child.process.terminate()
    until = time.monotonic() + GRACE_SECONDS
    for child in children:
        if child.process is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
