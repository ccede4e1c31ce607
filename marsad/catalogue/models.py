"""Regions, entities, services and channels as tables, and the questions that are asked of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import ASin, Cast, Coalesce, Concat, Cos, Least, Power, Radians, Sin, Sqrt
from django.utils.translation import gettext_lazy as _

from marsad.catalogue.cards import Card, ChannelCard, EntityCard, RegionCard, ServiceCard
from marsad.catalogue.hours import parse_hours
from marsad.catalogue.kinds import Kind, kinds
from marsad.catalogue.rules import CODE, LEVELS, LONGEST_CODE, LONGEST_TEXT, TYPES, UNITS
from marsad.catalogue.search import best
from marsad.core.problem import Problem
from marsad.core.text import search_key, sort_key

EMPTY = Value("", models.TextField())
EARTH_KM = 6371.0088
"""The mean radius of the earth."""


class NamedQuerySet(models.QuerySet):
    """Rows that have names in two languages."""

    SEARCHED: Any = F("search_key")
    """The words that a row is found by."""

    def found_by(self, words: str) -> Self:
        """Return those that answer what somebody typed, in Arabic, English or both, slips allowed, best first."""
        keys = self.order_by("sort_ar", "code").values_list("pk", self.SEARCHED)
        places = {identity: place for place, identity in enumerate(best(words, keys))}
        if not places:
            return self.none()
        return self.annotate(found_at=place_in(places)).filter(found_at__isnull=False).order_by("found_at")

    def in_order(self, language: str) -> Self:
        """Return them in the order of the alphabet of a language, `ar` or `en`."""
        return self.order_by({"ar": "sort_ar", "en": "sort_en"}[language], "code")

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Add or replace many rows, their keys made as `save` makes them."""
        rows = list(objs)
        for row in rows:
            row.make_keys()
        return super().bulk_create(rows, *args, **kwargs)

    def with_cards(self) -> Self:
        """Return them with what their cards need."""
        return self.all()

    def remake_keys(self) -> int:
        """Make the keys of every row anew, after their rules have changed; return how many rows there were."""
        rows = list(self)
        for row in rows:
            row.save(update_fields=KEYS)
        return len(rows)


def place_in(places: dict[int, int]) -> Cast:
    """Return a row's place in a list of ids, NULL where it is not in it; one lookup a row, however long the list."""
    listed = Cast(Value(json.dumps(places)), models.JSONField())
    return Cast(
        Func(listed, Cast(F("pk"), models.TextField()), template="(%(expressions)s)", arg_joiner=" ->> "),
        models.IntegerField(),
    )


def key_column() -> Any:
    """Return a column for a key: sorted by code points on every server."""
    return models.TextField(editable=False, db_collation="C")


def says_something(*columns: str) -> Iterator[models.CheckConstraint]:
    """Yield constraints that columns are not blank."""
    for column in columns:
        yield models.CheckConstraint(condition=Q(**{f"{column}__regex": r"\S"}), name=f"%(class)s_{column}_is_not_blank")


def one_of(column: str, choices: Iterable[str]) -> models.CheckConstraint:
    """Return the constraint that a column holds one of the choices."""
    return models.CheckConstraint(condition=Q(**{f"{column}__in": list(choices)}), name=f"%(class)s_{column}_is_known")


KEYS = ("search_key", "sort_ar", "sort_en")


