"""What if a weight or a band were another: which channels would have another star or stand on another list, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.core.problem import Problem
from marsad.core.stars import Bands
from marsad.ratings.access import counting_run
from marsad.ratings.board import Board, board_of
from marsad.ratings.models import Cycle, Run
from marsad.ratings.what_if import BEST, Answer, Change, Side, what_if
from marsad.web.texts import complaint, grouped
from marsad.workspace.desk import Desk
from marsad.workspace.forms import WhatIfForm
from marsad.workspace.results import DIGITS
from marsad.workspace.runs import written

Pair = tuple[str, str]
"""Before and after."""


@dataclass(frozen=True)
class Line:
    """A channel that would change, as ready cells."""

    name: str
    href: str
    kind: str
    star: Pair
    score: Pair
    rank: Pair
    lists: Pair

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Return the cells that have a before and an after."""
        return self.star, self.score, self.rank, self.lists


@dataclass(frozen=True)
class WhatIfPage:
    """Other weights and bands tried on the run that counts in a cycle."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def run(self) -> Run | None:
        """Return the run, None where none has finished yet."""
        return counting_run(self.cycle)

    @cached_property
    def board(self) -> Board | None:
        """Return what the run found."""
        return board_of(self.run, disclosed=False) if self.run else None

    @cached_property
    def form(self) -> WhatIfForm | None:
        """Return what is asked, as the address holds it."""
        return WhatIfForm(self.desk.request.GET.dict(), standard=self.board.standard) if self.board else None

    @property
    def banded(self) -> bool:
        """Whether the standard has fixed bands that can be moved."""
        return self.board is not None and isinstance(self.board.scheme.stars, Bands)

    @cached_property
    def tried(self) -> Answer | Problem | None:
        """Return what would change, what stands in the way, or None where nothing can be asked."""
        if self.run is None or self.form is None or not self.form.is_valid():
            return None
        try:
            return what_if(self.run, self.form.asked)
        except Problem as problem:
            return problem

    @property
    def answer(self) -> Answer | None:
        """Return what would change, None where nothing was tried."""
        return self.tried if isinstance(self.tried, Answer) else None

    @property
    def problem(self) -> str:
        """Return what stands in the way, in words."""
        return complaint(self.tried, placed=False) if isinstance(self.tried, Problem) else ""

    @property
    def moved(self) -> bool:
        """Whether anything is other than the standard has it."""
        return self.form is not None and (not self.form.is_valid() or self.form.moved)

    @property
    def sentence(self) -> str:
        """Return how many channels would have another star."""
        if self.moved and self.answer is None:
            return gettext("Nothing was tried: see what is said below.")
        if self.answer is None:
            return gettext("See which stars and lists would be others, if a weight or a band were another.")
        if not self.moved:
            return gettext("These are the weights and bands of the standard: move one, and see what would be another.")
        count = sum(change.starred for change in self.answer.changes)
        return ngettext(
            "With these weights and bands %(count)s of %(rated)s rated channels would have another star.",
            "With these weights and bands %(count)s of %(rated)s rated channels would have other stars.",
            count,
        ) % {"count": grouped(count), "rated": grouped(self.answer.rated)}

    @property
    def stats(self) -> Sequence[tuple[str, str]]:
        """Return how many would go which way."""
        changes = self.answer.changes if self.answer else ()
        numbers = {
            gettext("To a higher star"): sum(rises(change) for change in changes),
            gettext("To a lower star"): sum(change.starred and not rises(change) for change in changes),
            gettext("On to a list, or off it"): sum(change.listed for change in changes),
            gettext("To another rank"): sum(change.ranked for change in changes),
        }
        return [(label, grouped(number)) for label, number in numbers.items()]

    @property
    def changes(self) -> Sequence[Change]:
        """Return the channels with another star or on other lists."""
        return [change for change in self.answer.changes if change.starred or change.listed] if self.answer else []

    @property
    def untold(self) -> str:
        """Return of how many channels nothing can be said, blank where there are none."""
        if self.answer is None or not self.answer.untold:
            return ""
        return ngettext(
            "Of %(count)s rated channel nothing is said: part of its score was drawn by the joint model.",
            "Of %(count)s rated channels nothing is said: part of their scores was drawn by the joint model.",
            self.answer.untold,
        ) % {"count": grouped(self.answer.untold)}

    def line(self, change: Change) -> Line:
        """Return a channel as the table has it."""
        entry, language = change.entry, self.desk.language
        kinds = self.board.standard.kinds if self.board else {}
        before, after = change.before, change.after
        return Line(
            name=entry.name[language],
            href=reverse("workspace_channel", args=[self.cycle.code, entry.code]),
            kind=kinds[entry.kind][language] if entry.kind in kinds else entry.kind,
            star=(written(before.star, None), written(after.star, None)),
            score=(written(before.score, DIGITS), written(after.score, DIGITS)),
            rank=(written(before.rank, 0), written(after.rank, 0)),
            lists=(self.lists(before), self.lists(after)),
        )

    def lists(self, side: Side) -> str:
        """Return the lists of a channel in words."""
        return self.desk.listed(gettext("Best") if one == BEST else gettext("Worst") for one in side.lists) or "–"


def rises(change: Change) -> bool:
    """Whether a channel would have a higher star."""
    before, after = change.before.star, change.after.star
    return before is not None and after is not None and after > before
