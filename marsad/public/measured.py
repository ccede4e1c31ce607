"""Everything that was measured of a channel: its branches and indicators as rows, long lists folded under what they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString, mark_safe

from marsad.core.parts import Part
from marsad.core.scheme import Indicator
from marsad.public.pages import Page
from marsad.public.rows import between, number
from marsad.public.words import source_words
from marsad.ratings.board import Score
from marsad.web.charts.pieces import Axis, axis_around, interval
from marsad.web.texts import grouped

MOST_ROWS, DEEPEST = 40, 2
"""A table of more rows is folded: branches down to this depth are seen at once, and all else below them when it is asked for."""


@dataclass(frozen=True)
class Line:
    """A branch or indicator of the standard as a row: its depth in the tree, its score, and where its evidence stands."""

    name: str
    depth: int
    is_indicator: bool
    score: str
    margin: str
    drawing: SafeString
    n: str
    source: str
    href: str


@dataclass(frozen=True)
class Fold:
    """What hangs on one branch, to be unfolded."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Measured:
    """The scores of a channel by branch and indicator; `code` is the channel's."""

    page: Page
    code: str
    scores: Mapping[str, Score]

    @cached_property
    def axis(self) -> Axis:
        """Return the one axis of all its parts."""
        scores = self.scores.values()
        return axis_around(
            [[number(score.value) for score in scores]], [[number(s.low) for s in scores], [number(s.high) for s in scores]]
        )

    @cached_property
    def parts(self) -> list[tuple[Part, int]]:
        """Return every branch and indicator that applies, with its depth, from the root down."""

        def below(code: str, depth: int) -> Iterator[tuple[Part, int]]:
            for child in self.page.board.scheme.children.get(code, ()):
                if child.code in self.scores:
                    yield child, depth
                    yield from below(child.code, depth + 1)

        return list(below(self.page.board.scheme.root.code, 0))

    @cached_property
    def arranged(self) -> tuple[list[Line], list[Fold]]:
        """Return the rows that are seen at once, and the folds."""
        shown: list[Line] = []
        folds: dict[str, Fold] = {}
        head: tuple[Part, int] | None = None
        for part, depth in self.parts:
            is_branch = not isinstance(part, Indicator) and depth <= DEEPEST
            if len(self.parts) <= MOST_ROWS or is_branch or depth == 0:
                shown.append(self.line(part, depth))
                head = (part, depth)
            elif head is not None:
                fold = folds.setdefault(head[0].code, Fold(self.label(head[0]), []))
                fold.lines.append(self.line(part, depth - head[1] - 1))
        return shown, list(folds.values())

    @property
    def whole(self) -> list[Line]:
        """Return all rows, nothing folded: for print."""
        return [self.line(part, depth) for part, depth in self.parts]

    @property
    def lines(self) -> list[Line]:
        """Return the rows that are seen at once."""
        return self.arranged[0]

    @property
    def folds(self) -> list[Fold]:
        """Return what is unfolded when it is asked for."""
        return self.arranged[1]

    def label(self, part: Part) -> str:
        """Return what a part is called."""
        return self.page.board.standard.labels[part.code][self.page.language]

    def line(self, part: Part, depth: int) -> Line:
        """Return a branch or indicator as a row."""
        score = self.scores[part.code]
        ends = (number(score.low), number(score.value), number(score.high))
        return Line(
            name=self.label(part),
            depth=depth,
            is_indicator=isinstance(part, Indicator),
            score="–" if score.value is None else grouped(score.value, self.axis.digits),
            margin=between(score.low, score.high, self.axis.digits),
            drawing=mark_safe(interval(self.axis, *ends)),
            n="–" if score.n is None else grouped(score.n, 0),
            source=self.page.say(source_words(part.source)) if isinstance(part, Indicator) else "",
            href=self.page.to("evidence", channel=self.code, what=part.code),
        )
