"""How little would change the results of a cycle, and what in its evidence is to be looked at."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from marsad.accounts.models import Scope
from marsad.api.auth import somebody
from marsad.api.problems import not_found
from marsad.api.schema import refuses
from marsad.api.working import JobOut, awaited
from marsad.core.lifecycle import OutOfTurn
from marsad.core.problem import Sentence
from marsad.ratings.access import counting_run, cycle_for
from marsad.ratings.checked import Checked, Remark
from marsad.ratings.integrity import Integrity, ask_for_integrity, integrity_for
from marsad.ratings.remarks import said_of

router = Router(tags=["runs"])


class PlantedOut(Schema):
    """Answer sheets, all answers best or all worst, that would change a result."""

    source: str
    end: str = Field(description="best or worst.")
    star: int | None = Field(description="How many change the star; null where ten thousand do not.")
    lists: int | None = Field(description="How many put the channel on a list or take it off one, by its score.")


class HandOut(Schema):
    """A rater or device whose answers alone would change a result, were all of them best or worst."""

    hand: str
    end: str
    star: float = Field(description="The star there would be.")
    star_changes: bool
    list_changes: bool


class RemarkOut(Schema):
    """What a detector saw."""

    kind: str
    source: str
    seen: float
    expected: float
    first: date | None = Field(description="The first day of it, where it has days.")
    last: date | None
    who: str = Field(description="The rater or device it speaks of, blank for none.")
    surprise: float = Field(description="−log10 of its chance among the channels of the cycle.")
    sentence: str = Field(description="The same in words, in the language of Accept-Language.")


class InvitedOut(Schema):
    """The result by invited answers alone."""

    star: float | None = Field(description="null where the channel would not be rated.")
    lists: list[str] = Field(description="best, worst, or none, by the score.")
    star_differs: bool
    lists_differ: bool


class CheckedOut(Schema):
    """A rated channel."""

    channel: str
    star: float | None
    suspicion: float
    marked: bool = Field(description="Whether it is to be looked at; one honest channel in a hundred is, by chance.")
    remarks: list[RemarkOut]
    planted: list[PlantedOut]
    hands: list[HandOut]
    invited: InvitedOut | None = Field(description="null where no answer counts that was not invited.")


class IntegrityOut(Schema):
    """What is known of a run; remarks to look at, no findings."""

    run: str
    sheets: int = Field(description="Answer sheets of customers.")
    uninvited: int = Field(description="Those that came in without an invitation.")
    uninvited_count: bool = Field(description="Whether the standard counts these too.")
    channels: list[CheckedOut] = Field(description="The marked first, then those whose star takes the fewest answers.")


@router.get(
    "/cycles/{code}/integrity",
    response=IntegrityOut,
    operation_id="read_integrity",
    summary="How little would change a result, and what to look at",
    openapi_extra=refuses(409),
)
def read_integrity(request: HttpRequest, code: str) -> Any:
    """Of the run that counts: manipulations that would change a result, remarks of detectors, and the result by invitation alone.

    The worker reckons it by itself once a run counts; 409 until that is done, 404 while the cycle has no run.
    """
    person, now = somebody(request, Scope.READ), timezone.now()
    cycle = cycle_for(person, code, now)
    found = integrity_for(person, cycle, now)
    if found is not None:
        return integrity_out(found)
    if counting_run(cycle) is None:
        raise not_found()
    raise OutOfTurn(Sentence("the integrity of this run is not reckoned yet"), remedy=Sentence("wait for it, or ask for it"))


@router.post(
    "/cycles/{code}/integrity",
    response={202: JobOut},
    operation_id="ask_for_integrity",
    summary="Ask what would change a result",
    openapi_extra=refuses(409),
)
def post_integrity(request: HttpRequest, response: HttpResponse, code: str) -> Any:
    """A job that reckons it of the run that counts, the one under way where there is one; done at once where it is kept already.

    Only needed where that failed, or of runs from before the worker did so by itself. Needs a token for cycles:write.
    """
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    return awaited(response, ask_for_integrity(by=person, cycle=cycle_for(person, code, now), at=now))


def integrity_out(found: Integrity) -> dict[str, Any]:
    """Return what is known as it is shown."""
    counts = {"sheets": found.sheets, "uninvited": found.uninvited, "uninvited_count": found.uninvited_count}
    return {"run": found.board.run.code, **counts, "channels": [checked_out(channel) for channel in found.channels]}


def checked_out(channel: Checked) -> dict[str, Any]:
    """Return a channel as it is shown."""
    other = channel.otherwise
    return {
        "channel": channel.entry.code,
        "star": channel.entry.star,
        "suspicion": channel.score,
        "marked": channel.marked,
        "remarks": [remark_out(remark) for remark in channel.remarks],
        "planted": [vars(one) for one in channel.planted],
        "hands": [
            {"hand": one.hand, "end": one.end, "star": one.star, "star_changes": one.starred, "list_changes": one.listed}
            for one in channel.bribes
        ],
        "invited": other
        and {"star": other.star, "lists": list(other.lists), "star_differs": other.starred, "lists_differ": other.listed},
    }


def remark_out(remark: Remark) -> dict[str, Any]:
    """Return a remark as it is shown, with its sentence."""
    return vars(remark) | {"sentence": said_of(remark)}
