"""What would manipulate the results of a run, and what looks as if somebody did: reckoned from its evidence, for the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from marsad.core.arrays import Mask, Places, Texts
from marsad.core.detectors import Found, detect
from marsad.core.gaming import BEST, ENDS, WORST, Bribe, Game, Hands, State, end_of
from marsad.core.scheme import Scheme
from marsad.core.traces import Days, Look
from marsad.lake import queries
from marsad.lake.cycle import places_in
from marsad.lake.engines import Answer
from marsad.lake.rows import Coded
from marsad.lake.ways import device_of, invited, is_open
from marsad.ratings.board import board_of
from marsad.ratings.checked import Checked, Hand, Otherwise, Planted, Remark
from marsad.ratings.models import Run
from marsad.ratings.raters import keep_panels, marks_of
from marsad.ratings.setup import Setup, east_now, evidence_of, setup_of_run, the_engine, the_lake
from marsad.ratings.what_if import ready_for

EPOCH = date(1970, 1, 1)
SUMS = ("n", "points", "full", "praise", "blame", "rest", "flat", "quick", "close", "again")
Heard = Callable[[int, int], None]
"""Hears how many steps are done of how many."""


@dataclass(frozen=True)
class Scrutinised:
    """All rated channels, the marked first, then those whose star takes the fewest answers.

    How many answer sheets there are, and how many of them nobody invited.
    """

    channels: tuple[Checked, ...]
    sheets: int
    uninvited: int


def scrutinised(run: Run, heard: Heard) -> Scrutinised:
    """Return what is known of a finished run; raises Problem where an import of it is missing in the lake."""
    setup, game = setup_of_run(run), Game(ready_for(run.code).bench)
    channels, east = game.bench.rating.evidence.channels, east_now()
    sheets = queries.sheets(the_engine(), the_lake(), setup.version, setup.cycle, ends_of(setup.scheme), east=east)
    uninvited = came_open(sheets["instrument"])
    days = days_by_source(sheets, channels)
    steps = Steps(len(ENDS) * len(days) + len(STAGES), heard)
    marks = marks_of(queries.by_rater(the_engine(), the_lake(), setup.version, setup.cycle, east=east), setup.scheme)
    keep_panels(run.inputs, marks)
    steps.done()
    found = detect(days, marks, channels)
    steps.done()
    anybody = not setup.scheme.invited_only and bool(uninvited.any())
    return Scrutinised(
        channels=checked(setup, game, run, found, planted_in(game, days, steps), steps, anybody=anybody),
        sheets=int(sheets["n"].sum()),
        uninvited=int(sheets["n"][uninvited].sum()),
    )


STAGES = ("marks", "detectors", "hands", "bribes", "invited")
"""What is done besides looking for the smallest manipulation by planted answers."""


@dataclass
class Steps:
    """How many steps of how many are done, told to whoever hears."""

    total: int
    heard: Heard
    count: int = 0

    def done(self) -> None:
        """Say that one more is done."""
        self.count += 1
        self.heard(self.count, self.total)


def came_open(instruments: Texts) -> Mask:
    """Return which of some instruments `[R]` anybody could answer by, uninvited."""
    return np.isin(instruments, [name for name in np.unique(instruments).tolist() if is_open(name)])


def ends_of(scheme: Scheme) -> dict[str, tuple[float, float]]:
    """Return the worst and the best value of every indicator that has both."""
    ends = {one.code: (end_of(one, WORST), end_of(one, BEST)) for one in scheme.indicators}
    return {code: pair for code, pair in ends.items() if not np.isnan(pair).any()}


def days_by_source(sheets: Answer, channels: Texts) -> dict[str, Days]:
    """Return summed answer sheets of the rated channels by source, devices being the instruments."""
    known = np.isin(sheets["subject"], channels)
    found = {}
    for source in np.unique(sheets["source"][known]).tolist():
        rows = known & (sheets["source"] == source)
        devices, device = np.unique(sheets["instrument"][rows], return_inverse=True)
        place = np.searchsorted(channels, sheets["subject"][rows])
        sums = {name: sheets[name][rows].astype(np.float64) for name in SUMS}
        found[source] = Days(channel=place, device=device, day=sheets["day"][rows], devices=devices, **sums)
    return found


def checked(
    setup: Setup, game: Game, run: Run, found: Found, planted: list[tuple[Planted, ...]], steps: Steps, *, anybody: bool
) -> tuple[Checked, ...]:
    """Return every rated channel."""
    entries, codes = board_of(run, disclosed=False).by_code, game.bench.rating.evidence.channels.tolist()
    hands = hands_of(setup, game)
    steps.done()
    bribes = by_channel(game.bribes(hands))
    steps.done()
    other = game.rerun(evidence_of(setup, only=invited)[0]) if anybody else None
    steps.done()
    channels = [
        Checked(
            entry=entries[codes[place]],
            planted=planted[place],
            bribes=tuple(Hand.of(bribe) for bribe in bribes.get(place, ())),
            score=float(found.score[place]),
            marked=bool(found.marked[place]),
            remarks=tuple(remark_of(look, place) for look in found.told(place)),
            otherwise=otherwise_of(game.as_is, other, place) if other else None,
        )
        for place in np.flatnonzero(game.bench.rating.rated).tolist()
    ]
    return tuple(sorted(channels, key=order))


def by_channel(bribes: Iterable[Bribe]) -> dict[int, list[Bribe]]:
    """Return bribes by the place of the channel that they change."""
    found: dict[int, list[Bribe]] = {}
    for bribe in bribes:
        found.setdefault(bribe.channel, []).append(bribe)
    return found


def order(channel: Checked) -> tuple[bool, float, float, str]:
    """Return what puts channels in order: the marked by their score, the others by how few answers move their star."""
    fewest = min((one.star for one in channel.planted if one.star is not None), default=np.inf)
    return not channel.marked, -channel.score if channel.marked else 0.0, fewest, channel.entry.code


def planted_in(game: Game, sources: Iterable[str], steps: Steps) -> list[tuple[Planted, ...]]:
    """Return the smallest manipulations of every channel by planted answers of each source."""
    indicators, found = game.bench.scheme.indicators, []
    for source in sorted(sources):
        columns = [place for place, one in enumerate(indicators) if one.source == source]
        for end in ENDS:
            smallest = game.smallest(columns, end)
            counts = zip(whole(smallest.star), whole(smallest.lists), strict=True)
            found.append([Planted(source, end, star, lists) for star, lists in counts])
            steps.done()
    return list(zip(*found, strict=True)) if found else [()] * game.as_is.star.size


def whole(counts: np.ndarray) -> list[int | None]:
    """Return counts, None where there is none."""
    return [None if np.isnan(count) else int(count) for count in counts]


def hands_of(setup: Setup, game: Game) -> Hands:
    """Return who brought answers in: raters, and devices where no rater is named."""
    found = queries.by_hand(the_engine(), the_lake(), setup.version, setup.cycle)
    channels, indicators = game.bench.rating.evidence.channels, np.array(list(setup.scheme.position), np.str_)
    channel, indicator = places_in(found["subject"], channels), places_in(found["indicator"], indicators)
    who, hand = named(found["rater"], found["instrument"])
    kept: Mask = (hand >= 0) & (channel >= 0) & (indicator >= 0)
    if setup.scheme.invited_only:
        kept &= ~came_open(found["instrument"].labels)[found["instrument"].codes]
    shape = (who.size, channels.size, indicators.size)
    cells, cell = np.unique(np.ravel_multi_index((hand[kept], channel[kept], indicator[kept]), shape), return_inverse=True)
    each, mean = found["n"][kept].astype(np.float64), (found["wx"] / found["w"])[kept]
    n, total = (np.bincount(cell, column, cells.size).astype(np.float64) for column in (each, each * mean))
    hands, channels_seen, indicators_seen = np.unravel_index(cells, shape)
    return Hands(who, hands, channels_seen, indicators_seen, n, total / n)


def named(raters: Coded, instruments: Coded) -> tuple[Texts, Places]:
    """Return who brings answers in, raters and, where none is named, devices; and which of them did `[R]`, -1 where nobody."""
    people = np.asarray(raters.labels, np.str_)
    devices = np.array([device_of(name) for name in instruments.labels], np.str_)
    who = np.unique(np.concatenate([people, devices]))
    who = who[who != ""]
    person, device = (np.where(names == "", -1, np.searchsorted(who, names)) for names in (people, devices))
    hand = person[raters.codes]
    return who, np.where(hand >= 0, hand, device[instruments.codes])


def remark_of(look: Look, place: int) -> Remark:
    """Return what a detector saw in one channel."""
    first, last = (None if days is None else EPOCH + timedelta(days=int(days[place])) for days in (look.first, look.last))
    who = "" if look.who is None else str(look.who[place])
    return Remark(
        look.kind,
        look.source,
        float(look.seen[place]),
        float(look.expected[place]),
        first,
        last,
        who,
        float(look.surprise[place]),
    )


def otherwise_of(as_is: State, other: State, place: int) -> Otherwise:
    """Return what invited answers alone give one channel."""
    star = float(other.star[place])
    lists = tuple(name for name, there in ((BEST, other.best[place]), (WORST, other.worst[place])) if there)
    starred, listed = bool(other.starred(as_is)[place]), bool(other.listed(as_is)[place])
    return Otherwise(None if np.isnan(star) else star, lists, starred, listed)
