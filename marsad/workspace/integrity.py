"""The integrity of a cycle as a page: how little would change a result, and what looks as if somebody had helped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.core.detectors import THRESHOLD
from marsad.core.gaming import BEST, ENDS
from marsad.ratings.access import counting_run
from marsad.ratings.checked import Checked
from marsad.ratings.integrity import Integrity, integrity_for, job_for_integrity
from marsad.ratings.models import Cycle, Job
from marsad.ratings.remarks import said_of
from marsad.web.charts.picture import WIDE, Figure, Picture
from marsad.web.charts.scatter import Spot, scatter
from marsad.web.charts.words import isolated
from marsad.web.texts import grouped, percent
from marsad.workspace.desk import Desk
from marsad.workspace.evidence import source_name
from marsad.workspace.job import JobPage
from marsad.workspace.runs import written

FEW = 10
"""So few answer sheets come together in a morning."""
HANDS = 3
"""So many raters and devices are named in a cell."""


@dataclass(frozen=True)
class Line:
    """A channel of the list, as ready cells; a cell of several lines is a list of them."""

    name: str
    href: str
    star: str
    marked: bool
    star_takes: Sequence[str]
    lists_take: Sequence[str]
    hands: str
    remarks: Sequence[tuple[str, str]]
    otherwise: str


@dataclass(frozen=True)
class IntegrityPage:
    """What is known of the run that counts in a cycle, as one page shows it."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def found(self) -> Integrity | None:
        """Return what is known, None where it was not reckoned yet."""
        return integrity_for(self.desk.person, self.cycle, self.desk.at)

    @cached_property
    def has_run(self) -> bool:
        """Whether there is a run to ask about."""
        return counting_run(self.cycle) is not None

    @cached_property
    def job(self) -> JobPage | None:
        """Return what the worker does or did of it, None where it never did."""
        job = job_for_integrity(self.desk.person, self.cycle, self.desk.at)
        return JobPage(self.desk, job) if job else None

    @property
    def under_way(self) -> JobPage | None:
        """Return what the worker does of it now, None where nothing."""
        return self.job if self.job and self.job.is_live else None

    @property
    def refusal(self) -> Mapping[str, Any] | None:
        """Return why it could not be reckoned, None where nothing went wrong."""
        return self.job.refusal if self.job and self.job.job.state == Job.FAILED else None

    @property
    def channels(self) -> Sequence[Checked]:
        """Return the rated channels, the marked first."""
        return self.found.channels if self.found else ()

    @property
    def sentence(self) -> str:
        """Return how many channels are to be looked at."""
        if self.found is None:
            return gettext("How little would change a result, and where answers look as if somebody helped.")
        marked = sum(channel.marked for channel in self.channels)
        if not marked:
            return gettext("In none of %(total)s rated channels did answers come in as honest ones seldom do.") % {
                "total": grouped(len(self.channels))
            }
        return ngettext(
            "The answers of %(count)s of %(total)s rated channels are to be looked at: they came in as honest ones seldom do.",
            "The answers of %(count)s of %(total)s rated channels are to be looked at: they came in as honest ones seldom do.",
            marked,
        ) % {"count": grouped(marked), "total": grouped(len(self.channels))}

    @property
    def stats(self) -> Sequence[tuple[str, str]]:
        """Return how many results hang on little."""
        found = self.channels
        counts = {
            gettext("To be looked at"): sum(one.marked for one in found),
            gettext("Star changed by ten answers or fewer"): sum(fewest(one) <= FEW for one in found),
            gettext("Star changed by one rater or device"): sum(any(bribe.starred for bribe in one.bribes) for one in found),
        }
        if self.found and self.found.uninvited and self.found.uninvited_count:
            others = [one.otherwise for one in found if one.otherwise]
            counts[gettext("Another star by invited answers alone")] = sum(one.starred for one in others)
            counts[gettext("Other lists by invited answers alone")] = sum(one.listed for one in others)
        return [(label, grouped(count)) for label, count in counts.items()]

    @property
    def tells_otherwise(self) -> bool:
        """Whether there is a result by invited answers alone to tell."""
        return any(one.otherwise for one in self.channels)

    @property
    def invited(self) -> str:
        """Return how many answers nobody invited."""
        if self.found is None or not self.found.uninvited:
            return gettext("All answers of customers came in by invitation, so that there is nothing to rate without the others.")
        if self.found.uninvited_count:
            words = ngettext(
                "%(count)s of %(total)s answer sheets (%(share)s) came in without an invitation; the last column tells the result"
                " without it.",
                "%(count)s of %(total)s answer sheets (%(share)s) came in without an invitation; the last column tells the result"
                " without them.",
                self.found.uninvited,
            )
        else:
            words = ngettext(
                "%(count)s of %(total)s answer sheets (%(share)s) came in without an invitation; the standard does not count it.",
                "%(count)s of %(total)s answer sheets (%(share)s) came in without an invitation; the standard does not count"
                " them.",
                self.found.uninvited,
            )
        return words % {
            "count": grouped(self.found.uninvited),
            "total": grouped(self.found.sheets),
            "share": percent(self.found.uninvited / self.found.sheets),
        }

    @cached_property
    def picture(self) -> Figure | None:
        """Return how suspicious channels are, by their score."""
        if not self.channels:
            return None
        language = self.desk.language
        spots = [Spot(one.entry.name[language], one.entry.score or 0.0, one.score, one.marked) for one in self.channels]
        caption = gettext("Suspicion is the sum of all surprises in the answers on a channel; from %(from)s on it is looked at.")
        return Figure(partial(drawn, spots, caption=caption % {"from": grouped(THRESHOLD)}, language=language))

    def line(self, channel: Checked) -> Line:
        """Return a channel as the list has it."""
        entry = channel.entry
        return Line(
            name=entry.name[self.desk.language],
            href=reverse("workspace_channel", args=[self.cycle.code, entry.code]),
            star=written(entry.star, None),
            marked=channel.marked,
            star_takes=tuple(takes(channel, "star")),
            lists_take=tuple(takes(channel, "lists")),
            hands=self.hands(channel),
            remarks=[(source_name(one.source), said_of(one)) for one in channel.remarks] if channel.marked else (),
            otherwise=self.otherwise(channel),
        )

    def hands(self, channel: Checked) -> str:
        """Return which raters and devices alone could change the star, and to what; the first of them by name."""
        moving = [bribe for bribe in channel.bribes if bribe.starred]
        named = [f"{isolated(one.hand)}: {written(one.star, None)}" for one in moving[:HANDS]]
        left = len(moving) - HANDS
        if left > 0:
            named.append(ngettext("and %(count)s more", "and %(count)s more", left) % {"count": grouped(left)})
        return self.desk.listed(named) or "–"

    def otherwise(self, channel: Checked) -> str:
        """Return the star, and a change of lists, by invited answers alone."""
        other = channel.otherwise
        if other is None:
            return "–"
        star = gettext("not rated") if other.star is None else grouped(other.star)
        if not other.listed:
            return star
        lists = self.desk.listed(gettext("Best") if one == BEST else gettext("Worst") for one in other.lists)
        return self.desk.listed([star, lists or gettext("on no list")])


def fewest(channel: Checked) -> float:
    """Return how many answer sheets change the star of a channel."""
    return min((one.star for one in channel.planted if one.star is not None), default=float("inf"))


def takes(channel: Checked, what: str) -> Sequence[str]:
    """Return for each source how many best and how many worst answers change the star or the lists; nothing where none do."""
    found = []
    for source in dict.fromkeys(one.source for one in channel.planted):
        counts = {one.end: getattr(one, what) for one in channel.planted if one.source == source}
        best, worst = (counts[end] for end in ENDS)
        if best is not None and worst is not None:
            words = gettext("%(source)s: %(best)s best or %(worst)s worst")
        elif best is not None:
            words = gettext("%(source)s: %(best)s best")
        elif worst is not None:
            words = gettext("%(source)s: %(worst)s worst")
        else:
            continue
        found.append(words % {"source": source_name(source), "best": written(best, None), "worst": written(worst, None)})
    return found


def drawn(spots: Sequence[Spot], *, caption: str, language: str, width: float = WIDE) -> Picture:
    """Return suspicion against the score."""
    across, up = gettext("Score"), gettext("Suspicion")
    return replace(scatter(spots, across=across, up=up, language=language, width=width), sentence=caption)
