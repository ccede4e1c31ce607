"""The section of one channel: how it is rated, why, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from html import escape

import numpy as np

from marsad.core.parts import compared_parts, profile_parts
from marsad.core.problem import Problem
from marsad.core.stars import Limiter
from marsad.reports.presenters import League, View, given_name
from marsad.web.charts.pieces import Axis, axis_around, bar, interval
from marsad.web.documents import pattern
from marsad.web.telling import (
    BEST,
    OPEN,
    WORST,
    apart_words,
    candidate_words,
    edge_words,
    limit_effect,
    limit_words,
    rank_words,
    rated_words,
    unrated_words,
)
from marsad.web.texts import Words, between, drawn_percent, grouped, noop, phrase, text

ENDS = 50
"""How many of the best and of the last of the whole file get a section."""
WORTH_SAYING = 0.1
"""From this probability on a limiter that was not applied is mentioned."""

MEASURED = noop("Measured by {known} of {applicable} indicators that apply to it.")
NONE_APART = {
    1: noop("No part stands clearly above the median of its kind."),
    -1: noop("No part stands clearly below the median of its kind."),
}


def sections_wanted(view: View, asked: Sequence[str]) -> list[int]:
    """Return the channels that get a section, in the order of the leagues: both ends, all candidates and those asked for.

    Raises Problem for a channel that the evidence does not know.
    """
    rating, known = view.rating, {channel: place for place, channel in enumerate(view.channels)}
    for channel in asked:
        if channel not in known:
            raise Problem(f"there is no channel '{channel}' in the evidence", remedy="write its identifier as in the file")
    rated = [place for league in view.leagues for place in league.rated]
    best = sorted(rated, key=lambda place: rating.rank[place])[:ENDS]
    last = sorted(rated, key=lambda place: len(view.league_of[place].rated) - rating.rank[place])[:ENDS]
    wanted = {*best, *last, *(known[channel] for channel in asked)}
    wanted |= {place for league in view.leagues if league.listed for place in league.rated if candidate_for(view, place)}
    return [place for league in view.leagues for place in (*league.rated, *league.unrated) if place in wanted]


def candidate_for(view: View, place: int) -> str:
    """Return whether a channel is almost certainly among the `BEST` or the `WORST`, else nothing."""
    least = view.standard.scheme.naming.probability
    if view.rating.p_top[place] >= least:
        return BEST
    return WORST if view.rating.p_bottom[place] >= least else ""


class Sections:
    """Writes sections; what all of one league share is reckoned once."""

    def __init__(self, view: View) -> None:
        self.view = view
        scheme = view.standard.scheme
        self.profile, self.compared = profile_parts(scheme), compared_parts(scheme)
        codes = {part.code for part in [*self.compared, *(part for part, _ in self.profile)]}
        self.values = {code: view.rating.nodes[code] for code in codes}
        self.centre = {league.code: self.centres(league) for league in view.leagues}
        self.indicators = (~np.isnan(view.rating.tree.prepared.scores)).sum(axis=1), view.rating.prepared.applicable.sum(axis=1)
        ends = {"axis_low": grouped(self.axis.low), "axis_high": grouped(self.axis.high)}
        self.whole = pattern("reports/channel.html", **ends)
        self.row, self.limit_list = pattern("reports/profile_row.html"), pattern("reports/limits.html")
        self.chance_table, self.chance_row = pattern("reports/chances.html"), pattern("reports/chance_row.html")

    def centres(self, league: League) -> dict[str, tuple[float, float]]:
        """Return the median and the standard deviation of every compared part over the rated channels of a league."""
        rows = list(league.rated)
        found = {}
        for code, estimate in self.values.items():
            known = estimate.value[rows][~np.isnan(estimate.value[rows])]
            spread = float(known.std(ddof=1)) if known.size > 1 else float("nan")
            found[code] = (float(np.median(known)) if known.size else float("nan"), spread)
        return found

    @cached_property
    def axis(self) -> Axis:
        """Return the one axis of every profile."""
        shown = [self.values[part.code] for part, _ in self.profile]
        ends = [end for estimate in shown for end in (estimate.low, estimate.high)]
        return axis_around([estimate.value for estimate in shown], ends)

    def written(self, place: int) -> str:
        """Return the section of one channel."""
        view, rated = self.view, bool(self.view.rating.rated[place])
        league = view.league_of[place]
        sentences = [self.rated_sentence(place), *self.standing(place, league)] if rated else [self.unrated_sentence(place)]
        return self.whole.format(
            place=place,
            name=view.name(place),
            identity=self.identity(place, league),
            stars=view.stars.drawn(float(view.rating.star[place]), view.next_chance[place]) if rated else "",
            sentence=sentences[0],
            standing="".join(f"<p>{sentence}</p>" for sentence in sentences[1:]),
            chances=self.chances(place) if rated else "",
            profile=self.profile_rows(place, league),
            strengths=self.apart(place, league, 1),
            weaknesses=self.apart(place, league, -1),
            limits=self.limits(place) if rated else "",
            measured=" ".join(str(sentence) for sentence in self.measured(place)),
        )

    def identity(self, place: int, league: League) -> str:
        """Return the identifier, league and entity of a channel on one line."""
        view = self.view
        entity = given_name(view.names.get(view.channels[place], {}), "entity")
        parts = [f"<bdi>{escape(view.channels[place])}</bdi>"] if view.named(place) else []
        parts += [str(league.title)] if league.code else []
        parts += [str(entity)] if entity else []
        return " · ".join(parts)

    def rated_sentence(self, place: int) -> Words:
        """Return the star and how sure it is, in one sentence."""
        view, chances = self.view, self.view.rating.p_star[place]
        known = {} if np.isnan(chances).any() else dict(zip(view.rating.star_values, chances.tolist(), strict=True))
        return rated_words(float(view.rating.star[place]), known, view.star_within)

    def unrated_sentence(self, place: int) -> Words:
        """Return why a channel is not rated."""
        return unrated_words(self.view.reason(str(self.view.rating.reason[place])))

    def standing(self, place: int, league: League) -> list[Words]:
        """Return the channel's place in its league and, where it is a candidate, for what."""
        rating, low = self.view.rating, float(self.view.rating.rank_low[place])
        ends = (low, float(rating.rank_high[place])) if low == low else None
        score = self.view.score(float(rating.score[place]))
        sentences = [rank_words(score, float(rating.rank[place]), ends, len(league.rated))]
        sentences += [edge_words()] if rating.near_edge[place] else []
        found = candidate_for(self.view, place) if league.listed else ""
        if found:
            chance = float((rating.p_top if found == BEST else rating.p_bottom)[place])
            sentences.append(candidate_words(found, league.k, chance))
        return sentences

    def chances(self, place: int) -> str:
        """Return the probability of every star as a table of bars; empty where nothing was drawn."""
        chances = self.view.rating.p_star[place].tolist()
        if chances[0] != chances[0]:
            return ""
        rows = [
            self.chance_row.format(star=self.view.star(value), bar=bar(chance), chance=escape(drawn_percent(chance)))
            for value, chance in reversed(list(zip(self.view.rating.star_values, chances, strict=True)))
        ]
        return self.chance_table.format(rows="".join(rows))

    def profile_rows(self, place: int, league: League) -> str:
        """Return the profile of a channel against the median of its league."""
        rows = []
        for part, depth in self.profile:
            estimate, middle = self.values[part.code], self.centre[league.code][part.code][0]
            value, low, high = (float(column[place]) for column in (estimate.value, estimate.low, estimate.high))
            rows.append(
                self.row.format(
                    depth=depth,
                    part=text(self.view.standard.labels[part.code]),
                    value=self.number(value),
                    margin=f"<small><bdi>{between(low, high, self.axis.digits)}</bdi></small>" if low == low else "",
                    picture=interval(self.axis, low, value, high, middle=middle),
                    middle=self.number(middle),
                )
            )
        return "".join(rows)

    def number(self, value: float) -> str:
        """Return a score of a part; a dash where there is none."""
        return "–" if value != value else grouped(value, self.axis.digits)

    def apart(self, place: int, league: League, side: int) -> str:
        """Return the parts that stand clearly above (side 1) or below (-1) the median of the league, as a list in words."""
        found = []
        for part in self.compared:
            middle, spread = self.centre[league.code][part.code]
            estimate = self.values[part.code]
            value = float(estimate.value[place])
            away = side * (value - middle)
            near = float((estimate.low if side > 0 else estimate.high)[place])
            clear = side * (near - middle) > 0 if near == near else away > spread
            if clear and away > 0:
                found.append((away, self.view.standard.labels[part.code], value, middle))
        if not found:
            return f"<p>{phrase(NONE_APART[side])}</p>"
        return "<ul>" + "".join(f"<li>{item}</li>" for item in apart_words(found, side, self.number)) + "</ul>"

    def limits(self, place: int) -> str:
        """Return the limiters that held the star or nearly did, with their probability."""
        view, items = self.view, []
        without = view.star_within(float(view.rating.unlimited[place]))
        for limiter, limit in zip(view.standard.scheme.limiters, view.rating.limits, strict=True):
            chance = float(limit.probability[place])
            if limit.applied[place] or chance >= WORTH_SAYING:
                effect = self.effect(place, limiter) if limit.applied[place] else OPEN
                items.append(limit_words(effect, view.standard.rules[limiter.code], chance, without))
        return self.limit_list.format(items="".join(f"<li>{item}</li>" for item in items)) if items else ""

    def effect(self, place: int, limiter: Limiter) -> str:
        """Return what an applied limiter did."""
        rating = self.view.rating
        return limit_effect(limiter, self.view.standard.scheme, float(rating.star[place]), float(rating.unlimited[place]))

    def measured(self, place: int) -> list[Words]:
        """Return how much evidence stands behind a channel."""
        known, applicable = int(self.indicators[0][place]), int(self.indicators[1][place])
        sentences = [phrase(MEASURED, known=known, applicable=applicable)]
        n = float(self.view.rating.nodes[self.view.standard.scheme.root.code].n[place])
        if n == n:
            sentences.append(phrase("Most answers to one indicator: {n}.", n=n))
        else:
            sentences.append(phrase("How many answers stand behind it is not known."))
        sentences.append(phrase("The period of the evidence is not known."))
        return sentences
