"""What a verdict of the rule of naming rests on, in sentences that any catalogue can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import floor
from types import MappingProxyType

import numpy as np

from marsad.core.naming import Answers, Decision, Second, Why, decoy_share, own_places
from marsad.core.problem import Sentence


def told(decision: Decision, channel: int) -> list[Sentence]:
    """Return what a channel's verdict rests on, and who answers for it where it is named."""
    said = [TELL[why](decision, channel) for why in decision.why[channel]]
    answers = CREDIT if decision.best else ANSWER
    return said + ([answers[Answers(decision.answers[channel])]()] if decision.answers[channel] else [])


def end_of(decision: Decision, k: int | None = None) -> Sentence:
    """Return which end it is: its k, or another number of places."""
    k = decision.k if k is None else k
    return Sentence("the first {k}", k=k) if decision.best else Sentence("the last {k}", k=k)


def percent(share: float) -> str:
    """Return a share as a percentage without decimals, never 0 or 100 where it is neither.

    >>> percent(0.999), percent(1.0), percent(0.0004)
    ('99%', '100%', '1%')
    """
    return f"{round(100 * share) if share in (0.0, 1.0) else min(max(round(100 * share), 1), 99)}%"


def likely(chance: float) -> str:
    """Return a chance that was drawn as a percentage, rounded down: never certain, and never up to a threshold.

    >>> print(likely(0.899), likely(1.0), likely(0.0004), sep=", ")
    89%, over 99%, under 1%
    """
    whole = floor(100 * chance + 1e-9)
    if 1 <= whole <= 99:
        return f"{whole}%"
    return Sentence("over {share}", share="99%") if whole else Sentence("under {share}", share="1%")


def count(number: float) -> str:
    """Return a count, a dash where it is not known."""
    return "–" if np.isnan(number) else f"{number:,.0f}"


def too_few(what: Sentence, found: float, least: float) -> Sentence:
    """Return how many there are of something, and how many there must be."""
    return Sentence("{what}: {found}, and {least} are asked for", what=what, found=count(found), least=count(least))


def fresh_of(decision: Decision) -> Second:
    """Return the new evidence of a decision that rests on it."""
    if decision.second is None:
        raise ValueError("nothing was decided on new evidence")
    return decision.second


def few_decoys(entities: bool, share: str, asked: str) -> Sentence:
    """Return which share of what was visited again was not in question, and which must be."""
    if entities:
        return Sentence(
            "{found} of the entities visited again were not in question, and {least} must be", found=share, least=asked
        )
    return Sentence("{found} of the new visits went to channels not in question, and {least} must", found=share, least=asked)


def not_own(decision: Decision, channel: int) -> Sentence:
    """Return that a channel is among the k and is not named, since its own part does not pass."""
    again, end, least = fresh_of(decision), end_of(decision), percent(decision.rule.own_part or 0.0)
    chance, own = likely(again.chance[channel]), again.own
    if np.isnan(own[channel]):
        return Sentence(
            "on new evidence alone it is among {end} with a probability of {chance}; its own part and its entity's are not told "
            "apart, and without that nobody is named",
            end=end,
            chance=chance,
        )
    return Sentence(
        "on new evidence alone it is among {end} with a probability of {chance}; its own part, apart from its entity's, is among "
        "{far} with one of {own}, and {least} is asked for",
        end=end,
        chance=chance,
        far=end_of(decision, own_places(decision.rule, decision.k, own.size)),
        own=likely(own[channel]),
        least=least,
    )


