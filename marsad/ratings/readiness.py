"""How ready the lists of a cycle are while evidence comes in: who is sure enough today, and what more visits would settle.

What is known of channels is what the plan of visits rests on. The distance of a channel from the edge of a list is the one that
gives the chance it has today, so that what is sure today is sure by the rule of naming, the doubt about the edge included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil, inf

import numpy as np
import scipy
from django.utils import timezone

from marsad.accounts.models import Person
from marsad.core.arrays import Array, Texts
from marsad.core.estimate import normal_quantile
from marsad.core.fieldwork import Field, chances
from marsad.core.naming import Answers, answers_by, own_places
from marsad.core.posterior import Settings
from marsad.core.problem import Problem, Sentence
from marsad.core.readiness import forecast, open_today, visits_until
from marsad.core.scheme import Naming
from marsad.lake import queries
from marsad.ratings.access import require_may
from marsad.ratings.board import Board, Entry, board_of
from marsad.ratings.fieldwork import FIRST_ASKED, MOST, Known, known_of, lists_of, sources_of
from marsad.ratings.models import Cycle
from marsad.ratings.setup import east_now, setup_of, the_engine, the_lake

FORECAST_IN = ("open", "locked")
"""The states of a cycle in which it may still be asked how ready its lists are."""
DRAWS = 4000
HALF = 0.5
"""So many more are expected to be named where one more is as likely as not."""
USUAL = 100
"""Visits that are looked ahead where nothing tells how many there will be."""
REACH = 2 * normal_quantile(Settings.level)


@dataclass(frozen=True)
class Pace:
    """How many visits there were from the first day to the last; both None where there was none."""

    visits: float
    first: date | None
    last: date | None

    @property
    def a_day(self) -> float:
        """Return how many there were a day."""
        return self.visits / ((self.last - self.first).days + 1) if self.first and self.last else 0.0

    def on(self, visits: float, today: date) -> date | None:
        """Return by which day so many more are made at this pace, None where that is not known or never."""
        if not self.a_day or visits == inf:
            return None
        days = ceil(visits / self.a_day)
        return today + timedelta(days=days) if days < (date.max - today).days else None


@dataclass(frozen=True)
class Ahead:
    """What is expected after more visits: on which day, and how many of a list's channels named, and settled either way."""

    visits: float
    on: date | None
    named: float
    settled: float


@dataclass(frozen=True)
class Sure:
    """A channel that is sure enough for a list today, and who would answer for it."""

    entry: Entry
    chance: float
    answers: Answers


@dataclass(frozen=True)
class Listed:
    """One end of a league of `size` channels: its k places, who is sure of one today, how many are settled, and what comes.

    `settled` are in or out for sure. After so many more visits as `next_name` to those open, by a day, one more is as likely as
    not to be sure; infinite where no number of visits makes it so.
    """

    league: str
    best: bool
    k: int
    size: int
    sure: tuple[Sure, ...]
    settled: int
    ahead: Ahead
    next_name: float
    next_on: date | None


@dataclass(frozen=True)
class Readiness:
    """How ready all lists are, and what so many more visits of a source are expected to settle."""

    board: Board
    source: str
    visits: int
    pace: Pace
    on: date | None
    lists: tuple[Listed, ...]

    @property
    def places(self) -> int:
        """Return how many places all lists have."""
        return sum(one.k for one in self.lists)

    @property
    def named(self) -> int:
        """Return how many of them are sure today."""
        return sum(len(one.sure) for one in self.lists)

    @property
    def nameable(self) -> int:
        """Return how many of those could be named: where names ask for channels' own parts, those whose own part passes."""
        asks = self.board.scheme.naming.own_part is not None
        return sum(one.answers == Answers.MANAGER or not asks for each in self.lists for one in each.sure)

    @property
    def later(self) -> float:
        """Return how many are expected to be after the visits."""
        return sum(one.ahead.named for one in self.lists)


@dataclass(frozen=True)
class End:
    """One end of a league as numbers `[U]`: who, how far inside the list, the errors of that, what stays of them, one visit's."""

    league: str
    best: bool
    k: int
    members: tuple[Entry, ...]
    chance: Array
    distance: Array
    se: Array
    lasting: Array
    noise_sd: float

    def later(self, visits: float, probability: float) -> tuple[float, float]:
        """Return how many of its channels are expected to be named, and settled, after so many more visits to those open."""
        found = forecast(self.distance, self.se, self.noise_sd, probability, a_day=1, budgets=[visits], lasting=self.lasting)
        return min(float(found.named[0]), self.k), float(found.settled[0])

    def next_name(self, probability: float) -> float:
        """Return after how many more visits one more is as likely as not; infinite where there is no place, or they do not do."""
        goal = self.later(0, probability)[0] + HALF
        if goal > self.k:
            return inf
        return visits_until(lambda visits: self.later(visits, probability)[0], goal)


def readiness_for(
    person: Person, cycle: Cycle, at: datetime, *, source: str = FIRST_ASKED, visits: int | None = None
) -> Readiness | None:
    """Return how ready the lists of a cycle are, None where it has no results yet; raises Forbidden and Problem.

    Without a number of visits those are looked ahead that are made until the cycle closes at the pace so far.
    """
    require_may("plan_visits", person, at)
    if cycle.state not in FORECAST_IN:
        raise Problem(Sentence("forecasts are made while visits may still come"), remedy=Sentence("look at the results instead"))
    run = cycle.current_run
    if run is None:
        return None
    board = board_of(run, disclosed=False)
    if source not in sources_of(board.scheme):
        what = Sentence("the standard has no source '{source}'", source=source)
        raise Problem(what, column="source", remedy=Sentence("choose one of its sources"))
    known, today = known_of(board, source), timezone.localdate(at)
    pace = pace_of(cycle, source, float(known.field.visits.sum()))
    budget = budget_of(cycle, pace, today) if visits is None else visits
    if not 1 <= budget <= MOST:
        what = Sentence("{visits} visits cannot be looked ahead", visits=budget)
        raise Problem(what, column="visits", remedy=Sentence("ask for 1 up to {most}", most=MOST))
    return Readiness(board, source, budget, pace, pace.on(budget, today), lists_ahead(board, known, budget, pace, today))


