"""The store of standards: a folder for each that any cycle has used, byte for byte, named by its digest."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from marsad.core.problem import Problem
from marsad.core.scheme import Scheme
from marsad.ledger import StandardSource, read_standard
from marsad.ratings.models import StandardRelease

STORE = "standards"


def store() -> Path:
    """Return the folder of all standards."""
    home: Path = settings.MARSAD.home
    return home / STORE


def keep(name: str, at: datetime) -> StandardRelease:
    """Return a standard, shipped or in a file, as it is kept: stored on its first use; raises Problem."""
    source = read_standard(name)
    standard = source.standard
    put(source, store() / standard.digest)
    release, _new = StandardRelease.objects.get_or_create(
        digest=standard.digest,
        defaults={
            "name": standard.name,
            "version": standard.version,
            "file": source.main,
            "title_ar": standard.title.ar,
            "title_en": standard.title.en,
            "at": at,
        },
    )
    return release


def put(source: StandardSource, folder: Path) -> None:
    """Write the files of a standard into a folder, all at once, unless they are there."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder.parent))
    try:
        for name, content in source.files.items():
            path = unfinished / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o444)
        unfinished.chmod(0o755)
        os.replace(unfinished, folder)
    except OSError:
        if not folder.exists():  # else somebody stored the same standard meanwhile
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def source_of(release: StandardRelease) -> StandardSource:
    """Return a standard as it is kept; raises Problem where its files are gone or were changed."""
    return read_kept(store() / release.digest / release.file, release.digest)


def scheme_of(release: StandardRelease, names: Mapping[str, int]) -> Scheme:
    """Return the scheme of a standard, with how many of each kind a cycle announced that it may name."""
    return replace(source_of(release).standard.scheme, k_by_kind=tuple(sorted(names.items())))


@lru_cache(maxsize=16)
def read_kept(path: Path, digest: str) -> StandardSource:
    """Return the standard in a file of the store; raises Problem where it is not the one of this digest."""
    source = read_standard(str(path))
    if source.standard.digest != digest:
        raise Problem("the standard is not as it was when it was stored", file=path, remedy="restore it from a backup")
    return source
