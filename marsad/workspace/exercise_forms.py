"""What people fill in about calibration exercises."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from marsad.workspace.forms import reason


class WithdrawForm(forms.Form):
    """Why an exercise is taken back."""

    why = reason(help_text=_("Whoever sees the exercise reads it; the audit keeps it."))


class ExerciseForm(forms.Form):
    """A recorded case, and what all raters gave it."""

    name = forms.CharField(label=_("Recorded case"), max_length=200, help_text=_("What was shown to the raters, and when."))
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Parquet, a line for each score: rater, indicator, value on the scale of the question."),
        widget=forms.FileInput(attrs={"accept": ".csv,.parquet,text/csv"}),
    )
