"""What is filled in about replies, cures and rewards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marsad.ratings.actions import Measured, Planned
from marsad.ratings.aftermath import LONGEST_TEXT, CureStep
from marsad.ratings.models import Cycle
from marsad.web.sources import SOURCES
from marsad.workspace.cure_words import VERBS
from marsad.workspace.forms import ARABIC, ENGLISH, codes_in, day, language, reason

DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[\s:,،-]+(.+)")
"""A step with the day by which it is done before it."""
CLOCKS = (30, 60, 90)


def long_text(rows: int = 6, **more: Any) -> forms.CharField:
    """Return the field of a text somebody else will read; `attrs` say its language."""
    attrs = {"rows": rows, **more.pop("attrs", {})}
    return forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs=attrs), **more)


class ReplyForm(forms.Form):
    """What an entity says of a channel that is looked at."""

    text_ar = long_text(label=_("In Arabic"), required=False, attrs=ARABIC)
    text_en = long_text(
        label=_("In English"),
        required=False,
        attrs=ENGLISH,
        help_text=_("One language will do. It is published word for word beside the verdict: name nobody in it."),
    )


class OpenForm(forms.Form):
    """Which cures to open: those of the named channels in any case, and of others by choice."""

    channels = forms.MultipleChoiceField(
        label=_("And of these, which need attention"), required=False, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(label=_("Days"), coerce=int)
    why = reason(required=False, help_text=_("Needed for channels that are not named; their entities read it."))

    def __init__(self, *args: Any, offered: Iterable[tuple[str, str]], days: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"days": days}, **kwargs)
        self.fields["channels"].choices = list(offered)
        self.fields["days"].choices = [(clock, str(clock)) for clock in CLOCKS]
        if not self.fields["channels"].choices:
            del self.fields["channels"]


class PlanForm(forms.Form):
    """The plan of a cure, its steps and who answers for it."""

    owner = forms.EmailField(
        label=_("Who answers for it, by e-mail address"), help_text=_("Somebody who holds a role in the entity.")
    )
    plan = long_text(label=_("Plan"), help_text=_("What was found, and what is done about it."))
    steps = long_text(
        label=_("Steps, one a line"), help_text=_("Each may begin with its day, such as 2026-03-20 Hire two clerks.")
    )

    def clean_steps(self) -> list[Planned]:
        """Return the steps."""
        return [step_in(line.strip()) for line in self.cleaned_data["steps"].splitlines() if line.strip()]


def step_in(line: str) -> Planned:
    """Return the step that a line says, with the day before it, if there is one.

    >>> step_in("2026-03-20 Hire").due_on.day, step_in("Train").due_on
    (20, None)
    """
    found = DATED.fullmatch(line)
    if found is None:
        return Planned(line)
    try:
        return Planned(found[2], date.fromisoformat(found[1]))
    except ValueError:
        raise ValidationError(gettext("%(day)s is no day.") % {"day": found[1]}) from None


class StepForm(forms.Form):
    """That a step was done, and what proves it."""

    number = forms.TypedChoiceField(label=_("Step"), coerce=int)
    done_on = day(label=_("Done on"))
    evidence = long_text(3, label=_("What proves it"), help_text=_("A document, a count, a link, and where it lies."))

    def __init__(self, *args: Any, steps: Iterable[CureStep], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [(step.number, f"{step.number}. {step.text}") for step in steps]


class ScoresForm(forms.Form):
    """What a re-evaluation found, a line for each channel."""

    scores = long_text(
        10,
        label=_("Scores, one channel a line"),
        help_text=_(
            "Code, score of the second wave, its standard error, score now, its standard error, with commas between them; the"
            " channel itself and at least three decoys."
        ),
        attrs={"dir": "ltr", "spellcheck": "false"},
    )

    def clean_scores(self) -> list[Measured]:
        """Return the scores; the line of the headings may be there."""
        lines = [line.strip() for line in self.cleaned_data["scores"].splitlines() if line.strip()]
        return [measured_in(line) for line in lines if not line.lower().startswith("channel,")]


def measured_in(line: str) -> Measured:
    """Return the scores that a line says.

    >>> measured_in("centre-01, 48, 2.5, 55, 2").after
    55.0
    """
    code, *numbers = (part.strip() for part in re.split(r"[,;\t،]", line))
    try:
        before, before_se, after, after_se = map(float, numbers)
    except ValueError:
        raise ValidationError(gettext("This line is no code with four numbers: %(line)s") % {"line": line[:80]}) from None
    return Measured(code, before, before_se, after, after_se)


class AgainForm(forms.Form):
    """New evidence on a channel and its decoys, as a file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Parquet like that of the second wave: new answers and findings on its channels, decoys among them."),
        widget=forms.FileInput(attrs={"accept": ".csv,.parquet,text/csv"}),
    )
    source = forms.ChoiceField(
        label=_("Source of all rows"), required=False, help_text=_("Only where the file has no column “source”.")
    )
    seen = day(label=_("Day of all rows"), required=False, help_text=_("Only where the file has no column “at”."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = ((code, gettext(name)) for code, name in SOURCES.items())
        self.fields["source"].choices = [("", gettext("As the file says")), *named]


class JudgeForm(forms.Form):
    """What becomes of a cure."""

    verb = forms.ChoiceField(label=_("Decision"))
    why = reason(required=False, help_text=_("Needed unless it is cured; the audit keeps it."))

    def __init__(self, *args: Any, verbs: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [(verb, gettext(VERBS[verb])) for verb in verbs if verb in VERBS]


class TakeBackForm(forms.Form):
    """Why a reward is taken back."""

    why_ar = forms.CharField(
        label=_("Reason in Arabic"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, **ARABIC}),
        help_text=_("Everybody reads it beside the reward."),
    )
    why_en = forms.CharField(label=_("Reason in English"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, **ENGLISH}))


class RewardForm(forms.Form):
    """What was given, to whom, when, and by whom it was decided."""

    channel = forms.CharField(label=_("Code of the channel"), max_length=100, required=False)
    entity = forms.ChoiceField(
        label=_("Or an entity as a whole"), required=False, help_text=_("Left out where a channel is named.")
    )
    what_ar = forms.CharField(label=_("What was given, in Arabic"), max_length=300, widget=forms.TextInput(attrs=ARABIC))
    what_en = forms.CharField(label=_("What was given, in English"), max_length=300, widget=forms.TextInput(attrs=ENGLISH))
    decided_ar = forms.CharField(label=_("Decided by, in Arabic"), max_length=200, widget=forms.TextInput(attrs=ARABIC))
    decided_en = forms.CharField(label=_("Decided by, in English"), max_length=200, widget=forms.TextInput(attrs=ENGLISH))
    given_on = day(label=_("Given on"))

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = f"channel__entity__name_{language()}"
        entities = cycle.covered.values_list("channel__entity__code", name).order_by(name).distinct()
        self.fields["entity"].choices = [("", "–"), *entities]

    def clean_channel(self) -> str:
        """Return the code."""
        return next(iter(codes_in(self.cleaned_data["channel"])), "")
