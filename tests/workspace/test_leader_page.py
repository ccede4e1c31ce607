"""The leader's page: five pictures with their sentences, each leading on, of what is published alone."""

import pytest

from marsad.core.lifecycle import Role
from tests import world
from tests.ratings import build

pytestmark = pytest.mark.django_db(transaction=True)
QUESTIONS = ("kind by kind", "Who rose and who fell", "Which entities are ahead", "How sure are we", "Who needs attention")


@pytest.fixture
def two(country, tmp_path):
    """Two published cycles."""
    first = build.published(build.opened(tmp_path / "first"))
    return first, build.published(build.opened(tmp_path / "second", code="2026-2"))


@pytest.fixture(autouse=True)
def folders(tmp_path):
    """Folders for the cycles."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()


def test_every_question_has_its_picture_its_sentence_and_a_way_on_on_the_page_and_on_the_leaders_home(two, work):
    for language in ("ar", "en"):
        page = work("noor", language).get("leader/").content.decode()
        assert page.count('<section class="section" id="ask-') == len(QUESTIONS)
        assert page.count('class="drawing broad"') == page.count('class="drawing slim"') == len(QUESTIONS)
        assert page.count('class="leads-on"') == len(QUESTIONS)
        ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
        assert len(ids) == len(set(ids))
    for address in ("leader/", ""):
        assert all(question in work("noor").text(address) for question in QUESTIONS)
    assert "channels rated in both cycles" in work("noor").text("leader/")


def test_with_one_cycle_nobody_is_said_to_have_moved(country, tmp_path, work):
    build.published(build.opened(tmp_path))
    assert "There is no earlier cycle by this standard" in work("noor").text("leader/")


def test_what_is_not_published_is_not_shown(country, tmp_path, work):
    build.rated(build.opened(tmp_path))
    text = work("noor").text("leader/")
    assert "Nothing has been published yet" in text
    assert "Channel 3" not in text


def test_an_entity_with_too_few_channels_is_not_laid_beside_others(country, tmp_path, work):
    build.published(build.opened(tmp_path))
    from marsad.workspace.desk import Desk
    from marsad.workspace.leader import LEAST, leader_page

    leader = leader_page(Desk(request=None, person=world.somebody("noor", roles=[(Role.LEADER, "")])))
    rows = leader.entities(width=880).table.rows
    counts = {name: sum(entry.entity_name.ar == name for entry in leader.rated) for name, *_rest in rows}
    assert rows
    assert all(count >= LEAST for count in counts.values())


def test_who_needs_attention_is_whom_the_decision_looks_at_among_the_last_and_no_other(country, tmp_path):
    from marsad.core.naming import Verdict
    from marsad.ratings.lists import decided
    from marsad.workspace.desk import Desk
    from marsad.workspace.leader import leader_page

    publication = build.published_after_confirmation(build.opened(tmp_path), tmp_path)
    leader = leader_page(Desk(request=None, person=world.somebody("noor", roles=[(Role.LEADER, "")])))
    said = {
        code: one["verdict"]
        for (_league, best), channels in decided(publication.code).items()
        if not best
        for code, one in channels.items()
    }
    assert leader.last == {code for code, verdict in said.items() if verdict not in (Verdict.INSEPARABLE, Verdict.NONE)}
    assert Verdict.NAMED in {said[code] for code in leader.last}
    held = {entry.code for entry in leader.rated if entry.limits}
    rows = leader.attention(width=880).table.rows
    names = {entry.name["en"]: entry.code for entry in leader.rated} | {entry.name["ar"]: entry.code for entry in leader.rated}
    assert {names[cell] for row in rows for cell in row if cell in names} == leader.last | held
