"""Every setting of Marsad: its name, its default, its help. They come from the environment and from nowhere else."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marsad.core.problem import Problem
from marsad.standards import Text

SHORTEST_SECRET = 32
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


def secret(text: str) -> str:
    """Return a secret that is long enough and not one character over and over."""
    if len(text) < SHORTEST_SECRET or len(set(text)) < 8:
        raise ValueError(f"is too easily guessed; write {SHORTEST_SECRET} or more random characters")
    return text


def path(text: str) -> Path:
    """Return an absolute path, links resolved."""
    return Path(text).expanduser().resolve()


def optional_path(text: str) -> Path | None:
    """Return an absolute path, or None where none is named."""
    return path(text) if text else None


def database_url(text: str) -> str:
    """Return the address of a PostgreSQL, or nothing for the embedded one."""
    if text and urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ValueError("does not name a PostgreSQL; write postgresql://user:password@host:5432/name, or leave it empty")
    return text


def engine(text: str) -> str:
    """Return the address of a Spark Connect server, or nothing for DuckDB in the process."""
    if text and not re.fullmatch(r"sc://[^/:\s]+(:\d+)?(/.*)?", text):
        raise ValueError("is not the address of a Spark Connect server; write sc://host:15002, or leave it empty for DuckDB")
    return text


def hosts(text: str) -> tuple[str, ...]:
    """Return the names under which the server may be called; `*` is not one."""
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    wrong = [name for name in names if not re.fullmatch(r"\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", name)]
    if wrong or not names:
        said = f"{wrong[0]!r} is no name of a host" if wrong else "no host is named"
        raise ValueError(f"{said}; write names without scheme or port, separated by commas")
    return names


def time_zone(text: str) -> str:
    """Return the name of a time zone that this machine knows."""
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone; write a name such as Asia/Dubai or UTC") from None


def yes_or_no(text: str) -> bool:
    """Return whether something is wanted."""
    if text.lower() not in ("yes", "no"):
        raise ValueError("is neither yes nor no; write yes or no")
    return text.lower() == "yes"


def count(text: str) -> int:
    """Return a whole number, 0 or more."""
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError("is no whole number; write 0 or more")
    return int(text)


def mail(text: str) -> str:
    """Return the address of a mail server, or nothing for mail written to the server's output."""
    if text and not re.fullmatch(r"(smtp|smtp\+tls|smtps)://([^\s@/]*@)?[^\s@/:]+(:\d{1,5})?", text):
        raise ValueError("names no mail server; write smtp+tls://user:password@host:587, or leave it empty")
    return text


def mail_address(text: str) -> str:
    """Return the mail address of somebody, or nothing where none is named."""
    if text and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text):
        raise ValueError("is no mail address; write one such as access@gov.example, or leave it empty")
    return text


@dataclass(frozen=True)
class Setting:
    """One setting: `read` turns its text into a value, or raises ValueError with what is wrong and what to write."""

    name: str
    default: str
    help: str
    read: Callable[[str], Any] = str
    shown: bool = True
    """Whether a message may repeat its value."""


SETTINGS = (
    Setting(
        "MARSAD_SECRET_KEY",
        "",
        "Signs sessions and tokens; 32 or more random characters, the same on every machine. Without it no server starts; "
        "`marsad demo` makes its own.",
        secret,
        shown=False,
    ),
    Setting("MARSAD_HOME", "var", "The folder in which everything lies that no other setting places.", path),
    Setting(
        "DATABASE_URL",
        "",
        "A PostgreSQL 14 or newer, as `postgresql://user:password@host:5432/name`. Empty: the embedded PostgreSQL, with its "
        "data in `MARSAD_HOME/postgres`.",
        database_url,
        shown=False,
    ),
    Setting("MARSAD_LAKE", "", "The folder of the lake of evidence. Empty: `MARSAD_HOME/lake`.", optional_path),
    Setting(
        "MARSAD_ENGINE",
        "",
        "What scans the lake. Empty: DuckDB in the process; `sc://host:15002`: a Spark Connect server.",
        engine,
    ),
    Setting(
        "MARSAD_HOSTS",
        "localhost,127.0.0.1,[::1]",
        "The names under which the server is called, separated by commas. Any that is not this machine turns on what HTTPS "
        "needs: secure cookies and strict transport security.",
        hosts,
    ),
    Setting("MARSAD_TIME_ZONE", "UTC", "The time zone in which people are shown times; kept are times in UTC.", time_zone),
    Setting(
        "MARSAD_SIGNING_KEY",
        "",
        "The file of the Ed25519 private key that signs publications. Empty: `MARSAD_HOME/keys/signing.pem`.",
        optional_path,
    ),
    Setting(
        "MARSAD_REQUIRE_MFA",
        "yes",
        "Whether the programme team, the council and auditors must set up a second factor. `marsad demo` sets `no`.",
        yes_or_no,
    ),
    Setting(
        "MARSAD_PROXIES",
        "0",
        "How many proxies of yours stand before the server, each adding to `X-Forwarded-For`: by it sign-in tells guests apart.",
        count,
    ),
    Setting(
        "MARSAD_PRIVATE_WEBHOOKS",
        "no",
        "Whether publications may be told to addresses inside your own network. `yes` lets whoever may subscribe have the server "
        "send messages to any machine that it reaches.",
        yes_or_no,
    ),
    Setting(
        "MARSAD_MAIL",
        "",
        "The mail server for invitations and new passwords, as `smtp+tls://user:password@host:587` (`smtps://`: TLS from the "
        "start, `smtp://`: none). Empty: mail is written to the server's output.",
        mail,
        shown=False,
    ),
    Setting("MARSAD_MAIL_FROM", "marsad@localhost", "The address that mail comes from."),
    Setting(
        "MARSAD_CONTACT",
        "",
        "The mail address on the accessibility statement, for whoever meets a barrier. Empty: the statement names none.",
        mail_address,
    ),
    Setting(
        "MARSAD_DATA_LICENCE",
        "CC-BY-4.0",
        "The licence of the open data, as its page names it: an SPDX identifier or a short name.",
    ),
    Setting(
        "MARSAD_NOTICE_AR", "", "What stands at the head of every page and report in Arabic, such as that all of it is a trial."
    ),
    Setting("MARSAD_NOTICE_EN", "", "The same in English."),
)
OF_THE_TESTS = ("MARSAD_REFERENCE_DATA", "MARSAD_CHROMIUM")
"""Names that only tests read."""


