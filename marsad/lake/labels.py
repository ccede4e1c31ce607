"""The labels of a column of texts as an Arrow array: trimmed, merged and sorted, so that the same rows have the same codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from marsad.core.arrays import Mask, Places, Texts
from marsad.lake.numbers import SPACE

Labels = Any
"""A pyarrow StringArray."""
Codes = NDArray[np.int32]


def labels_of(given: Sequence[str] | Texts) -> Labels:
    """Return trimmed labels in the order given, with a blank one behind them for the code -1."""
    texts = given.tolist() if isinstance(given, np.ndarray) else list(given)
    return trimmed(pa.array([*texts, ""], pa.string()))


def trimmed(labels: Labels) -> Labels:
    """Return labels without space and invisible marks at their ends; a missing one is blank."""
    return pc.utf8_trim(labels.fill_null(""), characters=SPACE)


def encoded(texts: Sequence[str | None] | Texts) -> tuple[Codes, Labels]:
    """Return texts, one a row, as codes into trimmed labels."""
    column = pa.array(texts.tolist() if isinstance(texts, np.ndarray) else texts, pa.string()).dictionary_encode()
    codes = column.indices.fill_null(len(column.dictionary)).to_numpy(zero_copy_only=False)
    return np.asarray(codes, np.int32), pa.concat_arrays([trimmed(column.dictionary), pa.array([""])])


def ranked(labels: Labels) -> tuple[Codes, Labels]:
    """Return the place of every label among the distinct ones, and those, sorted by their bytes."""
    merged = labels.dictionary_encode()
    distinct = merged.dictionary
    order = pc.sort_indices(distinct)
    places = np.empty(len(distinct), np.int32)
    places[order.to_numpy()] = np.arange(len(distinct), dtype=np.int32)
    return places[merged.indices.to_numpy(zero_copy_only=False)], distinct.take(order)


def odd(labels: Labels, longest: int) -> Mask:
    """Return which labels are blank, too long, or have control characters in them."""
    found = pc.or_(pc.equal(labels, ""), pc.greater(pc.utf8_length(labels), longest))
    return np.asarray(pc.or_(found, pc.match_substring_regex(labels, pattern=r"[\x00-\x1f\x7f]")), dtype=bool)


def pick(labels: Labels, places: Places) -> Labels:
    """Return the labels at these places."""
    return labels.take(pa.array(places))


def concat(many: Sequence[Labels]) -> Labels:
    """Return several lists of labels as one."""
    return pa.concat_arrays(many)


def as_texts(labels: Labels) -> Texts:
    """Return labels as NumPy texts."""
    return np.asarray(labels.to_pylist(), dtype=np.str_)


def as_bytes(labels: Labels) -> tuple[bytes, bytes]:
    """Return the lengths of labels, four bytes each, and all their UTF-8 bytes; nothing of how Arrow lays them out in memory."""
    lengths = np.asarray(pc.binary_length(labels), dtype="<i4").tobytes()
    if not len(labels):
        return lengths, b""
    offsets = np.frombuffer(labels.buffers()[1], np.int32)[labels.offset : labels.offset + len(labels) + 1]
    data = labels.buffers()[2]
    return lengths, bytes(data[int(offsets[0]) : int(offsets[-1])]) if data else b""
