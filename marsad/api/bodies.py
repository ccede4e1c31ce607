"""Bodies of requests: of the type they say, no larger than is allowed, and looked at before anybody trusts them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from marsad.api.problems import Refusal, of_validation, wrong

JSON, CSV = "application/json", "text/csv"
MEGABYTE = 1 << 20
SMALL, LARGE = MEGABYTE, 64 * MEGABYTE
"""The bytes of one thing, and of a file of many."""
BLOCK = MEGABYTE
HEAD = 4096
NO_TEXT = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"\xff\xfe",
    b"\xfe\xff",
    b"%PDF",
    b"PAR1",
    b"<",
    b"{",
    b"[",
)
"""How files begin that are no CSV, whatever their type is said to be."""
Body = TypeVar("Body", bound=BaseModel)


class Upload(NamedTuple):
    """A file that was sent: where it lies for a while, and the SHA-256 of its bytes."""

    path: Path
    digest: str


def media_type(request: HttpRequest, *allowed: str) -> str:
    """Return the type of a body; raises Refusal where it is none that is allowed."""
    said = request.content_type or ""
    packed = request.headers.get("Content-Encoding", "identity").lower() != "identity"
    charset = (request.content_params or {}).get("charset", "utf-8").lower().replace("-", "")
    if said not in allowed or packed or charset not in ("utf8", "usascii"):
        detail = _("Send %(types)s in UTF-8, not packed.") % {"types": " / ".join(allowed)}
        raise Refusal("media-type", detail, headers={"Accept": ", ".join(allowed)})
    return said


def pieces(request: HttpRequest, most: int) -> Iterator[bytes]:
    """Yield the bytes of a body; raises Refusal where there are too many, or fewer than were announced."""
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    if announced > most:
        raise too_large(most)
    read = 0
    while read < announced and (piece := request.read(min(BLOCK, announced - read))):
        read += len(piece)
        yield piece
    if read < announced:
        raise Refusal("malformed", _("The body ended before its end."))


def too_large(most: int) -> Refusal:
    """Return the refusal of a body that is too large."""
    return Refusal("too-large", _("The body may have at most %(most)s bytes.") % {"most": most})


@contextmanager
def upload(request: HttpRequest, name: str, most: int = LARGE) -> Iterator[Upload]:
    """Give what was sent as a file of this name, which goes afterwards; raises Refusal, also where a CSV is none."""
    digest, head = sha256(), b""
    with TemporaryDirectory(prefix="marsad-upload-") as folder:
        path = Path(folder) / name
        with path.open("wb") as file:
            for piece in pieces(request, most):
                head = head or (refuse_no_text(piece) if path.suffix == ".csv" else piece[:HEAD])
                digest.update(piece)
                file.write(piece)
        if not head:
            raise wrong("body", "", _("The body is empty."))
        yield Upload(path, digest.hexdigest())


def refuse_no_text(piece: bytes) -> bytes:
    """Return the beginning of a file; raises Refusal where it is no text with columns."""
    head = piece[:HEAD]
    if b"\0" in head or head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(NO_TEXT):
        raise Refusal("media-type", _("The body is no CSV, whatever its type says."))
    return head


def read_json(request: HttpRequest, model: type[Body], most: int = SMALL) -> Body:
    """Return the body as a model; raises Refusal with every field that is wrong."""
    return parsed(b"".join(pieces(request, most)), model)


def parsed(raw: bytes, model: type[Body]) -> Body:
    """Return JSON as a model; raises Refusal where it is no JSON, says a name twice, or does not fit."""
    try:
        value = json.loads(raw, object_pairs_hook=without_repetition, parse_constant=refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal("malformed", _("The body is no JSON, or says a name twice.")) from error
    if b"\\u0000" in raw:
        raise wrong("body", "", _("No text may hold a character with the number 0."))
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise of_validation(error.errors(include_url=False, include_input=False), "body") from None


def without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of an object; raises ValueError on a name that is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def refuse_constant(name: str) -> Any:
    """Refuse NaN and Infinity, which JSON does not know."""
    raise ValueError(name)
