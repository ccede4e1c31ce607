"""In the demo entities answer, channels are cured or not, and the best is rewarded, by the actions that people take."""

import pytest
from django.db import transaction

from marsad.accounts.audit import check_audit
from marsad.demo import aftermath as made
from marsad.demo.aftermath import Aftermath, told
from marsad.demo.plan import plan
from marsad.ratings import actions
from marsad.ratings.aftermath import Cure, Reply, Reward
from marsad.ratings.models import Cycle
from marsad.ratings.re_evaluating import decoys_of
from tests import world
from tests.ratings import build
from tests.ratings.conftest import country, home
from tests.ratings.test_aftermath import NAMED, OTHERS, heard

__all__ = ["country", "home"]


def nobody_judges_what_has_no_decoys(aftermath):
    """Where few are rated, cures that nothing could judge are not chosen, and those of who is named are escalated."""
    with pytest.MonkeyPatch.context() as patched, transaction.atomic():
        patched.setattr(made, "decoys_in", lambda publication, channel: {"centre-20", "centre-21"} | {channel} - {NAMED})
        patched.setattr(made, "curable", lambda publication: dict.fromkeys([NAMED, *OTHERS], "needs-attention"))
        assert aftermath.chosen() == OTHERS
        aftermath.mend(left=2)
        assert Cure.objects.get(channel__code=NAMED).state == "escalated"
        transaction.set_rollback(True)


def test_entities_answer_and_mend_and_one_is_rewarded(country, tmp_path):
    cycle = heard(tmp_path)
    aftermath = Aftermath(plan(), cycle.code, seed=5)
    aftermath.reply(build.NOW)
    assert set(Reply.objects.values_list("channel__code", flat=True)) == {NAMED, OTHERS[0]}
    actions.approve(by=world.huda(), cycle=cycle, at=build.NOW)
    actions.publish_cycle(by=world.aisha(), cycle=Cycle.objects.get(), at=build.NOW)
    aftermath.open(build.NOW)
    actions.open_cures(by=world.aisha(), cycle=cycle, at=build.NOW, chosen=OTHERS, why="It asks for help.")
    nobody_judges_what_has_no_decoys(aftermath)
    aftermath.mend(left=1)
    states = dict(Cure.objects.values_list("channel__code", "state"))
    assert states == {NAMED: "cured", OTHERS[0]: "not-cured", OTHERS[1]: "open"}
    assert [len(cure.scores) for cure in Cure.objects.exclude(state="open")] == [
        len(decoys_of(cure)) + 1 for cure in Cure.objects.exclude(state="open")
    ]
    aftermath.reward(build.NOW.date())
    assert Reward.objects.get().what_en == told()["reward"]["what"]["en"]
    assert check_audit() == []
