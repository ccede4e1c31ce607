"""What lists lead to: who is looked at answers before the approval, who is named mends it by a clock, who is best is rewarded."""

import zipfile
from datetime import date, timedelta

import numpy as np
import pytest

from marsad.accounts.access import Forbidden, NotFound
from marsad.accounts.models import Action
from marsad.core.lifecycle import CURE, OutOfTurn, Role
from marsad.core.problem import Problem
from marsad.lake.rows import Coded, FaultyRowsError, make_rows
from marsad.ledger import verify
from marsad.ledger.canonical import parsed
from marsad.ratings import actions
from marsad.ratings.aftermath import Cure, Reply, Reward
from marsad.ratings.clocks import due_on
from marsad.ratings.curing import curable, cure_for, cures_for
from marsad.ratings.looks import looks_in
from marsad.ratings.models import Cycle
from marsad.ratings.re_evaluating import decoys_of
from marsad.ratings.replying import answerable_for, waiting
from marsad.ratings.rewarding import reward_of
from marsad.ratings.rounds import Drawn
from marsad.ratings.shelf import bundle_of
from marsad.standards import Text
from tests import world
from tests.ratings import build

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NAMED, OTHERS = "centre-00", ["centre-01", "centre-02"]
"""The ports' channel that the second wave names last, and two of the land offices that need attention."""


def heard(folder, *, again=True) -> Cycle:
    """Return a cycle whose appeals are heard, with a second wave unless said."""
    cycle = build.moved(build.opened(folder), "lock")
    build.rated(cycle)
    if again:
        actions.draw_round(by=world.aisha(), cycle=cycle, at=build.NOW)
        build.confirmed(cycle, folder)
        build.rated(cycle)
    return build.moved(cycle, "moderate", "hear")


def answered(cycle: Cycle) -> None:
    """Have Omar answer for the channel of the ports that is named, and revise it; nobody else may."""
    said = {"cycle": cycle, "channel": NAMED, "at": build.NOW}
    assert [one.channel.code for one in answerable_for(world.omar(), cycle, build.NOW)] == [NAMED]
    assert [one.channel.code for one in answerable_for(world.huda(), cycle, build.NOW)] == [
        NAMED,
        *OTHERS,
        "centre-13",
        "centre-14",
    ]
    assert [one.channel.code for one in waiting(world.omar(), cycle, build.NOW)] == [NAMED]
    assert answerable_for(world.charlie(), cycle, build.NOW) == ()
    actions.reply(by=world.omar(), **said, text_ar="كان المركز تحت الصيانة", text_en="")
    actions.reply(by=world.omar(), **said, text_ar="كان المركز تحت الصيانة", text_en="The centre was under repair.")
    assert Reply.objects.get().text_en == "The centre was under repair."
    assert waiting(world.omar(), cycle, build.NOW) == []
    [first, second] = Action.objects.filter(verb="reply").order_by("number")
    assert (first.before, second.before["text_en"], second.entity_code) == (None, "", world.PORT)
    for name in ("salem", "aisha", "charlie"):
        with pytest.raises(Forbidden):
            actions.reply(by=world.somebody(name), **said, text_ar="لا", text_en="")
    with pytest.raises(Problem, match="without words"):
        actions.reply(by=world.omar(), **said, text_ar=" ", text_en="")
    with pytest.raises(Problem, match="do not look at"):
        actions.reply(by=world.omar(), **(said | {"channel": "centre-12"}), text_ar="لا", text_en="")


def test_who_is_named_answers_before_and_mends_after_and_the_best_is_rewarded(country, tmp_path, keys):
    cycle = heard(tmp_path)
    answered(cycle)
    actions.approve(by=country.huda, cycle=cycle, at=build.NOW)
    with pytest.raises(OutOfTurn, match="while the cycle is approved"):
        actions.reply(by=country.omar, cycle=cycle, channel=NAMED, text_ar="لا", text_en="", at=build.NOW)
    publication = actions.publish_cycle(by=country.aisha, cycle=cycle, at=build.NOW)
    assert verify(bundle_of(publication), keys).holds
    with zipfile.ZipFile(bundle_of(publication)) as bundle:
        [said] = parsed(bundle.read("replies.json"))["replies"]
    assert (said["channel"], said["entity"], said["en"]) == (NAMED, world.PORT, "The centre was under repair.")
    assert curable(publication) == {NAMED: "named"} | dict.fromkeys(OTHERS, "needs-attention")

    with pytest.raises(Problem, match="needs a reason"):
        actions.open_cures(by=country.aisha, cycle=cycle, at=build.NOW, chosen=OTHERS[:1])
    with pytest.raises(Problem, match="not listed at the last end"):
        actions.open_cures(by=country.aisha, cycle=cycle, at=build.NOW, chosen=["centre-13"], why="It is the best.")
    cycle = build.moved(Cycle.objects.get(), "cure")
    opened = Cure.objects.get()
    assert (opened.channel.code, opened.days, opened.opened_on) == (NAMED, 60, date(2026, 3, 1))
    assert (opened.plan_due_on, opened.due_on) == (date(2026, 3, 16), date(2026, 4, 30)), "15 March 2026 is a Sunday"
    [more] = actions.open_cures(by=country.aisha, cycle=cycle, at=build.NOW, chosen=OTHERS[:1], days=30, why="It asks for help.")
    assert (more.channel.code, more.days) == (OTHERS[0], 30)
    assert [cure.channel.code for cure in cures_for(country.omar)] == [NAMED]
    assert cures_for(country.noor).count() == 2
    with pytest.raises(NotFound):
        cure_for(country.salem, cycle.code, NAMED)
    mended(country, opened)
    rewarded(country, cycle)


