"""What all results of a run have in common: each is kept in full, or as it was published."""

from __future__ import annotations

from typing import Any

from django.db import models


class OutcomeQuerySet(models.QuerySet[Any]):
    """Results of channels, or of their nodes."""

    def of(self, *entity_codes: str) -> OutcomeQuerySet:
        """Return those of channels of some entities."""
        return self.filter(channel__entity__code__in=entity_codes)

    def in_full(self) -> OutcomeQuerySet:
        """Return them as they were reckoned."""
        return self.filter(disclosed=False)

    def as_published(self) -> OutcomeQuerySet:
        """Return them as they were published: small cells hidden."""
        return self.filter(disclosed=True)


class Outcome(models.Model):
    """What a run found; only ever added, by COPY. `disclosed`: it is as published, without what small cells would tell."""

    disclosed = models.BooleanField(default=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        abstract = True
