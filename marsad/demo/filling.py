"""The nation put into the platform, by the actions that people take: two cycles to their publication, one under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction

from marsad.api import work
from marsad.catalogue.merge import tidied
from marsad.catalogue.write import lock, put
from marsad.core.lifecycle import Role
from marsad.demo.aftermath import Aftermath
from marsad.demo.again import again
from marsad.demo.cast import add, add_first, cast, holder
from marsad.demo.led import Led
from marsad.demo.nation import Nation, moment
from marsad.ledger.keys import new_key
from marsad.ratings import actions
from marsad.ratings.confirming import NobodyError, drawn_for
from marsad.ratings.models import Job
from marsad.ratings.orders import INTEGRITY
from marsad.ratings.running import perform

MORNING, EVENING = 8, 18
MODERATED, HEARD, CONFIRMED, APPROVED = 7, 21, 26, 3
"""Days after the closing until moderation and hearing begin and the second wave is there; and days before the publication on
which the council approves."""
CLOSED = timedelta(days=61)
"""How long after its publication a cycle is closed, if another follows it."""


@dataclass(frozen=True)
class Step:
    """A part of the work: what is said while it is done, and how to do it."""

    words: str
    do: Callable[[], object]


def steps(nation: Nation, imports: Mapping[str, Sequence[str]]) -> list[Step]:
    """Return all that is to be done in an empty database, in order; `imports` are those of the lake by cycle."""
    found = [Step("keys", make_key), *people(nation), Step("catalogue", partial(put_register, nation))]
    for cycle in nation.fields:
        found += [Step(f"{cycle}: {words}", do) for words, do in Edition(nation.made, cycle, nation, imports[cycle]).steps()]
    return [*found, Step("looking into the results", look_into_runs)]


def make_key() -> None:
    """Make the key that signs publications, unless an earlier start did."""
    path = settings.MARSAD.signing_key
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        new_key(path)


def look_into_runs() -> None:
    """Do what the worker would do first of all once the demo is served, while somebody looks around."""
    for code in Job.objects.filter(kind=INTEGRITY, state__in=Job.LIVE).values_list("code", flat=True):
        work.perform(code)


def people(nation: Nation) -> Iterator[Step]:
    """Yield the coming of everybody."""
    joined = moment(nation.made["people"]["joined"], MORNING)
    yield Step("people", partial(add_first, nation.made, joined))
    for one in list(cast(nation.made))[1:]:
        yield Step("people", partial(add, nation.made, one, joined))


def put_register(nation: Nation) -> None:
    """Put the register into the catalogue."""
    register = nation.register
    tables = {"region": register.regions, "entity": register.entities, "service": register.services, "channel": register.channels}
    with transaction.atomic():
        lock()
        for table, cards in tables.items():
            put(table, [tidied(card) for card in cards])


@dataclass(frozen=True)
class Edition(Led):
    """One cycle on its way: where it is, who moves it, and on which days."""

    nation: Nation
    imports: Sequence[str]

    def steps(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield the way of the cycle, to its publication where its field period is over."""
        plan = self.nation.fields[self.code].cycle
        seen, published = moment(plan["until"], EVENING), plan.get("published")
        yield "announcing", partial(self.announce, plan)
        yield "opening", partial(self.move, "open", moment(plan["opens"], MORNING))
        yield "evidence", partial(self.take, seen)
        yield "rating", partial(self.rate, seen)
        if published:
            yield from self.to_publication(plan["closes"], published)

    def to_publication(self, closes: date, published: date) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield the way from the lock to the publication, and to the end where another cycle follows whose results are out."""
        yield "locking", partial(self.move, "lock", moment(closes + timedelta(days=1), MORNING))
        yield "drawing", partial(self.draw, moment(closes + timedelta(days=2), MORNING))
        yield "moderating", partial(self.move, "moderate", moment(closes + timedelta(days=MODERATED), MORNING))
        yield "hearing", partial(self.move, "hear", moment(closes + timedelta(days=HEARD), MORNING))
        confirmed = moment(closes + timedelta(days=CONFIRMED), EVENING)
        yield "confirming", partial(self.confirm, confirmed)
        yield "rating again", partial(self.rate, confirmed)
        yield "replying", partial(self.aftermath.reply, confirmed + timedelta(days=1))
        yield "approving", partial(self.approve, moment(published - timedelta(days=APPROVED), MORNING))
        yield "publishing", partial(self.publish, moment(published, MORNING))
        if self.is_followed(published):
            yield "curing", partial(self.move, "cure", moment(published + timedelta(days=1), MORNING))
        yield "opening cures", partial(self.aftermath.open, moment(published + timedelta(days=1), MORNING))
        yield "rewarding", partial(self.aftermath.reward, published + timedelta(days=3))
        yield "mending", partial(self.aftermath.mend, left=0 if self.is_followed(published) else 1)
        if self.is_followed(published):
            yield "closing", partial(self.move, "close", moment(published, MORNING) + CLOSED)

    def is_followed(self, published: date) -> bool:
        """Whether a later cycle is published too."""
        others = (field.cycle.get("published") for field in self.nation.fields.values())
        return any(other > published for other in others if other)

    def announce(self, plan: Mapping[str, object]) -> None:
        """Announce the cycle over every channel of the kinds that its standard rates."""
        field, at = self.nation.fields[self.code], moment(plan["announced"], MORNING)
        cycle = actions.announce_cycle(
            by=self.lead,
            code=self.code,
            title_ar=field.cycle["title"]["ar"],
            title_en=field.cycle["title"]["en"],
            standard=field.cycle.get("standard", self.made["standard"]),
            at=at,
            announced_on=field.cycle["announced"],
            opens_on=field.cycle["opens"],
            closes_on=field.cycle["closes"],
            seed=self.nation.size.seed,
        )
        actions.cover(by=self.lead, cycle=cycle, at=at, kinds=self.nation.standard.scheme.kinds)

    @property
    def aftermath(self) -> Aftermath:
        """Return what the cycle leads to."""
        return Aftermath(self.made, self.code, self.nation.size.seed)

    def move(self, verb: str, at: datetime) -> None:
        """Move the cycle on."""
        actions.move_cycle(by=self.lead, cycle=self.cycle, verb=verb, at=at)

    def take(self, at: datetime) -> None:
        """Link what the lake holds, and state which breaches were upheld."""
        for entry in self.imports:
            actions.link_evidence(by=self.lead, cycle=self.cycle, at=at, lake_import=entry)
        actions.state_facts(by=self.lead, cycle=self.cycle, at=at, facts=self.nation.facts(self.code))

    def rate(self, at: datetime) -> None:
        """Rate the cycle as it is."""
        run = actions.ask_for_run(by=self.lead, cycle=self.cycle, at=at)
        perform(run.code, clock=lambda: at)

    def draw(self, at: datetime) -> None:
        """Draw who is visited again; a small nation may have nobody to confirm."""
        with suppress(NobodyError):
            actions.draw_round(by=self.lead, cycle=self.cycle, at=at)

    def confirm(self, at: datetime) -> None:
        """Bring the second wave."""
        drawn = set(drawn_for(self.cycle).values_list("channel__code", flat=True))
        if drawn:
            rows = list(again(self.nation, self.code, drawn))
            actions.confirm_evidence(by=self.lead, cycle=self.cycle, at=at, brought=actions.Brought(rows=rows))

    def approve(self, at: datetime) -> None:
        """Have the council approve what the last run found."""
        actions.approve(by=holder(self.made, Role.COUNCIL), cycle=self.cycle, at=at)

    def publish(self, at: datetime) -> None:
        """Publish, signed and chained."""
        actions.publish_cycle(by=self.lead, cycle=self.cycle, at=at)


def empty_database() -> None:
    """Take everything out of the database, tables and all; killed in the middle, nothing is out."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
