"""A terminal: it runs the commands of `marsad` that it reads, and says how each ended.

A line holds, as JSON, the words of a command and what comes in to it. Run: python -m tests.stories.terminal. One process for
many commands, since making Django ready takes longer than most of them.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from marsad.cli import main


def run(words: list[str], given: str) -> tuple[int, str, str]:
    """Return the exit code, the output and the complaint of one command."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        sys.stdin = StringIO(given)
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return code, out.getvalue().strip(), err.getvalue().strip()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(*json.loads(line))), flush=True)
