"""In the demo entities answer, channels are cured or not, and the best is rewarded, by the actions that people take."""

from marsad.accounts.audit import check_audit
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


def test_entities_answer_and_mend_and_one_is_rewarded(country, tmp_path):
    cycle = heard(tmp_path)
    aftermath = Aftermath(plan(), cycle.code, seed=5)
    aftermath.reply(build.NOW)
    assert set(Reply.objects.values_list("channel__code", flat=True)) == {NAMED, OTHERS[0]}
    actions.approve(by=world.huda(), cycle=cycle, at=build.NOW)
    actions.publish_cycle(by=world.aisha(), cycle=Cycle.objects.get(), at=build.NOW)
    aftermath.open(build.NOW)
    actions.open_cures(by=world.aisha(), cycle=cycle, at=build.NOW, chosen=OTHERS, why="It asks for help.")
    aftermath.mend(left=1)
    states = dict(Cure.objects.values_list("channel__code", "state"))
    assert states == {NAMED: "cured", OTHERS[0]: "not-cured", OTHERS[1]: "open"}
    assert [len(cure.scores) for cure in Cure.objects.exclude(state="open")] == [
        len(decoys_of(cure)) + 1 for cure in Cure.objects.exclude(state="open")
    ]
    aftermath.reward(build.NOW.date())
    assert Reward.objects.get().what_en == told()["reward"]["what"]["en"]
    assert check_audit() == []
