"""Where publications lie: a folder for each, with the bundle for everybody and the one for auditors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from marsad.ledger import AUDITOR, PUBLIC
from marsad.ratings.models import Publication

STORE, UNFINISHED = "publications", ".unfinished-"


def shelf() -> Path:
    """Return the folder of all publications."""
    home: Path = settings.MARSAD.home
    return home / STORE


def folder_of(publication: Publication) -> Path:
    """Return the folder of a publication; where the end of publishing was cut short, it is finished now."""
    folder = shelf() / publication.code
    unfinished = shelf() / f"{UNFINISHED}{publication.code}"
    if not folder.exists() and unfinished.exists():
        os.replace(unfinished, folder)
    return folder


def bundle_of(publication: Publication, audience: str = PUBLIC) -> Path:
    """Return the bundle of a publication for an audience."""
    return folder_of(publication) / name_of(audience)


def name_of(audience: str) -> str:
    """Return the name of the bundle for an audience."""
    return {PUBLIC: "public.zip", AUDITOR: "auditor.zip"}[audience]


@contextmanager
def place_for(code: str) -> Iterator[Path]:
    """Give a folder to write a publication into; it takes its place at the end, or goes where that is not reached.

    Have the transaction inside: what is committed and not yet in place is put there by `folder_of`.
    """
    unfinished = shelf() / f"{UNFINISHED}{code}"
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    os.replace(unfinished, shelf() / code)
