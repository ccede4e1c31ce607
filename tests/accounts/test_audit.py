"""The audit: one way in, none out, and what is changed behind its back is found."""

import doctest
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum

import pytest
from django.db import Error, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from marsad.accounts import chain, codes
from marsad.accounts.access import audit_for
from marsad.accounts.actions import Subject, check_audit, record
from marsad.accounts.chain import masked, plain
from marsad.accounts.models import Action, AuditEnd
from tests import world
from tests.world import LAND, NOW, PORT


class Colour(Enum):
    RED = "red"


def note(verb="note", *, by=None, on=None, entity_code=PORT, **more):
    on = on or Subject("cycle", "2026", entity_code)
    return record(by=by, verb=verb, on=on, before=None, after=more or None, at=NOW)


def tamper(statement, *values):
    """Do what a database administrator could: write around the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_action DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE accounts_action ENABLE TRIGGER USER")


def complaints():
    return [str(problem) for problem in check_audit()]


def test_the_examples_in_the_docstrings_hold():
    assert [doctest.testmod(module).failed for module in (chain, codes)] == [0, 0]


def test_an_entry_says_who_did_what_to_what_when_and_why(db):
    states = {"before": {"state": "draft"}, "after": {"state": "open"}}
    entry = record(by=world.aisha(), verb="open", on=Subject("cycle", "2026"), **states, at=NOW, why="ready")
    kept = Action.objects.get(number=entry.number)
    assert (kept.by, kept.verb, kept.kind, kept.object_code, kept.at) == (world.aisha(), "open", "cycle", "2026", NOW)
    assert (kept.before, kept.after, kept.why) == ({"state": "draft"}, {"state": "open"}, "ready")


def test_an_object_tells_its_kind_code_and_entity_itself(db):
    entry = record(by=None, verb="see", on=world.omar(), before=None, after=None, at=NOW)
    assert (entry.kind, entry.object_code, entry.entity_code) == ("person", world.omar().code, "")
    assert list(Action.objects.about(world.omar())) == [entry]
    assert note(entity_code=LAND).entity_code == LAND


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_action SET why = 'other'",
        "DELETE FROM accounts_action",
        "DELETE FROM accounts_auditend",
        "UPDATE accounts_auditend SET number = 7",
        "UPDATE accounts_auditend SET hash = 'other'",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(db, statement):
    note()
    with pytest.raises(Error, match="the audit only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["accounts_action", "accounts_auditend"])
def test_the_database_refuses_to_empty_the_audit(db, table):
    note()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER audit_is_not_emptied")
        with pytest.raises(Error, match="the audit only grows"):
            cursor.execute(f"TRUNCATE {table}")


def test_an_entry_read_and_saved_again_is_refused(db):
    note()
    entry = Action.objects.get()
    with pytest.raises(Error, match="the audit only grows"), transaction.atomic():
        entry.save()


def test_an_untouched_audit_is_whole(db):
    for number in range(3):
        note(number=number)
    assert complaints() == []
    assert [entry.number for entry in Action.objects.all()] == [1, 2, 3]


def test_an_empty_audit_is_whole(db):
    assert complaints() == []


@pytest.mark.parametrize(
    "change",
    [
        "after = '{\"number\": 9}'",
        "verb = 'other'",
        "object_code = 'other'",
        "entity_code = 'other'",
        "at = at + interval '1 microsecond'",
        "sealed = NOT sealed",
        "why = 'because'",
        "before = '{}'",
        "by_id = NULL",
        "kind = 'other'",
    ],
)
def test_a_changed_entry_is_found(db, change):
    for number in range(3):
        note(number=number, by=world.aisha())
    tamper(f"UPDATE accounts_action SET {change} WHERE number = 2")
    [complaint] = complaints()
    assert "entry 2 of the audit" in complaint
    assert "not as it was written" in complaint


def test_an_entry_changed_together_with_its_own_fingerprint_is_found_by_the_next(db):
    for number in range(3):
        note(number=number)
    entry = Action.objects.get(number=2)
    entry.verb = "other"
    forged = chain.fingerprint(Action.objects.get(number=1).hash, entry.content())
    tamper("UPDATE accounts_action SET verb = 'other', hash = %s WHERE number = 2", forged)
    [complaint] = complaints()
    assert "entry 3 of the audit, or entry 2 before it" in complaint


def test_the_last_entry_changed_together_with_its_own_fingerprint_is_found_by_the_end(db):
    note()
    entry = Action.objects.get()
    entry.verb = "other"
    tamper("UPDATE accounts_action SET verb = 'other', hash = %s", chain.fingerprint(chain.START, entry.content()))
    [complaint] = complaints()
    assert "does not end with entry 1 as it was written" in complaint


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("number = 1", "entry 1 of the audit is missing."),
        ("number = 2", "entry 2 of the audit is missing."),
        ("number = 4", "entry 4 of the audit is missing."),
        ("number IN (2, 3)", "entries 2 to 3 of the audit are missing."),
        ("number > 2", "entries 3 to 4 of the audit are missing."),
        ("true", "entries 1 to 4 of the audit are missing."),
    ],
)
def test_a_removed_entry_is_found(db, gone, said):
    for number in range(4):
        note(number=number)
    tamper(f"DELETE FROM accounts_action WHERE {gone}")
    [complaint] = complaints()
    assert complaint == said


def test_an_entry_put_in_by_another_way_is_found(db):
    note()
    entry = Action.objects.get()
    entry.number = 2
    entry.save(force_insert=True)
    [complaint] = complaints()
    assert "came in by another way" in complaint


def test_an_entry_is_gone_with_the_transaction_that_wrote_it(db):
    with transaction.atomic():
        note()
        transaction.set_rollback(True)
    assert not Action.objects.exists()
    assert note().number == 1
    assert complaints() == []


def test_two_that_record_at_once_wait_for_each_other(transactional_db):
    from concurrent.futures import ThreadPoolExecutor

    def some():
        try:
            for _turn in range(10):
                note()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(some) for _thread in range(4)]:
            done.result()
    assert [entry.number for entry in Action.objects.all()] == list(range(1, 41))
    assert AuditEnd.objects.get().number == 40
    assert complaints() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters()),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(st.characters()), parts, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def one_database(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@given(before=JSON)
def test_whatever_is_recorded_has_the_same_fingerprint_when_read_back(one_database, before):
    entry = note(value=before)
    kept = Action.objects.get(number=entry.number)
    assert chain.fingerprint("", kept.content()) == chain.fingerprint("", entry.content())


def test_moments_enumerations_and_sets_are_kept_as_plain_values():
    at = datetime(2026, 1, 1, 4, tzinfo=timezone(timedelta(hours=4)))
    given = {"at": at, "day": date(2026, 1, 1), "colour": Colour.RED, "all": {2, 1}, "pair": (1, 2.0)}
    kept = {"at": "2026-01-01T00:00:00+00:00", "day": "2026-01-01", "colour": "red", "all": [1, 2], "pair": [1, 2]}
    assert plain(given) == kept


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValueError, match="cannot stand in the audit"):
        plain(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("omar@port.example", "o***@port.example"),
        ("write to omar@port.example, please", "write to o***@port.example, please"),
        ("+971501234567", "***67"),
        ("050-123 4567", "***67"),
        ("٠٥٠١٢٣٤٥٦٧", "***٦٧"),
        ("2026-11-21T08:00:00+00:00", "2026-11-21T08:00:00+00:00"),
        ("01kaqz3g000000000000000000", "01kaqz3g000000000000000000"),
        ({"phone": "1234"}, {"phone": "***"}),
        ({"email": None}, {"email": None}),
        ([{"email": "a@b.example"}], [{"email": "a***@b.example"}]),
        (3, 3),
    ],
)
def test_addresses_and_telephone_numbers_are_masked(value, shown):
    assert masked(value) == shown


def test_personal_data_are_masked_where_the_object_is_a_person_and_only_there(db):
    personal = record(by=None, verb="x", on=world.omar(), before={"email": "o@p.example"}, after=None, at=NOW, why="o@p.example")
    other = record(by=None, verb="x", on=Subject("entity", PORT), before={"email": "info@p.example"}, after=None, at=NOW)
    assert (personal.before, personal.why) == ({"email": "o***@p.example"}, "o***@p.example")
    assert other.before == {"email": "info@p.example"}


def test_the_programme_team_sees_all_of_the_audit_and_everybody_their_own(db):
    cast = world.everybody()
    entries = {name: note(by=getattr(cast, name), entity_code="") for name in cast._fields}
    assert set(audit_for(cast.aisha)) == set(entries.values())
    for name in ("omar", "salem", "lin", "mariam", "huda", "noor", "charlie"):
        assert list(audit_for(getattr(cast, name))) == [entries[name]]


def test_a_champion_sees_the_audit_of_their_own_entity_only(db):
    cast = world.everybody()
    at_port, at_land, central = note(entity_code=PORT), note(entity_code=LAND), note(entity_code="")
    assert list(audit_for(cast.omar)) == [at_port]
    assert list(audit_for(cast.salem)) == [at_land]
    assert central not in audit_for(cast.omar)


def test_an_adviser_of_an_entity_does_not_see_its_audit(db):
    from marsad.core.lifecycle import Role

    note(entity_code=PORT)
    assert not audit_for(world.somebody("zaid", roles=[(Role.ADVISER, PORT)])).exists()


def test_an_auditor_sees_all_but_what_would_name_a_shopper(db):
    cast = world.everybody()
    seen = [note(by=cast.lin), note(on=cast.omar, by=cast.aisha)]
    note(by=cast.mariam)
    note(on=cast.mariam, by=cast.aisha)
    assert list(audit_for(cast.rashid)) == seen
    assert list(audit_for(cast.omar).by(cast.mariam)) == []


def test_what_somebody_did_who_once_shopped_stays_sealed(db):
    from marsad.core.lifecycle import Role

    former = world.somebody("former", roles=[(Role.SHOPPER, "")])
    former.memberships.update(until=NOW - timedelta(days=1))
    assert note(by=former).sealed


def test_codes_sort_by_time_and_have_one_form():
    early, late = (codes.new_code(datetime(year, 1, 1, tzinfo=UTC), b"\xff" * 10) for year in (2026, 2027))
    assert early < late
    assert len(early) == codes.LENGTH
    with pytest.raises(ValueError, match="takes 10 random bytes"):
        codes.new_code(NOW, b"")
