"""`marsad serve`: the web, the jobs and, where none is named, the database, until Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import time
from collections.abc import Callable
from typing import Any

from marsad.cli.arguments import port
from marsad.core.problem import Problem

HOST, PORT, TRIES, LOOK_SECONDS = "127.0.0.1", 8000, 20, 1.0
WEB, JOBS = "marsad.config.web", "marsad.config.worker"
"""The modules that are kept up."""


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "serve",
        help="serve the web, the API and the jobs",
        description="Serve on this machine: the web and the API, the jobs and, without DATABASE_URL, the embedded database. "
        "Ctrl-C stops all of it.",
        epilog="example:\n  marsad serve --port 8000",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--port", default=PORT, type=port, metavar="N", help="where to serve, or the next free one (8000)")
    command.add_argument("--host", default=HOST, metavar="ADDRESS", help="the address to listen on (127.0.0.1)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Start all, keep it up, stop all."""
    from marsad.config import start_server
    from marsad.config.database import refuse_unmigrated
    from marsad.config.supervise import told_to_stop

    with told_to_stop() as bell, start_server() as environment:
        refuse_unmigrated()
        serve(options.host, options.port, environment, bell)
    print("stopped")


def serve(host: str, wished: int, environment: Any, bell: Any, *, welcome: Callable[[str], None] = lambda address: None) -> None:
    """Serve until the bell rings; Django is ready and the database runs. `welcome` hears the address."""
    from marsad.config.supervise import Child, keep_up

    with listen(host, wished) as listening:
        found = listening.getsockname()[1]
        if found != wished:
            print(f"port {wished} is taken; using {found}")
        address = f"http://{shown(host)}:{found}/"
        print(f"Marsad is on {address} (Ctrl-C stops it)", flush=True)
        welcome(address)
        number = listening.fileno()
        children = [
            Child("web", WEB, words=["--listen", str(number)], files=[number]),
            Child("jobs", JOBS),
        ]
        keep_up(children, looking_after(environment), bell)


def shown(host: str) -> str:
    """Return an address as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def looking_after(environment: Any) -> Callable[[], None]:
    """Return what brings the embedded database back where it was killed, looking about once a second."""
    from marsad.config.database import revive

    last = [time.monotonic()]

    def look() -> None:
        if time.monotonic() - last[0] > LOOK_SECONDS:
            revive(environment)
            last[0] = time.monotonic()

    return look


def listen(host: str, wished: int) -> socket.socket:
    """Return a listening socket on the first free port from `wished` on; raises Problem where none is."""
    for offered in range(wished, min(wished + TRIES, 65_536)):
        try:
            found = socket.create_server((host, offered), family=family(host), backlog=512)
        except PermissionError:
            raise Problem(f"port {offered} is not ours to use", remedy="choose one above 1023 with --port") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                why = error.strerror
                raise Problem(f"--host {host}: {why}", remedy="name an address of this machine") from None
            continue
        os.set_inheritable(found.fileno(), True)
        return found
    raise Problem(f"ports {wished} to {wished + TRIES - 1} are all taken", remedy="choose another with --port")


def family(host: str) -> socket.AddressFamily:
    """Return whether an address is of the sixth or the fourth version."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET
