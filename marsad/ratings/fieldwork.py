"""Where the next visits of an open cycle settle most who is on its lists, from its newest provisional results.

A visit tells about the branches of the standard that hold what visits find and nothing else. What visits may still change of a
channel's score is the sampling error of those branches, each by its share of the composite; what customers said stays as it is.
Early in the field period most channels have no score yet: it is then put together from the branches that are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.arrays import Array, Texts
from marsad.core.estimate import normal_quantile
from marsad.core.fieldwork import Counts, Field, Found, chances, expected_found, next_visits_within
from marsad.core.posterior import Settings
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Indicator, Node, Scheme
from marsad.ratings.access import require_may
from marsad.ratings.board import Board, Entry, board_of, nodes_on
from marsad.ratings.models import Cycle

PLANNED_IN = "open"
"""The state of a cycle in which visits still count."""
FIRST_ASKED = "visit"
DRAWS = 1000
REACH = 2 * normal_quantile(Settings.level)
"""How many standard errors the intervals of results are wide."""
MOST = 100_000
"""Visits in one batch."""


@dataclass(frozen=True)
class Asked:
    """What is planned: visits of which source, how many in all, and how many for every channel."""

    source: str = FIRST_ASKED
    budget: int = 100
    minimum: int = 0

    def __post_init__(self) -> None:
        """Refuse a budget that no machine and no programme plans at once."""
        if not 1 <= self.budget <= MOST:
            raise Problem(
                Sentence("{budget} visits cannot be planned at once", budget=self.budget),
                column="budget",
                remedy=Sentence("ask for 1 up to {most}", most=MOST),
            )


@dataclass(frozen=True)
class Stop:
    """A channel, how many of the next visits it gets, how many it has had, and its latitude and longitude if known.

    `p_top` and `p_bottom` are the chances of being on its league's lists by all that is known today, None without lists.
    """

    entry: Entry
    visits: int
    had: float
    p_top: float | None
    p_bottom: float | None
    place: tuple[float, float] | None


@dataclass(frozen=True)
class Plan:
    """A batch of visits over all channels, those with most first, and how many places of the lists it is expected to settle.

    `lists` says how many are named of each league that has lists; `uniform` is what as many visits settle if spread evenly.
    """

    board: Board
    asked: Asked
    stops: tuple[Stop, ...]
    lists: Mapping[str, int]
    found: Found
    uniform: float

    @property
    def places(self) -> int:
        """Return how many places the lists of all leagues have."""
        return 2 * sum(self.lists.values())


def sources_of(scheme: Scheme) -> tuple[str, ...]:
    """Return the sources that visits of people can add to, what shoppers find first."""
    found = dict.fromkeys(one.source for one in scheme.indicators if one.source)
    return tuple(sorted(found, key=lambda source: (source != FIRST_ASKED, source)))


def plan_for(person: Person, cycle: Cycle, asked: Asked, at: datetime) -> Plan | None:
    """Return where the next visits of a cycle go, None where it has no results yet; raises Forbidden and Problem."""
    require_may("plan_visits", person, at)
    if cycle.state != PLANNED_IN:
        raise Problem(Sentence("visits are planned while the cycle is open"), remedy=Sentence("plan them in the next cycle"))
    run = cycle.current_run
    return planned(board_of(run, disclosed=False), asked) if run else None


def planned(board: Board, asked: Asked) -> Plan:
    """Return the plan of a batch from the results of a run; raises Problem."""
    scheme, entries = board.scheme, board.entries
    if asked.source not in sources_of(scheme):
        raise Problem(
            Sentence("the standard has no source '{source}'", source=asked.source),
            column="source",
            remedy=Sentence("choose one of its sources"),
        )
    lists = lists_of(board)
    if not lists:
        raise Problem(
            Sentence("no kind has enough channels for lists of the best and the worst"), remedy=Sentence("cover more channels")
        )
    known = known_of(board, asked.source)
    leagues = np.array([entry.league for entry in entries])
    counts = next_visits_within(known.field, leagues, lists, budget=asked.budget, minimum=asked.minimum, seed=board.run.seed)
    settings = Settings(seed=board.run.seed, draws=DRAWS)
    found, uniform = (
        expected_found(known.field, leagues, lists, visits, settings, doubt=known.doubt)
        for visits in (counts, spread_evenly(asked.budget, known.field.visits))
    )
    today = replace(known.field, variance=known.doubt)
    best, worst = (
        [None if np.isnan(chance) else float(chance) for chance in end] for end in chances(today, leagues, lists, settings)
    )
    places = places_of(board)
    stops = (
        Stop(entry, int(counts[row]), float(known.field.visits[row]), best[row], worst[row], places.get(entry.code))
        for row, entry in enumerate(entries)
    )
    return Plan(board, asked, tuple(sorted(stops, key=lambda stop: (-stop.visits, stop.entry.code))), lists, found, uniform.after)


def spread_evenly(budget: int, had: Array) -> Counts:
    """Return as many visits for every channel, one more for those that have had fewest while there are some left."""
    each, left = divmod(budget, had.size)
    counts = np.full(had.size, each, np.int64)
    counts[np.argsort(had, kind="stable")[:left]] += 1
    return counts


def lists_of(board: Board) -> dict[str, int]:
    """Return how many are on each list of every league that has lists: those in which somebody may be named in the end."""
    found = {}
    for league, entries in board.leagues.items():
        k = board.scheme.k_of(league)
        if k and len(entries) >= max(board.scheme.naming.minimum_channels, 2 * k):
            found[league] = k
    return found


def places_of(board: Board) -> dict[str, tuple[float, float]]:
    """Return where channels are, of those whose place is known."""
    codes = [entry.code for entry in board.entries]
    rows = Channel.objects.filter(code__in=codes, latitude__isnull=False, longitude__isnull=False)
    return {code: (latitude, longitude) for code, latitude, longitude in rows.values_list("code", "latitude", "longitude")}


@dataclass(frozen=True)
class Known:
    """What is known of channels `[C]`: the field that visits can change, and the variance of the whole score."""

    field: Field
    doubt: Array


@dataclass(frozen=True)
class Branch:
    """The highest branch of a kind's tree that holds one source alone, and its share of the composite."""

    code: str
    source: str
    share: float


@dataclass(frozen=True)
class Told:
    """What is known of one branch over channels `[C]`: score and variance, NaN where nothing is."""

    score: Array
    variance: Array

    def filled(self, leagues: Texts) -> Told:
        """Return it with what a channel of its league is like where nothing is known, or of all leagues; 0 if of none."""
        score, variance = self.score.copy(), self.variance.copy()
        for league in np.unique(leagues):
            here, known = leagues == league, ~np.isnan(self.score)
            like = self.score[here & known] if (here & known).sum() > 1 else self.score[known]
            blank = here & ~known
            score[blank], variance[blank] = (like.mean(), like.var()) if like.size else (0.0, 0.0)
        return Told(score, variance)


def known_of(board: Board, source: str) -> Known:
    """Return what is known of every channel of a board, and how much of it visits of a source may change; raises Problem.

    A score that is not there yet is put together from its branches, those not known being like others of the league. The variance
    of a single visit is the league's median, that of all where the league has none.
    """
    entries = board.entries
    leagues = np.array([entry.league for entry in entries])
    branches = {kind: tuple(branches_of(board.scheme, board.scheme.root, kind)) for kind in {one.kind for one in entries}}
    told, had = told_by(board, branches, source)
    mean, doubt, movable, single = (np.zeros(len(entries)) for _ in range(4))
    for code, one in told.items():
        whole = one.filled(leagues)
        for row, entry in enumerate(entries):
            branch = next((branch for branch in branches[entry.kind] if branch.code == code), None)
            if branch is None:
                continue
            spread = branch.share**2 * whole.variance[row]
            mean[row] += branch.share * whole.score[row]
            doubt[row] += spread
            if branch.source == source:
                movable[row] += spread
                single[row] += 0.0 if np.isnan(one.score[row]) else spread * had[row]
    for row, entry in enumerate(entries):
        if entry.rated and entry.score is not None:
            mean[row] = entry.score
            if entry.low is not None and entry.high is not None:
                doubt[row] = max(((entry.high - entry.low) / REACH) ** 2, movable[row])
    return Known(Field(mean, movable, noise_of(single, leagues), had), doubt)


def noise_of(single: Array, leagues: Texts) -> Array:
    """Return the variance of a single visit `[C]`: the median of its league, or of all; raises Problem where none was made."""
    if not (single > 0).any():
        raise Problem(
            Sentence("no visit has been made yet, so that nothing tells how much visits differ"),
            remedy=Sentence("visit every channel twice, ask for a run, and plan again"),
        )
    noise = np.full(single.size, np.median(single[single > 0]))
    for league in np.unique(leagues):
        here = (leagues == league) & (single > 0)
        if here.any():
            noise[leagues == league] = np.median(single[here])
    return noise


def branches_of(scheme: Scheme, node: Node, kind: str, share: float = 1.0) -> Iterator[Branch]:
    """Yield the highest branches of a kind's tree that hold one source alone."""
    children = [(child, {one.source for one in leaves_of(scheme, child, kind)}) for child in scheme.children[node.code]]
    children = [(child, sources) for child, sources in children if sources]
    total = sum(child.weight for child, _sources in children)
    for child, sources in children:
        part = share * child.weight / total if total else 0.0
        if len(sources) == 1:
            yield Branch(child.code, next(iter(sources)), part)
        elif isinstance(child, Node):
            yield from branches_of(scheme, child, kind, part)


def leaves_of(scheme: Scheme, branch: Node | Indicator, kind: str) -> Iterator[Indicator]:
    """Yield the indicators of a branch that apply to a kind."""
    if isinstance(branch, Indicator):
        if branch.kinds is None or kind in branch.kinds:
            yield branch
        return
    for child in scheme.children[branch.code]:
        yield from leaves_of(scheme, child, kind)


def told_by(board: Board, branches: Mapping[str, tuple[Branch, ...]], source: str) -> tuple[dict[str, Told], Array]:
    """Return what is known of every branch, and how many visits of a source there were `[C]`.

    A visit fills in all that visits find, so that there were as many as the most answered of its indicators has.
    """
    place = {entry.code: row for row, entry in enumerate(board.entries)}
    visited = {one.code for one in board.scheme.indicators if one.source == source}
    codes = {branch.code for some in branches.values() for branch in some}
    told = {code: Told(*(np.full(len(place), np.nan) for _ in range(2))) for code in sorted(codes)}
    had = np.zeros(len(place))
    rows = nodes_on(board.run, disclosed=False).filter(node__in=codes | visited, score__isnull=False).order_by()
    for code, node, score, low, high, n in rows.values_list("channel__code", "node", "score", "low", "high", "n"):
        row = place[code]
        if node in told:
            told[node].score[row] = score
            told[node].variance[row] = ((high - low) / REACH) ** 2 if low is not None and high is not None else 0.0
        if node in visited and n is not None:
            had[row] = max(had[row], n)
    return told, had
