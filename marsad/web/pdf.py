"""Printed documents: Typst sets tagged, accessible PDF (PDF/UA-1) from a template, plain data and our pictures.

A template is given its data as `given` by `/web/templates/web/print.typ`, which it imports; paths begin at the package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from marsad.core.problem import Problem
from marsad.web.assets import BUILT, FACES
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
                font_paths=[faces()],
                ignore_system_fonts=True,
                sys_inputs={"given": document.given()},
                pdf_standards="ua-1",
                timestamp=0,
            )
        )
    except typst.TypstError as error:
        raise Problem(f"the document cannot be set: {error.message}", file=PACKAGE / document.template) from None


def faces() -> Path:
    """Return the folder with the fonts as Typst reads them; raises Problem where none is built."""
    folder = BUILT / FACES
    if not folder.is_dir():
        raise Problem("the fonts of printed documents are not built", file=folder, remedy="run make setup")
    return folder
