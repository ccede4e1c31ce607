"""What holds of every picture, whatever it shows, in both languages and in every case that may come."""

import re
from xml.etree import ElementTree

import altair
import pytest

from marsad.core.problem import Problem
from marsad.web.charts import Picture
from marsad.web.charts.ink import for_print, printed, tokens
from marsad.web.charts.picture import SLIM, WIDE
from tests.web.charts.synthetic import CASES, LONG, PICTURES

ARABIC = re.compile(r"[\u0600-\u06ff]")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(|\b(?:black|white|red|green|gray|grey|gold|blue)\b")
SVG = "{http://www.w3.org/2000/svg}"
PAINTS = ("fill", "stroke", "stop-color", "color")
EVERY = pytest.mark.parametrize("name", PICTURES)
BOTH = pytest.mark.parametrize("language", ["ar", "en"])


@pytest.fixture(scope="module")
def drawn():
    """Return what draws a picture once for all tests of this module."""
    kept: dict[tuple[str, str, str, float], Picture] = {}

    def draw(name: str, language: str, case: str = "usual", width: float = WIDE) -> Picture:
        key = name, language, case, width
        if key not in kept:
            kept[key] = PICTURES[name](language, case, width)
        return kept[key]

    return draw


def texts(picture: Picture) -> list[ElementTree.Element]:
    """Return the lines written in a picture."""
    return list(ElementTree.fromstring(picture.page()).iter(f"{SVG}text"))


@EVERY
@BOTH
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [WIDE, SLIM])
def test_a_picture_says_in_words_and_in_a_table_what_it_shows(drawn, name, language, case, width):
    picture = drawn(name, language, case, width)
    svg = ElementTree.fromstring(picture.page("a-key"))
    title, words = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert picture.title in title.text
    assert picture.sentence in words.text
    assert svg.get("aria-labelledby") == title.get("id") == "a-key-title"
    assert svg.get("aria-describedby") == words.get("id") == "a-key-desc"
    assert picture.sentence.endswith((".", "؟"))
    assert bool(ARABIC.search(picture.sentence)) is (language == "ar")
    assert all(len(row) == len(picture.table.columns) for row in picture.table.rows)
    assert bool(picture.table.rows) is (case != "empty")
    assert picture.direction == ("rtl" if language == "ar" else "ltr")


@EVERY
@BOTH
@pytest.mark.parametrize("case", CASES)
def test_a_picture_runs_and_loads_nothing_and_hides_no_style(drawn, name, language, case):
    for svg in (drawn(name, language, case).page(), drawn(name, language, case).printed()):
        for element in ElementTree.fromstring(svg).iter():
            assert element.tag.removeprefix(SVG) in {
                "svg",
                "title",
                "desc",
                "g",
                "a",
                "path",
                "rect",
                "line",
                "circle",
                "text",
                "use",
                "defs",
            }
            assert not {key for key in element.attrib if key == "style" or key.startswith("on")}
            assert element.get("href", "/").startswith(("/", "#"))
            assert "xlink" not in str(element.attrib)


@EVERY
def test_colours_are_tokens_on_a_page_and_plain_in_print(drawn, name):
    page, paper = drawn(name, "ar").page(), drawn(name, "ar").printed()
    for element in ElementTree.fromstring(page).iter():
        for paint in PAINTS:
            value = element.get(paint, "none")
            assert value == "none" or value in {f"var(--{token})" for token in tokens()}
            assert not COLOUR.search(value)
    assert "var(" not in paper
    assert all(re.fullmatch(r"none|#[0-9a-f]{6}", e.get("fill", "none")) for e in ElementTree.fromstring(paper).iter())


@EVERY
def test_what_one_can_walk_through_is_a_group_and_paper_has_no_links(drawn, name):
    picture = drawn(name, "en")
    svg = ElementTree.fromstring(picture.page())
    assert svg.get("role") == ("group" if picture.linked else "img")
    assert bool(list(svg.iter(f"{SVG}a"))) is picture.linked
    assert not list(ElementTree.fromstring(picture.printed()).iter(f"{SVG}a"))


@pytest.mark.parametrize("name", sorted(set(PICTURES) - {"seals", "tree", "places"}))
def test_arabic_is_the_mirror_of_english(drawn, name):
    """Numbers, which are as long in both languages, stand at mirrored places where names stand above their rows."""
    ends = {"start": "end", "end": "start", "middle": "middle"}
    places = {
        language: [
            (float(line.get("x")), line.get("text-anchor"))
            for line in texts(drawn(name, language, "usual", SLIM))
            if re.fullmatch(r"[\u2066-\u2069\d.,]+", "".join(line.itertext()))
        ]
        for language in ("ar", "en")
    }
    assert places["ar"]
    assert sorted(places["ar"]) == sorted((round(SLIM - x, 1), ends[anchor]) for x, anchor in places["en"])


