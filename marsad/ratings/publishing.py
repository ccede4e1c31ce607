"""Approved, frozen, signed, chained and written out; a correction is a new publication that names the old one."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.core.disclosure import Policy
from marsad.core.posterior import Progress
from marsad.core.problem import Problem
from marsad.core.rating import Rating
from marsad.ledger import AUDITOR, PUBLIC, Frozen, Meta, freeze, private_key, verify, write_bundle
from marsad.ledger.freeze import SECRET_SIZE
from marsad.ledger.keys import Handover, key_id, raw
from marsad.ledger.statistics import Columns
from marsad.ratings.access import require_may
from marsad.ratings.intake import fresh_code
from marsad.ratings.models import PUBLISHED, Cycle, Publication, Run
from marsad.ratings.results import first_difference, store
from marsad.ratings.rows import write_rows
from marsad.ratings.running import present_run
from marsad.ratings.setup import Setup, reckon, setup_of_run
from marsad.ratings.shelf import bundle_of, name_of, place_for
from marsad.ratings.states import bring, held, require_move, require_state
from marsad.standards import Standard, Text

HANDOVERS = "handovers.json"
"""Beside the signing key: the words of old keys for new ones, oldest first, as `marsad.ledger.hand_over` gives them."""
LOCK = int.from_bytes(b"marsad.p")
"""The advisory lock that whoever publishes holds until their transaction ends."""

TablesOf = Callable[[Rating, Standard], Mapping[str, Columns]]
"""How a rating by a standard becomes tables by file name; the room of reports, above this one, knows."""


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


def publish_cycle(
    *, by: Person, cycle: Cycle, at: datetime, tables: TablesOf, progress: Progress | None = None, why: str = ""
) -> Publication:
    """Publish an approved cycle: freeze, sign, chain to the last publication, write the bundles, show the results to all."""
    code = fresh_code(at)
    with place_for(code) as folder, transaction.atomic():
        cycle = held(cycle)
        before, state = cycle.state, require_move(cycle, "publish", by, at)
        draft = Draft(cycle, present_run(cycle), code, at, None, why)
        publication = put_out(draft, by, folder, tables, progress)
        bring(cycle, state, at)
        after = {"state": state, **told(publication)}
        record(by=by, verb="publish_cycle", on=cycle, before={"state": before}, after=after, at=at, why=why)
    return publication


def correct_publication(
    *, by: Person, cycle: Cycle, at: datetime, why: str, tables: TablesOf, progress: Progress | None = None
) -> Publication:
    """Publish a cycle anew, for a reason, from a finished run over its corrected evidence; the old publication stays."""
    require_may("correct_publication", by, at)
    if not why.strip():
        raise Problem("a correction needs a reason", remedy="say why, for all who read it")
    code = fresh_code(at)
    with place_for(code) as folder, transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, PUBLISHED, "correcting the publication")
        old, run = cycle.publication, present_run(cycle)
        if old is None or run.inputs == old.run.inputs:
            raise Problem("nothing has changed since the publication", remedy="correct the evidence or the facts first, then run")
        publication = put_out(Draft(cycle, run, code, at, old, why), by, folder, tables, progress)
        before = {"publication": old.code, "fingerprint": old.fingerprint}
        record(by=by, verb="correct_publication", on=cycle, before=before, after=told(publication), at=at, why=why)
    return publication


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
            at=self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            settings=setup.draw,
            number=previous.number + 1 if previous else 1,
            previous=previous.fingerprint if previous else None,
            corrects=self.corrects.fingerprint if self.corrects else None,
            policy=Policy(least=self.cycle.least),
        )


@dataclass
class Shown:
    """The tables of a rating, with the ratings they were asked of: first the one that everybody sees."""

    tables: TablesOf
    standard: Standard
    ratings: list[Rating] = field(default_factory=list)

    def __call__(self, rating: Rating) -> Mapping[str, Columns]:
        """Return the tables of a rating."""
        self.ratings.append(rating)
        return self.tables(rating, self.standard)


def put_out(draft: Draft, by: Person, folder: Path, tables: TablesOf, progress: Progress | None) -> Publication:
    """Freeze, sign, write and check a publication, and store what everybody sees of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    key, previous = private_key(settings.MARSAD.signing_key), Publication.objects.order_by("-number").first()
    setup = setup_of_run(draft.run)
    rating = reckoned_again(draft.run, setup)
    shown = Shown(tables, setup.source.standard)
    frozen = freeze(
        rating,
        setup.source,
        draft.meta(setup, previous),
        tables=shown,
        secret=secrets.token_bytes(SECRET_SIZE),
        rows=write_rows(setup, folder / "rows"),
        progress=progress,
    )
    write_bundles(folder, frozen, key, previous)
    store(draft.run, shown.ratings[0], disclosed=True)
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
        key_id=key_id(raw(key)),
        by=by,
        at=draft.at,
    )
    return publication


def reckoned_again(run: Run, setup: Setup) -> Rating:
    """Return the rating of a run, reckoned again from its evidence; raises Problem where its results are others."""
    rating = reckon(setup).rating
    channel = first_difference(run, rating)
    if channel is not None:
        what = f"the stored result of {channel} is not what the evidence gives"
        raise Problem(what, remedy="find out who changed the database, and restore it from a backup")
    return rating


def write_bundles(folder: Path, frozen: Frozen, key: Ed25519PrivateKey, previous: Publication | None) -> None:
    """Write the bundles of both audiences; raises Problem where what everybody gets would not stand its own check."""
    signature = frozen.sign(key, handovers())
    for audience in (PUBLIC, AUDITOR):
        write_bundle(folder / name_of(audience), frozen, signature, audience=audience)
    (folder / name_of(AUDITOR)).chmod(0o600)
    shutil.rmtree(folder / "rows")
    before = [bundle_of(previous)] if previous else []
    report = verify(folder / name_of(PUBLIC), [raw(key)], before)
    if not report.holds:
        broken = "; ".join(f"{seal.name}: {seal}" for seal in report.seals if seal.name in report.broken)
        raise Problem(f"the bundle does not stand its own check: {broken}", remedy="mend that and publish again")


def handovers() -> list[Handover]:
    """Return the words of old keys that led to the signing key."""
    path = settings.MARSAD.signing_key.with_name(HANDOVERS)
    try:
        return [dict(one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
    except (ValueError, TypeError):
        raise Problem("these are no handovers", file=path, remedy="restore the file, or remove it") from None
