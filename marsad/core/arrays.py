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
