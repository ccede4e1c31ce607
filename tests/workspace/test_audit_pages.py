"""The audit as people read it: each their own part, filtered, in words, whole or broken, and as a file."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from marsad.accounts import actions
from marsad.accounts.audit import check_audit
from marsad.accounts.models import Action
from marsad.core.lifecycle import Role
from marsad.workspace.audit import chain_words, changes_of, shown
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def deeds(country):
    """What Aisha did in both entities, and to a shopper."""
    now = timezone.now()
    yusuf, reem = (world.somebody(name, roles=[]) for name in ("yusuf", "reem"))
    actions.give_role(by=world.aisha(), person=yusuf, role=Role.ADVISER, entity_code=world.PORT, at=now, why="for the port")
    actions.give_role(by=world.aisha(), person=reem, role=Role.ADVISER, entity_code=world.LAND, at=now, why="for the land")
    actions.end_role(by=world.aisha(), membership=world.mariam().memberships.get(), at=now, why="no longer shops")


def rows(answer):
    """Return the body of the table of a page."""
    return answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]


def test_the_programme_sees_all_of_it_in_words(deeds, work):
    found = rows(work("aisha").get("audit/"))
    assert all(said in found for said in ("for the port", "for the land", "no longer shops", "Gave a role", "Service adviser"))


def test_an_auditor_sees_all_but_what_names_a_shopper(deeds, work):
    found = rows(work("rashid").get("audit/"))
    assert "for the land" in found
    assert "no longer shops" not in found


def test_a_champion_sees_what_was_done_in_their_entity(deeds, work):
    found = rows(work("omar").get("audit/"))
    assert "for the port" in found
    assert "for the land" not in found
    assert "no longer shops" not in found


def test_who_holds_no_role_sees_their_own_deeds_alone(deeds, work):
    said = work("charlie").text("audit/")
    assert "for the port" not in said
    assert "Nothing has been done yet" in said
    assert "Show all" not in said, "there is nothing to look for"


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ({"entity": world.LAND}, "for the land", "for the port"),
        ({"verb": "end_role"}, "no longer shops", "for the port"),
        ({"by": "aisha"}, "for the port", "No entry is like this"),
        ({"by": "omar"}, "No entry is like this", "for the port"),
        ({"kind": "person", "object": "yusuf"}, "for the port", "for the land"),
        ({"to": "2020-01-01"}, "No entry is like this", "for the port"),
        ({"from": "2020-01-01"}, "for the port", "No entry is like this"),
        ({"from": "no day", "to": "2020-02-31"}, "for the port", "No entry is like this"),
    ],
)
def test_it_is_filtered(asked, there, gone, deeds, work):
    page = work("aisha").get("audit/", **asked).content.decode()
    assert there in page
    assert gone not in page


def test_todays_entries_are_among_those_up_to_today(deeds, work):
    today = timezone.localdate()
    assert "for the port" in work("aisha").text("audit/", to=today.isoformat())
    assert "for the port" not in work("aisha").text("audit/", to=(today - timedelta(days=1)).isoformat())


def test_an_entry_that_one_may_not_see_is_not_there(deeds, work):
    sealed = Action.objects.get(verb="end_role")
    assert work("rashid").get(f"audit/{sealed.number}/").status_code == 404
    assert "no longer shops" in work("aisha").text(f"audit/{sealed.number}/")


def test_the_file_holds_what_the_page_shows_and_no_more(deeds, work):
    answer = work("omar").get("audit.csv", verb="give_role")
    lines = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    assert [line["why"] for line in lines] == ["for the port"]
    assert lines[0]["hash"] == Action.objects.get(why="for the port").hash


def test_the_file_runs_no_formula(deeds, work):
    actions.give_role(by=world.aisha(), person=world.charlie(), role=Role.LEADER, at=timezone.now(), why="=1+1")
    answer = work("aisha").get("audit.csv")
    assert "'=1+1" in b"".join(answer.streaming_content).decode()


def test_pages_of_fifty(deeds, work):
    for _ in range(60):
        actions.record(by=world.aisha(), verb="sign_in", on=world.aisha(), before=None, after=None, at=timezone.now())
    first, second = (rows(work("aisha").get("audit/", page=page)) for page in (1, 2))
    assert first.count("<tr>") == 50
    assert "for the port" not in first
    assert "for the port" in second


def test_a_whole_chain_is_said_to_be_whole(deeds, work):
    assert "The chain is whole" in work("rashid").text("audit/chain/")
    assert work("omar").get("audit/chain/").status_code == 404


def test_a_broken_chain_is_said_with_its_place(deeds):
    from django.db import connection

    entry = Action.objects.get(why="for the port")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE accounts_action SET why = 'nothing' WHERE number = %s", [entry.number])
    is_whole, sentence, faults = chain_words(check_audit())
    assert not is_whole
    assert str(entry.number) in faults[0]
    assert sentence


def test_only_what_changed_is_shown():
    found = list(changes_of({"state": "draft", "code": "a"}, {"state": "open", "code": "a", "file": ""}))
    assert [change.after for change in found] == [shown("open", "state")]


def test_long_values_are_cut_and_marks_of_html_are_not():
    assert "<b>" not in shown("<b>bold</b>")
    assert shown("x" * 64) == "<code>xxxxxxxxxxxx…</code>"
    assert shown(["a"] * 20).count("<bdi>a</bdi>") == 8