class Named(models.Model):
    """What has a code and a name in both languages, with keys to search and sort by that are made here and nowhere else."""

    CARD: type[Card]
    SEARCHED: tuple[str, ...] = ("name_ar", "name_en", "code")

    code = models.CharField(_("code"), max_length=LONGEST_CODE, unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=LONGEST_TEXT)
    name_en = models.CharField(_("name in English"), max_length=LONGEST_TEXT)
    search_key = key_column()
    sort_ar = key_column()
    sort_en = key_column()

    objects = NamedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sort_ar", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="%(class)s_code_is_a_slug"),
            *says_something("name_ar", "name_en", *KEYS),
        ]

    def __str__(self) -> str:
        """Return the name in English with the code."""
        return f"{self.name_en} ({self.code})"

    def make_keys(self) -> None:
        """Fill in the keys to search and sort by."""
        words = search_key(" ".join(getattr(self, column) for column in self.SEARCHED)).split()
        self.search_key = " ".join(dict.fromkeys(words))
        self.sort_ar, self.sort_en = sort_key(self.name_ar), sort_key(self.name_en)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save the row with its keys."""
        self.make_keys()
        super().save(*args, update_fields=None if update_fields is None else {*update_fields, *KEYS}, **kwargs)

    def card(self) -> Any:
        """Return what the row says, as a value."""
        return self.CARD(**{column: self.said(column) for column in self.CARD.columns()})

    def said(self, column: str) -> Any:
        """Return one column of the card; other things by their codes."""
        value = getattr(self, column)
        if isinstance(value, Named):
            return value.code
        return "" if value is None and self._meta.get_field(column).is_relation else value


class DatedQuerySet(NamedQuerySet):
    """Rows that begin and end."""

    def active_on(self, day: date) -> Self:
        """Return those that exist on a day; the last day counts."""
        return self.filter(Q(active_from=None) | Q(active_from__lte=day), Q(active_to=None) | Q(active_to__gte=day))


class Dated(Named):
    """What begins and ends; without a first or last day it always was, or goes on."""

    active_from = models.DateField(_("active from"), null=True, blank=True)
    active_to = models.DateField(_("active to"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta(Named.Meta):
        abstract = True
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(
                condition=Q(active_from=None) | Q(active_to=None) | Q(active_to__gte=F("active_from")),
                name="%(class)s_begins_before_it_ends",
            ),
        ]

    def active_on(self, day: date) -> bool:
        """Whether it exists on a day."""
        return (self.active_from is None or self.active_from <= day) and (self.active_to is None or day <= self.active_to)


class Region(Named):
    """A part of the country."""

    CARD = RegionCard
    entity_code = ""


class Entity(Dated):
    """A government body."""

    CARD = EntityCard

    class Meta(Dated.Meta):
        verbose_name_plural = "entities"

    @property
    def entity_code(self) -> str:
        """Return the code of the entity it belongs to: its own."""
        return self.code


class OwnedQuerySet(DatedQuerySet):
    """Rows that belong to an entity."""

    def of(self, entity: Entity | str) -> Self:
        """Return those of one entity, or of the one with this code."""
        return self.filter(entity__code=entity) if isinstance(entity, str) else self.filter(entity=entity)

    def with_cards(self) -> Self:
        """Return them with what their cards need."""
        return self.select_related("entity")


class Owned(Dated):
    """What belongs to an entity."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("entity"))

    objects = OwnedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = True

    @property
    def entity_code(self) -> str:
        """Return the code of the entity it belongs to."""
        return self.entity.code


class Service(Owned):
    """What an entity does for people. No fee or promised time: nothing is said of it; a fee of 0: it is free."""

    CARD = ServiceCard

    level = models.CharField(_("level"), max_length=20, default="main")
    type = models.CharField(_("type"), max_length=20, default="transactional")
    fee = models.DecimalField(_("fee"), max_digits=10, decimal_places=2, null=True, blank=True)
    promised_time = models.PositiveIntegerField(_("promised time"), null=True, blank=True)
    promised_unit = models.CharField(_("unit of the promised time"), max_length=20, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            *Owned.Meta.constraints,
            one_of("level", LEVELS),
            one_of("type", TYPES),
            one_of("promised_unit", ("", *UNITS)),
            models.CheckConstraint(condition=Q(fee=None) | Q(fee__gte=0), name="service_fee_is_not_negative"),
            models.CheckConstraint(
                condition=Q(promised_time=None, promised_unit="") | (Q(promised_time__isnull=False) & ~Q(promised_unit="")),
                name="service_promised_time_has_a_unit",
            ),
        ]


