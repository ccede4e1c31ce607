"""Pages: the cures of a cycle, and one of them with all that is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marsad.accounts.access import Forbidden
from marsad.ratings import actions
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.curing import cure_for
from marsad.workspace.cure_forms import AgainForm, JudgeForm, OpenForm, PlanForm, ScoresForm, StepForm
from marsad.workspace.cures import CurePage, CuresPage
from marsad.workspace.cycles import CURES_FOR
from marsad.workspace.desk import Desk, working
from marsad.workspace.views.cycles import frame
from marsad.workspace.views.evidence import received, seen_at


@working
def cures(desk: Desk, cycle: str) -> HttpResponse:
    """Show the cures of a cycle with their clocks and states, and open some."""
    page = CuresPage(desk, cycle_for(desk.person, cycle, desk.at))
    if not desk.roles & CURES_FOR and not page.cures:
        raise Forbidden("page")
    if desk.request.method == "POST":
        require_may("open_cures", desk.person, desk.at)
    form = OpenForm(desk.posted, offered=page.offered, days=page.days) if page.opens else None
    if form is not None and desk.request.method == "POST" and form.is_valid():
        with desk.trying(form):
            said = form.cleaned_data
            about = {"chosen": said.get("channels", []), "days": said["days"], "why": said["why"]}
            made = actions.open_cures(by=desk.person, cycle=page.cycle, at=desk.at, **about)
            desk.tell(_("Cures opened: %(count)s. Their entities find them among what needs them today.") % {"count": len(made)})
            return redirect("workspace_cures", cycle)
    return desk.show("cures", page=page, form=form, **frame(desk, page.cycle, "workspace_cures"))


@working
def cure(desk: Desk, cycle: str, channel: str) -> HttpResponse:
    """Show one cure, and do what is asked about it."""
    page = CurePage(desk, cure_for(desk.person, cycle, channel, desk.at))
    told = desk.request.POST
    forms = forms_of(page, told if desk.request.method == "POST" else {})
    asked = forms.get(told.get("do", ""))
    if desk.request.method == "POST" and asked is not None and asked.is_valid():
        with desk.trying(asked):
            desk.tell(done(page, told["do"], asked.cleaned_data))
            return redirect("workspace_cure", cycle, channel)
    return desk.show("cure", page=page, forms=forms, **frame(desk, page.cure.cycle, "workspace_cures"))


def forms_of(page: CurePage, told: Mapping[str, Any]) -> dict[str, Form]:
    """Return the forms that are open to whoever looks, by what they do; the one that was sent with what it says."""
    cure, found = page.cure, dict[str, Form]()

    def sent(name: str) -> Any:
        return told if told.get("do") == name else None

    if "plan" in page.verbs:
        steps = "\n".join(f"{step.due_on} {step.text}" if step.due_on else step.text for step in page.steps)
        before = {"owner": cure.owner.email if cure.owner else page.desk.person.email, "plan": cure.plan, "steps": steps}
        found["plan"] = PlanForm(sent("plan"), initial=before)
    if "begin" in page.verbs:
        found["begin"] = Form(sent("begin"))
    if page.proves:
        found["step"] = StepForm(sent("step"), steps=page.steps)
    if "re-evaluate" in page.verbs:
        if cure.publication.run.confirmation:
            found["again"] = AgainForm(sent("again"), page.desk.request.FILES if sent("again") else None)
        found["scores"] = ScoresForm(sent("scores"))
    if page.judges:
        found["judge"] = JudgeForm(sent("judge"), verbs=page.judges)
    return found


def done(page: CurePage, what: str, said: Mapping[str, Any]) -> str:
    """Do what a form about a cure asks, and return what was done, in words; raises Problem."""
    about: dict[str, Any] = {"by": page.desk.person, "cure": page.cure, "at": page.desk.at}
    if what == "plan":
        actions.plan_cure(**about, **said)
        return _("The plan is handed in; until it is begun it may be changed.")
    if what == "begin":
        actions.begin_cure(**about)
        return _("The cure is under way.")
    if what == "step":
        actions.do_step(**about, **said)
        return _("The step is done.")
    if what == "again":
        with received(said["file"]) as path:
            brought = actions.Brought(path, source=said["source"], seen=seen_at(said), file_name=said["file"].name)
            actions.re_evaluate_evidence(**about, brought=brought)
        return _("The change is judged; say now what becomes of the cure.")
    if what == "scores":
        actions.re_evaluate(**about, **said)
        return _("The change is judged; say now what becomes of the cure.")
    actions.conclude_cure(**about, **said)
    return _("It is kept what became of the cure.")
