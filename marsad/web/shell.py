"""What templates ask of the shell: built files, the same page in the other language, small marks. Known to every template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, Form
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from marsad.web import assets
from marsad.web.charts.pieces import WIDTH, Axis, star_points
from marsad.web.texts import grouped, percent

register = template.Library()
STAR_PLACES, PLACE, MIDDLE = 7, 14, 6
LEAST_SHADE = 0.05
"""A chance below it would be an unseen shade."""


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a built file."""
    return assets.asset(name)


@register.simple_tag
def notice() -> str:
    """Return what this server says at the head of every page, '' where it says nothing."""
    said: str = settings.MARSAD.notice[get_language() or "ar"]
    return said


@register.simple_tag
def fonts(language: str) -> list[str]:
    """Return the addresses of the fonts of a language."""
    return assets.fonts(language)


def address_of(context: Mapping[str, Any]) -> str:
    """Return the address of the page being drawn, with its query: of the request, or what a page drawn for everybody knows."""
    request, page = context.get("request"), context.get("page")
    return str(request.get_full_path() if request is not None else getattr(page, "path", "/"))


@register.simple_tag(takes_context=True)
def here(context: Mapping[str, Any]) -> str:
    """Return the address of this page without its query."""
    return address_of(context).partition("?")[0]


@register.simple_tag(takes_context=True)
def in_language(context: Mapping[str, Any], language: str) -> str:
    """Return the address of this very page in another language; of a page without a language, the first page there."""
    _root, first, *rest = [*address_of(context).split("/", 2), ""][:3]
    return f"/{language}/{rest[0]}" if first in dict(settings.LANGUAGES) else f"/{language}/"


@register.filter
def number(value: float | None, digits: int | None = None) -> SafeString:
    """Write a number with its thousands parted, apart from the direction of its sentence; what is not known is a dash."""
    return format_html("<bdi>{}</bdi>", "–" if value is None or value != value else grouped(value, digits))


@register.filter(name="percent")
def percent_filter(share: float | None) -> SafeString:
    """Write a share in whole per cent; what is not known is a dash."""
    return format_html("<bdi>{}</bdi>", "–" if share is None or share != share else percent(share))


@register.simple_tag
def star_symbol() -> SafeString:
    """Write, once a page, the star places that all rows of stars are made of."""
    outline = "".join(star_points(place) for place in range(STAR_PLACES))
    return format_html('<svg width="0" height="0" class="unseen" aria-hidden="true"><path id="stars" d="{}"/></svg>', outline)


@register.simple_tag
def stars(value: float, chance: float | str | None = None, places: int = STAR_PLACES) -> SafeString:
    """Draw a row of places filled to a star, the next shaded by the chance of reaching it; the words beside it say the same."""
    filled, shade = f"{PLACE * float(value):g}", float(chance or 0)
    use = '<use href="#stars" class="{}"{}/>'
    pieces = [
        f'<svg class="stars" viewBox="0 0 {PLACE * int(places)} {PLACE}" aria-hidden="true">',
        use.format("empty", ""),
        f'<svg width="{filled}" height="{PLACE}" overflow="hidden">{use.format("full", "")}</svg>',
    ]
    if shade >= LEAST_SHADE and float(value) < int(places):
        place = f'x="{filled}" width="{PLACE}" height="{PLACE}" viewBox="{filled} 0 {PLACE} {PLACE}" overflow="hidden"'
        opacity = f' opacity="{shade:.2g}"'
        pieces.append(f"<svg {place}>{use.format('maybe', opacity)}</svg>")
    return mark_safe("".join([*pieces, "</svg>"]))


@register.simple_tag
def interval(low: float, value: float, high: float, start: float = 0, end: float = 100) -> SafeString:
    """Draw a dot on the line of its interval, on an axis from `start` to `end`."""
    axis = Axis(float(start), float(end))
    rail = f'<path class="rail" d="M0 {MIDDLE}H{WIDTH}"/>'
    line = f'<path d="M{axis.at(float(low))} {MIDDLE}H{axis.at(float(high))}"/>'
    dot = f'<circle cx="{axis.at(float(value))}" cy="{MIDDLE}" r="4"/>'
    return mark_safe(f'<svg class="line" viewBox="-5 0 {WIDTH + 10} 12" aria-hidden="true">{rail}{line}{dot}</svg>')


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """Return the query of this page with some of its filters changed; an empty one is left out."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            values.pop(name, None)
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}"


@register.simple_tag
def faults(form: Form) -> SafeString:
    """Write what is wrong with a form as links to its fields."""
    found = [(field.id_for_label, field.label, error) for field in fields(form) for error in field.errors]
    general = format_html_join("", "<li>{}</li>", ((error,) for error in form.non_field_errors()))
    return general + format_html_join("", '<li><a href="#{}">{}: {}</a></li>', found)


def fields(form: Form) -> list[BoundField]:
    """Return the fields people see."""
    return list(form.visible_fields())
