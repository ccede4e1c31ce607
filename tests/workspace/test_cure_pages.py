"""Replies, cures and rewards by pages alone, from the hearing of appeals to what became of the channel that was named."""

import re

import pytest
from django.test import Client

from marsad.accounts.models import Action
from marsad.core.lifecycle import Role
from marsad.ratings import actions
from marsad.ratings.aftermath import Cure, Reply, Reward
from marsad.ratings.models import Cycle
from marsad.ratings.re_evaluating import decoys_of
from marsad.ratings.rounds import Drawn
from tests import world
from tests.ratings import build
from tests.ratings.test_aftermath import NAMED, OTHERS, heard
from tests.workspace.browser import file_of, words
from tests.workspace.test_way_to_publication import survey

pytestmark = pytest.mark.django_db
REPLIES, CURES, REWARDS = (f"cycles/2026-1/{page}/" for page in ("replies", "cures", "rewards"))


def test_a_named_channel_is_answered_for_cured_and_judged_by_pages_alone(country, work, tmp_path):
    replied(work, heard(tmp_path))
    actions.publish_cycle(by=country.aisha, cycle=Cycle.objects.get(), at=build.NOW)
    shown()
    opened(work)
    planned(work)
    judged(work)
    rewarded(work)


def test_a_correction_that_clears_a_channel_offers_the_withdrawal_of_its_cure(country, work, tmp_path):
    cycle = heard(tmp_path)
    actions.approve(by=country.huda, cycle=cycle, at=build.NOW)
    actions.publish_cycle(by=country.aisha, cycle=Cycle.objects.get(), at=build.NOW)
    cycle = build.moved(Cycle.objects.get(), "cure")
    lead, champion, page = work("aisha"), work("omar"), f"{CURES}{NAMED}/"
    assert "the plan of its cure was due on" in champion.text()
    assert "No longer named" not in lead.text(CURES)
    brought_by_page(lead, cycle)
    about = {"cycle": cycle, "why": "Forms were mixed up", "at": build.NOW}
    actions.correct_confirmation(by=country.aisha, brought=build.second_wave_corrected(cycle, NAMED), **about)
    build.rated(cycle)
    actions.correct_publication(by=country.huda, **about)
    reason = f"Since the correction {build.CODE}-2 of 2026-03-01 the channel is no longer named among the worst."
    assert "a correction has cleared 1 channel that has a cure" in lead.text()
    for name, offered in (("aisha", True), ("rashid", False), ("omar", False)):
        for address in (CURES, page):
            said = work(name).text(address)
            assert "No longer named" in said
            assert ("Withdraw the cure for this reason" in said) == offered, (name, address)
        assert reason in said
    assert "\u20682026-\u206003-\u206001\u2069 لم يعد" in work("aisha", "ar").get(page).content.decode(), (
        "a day is not read backwards in Arabic"
    )
    lost_in_public(NAMED)
    assert "Since the correction 2026-1-2 Channel 0 is no longer named among the worst 2 of its kind." in champion.text()
    assert "the plan of its cure was due on" not in champion.text()
    assert "a correction has cleared it; the programme team decides on its cure" in champion.text()
    sent = dict(re.findall(r'name="(do|verb|why)" value="([^"]*)"', lead.get(CURES).content.decode()))
    assert sent == {"do": "judge", "verb": "withdraw", "why": reason}
    lead.post(page, sent)
    assert Cure.objects.get().state == "withdrawn"
    assert Action.objects.get(verb="withdraw_cure").why == reason
    assert "No longer named" not in lead.text(CURES)
    assert "a correction has cleared" not in lead.text()


def lost_in_public(channel: str) -> None:
    """Have everybody read that the name of a channel no longer holds."""
    said = "since the correction 2026-1-2 of 2026-03-01 it is no longer named among the worst 2"
    for address, whose in (("best-and-worst/", "Channel 0"), (f"channels/{channel}/", "Service centre")):
        assert f"{whose}: {said}" in words(Client().get(f"/en/{address}"))
    lost = Client().get("/api/v1/publications").json()["items"][0]["names_lost"]
    assert [(one["channel"], one["end"], one["k"], one["since"]) for one in lost] == [(channel, "last", 2, "2026-1-2")]


