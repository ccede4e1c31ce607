"""Pages: the calibration exercises of a cycle, with a form to bring one, and what one says of its raters."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marsad.ratings import actions
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.exercising import exercise_for
from marsad.workspace.desk import Desk, working
from marsad.workspace.exercise_forms import ExerciseForm, WithdrawForm
from marsad.workspace.exercises import ExercisePage, ExercisesPage
from marsad.workspace.views.cycles import frame
from marsad.workspace.views.evidence import received


@working
def exercises(desk: Desk, cycle: str) -> HttpResponse:
    """Show the exercises of a cycle, and bring one."""
    page = ExercisesPage(desk, cycle_for(desk.person, cycle, desk.at))
    require_may("hold_exercise" if desk.request.method == "POST" else "see_rows", desk.person, desk.at)
    posted = (desk.request.POST, desk.request.FILES) if desk.request.method == "POST" else ()
    form = ExerciseForm(*posted) if desk.may("hold_exercise") else None
    if form is not None and desk.request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with desk.trying(form), received(file) as path:
            said = {"name": form.cleaned_data["name"], "path": path, "file_name": file.name}
            held = actions.hold_exercise(by=desk.person, cycle=page.cycle, at=desk.at, **said)
            desk.tell(_("The exercise is kept."))
            return redirect("workspace_exercise", cycle, held.code)
    return desk.show("exercises", page=page, form=form, **frame(desk, page.cycle, "workspace_raters"))


@working
def exercise(desk: Desk, cycle: str, exercise: str) -> HttpResponse:
    """Show what an exercise says of its raters and questions, and take it back."""
    found = cycle_for(desk.person, cycle, desk.at)
    page = ExercisePage(desk, found, exercise_for(desk.person, found, exercise, desk.at))
    posts = desk.request.method == "POST"
    if posts:
        require_may("withdraw_exercise", desk.person, desk.at)
    stands = page.exercise.withdrawn is None
    form = WithdrawForm(desk.posted) if desk.may("withdraw_exercise") and (posts or stands) else None
    if form is not None and posts and form.is_valid():
        with desk.trying(form if stands else None):
            actions.withdraw_exercise(by=desk.person, exercise=page.exercise, why=form.cleaned_data["why"], at=desk.at)
            desk.tell(_("The exercise is withdrawn."))
            return redirect("workspace_exercise", cycle, exercise)
    return desk.show("exercise", page=page, form=form, **frame(desk, found, "workspace_raters"))