def mended(country, cure: Cure) -> None:
    """Take the cure of the ports to its end."""
    planned = {
        "cure": cure,
        "plan": "Two counters more.",
        "steps": [actions.Planned("Hire", date(2026, 3, 20)), actions.Planned("Train")],
    }
    with pytest.raises(Forbidden):
        actions.plan_cure(by=country.salem, owner="omar@marsad.example", at=build.NOW, **planned)
    with pytest.raises(Problem, match="nobody of this entity"):
        actions.plan_cure(by=country.omar, owner="salem@marsad.example", at=build.NOW, **planned)
    late = planned | {"steps": [actions.Planned("Hire", date(2026, 7, 1))]}
    with pytest.raises(Problem, match="after the cure"):
        actions.plan_cure(by=country.omar, owner="omar@marsad.example", at=build.NOW, **late)
    with pytest.raises(OutOfTurn, match="while the cure is open"):
        actions.begin_cure(by=country.omar, cure=cure, at=build.NOW)
    owner = world.somebody("fatima", roles=[(Role.MEMBER, world.PORT)])
    assert cure in Cure.objects.late(date(2026, 3, 17))
    assert not Cure.objects.late(date(2026, 3, 16)).exists()
    assert cure.missed(date(2026, 3, 17))
    cure = actions.plan_cure(by=country.omar, owner=owner.email, at=build.NOW, **planned)
    assert not cure.missed(date(2026, 3, 17))
    assert cure.missed(date(2026, 5, 1))
    assert [one.channel.code for one in cures_for(owner)] == [NAMED]
    cure = actions.begin_cure(by=owner, cure=cure, at=build.NOW)
    done = {"cure": cure, "number": 1, "at": build.NOW + DAY}
    with pytest.raises(Problem, match="nothing proves"):
        actions.do_step(by=owner, done_on=date(2026, 3, 2), evidence=" ", **done)
    with pytest.raises(Problem, match="between the opening"):
        actions.do_step(by=owner, done_on=date(2026, 3, 3), evidence="Contract 17.", **done)
    assert actions.do_step(by=owner, done_on=date(2026, 3, 2), evidence="Contract 17.", **done).number == 1
    judged(country, cure)


def judged(country, cure: Cure) -> None:
    """Re-evaluate the cure twice, and confirm it once it has improved."""
    decoys = [actions.Measured(code, 60 + number, 2, 61 + number, 2) for number, code in enumerate(sorted(decoys_of(cure))[:6])]
    asked = {"by": country.aisha, "cure": cure, "at": build.NOW + DAY}
    with pytest.raises(Problem, match="no decoy of this cure"):
        actions.re_evaluate(scores=[actions.Measured(NAMED, 30, 2, 32, 2), actions.Measured(OTHERS[0], 30, 2, 30, 2)], **asked)
    with pytest.raises(Problem, match="are missing"):
        actions.re_evaluate(scores=decoys, **asked)
    cure = actions.re_evaluate(scores=[actions.Measured(NAMED, 40, 3, 44, 3), *decoys], **asked)
    assert (cure.state, cure.change["outcome"], cure.change["count"]) == ("re-evaluated", "not-separable", len(decoys))
    assert 0 < cure.change["weight"] < 1, "the published result is part of the baseline"
    by_evidence(asked, len(decoys_of(cure)))
    with pytest.raises(OutOfTurn, match="nothing shows a cure"):
        actions.conclude_cure(by=country.aisha, cure=cure, verb="confirm", at=build.NOW)
    cure = actions.re_evaluate(scores=[actions.Measured(NAMED, 40, 3, 75, 1), *decoys], **asked)
    assert cure.change["outcome"] == "improved"
    with pytest.raises(Forbidden):
        actions.conclude_cure(by=country.omar, cure=cure, verb="confirm", at=build.NOW)
    with pytest.raises(Problem, match="needs a reason"):
        actions.conclude_cure(by=country.aisha, cure=cure, verb="refuse", at=build.NOW)
    assert actions.conclude_cure(by=country.aisha, cure=cure, verb="confirm", at=build.NOW).state == "cured"
    said = Action.objects.filter(kind="cure", object_code=cure.code).order_by("number").values_list("verb", flat=True)
    steps = "open_cure plan_cure begin_cure do_step" + 3 * " re_evaluate_cure" + " confirm_cure"
    assert list(said) == steps.split()


