"""Verification: all that was published as a chain of seals, the bundles and keys to check it with, and how to do so offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from marsad.core.problem import Problem
from marsad.ledger.bundle import open_bundle
from marsad.ledger.chain import Record, record_of, signature_seal, unlinked
from marsad.ledger.keyring import Keyring
from marsad.ledger.keys import key_id
from marsad.ledger.seals import BROKEN, Said, said
from marsad.public.pages import Page, title_of
from marsad.ratings.access import bundle_for, publications_for
from marsad.ratings.models import Publication
from marsad.web.charts import Figure, seals
from marsad.web.charts.seals import Seal, State
from marsad.web.texts import counted, noop, phrase

ONE = noop("{n} publication stands here; the chain of seals shows whether it is as it was signed.")
MANY = noop("{n} publications stand here; the chain of seals shows whether each is as it was signed.")

KEYS = "marsad-keys.pem"
"""What the file of the public keys is called."""


def keyring() -> Keyring:
    """Return the publisher's keys."""
    return Keyring(settings.MARSAD.signing_key)


@dataclass(frozen=True)
class Link:
    """A publication in the chain: its row, what its bundle says, and why it is not as it was signed, None where it is."""

    row: Publication
    record: Record | None
    wrong: Said | Problem | None


def links(rows: Iterable[Publication]) -> Iterator[Link]:
    """Yield publications, the oldest first, each looked at by itself: its bytes, its signature, its key."""
    keys = keyring()
    for row in rows:
        try:
            record = record_of(open_bundle(bundle_for(None, row)))
        except Problem as problem:
            yield Link(row, None, problem)
            continue
        seal = signature_seal(record, keys.public, keys.losses)
        changed = said("the fingerprint is not the one that was announced") if record.fingerprint != row.fingerprint else None
        yield Link(row, record, changed or (seal.clauses[0] if seal.state == BROKEN else None))


def chain_of(rows: Iterable[Publication], language: str) -> list[Seal]:
    """Return publications, the oldest first, as seals; after the first that is broken nothing is proved."""
    found = list(links(rows))
    broken_before = [None, *(broken_link(*pair) for pair in pairwise(found))]
    made: list[Seal] = []
    for link, between in zip(found, broken_before, strict=False):
        wrong = link.wrong or between
        open_ = any(one.state is not State.KEPT for one in made)
        state = State.BROKEN if wrong and not open_ else State.OPEN if open_ else State.KEPT
        made.append(seal_of(link.row, state, wrong if state is State.BROKEN else None, language))
    return made


def broken_link(before: Link, after: Link) -> Said | None:
    """Return why one publication does not follow right after another, None where it does or nobody can tell."""
    if before.record is None or after.record is None:
        return None
    if isinstance(before.record.publication, Said) or isinstance(after.record.publication, Said):
        return None
    return unlinked(before.record, after.record)


def seal_of(row: Publication, state: State, wrong: Said | Problem | None, language: str) -> Seal:
    """Return a publication as a seal."""
    with override(language):
        why = wrong.say(gettext).rstrip(".") if wrong else ""
    return Seal(row.identity, f"{row.at:%Y-%m-%d}", row.fingerprint, state, why)


@dataclass(frozen=True)
class Line:
    """A publication as a row: its number, name and cycle, when and with which key it was signed, and where its bundle is."""

    number: int
    identity: str
    cycle: SafeString
    day: str
    fingerprint: str
    key: str
    why: str
    corrects: str
    href: str


@dataclass(frozen=True)
class Verify:
    """What was published, and what it is checked with."""

    page: Page

    @cached_property
    def rows(self) -> list[Publication]:
        """Return all that was ever published, the oldest first."""
        return list(publications_for(None).order_by("number"))

    @property
    def sentence(self) -> SafeString:
        """Return how much was published."""
        return self.page.say(counted(ONE, MANY, len(self.rows)))

    @cached_property
    def picture(self) -> Figure:
        """Return the chain of seals."""
        chain = chain_of(self.rows, self.page.language)
        return Figure(partial(seals.chain, chain, language=self.page.language))

    @property
    def lines(self) -> list[Line]:
        """Return what was published as rows, the newest first."""
        return [
            Line(
                number=row.number,
                identity=row.identity,
                cycle=self.page.say(title_of(row.cycle)),
                day=f"{row.at:%Y-%m-%d}",
                fingerprint=row.fingerprint,
                key=row.key_id,
                why=row.why,
                corrects=row.corrects.identity if row.corrects else "",
                href=str(reverse("api:download_bundle", args=[row.code])),
            )
            for row in reversed(self.rows)
        ]

    @property
    def keys(self) -> list[str]:
        """Return the names of the public keys, that of the key that signs first."""
        return [key_id(key) for key in keyring().public]

    @property
    def keys_href(self) -> str:
        """Return where the public keys are."""
        return self.page.to("public_keys")

    @property
    def own_href(self) -> str:
        """Return its address."""
        return self.page.to("verify")

    @property
    def check_href(self) -> str:
        """Return where a bundle is checked."""
        return self.page.to("verify_check")

    @property
    def command(self) -> str:
        """Return the command that checks the newest bundle offline."""
        newest, before = self.rows[-1], self.rows[:-1]
        earlier = "".join(f" --previous {one.identity}.zip" for one in before)
        return f"marsad verify {newest.identity}.zip --key {KEYS}{earlier}"

    @property
    def can(self) -> list[SafeString]:
        """Return what everybody can prove with a public bundle alone."""
        return [self.page.say(phrase(one)) for one in CAN]

    @property
    def cannot(self) -> list[SafeString]:
        """Return what nobody but an auditor can prove."""
        return [self.page.say(phrase(one)) for one in CANNOT]


CAN = (
    noop("No file of the publication was changed, added or taken away since it was signed."),
    noop("The publisher's key signed it, and it follows the publication before it."),
    noop("Stars and scores follow from the published evidence by the standard, and probabilities from the same draws."),
)
CANNOT = (
    noop("The published evidence follows from the single answers: only auditors see these, since they tell of people."),
    noop("Cells of few answers are pooled or hidden, so that nobody is recognised; the check says how many."),
    noop("Nobody can prove from a bundle that the answers themselves are true."),
)
