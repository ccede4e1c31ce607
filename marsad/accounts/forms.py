"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marsad.accounts.models import Language, Numerals, Person


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
