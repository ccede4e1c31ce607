"""Pages: what was given for a cycle, with a form to record more, and one that takes a reward back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marsad.accounts.access import Forbidden
from marsad.ratings import actions
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.models import PUBLISHED
from marsad.ratings.rewarding import reward_of, rewards_of
from marsad.standards import Text
from marsad.workspace.cure_forms import RewardForm, TakeBackForm
from marsad.workspace.desk import Desk, working
from marsad.workspace.rewards import lost_words, reasons_of
from marsad.workspace.views.cycles import frame


@working
def rewards(desk: Desk, cycle: str) -> HttpResponse:
    """Show what was given for a cycle, also what was taken back, and record more."""
    found = cycle_for(desk.person, cycle, desk.at)
    if found.state not in PUBLISHED:
        raise Forbidden("page")
    records = desk.may("record_reward")
    if desk.request.method == "POST":
        require_may("record_reward", desk.person, desk.at)
    form = RewardForm(desk.posted, cycle=found) if records else None
    if form is not None and desk.request.method == "POST" and form.is_valid():
        with desk.trying(form):
            said = form.cleaned_data
            what, decided = (Text(said[f"{name}_ar"], said[f"{name}_en"]) for name in ("what", "decided"))
            whom = {"channel": said["channel"], "entity": said["entity"], "given_on": said["given_on"]}
            actions.record_reward(by=desk.person, cycle=found, what=what, decided=decided, at=desk.at, **whom)
            desk.tell(_("The reward is recorded; everybody sees it."))
            return redirect("workspace_rewards", cycle)
    given = [(one, desk.name(one.channel or one.entity), lost_words(one)) for one in rewards_of(found)]
    standing, withdraws = sum(one.withdrawn is None for one, _name, _lost in given), desk.may("withdraw_reward")
    told = frame(desk, found, "workspace_rewards")
    return desk.show("rewards", given=given, standing=standing, withdraws=withdraws, form=form, **told)


@working
def withdraw(desk: Desk, cycle: str, reward: str) -> HttpResponse:
    """Take back a reward, for a reason that everybody reads."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("withdraw_reward", desk.person, desk.at)
    given = reward_of(found, reward)
    form = TakeBackForm(desk.posted, initial=reasons_of(given))
    if desk.request.method == "POST" and form.is_valid():
        with desk.trying(None if given.withdrawn else form):
            why = Text(form.cleaned_data["why_ar"], form.cleaned_data["why_en"])
            actions.withdraw_reward(by=desk.person, reward=given, why=why, at=desk.at)
            desk.tell(_("The reward is withdrawn; everybody sees that, and why."))
            return redirect("workspace_rewards", cycle)
    name = desk.name(given.channel or given.entity)
    return desk.show("withdraw_reward", reward=given, name=name, form=form, **frame(desk, found, "workspace_rewards"))
