"""The `marsad` command: one module per subcommand, one sentence for every mistake."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from marsad import __version__
from marsad.cli import demo, rate, standards
from marsad.core.problem import Problem

COMMANDS = (rate, standards, demo)
BAD_INPUT, INTERRUPTED = 2, 130


def parser() -> argparse.ArgumentParser:
    """Return the parser with every subcommand."""
    top = argparse.ArgumentParser(prog="marsad", description="Rate public services, provably.")
    top.add_argument("--version", action="version", version=f"marsad {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0 done, 2 bad input, 130 interrupted."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except Problem as problem:
        print(f"marsad: {problem}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("marsad: interrupted; nothing was written.", file=sys.stderr)
        return INTERRUPTED
    return 0
