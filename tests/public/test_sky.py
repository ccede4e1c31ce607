"""The sky: three sentences, every channel a star, search and filters that light up what they find."""

import re

from marsad.public.editions import edition_of
from marsad.public.sky import lit
from tests.ratings import build


def drawn(page, form: str = "broad") -> str:
    """Return the sky as it is drawn for a wide screen, or for a phone."""
    return re.search(rf'<div class="drawing {form}".*?</svg>', page.content.decode(), re.DOTALL)[0]


def stars(page, form: str = "broad") -> list[str]:
    return re.findall(r'data-code="([\w-]+)"', drawn(page, form))


def listed(page) -> list[str]:
    return re.findall(r'class="name"><a href="/\w+/channels/([\w-]+)/', page.content.decode())


def test_every_channel_is_a_star_and_a_row(visitor):
    page = visitor.get("/en/")
    assert sorted(stars(page)) == sorted(stars(page, "slim")) == sorted(listed(page)) == sorted(build.codes())


def test_three_sentences_say_how_many_how_sure_and_what_changed(visitor):
    page = visitor.get("/en/").content.decode()
    assert "<bdi>25</bdi> of the <bdi>25</bdi> channels covered are rated" in page
    assert "almost certain" in page
    assert "This is the first published cycle" in page


def test_from_the_second_cycle_on_the_change_is_told(visitor, tmp_path):
    (tmp_path / "again").mkdir()
    build.published(build.opened(tmp_path / "again", code="2027-1"))
    page = visitor.get("/en/").content.decode()
    assert "Of <bdi>25</bdi> channels rated in both cycles, <bdi>0</bdi> have more stars" in page


def test_a_search_lights_up_what_it_finds_and_lists_it_best_first(visitor):
    page = visitor.get("/ar/?q=القناه 3")
    assert listed(page)[0] == "centre-03"
    assert re.findall(r'data-code="([\w-]+)" data-lit', drawn(page)) == sorted(listed(page), key=stars(page).index)
    assert stars(page) == stars(visitor.get("/ar/"))


def test_filters_of_the_sky_leave_the_rest_dimmed(visitor):
    page = visitor.get("/en/?kind=app&star=4")
    wanted = {one.code for one in edition_of().board.entries if one.kind == "app" and one.star == 4}
    assert set(listed(page)) == wanted
    assert len(re.findall("data-dim", drawn(page))) == len(build.codes()) - len(wanted)


def test_where_nothing_is_found_the_sky_stays_and_the_page_says_what_to_do(visitor):
    page = visitor.get("/en/?q=nothing-like-it")
    assert len(stars(page)) == len(build.codes())
    assert listed(page) == []
    assert "No channel is like that" in page.content.decode()


def test_a_page_of_the_list_that_there_is_not_is_empty_and_not_an_error(visitor):
    for number in ("99", "-1", "²", "x"):
        assert visitor.get(f"/en/?page={number}").status_code == 200


def test_lighting_up_changes_nothing_but_the_marks():
    svg = '<a href="/en/channels/a/" data-code="a" data-kind="k"></a><a href="/en/channels/b/" data-code="b" data-kind="k"></a>'
    found = lit(svg, {"b"})
    assert found.count("data-dim") == found.count("data-lit") == 1
    assert found.replace(" data-dim", "").replace(" data-lit", "") == svg
