"""The synthetic nation made, rated and served: what `marsad demo` does."""

from __future__ import annotations

import argparse
import errno
import functools
import os
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from marsad import __version__
from marsad.cli.rating import Job, rate_files, say
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.demo.nation import make_nation, plan, plan_digest, true_rating
from marsad.lake.output import write_csv
from marsad.standards import Standard, Text, load

HOST, TRIES, MOST_PORTS, FEWEST = "127.0.0.1", 20, 65_536, 20


def show(options: argparse.Namespace) -> None:
    """Make, rate, print, serve."""
    if options.channels < FEWEST:
        raise Problem(f"--channels: a nation has at least {FEWEST} channels", remedy="ask for more")
    made = plan()
    standard = load(str(made["standard"]))
    nation = nation_folder(options, standard)
    job = Job(
        evidence=nation / "evidence",
        standard=standard.name,
        out=options.folder / "results",
        force=True,
        settings=Settings(seed=options.seed),
        notice=Text(**made["notice"]),
    )
    print(made["notice"]["en"])
    say(rate_files(job), job)
    print(f"the truth, which no rating sees: {nation / 'truth.csv'}")
    if options.serve:
        serve(job.out, options.port)


def nation_folder(options: argparse.Namespace, standard: Standard) -> Path:
    """Return the folder that holds the nation's evidence and, apart from it, its truth; made whole where it is not there yet."""
    recipe = sha256(f"{__version__} {standard.digest} {plan_digest()}".encode()).hexdigest()[:8]
    folder: Path = options.folder / f"nation-{options.channels}-{options.seed}-{recipe}"
    if os.path.isdir(folder):
        return folder
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=options.folder, prefix=".nation-") as place:
            write_nation(Path(place) / "new", standard, options)
            (Path(place) / "new").rename(folder)
    except OSError as error:
        if not os.path.isdir(folder):  # else another demo made the same nation meanwhile
            what = f"the nation cannot be written: {error.strerror}"
            raise Problem(what, file=folder, remedy="choose another --folder") from None
    return folder


def write_nation(folder: Path, standard: Standard, options: argparse.Namespace) -> None:
    """Write the tables of evidence and the truth."""
    nation = make_nation(standard.scheme, options.channels, options.seed)
    (folder / "evidence").mkdir(parents=True)
    for file, table in nation.evidence.items():
        write_csv(folder / "evidence" / file, table)
    write_csv(folder / "truth.csv", true_rating(standard.scheme, nation))


class Quiet(SimpleHTTPRequestHandler):
    """Serves the results, the report first, and keeps no log on the terminal."""

    index_pages = ("report.html",)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Serve a file; the bare address is the report."""
        if self.path == "/":
            self.path = "/report.html"
        super().do_GET()


def listen(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server on the first free port from `port` on; raises Problem where there is none or it is not ours to use."""
    handler = functools.partial(Quiet, directory=os.fspath(folder))
    last = min(port + TRIES, MOST_PORTS) - 1
    for offered in range(port, last + 1):
        try:
            return ThreadingHTTPServer((HOST, offered), handler)
        except PermissionError:
            raise Problem(f"there is no permission to use port {offered}", remedy="choose one from 1024 on with --port") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Problem(f"port {offered} cannot be used: {error.strerror}", remedy="choose another with --port") from None
    raise Problem(f"ports {port} to {last} are all taken", remedy="choose another with --port")


def serve(folder: Path, port: int) -> None:
    """Serve the report until Ctrl-C."""
    with listen(folder, port) as server:
        found = server.server_address[1]
        if found != port:
            print(f"port {port} is taken; using {found}")
        print(f"the report is on http://{HOST}:{found}/ (Ctrl-C stops it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nstopped")
