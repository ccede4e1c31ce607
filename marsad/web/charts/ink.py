"""The colours of pictures: names of the shell's tokens on a page, what those mean on light ground in print."""

from __future__ import annotations

import re
from functools import cache
from math import cos, radians, sin

from django.template.loader import get_template

from marsad.core.problem import Problem

TOKENS = "web/tokens.css"
TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6}|oklch\([^)]*\)|light-dark\((?:[^()]|\([^()]*\))*\))")
NAMED = re.compile(r"var\(--([a-z0-9-]+)\)")
LIGHT = re.compile(r"light-dark\(\s*([^,]+),")
GROUND, RAISED, INK, QUIET, LINE, FAINT = (f"var(--{name})" for name in ("ground", "raised", "ink", "quiet", "line", "faint"))
ACCENT, STAR, MARK, AREA, FOCUS = (f"var(--{name})" for name in ("accent", "star", "mark", "area", "focus"))
GOOD, BAD = "var(--good)", "var(--bad)"


@cache
def tokens() -> dict[str, str]:
    """Return every token of colour as the style sheet first declares it."""
    found: dict[str, str] = {}
    for name, value in TOKEN.findall(get_template(TOKENS).template.source):
        found.setdefault(name, value)
    return found


@cache
def printed(name: str) -> str:
    """Return what a token means on light ground, as #rrggbb."""
    if name not in tokens():
        raise Problem(f"no colour is called '{name}'", file=TOKENS, remedy="declare it there, or draw with another")
    value = tokens()[name]
    light = LIGHT.match(value)
    value = light[1].strip() if light else value
    other = NAMED.fullmatch(value)
    if other:
        return printed(other[1])
    if value.startswith("#"):
        return value
    lightness, chroma, hue = map(float, value.removeprefix("oklch(").removesuffix(")").split())
    return from_oklch(lightness, chroma, hue)


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return a colour of the Oklab space as #rrggbb, by the matrices of CSS Color 4.

    >>> from_oklch(1.0, 0.0, 0.0), from_oklch(0.6279, 0.2577, 29.23)
    ('#ffffff', '#ff0000')
    """
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * encoded(min(max(part, 0.0), 1.0))):02x}" for part in linear)


def encoded(light: float) -> float:
    """Return an amount of light as sRGB writes it."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def for_print(svg: str) -> str:
    """Return a drawing with the values of its colours in the place of their names."""
    return NAMED.sub(lambda name: printed(name[1]), svg)
