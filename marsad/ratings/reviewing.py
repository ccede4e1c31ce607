"""Re-reviews: opened where a channel changed more than chance explains, looked into, and confirmed or explained."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.lifecycle import REVIEW, REVIEWING, Role
from marsad.core.problem import Problem, Sentence
from marsad.lake.numbers import shown
from marsad.ratings.access import SEES_EVERYTHING, NotFound, entities_of, require_may, roles_of
from marsad.ratings.intake import fresh_code
from marsad.ratings.models import Cycle, Run
from marsad.ratings.states import held
from marsad.ratings.watched import Review, ReviewQuerySet
from marsad.ratings.watching import Change, watch_of

LONGEST = 5000
"""Characters of a reason or a note."""
REVIEW_SEERS = SEES_EVERYTHING | {Role.CHAMPION}
"""Who looks at re-reviews, each at their part of them."""


def reviews_for(person: Person, at: datetime | None = None) -> ReviewQuerySet:
    """Return the re-reviews that a person may see: all, who leads or checks; those of their own channels, a champion."""
    rows = Review.objects.select_related("cycle", "channel__entity", "opened_by")
    if roles_of(person, at) & SEES_EVERYTHING:
        return rows
    return rows.filter(channel__entity__code__in=entities_of(person, at))


def review_for(person: Person, cycle: str, channel: str, at: datetime | None = None) -> Review:
    """Return the re-review of a channel in a cycle; raises NotFound."""
    known = "\0" not in cycle + channel
    found: Review | None = reviews_for(person, at).filter(cycle__code=cycle, channel__code=channel).first() if known else None
    if found is None:
        raise NotFound("review")
    return found


def open_marked(run: Run, at: datetime) -> list[Review]:
    """Open a re-review of every channel whose change a run marks, in the transaction under way; those opened before stay."""
    there = set(Review.objects.filter(cycle=run.cycle).values_list("channel__code", flat=True))
    marked = {one.entry.code: one for one in watch_of(run).marked if one.entry.code not in there}
    channels = Channel.objects.filter(code__in=marked).select_related("entity").order_by("code")
    return [put(run.cycle, channel, at, run=run, change=marked[channel.code]) for channel in channels]


def open_review(*, by: Person, cycle: Cycle, channel: str, at: datetime, why: str) -> Review:
    """Open the re-review of a covered channel for a reason; raises Problem where there is one already."""
    require_may("review", by, at)
    refuse_text(why, "why")
    with transaction.atomic():
        cycle = held(cycle)
        covered = cycle.covered.filter(channel__code=channel).select_related("channel__entity").first()
        if covered is None:
            what = Sentence("the cycle does not cover {code}", code=shown(channel))
            raise Problem(what, column="channel", remedy=Sentence("correct its code, or cover it first"))
        if Review.objects.filter(cycle=cycle, channel=covered.channel).exists():
            what = Sentence("a re-review of {code} is there already", code=shown(channel))
            raise Problem(what, column="channel", remedy=Sentence("add to that one"))
        return put(cycle, covered.channel, at, by=by, why=why, run=cycle.current_run)


def put(
    cycle: Cycle,
    channel: Channel,
    at: datetime,
    *,
    run: Run | None,
    by: Person | None = None,
    why: str = "",
    change: Change | None = None,
) -> Review:
    """Add a re-review, with its entry in the audit."""
    found = {name: round(getattr(change, name), 6) for name in ("before", "after", "change", "z")} if change else {}
    review: Review = Review.objects.create(
        code=fresh_code(at),
        cycle=cycle,
        channel=channel,
        run=run,
        found=found,
        why=why.strip(),
        opened_by=by,
        opened_at=at,
        since=at,
    )
    after = {"cycle": cycle.code, "channel": channel.code, **found}
    record(by=by, verb="open_review", on=review, before=None, after=after, at=at, why=why)
    return review


def move_review(*, by: Person, review: Review, verb: str, at: datetime, note: str = "") -> Review:
    """Move a re-review on: look into it, confirm it or explain it; its end needs a note on what was found."""
    require_may("review", by, at)
    with transaction.atomic():
        review = Review.objects.select_for_update(of=("self",)).select_related("cycle", "channel__entity").get(pk=review.pk)
        before, state = review.state, REVIEW.after(review.state, verb, by.roles_in("", at))
        if state not in REVIEWING or note.strip():
            refuse_text(note, "note")
        review.state, review.since, review.note = state, at, note.strip() or review.note
        review.save(update_fields=["state", "since", "note"])
        after = {"state": state, "note": review.note}
        record(by=by, verb="move_review", on=review, before={"state": before}, after=after, at=at, why=note)
    return review


def refuse_text(text: str, column: str) -> None:
    """Raise Problem for a reason or a note that says nothing, or too much."""
    if not text.strip():
        raise Problem(
            Sentence("this needs words"), column=column, remedy=Sentence("say what was seen, for those who read the audit")
        )
    if len(text) > LONGEST:
        what = Sentence("this has {n} characters", n=len(text))
        raise Problem(what, column=column, remedy=Sentence("shorten it to {most}", most=LONGEST))
