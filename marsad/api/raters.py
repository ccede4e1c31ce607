"""The raters of a cycle: how severe each is, how far they agree, what others gave where both went, and who changed."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from marsad.accounts.models import Scope
from marsad.api.auth import somebody
from marsad.api.problems import not_found
from marsad.core.raters import Agreement
from marsad.core.twice import Twice
from marsad.ratings.access import cycle_for
from marsad.ratings.raters import Changed, Panel, changed_for, in_order, panels_for, panels_of
from marsad.web.converters import Pseudonym

router = Router(tags=["raters"])
BESIDE = ("own", "own_visits", "others", "other_visits")


class SpanOut(Schema):
    """A number with its interval, null where it cannot be told."""

    value: float | None
    low: float | None
    high: float | None


class AgreementOut(SpanOut):
    """A coefficient of agreement, 1 where two always give the same and 0 where they differ as if by lot."""

    n: int = Field(description="How many units several raters scored.")


class TwiceOut(Schema):
    """Whether another rater would have seen the same, by the channels that several scored."""

    reading: str = Field(description="none, few (channels), same, much (the same), other, or open: not settled yet.")
    channels: int = Field(description="Channels that several raters scored.")
    scored: int = Field(description="Channels that anybody scored.")
    answers: AgreementOut = Field(description="Krippendorff's α of single answers.")
    visits: AgreementOut = Field(description="The one-way intraclass correlation of single visits.")


class RaterOut(Schema):
    """A rater beside the others of a source."""

    rater: str = Field(description="As the evidence names them.")
    code: str = Field(description="The same as a part of an address: bytes besides letters, digits, _ and - as ~ and two digits.")
    visits: int
    channels: int
    severity: SpanOut = Field(description="By how many points of 100 less is given than by the mean rater; null: not comparable.")
    severity_stands_out: bool = Field(description="Farther from the mean rater than chance explains.")
    change: SpanOut = Field(description="Severity in the later half of the visits less that in the earlier.")
    change_stands_out: bool = Field(description="More than chance explains.")
    infit: float | None = Field(description="About 1 where scores are as foreseeable as visits let them be; far above, not.")
    outfit: float | None


class PanelOut(Schema):
    """The raters of a source."""

    source: str
    later_from: date = Field(description="The first day of the later half of the visits.")
    spread: float | None = Field(description="By how many points visits to one channel differ by chance.")
    strangers: list[str] = Field(description="Whom no chain of channels joins to those who are compared.")
    twice: TwiceOut
    raters: list[RaterOut] = Field(description="The severest first, those who cannot be compared last.")


class RatersOut(Schema):
    """The raters of every source of a cycle that names raters."""

    sources: list[PanelOut] = Field(description="What shoppers found first.")


class BesideOut(Schema):
    """What a rater and others gave a channel: the means of their visits in points of 100, as on a question of mean difficulty."""

    channel: str
    own: float
    own_visits: int
    others: float
    other_visits: int


class RaterInSourceOut(RaterOut):
    """A rater beside the others of a source, and beside what they gave the same channels."""

    source: str
    beside: list[BesideOut] = Field(description="Those where they differ most first.")


class RaterInFullOut(Schema):
    """A rater of a cycle."""

    rater: str
    sources: list[RaterInSourceOut] = Field(description="Those for which they scored.")


class ChangedRaterOut(Schema):
    """A rater who changed more than chance explains."""

    cycle: str
    source: str
    rater: str
    code: str = Field(description="As a part of an address below the cycle's raters.")
    change: SpanOut = Field(description="Above 0: severer.")


class ChangedRatersOut(Schema):
    """Raters who changed."""

    raters: list[ChangedRaterOut] = Field(description="Those who changed most first.")


@router.get("/cycles/{code}/raters", response=RatersOut, operation_id="list_raters", summary="How severe raters are")
def list_raters(request: HttpRequest, code: str) -> Any:
    """By the evidence so far: severity, change and fit of every rater, and how far they agree. For the programme and auditors."""
    person, now = somebody(request, Scope.READ), timezone.now()
    panels = panels_for(person, cycle_for(person, code, now), now)
    return {"sources": [panel_out(source, panels[source]) for source in in_order(panels)]}


@router.get("/cycles/{code}/raters/{rater}", response=RaterInFullOut, operation_id="read_rater", summary="A rater")
def read_rater(request: HttpRequest, code: str, rater: str) -> Any:
    """One rater, by the `code` of the list, with what others gave the same channels. For the programme and auditors."""
    person, now = somebody(request, Scope.READ), timezone.now()
    try:
        name = Pseudonym().to_python(rater)
    except ValueError:
        raise not_found() from None
    panels = panels_of(person, cycle_for(person, code, now), name, now)
    return {"rater": name, "sources": [in_source(source, panels[source], name) for source in in_order(panels)]}


@router.get("/changed-raters", response=ChangedRatersOut, operation_id="list_changed_raters", summary="Raters who changed")
def list_changed_raters(request: HttpRequest) -> Any:
    """In cycles whose evidence still comes in or is adjusted, so that something can be done. For the programme and auditors."""
    person, now = somebody(request, Scope.READ), timezone.now()
    return {"raters": [changed_out(one) for one in changed_for(person, now)]}


def panel_out(source: str, panel: Panel) -> dict[str, Any]:
    """Return the raters of a source as they are shown."""
    return {
        "source": source,
        "later_from": panel.turn,
        "spread": known(panel.severities.spread),
        "strangers": list(panel.strangers),
        "twice": twice_out(panel.twice),
        "raters": [rater_out(panel, place) for place in panel.order.tolist()],
    }


def rater_out(panel: Panel, place: int) -> dict[str, Any]:
    """Return one of them as it is shown."""
    found, name = panel.severities, str(panel.severities.names[place])
    return {
        "rater": name,
        "code": Pseudonym().to_url(name),
        "visits": int(found.visits[place]),
        "channels": int(found.channels[place]),
        "severity": span_out(found.value[place], found.low[place], found.high[place]),
        "severity_stands_out": bool(found.apart[place]),
        "change": span_out(found.drift[place], found.drift_low[place], found.drift_high[place]),
        "change_stands_out": bool(found.drifted[place]),
        "infit": known(found.infit[place]),
        "outfit": known(found.outfit[place]),
    }


def in_source(source: str, panel: Panel, name: str) -> dict[str, Any]:
    """Return a rater of a source with the channels that others scored too."""
    place = panel.severities.names.tolist().index(name)
    found = panel.beside(place)
    codes = panel.visits.channels[found.channel].tolist()
    rows = zip(codes, *(getattr(found, column).tolist() for column in BESIDE), strict=True)
    beside = [dict(zip(("channel", *BESIDE), row, strict=True)) for row in rows]
    return rater_out(panel, place) | {"source": source, "beside": beside}


def changed_out(one: Changed) -> dict[str, Any]:
    """Return a rater who changed as they are shown."""
    found, place = one.found, one.place
    name = str(found.names[place])
    change = span_out(found.drift[place], found.drift_low[place], found.drift_high[place])
    return {"cycle": one.cycle.code, "source": one.source, "rater": name, "code": Pseudonym().to_url(name), "change": change}


def twice_out(twice: Twice) -> dict[str, Any]:
    """Return how far raters agree as it is shown."""
    agreements = {"answers": agreement_out(twice.answers), "visits": agreement_out(twice.visits)}
    return {"reading": twice.reading.value, "channels": twice.channels, "scored": twice.scored, **agreements}


def agreement_out(one: Agreement) -> dict[str, Any]:
    """Return a coefficient as it is shown."""
    return span_out(one.value, one.low, one.high) | {"n": one.n}


def span_out(value: float, low: float, high: float) -> dict[str, Any]:
    """Return a number with its interval as it is shown."""
    return {"value": known(value), "low": known(low), "high": known(high)}


def known(number: float) -> float | None:
    """Return a number, None where it cannot be told: JSON has no other word for it."""
    return float(number) if isfinite(number) else None
