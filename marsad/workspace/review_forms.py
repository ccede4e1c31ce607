"""What people fill in about re-reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marsad.workspace.forms import lines, reason


class OpenReviewForm(forms.Form):
    """Which channel is to be looked at again, and why."""

    channel = forms.CharField(label=_("Code of the channel"), max_length=100)
    why = reason()


class ReviewForm(forms.Form):
    """What becomes of a re-review."""

    verb = forms.ChoiceField(label=_("What becomes of it"))
    note = lines(label=_("What was found"), max_length=5000, required=False)

    def __init__(self, *args: Any, verbs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"] = forms.ChoiceField(label=_("What becomes of it"), choices=verbs)
