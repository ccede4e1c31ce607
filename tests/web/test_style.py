"""The style: laid out by the direction of the language, legible in light and dark, no heavier than it may be."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.test import Client

from marsad.core.problem import Problem
from marsad.web import assets
from marsad.web.charts.ink import from_oklch

PACKAGE = Path(__file__).parents[2] / "marsad"
SHEETS = [path for path in sorted(PACKAGE.rglob("*.css")) if not {"node_modules", "static"} & set(path.parts)]
PAGES = [path for path in sorted(PACKAGE.rglob("*.html")) if "Y-m-d" in path.read_text(encoding="utf-8")]
STACKS = [path for path in sorted(PACKAGE.rglob("*.html")) if 'stacks="yes"' in path.read_text(encoding="utf-8")]
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SIDES = re.compile(r"\b(left|right)\b|\btext-align: *(left|right)|\b(?:inset|margin|padding)-(?:left|right)")
TOKENS = (PACKAGE / "web/templates/web/tokens.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_style_says_left_or_right(sheet):
    assert SIDES.findall(COMMENT.sub("", sheet.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arabic_is_neither_spaced_out_nor_slanted_nor_in_a_weight_that_the_font_lacks(sheet):
    said = COMMENT.sub("", sheet.read_text(encoding="utf-8"))
    assert set(re.findall(r"letter-spacing: *([^;}]+)", said)) <= {"0"}
    assert set(re.findall(r"font-style: *([^;}]+)", said)) <= {"normal"}
    assert set(re.findall(r"font-weight: *([^;}]+)", said)) <= {"400", "600"}
    assert re.findall(r"gradient|box-shadow|text-shadow", said) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_day_breaks_at_its_hyphens(page):
    assert re.findall(r'<bdi>{{ [^}]*date:"Y-m-d[^}]*}}', page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", STACKS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_cell_of_a_table_that_goes_on_below_says_what_its_column_is_called(page):
    for table in re.findall(r'<c-data-table[^>]*stacks="yes".*?</c-data-table>', page.read_text(encoding="utf-8"), re.DOTALL):
        assert [cell for cell in re.findall(r"<td[^>]*>", table) if "data-label=" not in cell] == []


def test_the_built_style_has_no_sides_and_no_other_host():
    built = assets.built("marsad.css").decode()
    assert re.findall(r"[;{](?:margin|padding|border)-(?:left|right)|[;{](?:left|right):|text-align:(?:left|right)", built) == []
    assert re.findall(r"https?://(?!www\.w3\.org)", built) == []


def color(name: str, dark: bool) -> str:
    """Return what a token means in light or dark, as #rrggbb."""
    value = re.search(rf"--{name}: ([^;]+);", TOKENS)[1]
    pair = re.fullmatch(r"light-dark\((.+), ((?:var|#).*)\)", value)
    value = pair[2 if dark else 1] if pair else value
    if value.startswith("var"):
        return color(value[6:-1], dark)
    return value if value.startswith("#") else from_oklch(*map(float, value[6:-1].split()))


def brightness(hexadecimal: str) -> float:
    """Return the relative luminance that WCAG measures contrast by."""
    parts = [int(hexadecimal[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_stand_out_from_every_ground(dark):
    grounds, words = ("ground", "raised", "tint"), ("ink", "quiet", "accent", "good", "bad")
    found = {(word, on): contrast(color(word, dark), color(on, dark)) for word, on in product(words, grounds)}
    assert {pair: round(value, 2) for pair, value in found.items() if value < 4.5} == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_marks_and_edges_stand_out_from_the_ground(dark):
    found = {name: contrast(color(name, dark), color("ground", dark)) for name in ("edge", "mark", "focus", "star")}
    assert {name: round(value, 2) for name, value in found.items() if value < 3} == {}


@pytest.mark.parametrize(("coding", "name"), [("br", "marsad.css"), ("gzip", "marsad.js"), ("", "marsad.js")])
def test_built_files_come_compressed_and_are_never_asked_for_again(coding, name):
    answer = Client().get(assets.asset(name), headers={"accept-encoding": coding})
    assert answer.headers.get("Content-Encoding", "") == coding
    assert "immutable" in answer["Cache-Control"]


def test_fonts_are_those_of_the_language():
    assert all("-arabic-arabic-" in one for one in assets.fonts("ar"))
    assert all("-arabic-latin-" in one for one in assets.fonts("en"))
    assert [len(assets.fonts(language)) for language in ("ar", "en")] == [2, 2]


def test_what_is_not_built_is_said_with_the_remedy(monkeypatch, tmp_path):
    with pytest.raises(Problem, match=r"no pages/none\.js is built"):
        assets.asset("pages/none.js")
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    assets.manifest.cache_clear()
    with pytest.raises(Problem, match=r"(?s)not built.*make setup"):
        assets.asset("marsad.css")
    assets.manifest.cache_clear()
