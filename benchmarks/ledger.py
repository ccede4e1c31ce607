"""How long a publication takes beside rating it: 600 channels on the shipped standard, every one of them with small cells.

`freeze_s`: small cells hidden, tables written, every byte hashed; `write_s`: the public bundle as a .zip; `verify_s`: it is
checked as anybody does; `ledger_s` all three. All are seconds of one core. What ratings take in between is told as `rated_s`.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from machine import describe, figure

from marsad.core import disclosure
from marsad.core.evidence import Evidence
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.scheme import Scheme
from marsad.ledger import Meta, examination, freeze, read_standard, verify, write_bundle
from marsad.ledger.keys import raw
from marsad.standards import Text

STANDARD, SMALL, DRAWS = "msr-1", 0.3, 100
rated: list[float] = []
"""Seconds of one core that each rating on the way took."""


def made(scheme: Scheme, channels: int) -> Evidence:
    """Return evidence on every indicator, of which nearly a third of all cells have one to four answers."""
    dice = np.random.default_rng(1)
    shape = (channels, len(scheme.indicators))
    low, high = np.array([one.scale or (0.0, 100.0) for one in scheme.indicators]).T
    n = np.where(dice.random(shape) < SMALL, dice.integers(1, 5, shape), dice.integers(30, 300, shape)).astype(float)
    values = low + (high - low) * np.clip(0.6 + dice.normal(0, 0.12, (channels, 1)) + dice.normal(0, 0.08, shape), 0.02, 0.98)
    return Evidence(
        channels=np.array([f"ch-{place:04d}" for place in range(channels)]),
        values=values,
        se=0.2 * (high - low) / np.sqrt(n),
        n=n,
        raters=np.full(shape, 2.0),
        attributes={"kind": np.array([scheme.kinds[place % 2] for place in range(channels)])}
        | {name: np.full(channels, "no") for name in ("privacy_breach", "access_breach")},
    )


def timed(*given: Any, **said: Any) -> Any:
    """Rate, and note how long it took."""
    start = time.process_time()
    rating = rate(*given, **said)
    rated.append(time.process_time() - start)
    return rating


@contextmanager
def told(name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Note how long a step took, ratings apart."""
    start, before = time.process_time(), sum(rated)
    yield
    seconds[name] = time.process_time() - start - (sum(rated) - before)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--channels", type=int, default=600, help="how many channels are rated")
    channels = options.parse_args().channels
    print(describe())
    source, settings, key = read_standard(STANDARD), Settings(seed=1, draws=DRAWS), Ed25519PrivateKey.generate()
    rating = rate(source.standard.scheme, made(source.standard.scheme, channels), settings)
    disclosure.rate = examination.rate = timed
    meta, seconds = Meta("1", "2026", Text("قياس", "A measure"), "2026-11-21T08:00:00Z", settings), dict[str, float]()
    with tempfile.TemporaryDirectory() as folder:
        with told("freeze_s", seconds):
            frozen = freeze(rating, source, meta, secret=bytes(32))
        with told("write_s", seconds):
            path = write_bundle(Path(folder) / "public.zip", frozen, frozen.sign(key))
        with told("verify_s", seconds):
            assert verify(path, [raw(key)]).holds
    hidden = frozen.publication.disclosure.cells
    print(f"{channels} channels, {source.standard.identity}: {hidden['pooled']} cells pooled, {hidden['withheld']} withheld")
    for name, taken in (seconds | {"ledger_s": sum(seconds.values()), "rated_s": sum(rated)}).items():
        figure(name, taken, "s")


if __name__ == "__main__":
    main()
