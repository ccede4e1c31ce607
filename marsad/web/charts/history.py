"""What changes with time: a channel's score over cycles, and the answers that come in day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isnan, nan

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import NAME, SMALL, Canvas, inside, ticks
from marsad.web.charts.ink import AREA, FAINT, FOCUS, GROUND, INK, LINE, MARK, QUIET, RAISED
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis, axis_around
from marsad.web.charts.plot import Layer, Plane, marks, runs
from marsad.web.charts.values import Band, Interval
from marsad.web.charts.words import length, number, say, shortened, span

HEIGHT, HEAD, FOOT, SIDE, BAND = 240, 16, 34, 44, 56


@dataclass(frozen=True)
class Cycle:
    """A cycle as a channel's history shows it: its name, the score, and the star (NaN where there was none)."""

    name: str
    score: Interval
    star: float = nan


@dataclass(frozen=True)
class Day:
    """How many answers had come in by the end of a day, and how many were planned by then (NaN without a plan)."""

    name: str
    answers: int
    planned: float = nan


def history(
    cycles: Sequence[Cycle], bands: Sequence[Band] = (), *, language: str, axis: Axis | None = None, width: float = WIDE
) -> Picture:
    """Return a channel's scores over cycles, oldest first, on their intervals and in front of the bands of stars."""
    scores = [cycle.score for cycle in cycles]
    axis = axis or axis_around([[s.value for s in scores]], [[s.low for s in scores], [s.high for s in scores]])
    title = say("History over cycles", language)
    table, sentence = history_table(cycles, axis, language), history_sentence(cycles, axis, language)
    if not cycles:
        return row_pictures.empty("history", language=language, title=title, sentence=sentence, table=table, width=width)
    course = Course(Canvas(language, width), axis, [cycle.name for cycle in cycles], after=BAND if bands else 12)
    placed = [(course.along(place), cycle.score) for place, cycle in enumerate(cycles)]
    reaches = [{"x": x, "y": score.low, "y2": score.high} for x, score in placed]
    values = [{"x": x, "y": score.value} for x, score in placed]
    course.plot(
        *course.behind(bands),
        *[marks("area", run, fill=AREA, fillOpacity=0.3) for run in runs(reaches)],
        marks("rule", reaches, stroke=MARK, strokeWidth=2.5),
        *[marks("line", run, stroke=INK, strokeWidth=1.5) for run in runs(values)],
        marks("point", values, filled=True, fill=INK, stroke=GROUND, size=90),
    )
    course.words(bands)
    for x, score in placed:
        if score.known:
            y = HEAD + course.down(score.high if score.bounded else score.value) - 7
            course.canvas.text(course.start + x, max(y, 11), number(score.value, axis.digits), "middle", size=SMALL, halo=True)
    canvas = course.canvas
    return Picture("history", language, title, sentence, table, width, canvas.height, canvas.body())


@dataclass
class Course:
    """A picture with time across, from where the language begins, and a scale up."""

    canvas: Canvas
    axis: Axis
    steps: Sequence[str]
    after: float = 12
    start: float = SIDE

    @property
    def long(self) -> float:
        """Return how long the plot is."""
        return self.canvas.width - self.start - self.after

    def along(self, place: int) -> float:
        """Return where a step of time stands within the plot."""
        room = min(46.0, self.long / 4)
        return room + (self.long - 2 * room) * (place / (len(self.steps) - 1) if len(self.steps) > 1 else 0.5)

    def down(self, value: float) -> float:
        """Return how far below the top of the plot a value stands."""
        return HEIGHT * (1 - min(max((value - self.axis.low) / (self.axis.high - self.axis.low), 0), 1))

    def behind(self, bands: Sequence[Band]) -> list[Layer | None]:
        """Return the stripes of the bands and their edges, or the lines of the scale."""
        if not bands:
            return [marks("rule", [{"y": tick, "x": 0, "x2": self.long} for tick in ticks(self.axis, 5)], stroke=FAINT)]
        reach = self.axis.high - self.axis.low
        every = [
            {"y": self.axis.low + a * reach, "y2": self.axis.low + b * reach, "x": 0, "x2": self.long}
            for _, a, b in inside(self.axis, bands)
        ]
        edges = [{"y": stripe["y"], "x": 0, "x2": self.long} for stripe in every[1:]]
        return [marks("rect", every[::2], fill=RAISED), marks("rule", edges, stroke=LINE, strokeDash=[3, 3])]

    def plot(self, *layers: Layer | None) -> None:
        """Draw the marks."""
        plane = Plane(self.long, HEIGHT, self.canvas.mirrored, up=self.axis)
        self.canvas.place(plane.drawn(*layers), self.start, HEAD, self.long)

    def words(self, bands: Sequence[Band] = ()) -> None:
        """Write the scale, the steps of time that fit, and the stars of the bands."""
        for tick in ticks(self.axis, 5):
            self.canvas.text(self.start - 8, HEAD + self.down(tick) + 4, number(tick), "end", size=SMALL, colour=QUIET)
        for band, first, last in inside(self.axis, bands):
            if (last - first) * HEIGHT >= 14:
                self.canvas.starred(self.canvas.width - 24, HEAD + HEIGHT * (1 - (first + last) / 2), band.star)
        room = (self.along(1) - self.along(0)) if len(self.steps) > 1 else self.long
        longest = max((length(step, SMALL) for step in self.steps), default=0) + 10
        every = max(1, ceil(min(longest, 110) / room))
        for place in range(len(self.steps) - 1, -1, -every):
            words = shortened(self.steps[place], SMALL, room * every - 6)
            self.canvas.text(self.start + self.along(place), HEAD + HEIGHT + 20, words, "middle", size=SMALL, colour=QUIET)
        self.canvas.height = HEAD + HEIGHT + FOOT