class ChannelQuerySet(OwnedQuerySet):
    """Channels."""

    # A region is what people call a place by, and is not known to stand in the name of the channel.
    SEARCHED = Concat("search_key", Value(" "), Coalesce("region__search_key", EMPTY), output_field=models.TextField())

    def with_cards(self) -> Self:
        """Return them with what their cards need."""
        return super().with_cards().select_related("region").prefetch_related("links__service")

    def of_kind(self, *codes: str) -> Self:
        """Return those of these kinds."""
        return self.filter(kind__in=codes)

    def in_region(self, code: str) -> Self:
        """Return those in a region."""
        return self.filter(region__code=code)

    def offering(self, service: Service | str) -> Self:
        """Return those that offer a service, or the one with this code."""
        return self.filter(links__service__code=service if isinstance(service, str) else service.code)

    def open_at(self, moment: datetime) -> Self:
        """Return those that are open at a moment; not those whose hours are unknown. Hours many share are read once."""
        open_then = Q(pk=None)
        written = self.exclude(hours="").order_by().values_list("hours", "time_zone").distinct()
        for hours, time_zone in written:
            local = moment.astimezone(zone(time_zone))
            if parse_hours(hours).open_at(local):
                begun = Q(active_from=None) | Q(active_from__lte=local.date())
                going_on = Q(active_to=None) | Q(active_to__gte=local.date())
                open_then |= Q(begun, going_on, hours=hours, time_zone=time_zone)
        return self.filter(open_then)

    def near(self, latitude: float, longitude: float, within_km: float | None = None) -> Self:
        """Return those with coordinates, nearest first, with `distance_km`; within a distance if said; raises Problem."""
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise Problem(
                f"{latitude:.6g}, {longitude:.6g} is nowhere on earth", remedy="write latitude, then longitude, in degrees"
            )
        placed = self.filter(latitude__isnull=False).annotate(distance_km=distance_km(latitude, longitude))
        return (placed if within_km is None else placed.filter(distance_km__lte=within_km)).order_by("distance_km", "code")


def distance_km(latitude: float, longitude: float) -> Any:
    """Return the distance of a row from a point in km, along the great circle (haversine)."""
    here = Radians(Value(float(latitude)))
    upward = Power(Sin((Radians("latitude") - here) / 2), 2)
    sideward = Power(Sin((Radians("longitude") - Radians(Value(float(longitude)))) / 2), 2)
    chord = Sqrt(upward + Cos(here) * Cos(Radians("latitude")) * sideward)
    return ASin(Least(chord, Value(1.0)), output_field=models.FloatField()) * Value(2 * EARTH_KM)


def zone(name: str) -> ZoneInfo:
    """Return a time zone, the government's own where none is named."""
    return ZoneInfo(name or settings.TIME_ZONE)


class Channel(Owned):
    """One rated place of delivery: a centre, a call centre, a site, an app, a mission abroad."""

    CARD = ChannelCard
    SEARCHED = (*Owned.SEARCHED, "place_ar", "place_en")

    kind = models.CharField(_("kind"), max_length=LONGEST_CODE, db_index=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="channels", verbose_name=_("region")
    )
    place_ar = models.CharField(_("place in Arabic"), max_length=LONGEST_TEXT, blank=True)
    place_en = models.CharField(_("place in English"), max_length=LONGEST_TEXT, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    hours = models.TextField(_("opening hours"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True)
    accessible = models.BooleanField(_("accessible to people of determination"), null=True, blank=True)
    partner_run = models.BooleanField(_("run by a partner"), default=False)
    services = models.ManyToManyField(Service, through="ServiceChannel", related_name="channels", verbose_name=_("services"))

    objects = ChannelQuerySet.as_manager()

    class Meta(Owned.Meta):
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__regex=CODE), name="channel_kind_is_a_code"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="channel_is_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(place_ar="", place_en="") | (~Q(place_ar="") & ~Q(place_en="")),
                name="channel_place_is_in_both_languages",
            ),
        ]

    def said(self, column: str) -> Any:
        """Return one column of the card; services by their codes, in order."""
        return tuple(link.service.code for link in self.links.all()) if column == "services" else super().said(column)

    @property
    def kind_of(self) -> Kind:
        """Return what its kind is."""
        return kinds()[self.kind]

    def open_at(self, moment: datetime) -> bool | None:
        """Whether it is open at a moment; None where its hours are unknown."""
        local = moment.astimezone(zone(self.time_zone))
        return (self.active_on(local.date()) and parse_hours(self.hours).open_at(local)) if self.hours else None


class ServiceChannel(models.Model):
    """That a channel offers a service; `position` is the order in which it names its services."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="links")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="links")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["channel", "service"], name="servicechannel_is_said_once")]

    def __str__(self) -> str:
        """Return who offers what."""
        return f"{self.channel_id}: {self.service_id}"
