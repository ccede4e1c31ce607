"""What the demo's lists lead to, by the actions that people take: replies before the approval, cures and rewards after it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import cycle
from typing import Any

import numpy as np
from django.utils.timezone import make_aware

from marsad.accounts.models import Membership, Person
from marsad.core.cure import LEAST_DECOYS
from marsad.core.lifecycle import Role
from marsad.core.naming import Verdict
from marsad.demo.led import Led
from marsad.demo.plan import AFTERMATH, dice, text_of
from marsad.ratings import actions
from marsad.ratings.aftermath import Cure
from marsad.ratings.board import Entry, board_of
from marsad.ratings.curing import curable, cures_for
from marsad.ratings.looks import verdicts_in
from marsad.ratings.models import Publication
from marsad.ratings.re_evaluating import decoys_in
from marsad.ratings.replying import answerable_for
from marsad.standards import Text

PLANNED, BEGUN, DONE, SEEN, JUDGED = 6, 9, 30, 56, 58
"""Days after the opening on which a plan comes, is begun, its steps are done, and the channel is visited again and judged."""
DECOYS, ERROR = 9, 2.0
"""How many decoys are visited again each time, and how exact a score is then, in points."""
HOUR = time(10)


@cache
def told() -> dict[str, Any]:
    """Return what people of the demo say and do."""
    return tomllib.loads(text_of(AFTERMATH).decode())


def champion_of(entity: str) -> Person:
    """Return who champions an entity."""
    found: Person = Membership.objects.filter(role=Role.CHAMPION, entity_code=entity).order_by("pk")[0].person
    return found


def moment(day: date) -> datetime:
    """Return when on a day people do what they do."""
    return make_aware(datetime.combine(day, HOUR))


@dataclass(frozen=True)
class Aftermath(Led):
    """What one cycle leads to; `seed` is what chance is thrown by."""

    seed: int

    def reply(self, at: datetime) -> None:
        """Have the entities of the first channels at the last end answer, and the first of the entities there."""
        looked = answerable_for(self.lead, self.cycle, at)
        accused = [one for one in looked if any(not look.best and look.verdict != Verdict.CANDIDATE for look in one.looks)]
        channels, entities = [one for one in accused if one.channel], [one for one in accused if not one.channel]
        pairs = [*zip(channels, told()["reply"], strict=False), *zip(entities, told()["entity_reply"], strict=False)]
        for one, said in pairs:
            about = {"channel" if one.channel else "entity": one.about.code}
            texts = {"text_ar": said.get("ar", ""), "text_en": said.get("en", "")}
            actions.reply(by=champion_of(one.entity.code), cycle=self.cycle, at=at, **about, **texts)

    def open(self, at: datetime) -> None:
        """Open the cures of who is named, and of others where nobody is."""
        some = self.chosen()
        actions.open_cures(by=self.lead, cycle=self.cycle, at=at, chosen=some, why=told()["chosen"]["why"] if some else "")

    def chosen(self) -> list[str]:
        """Return as many channels that need attention as are told of, none where one is named, or nothing could judge them."""
        listed = curable(self.publication)
        if Verdict.NAMED in listed.values():
            return []
        return [code for code in sorted(listed) if self.may_judge(code)][: len(told()["cure"])]

    def may_judge(self, channel: str) -> bool:
        """Whether there are decoys enough to tell what becomes of a channel: few are rated where few people answer."""
        return len(decoys_in(self.publication, channel)) >= LEAST_DECOYS

    def mend(self, left: int = 0) -> None:
        """Have all channels with a cure mended in the ways that are told, and judged; some are left without any plan."""
        found = list(cures_for(self.lead).filter(cycle=self.cycle).order_by("channel__code"))
        for cure, said in zip(found[: len(found) - left], cycle(told()["cure"]), strict=False):
            self.carry_out(cure, said)
            if not self.may_judge(cure.channel.code):
                why = told()["unjudged"]["why"]
                actions.conclude_cure(by=self.lead, cure=cure, verb="escalate", at=self.day(cure, JUDGED), why=why)
                continue
            change = self.judge(cure, said["lift"]).change["outcome"]
            verb, why = ("confirm", "") if change == "improved" else ("refuse", told()["cure"][-1]["why"])
            actions.conclude_cure(by=self.lead, cure=cure, verb=verb, at=self.day(cure, JUDGED), why=why)

    def carry_out(self, cure: Cure, said: Mapping[str, Any]) -> None:
        """Have an entity plan, begin and prove what it does."""
        champion = champion_of(cure.entity_code)
        steps = [actions.Planned(text, cure.opened_on + timedelta(days=DONE)) for text in said["steps"]]
        owner, planned = champion.email, self.day(cure, PLANNED)
        actions.plan_cure(by=champion, cure=cure, owner=owner, plan=said["plan"], steps=steps, at=planned)
        actions.begin_cure(by=champion, cure=cure, at=self.day(cure, BEGUN))
        for number, proof in enumerate(said["proofs"], start=1):
            done = self.day(cure, DONE - number)
            actions.do_step(by=champion, cure=cure, number=number, done_on=done.date(), evidence=proof, at=done)

    def judge(self, cure: Cure, lift: float) -> Cure:
        """Have a channel visited again with decoys: published scores stand for the truth, and its own has risen by a lift."""
        board = board_of(self.publication.run, disclosed=True)
        own = board.by_code[cure.channel.code]
        quiet = [board.by_code[code] for code in sorted(decoys_in(self.publication, own.code))]
        chance = dice(self.seed, "cure", self.code, own.code)
        chosen = chance.choice(len(quiet), min(DECOYS, len(quiet)), replace=False)
        scores = [measured(own, lift, chance), *(measured(quiet[place], 0.0, chance) for place in sorted(chosen))]
        return actions.re_evaluate(by=self.lead, cure=cure, scores=scores, at=self.day(cure, SEEN))

    def reward(self, given_on: date) -> None:
        """Have what the first channel that is named best was given recorded."""
        best = sorted(code for code, verdict in verdicts_in(self.publication, best=True).items() if verdict == Verdict.NAMED)
        if best:
            what, decided = (Text(**told()["reward"][name]) for name in ("what", "decided"))
            actions.record_reward(
                by=self.lead,
                cycle=self.cycle,
                channel=best[0],
                what=what,
                decided=decided,
                given_on=given_on,
                at=moment(given_on),
            )

    @property
    def publication(self) -> Publication:
        """Return the publication of the cycle."""
        found = self.cycle.publication
        assert found is not None
        return found

    def day(self, cure: Cure, after: int) -> datetime:
        """Return so many days after the opening of a cure."""
        return moment(cure.opened_on + timedelta(days=after))


def measured(entry: Entry, lift: float, chance: np.random.Generator) -> actions.Measured:
    """Return what two waves of visits find of a channel whose score rises by a lift between them."""
    assert entry.score is not None
    before, after = (entry.score + ERROR * chance.standard_normal(2)).round(2)
    return actions.Measured(entry.code, float(before), ERROR, float(round(after + lift, 2)), ERROR)
