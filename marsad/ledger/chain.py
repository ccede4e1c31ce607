"""Signatures and the chain: who vouches for a publication, and which publications came before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from marsad.ledger.bundle import BundleFiles, DamagedError, content_of
from marsad.ledger.canonical import FormError
from marsad.ledger.keys import Loss, believed, key_id, signed_by, trusted
from marsad.ledger.publication import (
    PUBLICATION,
    SIGNATURE,
    Publication,
    Signature,
    fingerprint_of,
    read_publication,
    read_signature,
)
from marsad.ledger.seals import WHOLE, Said, Seal, broken, said, unchecked, whole

LARGEST = 16 << 20
"""The bytes that a publication.json or signature.json may have."""


@dataclass(frozen=True)
class Record:
    """A publication as it was found: its bytes, what they say, and its signature; a clause in place of what cannot be read."""

    content: bytes
    publication: Publication | Said
    signature: Signature | Said

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the bytes as they were found."""
        return fingerprint_of(self.content)

    def is_signed_by(self, key: bytes) -> bool:
        """Whether a raw public key signed these very bytes."""
        return wrongly_signed(self) is None and isinstance(self.signature, Signature) and self.signature.public == key.hex()


def record_of(bundle: BundleFiles) -> Record:
    """Return the record in a bundle."""
    content = small(bundle, PUBLICATION)
    signed = small(bundle, SIGNATURE)
    return Record(
        content=content if isinstance(content, bytes) else b"",
        publication=read_publication_or_why(content),
        signature=read_signature_or_why(signed),
    )


def small(bundle: BundleFiles, name: str) -> bytes | Said:
    """Return a small file's bytes, or why not."""
    if name not in bundle.names:
        return said("%(file)s is missing", file=name)
    try:
        return content_of(bundle, name, LARGEST)
    except DamagedError as error:
        return said("%(file)s: %(why)s", file=name, why=error.why)


def read_publication_or_why(content: bytes | Said) -> Publication | Said:
    """Return the publication that some bytes say, or why not."""
    try:
        return content if isinstance(content, Said) else read_publication(content)
    except FormError as error:
        return said("%(file)s: %(why)s", file=PUBLICATION, why=error.args[0])


def read_signature_or_why(content: bytes | Said) -> Signature | Said:
    """Return the signature that some bytes say, or why not."""
    try:
        return content if isinstance(content, Said) else read_signature(content)
    except FormError as error:
        return said("%(file)s: %(why)s", file=SIGNATURE, why=error.args[0])


def wrongly_signed(record: Record) -> Said | None:
    """Return why a record's signature is not one over its bytes, or None where it is."""
    signature = record.signature
    if isinstance(signature, Said):
        return signature
    key = bytes.fromhex(signature.public)
    if key_id(key) != signature.key:
        return said("signature.json names key %(key)s and holds key %(other)s", key=signature.key, other=key_id(key))
    if not signed_by(key, bytes.fromhex(signature.signature), record.content):
        return said(
            "publication.json is not what key %(key)s signed: it was changed, or the signature is that of another publication",
            key=signature.key,
        )
    return None


def signature_seal(record: Record, keys: Sequence[bytes], losses: Sequence[Loss] = ()) -> Seal:
    """Return the seal of the signature: made over these very bytes, by a key that is trusted and was not lost before."""
    wrong = wrongly_signed(record)
    if wrong is not None:
        return broken("signature", [wrong])
    signature = record.signature
    assert isinstance(signature, Signature)
    key, given = bytes.fromhex(signature.public), ", ".join(map(key_id, keys))
    if not keys:
        return unchecked("signature", "signed by key %(key)s; no key was given to compare it with", key=signature.key)
    lost = believed([*losses, *signature.losses], keys, signature.handovers)
    if key in lost and comes_after(record, lost[key]):
        return broken("signature", [said(SIGNED_AFTER, key=signature.key, **told(lost[key]))])
    handovers = [one for one in signature.handovers if bytes.fromhex(one["from"]) not in lost]
    clauses = [said(DECLARED, **told(loss)) for loss in lost.values()]
    if key in keys:
        clauses = [said("signed by key %(key)s, which was given", key=signature.key), *clauses]
    elif key in trusted(keys, handovers):
        message = "signed by key %(key)s, handed over to by a key that was given: %(given)s"
        clauses = [said(message, key=signature.key, given=given), *clauses]
    else:
        unknown = said("signed by key %(key)s, for which no key given vouches: %(given)s", key=signature.key, given=given)
        claimed = [loss for loss in signature.losses if bytes.fromhex(loss.lost) in keys and loss.is_signed]
        return broken("signature", [unknown, *(said(CLAIMED, **told(loss)) for loss in claimed)])
    return Seal("signature", WHOLE, tuple(clauses))


