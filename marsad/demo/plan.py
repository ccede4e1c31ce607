"""What the nation is made of, as data: counts in `nation.toml`, comments in `voices.toml`, and `aftermath.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np

from marsad.core.arrays import Places

NATION, VOICES, AFTERMATH = "nation.toml", "voices.toml", "aftermath.toml"


@dataclass(frozen=True)
class Size:
    """How large a nation is, and which one of that size."""

    channels: int
    responses: int
    seed: int


def text_of(name: str) -> bytes:
    """Return a file of the plan."""
    return (files("marsad.demo") / name).read_bytes()


@cache
def plan() -> dict[str, Any]:
    """Return the shares, spreads and names of the nation."""
    return tomllib.loads(text_of(NATION).decode())


@cache
def voices() -> dict[str, Any]:
    """Return the sentences that comments are made of."""
    return tomllib.loads(text_of(VOICES).decode())


def plan_digest() -> str:
    """Return the SHA-256 of the plan."""
    return sha256(text_of(NATION) + text_of(VOICES) + text_of(AFTERMATH)).hexdigest()


def default_size() -> Size:
    """Return the size of a nation of which nothing else is said."""
    made = plan()
    return Size(made["channels"], made["responses"], made["seed"])


def dice(seed: int, *words: str) -> np.random.Generator:
    """Return the dice for one thing, named by words: what is thrown for it hangs on nothing that was thrown before."""
    return np.random.default_rng([seed, *" ".join(words).encode()])


def apportioned(total: int, shares: Sequence[float]) -> Places:
    """Return whole numbers in proportion to shares, which add up to the total.

    >>> apportioned(10, [0.5, 0.25, 0.25]).tolist()
    [5, 3, 2]
    """
    parts = np.cumsum([0.0, *shares]) / sum(shares)
    return np.diff(np.floor(parts * total + 0.5)).astype(np.intp)
