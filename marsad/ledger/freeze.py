"""Freezing a rating: every byte that will be published, hashed, with the one file that commits to them all."""

from __future__ import annotations

import hmac
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from marsad import __version__
from marsad.core.disclosure import BY_SCORE, EXACT, POOLED, STAR_ONLY, WITHHELD, Disclosed, Policy, Published, publish
from marsad.core.posterior import Progress, Settings
from marsad.core.problem import Problem
from marsad.core.rating import Rating
from marsad.core.second import Wave
from marsad.ledger.canonical import canonical
from marsad.ledger.decision import DECISION, Approval, Confirmation, decision_of
from marsad.ledger.keys import Handover, Loss, key_id, raw
from marsad.ledger.merkle import tree_of
from marsad.ledger.publication import (
    SCHEMA,
    SECRET,
    DisclosureEntry,
    FileEntry,
    Publication,
    SealedEntry,
    SettingsEntry,
    Signature,
    StandardEntry,
    TreeEntry,
)
from marsad.ledger.rating_tables import published_tables
from marsad.ledger.replies import REPLIES, Reply, replies_to
from marsad.ledger.rows import AGAIN, PLAIN_MEAN, first_disagreement, reduce_rows
from marsad.ledger.rows import FOLDER as ROWS
from marsad.ledger.second import ROUND, SECOND, full_table, shown_wave
from marsad.ledger.source import FOLDER as STANDARD
from marsad.ledger.source import StandardSource
from marsad.ledger.statistics import (
    ATTRIBUTES,
    EVIDENCE,
    RATINGS,
    attributes_table,
    csv_of,
    evidence_table,
    rows_of,
    whole,
)
from marsad.standards import Standard, Text

FULL = "full/"
SECRET_SIZE = 32
Content = bytes | Path