@dataclass(frozen=True)
class Environment:
    """The settings as read, every path filled in."""

    secret_key: str
    home: Path
    database_url: str
    lake: Path
    engine: str
    hosts: tuple[str, ...]
    time_zone: str
    signing_key: Path
    require_mfa: bool
    proxies: int
    private_webhooks: bool
    mail: str
    mail_from: str
    contact: str
    data_licence: str
    notice_ar: str
    notice_en: str

    @property
    def notice(self) -> Text:
        """Return what stands at the head of every page and report, empty where nothing does."""
        return Text(self.notice_ar, self.notice_en)

    @property
    def is_local(self) -> bool:
        """Whether the server is called by names of this machine alone."""
        return LOCAL_HOSTS.issuperset(self.hosts)


def django_mail(address: str) -> dict[str, Any]:
    """Return Django's settings of mail for the address of a server.

    >>> django_mail("smtp+tls://me:p%40ss@mail.example")["EMAIL_PORT"]
    587
    """
    parts = urlsplit(address)
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{'smtp' if address else 'console'}.EmailBackend",
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or MAIL_PORTS.get(parts.scheme, 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 10,
    }


def read(environ: Mapping[str, str] = os.environ, *, server: bool = True) -> Environment:
    """Return the settings; raises Problem on the first that is wrong, and for a server on a missing secret."""
    refuse_misspelt(environ)
    value = {setting.name: read_one(setting, environ, server) for setting in SETTINGS}
    home = value["MARSAD_HOME"]
    return Environment(
        secret_key=value["MARSAD_SECRET_KEY"],
        home=home,
        database_url=value["DATABASE_URL"],
        lake=value["MARSAD_LAKE"] or home / "lake",
        engine=value["MARSAD_ENGINE"],
        hosts=value["MARSAD_HOSTS"],
        time_zone=value["MARSAD_TIME_ZONE"],
        signing_key=value["MARSAD_SIGNING_KEY"] or home / "keys" / "signing.pem",
        require_mfa=value["MARSAD_REQUIRE_MFA"],
        proxies=value["MARSAD_PROXIES"],
        private_webhooks=value["MARSAD_PRIVATE_WEBHOOKS"],
        mail=value["MARSAD_MAIL"],
        mail_from=value["MARSAD_MAIL_FROM"],
        contact=value["MARSAD_CONTACT"],
        data_licence=value["MARSAD_DATA_LICENCE"],
        notice_ar=value["MARSAD_NOTICE_AR"],
        notice_en=value["MARSAD_NOTICE_EN"],
    )


def read_one(setting: Setting, environ: Mapping[str, str], server: bool) -> Any:
    """Return the value of one setting; raises Problem."""
    text = environ.get(setting.name, "").strip() or setting.default
    if setting.read is secret and not text:
        if not server:
            return ""
        remedy = 'set it, for example to what `python -c "import secrets; print(secrets.token_urlsafe(48))"` prints, and keep it'
        raise Problem("the setting MARSAD_SECRET_KEY is missing", remedy=remedy)
    try:
        return setting.read(text)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        value = f" = {text!r}" if setting.shown else ""
        raise Problem(f"the setting {setting.name}{value} {what}", remedy=remedy) from None


def refuse_misspelt(environ: Mapping[str, str]) -> None:
    """Raise Problem on a name that is nearly one of ours: a setting that is not read would be missed in silence."""
    known = [setting.name for setting in SETTINGS]
    for name in sorted(environ):
        if name.startswith("MARSAD_") and name not in (*known, *OF_THE_TESTS):
            meant = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            if meant:
                raise Problem(f"there is no setting {name}", remedy=f"write {meant[0]}, or unset it")


def page_table() -> str:
    """Return the table of settings for docs/operate.md."""
    rows = [
        f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else ''} | {setting.help} |" for setting in SETTINGS
    ]
    return "\n".join(["| setting | default | what it does |", "| --- | --- | --- |", *rows])
