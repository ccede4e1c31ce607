"""Checking a bundle that somebody sends: bounded in size and work, looked at once, and kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Lock

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from marsad.core.problem import Problem, Sentence
from marsad.ledger import Report, public_keys, verify
from marsad.ledger.bundle import open_bundle
from marsad.ledger.chain import Record, record_of
from marsad.ledger.keys import key_id
from marsad.ledger.publication import PUBLICATION, Signature
from marsad.ledger.publication import Publication as Published
from marsad.ledger.seals import BROKEN, UNCHECKED, WHOLE
from marsad.ledger.seals import Seal as Found
from marsad.public.pages import Page
from marsad.public.verify import chain_of, keyring, seal_of
from marsad.ratings.access import bundle_for, publications_for
from marsad.ratings.models import Publication
from marsad.web.charts import Figure, seals
from marsad.web.charts.seals import Seal, State
from marsad.web.texts import listed, noop, phrase

MOST_SENT = 64 << 20
"""The bytes of a file that is taken in."""
BESIDE, MOST_PASSED = 1 << 20, 512 << 20
"""The bytes that a form has beside its file, and those that are read past where a file is too large."""
MOST_UNPACKED = 512 << 20
"""The bytes that a bundle may unpack to where strangers may send it."""
MOST_DRAWN = 10_000_000
"""The draws of all channels together that are made again here; larger bundles are for `marsad verify`."""
ZIP = b"PK\x03\x04"
BUNDLE, KEY = "bundle", "key"
"""The names of the fields of the form."""
AT_WORK = Lock()
"""One bundle at a time in a process: the others answer readers meanwhile."""
ELSEWHERE = Sentence("check it on your own machine with marsad verify")


class Bounded(TemporaryFileUploadHandler):
    """Takes files in on disk, from where they go at the end of the request, and stops at one that is too large."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take in a piece; raises StopUpload."""
        if start + len(raw_data) > MOST_SENT:
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def refuse_large(request: HttpRequest) -> None:
    """Raise Problem where a request brings more than is taken in; what it brings is read past, or its sender hears no answer."""
    if int(request.META.get("CONTENT_LENGTH") or 0) <= MOST_SENT + BESIDE:
        return
    for _piece in range(MOST_PASSED // BESIDE):
        if not request.read(BESIDE):
            break
    what = Sentence("the file is larger than the {most} MB that are checked here", most=MOST_SENT >> 20)
    raise Problem(what, remedy=ELSEWHERE)


@dataclass(frozen=True)
class Looked:
    """One seal of a bundle in words: its title, its state and what is to be said of it."""

    title: SafeString
    state: str
    state_words: SafeString
    words: str

    @property
    def kind(self) -> str:
        """Return how its mark looks."""
        return {WHOLE: "good", BROKEN: "bad"}.get(self.state, "past")


@dataclass(frozen=True)
class Checked:
    """What was found of a bundle somebody sent: the report, its record, and the publication here that it says it is."""

    page: Page
    name: str
    report: Report
    record: Record
    known: Publication | None
    keys: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, and the key is one that is trusted."""
        return self.report.holds

    @property
    def sentence(self) -> SafeString:
        """Return the verdict."""
        if not self.holds:
            where = listed([phrase(TITLES[name]) for name in self.report.broken or ("signature",)])
            return self.page.say(phrase("This bundle is not as it was signed. It breaks at: {where}.", where=where))
        if self.known is None:
            return self.page.say(phrase("This bundle is whole, but it is none of the publications listed here."))
        message = noop("This bundle is whole: it is publication {number}, as it was signed.")
        return self.page.say(phrase(message, number=self.known.number))

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of what was signed, as it was found."""
        return self.report.fingerprint

    @property
    def audience(self) -> SafeString:
        """Return for whom the bundle was made."""
        return self.page.say(phrase(AUDIENCES[self.report.audience]))

    @property
    def seals(self) -> list[Looked]:
        """Return every seal in words, in the order it is looked at."""
        return [
            Looked(self.page.say(phrase(TITLES[one.name])), one.state, self.page.say(phrase(STATES[one.state])), one.say(gettext))
            for one in self.report.seals
        ]

    @property
    def remarks(self) -> list[str]:
        """Return what the public can and cannot recompute from it."""
        return [f"{one.say(gettext)}." for one in self.report.remarks]

    @cached_property
    def picture(self) -> Figure:
        """Return the chain up to this bundle, broken at it where it is."""
        language = self.page.language
        before = publications_for(None).filter(number__lt=self.known.number).order_by("number") if self.known else ()
        chain = [*chain_of(before, language), self.own_seal(language)]
        return Figure(partial(seals.chain, chain, language=language))

    def own_seal(self, language: str) -> Seal:
        """Return the bundle itself as a seal."""
        state = State.KEPT if self.holds else State.BROKEN
        broken = next((one for one in self.report.seals if one.state == BROKEN), self.report["signature"])
        if self.known is not None:
            seal = seal_of(self.known, state, None, language)
            return Seal(seal.name, seal.date, self.report.fingerprint, state, "" if self.holds else first_of(broken))
        day = self.record.publication.at[:10] if isinstance(self.record.publication, Published) else "–"
        name = self.report.identity or self.name
        return Seal(name, day, self.report.fingerprint, state, "" if self.holds else first_of(broken))


def first_of(seal: Found) -> str:
    """Return the first thing that is wrong with a seal, in the active language."""
    return seal.clauses[0].say(gettext)


def check(page: Page, bundle: UploadedFile | None, key: UploadedFile | None) -> Checked:
    """Return what is found of a bundle, with our keys and the one given; raises Problem with one sentence and its remedy."""
    if bundle is None or not bundle.name:
        raise Problem(Sentence("no file was chosen"), remedy=Sentence("choose the .zip of a publication"))
    refuse_other_than_zip(bundle)
    own = keyring()
    given = keys_in(key) if key is not None else ()
    if not AT_WORK.acquire(blocking=False):
        raise Problem(Sentence("another bundle is being checked"), remedy=Sentence("try again in a minute"))
    try:
        return looked_at(page, bundle, (*own.public, *given))
    except Problem as problem:
        problem.file = bundle.name if problem.file else problem.file
        raise
    finally:
        AT_WORK.release()


def looked_at(page: Page, bundle: UploadedFile, keys: Sequence[bytes]) -> Checked:
    """Return what is found of a bundle; raises Problem."""
    path = path_of(bundle)
    files = open_bundle(path)
    if PUBLICATION not in files.names:
        remedy = Sentence("send the .zip as it was downloaded, not packed anew")
        raise Problem(Sentence("there is no {file} in this .zip", file=PUBLICATION), remedy=remedy)
    if sum(map(files.size, files.names)) > MOST_UNPACKED:
        raise Problem(Sentence("it unpacks to more than is checked here"), file=path, remedy=ELSEWHERE)
    record = record_of(files)
    if isinstance(record.publication, Published) and draws_of(record.publication) > MOST_DRAWN:
        raise Problem(Sentence("its draws are too many to be made again here"), file=path, remedy=ELSEWHERE)
    known = known_as(record)
    before = publications_for(None).filter(number__lt=known.number).order_by("number") if known else ()
    previous = [bundle_for(None, one) for one in before]
    report = verify(path, keys, previous, losses=keyring().losses, most_drawn=MOST_DRAWN)
    return Checked(page, str(bundle.name), report, record, known, tuple(map(key_id, keys)))


def draws_of(publication: Published) -> int:
    """Return how many draws a publication says that it was made of, over all its channels."""
    return publication.settings.draws * publication.counts.get("channels", 0)


def known_as(record: Record) -> Publication | None:
    """Return the publication here that a bundle is, or says it is where somebody changed it; None of another publisher's."""
    rows = publications_for(None)
    if not isinstance(record.publication, Published):
        return None
    same: Publication | None = rows.filter(fingerprint=record.fingerprint).first()
    ours = isinstance(record.signature, Signature) and record.signature.key in {key_id(key) for key in keyring().public}
    return same or (rows.filter(number=record.publication.number).first() if ours else None)


def refuse_other_than_zip(bundle: UploadedFile) -> None:
    """Raise Problem where a file is empty or no .zip."""
    start = bundle.read(len(ZIP))
    bundle.seek(0)
    remedy = Sentence("choose the .zip of a publication")
    if not start:
        raise Problem(Sentence("the file is empty"), file=bundle.name, remedy=remedy)
    if start != ZIP:
        raise Problem(Sentence("this is no .zip file"), file=bundle.name, remedy=remedy)


def keys_in(key: UploadedFile) -> tuple[bytes, ...]:
    """Return the public keys in a file somebody sent; raises Problem."""
    try:
        return public_keys(path_of(key))
    except Problem:
        what = Sentence("there is no public key in this file")
        raise Problem(what, file=key.name, remedy=Sentence("choose a PEM file of an Ed25519 public key")) from None


def path_of(file: UploadedFile) -> Path:
    """Return where a file lies that was taken in."""
    assert isinstance(file, TemporaryUploadedFile)
    return Path(file.temporary_file_path())


TITLES = {
    "form": noop("Record of the publication"),
    "files": noop("Files"),
    "sealed": noop("Files for auditors"),
    "trees": noop("Rows of the tables"),
    "standard": noop("Standard"),
    "evidence": noop("Hidden cells"),
    "stars": noop("Results"),
    "chances": noop("Probabilities"),
    "decision": noop("Decision"),
    "rows": noop("Single answers"),
    "signature": noop("Signature"),
    "chain": noop("Chain"),
}
"""What the seals of a bundle are called."""
STATES = {WHOLE: noop("Whole"), BROKEN: noop("Broken"), UNCHECKED: noop("Not checked")}
AUDIENCES = {
    "public": noop("A bundle for everybody"),
    "auditor": noop("A bundle for auditors"),
}
