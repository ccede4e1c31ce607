"""How many planted attacks the detectors find at 1 % false alarms.

Nations of 600 channels with a survey of ten questions, a meter at kiosks and by invitation, mystery visits and assessments, all
in shares of the scale, over 91 days. Their days are lumpy, weekends are quiet, moods are shared by all answers of a customer,
raters are severe or mild, and some customers press a kiosk twice. In each, 4 channels by chance suffer each attack:

- day, weeks: sheets at the end of the scale are planted in one day, or thinly over six weeks, in the survey or the meter;
- kiosk: one device is pressed again and again, some seconds apart;
- staff: staff fill in the survey as customers, some sheets at a sitting, four of five answers at the end;
- assessor, shopper: one rater of the channel is bribed, all scores become the best;
- milder assessor: one of the two gives a level more on every question, no more. It is in the table and has a figure of its own,
  `discreet_caught`: two witnesses who differ by a level are hard to tell from two honest ones who do.

An attack is as large as it must be to move the star of its channel, wherever between two stars that lies; of raters, as large as
one rater can make it. `attacks_caught` counts those that move the score by a point or more, a tenth of a star; chance moves a
score as far. The table tells the rest too, and so does `attacks_caught_all`. `false_alarms` is the share of channels that are
marked in nations without attacks, other nations than the threshold was found with. A rough nation, with campaigns, drift, outings
of whole families to the kiosk and heavy tails, says what becomes of that share where life is stranger: `false_alarms_rough`.

`python benchmarks/gaming.py RUNS` takes another number of nations than 24.
"""

import sys
import time
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from machine import describe, figure

from marsad.core.attacks import DAY, Aim, Sheets, bribed, by_staff, in_one_day, over_weeks, pressed
from marsad.core.detectors import THRESHOLD, detect
from marsad.core.severity import Marks
from marsad.core.traces import days_of

CHANNELS, DAYS, QUESTIONS, RUNS, EACH = 600, 91, 10, 24, 4
FIRST = 20_000 * DAY
"""The morning of the first day, a Monday."""
WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.7, 0.3, 0.1])
WEIGHTS = {"survey": 0.455, "meter": 0.195, "visit": 0.105, "assessment": 0.245}
DEVICES = np.array(["invitation", "kiosk-1", "kiosk-2"])
MOVES = 1.0
"""Points that an attack must move the score by to be counted."""


