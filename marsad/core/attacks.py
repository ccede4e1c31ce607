"""Attacks on a rating, planted for practice: detectors are judged by how many of them they find. Every one follows from its seed.

An answer sheet is what one customer said at one time, `S` sheets of `Q` questions each, in shares of the way from the worst of a
scale to its best; NaN where a question was not asked. Times are seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Places

DAY = 86_400
MORNING, EVENING = 8 * 3600, 18 * 3600
"""When planted answers come in: the hours in which customers come too."""


@dataclass(frozen=True)
class Sheets:
    """Answer sheets of one source: of which channel and device (both as places), when, by whom (-1: nobody is named)."""

    channel: Places
    device: Places
    at: Places
    respondent: Places
    points: Array

    def beside(self, other: Sheets) -> Sheets:
        """Return these sheets and others."""
        mine, theirs = vars(self), vars(other)
        return Sheets(**{name: np.concatenate([mine[name], theirs[name]]) for name in mine})


@dataclass(frozen=True)
class Aim:
    """Whom an attack is for: a channel as place, one of its devices, the best or worst end, how many sheets, and the seed."""

    channel: int
    device: int
    count: int
    seed: int
    end: float = 1.0

    @property
    def chance(self) -> np.random.Generator:
        """Return the dice of this attack."""
        return np.random.default_rng((self.seed, self.channel))


def in_one_day(sheets: Sheets, aim: Aim) -> Sheets:
    """Return the sheets with others at the end of the scale, all of one day."""
    chance = aim.chance
    first, last = days_of(sheets)
    return planted(sheets, aim, np.full(aim.count, chance.integers(first, last + 1)), chance)


def over_weeks(sheets: Sheets, aim: Aim, weeks: int = 6) -> Sheets:
    """Return the sheets with others at the end of the scale, spread thinly over so many weeks, or over all there are."""
    chance = aim.chance
    first, last = days_of(sheets)
    begin = int(chance.integers(first, max(last - 7 * weeks, first) + 1))
    return planted(sheets, aim, chance.integers(begin, min(begin + 7 * weeks, last + 1), aim.count), chance)


def pressed(sheets: Sheets, aim: Aim, sitting: int = 40) -> Sheets:
    """Return the sheets with others of one device that is pressed again and again, some seconds apart, in sittings."""
    chance = aim.chance
    at = sittings(sheets, aim.count, sitting, (3, 10), chance)
    return sheets.beside(added(sheets, aim, at, np.full((aim.count, sheets.points.shape[1]), aim.end)))


def by_staff(sheets: Sheets, aim: Aim, sitting: int = 5, step: float = 0.25) -> Sheets:
    """Return the sheets with others that staff filled in as customers: some at a time, minutes apart, four of five answers best.

    The other answers are one step of the scale short of it; with a single question all are at the end.
    """
    chance, questions = aim.chance, sheets.points.shape[1]
    at = sittings(sheets, aim.count, sitting, (90, 600), chance)
    short = (chance.random((aim.count, questions)) < 0.2) & (questions > 1)
    return sheets.beside(added(sheets, aim, at, np.abs(aim.end - step * short)))


def bribed(points: Array, rows: Places, end: float = 1.0) -> Array:
    """Return what raters wrote `[S]` with some rows at the end of the scale: what one rater wrote on one channel."""
    changed = points.copy()
    changed[rows] = end
    return changed


def days_of(sheets: Sheets) -> tuple[int, int]:
    """Return the first and the last day of any sheet."""
    return int(sheets.at.min() // DAY), int(sheets.at.max() // DAY)


def planted(sheets: Sheets, aim: Aim, days: Places, chance: np.random.Generator) -> Sheets:
    """Return the sheets with others at the end of the scale on these days, at any hour of work."""
    at = days * DAY + chance.integers(MORNING, EVENING, days.size)
    return sheets.beside(added(sheets, aim, at, np.full((days.size, sheets.points.shape[1]), aim.end)))


def sittings(sheets: Sheets, count: int, size: int, apart: tuple[int, int], chance: np.random.Generator) -> Places:
    """Return times that lie so many seconds apart, `size` of them in a row, each row on a day by chance."""
    first, last = days_of(sheets)
    begin = chance.integers(first, last + 1, -(-count // size)) * DAY
    begin = begin + chance.integers(MORNING, EVENING, begin.size)
    steps = chance.integers(*apart, (begin.size, size), endpoint=True).cumsum(axis=1)
    return np.asarray((begin[:, None] + steps).ravel()[:count], np.intp)


def added(sheets: Sheets, aim: Aim, at: Places, points: Array) -> Sheets:
    """Return sheets of an attack, each by somebody who was not there before, on the questions that the channel is asked."""
    mine = sheets.points[sheets.channel == aim.channel]
    asked = ~np.isnan(mine).all(axis=0) if len(mine) else np.ones(sheets.points.shape[1], bool)
    new = int(sheets.respondent.max(initial=-1)) + 1 + np.arange(at.size)
    place = np.full(at.size, aim.channel)
    return Sheets(place, np.full(at.size, aim.device), at, new, np.where(asked, points, np.nan))
