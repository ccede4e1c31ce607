"""Pages: everybody's home, the cycles, one of them with its way to publication, its announcement and its scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marsad.core.lifecycle import CYCLE
from marsad.core.problem import Problem, Sentence
from marsad.ratings import actions
from marsad.ratings.access import SEES_DRAFTS, cycle_for, require_may
from marsad.ratings.models import Cycle
from marsad.workspace.cycles import course_of, lines_of, pages_of
from marsad.workspace.desk import Desk, working
from marsad.workspace.forms import CoverForm, CycleForm, FactForm, UncoverForm
from marsad.workspace.homes import parts_of
from marsad.workspace.scope import ScopePage
from marsad.workspace.words import STATES


def frame(desk: Desk, cycle: Cycle, name: str) -> Mapping[str, Any]:
    """Return what every page of a cycle begins with: its title and state, and the pages beside this one."""
    state, pages = _(STATES[cycle.state]), pages_of(desk, cycle, name)
    return {"cycle": cycle, "title": desk.name(cycle), "state": state, "pages": pages, "here": name}


@working
def home(desk: Desk) -> HttpResponse:
    """Show what needs whoever is signed in, by their roles."""
    return desk.show("home", parts=parts_of(desk))


@working
def cycles(desk: Desk) -> HttpResponse:
    """Show the cycles that whoever is signed in may see."""
    return desk.show("cycles", lines=lines_of(desk), announces=desk.may("announce_cycle"))


@working
def announce(desk: Desk) -> HttpResponse:
    """Announce a cycle."""
    require_may("announce_cycle", desk.person, desk.at)
    form = CycleForm(desk.posted)
    if desk.request.method == "POST" and form.is_valid():
        with desk.trying(form):
            cycle = actions.announce_cycle(by=desk.person, at=desk.at, **form.said)
            desk.tell(_("The cycle is announced as a draft; choose now which channels it covers."))
            return redirect("workspace_scope", cycle.code)
    return desk.show("announce", form=form)


@working
def cycle(desk: Desk, cycle: str) -> HttpResponse:
    """Show what stands between a cycle and its publication."""
    found = cycle_for(desk.person, cycle, desk.at)
    draws = found.is_public and bool(desk.central & SEES_DRAFTS)
    course = course_of(desk, found)
    return desk.show("cycle", course=course, edits=edits(desk, found), draws=draws, **frame(desk, found, "workspace_cycle"))


def edits(desk: Desk, cycle: Cycle) -> bool:
    """Whether whoever works may change the announcement now."""
    return cycle.state == CYCLE.first and desk.may("edit_cycle")


@working
def edit(desk: Desk, cycle: str) -> HttpResponse:
    """Change what was announced of a draft."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("edit_cycle", desk.person, desk.at)
    form = CycleForm(desk.posted, cycle=found)
    if desk.request.method == "POST" and form.is_valid():
        with desk.trying(form):
            actions.edit_cycle(by=desk.person, cycle=found, at=desk.at, changes=cast(actions.Changes, form.said))
            desk.tell(_("The announcement is saved."))
            return redirect("workspace_cycle", cycle)
    return desk.show("edit", form=form, edits=edits(desk, found), **frame(desk, found, "workspace_cycle"))


@working
def scope(desk: Desk, cycle: str) -> HttpResponse:
    """Show and change what a cycle covers, and what is said of it."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("see_rows", desk.person, desk.at)
    page, told = ScopePage(desk, found), desk.request.POST
    forms: dict[str, Form] = {name: make(told if told.get("do") == name else None, cycle=found) for name, make in FORMS.items()}
    asked = forms.get(told.get("do", ""))
    if desk.request.method == "POST" and asked is not None and asked.is_valid():
        with desk.trying(asked):
            desk.tell(done(desk, found, told["do"], asked.cleaned_data))
            return redirect("workspace_scope", cycle)
    listing = desk.listing(page.rows(), page.line)
    return desk.show("scope", page=page, **listing, forms=forms, **frame(desk, found, "workspace_scope"))


class GoneForm(UncoverForm):
    """Which channels a cycle is to cover no longer, whatever the cycle."""

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


FORMS: Mapping[str, Callable[..., Form]] = {"cover": CoverForm, "uncover": GoneForm, "fact": FactForm}
"""The forms about a scope, by what they do."""


def done(desk: Desk, cycle: Cycle, verb: str, said: Mapping[str, Any]) -> str:
    """Do what a form about the scope asks, and return what was done, in words; raises Problem."""
    by: dict[str, Any] = {"by": desk.person, "cycle": cycle, "at": desk.at}
    if verb == "cover":
        new = actions.cover(**by, **said)
        if not new:
            raise Problem(Sentence("all of these are covered already"))
        return _("Channels newly covered: %(count)s.") % {"count": new}
    if verb == "uncover":
        gone = actions.uncover(**by, channels=said["gone"], why=said["why"])
        if not gone:
            raise Problem(Sentence("none of these is covered"))
        return _("Channels taken out: %(count)s.") % {"count": gone}
    actions.state_facts(**by, facts={said["channel"]: {said["fact"]: said["value"]}}, why=said["why"])
    return _("The fact is stated.")