def brought_by_page(lead, cycle) -> None:
    """Correct a visit of the second wave by the page."""
    assert "kind=second-correction" in lead.get("cycles/2026-1/confirmation/").content.decode()
    address = "cycles/2026-1/evidence/bring/?kind=second-correction"
    assert "Rows take the place of those of the published second wave" in lead.text(address)
    line = f"{NAMED},queue,9,{build.SEEN.isoformat()},s0"
    lead.post(address, {"file": file_of(f"channel,indicator,value,at,rater\n{line}\n"), "source": "visit", "why": "Misread"})
    assert cycle.intakes.get(kind="second-correction").rows == 1
    assert "Correction of the second wave" in lead.text("cycles/2026-1/evidence/")


def replied(work, cycle) -> None:
    """Have the champion answer, and the council approve with the reply before its eyes."""
    champion, council = work("omar"), work("huda")
    assert "the lists look at 1 channel of yours: Channel 0" in champion.text()
    assert "It is to be named among the worst 2 of its kind (probability 99%)" in champion.text(REPLIES)
    answer = champion.post(f"{REPLIES}{NAMED}/", {"text_ar": " ", "text_en": ""}, follow=False)
    assert "a reply without words says nothing" in words(answer)
    champion.post(f"{REPLIES}{NAMED}/", {"text_ar": "كان المركز تحت الصيانة", "text_en": ""})
    assert Reply.objects.get().text_ar == "كان المركز تحت الصيانة"
    assert "the lists look at" not in champion.text()
    assert "Revise it" in champion.text(REPLIES)
    assert "لا رد حتى الآن" not in work("omar", "ar").text(REPLIES)
    assert work("salem").get(f"{REPLIES}{NAMED}/").status_code == 404
    assert "كان المركز تحت الصيانة" in council.text("cycles/2026-1/steps/approve/")
    council.post("cycles/2026-1/steps/approve/", {"why": ""})
    assert Cycle.objects.get(pk=cycle.pk).state == "approved"
    assert champion.post(f"{REPLIES}{NAMED}/", {"text_ar": "لا"}, follow=False).status_code == 200
    assert Reply.objects.get().text_ar == "كان المركز تحت الصيانة"


def public(address: str, language: str = "en") -> str:
    """Return what everybody reads at an address."""
    return words(Client(headers={"accept-encoding": ""}).get(f"/{language}/{address}"))


def shown() -> None:
    """See the reply beside the verdict, on both public pages."""
    for page in ("best-and-worst/", f"channels/{NAMED}/"):
        assert "Its entity says: كان المركز تحت الصيانة" in public(page)
    assert "Rewards" not in public("channels/centre-13/")


def opened(work) -> None:
    """Have the programme open the cure of the named channel and of one that needs attention."""
    lead = work("aisha")
    assert "No cure is open" in lead.text(CURES)
    refused = lead.post(CURES, {"channels": OTHERS[:1], "days": "90", "why": ""}, follow=False)
    assert "needs a reason" in words(refused)
    lead.post(CURES, {"channels": OTHERS[:1], "days": "90", "why": "It asks for help."})
    assert dict(Cure.objects.values_list("channel__code", "days")) == {NAMED: 90, OTHERS[0]: 90}
    page = lead.text(CURES)
    assert "2 channels have something to mend; late: 0, cured: 0." in page
    assert "days left" in page
    assert "2 channels have something to mend" in work("noor").text("leader/")
    assert "Channel 1" not in work("omar").text(CURES)
    Cure.objects.filter(channel__code=NAMED).update(opened_on="2026-01-05", plan_due_on="2026-01-19")
    assert "The plan is overdue" in lead.text(CURES)
    assert "the plan of its cure was due on 2026-01-19" in work("omar").text()


def planned(work) -> None:
    """Have the champion hand in the plan, begin it, and its owner prove a step."""
    champion, page = work("omar"), f"{CURES}{NAMED}/"
    owner = world.somebody("fatima", roles=[(Role.MEMBER, world.PORT)])
    plan = {"do": "plan", "owner": owner.email, "plan": "Two counters more.", "steps": "2026-02-30 Hire"}
    assert "2026-02-30 is no day." in words(champion.post(page, plan, follow=False))
    champion.post(page, plan | {"steps": "2026-01-20 Hire two clerks\nTrain them\n"})
    assert [(step.text, str(step.due_on)) for step in Cure.objects.get(channel__code=NAMED).steps.all()] == [
        ("Hire two clerks", "2026-01-20"),
        ("Train them", "None"),
    ]
    champion.post(page, {"do": "begin"})
    mine = work("fatima")
    assert "Cures that you answer for" in mine.text()
    mine.post(page, {"do": "step", "number": "1", "done_on": "2026-02-02", "evidence": "Contract 17, in the archive."})
    assert "Of 2 steps 1 are done" in mine.text(page)
    assert work("salem").get(page).status_code == 404
    assert work("charlie").get(CURES).status_code == 404


