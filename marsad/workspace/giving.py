"""What is filled in about roles: to whom one is offered or given, and why something is done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marsad.accounts.actions import CHAMPIONS_GIVE
from marsad.accounts.models import ROLES
from marsad.core.lifecycle import CENTRAL, Role
from marsad.workspace.desk import Desk
from marsad.workspace.people import places_for


class RoleForm(forms.Form):
    """A role and the entity it is for, of those that whoever asks may give."""

    role = forms.ChoiceField(label=_("Role"))
    entity_code = forms.ChoiceField(label=_("Entity"), required=False, help_text=_("Left out for roles of the programme itself."))

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = Role.PROGRAMME in desk.roles
        given = [choice for choice in ROLES if whole or choice[0] in CHAMPIONS_GIVE]
        self.fields["role"].choices = [("", gettext("Choose a role")), *given]
        self.fields["entity_code"].choices = [*([("", gettext("The programme itself"))] if whole else []), *places_for(desk)]

    def clean_role(self) -> Role:
        """Return the role."""
        return Role(self.cleaned_data["role"])

    def clean(self) -> dict[str, Any]:
        """Refuse a role without its place."""
        given: dict[str, Any] = super().clean() or {}
        role, entity = given.get("role"), given.get("entity_code")
        if role is not None and (role in CENTRAL) == bool(entity):
            said = (
                _("This role belongs to the programme itself: name no entity.")
                if entity
                else _("This role belongs to an entity: name it.")
            )
            self.add_error("entity_code", ValidationError(said))
        return given


class InviteForm(RoleForm):
    """Whom to invite, as what, and where."""

    email = forms.EmailField(label=_("E-mail address"))
    field_order = ["email", "role", "entity_code"]


class GiveForm(RoleForm):
    """Which role to give somebody who has an account, and why."""

    why = forms.CharField(label=_("Reason"), required=False, max_length=2000, help_text=_("The audit keeps it."))


class WhyForm(forms.Form):
    """Why something is done."""

    why = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        help_text=_("The audit keeps it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
