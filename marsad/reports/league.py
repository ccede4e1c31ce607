"""One league: a row per channel, its place as a range and its score as a dot on its interval."""

from __future__ import annotations

from html import escape
from typing import Any

from marsad.reports.presenters import League, View
from marsad.web.charts.pieces import interval
from marsad.web.documents import joined, pattern
from marsad.web.texts import between, drawn_percent, grouped


def league_rows(view: View, league: League, sections: frozenset[int]) -> str:
    """Return the rows of one league, best first and the unrated last; channels with a section of their own link to it."""
    rated = pattern("reports/league_row.html", league=league)
    unrated = pattern("reports/unrated_row.html", league=league)
    reasons = {str(code): view.reason(str(code)).__html__() for code in set(view.rating.reason.tolist())}
    columns = Columns(view)
    rows = [rated.format(name=shown_name(view, place, sections), **columns.cells(place)) for place in league.rated]
    rows += [
        unrated.format(name=shown_name(view, place, sections), reason=reasons[str(view.rating.reason[place])])
        for place in league.unrated
    ]
    return joined(rows)


def shown_name(view: View, place: int, sections: frozenset[int]) -> str:
    """Return the name of a channel with its identifier below it, linked where it has a section."""
    name = view.name(place)
    linked = f'<a href="#c{place}">{name}</a>' if place in sections else name
    return f"{linked} <small><bdi>{escape(view.channels[place])}</bdi></small>" if view.named(place) else linked


class Columns:
    """The columns of a rating as plain lists, so that 5 000 rows are written in a blink."""

    def __init__(self, view: View) -> None:
        rating = view.rating
        self.view = view
        self.peers = [str(peer) for peer in rating.peers]
        self.edges = {peer: edges_name(view, peer) for peer in set(self.peers)}
        self.lists = {
            name: getattr(rating, name).tolist()
            for name in ("score", "low", "high", "star", "rank", "rank_low", "rank_high", "p_top", "p_bottom")
        }

    def cells(self, place: int) -> dict[str, Any]:
        """Return what stands in the cells of one rated channel."""
        found = {name: values[place] for name, values in self.lists.items()}
        view, known = self.view, found["low"] == found["low"]
        return {
            "rank": f"{found['rank']:,.0f}",
            "between": ranks(found["rank_low"], found["rank_high"]),
            "star": grouped(found["star"]),
            "stars": view.stars.drawn(found["star"], view.next_chance[place]),
            "score": view.score(found["score"]),
            "margin": f"<small><bdi>{between(found['low'], found['high'], view.axis.digits)}</bdi></small>" if known else "",
            "picture": interval(view.axis, found["low"], found["score"], found["high"], edges=self.edges[self.peers[place]]),
            "top": chance(found["p_top"]),
            "bottom": chance(found["p_bottom"]),
        }


def edges_name(view: View, peer: str) -> str:
    """Return the name of the symbol with the band edges of a peer group."""
    if peer not in view.rating.cuts:
        return ""
    return "e0" if view.same_bands else f"e{sorted(view.rating.cuts).index(peer)}"


def ranks(low: float, high: float) -> str:
    """Return the range of a rank, nothing where it is one rank or unknown."""
    return f"<small><bdi>{between(low, high, 0)}</bdi></small>" if low < high else ""


def chance(probability: float) -> str:
    """Return a cell with a probability; next to none is kept quiet, unknown is a dash."""
    if probability != probability:
        return "<td class=z>–"
    shown = escape(drawn_percent(probability))
    return f"<td class=z><bdi>{shown}</bdi>" if probability < 0.005 else f"<td><bdi>{shown}</bdi>"
