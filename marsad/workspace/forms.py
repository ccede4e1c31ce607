"""What people fill in on working pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from marsad.catalogue.kinds import kinds
from marsad.catalogue.models import Entity
from marsad.core.posterior import Settings
from marsad.core.stars import Bands
from marsad.lake.kinds import asked_attributes
from marsad.ratings.actions import LARGEST_SEED
from marsad.ratings.intake import OWN_SOURCES
from marsad.ratings.models import Cycle
from marsad.ratings.releases import source_of
from marsad.ratings.what_if import Asked, declared, parts_of
from marsad.standards import Standard, load, names
from marsad.web.sources import SOURCES
from marsad.web.texts import grouped

ARABIC, ENGLISH = {"lang": "ar", "dir": "rtl"}, {"lang": "en", "dir": "ltr"}
NAMED = "names-"
"""How the fields begin that say how many of a kind may be named."""
HEAVIEST = 1_000_000
"""A weight counts by its proportion to the others, which needs no more."""


def day(**more: Any) -> forms.DateField:
    """Return the field of a day."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def lines(**more: Any) -> forms.CharField:
    """Return the field of a longer text."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **more)


def reason(**more: Any) -> forms.CharField:
    """Return the field of a reason."""
    return lines(label=_("Reason"), max_length=2000, **more)


class CycleForm(forms.Form):
    """What is announced of a cycle."""

    title_ar = forms.CharField(
        label=_("Title in Arabic"), max_length=200, widget=forms.TextInput(attrs={"lang": "ar", "dir": "rtl"})
    )
    title_en = forms.CharField(
        label=_("Title in English"), max_length=200, widget=forms.TextInput(attrs={"lang": "en", "dir": "ltr"})
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=100,
        help_text=_("Lower-case words joined by hyphens, such as 2026-1."),
    )
    standard = forms.ChoiceField(label=_("Standard"), help_text=_("It is kept byte for byte from the announcement on."))
    announced_on = day(label=_("Announced on"), required=False)
    opens_on = day(label=_("Opens on"), required=False, help_text=_("Channels that exist on this day are covered."))
    closes_on = day(label=_("Closes on"), required=False)
    least = forms.IntegerField(
        label=_("Fewest answers shown"),
        min_value=1,
        max_value=1000,
        initial=5,
        help_text=_("Fewer are hidden from the public."),
    )
    draws = forms.IntegerField(label=_("Draws"), min_value=2, max_value=100_000, initial=Settings.draws)
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, max_value=LARGEST_SEED, initial=0, help_text=_("The same seed gives the same draws.")
    )

    def __init__(self, *args: Any, cycle: Cycle | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=announced(cycle) if cycle else None, **kwargs)
        self.cycle = cycle
        self.fields["standard"].choices = list(standards(cycle))
        if cycle:
            del self.fields["code"]
        for kind in kinds().values():
            label = gettext("How many are named at each end: %(kind)s") % {"kind": kind.name[language()]}
            self.fields[f"{NAMED}{kind.code}"] = forms.IntegerField(label=label, min_value=1, max_value=1000, required=False)

    @property
    def names(self) -> dict[str, int]:
        """Return how many of each kind may be named, where that is said; what no field asks for stays."""
        asked = {kind: self.cleaned_data.get(f"{NAMED}{kind}") for kind in kinds()}
        stays = {kind: k for kind, k in (self.cycle.names if self.cycle else {}).items() if kind not in asked}
        return stays | {kind: k for kind, k in asked.items() if k}

    @property
    def said(self) -> dict[str, Any]:
        """Return what is announced, as the verbs take it."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith(NAMED)}
        if plain["announced_on"] is None:
            del plain["announced_on"]
        if self.cycle and plain["standard"] == str(self.cycle.standard):
            del plain["standard"]
        return plain | {"names": self.names}

    def add_error(self, field: str | None, error: Any) -> None:
        """Say what is wrong beside its field; what is wrong with who may be named has many."""
        super().add_error(field if field in self.fields else None, error)


