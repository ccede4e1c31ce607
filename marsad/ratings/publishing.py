"""Approved, frozen, signed, chained and written out; a correction is a new publication that names the old one."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from marsad.accounts.audit import record
from marsad.accounts.models import Action, Person
from marsad.core.disclosure import Policy
from marsad.core.memory import remembering
from marsad.core.posterior import Progress
from marsad.core.problem import Problem, Sentence
from marsad.core.rating import Rating
from marsad.ledger import AUDITOR, PUBLIC, Approval, Frozen, Meta, Reply, freeze, verify, write_bundle
from marsad.ledger.freeze import SECRET_SIZE
from marsad.ledger.keyring import Keyring
from marsad.ledger.publication import Signature
from marsad.ratings.access import require_may
from marsad.ratings.intake import fresh_code
from marsad.ratings.models import PUBLISHED, Cycle, Publication, Run
from marsad.ratings.replying import replies_of
from marsad.ratings.results import first_difference, store
from marsad.ratings.rows import write_rows
from marsad.ratings.running import present_run
from marsad.ratings.setup import Setup, reckon, setup_of_run, wave_of
from marsad.ratings.shelf import bundle_of, name_of, place_for
from marsad.ratings.states import bring, held, require_move, require_state
from marsad.standards import Text

CORRECTING = Sentence("correcting the publication")
LOCK = int.from_bytes(b"marsad.p")
"""The advisory lock that whoever publishes holds until their transaction ends."""


def approve(*, by: Person, cycle: Cycle, at: datetime, why: str = "") -> Cycle:
    """Approve a cycle: there must be a finished run over exactly the evidence as it is, and from now on nothing changes."""
    with transaction.atomic():
        cycle = held(cycle)
        before, state = cycle.state, require_move(cycle, "approve", by, at)
        run = present_run(cycle)
        bring(cycle, state, at)
        after = {"state": state, "run": run.code, "inputs": run.inputs}
        record(by=by, verb="approve_cycle", on=cycle, before={"state": before}, after=after, at=at, why=why)
    return cycle


def publish_cycle(*, by: Person, cycle: Cycle, at: datetime, progress: Progress | None = None, why: str = "") -> Publication:
    """Publish an approved cycle: freeze, sign, chain to the last publication, write the bundles, show the results to all."""
    code = fresh_code(at)
    with place_for(code) as folder, transaction.atomic():
        cycle = held(cycle)
        before, state = cycle.state, require_move(cycle, "publish", by, at)
        draft = Draft(cycle, present_run(cycle), code, at, None, why, approval_of(cycle))
        publication = put_out(draft, by, folder, progress)
        bring(cycle, state, at)
        after = {"state": state, **told(publication)}
        record(by=by, verb="publish_cycle", on=cycle, before={"state": before}, after=after, at=at, why=why)
    return publication


def correct_publication(*, by: Person, cycle: Cycle, at: datetime, why: str, progress: Progress | None = None) -> Publication:
    """Publish a cycle anew, for a reason, from a finished run over its corrected evidence; the old publication stays."""
    require_may("correct_publication", by, at)
    if not why.strip():
        raise Problem(Sentence("a correction needs a reason"), remedy=Sentence("say why, for all who read it"))
    code = fresh_code(at)
    with place_for(code) as folder, transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, PUBLISHED, CORRECTING)
        old, run = cycle.publication, present_run(cycle)
        if old is None or run.inputs == old.run.inputs:
            raise Problem(
                Sentence("nothing has changed since the publication"),
                remedy=Sentence("correct the evidence or the facts first, then run"),
            )
        publication = put_out(Draft(cycle, run, code, at, old, why, approved(by, at)), by, folder, progress)
        before = {"publication": old.code, "fingerprint": old.fingerprint}
        record(by=by, verb="correct_publication", on=cycle, before=before, after=told(publication), at=at, why=why)
    return publication


def approval_of(cycle: Cycle) -> Approval:
    """Return who approved a cycle, as the audit has it."""
    entry = Action.objects.about(cycle).filter(verb="approve_cycle").select_related("by").latest("number")
    assert entry.by is not None
    return approved(entry.by, entry.at)


def approved(by: Person, at: datetime) -> Approval:
    """Return what a publication says of who approved it; whoever corrects one answers for the correction."""
    return Approval(Text(ar=by.name_ar, en=by.name_en), in_utc(at))


def in_utc(at: datetime) -> str:
    """Return a moment as publications write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def told(publication: Publication) -> dict[str, object]:
    """Return what the audit says of a publication."""
    names = ("code", "number", "identity", "fingerprint", "key_id")
    return {"publication": {name: getattr(publication, name) for name in names}, "run": publication.run.code}


