"""Printed documents: Typst sets tagged, accessible PDF (PDF/UA-1) from a template, plain data and our pictures.

A template is given its data as `given` by `/web/templates/web/print.typ`, which it imports; paths begin at the package.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from marsad.core.problem import Problem
from marsad.web.assets import BUILT
from marsad.web.charts import Picture
from marsad.web.charts.ink import printed

PACKAGE = Path(__file__).parents[1]
TONES = ("ground", "raised", "ink", "quiet", "line", "faint", "accent", "tint", "star", "area", "mark", "good", "bad")


@dataclass(frozen=True)
class Document:
    """What is to be printed: a template below the package, its data, and its pictures by name, in a language."""

    template: str
    language: str
    data: Mapping[str, Any]
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    def given(self) -> str:
        """Return what the template is given, as JSON."""
        with override(self.language):
            brand = gettext("Marsad")
        shown = {name: {"svg": one.printed(name), "sentence": one.sentence} for name, one in self.pictures.items()}
        tones = {tone: printed(tone) for tone in TONES}
        said = {"language": self.language, "brand": brand, "author": brand, "tones": tones}
        said |= {"notice": settings.MARSAD.notice[self.language]}
        return json.dumps({**said, "pictures": shown, **self.data}, ensure_ascii=False)


def pdf(document: Document) -> bytes:
    """Return a document as PDF, the same bytes for the same document; raises Problem where its template does not hold."""
    import typst

    try:
        return bytes(
            typst.compile(
                PACKAGE / document.template,
                root=PACKAGE,
                font_paths=[Path(faces().name)],
                ignore_system_fonts=True,
                sys_inputs={"given": document.given()},
                pdf_standards="ua-1",
                timestamp=0,
            )
        )
    except typst.TypstError as error:
        raise Problem(f"the document cannot be set: {error.message}", file=PACKAGE / document.template) from None


@cache
def faces() -> TemporaryDirectory[str]:
    """Return a folder with the fonts as Typst reads them, which goes with the process; raises Problem where none is built.

    In a picture Typst takes one file for a whole line, so the scripts of a weight are made one file.
    """
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    weights: dict[str, list[Path]] = {}
    for path in sorted(BUILT.glob("*.woff2")):
        weight = next(part for part in path.stem.split("-") if part.isdecimal())
        weights.setdefault(weight, []).append(path)
    if not weights:
        raise Problem("the fonts of the pages are not built", file=BUILT, remedy="run make setup")
    folder = TemporaryDirectory(prefix="marsad-faces-")
    for weight, woven in weights.items():
        plain = [Path(folder.name) / f"{path.stem}.ttf" for path in woven]
        for path, target in zip(woven, plain, strict=True):
            face = TTFont(path, recalcTimestamp=False)
            face.flavor = None
            face.save(target)
        Merger().merge([os.fspath(path) for path in plain]).save(Path(folder.name) / f"{weight}.ttf")
        for path in plain:
            path.unlink()
    return folder
