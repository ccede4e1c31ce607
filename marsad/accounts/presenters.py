"""What people are told of accounts."""

from __future__ import annotations

from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from marsad.accounts.models import Invitation


def mail_invitation(request: HttpRequest, invitation: Invitation, secret: str) -> None:
    """Send the link that opens an invitation to the address it is for, in both languages."""
    link = request.build_absolute_uri(reverse("accounts_accept", args=[secret]))
    text = render_to_string("accounts/invitation.txt", {"invitation": invitation, "link": link})
    send_mail(_("You are invited to Marsad"), text, None, [invitation.email])
