"""Plots as Vega-Lite specifications, drawn by vl-convert: marks on scales without a word among them.

Words are the canvas's: Vega knows neither Arabic's direction nor isolated numbers, takes its widths from fonts that another
machine lacks, and spends most of its time on measuring them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from marsad.web.charts.pieces import Axis

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
SPARE = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events|stroke-miterlimit|opacity)="[^"]*"(?<! opacity="0)')
EMPTY = re.compile(r'<path d="[^"]*"(?: display="none")?/>|<g/>|<g></g>')
LONG = re.compile(r"-?\d+\.\d{3,}(?:e-\d+)?")

Layer = dict[str, Any]


@dataclass(frozen=True)
class Plane:
    """A plane `width` × `height`; without an axis a direction counts the drawing's own units, from the start and from the top."""

    width: float
    height: float
    mirrored: bool
    across: Axis | None = None
    up: Axis | None = None

    def specification(self, *layers: Layer) -> dict[str, Any]:
        """Return the Vega-Lite specification of some layers, the first at the back."""
        across = scale(self.across, self.width, turned=self.mirrored)
        up = scale(self.up, self.height, turned=self.up is not None)
        for layer in layers:
            for channel, meant in (("x", across), ("y", up)):
                if channel in layer["encoding"]:
                    layer["encoding"][channel] |= {"scale": meant, "axis": None}
        return {
            "$schema": SCHEMA,
            "width": self.width,
            "height": self.height,
            "padding": 0,
            "autosize": "none",
            "config": {"aria": False, "view": {"stroke": None}},
            "layer": list(layers),
        }

    def drawn(self, *layers: Layer | None) -> str:
        """Return layers as a piece of SVG; those that hold nothing are left out."""
        held = [layer for layer in layers if layer]
        return drawn(self.specification(*held)) if held else ""


def scale(axis: Axis | None, long: float, *, turned: bool) -> dict[str, Any]:
    """Return a linear scale over an axis or over the drawing's own units."""
    domain = [axis.low, axis.high] if axis else [0, long]
    return {"domain": domain, "range": [long, 0] if turned else [0, long], "nice": False, "zero": False, "clamp": True}


def marks(kind: str, values: Sequence[Mapping[str, float]], **looks: Any) -> Layer | None:
    """Return a layer of marks of one look; `values` place them by `x`, `x2`, `y`, `y2`, and incomplete ones are left out."""
    known = [dict(value) for value in values if all(isfinite(number) for number in value.values())]
    if not known:
        return None
    encoding: dict[str, Any] = {}
    for name in known[0]:
        encoding[name] = {"field": name} if name.endswith("2") else {"field": name, "type": "quantitative"}
    return {"data": {"values": known}, "mark": {"type": kind, "opacity": 1, **looks}, "encoding": encoding}


def runs(spots: Sequence[Mapping[str, float]]) -> list[list[Mapping[str, float]]]:
    """Return the runs of two or more neighbouring spots that are wholly known: no line and no area bridges what is not."""
    found: list[list[Mapping[str, float]]] = [[]]
    for spot in spots:
        if all(isfinite(number) for number in spot.values()):
            found[-1].append(spot)
        else:
            found.append([])
    return [run for run in found if len(run) > 1]


def drawn(specification: Mapping[str, Any]) -> str:
    """Return a specification as a piece of SVG: its marks alone, on a white sheet of their own."""
    # The engine takes half a second to wake, and a page without a plot should not wait for it.
    from vl_convert import vegalite_to_svg

    svg = vegalite_to_svg(dict(specification))
    body = svg[svg.index("<g ") : svg.rindex("</svg>")]
    body = LONG.sub(lambda found: f"{round(float(found[0]), 2) + 0.0:g}", SPARE.sub("", body))
    return EMPTY.sub("", EMPTY.sub("", body))
