"""Pages are drawn once: what they show is published and never changes, so their bytes are kept and given to everybody.

A drawing holds for one publication, one address with its language, one variant (which digits; the whole page or a part), and for
as long as neither a name in the catalogue, nor a reward, nor what is published besides, nor the program that drew it changes.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

import brotli
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

import marsad
from marsad.public.models import LONGEST_ADDRESS, Drawing
from marsad.ratings.board import NAMED
from marsad.ratings.models import Publication

QUALITY = 7
"""Of Brotli's 0 to 11: a page is compressed once and sent often, but its first reader waits for it."""
QUICK = 3
"""The same for a page that is sent once."""
FRESH_SECONDS = 60
"""For so long a reader's browser does not ask again."""
REWARD = "reward"
"""The kind of audit entries that change what is shown of a published cycle, as new names do."""
PARTS_OF_PROGRAM = frozenset({".py", ".html", ".mo", ".toml", ".css", ".js"})
NO_PROGRAM = frozenset({"node_modules", "__pycache__", "front"})
STATE = """
SELECT (SELECT max(number) FROM ratings_publication), (SELECT max(number) FROM accounts_action WHERE kind = ANY(%s))
"""


@cache
def program_state() -> str:
    """Return what names the program that draws: its settings, the sizes and times of its files, asked for once per process."""
    told = sha256(repr((settings.MARSAD.notice, settings.MARSAD.contact, settings.MARSAD.data_licence)).encode())
    for folder, folders, names in os.walk(Path(marsad.__file__).parent):
        folders[:] = sorted(set(folders) - NO_PROGRAM)
        for file in sorted(Path(folder, name) for name in names if Path(name).suffix in PARTS_OF_PROGRAM):
            seen = file.stat()
            told.update(f"{file} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return told.hexdigest()


def present_state() -> str:
    """Return what names all that drawings hold for, besides their publication: the program, the names, the last publication."""
    with connection.cursor() as cursor:
        said = cursor.execute(STATE, [[*NAMED, REWARD]]).fetchone()
    return sha256(f"{program_state()} {said}".encode()).hexdigest()


def drawn(request: HttpRequest, publication: Publication, variant: str, draw: Callable[[], str]) -> HttpResponse:
    """Return a page of a publication: as it was drawn, or drawn now and kept. A page asked for with a query is never kept."""
    if request.META.get("QUERY_STRING") or settings.DEBUG:
        return sent(request, page_of(draw(), QUICK))
    return sent(request, kept(publication, place_of(request.path, variant), draw))


def place_of(path: str, variant: str) -> str:
    """Return under which address a variant of a page is kept."""
    return f"{path}#{variant}"


def kept(publication: Publication, address: str, draw: Callable[[], str]) -> Drawing:
    """Return the drawing at an address, drawn now where there is none of the present state."""
    state = present_state()
    found: Drawing | None = Drawing.objects.filter(publication=publication, address=address, state=state).first()
    if found is not None:
        return found
    made = page_of(draw())
    if len(address) <= LONGEST_ADDRESS:
        defaults = {"state": state, "etag": made.etag, "content": made.content}
        Drawing.objects.update_or_create(publication=publication, address=address, defaults=defaults)
    return made


def page_of(html: str, quality: int = QUALITY) -> Drawing:
    """Return a page as a drawing that nobody keeps."""
    content = html.encode()
    return Drawing(etag=sha256(content).hexdigest(), content=brotli.compress(content, quality=quality))


def sent(request: HttpRequest, drawing: Drawing) -> HttpResponse:
    """Return a drawing as an answer: compressed as the reader takes it, or only the news that nothing has changed."""
    coding = coding_for(request.headers.get("Accept-Encoding", ""))
    etag = f'"{drawing.etag[:32]}-{coding or "plain"}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(coded(bytes(drawing.content), coding), content_type="text/html; charset=utf-8")
        if coding:
            response["Content-Encoding"] = coding
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    patch_vary_headers(response, ["Accept-Encoding", "Cookie", "HX-Request"])
    return response


def coding_for(accepted: str) -> str:
    """Return the coding to send in, '' for none.

    >>> coding_for("gzip, deflate, br"), coding_for("gzip;q=1.0, br;q=0"), coding_for("")
    ('br', 'gzip', '')
    """
    weights = {}
    for part in accepted.split(","):
        name, _semicolon, weight = part.strip().partition(";q=")
        weights[name] = weight.strip() not in ("0", "0.0", "0.00", "0.000")
    return next((coding for coding in ("br", "gzip") if weights.get(coding)), "")


def coded(content: bytes, coding: str) -> bytes:
    """Return a drawing's bytes in another coding than its own."""
    if coding == "br":
        return content
    plain: bytes = brotli.decompress(content)
    return gzip.compress(plain, mtime=0) if coding == "gzip" else plain
