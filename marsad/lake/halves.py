"""Files of raw answers dealt into two halves of evidence, so that what the one promises can be looked up in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from marsad.core.arrays import Places
from marsad.core.evidence import Evidence
from marsad.core.scheme import Scheme
from marsad.lake.cells import RATER, SE, N
from marsad.lake.evidence import evidence_in
from marsad.lake.sources import CHANNEL, Source, Sources, read_sources
from marsad.lake.tables import shared_codes


def read_halves(
    path: Path | str, scheme: Scheme, *, id_column: str = CHANNEL, kind: str | None = None, seed: int = 0
) -> tuple[Evidence, Evidence] | None:
    """Return two halves of the answers of every channel, dealt by lot; None where the files hold anything but raw answers.

    All that one rater wrote of a channel goes into one half; an answer without a rater goes by itself. Raises Problem.
    """
    path = Path(path)
    sources = read_sources(path, id_column)
    raw = tuple(source for source in sources.files if is_raw(source))
    others = tuple(source for source in sources.files if source not in raw)
    if not raw or any(tells_values(source, scheme) for source in others):
        return None
    halves = dealt(replace(sources, files=raw), np.random.default_rng(seed))
    first, second = (
        evidence_in(replace(sources, files=(*others, *only(raw, halves, half))), path, scheme, kind).evidence for half in (0, 1)
    )
    return first, second


def is_raw(source: Source) -> bool:
    """Whether a file has an answer in every row."""
    return source.long and source.column(N) is None and source.column(SE) is None


def tells_values(source: Source, scheme: Scheme) -> bool:
    """Whether a file has values of its own, and does not only say what channels are."""
    return source.long or any(source.column(code) is not None for code in scheme.position)


def dealt(sources: Sources, generator: np.random.Generator) -> list[Places]:
    """Return for every row of every file `[R]` the half it goes to, 0 or 1: of each channel as many to one as to the other."""
    named = [source for source in sources.files if source.column(RATER) is not None]
    codes, labels = shared_codes([source.table for source in named], [source.column(RATER) or RATER for source in named])
    by_file = {id(source): code for source, code in zip(named, codes, strict=True)}
    channel = np.concatenate([source.rows for source in sources.files])
    rater = np.concatenate([by_file.get(id(source), np.full(source.table.rows, -1)) for source in sources.files])
    # Whoever is not named is nobody else.
    rater = np.where(rater < 0, labels.size + np.arange(rater.size), rater)
    people = labels.size + rater.size
    pairs, pair = np.unique(channel * people + rater, return_inverse=True)
    owner = pairs // people
    place = np.empty(pairs.size, np.intp)
    place[np.lexsort((generator.random(pairs.size), owner))] = np.arange(pairs.size) - np.searchsorted(owner, owner)
    begins = generator.integers(2, size=sources.channels.size)
    half = ((place + begins[owner]) % 2)[pair]
    return np.split(half, np.cumsum([source.table.rows for source in sources.files])[:-1])


def only(files: Sequence[Source], halves: Sequence[Places], half: int) -> list[Source]:
    """Return files with the rows of one half alone."""
    kept = zip(files, (dealt_to == half for dealt_to in halves), strict=True)
    return [replace(source, table=source.table.only(rows), rows=source.rows[rows]) for source, rows in kept]
