"""Where the built style, script and fonts of the pages lie."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.conf import settings

from marsad.core.problem import Problem

BUILT = Path(__file__).parent / "static" / "web"
FACES = "faces"
"""The folder among them with the fonts of printed documents."""
FONTS = {"ar": "arabic", "en": "latin"}


@cache
def manifest() -> dict[str, dict[str, str]]:
    """Return what was built, by the name of its source; raises Problem where nothing was."""
    try:
        found: dict[str, dict[str, str]] = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Problem("the style and script of the pages are not built", file=BUILT, remedy="run make setup") from None
    return found


def file_of(name: str) -> str:
    """Return the name under which a file was built; raises Problem for one that there is not."""
    if name not in manifest():
        raise Problem(f"no {name} is built", file=BUILT, remedy=f"write marsad/web/front/src/{name} and run make setup")
    return manifest()[name]["file"]


def asset(name: str) -> str:
    """Return the address of a built file, such as `marsad.css` or `pages/sky.js`."""
    return f"{settings.STATIC_URL}web/{file_of(name)}"


def built(name: str) -> bytes:
    """Return what was built of a file."""
    return (BUILT / file_of(name)).read_bytes()


def fonts(language: str) -> list[str]:
    """Return the addresses of the fonts that a page in a language is written in, for it to fetch them at once."""
    script = f"-{FONTS.get(language, 'latin')}-"
    files = [one["file"] for one in manifest().values() if one["file"].endswith(".woff2")]
    return [f"{settings.STATIC_URL}web/{file}" for file in sorted(files) if script in file.replace("sans-arabic", "sans")]