def judged(work) -> None:
    """Have the programme judge the change and say what became of it."""
    lead, page = work("aisha"), f"{CURES}{NAMED}/"
    wrong = lead.post(page, {"do": "scores", "scores": "centre-00; good"}, follow=False)
    assert "This line is no code with four numbers" in words(wrong)
    drawn = sorted(Drawn.objects.values_list("channel__code", flat=True))
    lead.post(page, {"do": "again", "file": file_of(survey(drawn, Cycle.objects.get()))})
    assert Cure.objects.get(channel__code=NAMED).change["import"]
    decoys = [code for code in build.codes() if code in decoys_of(Cure.objects.get(channel__code=NAMED))]
    lines = "\n".join(f"{code}, {60 + place}, 2, {61 + place}, 2" for place, code in enumerate(decoys[:6]))
    lead.post(page, {"do": "scores", "scores": f"{NAMED}, 40, 3, 43, 3\n{lines}"})
    assert "is not separable from no change" in lead.text(page)
    assert "Cured: the change is an improvement" not in lead.text(page)
    lead.post(page, {"do": "scores", "scores": f"channel, before, se, after, se\n{NAMED}, 40, 3, 75, 1\n{lines}"})
    told = work("omar").text(page)
    assert "It improved by more than the decoys did." in told
    assert f"Beyond {len(decoys[:6])} decoys it moved by" in told
    lead.post(page, {"do": "judge", "verb": "confirm", "why": ""})
    assert "It is cured" in lead.text(page)
    assert "تحسّنت أكثر مما تحسّنت قنوات الضبط" in work("aisha", "ar").text(page)


def rewarded(work) -> None:
    """Have the programme record what the best was given, for everybody to see."""
    lead = work("aisha")
    said = {"channel": "centre-13", "what_ar": "وسام", "what_en": "A medal", "decided_ar": "المجلس", "decided_en": "The council"}
    refused = lead.post(REWARDS, said | {"given_on": "2036-01-01"}, follow=False)
    assert "yet to be given" in words(refused)
    lead.post(REWARDS, said | {"given_on": "2026-03-01"})
    assert Reward.objects.get().channel.code == "centre-13"
    assert "A medal" in work("omar").text(REWARDS)
    assert "Record it" not in work("omar").text(REWARDS)
    assert "A medal · 2026-03-01 · Decided by: The council" in public("channels/centre-13/"), "a page drawn before is drawn anew"
    assert "وسام" in public("channels/centre-13/", "ar")
    lead.post(REWARDS, said | {"channel": "", "entity": world.PORT, "given_on": "2026-03-02"})
    assert "A medal" in public(f"entities/{world.PORT}/")
    taken_back(work, Reward.objects.get(channel__code="centre-13"))


def taken_back(work, reward: Reward) -> None:
    """Have the programme take one back, for everybody to see."""
    lead, page = work("aisha"), f"{REWARDS}{reward.code}/withdraw/"
    assert "2 rewards are recorded" in lead.text(REWARDS)
    assert work("omar").get(page).status_code == 404
    assert "A medal" in lead.text(page)
    lead.post(page, {"why_ar": "مُنح خطأ", "why_en": ""})
    assert Reward.objects.filter(withdrawn=None).count() == 2, "a reason in one language is none"
    said = words(lead.post(page, {"why_ar": "مُنح خطأ", "why_en": "Given by mistake"}))
    assert "1 reward is recorded" in said
    assert "Given by mistake" in work("omar").text(REWARDS)
    assert "Decided by: The council · Withdrawn on" in public("channels/centre-13/"), "a page drawn before is drawn anew"
    assert "مُنح خطأ" in public("channels/centre-13/", "ar")
    late = words(lead.post(page, {"why_ar": "مُنح خطأ", "why_en": "Again"}))
    assert "this was withdrawn before" in late
    assert "counts for nothing Withdrawn on" in late
    assert "Not now" not in late, "what is withdrawn is not asked after again"
