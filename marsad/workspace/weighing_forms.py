"""What people fill in to weigh answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marsad.workspace.forms import reason


class WeighForm(forms.Form):
    """A file of known totals, and whose answers are weighed to them."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or Parquet, a line for each group of a channel: channel, group, total. Where totals are of parts of the stratum,"
            " a column “part” besides: 1 for what stands before the first slash, 2 for what follows."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.parquet,text/csv"}),
    )
    source = forms.ChoiceField(label=_("Source"))
    why = reason(help_text=_("For those who read the audit."))

    def __init__(self, *args: Any, sources: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = forms.ChoiceField(label=_("Source"), choices=sources)