Tell = Callable[[Decision, int], Sentence]
TELL: Mapping[Why, Tell] = MappingProxyType(
    {
        Why.TOO_FEW_CHANNELS: lambda decision, channel: (
            Sentence("among fewer than {least} entities nobody is named", least=decision.rule.minimum_channels)
            if decision.entities
            else Sentence("among fewer than {least} rated channels nobody is named", least=decision.rule.minimum_channels)
        ),
        Why.NO_MARGIN: lambda decision, channel: Sentence("nothing tells how sure its rank is"),
        Why.FAR: lambda decision, channel: Sentence(
            "it is hardly among {end} (probability {chance})",
            end=end_of(decision),
            chance=likely(decision.first.chance[channel]),
        ),
        Why.HANGS_ON_CHOICES: lambda decision, channel: Sentence(
            "whether it may be among {end} hangs on weights and scales: {kept} of other reasonable ratings say so, {least} must",
            end=end_of(decision),
            kept=percent(decision.first.kept[channel]),
            least=percent(decision.rule.sensitivity),
        ),
        Why.AWAITS: lambda decision, channel: Sentence(
            "it may be among {end} (probability {chance}): it is visited again before anything is said",
            end=end_of(decision),
            chance=likely(decision.first.chance[channel]),
        ),
        Why.CLEARED: lambda decision, channel: Sentence(
            "on new evidence alone it is not among {end} (probability {chance})",
            end=end_of(decision),
            chance=likely(fresh_of(decision).chance[channel]),
        ),
        Why.NOT_CONFIRMED: lambda decision, channel: Sentence(
            "on new evidence alone it is among {end} with a probability of {chance}, and {least} is asked for",
            end=end_of(decision),
            chance=likely(fresh_of(decision).chance[channel]),
            least=percent(decision.rule.probability),
        ),
        Why.FEW_WAVES: lambda decision, channel: too_few(
            Sentence("waves of evidence"), fresh_of(decision).waves[channel], decision.rule.waves
        ),
        Why.FEW_ANSWERS: lambda decision, channel: too_few(
            Sentence("answers"), fresh_of(decision).n[channel], decision.rule.minimum_n
        ),
        Why.FEW_RATERS: lambda decision, channel: too_few(
            Sentence("assessors"), fresh_of(decision).raters[channel], decision.rule.minimum_raters
        ),
        Why.WIDE: lambda decision, channel: Sentence(
            "its score is known to {found} points, and {least} are asked for",
            found=f"{fresh_of(decision).width[channel]:.1f}",
            least=f"{decision.rule.widest:g}",
        ),
        Why.FEW_DECOYS: lambda decision, channel: few_decoys(
            decision.entities,
            percent(decoy_share(decision.rule, decision.first, fresh_of(decision))),
            percent(decision.rule.decoys),
        ),
        Why.UNTRIED: lambda decision, channel: Sentence("other reasonable ratings were not tried"),
        Why.NOT_OWN: not_own,
        Why.PLACES_TAKEN: lambda decision, channel: Sentence("others are surer to be among {end}", end=end_of(decision)),
        Why.CONFIRMED: lambda decision, channel: Sentence(
            "on new evidence alone it is among {end} with a probability of {chance}",
            end=end_of(decision),
            chance=likely(fresh_of(decision).chance[channel]),
        ),
    }
)
"""How every reason is said."""
CREDIT: Mapping[Answers, Callable[[], Sentence]] = MappingProxyType(
    {
        Answers.MANAGER: lambda: Sentence("its own part, apart from its entity's, passes too: its manager has earned it"),
        Answers.ENTITY: lambda: Sentence("its own part, apart from its entity's, does not pass: its entity has earned it"),
        Answers.UNKNOWN: lambda: Sentence("its own part and its entity's are not told apart: they have earned it together"),
    }
)
"""Who has earned a name among the first."""
ANSWER: Mapping[Answers, Callable[[], Sentence]] = MappingProxyType(
    {
        Answers.MANAGER: lambda: Sentence("its own part, apart from its entity's, passes too: its manager answers for it"),
        Answers.ENTITY: lambda: Sentence("its own part, apart from its entity's, does not pass: its manager is not held to it"),
        Answers.UNKNOWN: lambda: Sentence("its own part and its entity's are not told apart: no manager is held to it"),
    }
)
"""Who answers for a name among the last."""
