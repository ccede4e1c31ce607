"""The `marsad` command: one module per subcommand, one sentence for every mistake."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib import import_module

from marsad import __version__
from marsad.core.problem import Problem

HOMES = {"import": "catalogue", "restore": "backup"}
"""The modules of commands that are not named as they are."""
COMMANDS = (
    *("rate", "rank", "plan", "calibrate", "report", "standards", "verify", "key", "begin", "import", "cycle", "demo", "serve"),
    *("migrate", "backup", "restore"),
)
BAD_INPUT, INTERRUPTED = 2, 130


def parser(word: str = "") -> argparse.ArgumentParser:
    """Return the parser of a command, or of all where the word names none: to load every module takes longer than to serve."""
    top = argparse.ArgumentParser(prog="marsad", description="Rate public services, provably.")
    top.add_argument("--version", action="version", version=f"marsad {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    named = (word,) if word in COMMANDS else COMMANDS
    for module in dict.fromkeys(HOMES.get(command, command) for command in named):
        import_module(f"marsad.cli.{module}").add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0 done, 2 bad input, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Arabic shows codes, not a traceback
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupted)
    try:
        words = sys.argv[1:] if arguments is None else arguments
        options = parser(next(iter(words), "")).parse_args(words)
        options.run(options)
        sys.stdout.flush()
    except Problem as problem:
        return refused(str(problem))
    except MemoryError:
        return refused("there is not enough memory; ask for fewer --draws or rate fewer channels at a time.")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return refused(f"{error.filename or 'the system'}: {error.strerror or error}; mend that and run it again.")
    except KeyboardInterrupt:
        print("marsad: interrupted; nothing was written.", file=sys.stderr)
        return INTERRUPTED
    return 0


def refused(sentence: str) -> int:
    """Say what is wrong; return the exit code of bad input."""
    print(f"marsad: {sentence}", file=sys.stderr)
    return BAD_INPUT


def interrupted(number: int, frame: object) -> None:
    """Stop as Ctrl-C does, so that whoever ends the program leaves nothing half-written."""
    raise KeyboardInterrupt
