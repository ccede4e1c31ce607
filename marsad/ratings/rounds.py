"""Tables of the second wave: its confirmation rounds, and who is visited again in each."""

from __future__ import annotations

from django.db import models

from marsad.accounts.codes import LENGTH
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.ratings.models import Cycle, Run


class Round(models.Model):
    """A confirmation round: who is visited again after the lock, drawn from what a run found; never changed."""

    code = models.CharField(max_length=LENGTH, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="rounds")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="rounds")
    seed = models.PositiveBigIntegerField()
    """What the decoys were drawn by."""
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rounds")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Return which round of what."""
        return f"{self.cycle}: {self.code}"


class Drawn(models.Model):
    """A channel that a round visits again: for itself, for the entity that it stands for by lot, or for both.

    That it, or the entity, is a `decoy` is for the programme team alone, until the publication; null where it is not visited for
    that.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="drawn")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="drawn")
    decoy = models.BooleanField(null=True)
    entity_decoy = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "channel"], name="drawn_once"),
            models.CheckConstraint(
                condition=models.Q(decoy__isnull=False) | models.Q(entity_decoy__isnull=False), name="drawn_for_something"
            ),
        ]
        ordering = ["channel__code"]

    def __str__(self) -> str:
        """Return who is visited again where."""
        return f"{self.channel} in {self.round}"
