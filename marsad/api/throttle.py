"""How often somebody may ask: counted by token, person or network address, a minute at a time."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from marsad.accounts.signin import client_address

MINUTE = 60
PER_MINUTE = {"guest": 240, "known": 1200, "write": 120, "failed": 30}
"""How many requests a minute: without a token, with one, those that write, and attempts with a wrong token."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def seconds_left() -> int:
    """Return how long the minute that is being counted still lasts."""
    return MINUTE - int(time.time()) % MINUTE


def within(kind: str, who: str) -> bool:
    """Count a request, and return whether it is among those allowed this minute."""
    key = f"api-{kind}-{who}-{int(time.time()) // MINUTE}"
    cache.add(key, 0, 2 * MINUTE)
    try:
        return int(cache.incr(key)) <= PER_MINUTE[kind]
    except ValueError:  # the cache threw it out between the two lines
        return True


def place_of(request: HttpRequest) -> str:
    """Return the network address a request is counted by; characters no cache's key may hold are left out."""
    return "".join(one for one in client_address(request) or "" if one.isalnum() or one in ".:")


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