SIGNED_AFTER = (
    "signed by key %(key)s, which key %(by)s declares lost after publication %(number)s: whoever signed this, "
    "it was not the publisher"
)
DECLARED = "key %(lost)s is lost after publication %(number)s, says key %(by)s"
CLAIMED = (
    "its signer, key %(by)s, says that key %(lost)s is lost after publication %(number)s: ask the publisher, not the bundle, "
    "which key is theirs now"
)


def comes_after(record: Record, loss: Loss) -> bool:
    """Whether a record is none of those up to the publication after which a key was lost."""
    publication = record.publication
    if isinstance(publication, Said) or publication.number > loss.number:
        return True
    return publication.number == loss.number and record.fingerprint != loss.fingerprint


def told(loss: Loss) -> dict[str, object]:
    """Return what is to be said of a loss."""
    lost, by = (key_id(bytes.fromhex(key)) for key in (loss.lost, loss.by))
    return {"lost": lost, "by": by, "number": loss.number}


def chain_seal(record: Record, before: Iterable[Record]) -> Seal:
    """Return the seal of the chain: every publication names the one before it, oldest first, none missing, none replaced.

    What came before needs no trusted key: each publication holds the fingerprint of the one before, and so vouches for it.
    """
    records = [*before, record]
    unread = [one.publication for one in records if isinstance(one.publication, Said)]
    if unread:
        return broken("chain", unread)
    clauses = [wrong for one in records[:-1] if (wrong := wrongly_signed(one)) is not None]
    clauses += [clause for pair in pairwise(records) if (clause := unlinked(*pair)) is not None]
    if clauses:
        return broken("chain", clauses)
    first, last = records[0].publication, record.publication
    assert isinstance(first, Publication)
    assert isinstance(last, Publication)
    if len(records) == 1 and last.number > 1:
        message = "this is publication %(number)s; that it follows %(previous)s was not checked: give the one before"
        return unchecked("chain", message, number=last.number, previous=last.previous)
    if first.number > 1:
        return whole(
            "chain",
            "publications %(first)s to %(last)s follow each other; none before was given",
            first=first.number,
            last=last.number,
        )
    if len(records) == 1:
        return whole("chain", "this is the first publication")
    return whole("chain", "publications 1 to %(last)s follow each other", last=last.number)


def unlinked(before: Record, after: Record) -> Said | None:
    """Return why one publication does not follow right after another, or None where it does."""
    old, new = before.publication, after.publication
    assert isinstance(old, Publication)
    assert isinstance(new, Publication)
    values = {"old": old.number, "new": new.number, "identity": old.identity, "other": new.identity}
    if new.number <= old.number:
        return said(
            "the order was changed: publication %(new)s (%(other)s) stands after publication %(old)s (%(identity)s)", **values
        )
    if new.number > old.number + 1:
        message = "a publication was removed: between %(old)s (%(identity)s) and %(new)s (%(other)s) there is none"
        return said(message, **values)
    if new.previous != before.fingerprint:
        message = (
            "publication %(new)s (%(other)s) follows fingerprint %(previous)s, "
            "and publication %(old)s (%(identity)s) has %(found)s: one of them was replaced"
        )
        return said(message, previous=new.previous, found=before.fingerprint, **values)
    return None