@pytest.mark.parametrize("name", ["seals", "tree", "stars-by-kind", "multiples"])
def test_reading_begins_at_the_right_in_arabic_and_at_the_left_in_english(drawn, name):
    for language, side in (("ar", WIDE), ("en", 0)):
        names = [line for line in texts(drawn(name, language)) if re.search(r"[^\W\d_]", "".join(line.itertext()))]
        assert abs(float(names[0].get("x")) - side) < WIDE / 10


@pytest.mark.parametrize("name", ["sky", "intervals", "named", "profile", "compare", "coverage", "movers"])
def test_a_scale_begins_at_the_right_in_arabic_and_at_the_left_in_english(drawn, name):
    for language, turned in (("ar", True), ("en", False)):
        ticks = [
            (float("".join(c for c in "".join(line.itertext()) if c in "0123456789.")), float(line.get("x")))
            for line in texts(drawn(name, language))
            if line.get("text-anchor") == "middle" and re.fullmatch(r"[\u2066-\u2069\d.]+", "".join(line.itertext()))
        ]
        scale = [tick for tick in ticks if tick[0] > 7 or name == "named"]
        assert len(scale) > 2
        assert sorted(scale) == sorted(scale, key=lambda tick: -tick[1] if turned else tick[1])


@EVERY
def test_lines_in_arabic_run_right_to_left_and_names_and_numbers_stand_apart(drawn, name):
    picture = drawn(name, "ar")
    for line in texts(picture):
        words = "".join(line.itertext())
        assert words.startswith("\u2067")
        assert words.count("\u2069") == sum(words.count(sign) for sign in "\u2066\u2067\u2068")
    assert not any("\u2067" in "".join(line.itertext()) for line in texts(drawn(name, "en")))


@EVERY
def test_every_plot_is_a_valid_specification_of_vega_lite(name, monkeypatch):
    found = []
    monkeypatch.setattr("marsad.web.charts.plot.drawn", lambda specification: found.append(specification) or "")
    PICTURES[name]("ar", "usual", WIDE)
    assert bool(found) is (name not in ("sky", "tree", "seals"))
    # One of each make: the schema is slow to ask, and a picture of many plots repeats itself.
    kinds = {tuple(layer["mark"]["type"] for layer in specification["layer"]): specification for specification in found}
    for specification in kinds.values():
        altair.LayerChart.from_dict(specification)


@EVERY
@BOTH
def test_the_same_input_gives_the_same_bytes(drawn, name, language):
    again = PICTURES[name](language, "usual", WIDE)
    assert again == drawn(name, language)
    assert again.printed() == drawn(name, language).printed()


@EVERY
@BOTH
@pytest.mark.parametrize("width", [WIDE, SLIM])
@pytest.mark.parametrize("case", ["usual", "long", "unknown"])
def test_nothing_is_written_outside_the_picture(drawn, name, language, case, width):
    picture = drawn(name, language, case, width)
    for line in texts(picture):
        assert -1 <= float(line.get("x")) <= width + 1
        assert 0 < float(line.get("y")) <= picture.height


@EVERY
@BOTH
def test_no_number_is_written_for_what_is_not_known(drawn, name, language):
    picture = drawn(name, language, "unknown")
    for written in (picture.page(), picture.table.csv()):
        assert not re.search(r"(?i)\bnan\b|\binf(?:inity)?\b", written)


def test_names_of_people_are_text_and_never_markup(drawn):
    page = drawn("movers", "en", "long").page()
    assert "<North-East" not in page
    assert any("&" in row[0] for row in drawn("movers", "en", "long").table.rows)
    assert drawn("movers", "en", "long").table.rows[0][0] == LONG["en"]


def test_a_downloaded_table_is_no_formula_and_has_no_signs_of_direction(drawn):
    written = drawn("movers", "ar").table.csv()
    assert not re.search(r"[\u2066-\u2069]", written)
    assert "'+" in written
    assert not re.search(r"(?m)(^|,)[=+@]", written)


def test_two_pictures_of_a_name_on_one_page_do_not_share_an_id(drawn):
    one, other = drawn("sky", "ar").page("this"), drawn("sky", "ar").page("that")
    found = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other)]
    assert found[0]
    assert not found[0] & found[1]
    assert set(re.findall(r'<use href="#([^"]+)"', one)) <= found[0]


def test_arabic_is_printed_without_vowel_marks_that_typst_cannot_set(drawn):
    shown, paper = drawn("seals", "ar").page(), drawn("seals", "ar").printed()
    assert "وُقّع</" not in paper
    assert "كما وقع" in paper
    assert "كما وُقّع" in shown


def test_a_colour_that_no_token_names_is_refused():
    assert printed("ground") == "#ffffff"
    with pytest.raises(Problem, match="no colour is called 'rainbow'"):
        for_print('<path fill="var(--rainbow)"/>')
