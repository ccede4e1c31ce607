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


def counted(text: str) -> int:
    """Return a whole number from 1 on."""
    number = whole(text)
    if not number:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return number


def above_zero(text: str) -> float:
    """Return a number above 0."""
    number = decimal(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def share(text: str) -> float:
    """Return a share between 0 and 1, neither of them."""
    number = decimal(text)
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1, such as 0.8")
    return number


def decimal(text: str) -> float:
    """Return a number, or NaN for what is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def numbers_of(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a facet and how many of it to try, from FACET=N,N."""
    facet, equals, numbers = text.partition("=")
    if not facet or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not a facet and its numbers, such as visit=2,4,8")
    return facet, tuple(counted(number) for number in numbers.split(","))
