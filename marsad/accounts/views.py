"""Pages: accept an invitation, change one's own details. Signing in and second factors are allauth's."""

from __future__ import annotations

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from marsad.accounts import actions
from marsad.accounts.access import NotFound
from marsad.accounts.forms import AcceptForm, OwnDetailsForm
from marsad.accounts.models import Person
from marsad.core.problem import Problem
from marsad.web.errors import error_page
from marsad.web.preferences import remember
from marsad.web.texts import complaint


@sensitive_post_parameters("password", "again")
@never_cache
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Take up an invitation; somebody we know already only confirms."""
    limited = ratelimit.consume_or_429(request, action="signup")
    if limited:
        return limited
    try:
        invitation = actions.open_invitation(secret, timezone.now())
    except NotFound:
        return error_page(request, 404, "accounts/invitation_over.html")
    known = Person.objects.filter(email=invitation.email).exists()
    form = None if known else AcceptForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()) and accepted(secret, form):
        return redirect("account_login")
    return render(request, "accounts/accept.html", {"form": form, "invitation": invitation})


def accepted(secret: str, form: AcceptForm | None) -> bool:
    """Whether the invitation was taken up; if not, the form says why."""
    try:
        actions.accept_invitation(secret=secret, at=timezone.now(), **(form.cleaned_data if form else {}))
    except NotFound:
        raise
    except Problem as problem:
        if form is None:
            raise
        form.add_error(None, complaint(problem))
        return False
    return True


@login_required
@never_cache
def own_details(request: HttpRequest) -> HttpResponse:
    """Change one's own names, language and digits."""
    form = OwnDetailsForm(request.POST or None, instance=Person.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        actions.change_own_details(by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your details are saved."))
        response = redirect("accounts_own_details")
        remember(response, language=form.cleaned_data["language"], numerals=form.cleaned_data["numerals"])
        return response
    return render(request, "accounts/own_details.html", {"form": form})


@never_cache
def menu(request: HttpRequest) -> HttpResponse:
    """Give what is personal of a page: the menu of whoever is signed in, and their messages; strangers get nothing."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return HttpResponse(status=204)
    return render(request, "accounts/menu.html")
