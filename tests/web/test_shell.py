"""The tags and marks that every template knows."""

from datetime import date

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override


def drawn(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "written"),
    [(12345, "12,345"), (2.5, "2.5"), (-0.04, "−0.04"), (None, "–"), (float("nan"), "–")],
)
def test_a_number_stands_apart_from_its_sentence(value, written):
    assert drawn("{{ value|number }}", value=value) == f"<bdi>{written}</bdi>"


def test_a_share_never_says_all_or_nothing_of_what_is_neither():
    assert drawn("{{ a|percent }} {{ b|percent }} {{ c|percent }}", a=0.0004, b=0.5, c=None) == (
        "<bdi>&lt;1%</bdi> <bdi>50%</bdi> <bdi>–</bdi>"
    )


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_number_in_a_template_is_written_with_a_point_and_a_day_with_the_day_first(language):
    with override(language):
        assert drawn("{{ a }} {{ b }}", a=81.24, b=12345) == "81.24 12345"
        assert drawn("{{ day }}", day=date(2026, 3, 7)) == {"ar": "7 مارس 2026", "en": "7 March 2026"}[language]


def test_stars_are_filled_to_the_star_and_the_next_is_shaded_by_its_chance():
    row = drawn("{% stars 5 0.3 %}")
    assert 'width="70"' in row
    assert 'x="70"' in row
    assert 'opacity="0.3"' in row
    assert "maybe" not in drawn("{% stars 5 0.01 %}") + drawn("{% stars 7 0.9 %}") + drawn("{% stars 4 %}")


def test_a_row_of_stars_is_made_of_the_symbol_that_the_page_writes_once():
    assert 'href="#stars"' in drawn("{% stars 1 %}")
    assert drawn("{% star_symbol %}").count('id="stars"') == 1


def test_an_interval_is_a_line_with_its_dot():
    assert 'd="M140.0 6H160.0"' in (line := drawn("{% interval 70 75 80 %}"))
    assert 'cx="150.0"' in line


def test_a_query_keeps_the_other_filters():
    request = RequestFactory().get("/ar/x/?kind=app&page=3&q=a")
    assert drawn('{% autoescape off %}{% query page=4 q="" %}{% endautoescape %}', request=request) == "?kind=app&page=4"


def test_only_what_the_reader_may_see_of_themselves_comes_beside_a_public_page(client, db):
    from tests import world

    assert client.get("/en/accounts/menu/").status_code == 204
    client.force_login(world.omar(), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/en/accounts/menu/")
    assert "Omar" in answer.content.decode()
    assert "private" in answer["Cache-Control"]
