"""`marsad begin`: the first person of an empty installation, who invites all others."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from typing import Any

from marsad.cli.acting import now
from marsad.core.problem import Problem

EXAMPLE = """example:
  marsad begin aisha@gov.example --name-ar عائشة --name-en Aisha

The password is asked for twice and shown nowhere. Where there is no terminal to ask at, it is the first line that comes in:
marsad begin … < FILE. It is never an argument, which others on the machine could read.
"""


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "begin",
        help="make the first person of the programme team",
        description="Make the first person of the programme team, who invites all others; refused as soon as there is one.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("email", metavar="EMAIL", help="the address they sign in with")
    command.add_argument("--name-ar", required=True, metavar="NAME", help="their name in Arabic")
    command.add_argument("--name-en", required=True, metavar="NAME", help="their name in English")
    command.add_argument("--language", choices=("ar", "en"), default="ar", help="in which pages greet them (ar)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Ask for a password and make the person; raises Problem."""
    from marsad.config import start_server
    from marsad.config.database import refuse_unmigrated

    with start_server():
        refuse_unmigrated()
        from django.urls import reverse
        from django.utils.translation import override

        from marsad.accounts.actions import begin_programme, refuse_begun

        refuse_begun()
        names = {"name_ar": options.name_ar, "name_en": options.name_en, "language": options.language}
        person = begin_programme(email=options.email, password=asked_password(), at=now(), **names)
        with override(person.language):
            print(f"{person.email} leads the programme; under marsad serve, sign in at {reverse('account_login')}")


def asked_password() -> str:
    """Return the password that is typed twice, or the first line that comes in; raises Problem where there is none."""
    remedy = "type one at a terminal, or give it as the first line of a file: < FILE"
    try:
        password = typed_twice() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    except EOFError:
        password = ""
    except UnicodeDecodeError:
        raise Problem("the password is no text", remedy="write the file in UTF-8") from None
    if not password:
        raise Problem("no password was given", remedy=remedy)
    return password


def typed_twice() -> str:
    """Return what is typed at a terminal, unseen; raises Problem where the second time differs."""
    password = getpass("password: ")
    if password and getpass("once more: ") != password:
        raise Problem("the second password is not the first", remedy="run it again")
    return password
