"""Drawing ahead: every public page of what is published, in both languages, before anybody asks for it.

Each page is kept as soon as it is drawn, so whoever begins again after having been stopped goes on where there is something left.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.translation import override

from marsad.core.posterior import Progress
from marsad.public.drawings import place_of, present_state
from marsad.public.editions import Edition, editions
from marsad.public.models import Drawing
from marsad.public.urls import PAGES
from marsad.web.numerals import LATIN

log = logging.getLogger(__name__)
VARIANT = LATIN
"""The digits most people read; pages with others are drawn when somebody asks."""


@dataclass(frozen=True)
class State:
    """How many pages of a publication are drawn ahead, of how many."""

    done: int
    total: int


def draw_some(seconds: float, heard: Progress = lambda pages: None) -> bool:
    """Draw what is not drawn yet for so many seconds; return whether there is more. A page that fails is logged and passed by."""
    end = monotonic() + seconds
    for address in undrawn():
        if monotonic() >= end:
            return True
        try:
            draw(address)
        except Exception:
            log.exception("%s cannot be drawn", address)
        heard(1)
    return False


def draw(address: str) -> None:
    """Draw the page at an address, unless it is drawn, as its first reader would have it."""
    request = HttpRequest()
    request.method, request.path, request.user = "GET", address, AnonymousUser()
    with override(address.split("/")[1]):
        match = request.resolver_match = resolve(address)
        match.func(request, *match.args, **match.kwargs)


def undrawn() -> Iterator[str]:
    """Yield the addresses of pages that have no drawing of the present state: those of the newest cycle first."""
    for edition in editions():
        done = drawn_of(edition)
        yield from (address for address in addresses(edition) if address not in done)


def state_of(edition: Edition) -> State:
    """Return how far the drawing of a publication is."""
    wanted = set(addresses(edition))
    return State(len(wanted & drawn_of(edition)), len(wanted))


def drawn_of(edition: Edition) -> set[str]:
    """Return the addresses of an edition of which there are drawings of the present state."""
    ending = place_of("", VARIANT)
    drawings = Drawing.objects.filter(publication=edition.publication, state=present_state(), address__endswith=ending)
    return {address.removesuffix(ending) for address in drawings.values_list("address", flat=True)}


def addresses(edition: Edition) -> Iterator[str]:
    """Yield the addresses of the pages of an edition, in every language."""
    cycle = {} if edition == editions()[0] else {"cycle": edition.cycle.code}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found = [reverse(page.name, kwargs={**cycle, **at}) for page in PAGES for at in page.ahead(edition.board)]
        yield from found


def forget_corrected() -> int:
    """Delete drawings of publications that were corrected since; return how many there were."""
    return Drawing.objects.exclude(publication__in=[edition.publication for edition in editions()]).delete()[0]