@dataclass(frozen=True)
class Draft:
    """A publication that is being made."""

    cycle: Cycle
    run: Run
    code: str
    at: datetime
    corrects: Publication | None
    why: str
    approval: Approval

    @property
    def identity(self) -> str:
        """Return what it is called: the cycle, and which of its publications it is."""
        return f"{self.cycle.code}-{self.cycle.publications.count() + 1}"

    def meta(self, setup: Setup, previous: Publication | None) -> Meta:
        """Return what the ledger is to say of it."""
        return Meta(
            identity=self.identity,
            cycle=self.cycle.code,
            title=Text(ar=self.cycle.title_ar, en=self.cycle.title_en),
            at=in_utc(self.at),
            settings=setup.draw,
            number=previous.number + 1 if previous else 1,
            previous=previous.fingerprint if previous else None,
            corrects=self.corrects.fingerprint if self.corrects else None,
            policy=Policy(least=self.cycle.least),
            approval=self.approval,
            replies=tuple(said_in(self.cycle)),
        )


def said_in(cycle: Cycle) -> Iterator[Reply]:
    """Yield what entities said about a cycle before its approval, as a publication has it."""
    for one in replies_of(cycle):
        yield Reply(one.channel.code if one.channel else "", one.entity_code, one.text_ar, one.text_en, in_utc(one.at))


@remembering()
def put_out(draft: Draft, by: Person, folder: Path, progress: Progress | None) -> Publication:
    """Freeze, sign, write and check a publication, and store what everybody sees of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    keyring, previous = Keyring(settings.MARSAD.signing_key), Publication.objects.order_by("-number").first()
    keyring.refuse_unfit()
    setup, step = setup_of_run(draft.run), in_parts(progress)
    rating = reckoned_again(draft.run, setup, step)
    again = write_rows(setup, folder / "second-rows", setup.second) if setup.second else {}
    frozen = freeze(
        rating,
        setup.source,
        draft.meta(setup, previous),
        secret=secrets.token_bytes(SECRET_SIZE),
        rows=write_rows(setup, folder / "rows", setup.version),
        wave=wave_of(setup),
        wave_rows=again,
        progress=step,
    )
    signature = write_bundles(folder, frozen, keyring, previous, step)
    store(draft.run, frozen.rating, disclosed=True)
    publication: Publication = Publication.objects.create(
        code=draft.code,
        number=frozen.publication.number,
        identity=frozen.publication.identity,
        cycle=draft.cycle,
        run=draft.run,
        fingerprint=frozen.fingerprint,
        previous=previous,
        corrects=draft.corrects,
        why=draft.why,
        key_id=signature.key,
        by=by,
        at=draft.at,
    )
    return publication


PARTS = 3
"""How often channels are drawn on the way: once more as the run did, once as everybody sees them, once by the check."""


def in_parts(progress: Progress | None) -> Progress | None:
    """Return what hears of every part, and tells of as many channels as one part has."""
    if progress is None:
        return None
    heard = told = 0

    def step(rows: int) -> None:
        nonlocal heard, told
        heard += rows
        if heard // PARTS > told:
            progress(heard // PARTS - told)
            told = heard // PARTS

    return step


def reckoned_again(run: Run, setup: Setup, progress: Progress | None) -> Rating:
    """Return the rating of a run, reckoned again from its evidence; raises Problem where its results are others."""
    rating = reckon(setup, progress).rating
    channel = first_difference(run, rating)
    if channel is not None:
        what = Sentence("the stored result of {channel} is not what the evidence gives", channel=channel)
        raise Problem(what, remedy=Sentence("find out who changed the database, and restore it from a backup"))
    return rating


def write_bundles(
    folder: Path, frozen: Frozen, keyring: Keyring, previous: Publication | None, progress: Progress | None
) -> Signature:
    """Write the bundles of both audiences; return their signature. Raises Problem where the public one fails its own check."""
    signature = frozen.sign(keyring.key, keyring.handovers, keyring.losses)
    for audience in (PUBLIC, AUDITOR):
        write_bundle(folder / name_of(audience), frozen, signature, audience=audience)
    (folder / name_of(AUDITOR)).chmod(0o600)
    for rows in ("rows", "second-rows"):
        shutil.rmtree(folder / rows, ignore_errors=True)
    before = [bundle_of(previous)] if previous else []
    report = verify(folder / name_of(PUBLIC), [bytes.fromhex(signature.public)], before, progress)
    if not report.holds:
        broken = "; ".join(f"{seal.name}: {seal}" for seal in report.seals if seal.name in report.broken)
        raise Problem(
            Sentence("the bundle does not stand its own check: {broken}", broken=broken),
            remedy=Sentence("mend that and publish again"),
        )
    return signature
