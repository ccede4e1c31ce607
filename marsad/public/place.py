"""What the catalogue says of a channel for those who want to go there or call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marsad.catalogue.access import channels_for
from marsad.catalogue.models import Channel
from marsad.public.hours import hours_in_words


@dataclass(frozen=True)
class Fact:
    """One thing that is known of a channel."""

    label: str
    value: str


def facts_of(code: str, language: str) -> list[Fact]:
    """Return what is known of a channel: where, when, for what; nothing of one that the catalogue does not show any more."""
    channel: Channel | None = channels_for(None).with_cards().filter(code=code).first()
    if channel is None:
        return []
    found = [
        Fact(
            _("Place"),
            listed(tuple(filter(None, (getattr(channel, f"place_{language}"), name_of(channel.region, language)))), language),
        ),
        Fact(_("Opening hours"), hours_in_words(channel.hours)),
        Fact(_("Services"), listed([getattr(link.service, f"name_{language}") for link in channel.links.all()], language)),
        Fact(_("Accessible to people of determination"), {True: _("Yes"), False: _("No")}.get(channel.accessible, "")),
        Fact(_("Run by"), _("A partner") if channel.partner_run else ""),
    ]
    return [fact for fact in found if fact.value]


def name_of(named: object | None, language: str) -> str:
    """Return the name of something in a language, '' of nothing."""
    return getattr(named, f"name_{language}", "")


def listed(names: Sequence[str], language: str) -> str:
    """Return several names as one text."""
    return ("، " if language == "ar" else ", ").join(names)
