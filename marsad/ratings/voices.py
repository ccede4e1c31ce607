"""What people wrote about a channel: whole for the champions of its entity, masked for everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, override

from marsad.core.masking import ACCOUNT, CARD, EMAIL, IDENTITY, NAME, NUMBER, PHONE, masked
from marsad.lake.comments import newest_comments
from marsad.ratings.access import Guest, entities_of
from marsad.ratings.models import Cycle
from marsad.ratings.setup import the_lake
from marsad.web.texts import Words, counted, noop, phrase

MASKS = {
    EMAIL: noop("[e-mail]"),
    IDENTITY: noop("[ID number]"),
    ACCOUNT: noop("[account number]"),
    CARD: noop("[card number]"),
    PHONE: noop("[phone]"),
    NUMBER: noop("[number]"),
    NAME: noop("[name]"),
}
"""What stands in place of what identifies people."""


@dataclass(frozen=True)
class Voice:
    """What somebody wrote, in its language, when and by which source."""

    text: str
    language: str
    at: datetime
    source: str


@dataclass(frozen=True)
class Voices:
    """The newest comments on a channel, of `n`; `whole` where nothing in them is masked."""

    newest: tuple[Voice, ...]
    n: int
    whole: bool

    @property
    def sentence(self) -> Words:
        """Return how many there are, and what is done to them."""
        if not self.newest:
            return phrase("Nobody has written anything here, or too few have for it to be shown.")
        if self.whole:
            return counted(
                "{n} comment, in whole: it is for your entity alone.",
                "{n} comments, the newest first and in whole: they are for your entity alone.",
                self.n,
            )
        return counted(
            "{n} comment; names, numbers and addresses of people are masked.",
            "{n} comments, the newest first; names, numbers and addresses of people are masked.",
            self.n,
        )


def voices_for(
    person: Guest,
    cycle: Cycle,
    channel: str,
    entity: str,
    *,
    most: int,
    until: datetime | None = None,
    at: datetime | None = None,
) -> Voices:
    """Return the newest comments on a channel of an entity, of those written until a moment, as a person may read them.

    Outside the entity they are masked, and none is shown where there are fewer than the cycle lets be told of.
    """
    whole = entity in entities_of(person, at)
    found, n = newest_comments(the_lake(), cycle=cycle.code, subject=channel, most=most, until=until)
    if not whole and n < cycle.least:
        return Voices((), 0, whole)
    columns = (found[name].tolist() for name in ("text", "language", "at", "source"))
    voices = [
        Voice(text if whole else masked_in(text, code), code, at, source) for text, code, at, source in zip(*columns, strict=True)
    ]
    return Voices(tuple(voices), n, whole)


def masked_in(text: str, language: str) -> str:
    """Return a comment without what identifies people, in its own language."""
    with override(language):
        return masked(text, {kind: gettext(word) for kind, word in MASKS.items()})
