"""Rows kept as finished pieces of HTML, so that a list answers a filter by joining what it has.

They are kept by each process, for as long as the drawings of the same edition hold.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock

from marsad.public.drawings import present_state
from marsad.public.pages import Page

KEPT = 32
"""So many lists are kept, those used last."""
Rows = Mapping[str, str]
_kept: OrderedDict[tuple[str, ...], Rows] = OrderedDict()
_lock = Lock()


def rows_of(page: Page, name: str, make: Callable[[], Rows]) -> Rows:
    """Return the rows of a list by their channels, made once for an edition and language; `name` tells lists apart."""
    key = (name, page.edition.publication.code, page.to("sky"), present_state())
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made
