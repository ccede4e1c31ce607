"""Checking a bundle with nothing but the bundle and a key: files, trees, standard, stars, chances, signature, chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from marsad.core.disclosure import POOLED, WITHHELD
from marsad.core.posterior import Progress
from marsad.ledger.bundle import AUDITOR, PUBLIC, open_bundle
from marsad.ledger.chain import chain_seal, record_of, signature_seal
from marsad.ledger.examination import MOST_DRAWN, Examination
from marsad.ledger.keys import Loss
from marsad.ledger.looks import look_at
from marsad.ledger.publication import Publication
from marsad.ledger.seals import SEALS, Report, Said, said


def verify(
    path: Path | str,
    keys: Sequence[bytes] = (),
    previous: Sequence[Path | str] = (),
    progress: Progress | None = None,
    *,
    losses: Sequence[Loss] = (),
    most_drawn: int = MOST_DRAWN,
) -> Report:
    """Return what is found of a bundle: `keys` are trusted raw public keys, `previous` the bundles before it, oldest first.

    `losses` are declarations of lost keys, beside those in the bundle; each counts where a trusted key signed it. Bundles of more
    than `most_drawn` draws are not drawn again. Raises Problem where there is no bundle, or one too dangerous to open.
    """
    case = Examination(open_bundle(path), progress, most_drawn)
    before = [record_of(open_bundle(one)) for one in previous]
    looked = [*look_at(case), signature_seal(case.record, keys, losses), chain_seal(case.record, before)]
    seals = {seal.name: seal for seal in looked}
    found = case.record.publication
    return Report(
        identity=found.identity if isinstance(found, Publication) else "",
        fingerprint=case.record.fingerprint,
        audience=AUDITOR if case.is_auditors else PUBLIC,
        seals=tuple(seals[name] for name in SEALS),
        remarks=tuple(remarks(found)) if isinstance(found, Publication) else (),
    )


def remarks(publication: Publication) -> Iterator[Said]:
    """Yield what the public can and cannot recompute."""
    entry = publication.disclosure
    hidden = entry.cells.get(POOLED, 0) + entry.cells.get(WITHHELD, 0)
    if not hidden:
        yield said("no cell is hidden: everybody can recompute every star")
        return
    message = (
        "%(pooled)s cells show the value of a pool and %(withheld)s show nothing, so that no cell under %(least)s answers is told"
    )
    yield said(message, pooled=entry.cells.get(POOLED, 0), withheld=entry.cells.get(WITHHELD, 0), least=entry.least)
    if entry.by_score:
        yield said("of %(count)s channels the public sees score and star, and cannot recompute them", count=len(entry.by_score))
    if entry.star_only:
        yield said("of %(count)s channels the public sees the star alone", count=len(entry.star_only))
    message = "chances and rank intervals are those of the public evidence: off by at most %(chances).3f and %(ranks)g"
    yield said(message, chances=entry.chances_off, ranks=entry.ranks_off)
