"""Makes the fonts of printed documents out of those of the pages, when these are built: `python -m marsad.web.faces BUILT`.

In a picture Typst takes one file for a whole line, so the scripts of a weight are made one file.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

from marsad.web.assets import FACES


def write_faces(built: Path) -> None:
    """Write one font for each weight of those that were built, of all their scripts."""
    folder = built / FACES
    folder.mkdir()
    for weight, woven in by_weight(built).items():
        with TemporaryDirectory(prefix="marsad-faces-") as place:
            plain = [unwoven(path, Path(place) / f"{path.stem}.ttf") for path in woven]
            Merger().merge([os.fspath(path) for path in plain]).save(folder / f"{weight}.ttf")


def by_weight(built: Path) -> dict[str, list[Path]]:
    """Return the fonts of the pages by their weight."""
    found: dict[str, list[Path]] = {}
    for path in sorted(built.glob("*.woff2")):
        weight = next(part for part in path.stem.split("-") if part.isdecimal())
        found.setdefault(weight, []).append(path)
    return found


def unwoven(path: Path, target: Path) -> Path:
    """Write a font of the web as a plain one and return it."""
    face = TTFont(path, recalcTimestamp=False)
    face.flavor = None
    face.save(target)
    return target


if __name__ == "__main__":
    write_faces(Path(sys.argv[1]))
