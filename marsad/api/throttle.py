"""How often somebody may ask: counted by token, person or network address, a minute at a time, by all processes together."""

from __future__ import annotations

import time

from django.db import connection
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from marsad.accounts.signin import client_address
from marsad.api.models import Asked

MINUTE = 60
PER_MINUTE = {"guest": 240, "known": 1200, "write": 120, "failed": 30}
"""How many requests a minute: without a token, with one, those that write, and attempts with a wrong token."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})
COUNT = f"""INSERT INTO {Asked._meta.db_table} AS asked (who, minute, times) VALUES (%s, %s, 1)
ON CONFLICT (who, minute) DO UPDATE SET times = asked.times + 1 RETURNING times"""
"""Adds one and returns the sum, in one step: two who ask at once are both counted."""


def seconds_left() -> int:
    """Return how long the minute that is being counted still lasts."""
    return MINUTE - int(time.time()) % MINUTE


def within(kind: str, who: str) -> bool:
    """Count a request, and return whether it is among those allowed this minute."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [f"{kind}-{who}", this_minute()])
        [times] = cursor.fetchone()
    return int(times) <= PER_MINUTE[kind]


def this_minute() -> int:
    """Return the number of the minute that is being counted."""
    return int(time.time()) // MINUTE


def forget_counts() -> int:
    """Drop what was counted in minutes that are over, and return how many counts these were."""
    dropped, _each = Asked.objects.filter(minute__lt=this_minute()).delete()
    return dropped


def place_of(request: HttpRequest) -> str:
    """Return the network address a request is counted by."""
    return (client_address(request) or "").replace("\0", "")[:64]


class EveryMinute(BaseThrottle):
    """Counts every request once it is known whom it comes from."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether this request is among those allowed this minute."""
        caller = getattr(request, "auth", None)
        who = caller.who if caller and caller.person else ""
        fine = within("known" if who else "guest", who or place_of(request))
        return fine and (request.method in READS or within("write", who or place_of(request)))

    def wait(self) -> float:
        """Return after how many seconds to ask again."""
        return seconds_left()
