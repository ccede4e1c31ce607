"""The addresses of public pages, below a language: each for the newest published cycle, and under `cycles/<cycle>/` for any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import path

from marsad.public import views
from marsad.ratings.board import Board

At = Mapping[str, str]


def once(board: Board) -> Iterable[At]:
    """Return what the address of a page names that there is once."""
    return ({},)


def never(board: Board) -> Iterable[At]:
    """Return nothing: a page that answers a question is drawn when it is asked."""
    return ()


def each_league(board: Board) -> Iterable[At]:
    """Return the leagues that have a page of their own: all but the first, which the table opens on."""
    return ({"league": league} for league in list(board.leagues)[1:])


def each_channel(board: Board) -> Iterable[At]:
    """Return every channel."""
    return ({"channel": code} for code in board.by_code)


def each_entity(board: Board) -> Iterable[At]:
    """Return every entity of which a channel was covered."""
    return ({"entity": code} for code in dict.fromkeys(entry.entity for entry in board.entries))


@dataclass(frozen=True)
class Address:
    """A public page: its address below language and cycle, its view and name, and `ahead`, of what it is drawn beforehand."""

    route: str
    view: Callable[..., HttpResponse]
    name: str
    ahead: Callable[[Board], Iterable[At]] = once


PAGES = (
    Address("", views.sky, "sky"),
    Address("", views.sky, "search", never),
    Address("league/", views.league, "league"),
    Address("league/<path:league>/", views.league, "league", each_league),
    Address("league.csv", views.league_csv, "league_csv", never),
    Address("best-and-worst/", views.best_and_worst, "best_and_worst"),
    Address("channels/<slug:channel>/", views.channel, "channel", each_channel),
    Address("channels/<slug:channel>/evidence/<slug:what>/", views.evidence, "evidence", never),
    Address("compare/", views.compare, "compare", never),
    Address("entities/<slug:entity>/", views.entity, "entity", each_entity),
    Address("near/", views.near, "near", never),
    Address("method/", views.method, "method"),
    Address("method/standard.zip", views.standard_file, "standard_file", never),
    Address("verify/", views.verify, "verify"),
    Address("verify/check/", views.verify_check, "verify_check", never),
    Address("verify/keys.pem", views.public_keys, "public_keys", never),
    Address("open-data/", views.open_data, "open_data"),
)

urlpatterns = [
    *(path(f"{prefix}{page.route}", page.view, name=page.name) for prefix in ("", "cycles/<slug:cycle>/") for page in PAGES),
    path("cycles/<slug:cycle>/drawing/", views.drawing, name="drawing"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