@dataclass
class Nation:
    """The evidence of a field period: sheets by source, what raters wrote by source, and the score of every channel."""

    seed: int
    rough: bool = False
    sheets: dict[str, Sheets] = field(default_factory=dict)
    marks: dict[str, Marks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw everything."""
        self.chance = np.random.default_rng(self.seed)
        self.names = np.array([f"c{place:03d}" for place in range(CHANNELS)])
        self.quality = 0.71 + 0.067 * self.tails(CHANNELS)
        self.popularity = self.chance.lognormal(0.0, 0.7, CHANNELS)
        self.popularity /= self.popularity.mean()
        self.sheets = {"survey": self.surveyed(140.0), "meter": self.metered(415.0)}
        self.marks = {"visit": self.rated(8, 80, 20, (0.07, 0.08, 0.12)), "assessment": self.rated(2, 75, 40, (0.08, 0.05, 0.15))}

    def tails(self, *shape: int) -> np.ndarray:
        """Return draws with variance 1, with heavy tails where life is rough."""
        if self.rough:
            return self.chance.standard_t(4, shape) / np.sqrt(2)
        return self.chance.standard_normal(shape)

    def node(self) -> np.ndarray:
        """Return the true share of the scale of every channel in one source."""
        return np.clip(self.quality + 0.04 * self.tails(CHANNELS), 0.2, 0.97)

    def coming(self, each: float) -> tuple[np.ndarray, np.ndarray]:
        """Return of which channel and when sheets come in, on lumpy days."""
        lumps = 0.5 if self.rough else 0.2
        rate = np.outer(self.popularity * each * self.chance.lognormal(0, 0.15, CHANNELS), WEEK[np.arange(DAYS) % 7])
        rate *= self.chance.gamma(1 / lumps, lumps, rate.shape) / (WEEK.mean() * DAYS)
        if self.rough:
            begin = self.chance.integers(0, DAYS - 7, CHANNELS)
            week = (np.arange(DAYS) >= begin[:, None]) & (np.arange(DAYS) < begin[:, None] + 7)
            rate *= np.where(week & (self.chance.random(CHANNELS) < 0.2)[:, None], 2.0, 1.0)
        cells = np.repeat(np.arange(rate.size), self.chance.poisson(rate).ravel())
        hour = self.chance.triangular(7.5, 11.0, 20.0, cells.size) * 3600
        return cells // DAYS, FIRST + cells % DAYS * DAY + hour.astype(np.int64)

    def drift(self, at: np.ndarray, channel: np.ndarray) -> np.ndarray:
        """Return how much better or worse a channel has become."""
        if not self.rough:
            return np.zeros(at.size)
        slope = 0.02 * self.chance.standard_normal(CHANNELS)
        return slope[channel] * ((at - FIRST) / DAY / DAYS - 0.5) * 2

    def surveyed(self, each: float) -> Sheets:
        """Return the sheets of the survey: five steps, a mood shared by all answers of a customer."""
        channel, at = self.coming(each)
        felt = self.node()[channel] + self.drift(at, channel) + 0.195 * self.tails(channel.size)
        hard = 0.03 * self.chance.standard_normal(QUESTIONS)
        points = felt[:, None] + hard + 0.195 * self.tails(channel.size, QUESTIONS)
        return Sheets(channel, np.zeros(channel.size, int), at, np.arange(channel.size), np.clip(np.rint(points * 4), 0, 4) / 4)

    def metered(self, each: float) -> Sheets:
        """Return the answers to the meter: device 0 is the invitation, 1 and 2 are kiosks; some press twice."""
        channel, at = self.coming(each)
        device = self.chance.choice(3, channel.size, p=[0.6, 0.25, 0.15])
        happy = self.chance.random(channel.size) < self.node()[channel] + self.drift(at, channel)
        rate = 0.02 * self.chance.gamma(0.5, 2, CHANNELS) if self.rough else np.full(CHANNELS, 0.01)
        twice = (device > 0) & (self.chance.random(channel.size) < rate[channel])
        order = np.concatenate([np.arange(channel.size), np.flatnonzero(twice)])
        late = np.concatenate([np.zeros(channel.size, int), self.chance.integers(2, 15, twice.sum())])
        who = np.where(device[order] > 0, -1, order)
        return Sheets(channel[order], device[order], at[order] + late, who, happy[order, None].astype(float))

    def rated(self, each: int, raters: int, items: int, spread: tuple[float, float, float]) -> Marks:
        """Return what raters wrote: their severities, the day, and every answer have their share; ten steps or three."""
        visits = np.repeat(np.arange(CHANNELS), each)
        rater = (np.arange(visits.size) + self.chance.integers(raters)) % raters if each == 2 else self.picked(each, raters)
        steps, (severe, day, answer) = (10 if each > 2 else 3), spread
        felt = self.node()[visits] - severe * self.chance.standard_normal(raters)[rater] + day * self.tails(visits.size)
        points = felt[:, None] + 0.05 * self.chance.standard_normal(items) + answer * self.tails(visits.size, items)
        points = np.clip(np.rint(points * steps), 0, steps) / steps
        names = np.array([f"r{place:02d}" for place in range(raters)])
        when = FIRST // DAY + self.chance.integers(0, DAYS, visits.size)
        rows = np.repeat(np.arange(visits.size), items)
        codes = np.array([f"q{place:03d}" for place in range(items)])
        return Marks.of(
            self.names[visits[rows]], names[rater[rows]], np.tile(codes, visits.size), when[rows], 100 * points.ravel()
        )

    def picked(self, each: int, raters: int) -> np.ndarray:
        """Return different raters for the visits of each channel."""
        return self.chance.random((CHANNELS, raters)).argsort(axis=1)[:, :each].ravel()

    def mean(self, source: str) -> np.ndarray:
        """Return the points of every channel in one source, in hundredths."""
        if source in self.marks:
            marks = self.marks[source]
            return np.bincount(marks.channel, marks.points, CHANNELS) / np.bincount(marks.channel, minlength=CHANNELS)
        sheets = self.sheets[source]
        return 100 * np.bincount(sheets.channel, sheets.points.mean(axis=1), CHANNELS) / self.size(source)

    def size(self, source: str) -> np.ndarray:
        """Return how many sheets every channel has."""
        return np.maximum(np.bincount(self.sheets[source].channel, minlength=CHANNELS), 1)

    def score(self) -> np.ndarray:
        """Return the composite of every channel."""
        return sum(weight * self.mean(source) for source, weight in WEIGHTS.items())

    def found(self) -> np.ndarray:
        """Return the score that detectors give every channel."""
        return detect({source: days_of(sheets, DEVICES) for source, sheets in self.sheets.items()}, self.marks, self.names).score


ATTACKS = {
    "survey, in one day": ("survey", in_one_day),
    "survey, over six weeks": ("survey", over_weeks),
    "meter, in one day": ("meter", in_one_day),
    "meter, over six weeks": ("meter", over_weeks),
    "kiosk pressed": ("meter", pressed),
    "staff as customers": ("survey", by_staff),
    "assessor bribed": ("assessment", None),
    "shopper bribed": ("visit", None),
}
DISCREET, LEVEL = "milder assessor", 100 / 3


def size_of(nation: Nation, source: str, channel: int) -> int:
    """Return how many sheets at the end of the scale lift a channel to its next star; 0 where no three times as many do."""
    score = nation.score()[channel]
    missing = (np.floor(score / 10) + 1) * 10 - score
    n, gain = nation.size(source)[channel], WEIGHTS[source] * (100 - nation.mean(source)[channel])
    needed = n * missing / (gain - missing) if gain > missing else np.inf
    return int(np.ceil(needed)) if needed <= 3 * n else 0


def attack(nation: Nation, name: str, channel: int) -> None:
    """Plant one attack."""
    source, plant = ATTACKS.get(name, ("assessment", None))
    if plant is None:
        marks = nation.marks[source]
        mine = np.flatnonzero(marks.channel == channel)
        rows = mine[marks.rater[mine] == marks.rater[mine[0]]]
        points = bribed(marks.points, rows, 100.0)
        if name == DISCREET:
            points = np.minimum(points, marks.points + LEVEL)
        nation.marks[source] = replace(marks, points=points)
        return
    count = size_of(nation, source, channel)
    if count:
        kiosk = 1 if plant is pressed else 0
        nation.sheets[source] = plant(nation.sheets[source], Aim(channel, kiosk, count, nation.seed))


def campaign(seed: int, rough: bool = False) -> list[tuple[str, float, float]]:
    """Return of every attack on a nation its name, by how much it moved the score, and what detectors say."""
    nation = Nation(seed, rough)
    names = [*ATTACKS, DISCREET] * EACH
    before, targets = nation.score(), np.random.default_rng(seed).permutation(CHANNELS)[: len(names)]
    named = list(zip(targets.tolist(), names, strict=True))
    for channel, name in named:
        attack(nation, name, channel)
    moved, found = nation.score() - before, nation.found()
    return [(name, float(moved[channel]), float(found[channel])) for channel, name in named if moved[channel] > 0]


def table(seen: list[tuple[str, float, float]]) -> None:
    """Print which share of every attack is marked, by how far it moves the score."""
    edges = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, np.inf)
    print(f"{'moved by, points':24s}" + "".join(f"{low:>6.4g}–{high:<6.4g}" for low, high in pairwise(edges)))
    for name in (*ATTACKS, DISCREET):
        line = f"{name:24s}"
        for low, high in pairwise(edges):
            mine = [score >= THRESHOLD for which, moved, score in seen if which == name and low <= moved < high]
            line += f"{np.mean(mine):>6.0%} of{len(mine):>4d}" if mine else " " * 13
        print(line)


def main() -> None:
    """Print what is found of every attack, and the figures."""
    runs, start = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS, time.perf_counter()
    print(describe(), "\n")
    clean = np.concatenate([Nation(seed).found() for seed in range(5000, 5000 + runs)])
    rough = np.concatenate([Nation(seed, rough=True).found() for seed in range(7000, 7000 + runs // 2)])
    seen = [one for seed in range(runs) for one in campaign(seed)]
    table(seen)
    planned = [one for one in seen if one[0] != DISCREET]
    counted = [score >= THRESHOLD for _name, moved, score in planned if moved >= MOVES]
    print(f"\n{len(planned)} attacks, {len(counted)} count; {time.perf_counter() - start:.0f} s\n")
    figure("attacks_caught", np.mean(counted), "share")
    figure("attacks_caught_all", np.mean([score >= THRESHOLD for _name, _moved, score in planned]), "share")
    figure("discreet_caught", np.mean([score >= THRESHOLD for name, _moved, score in seen if name == DISCREET]), "share")
    figure("false_alarms", np.mean(clean >= THRESHOLD), "share")
    figure("false_alarms_rough", np.mean(rough >= THRESHOLD), "share")


if __name__ == "__main__":
    main()
