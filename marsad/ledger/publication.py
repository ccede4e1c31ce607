"""What a publication says of itself: the one small file that is hashed, signed and chained, and commits to all the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any, get_type_hints

from marsad.core.problem import Sentence
from marsad.ledger.canonical import FormError, Json, canonical, parsed
from marsad.ledger.keys import Handover, Loss

SCHEMA = 1
PUBLICATION, SIGNATURE, SECRET = "publication.json", "signature.json", "secret.json"
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileEntry:
    """A public file: its name, SHA-256 and size."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class SealedEntry:
    """An auditor's file: its name and the SHA-256 of its salt and bytes; its size might tell of what is hidden."""

    name: str
    commitment: str


@dataclass(frozen=True)
class TreeEntry:
    """A Merkle tree: its root and how many rows it has."""

    root: str
    rows: int


@dataclass(frozen=True)
class StandardEntry:
    """The standard: its identity, its digest, and which file it is."""

    identity: str
    sha256: str
    file: str


@dataclass(frozen=True)
class SettingsEntry:
    """How the draws were made, and how many of each kind may be named where the cycle says otherwise than the standard."""

    seed: int
    draws: int
    level: float
    k: Mapping[str, int]


@dataclass(frozen=True)
class DisclosureEntry:
    """How small cells were hidden, which channels the public cannot follow from evidence, and how far chances are off for it."""

    least: int
    open_sources: tuple[str, ...]
    margin: float
    cells: Mapping[str, int]
    by_score: tuple[str, ...]
    star_only: tuple[str, ...]
    chances_off: float
    ranks_off: float


@dataclass(frozen=True)
class Publication:
    """A publication; `number` is its place in the chain, from 1 on, `previous` the fingerprint of the one before.

    A correction is a new publication: `corrects` is the fingerprint of the old one.
    """

    schema: int
    identity: str
    cycle: str
    title: Mapping[str, str]
    at: str
    number: int
    previous: str | None
    corrects: str | None
    standard: StandardEntry
    settings: SettingsEntry
    versions: Mapping[str, str]
    disclosure: DisclosureEntry
    counts: Mapping[str, int]
    reduction: str | None
    files: tuple[FileEntry, ...]
    sealed: tuple[SealedEntry, ...]
    trees: Mapping[str, TreeEntry]

    @property
    def content(self) -> bytes:
        """Return its canonical bytes."""
        return canonical(asdict(self))

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of its canonical bytes."""
        return fingerprint_of(self.content)

    def file(self, name: str) -> FileEntry | None:
        """Return the entry of a public file."""
        return next((entry for entry in self.files if entry.name == name), None)


def fingerprint_of(content: bytes) -> str:
    """Return the SHA-256 of a publication's bytes."""
    return sha256(content).hexdigest()


def read_publication(content: bytes) -> Publication:
    """Return the publication that some bytes say; raises FormError with a clause that names what is wrong."""
    publication: Publication = shaped(Publication, parsed(content), "")
    if publication.schema != SCHEMA:
        raise FormError(Sentence("schema {schema} is not known to this version", schema=publication.schema))
    hashes = [entry.sha256 for entry in publication.files] + [entry.commitment for entry in publication.sealed]
    hashes += [entry.root for entry in publication.trees.values()]
    hashes += [fingerprint for fingerprint in (publication.previous, publication.corrects) if fingerprint]
    if not all(map(HASH.fullmatch, hashes)):
        raise FormError(Sentence("a hash is not 64 hexadecimal digits"))
    names = [entry.name for entry in publication.files] + [entry.name for entry in publication.sealed]
    if len(set(names)) != len(names):
        raise FormError(Sentence("it lists a file twice"))
    return publication


