"""Pages: whom the lists look at and what is said of it, and the reply of an entity."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marsad.accounts.access import Forbidden
from marsad.ratings import actions
from marsad.ratings.access import cycle_for
from marsad.ratings.replying import answerable
from marsad.workspace.cure_forms import ReplyForm
from marsad.workspace.cycles import REPLIES_FOR
from marsad.workspace.desk import Desk, working
from marsad.workspace.replies import RepliesPage, line_of
from marsad.workspace.views.cycles import frame


@working
def replies(desk: Desk, cycle: str) -> HttpResponse:
    """Show whom the lists look at, and what their entities say."""
    found = cycle_for(desk.person, cycle, desk.at)
    if not desk.roles & REPLIES_FOR:
        raise Forbidden("page")
    return desk.show("replies", page=RepliesPage(desk, found), **frame(desk, found, "workspace_replies"))


@working
def reply(desk: Desk, cycle: str, channel: str) -> HttpResponse:
    """Say for an entity what is to stand beside the verdict on a channel."""
    return written(desk, cycle, channel=channel)


@working
def entity_reply(desk: Desk, cycle: str, entity: str) -> HttpResponse:
    """Say for an entity what is to stand beside the verdict on itself."""
    return written(desk, cycle, entity=entity)


def written(desk: Desk, cycle: str, **about: str) -> HttpResponse:
    """Show the form of a reply, and keep what it says."""
    found = cycle_for(desk.person, cycle, desk.at)
    one = answerable(desk.person, found, desk.at, **about)
    line = line_of(desk, found, one)
    said = {"text_ar": one.reply.text_ar, "text_en": one.reply.text_en} if one.reply else None
    form = ReplyForm(desk.posted, initial=said)
    if desk.request.method == "POST" and form.is_valid():
        with desk.trying(form):
            actions.reply(by=desk.person, cycle=found, at=desk.at, **about, **form.cleaned_data)
            desk.tell(_("The reply is kept; until the approval it may be revised."))
            return redirect("workspace_replies", cycle)
    return desk.show("reply", line=line, form=form, **frame(desk, found, "workspace_replies"))
