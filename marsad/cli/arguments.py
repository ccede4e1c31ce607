"""What several commands read from the command line."""

from __future__ import annotations

import argparse

MOST_DRAWS = 1_000_000


def whole(text: str) -> int:
    """Return a whole number from 0 on, as the command line gives it."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def even(text: str) -> int:
    """Return an even number of draws, since draws come in mirrored pairs."""
    number = whole(text)
    if not 100 <= number <= MOST_DRAWS or number % 2:
        raise argparse.ArgumentTypeError(f"{text} is not an even number from 100 to {MOST_DRAWS}")
    return number


def port(text: str) -> int:
    """Return the number of a port."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write a number from 1 to 65535")
    return int(text)
