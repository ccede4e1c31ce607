"""The published cycles, as every reader sees them: whoever asks gets the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from marsad.accounts.access import NotFound
from marsad.ratings.access import newest_publications
from marsad.ratings.board import Board, board_of
from marsad.ratings.models import Cycle, Publication

RARELY_READ = ("run__scope", "run__facts", "run__evidence", "run__notes")
"""What of a run is long, and read only where a page is drawn."""
STATE = """
SELECT (SELECT max(id) FROM ratings_publication), (SELECT max(number) FROM accounts_action WHERE kind = 'cycle')
"""


@dataclass(frozen=True)
class Edition:
    """A published cycle: its newest publication and the board of what that publishes."""

    publication: Publication

    @property
    def cycle(self) -> Cycle:
        """Return the cycle."""
        return self.publication.cycle

    def covers(self, channel: str) -> bool:
        """Whether the channel of this code was rated in it."""
        return channel in self.publication.run.scope

    @property
    def board(self) -> Board:
        """Return the results as published."""
        return board_of(self.publication.run, disclosed=True)


def editions() -> tuple[Edition, ...]:
    """Return the published cycles, the one that opened last first; read once for as long as nothing happens to a cycle."""
    with connection.cursor() as cursor:
        last_publication, last_action = cursor.execute(STATE).fetchone()
    return kept_editions(last_publication, last_action)


@lru_cache(maxsize=4)
def kept_editions(last_publication: int | None, last_action: int | None) -> tuple[Edition, ...]:
    """Return the published cycles as they are after a publication and an entry of the audit."""
    found = newest_publications().select_related("cycle", "run", "run__standard").defer(*RARELY_READ)
    return tuple(Edition(one) for one in sorted(found, key=when, reverse=True))


def when(publication: Publication) -> tuple[str, int]:
    """Return what cycles are in order by: the day they opened, then the number of their publication."""
    opened = publication.cycle.opens_on
    return (opened.isoformat() if opened else "", publication.number)


def edition_of(code: str | None = None) -> Edition:
    """Return the published cycle of this code, the newest where none is named; raises NotFound where there is none."""
    return among(editions(), code)


def among(found: tuple[Edition, ...], code: str | None) -> Edition:
    """Return the edition of this code among some, the first where none is named; raises NotFound where there is none."""
    for edition in found:
        if code is None or edition.cycle.code == code:
            return edition
    raise NotFound("cycle")
