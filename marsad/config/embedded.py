"""The embedded PostgreSQL: its data under MARSAD_HOME/postgres, reached through a private Unix socket and nothing else.

Whoever needs it joins: the first starts it, the last to leave stops it. Three locks in MARSAD_HOME/run, all of which the kernel
gives back when their holder dies, say what is true, whatever files a crash left behind:

- `gate`: held while somebody starts or stops it;
- `users`: shared by every process that uses it;
- `alive`: inherited by PostgreSQL itself, so that it is free exactly when no process of it is left.
"""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

from marsad.config.owner import Owner, owner_of, programs, refuse_closed
from marsad.core.problem import Problem

VERSION = "18"
USER = DATABASE = "marsad"
PORT = "5432"  # only the end of the socket's name; nothing listens on the network
LONGEST_SOCKET = 100  # bytes; systems allow 104 to 108
START_SECONDS, STOP_SECONDS, PAUSE = 120.0, 60.0, 0.02
BIGGEST_LOG = 5_000_000
DURABLE: Mapping[str, str] = {}
FAST: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}
"""For data that may be lost with the machine, yet not with the process: tests."""
CHILDREN: dict[Path, subprocess.Popen[bytes]] = {}
"""What this process started, to be waited for: no zombie stays."""


@dataclass(frozen=True)
class Place:
    """Where all of it lies."""

    home: Path

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home / "postgres"

    @property
    def run(self) -> Path:
        """Locks, log and rules of access."""
        return self.home / "run"

    @property
    def log(self) -> Path:
        """What PostgreSQL says."""
        return self.run / "postgres.log"

    @property
    def socket(self) -> Path:
        """The folder of the socket: short, since a socket's whole path must fit into 100 bytes, and one for each home."""
        name = f"marsad-{sha256(os.fsencode(self.home)).hexdigest()[:12]}"
        fits = (
            f for f in (tempfile.gettempdir(), "/tmp") if len(os.fsencode(f"{f}/{name}/.s.PGSQL.{PORT}.lock")) < LONGEST_SOCKET
        )
        return Path(next(fits, "/tmp")) / name


def connection_words(home: Path) -> dict[str, str]:
    """Return what libpq wants to know: the socket of the running server, or where the next one will have it."""
    place = Place(home.resolve())
    words = postmaster(place)
    socket = words[4] if len(words) > 4 and words[4] and is_alive(place) else str(place.socket)
    return {"host": socket, "port": PORT, "user": USER, "dbname": DATABASE}


@contextmanager
def running(home: Path, settings: Mapping[str, str] = DURABLE) -> Iterator[dict[str, str]]:
    """Have it running inside the block, and give what libpq wants to know; the last to leave stops it. Raises Problem."""
    place = Place(home.resolve())
    users = join(place, settings)
    try:
        yield connection_words(place.home)
    finally:
        leave(place, users)


def join(place: Place, settings: Mapping[str, str]) -> int:
    """Return the lock that says we use it, started if it was not."""
    make_home(place)
    with gate(place):
        users = lock(place.run / "users", fcntl.LOCK_SH)
        try:
            owner = owner_of(place.data)
            if not is_ready(place):
                start(place, owner, settings)
        except BaseException:
            os.close(users)
            raise
    return users