def budget_of(cycle: Cycle, pace: Pace, today: date) -> int:
    """Return how many visits are made until a cycle closes, some usual number where that is not known."""
    days = (cycle.closes_on - today).days if cycle.closes_on else 0
    return min(max(round(pace.a_day * days), 1), MOST) if days > 0 and pace.a_day else USUAL


def pace_of(cycle: Cycle, source: str, visits: float) -> Pace:
    """Return how fast visits of a source came in."""
    season = kept_seasons(cycle.pk, setup_of(cycle).inputs).get(source)
    return Pace(visits, *season) if season else Pace(visits, None, None)


@lru_cache(maxsize=16)
def kept_seasons(cycle: int, inputs: str) -> dict[str, tuple[date, date]]:
    """Return the first and the last day of each source, asked of the lake once for as long as the evidence stays."""
    setup = setup_of(Cycle.objects.select_related("standard").get(pk=cycle))
    found = queries.seasons(the_engine(), the_lake(), setup.version, setup.cycle, east=east_now())
    rows = zip(found["source"].tolist(), found["first"].tolist(), found["last"].tolist(), strict=True)
    return {source: (first, last) for source, first, last in rows}


def lists_ahead(board: Board, known: Known, visits: int, pace: Pace, today: date) -> tuple[Listed, ...]:
    """Return every list, today and after visits that are shared evenly among all channels still open for one."""
    probability = board.scheme.naming.probability
    ends = [*ends_of(board, known)]
    still = [int(open_today(end.distance, end.se, probability).sum()) for end in ends]
    own = own_chances(board)
    found = []
    for end, waiting in zip(ends, still, strict=True):
        share = visits * waiting / max(sum(still), 1)
        now = end.later(0, probability)
        goal = end.next_name(probability)
        found.append(
            Listed(
                end.league,
                end.best,
                end.k,
                len(end.members),
                tuple(sure_of(end, own, board.scheme.naming)),
                round(now[1]),
                Ahead(visits, pace.on(visits, today), *end.later(share, probability)),
                goal,
                pace.on(goal, today),
            )
        )
    return tuple(found)


def ends_of(board: Board, known: Known) -> Iterator[End]:
    """Yield both ends of every league that has lists."""
    entries, lists = board.entries, lists_of(board)
    leagues = np.array([entry.league for entry in entries])
    whole = Field(known.field.mean, known.doubt, known.field.noise, known.field.visits)
    drawn = chances(whole, leagues, lists, Settings(seed=board.run.seed, draws=DRAWS))
    se = np.sqrt(known.doubt)
    for league, k in lists.items():
        rows = np.flatnonzero(leagues == league)
        members = tuple(entries[row] for row in rows)
        for best, guessed in zip((True, False), drawn, strict=True):
            chance = chances_in(members, guessed[rows], best)
            far = scipy.special.ndtri(np.clip(chance, 0.5 / DRAWS, 1 - 0.5 / DRAWS))
            lasting = np.maximum(known.doubt[rows] - known.field.variance[rows], 0.0)
            noise = float(np.sqrt(known.field.noise[rows][0]))
            yield End(league, best, k, members, chance, far * se[rows], se[rows], lasting, noise)


def chances_in(members: tuple[Entry, ...], guessed: Array, best: bool) -> Array:
    """Return the chances of a list: those that the run found, or by all that is known where it left some of a league unrated.

    A run ranks who is rated; early in the field period the first of the few that are rated may be nowhere in the end.
    """
    found = [entry.p_top if best else entry.p_bottom for entry in members]
    return guessed if None in found else np.array(found, np.float64)


def sure_of(end: End, own: dict[bool, dict[str, float]], rule: Naming) -> Iterator[Sure]:
    """Yield who is sure enough of a place today, the surest first; never more than there are places."""
    order = np.argsort(-end.chance, kind="stable")[: end.k]
    answers = answers_by(rule, np.array([own[end.best].get(entry.code, np.nan) for entry in end.members]))
    for row in order.tolist():
        if end.chance[row] >= rule.probability:
            yield Sure(end.members[row], float(end.chance[row]), Answers(answers[row]))


def own_chances(board: Board) -> dict[bool, dict[str, float]]:
    """Return the chances that channels' own parts pass at the best (True) and the worst end of their leagues, of those known."""
    told = [entry for entry in board.entries if entry.own is not None and entry.rated]
    parts = [(one.own.value, one.own.low, one.own.high) for one in told if one.own]
    value, low, high = np.array(parts, np.float64).reshape(-1, 3).T
    variance = ((high - low) / REACH) ** 2
    leagues: Texts = np.array([entry.league for entry in told], dtype=np.str_)
    lists: dict[str, int] = {}
    for league, k in lists_of(board).items():
        size = int((leagues == league).sum())
        lists |= {league: own_places(board.scheme.naming, k, size)} if size >= 2 * k else {}
    field = Field(value, variance, np.ones(value.size), np.zeros(value.size))
    found = chances(field, leagues, lists, Settings(seed=board.run.seed, draws=DRAWS))
    return {
        best: {entry.code: chance for entry, chance in zip(told, ends.tolist(), strict=True) if not np.isnan(chance)}
        for best, ends in zip((True, False), found, strict=True)
    }
