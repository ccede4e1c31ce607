"""Draw every picture in both languages, on light and dark ground and for print, to be looked at.

    python -m tests.web.charts.gallery FOLDER

Each case becomes one page `FOLDER/<case>.<language>.html`; the browser of the machine shows it.
"""

import os
import sys
from html import escape
from pathlib import Path

from tests.web.charts.synthetic import CASES, PICTURES

GROUND = """<style>{tokens}
html {{ color-scheme: light dark; }}
html, body {{ background: var(--ground); color: var(--ink); }}
body {{ font: 1rem/1.6 var(--sans); inline-size: {width}px; margin: 16px; }}
svg {{ display: block; max-inline-size: 100%; block-size: auto; font-family: var(--sans); }}
h2 {{ font-size: 1rem; margin: 24px 0 4px; }}
</style>"""


def page(case: str, language: str, width: float, tokens: str) -> str:
    """Return one page of all pictures in a case."""
    direction = "rtl" if language == "ar" else "ltr"
    parts = [f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><meta charset="utf-8">']
    parts.append(GROUND.format(tokens=tokens, width=width))
    for name, draw in PICTURES.items():
        picture = draw(language, case, width)
        parts.append(f"<h2>{escape(picture.title)}</h2><p>{escape(picture.sentence)}</p>{picture.page(name)}")
    return "".join(parts)


def main(folder: Path) -> None:
    """Write the gallery."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marsad.config.pages")
    django.setup()
    from django.template.loader import render_to_string

    from marsad.web.charts.ink import TOKENS

    folder.mkdir(parents=True, exist_ok=True)
    tokens = render_to_string(TOKENS)
    for case in CASES:
        for language in ("ar", "en"):
            for width in (880, 360):
                (folder / f"{case}.{language}.{width}.html").write_text(page(case, language, width, tokens), encoding="utf-8")
            for name, draw in PICTURES.items():
                (folder / f"{case}.{language}.{name}.svg").write_text(draw(language, case, 880).printed(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