@dataclass(frozen=True)
class Meta:
    """What a publication says beside its results; `at` is when, in UTC, `number` its place in the chain, from 1 on.

    `corrects` is the fingerprint of an earlier publication that this one takes the place of. With an `approval` the publication
    holds the decision on who is looked at and may be named, and the `replies` of entities to it.
    """

    identity: str
    cycle: str
    title: Text
    at: str
    settings: Settings
    number: int = 1
    previous: str | None = None
    corrects: str | None = None
    policy: Policy = field(default_factory=Policy)
    approval: Approval | None = None
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True)
class Frozen:
    """A publication with the files that everybody gets and those that only auditors get; `rating` is the one everybody sees."""

    publication: Publication
    rating: Rating
    files: Mapping[str, bytes]
    sealed: Mapping[str, Content]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the publication, which both audiences share."""
        return self.publication.fingerprint

    def sign(self, key: Ed25519PrivateKey, handovers: Sequence[Handover] = (), losses: Sequence[Loss] = ()) -> Signature:
        """Return the signature of a key, with the handovers that led to it and the keys that were lost."""
        signature, public = key.sign(self.publication.content), raw(key)
        return Signature(key_id(public), public.hex(), signature.hex(), tuple(dict(one) for one in handovers), tuple(losses))


def freeze(
    rating: Rating,
    standard: StandardSource,
    meta: Meta,
    *,
    secret: bytes,
    rows: Mapping[str, Content] | None = None,
    wave: Wave | None = None,
    wave_rows: Mapping[str, Content] | None = None,
    progress: Progress | None = None,
) -> Frozen:
    """Return a rating frozen for publication.

    `secret` is 32 bytes of chance that only auditors get: what is sealed is committed to with salts that follow from it. `rows`
    are Parquet files by name; `wave` is new evidence, which the decision rests on, with rows of its own. Raises Problem where the
    chain or the names do not hold together.
    """
    refuse_broken_chain(meta)
    if len(secret) != SECRET_SIZE:
        raise ValueError(f"a secret has {SECRET_SIZE} bytes")
    shown = publish(rating, meta.policy, meta.settings, progress)
    files = public_files(shown, standard)
    confirmation = None
    if wave is not None:
        second = shown_wave(rating, shown.rating, wave, meta.policy)
        files |= second.files(rating.tree.scheme)
        confirmation = Confirmation(second.wave, *(sha256(files[name]).hexdigest() for name in (SECOND, ROUND)))
    if meta.approval is not None:
        about = (shown.rating, standard.standard, sha256(files[EVIDENCE]).hexdigest(), meta.settings, meta.approval)
        decision = decision_of(*about, confirmation)
        files[DECISION] = canonical(decision)
        if (replies := replies_to(decision, meta.replies)) is not None:
            files[REPLIES] = canonical(replies)
    sealed = sealed_files(rating, shown, standard.standard, rows or {}, secret)
    if wave is not None and (full := full_table(rating.tree.scheme, wave)) != files[SECOND]:
        sealed[FULL + SECOND] = full
    sealed |= sealed_rows(AGAIN, wave_rows or {})
    disclosed = shown.disclosed
    publication = Publication(
        schema=SCHEMA,
        identity=meta.identity,
        cycle=meta.cycle,
        title={"ar": meta.title.ar, "en": meta.title.en},
        at=meta.at,
        number=meta.number,
        previous=meta.previous,
        corrects=meta.corrects,
        standard=StandardEntry(standard.standard.identity, standard.standard.digest, f"{STANDARD}/{standard.main}"),
        settings=SettingsEntry(
            meta.settings.seed, meta.settings.draws, float(meta.settings.level), dict(rating.tree.scheme.k_by_kind)
        ),
        versions={"marsad": __version__, "numpy": np.__version__, "python": platform.python_version()},
        disclosure=disclosure_entry(meta.policy, shown),
        counts={
            "channels": rating.rated.size,
            "rated": int(rating.rated.sum()),
            "indicators": len(standard.standard.scheme.indicators),
        },
        reduction=reduction_of(rating, rows or {}),
        files=tuple(FileEntry(name, sha256(content).hexdigest(), len(content)) for name, content in sorted(files.items())),
        sealed=tuple(
            SealedEntry(name, commitment(secret, name, content)) for name, content in sorted(sealed.items()) if name != SECRET
        ),
        trees=trees(files, sealed, disclosed, secret),
    )
    return Frozen(publication, shown.rating, files, sealed)


def refuse_broken_chain(meta: Meta) -> None:
    """Raise Problem where the place in the chain does not go with the fingerprint of the publication before."""
    if (meta.number == 1) != (meta.previous is None) or meta.number < 1:
        what = f"publication {meta.number} {'names none' if meta.previous is None else 'names one'} before it"
        raise Problem(what, remedy="only the first publication, number 1, follows no other")


def public_files(shown: Published, standard: StandardSource) -> dict[str, bytes]:
    """Return the files that everybody gets."""
    files = {f"{STANDARD}/{name}": content for name, content in standard.files.items()}
    files[EVIDENCE] = csv_of(evidence_table(standard.standard.scheme, shown.disclosed))
    files[ATTRIBUTES] = csv_of(attributes_table(shown.rating.evidence))
    return files | written_tables(shown.rating, standard.standard)


def written_tables(rating: Rating, standard: Standard) -> dict[str, bytes]:
    """Return the tables of a rating as CSV, by file name."""
    return {name: csv_of(columns) for name, columns in published_tables(rating, standard).items()}


def sealed_files(
    rating: Rating, shown: Published, standard: Standard, rows: Mapping[str, Content], secret: bytes
) -> dict[str, Content]:
    """Return the files that only auditors get: what was hidden, the rows, and the secret that opens the commitments."""
    sealed: dict[str, Content] = {SECRET: canonical({"secret": secret.hex()})}
    if shown.disclosed.changed:
        sealed[FULL + EVIDENCE] = csv_of(evidence_table(rating.tree.scheme, whole(rating.evidence)))
        sealed |= {FULL + name: content for name, content in written_tables(rating, standard).items()}
    return sealed | sealed_rows(ROWS, rows)


def sealed_rows(folder: str, rows: Mapping[str, Content]) -> dict[str, Content]:
    """Return files of rows in the folder of their wave; raises Problem where one has another name than such files have."""
    for name in rows:
        if not name.endswith(".parquet") or "/" in name or "\\" in name:
            raise Problem(f"'{name}' is no name of a file of rows", remedy="name it such as survey.parquet")
    return {folder + name: content for name, content in rows.items()}


def disclosure_entry(policy: Policy, shown: Published) -> DisclosureEntry:
    """Return how small cells were hidden."""
    disclosed = shown.disclosed
    channels = disclosed.evidence.channels
    return DisclosureEntry(
        least=policy.least,
        open_sources=policy.open_sources,
        margin=float(policy.margin),
        cells={state: int((disclosed.state == state).sum()) for state in (EXACT, POOLED, WITHHELD)},
        by_score=tuple(channels[disclosed.follows == BY_SCORE].tolist()),
        star_only=tuple(channels[disclosed.follows == STAR_ONLY].tolist()),
        chances_off=shown.chances_off,
        ranks_off=shown.ranks_off,
    )


def reduction_of(rating: Rating, rows: Mapping[str, Content]) -> str | None:
    """Return how the evidence follows from the rows, or None where that is not by plain means."""
    tables = ((name, content if isinstance(content, bytes) else content.read_bytes()) for name, content in rows.items())
    reduced = reduce_rows(rating.tree.scheme, rating.evidence.channels, tables) if rows else None
    if reduced is None or first_disagreement(rating.tree.scheme, rating.evidence, reduced):
        return None
    return PLAIN_MEAN


def trees(files: Mapping[str, bytes], sealed: Mapping[str, Content], disclosed: Disclosed, secret: bytes) -> dict[str, TreeEntry]:
    """Return the trees over the rows of evidence and ratings, and over the real evidence where some of it is hidden."""
    found = {name: tree_of(rows_of(files[name])) for name in (EVIDENCE, RATINGS)}
    if disclosed.changed:
        content = sealed[FULL + EVIDENCE]
        assert isinstance(content, bytes)
        found[FULL + EVIDENCE] = tree_of(rows_of(content), secret)
    return {name: TreeEntry(tree.root.hex(), tree.size) for name, tree in found.items()}


def file_salt(secret: bytes, name: str) -> bytes:
    """Return the salt of a sealed file."""
    return hmac.digest(secret, b"file" + name.encode(), "sha256")


def commitment(secret: bytes, name: str, content: Content) -> str:
    """Return the SHA-256 of a sealed file's salt and bytes: without the salt no guess at the bytes can be checked."""
    hashed = sha256(file_salt(secret, name))
    if isinstance(content, Path):
        with content.open("rb") as file:
            while block := file.read(1 << 20):
                hashed.update(block)
    else:
        hashed.update(content)
    return hashed.hexdigest()
