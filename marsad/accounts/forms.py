"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marsad.accounts.actions import CHAMPIONS_GIVE
from marsad.accounts.models import ROLES, Invitation, Language, Numerals, Person
from marsad.core.lifecycle import Role


class InviteForm(forms.ModelForm):
    """Whom to invite, as what, and where; offered are the roles that whoever asks may give."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)

    class Meta:
        model = Invitation
        fields = ["email", "role", "entity_code"]

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = by.has(Role.PROGRAMME)
        self.fields["role"].choices = [choice for choice in ROLES if everything or choice[0] in CHAMPIONS_GIVE]


class OwnDetailsForm(forms.ModelForm):
    """One's own details."""

    class Meta:
        model = Person
        fields = ["name_ar", "name_en", "language", "numerals"]


class AcceptForm(forms.Form):
    """What a newcomer tells of themselves."""

    name_ar = forms.CharField(label=_("Name in Arabic"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    numerals = forms.ChoiceField(label=_("Digits"), choices=Numerals.choices)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(label=_("Password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, Any]:
        """Compare the passwords, and hand on only one."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("password") != given.pop("again", None):
            self.add_error("again", _("The two passwords are not the same."))
        return given
