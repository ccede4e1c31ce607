"""The arrays that every room passes on. Docstrings tell their shape: `[C]` an entry per channel, `[C, I]` per indicator too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Numbers, NaN where missing."""
Mask = NDArray[np.bool_]
Texts = NDArray[np.str_]
Places = NDArray[np.intp]
"""Places of rows or columns, counted from 0; -1 for none."""
ROOM = 64
"""Places are looked up in a table where it has at most so many cells for each, and sorted where it would have more."""


def occurring(place: Places, size: int) -> tuple[Places, Places]:
    """Return which of `size` places occur, in order, and where among these each of the given `[S]` stands.

    >>> [found.tolist() for found in occurring(np.array([7, 2, 7]), 9)]
    [[2, 7], [1, 0, 1]]
    """
    if size > ROOM * place.size:
        return np.unique(place, return_inverse=True)
    there = np.zeros(size, bool)
    there[place] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[place]
