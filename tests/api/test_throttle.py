"""Counts are one for all processes: whoever asks two servers at once is counted once for each request."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from marsad.api import throttle
from marsad.api.models import Asked


def ask(_number: int) -> bool:
    """Ask once, on a connection of one's own."""
    try:
        return throttle.within("guest", "192.0.2.1")
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_on_several_connections_are_all_counted(monkeypatch):
    monkeypatch.setattr(throttle, "PER_MINUTE", {"guest": 25})
    monkeypatch.setattr(throttle, "this_minute", lambda: 7)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers.count(True) == 25
    assert Asked.objects.get().times == 40


def test_minutes_that_are_over_are_forgotten(db, monkeypatch):
    monkeypatch.setattr(throttle, "this_minute", lambda: 7)
    throttle.within("guest", "a")
    monkeypatch.setattr(throttle, "this_minute", lambda: 8)
    throttle.within("guest", "a")
    assert throttle.forget_counts() == 1
    assert [one.minute for one in Asked.objects.all()] == [8]


def test_an_address_of_any_form_can_be_counted(db, rf):
    for place in ("2001:db8::1%eth0", "x" * 500, "", "a\0b"):
        request = rf.get("/")
        request.META["REMOTE_ADDR"] = place
        assert throttle.within("guest", throttle.place_of(request))


def test_the_tables_of_counts_are_not_logged(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r' ORDER BY relname")
        assert [name for (name,) in cursor.fetchall()] == ["api_asked", "shared_cache"]
