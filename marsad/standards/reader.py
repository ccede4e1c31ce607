"""From TOML tables to frozen dataclasses, led by their annotations; every mistake says where it is and what to write instead."""

from __future__ import annotations

import dataclasses
import math
import operator
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, reduce
from typing import Any, Union

from marsad.core.problem import Problem
from marsad.standards.standard import Text

T = typing.TypeVar("T")
Raw = Any
"""A value as TOML gives it."""


@dataclass(frozen=True)
class Place:
    """Where in which file a value stands."""

    file: str
    at: str = ""

    def __truediv__(self, key: str | int) -> Place:
        """Return the place of a key or list entry inside this one; entries count from 1."""
        if isinstance(key, int):
            return Place(self.file, f"{self.at}[{key + 1}]")
        return Place(self.file, f"{self.at}.{key}" if self.at else key)

    def problem(self, what: str, remedy: str = "") -> Problem:
        """Return the problem at this place."""
        return Problem(what, remedy=remedy, file=self.file, at=self.at or None)


def closest(word: str, known: typing.Iterable[str]) -> str:
    """Return a remedy that names the nearest known words, or all of them where none is near."""
    words = sorted(known)
    near = get_close_matches(word, words, n=3)
    if near:
        return f"did you mean {' or '.join(near)}"
    return f"use one of {', '.join(words)}" if words else "delete it"


class Table:
    """A TOML table being read: every key is taken once, and what is left over at the end is a mistake."""

    def __init__(self, raw: Raw, place: Place) -> None:
        if not isinstance(raw, dict):
            raise place.problem("a table is expected here", "write it as [name] or { key = value }")
        self.left: dict[str, Raw] = dict(raw)
        self.known: list[str] = []
        self.place = place

    def has(self, key: str) -> bool:
        """Whether the key is still there."""
        return key in self.left

    def take(self, key: str, hint: Raw, default: Raw = dataclasses.MISSING) -> Raw:
        """Take one key as the annotated type, or its default."""
        self.known.append(key)
        if key in self.left:
            return convert(hint, self.left.pop(key), self.place / key)
        if default is dataclasses.MISSING:
            raise self.place.problem(f"'{key}' is missing", f"add {key} = …")
        return default

    def plain(self, key: str) -> dict[str, Raw]:
        """Take a table as TOML gives it, empty where there is none."""
        self.known.append(key)
        return Table(self.left.pop(key, {}), self.place / key).left

    def tables(self, key: str) -> list[Table]:
        """Take a list of tables, empty where there is none."""
        self.known.append(key)
        raw = self.left.pop(key, [])
        if not isinstance(raw, list):
            raise (self.place / key).problem("a list of tables is expected here", f"write [[{key}]]")
        return [Table(entry, self.place / key / index) for index, entry in enumerate(raw)]

    def finish(self) -> None:
        """Refuse every key nobody took."""
        for key in self.left:
            raise (self.place / key).problem(f"'{key}' is not known here", closest(key, self.known))


Converter = Callable[[Raw, Place], Any]
CONVERTERS: dict[Any, Converter] = {}
"""How to read the types that are more than a plain dataclass; filled by the modules that define them."""


def convert(hint: Raw, raw: Raw, place: Place) -> Any:
    """Read one raw value as an annotated type."""
    if hint in CONVERTERS:
        return CONVERTERS[hint](raw, place)
    origin: Any = typing.get_origin(hint)
    inner = typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return convert(reduce(operator.or_, (kind for kind in inner if kind is not type(None))), raw, place)
    if origin in (tuple, frozenset):
        return convert_many(origin, inner, raw, place)
    if hint is float and isinstance(raw, int | float) and not isinstance(raw, bool):
        return convert_number(raw, place)
    if hint in (str, int, bool) and type(raw) is hint:
        return raw
    if dataclasses.is_dataclass(hint):
        return build(typing.cast(type, hint), Table(raw, place))
    wanted = WANTED.get(hint, str(hint))
    raise place.problem(f"{shown(raw)} is not {wanted}", f"write {wanted}")


