"""What the lake knows of an import without opening its files: the manifest, written once and sealed by its own hash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from marsad.core.problem import Problem, Sentence
from marsad.lake.rows import SHAPE

INTAKE, ADJUSTMENT = "intake", "adjustment"
KINDS = (INTAKE, ADJUSTMENT)
"""What an import does: add rows, or put rows in the place of all earlier ones with the same key (`rows.KEY`)."""
ID_LENGTH = 26
"""How much of the hash of its content names an import."""


@dataclass(frozen=True)
class File:
    """One file of an import: the rows of a source and a month, and what can be known of them without opening it.

    `spread` is how many different values times how many different weights there are; `first` and `last` are times as in ISO 8601.
    """

    path: str
    source: str
    month: str
    rows: int
    bytes: int
    sha256: str
    rows_sha256: str
    first: str
    last: str
    invalid: int
    spread: int
    cycles: Mapping[str, int]
    indicators: Mapping[str, int]


@dataclass(frozen=True)
class Import:
    """One import as its manifest tells it; `id` begins `content`, the SHA-256 of all it says."""

    id: str
    number: int
    kind: str
    created: str
    rows: int
    shape: int
    about: Mapping[str, str]
    content: str
    files: tuple[File, ...]

    def counts(self) -> dict[tuple[str, str, str], int]:
        """Return how many rows there are of every source, month and indicator."""
        return {(file.source, file.month, code): rows for file in self.files for code, rows in file.indicators.items()}


@dataclass(frozen=True)
class Version:
    """A state of the evidence: its imports in the order they came, and one hash of what they say."""

    imports: tuple[str, ...]
    sha256: str


def content_digest(kind: str, about: Mapping[str, str], parts: Iterable[tuple[str, str, str]]) -> str:
    """Return the SHA-256 of all that an import says: its kind, what it is about, and the rows of every part."""
    told = {"shape": SHAPE, "kind": kind, "about": dict(about), "parts": [list(part) for part in parts]}
    return digest_of_text(plain_json(told))


def version_of(imports: Iterable[Import]) -> Version:
    """Return the version that consists of these imports."""
    chosen = tuple(imports)
    return Version(tuple(entry.id for entry in chosen), digest_of_text("".join(f"{entry.content}\n" for entry in chosen)))


def digest_of_text(text: str) -> str:
    """Return the SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()


def plain_json(told: Mapping[str, Any]) -> str:
    """Return JSON that is the same for the same facts."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_of(entry: Import) -> str:
    """Return the SHA-256 of what an import says, from its own account of its files."""
    return content_digest(entry.kind, entry.about, [(file.source, file.month, file.rows_sha256) for file in entry.files])


def manifest_text(entry: Import) -> str:
    """Return a manifest with its own hash."""
    told = asdict(entry)
    return plain_json({**told, "manifest_sha256": digest_of_text(plain_json(told))}) + "\n"


def import_from(path: Path) -> Import:
    """Return the import a manifest tells of; raises Problem where it does not agree with its own hash."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        seal = told.pop("manifest_sha256")
        files = tuple(File(**file) for file in told["files"])
        entry = Import(**{**told, "files": files})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, Sentence("the manifest cannot be read")) from error
    if seal != digest_of_text(plain_json(told)) or entry.content != content_of(entry) or entry.id != entry.content[:ID_LENGTH]:
        raise damaged(path, Sentence("the manifest was changed"))
    if entry.shape != SHAPE:
        what = Sentence("it is of shape {shape}, this Marsad reads shape {ours}", shape=entry.shape, ours=SHAPE)
        raise Problem(what, file=path, remedy=Sentence("upgrade Marsad"))
    return entry


def damaged(path: Path, what: str) -> Problem:
    """Return that a file of the lake is damaged."""
    return Problem(what, file=path, remedy=Sentence("restore it from a backup"))