def leave(place: Place, users: int) -> None:
    """Give the lock back, and stop it where no one else holds it."""
    with gate(place):
        fcntl.flock(users, fcntl.LOCK_UN)
        os.close(users)
        try:
            os.close(lock(place.run / "users", fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            return
        stop(place)


def revive(home: Path, settings: Mapping[str, str] = DURABLE) -> bool:
    """Start it again where it was killed under those who use it; return whether that was so."""
    place = Place(home.resolve())
    if is_alive(place):
        return False
    with gate(place):
        if is_ready(place):
            return False
        start(place, owner_of(place.data), settings)
    return True


def make_home(place: Place) -> None:
    """Make the folders; as root, new ones may be entered, not listed, by the user whom root lends."""
    try:
        for folder in (*reversed(place.home.parents), place.home):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                if os.geteuid() == 0:
                    folder.chmod(0o711)
        place.run.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            place.run.chmod(0o711)
        os.close(os.open(place.run / "gate", os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Problem(
            f"nothing can be kept here: {error.strerror}", file=place.home, remedy="set MARSAD_HOME to a folder of your own"
        ) from None


def lock(path: Path, how: int) -> int:
    """Return an open file with a lock on it, which goes when the last process that holds the file open does."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, how)
    except BaseException:
        os.close(file)
        raise
    return file


@contextmanager
def gate(place: Place) -> Iterator[None]:
    """Let one process at a time start or stop it."""
    file = lock(place.run / "gate", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(file)


def is_alive(place: Place) -> bool:
    """Return whether any process of it is left."""
    try:
        os.close(lock(place.run / "alive", fcntl.LOCK_SH | fcntl.LOCK_NB))
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def postmaster(place: Place) -> list[str]:
    """Return the lines of PostgreSQL's own note: process, folder, start, port, socket's folder, address, memory, state."""
    try:
        return [
            line.strip() for line in (place.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        ]
    except OSError:
        return []


def is_ready(place: Place) -> bool:
    """Return whether it answers; wait where it is on its way up, or, its head killed, on its way down."""
    until = time.monotonic() + START_SECONDS
    while is_alive(place):
        if postmaster(place)[7:8] == ["ready"] and answers(place):
            return True
        if time.monotonic() > until:
            raise Problem("the embedded PostgreSQL runs but does not answer", file=place.log, remedy="see what it says there")
        time.sleep(PAUSE)
    return False


def answers(place: Place) -> bool:
    """Return whether a connection can be made."""
    import psycopg

    try:
        psycopg.connect(**{**connection_words(place.home), "dbname": "postgres"}, connect_timeout=5).close()  # type: ignore[arg-type]
    except psycopg.OperationalError:
        return False
    return True


def start(place: Place, owner: Owner, settings: Mapping[str, str]) -> None:
    """Start it, its data folder made if there is none, and wait until it answers."""
    refuse_closed(owner, place.home)
    binaries = programs(owner, place.run)
    if not place.data.exists():
        make_data(place, owner, binaries)
    refuse_another_version(place)
    make_socket_folder(place, owner)
    write_access(place, owner)
    with suppress(FileNotFoundError):
        (place.data / "postmaster.pid").unlink()  # nothing of it is alive, whoever has its old number now
    process = launch(place, owner, binaries, settings)
    wait_until_ready(place, process)
    make_database(place)


def make_data(place: Place, owner: Owner, binaries: Path) -> None:
    """Make the data folder, whole or not at all."""
    unfinished = place.home / "postgres.unfinished"
    rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    owner.take(unfinished)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
    command = [str(binaries / "initdb"), "-D", str(unfinished), "-U", USER, *locale, "--auth=peer", "--no-instructions"]
    made = subprocess.run(
        command, capture_output=True, text=True, errors="replace", env=bare(), start_new_session=True, **owner.as_user()
    )
    if made.returncode:
        rmtree(unfinished, ignore_errors=True)
        said = " ".join((made.stderr or made.stdout).split())[-400:]
        raise Problem(
            f"the embedded PostgreSQL cannot make its data folder: {said}",
            file=place.data,
            remedy="free the way, or set DATABASE_URL",
        )
    unfinished.rename(place.data)


def refuse_another_version(place: Place) -> None:
    """Raise Problem on data that another release of PostgreSQL wrote."""
    try:
        version = (place.data / "PG_VERSION").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise Problem(
            "this is no data folder of PostgreSQL", file=place.data, remedy="move it away, or set MARSAD_HOME"
        ) from None
    if version != VERSION:
        remedy = "back it up with the marsad that wrote it, move the folder away, and restore; see docs/operate.md"
        raise Problem(f"the data were written by PostgreSQL {version}, and this one is {VERSION}", file=place.data, remedy=remedy)


def make_socket_folder(place: Place, owner: Owner) -> None:
    """Make the private folder of the socket, empty; raises Problem where somebody else put something in its place."""
    folder = place.socket
    with suppress(FileExistsError):
        folder.mkdir(0o700)
        owner.take(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise Problem("this folder for the socket of PostgreSQL is not ours", file=folder, remedy="remove it, or set TMPDIR")
    clear_socket_folder(folder)


def clear_socket_folder(folder: Path) -> None:
    """Remove a socket and its lock that nobody uses."""
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def write_access(place: Place, owner: Owner) -> None:
    """Write who may connect: over the socket alone, this user, the owner of the data and root, as the kernel names them."""
    import pwd

    names = dict.fromkeys(pwd.getpwuid(uid).pw_name for uid in (os.geteuid(), owner.uid, 0))
    write(place.run / "pg_hba.conf", f'local all "{USER}" peer map=marsad\n')
    write(place.run / "pg_ident.conf", "".join(f'marsad "{name}" "{USER}"\n' for name in names))


def write(path: Path, text: str) -> None:
    """Write a small file that PostgreSQL may read."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def bare() -> dict[str, str]:
    """Return an environment in which nothing of ours changes what PostgreSQL does."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def launch(place: Place, owner: Owner, binaries: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the process in a session of its own, so that Ctrl-C reaches it through us, after those who use it."""
    chosen = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "hba_file": str(place.run / "pg_hba.conf"),
        "ident_file": str(place.run / "pg_ident.conf"),
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        **settings,
    }
    command = [
        str(binaries / "postgres"),
        "-D",
        str(place.data),
        *(word for name, value in chosen.items() for word in ("-c", f"{name}={value}")),
    ]
    turn_log(place)
    alive = lock(place.run / "alive", fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        with open(place.log, "ab") as log:
            how = owner.as_user() | {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "env": bare()}
            process = subprocess.Popen(command, start_new_session=True, pass_fds=[alive], umask=0o077, **how)
            CHILDREN[place.home] = process
            return process
    finally:
        os.close(alive)


def turn_log(place: Place) -> None:
    """Keep the log and one older from growing for ever."""
    with suppress(FileNotFoundError):
        if place.log.stat().st_size > BIGGEST_LOG:
            place.log.rename(place.log.with_suffix(".log.1"))


def wait_until_ready(place: Place, process: subprocess.Popen[bytes]) -> None:
    """Wait until it answers; raises Problem with its own last words where it ends instead."""
    until = time.monotonic() + START_SECONDS
    while not (postmaster(place)[7:8] == ["ready"] and answers(place)):
        if process.poll() is not None or time.monotonic() > until:
            stop(place)
            raise Problem(
                f"the embedded PostgreSQL does not start: {last_words(place)}", file=place.log, remedy="see docs/operate.md"
            )
        time.sleep(PAUSE)


def last_words(place: Place) -> str:
    """Return the last complaint in the log."""
    lines = place.log.read_text(encoding="utf-8", errors="replace").splitlines()[-50:]
    complaints = [line for line in lines if any(word in line for word in ("FATAL:", "PANIC:", "ERROR:", "HINT:", "error"))]
    return (complaints or lines or ["it said nothing"])[-1].strip()


def make_database(place: Place) -> None:
    """Make our database inside, where it is not there yet."""
    import psycopg

    words = {**connection_words(place.home), "dbname": "postgres"}
    with psycopg.connect(**words, autocommit=True) as connection:  # type: ignore[arg-type]
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')


def stop(place: Place) -> None:
    """Stop it: politely, then firmly; its data are safe either way."""
    for how, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, STOP_SECONDS), (signal.SIGKILL, 5.0)):
        words = postmaster(place)
        if is_alive(place) and words and words[0].isdigit():
            with suppress(ProcessLookupError):
                os.kill(int(words[0]), how)
        until = time.monotonic() + seconds
        while is_alive(place) and time.monotonic() < until:
            time.sleep(PAUSE)
        if not is_alive(place):
            break
    if place.home in CHILDREN:
        CHILDREN.pop(place.home).wait()
    with suppress(OSError):
        place.socket.rmdir()
