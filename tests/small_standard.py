"""The text of a small standard, made of parts: every test that needs one of its own writes it so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Part = dict[str, Any]
BANDS = ({"star": 2, "below": 50}, {"star": 3, "from": 50, "below": 65}, {"star": 4, "from": 65})


def words(ar: str, en: str) -> Part:
    """Return a text in both languages."""
    return {"ar": ar, "en": en}


def kind(code: str, ar: str, en: str) -> Part:
    """Return a kind of channel."""
    return {"code": code, "label": words(ar, en)}


def node(code: str, ar: str, en: str, **said: Any) -> Part:
    """Return a node; without a parent it is the root."""
    return {"code": code, **said, "label": words(ar, en)}


def indicator(code: str, ar: str, en: str, *, scale: Sequence[float], **said: Any) -> Part:
    """Return an indicator scored from the one end of its scale to the other, unless something else is said."""
    line = {"method": "goalposts", "worst": scale[0], "best": scale[1]}
    return {"code": code, "scale": list(scale), "normalise": line, **said, "label": words(ar, en)}


def breach(code: str = "breach") -> Part:
    """Return a limiter that two stars are the most after a breach."""
    return {"code": code, "cap": 2, "when": {"attribute": "breach", "equals": "yes"}, "label": words("انتهاك", "a breach")}


def standard_text(
    name: str,
    title: Part,
    *,
    version: str = "1",
    bands: Sequence[Part] = BANDS,
    naming: Part,
    **lists: Sequence[Part],
) -> str:
    """Return a standard as TOML; `lists` are its tables that stand many times: kind, node, instrument, indicator, limiter."""
    head = {"schema": 1, "name": name, "version": version, "title": title, "summary": words("معيار صغير", "A small standard")}
    parts = [lines(head), *(f"[[{heading}]]\n{lines(part)}" for heading, parts in lists.items() for part in parts)]
    parts += ["[stars]\n" + lines({"rule": "bands", "bands": list(bands)}), "[naming]\n" + lines(naming)]
    return "".join(parts)


def lines(table: Mapping[str, Any]) -> str:
    """Return the entries of a table, one to a line."""
    return "".join(f"{name} = {value(one)}\n" for name, one in table.items())


def value(one: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(one, Mapping):
        return "{ " + ", ".join(f"{name} = {value(part)}" for name, part in one.items()) + " }"
    if isinstance(one, list | tuple):
        return "[" + ", ".join(map(value, one)) + "]"
    return json.dumps(one, ensure_ascii=False)
