"""Pages: runs asked for, watched and called off, two beside each other; the steps of a cycle; and jobs on their way."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marsad.accounts.access import Forbidden
from marsad.core.lifecycle import CYCLE
from marsad.ratings import actions
from marsad.ratings.access import cycle_for, job_for, require_may, run_for
from marsad.ratings.models import Cycle, Run
from marsad.ratings.orders import PUBLISH, REPUBLISH, Order, cancel, promise
from marsad.ratings.running import RUNS_IN
from marsad.ratings.states import require_move
from marsad.workspace.course import standing_of, ways_of, who_of
from marsad.workspace.desk import Desk, working
from marsad.workspace.forms import CorrectForm, MoveForm
from marsad.workspace.job import JobPage
from marsad.workspace.replies import RepliesPage
from marsad.workspace.runs import RunPage, comparison_page, runs_of
from marsad.workspace.views.cycles import frame
from marsad.workspace.views.evidence import as_file
from marsad.workspace.words import VERBS


@working
def runs(desk: Desk, cycle: str) -> HttpResponse:
    """Show the runs of a cycle, and ask for one."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("compare_runs", desk.person, desk.at)
    if desk.request.method == "POST":
        with desk.trying():
            return redirect("workspace_run", cycle, actions.ask_for_run(by=desk.person, cycle=found, at=desk.at).code)
        return redirect("workspace_runs", cycle)
    standing = standing_of(found)
    asks = found.state in RUNS_IN and desk.may("ask_for_run")
    return desk.show("runs", runs=runs_of(desk, found), standing=standing, asks=asks, **frame(desk, found, "workspace_runs"))


def run_at(desk: Desk, cycle: str, run: str) -> tuple[Cycle, Run]:
    """Return a run of a cycle for whoever compares runs; raises NotFound."""
    require_may("compare_runs", desk.person, desk.at)
    found, one = cycle_for(desk.person, cycle, desk.at), run_for(desk.person, run, desk.at)
    if one.cycle_id != found.pk:
        raise Http404
    return found, one


@working
def run(desk: Desk, cycle: str, run: str) -> HttpResponse:
    """Show a run: how far it is, what it rested on, what it left out."""
    found, one = run_at(desk, cycle, run)
    return desk.show("run", page=RunPage(desk, one), **frame(desk, found, "workspace_runs"))


@working
def run_progress(desk: Desk, cycle: str, run: str) -> HttpResponse:
    """Give how far a run is, for the page that asks again and again; once it has ended, the page is to be loaded anew."""
    _found, one = run_at(desk, cycle, run)
    page = RunPage(desk, one)
    response = desk.show("_run_progress", page=page)
    if not page.is_live:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@working
def cancel_run(desk: Desk, cycle: str, run: str) -> HttpResponse:
    """Call off a run."""
    _found, one = run_at(desk, cycle, run)
    with desk.trying():
        actions.cancel_run(by=desk.person, run=one, at=desk.at)
        desk.tell(_("The run is cancelled."))
    return redirect("workspace_run", cycle, run)


@working
def comparison(desk: Desk, cycle: str) -> HttpResponse:
    """Show two runs beside each other: who moved, and why."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("compare_runs", desk.person, desk.at)
    page = comparison_page(desk, found)
    done = [one for one in runs_of(desk, found) if one.run.state == Run.DONE]
    return desk.show("comparison", page=page, done=done, **frame(desk, found, "workspace_comparison"))


@working
def comparison_csv(desk: Desk, cycle: str) -> HttpResponse:
    """Give who moved as a file."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("compare_runs", desk.person, desk.at)
    page = comparison_page(desk, found)
    if page is None:
        raise Http404
    return as_file(page.csv(), f"moved-{found.code}")


@working
def move(desk: Desk, cycle: str, verb: str) -> HttpResponse:
    """Ask once more before a cycle takes a step, naming it, and take it."""
    found = cycle_for(desk.person, cycle, desk.at)
    words = VERBS.get(verb)
    if words is None or not may_ever(desk, verb):
        raise Forbidden("page")
    form = (CorrectForm if verb == "correct" else MoveForm)(desk.posted)
    if desk.request.method == "POST" and form.is_valid():
        with desk.trying(form):
            return go(desk, found, verb, form.cleaned_data["why"])
    open_now = any(way.verb == verb for way in ways_of(desk, found, standing_of(found)))
    asked = {"question": _(words.title).format(cycle=desk.name(found)), "follows": _(words.follows), "button": _(words.button)}
    replies = RepliesPage(desk, found).lines if verb == "approve" else []
    about = {
        "replies": replies,
        "form": form,
        "verb": verb,
        "final": words.final,
        "open": open_now,
        "who": who_of(desk, found.state),
        **asked,
    }
    return desk.show("move", **about, **frame(desk, found, "workspace_cycle"))


def may_ever(desk: Desk, verb: str) -> bool:
    """Whether a step is one that the roles of whoever works may take in some state."""
    if verb == "correct":
        return desk.may("correct_publication")
    return any(one.verb == verb and one.roles & desk.central for one in CYCLE.moves)


def go(desk: Desk, cycle: Cycle, verb: str, why: str) -> HttpResponse:
    """Take a step; publishing is left to the worker. Raises Problem."""
    if verb in ("publish", "correct"):
        if verb == "publish":
            require_move(cycle, verb, desk.person, desk.at)
        kind = PUBLISH if verb == "publish" else REPUBLISH
        job = promise(by=desk.person, order=Order(kind, {"cycle": cycle.code, "why": why}), at=desk.at)
        return redirect("workspace_job", job.code)
    moved = actions.move_cycle(by=desk.person, cycle=cycle, verb=verb, at=desk.at, why=why)
    desk.tell(_("Done: %(cycle)s has moved on.") % {"cycle": desk.name(moved)})
    return redirect("workspace_cycle", cycle.code)


@working
def job(desk: Desk, job: str) -> HttpResponse:
    """Show how far a job is, and how it ended; call it off."""
    found = job_for(desk.person, job, desk.at)
    if desk.request.method == "POST":
        cancel(job=found, at=desk.at)
        return redirect("workspace_job", job)
    return desk.show("job", page=JobPage(desk, found))


@working
def job_progress(desk: Desk, job: str) -> HttpResponse:
    """Give how far a job is, for the page that asks again and again; once it has ended, the page is to be loaded anew."""
    page = JobPage(desk, job_for(desk.person, job, desk.at))
    response = desk.show("_job_progress", page=page)
    if not page.is_live:
        response["HX-Refresh"] = "true"
    return response