def by_evidence(asked, most: int) -> None:
    """Re-evaluate by new answers and visits, which are measured as the second wave was; nothing has changed in them."""
    drawn = Drawn.objects.filter(round__cycle=asked["cure"].cycle)
    codes = sorted(drawn.values_list("channel__code", flat=True))
    rows = [build.answers(channels=[code for code in build.codes() if code in codes], seed=23), visited(codes)]
    found = actions.re_evaluate_evidence(brought=actions.Brought(rows=rows), **asked)
    assert found.change["outcome"] == "not-separable"
    assert 3 <= found.change["count"] <= min(most, drawn.filter(decoy=True).count())
    assert found.change["import"]
    [own] = [one for one in found.scores if one["channel"] == NAMED]
    assert own["before"] != own["after"]
    assert 0 < own["before_se"] < 20
    outside = [code for code in build.codes() if code not in codes][:1]
    with pytest.raises(FaultyRowsError, match=outside[0]):
        actions.re_evaluate_evidence(brought=actions.Brought(rows=build.answers(channels=outside)), **asked)


def visited(codes):
    """Return visits to some channels, as the first wave had them."""
    places = np.repeat(np.arange(len(codes)), 6)
    quality = np.array([4 + 4 * (build.codes().index(code) % 15) / 15 for code in codes])
    return make_rows(
        {
            "cycle": build.CODE,
            "subject": Coded(places, codes),
            "indicator": "queue",
            "value": np.clip(quality[places] + np.tile(np.arange(6), len(codes)) / 4, 0, 10),
            "at": np.datetime64(build.SEEN.replace(tzinfo=None), "us") + np.tile(np.arange(6), len(codes)) * 86_400_000_000,
            "source": "visit",
            "rater": [f"s{visit}" for visit in np.tile(np.arange(6), len(codes))],
        }
    )


def rewarded(country, cycle: Cycle) -> None:
    """Record what the best was given."""
    what, decided = Text("وسام", "A medal"), Text("مجلس الوزراء", "The cabinet")
    given = {"cycle": cycle, "what": what, "decided": decided, "given_on": date(2026, 3, 1), "at": build.NOW}
    reward = actions.record_reward(by=country.aisha, channel="centre-13", **given)
    assert (reward.entity.code, reward.channel.code) == (world.LAND, "centre-13")
    assert actions.record_reward(by=country.aisha, entity=world.PORT, **given).channel is None
    with pytest.raises(Forbidden):
        actions.record_reward(by=country.omar, channel="centre-13", **given)
    with pytest.raises(Problem, match="for one channel or for one entity"):
        actions.record_reward(by=country.aisha, **given)
    with pytest.raises(Problem, match="yet to be given"):
        actions.record_reward(by=country.aisha, channel="centre-13", **(given | {"given_on": date(2026, 3, 2)}))
    with pytest.raises(Problem, match="one of the languages"):
        actions.record_reward(by=country.aisha, channel="centre-13", **(given | {"what": Text("وسام", " ")}))
    taken_back(country, cycle, reward)


def taken_back(country, cycle: Cycle, reward: Reward) -> None:
    """Take the reward back: it stays, once and for all withdrawn, and the audit has the reason."""
    back = {"reward": reward, "why": Text("مُنح خطأ", "Given by mistake"), "at": build.NOW}
    with pytest.raises(Forbidden):
        actions.withdraw_reward(by=country.omar, **back)
    with pytest.raises(Problem, match="one of the languages"):
        actions.withdraw_reward(by=country.aisha, **(back | {"why": Text("مُنح خطأ", " ")}))
    actions.withdraw_reward(by=country.aisha, **back)
    kept = reward_of(cycle, reward.code)
    assert (kept.withdrawn, kept.why_en) == (build.NOW, "Given by mistake")
    assert Action.objects.get(verb="withdraw_reward").why == "مُنح خطأ\nGiven by mistake"
    with pytest.raises(OutOfTurn, match="withdrawn before"):
        actions.withdraw_reward(by=country.aisha, **back)


def test_by_the_first_wave_candidates_are_told_while_appeals_are_heard_and_not_before(country, tmp_path):
    cycle = build.moved(build.opened(tmp_path), "lock", "moderate")
    build.rated(cycle)
    assert {str(look.verdict) for look in looks_in(cycle.current_run).channels} == {"candidate"}
    assert answerable_for(country.omar, cycle, build.NOW) == (), "visits are blind until then"
    cycle = build.moved(cycle, "hear")
    assert NAMED in [one.channel.code for one in answerable_for(country.omar, cycle, build.NOW)]


def test_a_clock_never_runs_out_on_a_day_on_which_nobody_works():
    assert due_on(date(2026, 11, 22), 60, (6, 7)) == date(2027, 1, 21)
    assert due_on(date(2026, 11, 22), 14, (7,)) == date(2026, 12, 7)
    assert due_on(date(2026, 11, 19), 14, (6, 7), ("2026-12-03", "2026-12-04")) == date(2026, 12, 7)


def test_every_state_of_a_cure_can_be_reached():
    reached = {CURE.first}
    for _move in CURE.moves:
        reached |= {move.target for move in CURE.moves if move.sources & reached}
    assert reached == set(CURE.states)