WANTED = {float: "a number", int: "a whole number", str: "a text", bool: "true or false"}


def shown(raw: Raw) -> str:
    """Return a value nearly as TOML writes it, long ones by their sort."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, dict | list):
        return "a table" if isinstance(raw, dict) else "a list"
    return repr(raw) if isinstance(raw, str | int | float) else str(raw)


def convert_number(raw: int | float, place: Place) -> float:
    """Read a finite number."""
    if abs(raw) > LARGEST or math.isnan(raw):
        raise place.problem(f"{raw if isinstance(raw, float) else 'this'} is no number to reckon with", "write a finite number")
    return float(raw)


LARGEST = 1e300


def convert_many(origin: type, inner: tuple[Any, ...], raw: Raw, place: Place) -> Any:
    """Read a list as a tuple or frozenset."""
    if not isinstance(raw, list):
        raise place.problem("a list is expected here", "write [ …, … ]")
    if origin is tuple and inner[-1] is not Ellipsis and len(raw) != len(inner):
        raise place.problem(f"{len(raw)} values stand here", f"write {len(inner)}")
    return origin(convert(inner[0], entry, place / index) for index, entry in enumerate(raw))


@dataclass(frozen=True)
class Range:
    """The numbers a field may hold: from `low` to `high`, `low` itself left out where `open`."""

    low: float
    high: float = math.inf
    open: bool = False

    def check(self, value: float, place: Place) -> None:
        """Refuse a number outside."""
        if not (self.low < value if self.open else self.low <= value) or value > self.high:
            end = f"from {self.low:g} to {self.high:g}" if math.isfinite(self.high) else f"of at least {self.low:g}"
            raise place.problem(f"{value:g} is out of range", f"write a number {f'above {self.low:g}' if self.open else end}")


RANGES: dict[tuple[type, str], Range] = {}
"""The range of every number that has one, by dataclass and field; filled by the modules that define them."""
CHECKS: dict[type, Callable[[Any, Place], None]] = {}
"""What must hold between the fields of a dataclass; filled likewise."""


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """Return the annotated type of every field; resolving them anew would double the time a standard takes to load."""
    return typing.get_type_hints(kind)


def build(kind: type[T], table: Table, **given: Any) -> T:
    """Build a frozen dataclass from a table; `given` fields are not read from it."""
    hints = hints_of(typing.cast(Any, kind))
    values = dict(given)
    for field in dataclasses.fields(typing.cast(Any, kind)):
        if field.name in given:
            continue
        value = values[field.name] = table.take(field.name, hints[field.name], field.default)
        if (kind, field.name) in RANGES and value is not None:
            RANGES[kind, field.name].check(value, table.place / field.name)
    table.finish()
    built = kind(**values)
    if kind in CHECKS:
        CHECKS[kind](built, table.place)
    return built


def convert_text(raw: Raw, place: Place) -> Text:
    """Read a text: `{ ar = "…", en = "…" }`, or one string where it is the same in every language."""
    if isinstance(raw, str):
        refuse_blank(raw, place)
        return Text(raw, raw)
    table = Table(raw, place)
    text = Text(ar=table.take("ar", str), en=table.take("en", str))
    table.finish()
    refuse_blank(text.ar, place / "ar")
    refuse_blank(text.en, place / "en")
    return text


def refuse_blank(words: str, place: Place) -> None:
    """Refuse a text of nothing but spaces."""
    if not words.strip():
        raise place.problem("the text is empty", "write it")


CONVERTERS[Text] = convert_text


def one_of(known: Mapping[str, T], name: str, place: Place) -> T:
    """Return what a name stands for."""
    if name not in known:
        raise place.problem(f"'{name}' is not known", closest(name, known))
    return known[name]