def history_sentence(cycles: Sequence[Cycle], axis: Axis, language: str) -> str:
    """Return whether the last score is clearly above or below the one before."""
    known = [cycle for cycle in cycles if cycle.score.known]
    if not known:
        return say("No cycle has a score of this channel yet.", language)
    last = known[-1]
    score = number(last.score.value, axis.digits)
    if len(known) == 1:
        return say("The only score so far is {score}, of {cycle}.", language, score=score, cycle=last.name)
    before = known[-2]
    values = {"score": score, "cycle": last.name, "before": number(before.score.value, axis.digits), "earlier": before.name}
    if not (last.score.bounded and before.score.bounded):
        return say(
            "The score of {cycle} is {score}, after {before} in {earlier}; how sure the change is, is not known.",
            language,
            **values,
        )
    if last.score.low > before.score.high:
        return say("The score rose clearly from {before} in {earlier} to {score} in {cycle}.", language, **values)
    if last.score.high < before.score.low:
        return say("The score fell clearly from {before} in {earlier} to {score} in {cycle}.", language, **values)
    return say("The score of {cycle}, {score}, is not clearly apart from {before} in {earlier}.", language, **values)


def history_table(cycles: Sequence[Cycle], axis: Axis, language: str) -> Table:
    """Return the history as text."""
    columns = say("Cycle", language), say("Score", language), say("Interval", language), say("Stars", language)
    rows = tuple(
        (
            cycle.name,
            number(cycle.score.value, axis.digits),
            span(cycle.score.low, cycle.score.high, axis.digits),
            number(cycle.star),
        )
        for cycle in cycles
    )
    return Table(columns, rows, (1, 2, 3))


def progress(days: Sequence[Day], *, language: str, width: float = WIDE) -> Picture:
    """Return the answers that had come in by each day of a field period, beside those planned."""
    title = say("Answers day by day", language)
    rows = tuple((day.name, number(day.answers), number(day.planned)) for day in days)
    table = Table((say("Day", language), say("Answers", language), say("Planned", language)), rows, (1, 2))
    sentence = progress_sentence(days, language)
    if not days:
        return row_pictures.empty("progress", language=language, title=title, sentence=sentence, table=table, width=width)
    axis = axis_around([[0.0], [day.answers for day in days], [day.planned for day in days]])
    widest = max(length(number(tick), SMALL) for tick in ticks(axis, 5))
    course = Course(Canvas(language, width), axis, [day.name for day in days], start=max(SIDE, widest + 14))
    came = [{"x": course.along(at), "y": float(day.answers)} for at, day in enumerate(days)]
    planned = runs([{"x": course.along(at), "y": day.planned} for at, day in enumerate(days)])
    course.plot(
        *course.behind(()),
        marks("area", [spot | {"y2": 0} for spot in came], fill=AREA, fillOpacity=0.35),
        marks("line", came, stroke=INK, strokeWidth=2),
        *[marks("line", run, stroke=FOCUS, strokeWidth=2, strokeDash=[6, 4]) for run in planned],
        marks("point", came[-1:], filled=True, fill=INK, stroke=GROUND, size=90),
    )
    course.words()
    canvas = course.canvas
    explained(canvas, planned=bool(planned))
    return Picture("progress", language, title, sentence, table, width, canvas.height, canvas.body())


def explained(canvas: Canvas, *, planned: bool) -> None:
    """Write which line is which."""
    top, came = canvas.height + 8, say("Answers that came in", canvas.language)
    canvas.line(0, top, 28, top, colour=INK, width=2)
    canvas.text(36, top + 4, came, size=SMALL)
    if planned:
        start = 36 + length(came, SMALL) + 24
        canvas.line(start, top, start + 28, top, colour=FOCUS, width=2, dash="6 4")
        canvas.text(start + 36, top + 4, say("Planned", canvas.language), size=SMALL)
    canvas.height = top + NAME


def progress_sentence(days: Sequence[Day], language: str) -> str:
    """Return how many answers there are, and how that compares with the plan."""
    if not days:
        return say("No answer has come in yet.", language)
    last = days[-1]
    if isnan(last.planned) or not last.planned:
        return say("Answers by {day}: {n}.", language, day=last.name, n=last.answers)
    share = f"{100 * last.answers / last.planned:.0f}%"
    return say(
        "Answers by {day}: {n}, which is {share} of the {planned} planned.",
        language,
        day=last.name,
        n=last.answers,
        share=share,
        planned=last.planned,
    )
