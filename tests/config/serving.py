"""`marsad serve` in a home: what it said, where it is, its processes, and what it answers."""

from __future__ import annotations

import http.client
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

from tests.config.processes import module, of, wait_until

Answer = tuple[int, Mapping[str, str], bytes]


class Served:
    """A running `marsad serve`."""

    def __init__(self, home: Path, port: int, program: str) -> None:
        self.home, self.said, self.complaints = home, list[str](), list[str]()
        self.process = module(home, program, "serve", "--port", str(port))
        for pipe, lines in ((self.process.stdout, self.said), (self.process.stderr, self.complaints)):
            threading.Thread(target=lambda pipe=pipe, lines=lines: lines.extend(iter(pipe.readline, "")), daemon=True).start()
        wait_until(lambda: self.process.poll() is not None or any("http://" in line for line in self.said))
        assert self.process.poll() is None, self.complaints
        self.port = int(self.said[-1].split("127.0.0.1:")[1].split("/")[0])
        wait_until(self.answers)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Return status, headers and body of the answer to a request."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def get(self, path: str) -> tuple[int, Mapping[str, str], str]:
        """Return status, headers and text of a page."""
        status, headers, body = self.ask("GET", path)
        return status, headers, body.decode()

    def answers(self) -> bool:
        """Whether it serves."""
        try:
            return self.get("/health")[::2] == (200, "ok\n")
        except OSError:
            return False

    def children(self, module: str) -> list[psutil.Process]:
        """Return the processes of its own that run a module."""
        return of(self.home, module, self.process.pid)

    def stop(self, how: int = signal.SIGINT) -> int:
        """Tell it to stop; return its exit code."""
        self.process.send_signal(how)
        return self.process.wait(30)


@contextmanager
def serving(home: Path, program: str = "marsad.cli", port: int = 0) -> Iterator[Served]:
    """Have a server inside the block, on any free port unless one is named."""
    running = Served(home, port or free_port(), program)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def free_port() -> int:
    """Return the number of a port that nobody has."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port: int = taken.getsockname()[1]
        return port
