"""What lists led to, as everybody reads it: the replies that were published beside a verdict, and rewards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from marsad.ledger import Reply
from marsad.public.pages import Page
from marsad.ratings.aftermath import Reward
from marsad.ratings.clocks import today
from marsad.ratings.replying import published_replies
from marsad.ratings.rewarding import rewards_of


@dataclass(frozen=True)
class Given:
    """What was given, when, and by whom that was decided, in the page's language; `withdrawn_on` where it was taken back."""

    what: str
    given_on: date
    decided: str
    withdrawn_on: date | None
    why: str


def reply_of(page: Page, entity: str, channel: str = "") -> Reply | None:
    """Return what an entity says beside the verdict on its channel, or on itself, None where it says nothing."""
    return published_replies(page.edition.publication).get((entity, channel))


def given_to(page: Page, *, channel: str = "", entity: str = "") -> list[Given]:
    """Return what a channel was given for the cycle of a page, or an entity as a whole."""
    whom = Q(channel__code=channel) if channel else Q(channel=None, entity__code=entity)
    return [given(one, page.language) for one in rewards_of(page.edition.cycle).filter(whom)]


def given(reward: Reward, language: str) -> Given:
    """Return a reward in a language."""
    what, decided, why = (getattr(reward, f"{name}_{language}") for name in ("what", "decided", "why"))
    return Given(what, reward.given_on, decided, today(reward.withdrawn) if reward.withdrawn else None, why)
