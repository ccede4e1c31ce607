"""Pages about people: the list, one of them, and what is done with their roles, invitations and accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from marsad.accounts import actions
from marsad.accounts.access import NotFound, invitation_for, membership_of, memberships_for, person_for
from marsad.accounts.models import Person
from marsad.accounts.presenters import mail_invitation
from marsad.core.lifecycle import Role
from marsad.workspace.desk import Desk, whole, working
from marsad.workspace.giving import GiveForm, InviteForm, WhyForm
from marsad.workspace.people import EACH, INVITES, SEES_PEOPLE, SUSPENDS, People, PersonPage, may_give, role_name


@working
def people(desk: Desk) -> HttpResponse:
    """Show the people whom whoever looks may see, and the invitations that wait."""
    opened_to(desk, SEES_PEOPLE)
    found = People(desk)
    page = Paginator(found.found, EACH).get_page(whole(desk.request.GET.get("page")))
    page.range = page.paginator.get_elided_page_range(page.number)
    return desk.show("people", people=found, page=page, rows=[found.one(person) for person in page])


@working
def person(desk: Desk, code: str) -> HttpResponse:
    """Show somebody, and give them a role."""
    opened_to(desk, SEES_PEOPLE)
    shown = PersonPage(People(desk), person_for(desk.person, code, desk.at))
    form = GiveForm(desk.posted, desk=desk) if shown.gives else None
    if form and form.is_valid():
        with desk.trying(form):
            actions.give_role(by=desk.person, person=shown.person, at=desk.at, **form.cleaned_data)
            desk.tell(gettext("%(name)s holds the role from now on.") % {"name": shown.name})
            return redirect("workspace_person", code)
    return desk.show("person", person=shown, form=form)


@working
def invite(desk: Desk) -> HttpResponse:
    """Invite somebody by mail."""
    opened_to(desk, INVITES)
    form = InviteForm(desk.posted, desk=desk)
    if form.is_valid():
        with desk.trying(form):
            invitation, secret = actions.invite(by=desk.person, at=desk.at, **form.cleaned_data)
            mail_invitation(desk.request, invitation, secret)
            desk.tell(gettext("The invitation is on its way to %(email)s.") % {"email": invitation.email})
            return redirect("workspace_people")
    return desk.show("invite", form=form)


@require_POST
@working
def resend(desk: Desk, code: str) -> HttpResponse:
    """Send an invitation again, with a new link; the old one no longer opens anything."""
    with desk.trying():
        invitation, secret = actions.renew_invitation(
            by=desk.person, invitation=invitation_for(desk.person, code, desk.at), at=desk.at
        )
        mail_invitation(desk.request, invitation, secret)
        desk.tell(gettext("The invitation is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("workspace_people")


@working
def withdraw(desk: Desk, code: str) -> HttpResponse:
    """Take back an invitation, once it is confirmed."""
    invitation = invitation_for(desk.person, code, desk.at)
    if not may_give(desk, invitation.role, invitation.entity_code):
        raise NotFound("invitation")
    said = {"email": invitation.email}
    return confirmed(
        desk,
        title=gettext("Withdraw the invitation to %(email)s?") % said,
        follows=gettext("The link that was sent opens nothing any more. You may invite again at any time."),
        button=gettext("Withdraw the invitation"),
        done=gettext("The invitation to %(email)s is withdrawn.") % said,
        act=lambda why: actions.withdraw_invitation(by=desk.person, invitation=invitation, at=desk.at, why=why),
    )


@working
def end_role(desk: Desk, code: str, role: str, entity: str = "") -> HttpResponse:
    """End a role of somebody, once it is confirmed."""
    someone = person_for(desk.person, code, desk.at)
    if role not in list(Role) or not may_give(desk, role, entity):
        raise NotFound("membership")
    membership = membership_of(someone, Role(role), entity, desk.at)
    if not memberships_for(desk.person, desk.at).filter(pk=membership.pk).exists():
        raise NotFound("membership")
    said = {"name": desk.name(someone), "role": role_name(role), "entity": People(desk).entity(entity)}
    asked = (
        gettext("End the role of %(name)s as %(role)s in %(entity)s?")
        if entity
        else gettext("End the role of %(name)s as %(role)s?")
    )
    return confirmed(
        desk,
        someone,
        title=asked % said,
        follows=gettext("What the role opened is closed to them at once. What they did stays in the audit."),
        button=gettext("End the role"),
        done=gettext("The role of %(name)s has ended.") % said,
        act=lambda why: actions.end_role(by=desk.person, membership=membership, at=desk.at, why=why),
    )


@working
def suspend(desk: Desk, code: str) -> HttpResponse:
    """Shut somebody out, once it is confirmed."""
    someone = suspended_by(desk, code)
    said = {"name": desk.name(someone)}
    return confirmed(
        desk,
        someone,
        title=gettext("Suspend %(name)s?") % said,
        follows=gettext(
            "They are signed out at once and cannot sign in, and their tokens are revoked for good. You may let them in again."
        ),
        button=gettext("Suspend"),
        done=gettext("%(name)s is suspended.") % said,
        act=lambda why: actions.deactivate(by=desk.person, person=someone, at=desk.at, why=why),
    )


@working
def reactivate(desk: Desk, code: str) -> HttpResponse:
    """Let somebody in again, once it is confirmed."""
    someone = suspended_by(desk, code)
    said = {"name": desk.name(someone)}
    return confirmed(
        desk,
        someone,
        title=gettext("Let %(name)s in again?") % said,
        follows=gettext("They sign in as before, with the roles that have not ended. Their tokens stay revoked."),
        button=gettext("Let in again"),
        done=gettext("%(name)s may sign in again.") % said,
        act=lambda why: actions.reactivate(by=desk.person, person=someone, at=desk.at, why=why),
        grave=False,
    )


def confirmed(
    desk: Desk, someone: Person | None = None, *, act: Callable[[str], Any], done: str, grave: bool = True, **words: str
) -> HttpResponse:
    """Ask before something is done, naming whom it is about, and do it once that is sent."""
    form = WhyForm(desk.posted)
    if form.is_valid():
        with desk.trying(form):
            act(form.cleaned_data["why"])
            desk.tell(done)
            return redirect("workspace_people")
    return desk.show("confirm", form=form, someone=someone, grave=grave, words=words)


def opened_to(desk: Desk, roles: frozenset[Role]) -> None:
    """Raise NotFound unless whoever looks holds one of some roles."""
    if not desk.roles & roles:
        raise NotFound("page")


def suspended_by(desk: Desk, code: str) -> Person:
    """Return somebody whom whoever looks may suspend or let in again; raises NotFound."""
    someone = person_for(desk.person, code, desk.at)
    if not desk.central & SUSPENDS or someone.pk == desk.person.pk:
        raise NotFound("person")
    return someone
