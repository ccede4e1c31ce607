"""Pages: what stands out in a cycle's run, its re-reviews, and one of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marsad.accounts.access import Forbidden
from marsad.ratings import actions
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.reviewing import review_for
from marsad.workspace.desk import Desk, working
from marsad.workspace.review_forms import OpenReviewForm, ReviewForm
from marsad.workspace.views.cycles import frame
from marsad.workspace.watching import ReviewPage, ReviewsPage, WatchingPage, sees_reviews


@working
def watching(desk: Desk, cycle: str) -> HttpResponse:
    """Show what stands out: the funnel of each league, and who changed more than chance explains."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("watch", desk.person, desk.at)
    return desk.show("watching", page=WatchingPage(desk, found), **frame(desk, found, "workspace_watching"))


@working
def reviews(desk: Desk, cycle: str) -> HttpResponse:
    """Show the re-reviews of a cycle, and open one."""
    page = ReviewsPage(desk, cycle_for(desk.person, cycle, desk.at))
    if not sees_reviews(desk, page.cycle):
        raise Forbidden("page")
    if desk.request.method == "POST":
        require_may("review", desk.person, desk.at)
    form = OpenReviewForm(desk.posted) if page.opens else None
    if form is not None and desk.request.method == "POST" and form.is_valid():
        with desk.trying(form):
            opened = actions.open_review(by=desk.person, cycle=page.cycle, at=desk.at, **form.cleaned_data)
            desk.tell(_("The re-review is open; its entity sees it."))
            return redirect("workspace_review", cycle, opened.channel.code)
    return desk.show("reviews", page=page, form=form, **frame(desk, page.cycle, "workspace_reviews"))


@working
def review(desk: Desk, cycle: str, channel: str) -> HttpResponse:
    """Show one re-review, and say what becomes of it."""
    page = ReviewPage(desk, review_for(desk.person, cycle, channel, desk.at))
    if desk.request.method == "POST":
        require_may("review", desk.person, desk.at)
    form = ReviewForm(desk.posted, verbs=page.verbs) if page.verbs else None
    if form is not None and desk.request.method == "POST" and form.is_valid():
        with desk.trying(form):
            actions.move_review(by=desk.person, review=page.review, at=desk.at, **form.cleaned_data)
            desk.tell(_("It is kept what became of the re-review."))
            return redirect("workspace_review", cycle, channel)
    return desk.show("review", page=page, form=form, **frame(desk, page.review.cycle, "workspace_reviews"))