def announced(cycle: Cycle) -> dict[str, Any]:
    """Return what was announced of a cycle, as its form has it."""
    plain = ("title_ar", "title_en", "announced_on", "opens_on", "closes_on", "least", "draws", "seed")
    said = {name: getattr(cycle, name) for name in plain} | {"standard": str(cycle.standard)}
    return said | {f"{NAMED}{kind}": k for kind, k in cycle.names.items()}


def standards(cycle: Cycle | None) -> Iterable[tuple[str, str]]:
    """Yield the standards to choose from: the one a cycle has, then those that ship."""
    if cycle:
        yield str(cycle.standard), f"{titled(cycle.standard)} ({cycle.standard})"
    for name in names():
        standard = load(name)
        if cycle is None or standard.identity != str(cycle.standard):
            yield name, f"{standard.title[language()]} ({standard.identity})"


def titled(release: Any) -> str:
    """Return the title of a standard in the language of the moment."""
    return str(getattr(release, f"title_{language()}"))


def language() -> str:
    """Return the language of the moment."""
    return (get_language() or "ar")[:2]


class CoverForm(forms.Form):
    """Which channels a cycle is to cover."""

    kinds = forms.MultipleChoiceField(label=_("Kinds"), required=False, widget=forms.CheckboxSelectMultiple)
    entities = forms.MultipleChoiceField(
        label=_("Entities"),
        required=False,
        help_text=_("None chosen: of all entities."),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    channels = lines(label=_("Channels by their codes"), required=False, help_text=_("Separated by spaces, commas or lines."))

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standard = source_of(cycle.standard).standard
        rated = standard.scheme.kinds or tuple(kinds())
        self.fields["kinds"].choices = [(code, kind_name(code, standard.kinds)) for code in rated]
        name = f"name_{language()}"
        self.fields["entities"].choices = list(Entity.objects.order_by(name).values_list("code", name))

    def clean(self) -> dict[str, Any]:
        """Refuse to cover nothing."""
        given: dict[str, Any] = super().clean() or {}
        if not any(given.get(name) for name in ("kinds", "entities", "channels")):
            raise forms.ValidationError(_("Choose kinds or entities, or write the codes of channels."))
        return given

    def clean_channels(self) -> list[str]:
        """Return the codes."""
        return codes_in(self.cleaned_data["channels"])


def kind_name(code: str, named: Mapping[str, Any]) -> str:
    """Return what a kind is called, by the standard or by the catalogue."""
    found = named.get(code) or (kinds()[code].name if code in kinds() else None)
    return str(found[language()]) if found else code


def codes_in(written: str) -> list[str]:
    """Return the codes in a text."""
    return list(dict.fromkeys(written.replace(",", " ").replace("،", " ").split()))


class UncoverForm(forms.Form):
    """Which channels a cycle is to cover no longer."""

    gone = lines(label=_("Channels by their codes"), help_text=_("Evidence on them stays, and counts nowhere."))
    why = forms.CharField(label=_("Reason"), required=False, max_length=2000)

    def clean_gone(self) -> list[str]:
        """Return the codes."""
        return codes_in(self.cleaned_data["gone"])


class FactForm(forms.Form):
    """A fact about a channel that the standard asks for."""

    channel = forms.CharField(label=_("Code of the channel"), max_length=100)
    fact = forms.ChoiceField(label=_("Fact"), widget=forms.Select(attrs={"translate": "no"}))
    value = forms.CharField(
        label=_("What is said"),
        max_length=200,
        required=False,
        help_text=_("Such as yes, or a number. Left empty, it takes the fact back."),
    )
    why = forms.CharField(label=_("Reason"), required=False, max_length=2000, help_text=_("Needed once the evidence is locked."))

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = [(name, name) for name in asked_attributes(source_of(cycle.standard).standard.scheme)]


class UploadForm(forms.Form):
    """A file of evidence, and what is said of all its rows."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Parquet, a line for each answer, reading or finding: channel, indicator, value, at."),
        widget=forms.FileInput(attrs={"accept": ".csv,.parquet,text/csv"}),
    )
    source = forms.ChoiceField(
        label=_("Source of all rows"), required=False, help_text=_("Only where the file has no column “source”.")
    )
    seen = day(label=_("Day of all rows"), required=False, help_text=_("Only where the file has no column “at”."))
    entity = forms.ChoiceField(label=_("For which entity"))
    why = reason(help_text=_("For those who read the audit."))

    def __init__(self, *args: Any, entities: Iterable[tuple[str, str]], needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(entities)
        sources = [code for code in SOURCES if not offered or code in OWN_SOURCES]
        self.fields["source"].choices = [
            ("", gettext("As the file says")),
            *((code, gettext(SOURCES[code])) for code in sources),
        ]
        self.fields["entity"].choices = offered
        if not offered:
            del self.fields["entity"]
        if not needs_reason:
            del self.fields["why"]


class MoveForm(forms.Form):
    """The reason for a step."""

    why = reason(required=False, help_text=_("The audit keeps it."))


class CorrectForm(forms.Form):
    """The reason for a correction, which all may read."""

    why = reason(help_text=_("Everybody reads it beside the corrected results."))


class WhatIfForm(forms.Form):
    """Another weight for each part under the root of a standard, and another edge for each of its bands.

    What is not said is as the standard has it, so that an address needs to hold only what was moved.
    """

    def __init__(self, said: Mapping[str, str], *, standard: Standard) -> None:
        own = declared(standard.scheme)
        self.usual = {f"weight-{code}": weight for code, weight in own.weights.items()}
        self.usual |= {f"band-{place}": edge for place, edge in enumerate(own.edges, start=2)}
        super().__init__({name: said.get(name, repr(usual).removesuffix(".0")) for name, usual in self.usual.items()})
        for part in parts_of(standard.scheme):
            label = gettext("Weight: %(part)s") % {"part": standard.labels[part.code][language()]}
            self.fields[f"weight-{part.code}"] = forms.FloatField(label=label, min_value=0, max_value=HEAVIEST)
        for place, label in enumerate(band_labels(standard), start=2):
            self.fields[f"band-{place}"] = forms.FloatField(label=label)

    def clean(self) -> dict[str, Any]:
        """Refuse weights that weigh nothing and bands that do not ascend, each beside its field."""
        given: dict[str, Any] = super().clean() or {}
        weights = [name for name in self.fields if name.startswith("weight-")]
        if not any(given.get(name, 1.0) for name in weights):
            self.add_error(weights[0], _("At least one weight must be more than 0."))
        edges = [(name, given[name]) for name in self.fields if name.startswith("band-") and name in given]
        for (_before, lower), (name, edge) in pairwise(edges):
            if edge <= lower:
                self.add_error(name, gettext("This must be more than the band before, %(edge)s.") % {"edge": grouped(lower)})
        return given

    @property
    def moved(self) -> bool:
        """Whether anything is other than the standard has it."""
        return any(self.cleaned_data[name] != usual for name, usual in self.usual.items())

    @property
    def asked(self) -> Asked:
        """Return what is asked."""
        weights = {name.removeprefix("weight-"): value for name, value in self.cleaned_data.items() if name.startswith("weight-")}
        return Asked(weights, tuple(value for name, value in self.cleaned_data.items() if name.startswith("band-")))


def band_labels(standard: Standard) -> Iterable[str]:
    """Yield what is said of the edge below each band but the lowest; nothing where the standard has no fixed bands."""
    rule = standard.scheme.stars
    if isinstance(rule, Bands):
        strict = rule.strict or (False,) * len(rule.edges)
        for star, above in zip(rule.stars[1:], strict, strict=True):
            name = standard.bands[star][language()] if star in standard.bands else grouped(star)
            yield (gettext("%(band)s: above") if above else gettext("%(band)s: from")) % {"band": name}
