"""The kinds of channels, as data: `kinds.toml` is the whole of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from marsad.standards import Text


@dataclass(frozen=True)
class Kind:
    """A kind of channel; `met` is how people reach it: at a `place`, by `voice` or on a `screen`."""

    code: str
    name: Text
    met: str


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its code, in the order of the file."""
    table = tomllib.loads((files("marsad.catalogue") / "kinds.toml").read_text(encoding="utf-8"))
    found = (Kind(one["code"], Text(**one["name"]), one["met"]) for one in table["kind"])
    return MappingProxyType({kind.code: kind for kind in found})
