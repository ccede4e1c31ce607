"""Rewards whose reason a correction has taken back, in words, for whoever may withdraw them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext, override

from marsad.ratings.aftermath import Reward
from marsad.ratings.clearing import name_lost
from marsad.ratings.models import Cycle
from marsad.standards import Text
from marsad.web.texts import counted, noop, stored
from marsad.workspace.cures import Turn, correction_words
from marsad.workspace.desk import Desk


def lost_words(reward: Reward) -> str:
    """Return since which correction whoever was rewarded is no longer named among the best, '' where nothing is lost."""
    since = name_lost(reward)
    said = gettext("Since the correction %(publication)s of %(day)s it is no longer named among the best.")
    return said % correction_words(since) if since else ""


def reasons_of(reward: Reward) -> Mapping[str, str]:
    """Return the same as the reasons of a withdrawal, in both languages."""
    found = {}
    for language in ("ar", "en"):
        with override(language):
            found[f"why_{language}"] = stored(lost_words(reward))
    return found


def lost_home(desk: Desk) -> tuple[Turn, ...]:
    """Return the cycles with rewards for names that a correction has taken back, for whoever may withdraw them."""
    if not desk.may("withdraw_reward"):
        return ()
    given = Reward.objects.filter(withdrawn=None, cycle__publications__correction__isnull=False).distinct()
    found = Counter(one.cycle for one in given.select_related("cycle", "entity", "channel").order_by("cycle") if name_lost(one))
    return tuple(lost_turn(desk, cycle, count) for cycle, count in found.items())


def lost_turn(desk: Desk, cycle: Cycle, count: int) -> Turn:
    """Return how many rewards of a cycle were given for a name that a correction has taken back."""
    one = noop("{cycle}: a correction has taken back the name for which {n} reward was given; withdraw it, or let it stand.")
    many = noop(
        "{cycle}: a correction has taken back the names for which {n} rewards were given; withdraw them, or let them stand."
    )
    said = counted(one, many, count, cycle=Text(cycle.title_ar, cycle.title_en))
    return Turn(desk.say(said), reverse("workspace_rewards", args=[cycle.code]), pressing=True)