def shaped(kind: Any, value: Json, at: str) -> Any:
    """Return a JSON value as the type a field declares; raises FormError where it is of another shape."""
    if isinstance(kind, type) and kind in ENTRIES:
        return shaped_object(kind, value, at)
    origin: Any = getattr(kind, "__origin__", None)
    arguments: tuple[Any, ...] = getattr(kind, "__args__", ())
    if origin is tuple and isinstance(value, list):
        return tuple(shaped(arguments[0], one, f"{at}[{place}]") for place, one in enumerate(value))
    if origin is not None and origin is not tuple and isinstance(value, dict):
        return {name: shaped(arguments[1], one, f"{at}.{name}") for name, one in value.items()}
    if kind == str | None and (value is None or isinstance(value, str)):
        return value
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind in (str, int) and isinstance(value, kind) and not isinstance(value, bool):
        return value
    raise FormError(Sentence("{part} is not what it should be", part=at.lstrip(".") or Sentence("the whole")))


def shaped_object(kind: Any, value: Json, at: str) -> Any:
    """Return a JSON object as a dataclass with exactly its fields."""
    if not isinstance(value, dict):
        raise FormError(Sentence("{part} is not an object", part=at.lstrip(".") or Sentence("the whole")))
    known = {field.name for field in fields(kind)}
    for name in sorted(known ^ set(value)):
        part = f"{at}.{name}".lstrip(".")
        raise FormError(Sentence("{part} is absent", part=part) if name in known else Sentence("{part} is not known", part=part))
    kinds = get_type_hints(kind)
    return kind(**{name: shaped(kinds[name], one, f"{at}.{name}") for name, one in value.items()})


ENTRIES = (Publication, FileEntry, SealedEntry, TreeEntry, StandardEntry, SettingsEntry, DisclosureEntry, Loss)


@dataclass(frozen=True)
class Signature:
    """Who signed: the key's name, the raw public key, its signature, handovers that led to it, oldest first, and lost keys."""

    key: str
    public: str
    signature: str
    handovers: tuple[Handover, ...]
    losses: tuple[Loss, ...] = ()

    @property
    def content(self) -> bytes:
        """Return its canonical bytes; losses are named where there are any."""
        members = asdict(self)
        return canonical(members if self.losses else {name: one for name, one in members.items() if name != "losses"})


def read_signature(content: bytes) -> Signature:
    """Return the signature that some bytes say; raises FormError."""
    members = parsed(content)
    signature: Signature = shaped_object(Signature, {"losses": [], **members} if isinstance(members, dict) else members, "")
    refuse_other_than_hexadecimal([signature.public, signature.signature])
    refuse_handovers(signature.handovers)
    refuse_losses(signature.losses)
    return signature


def read_losses(content: bytes) -> tuple[Loss, ...]:
    """Return the losses that some bytes say; raises FormError."""
    losses: tuple[Loss, ...] = shaped(tuple[Loss, ...], parsed(content), "")
    refuse_losses(losses)
    return losses


def read_handovers(content: bytes) -> tuple[Handover, ...]:
    """Return the handovers that some bytes say; raises FormError."""
    handovers: tuple[Handover, ...] = shaped(tuple[Handover, ...], parsed(content), "")
    refuse_handovers(handovers)
    return handovers


def refuse_handovers(handovers: Iterable[Handover]) -> None:
    """Raise FormError where a handover does not say what it must."""
    for one in handovers:
        if set(one) != {"from", "to", "signature"}:
            raise FormError(Sentence("a handover does not say from, to and signature"))
        refuse_other_than_hexadecimal(one.values())


def refuse_losses(losses: Iterable[Loss]) -> None:
    """Raise FormError where a key or a signature in a declaration is none."""
    for one in losses:
        refuse_other_than_hexadecimal((one.lost, one.by, one.signature))


def refuse_other_than_hexadecimal(texts: Iterable[str]) -> None:
    """Raise FormError where a key or a signature is no such text."""
    for text in texts:
        try:
            bytes.fromhex(text)
        except ValueError:
            raise FormError(Sentence("a key or signature is not hexadecimal")) from None
