"""Tables of what lists lead to: who is looked at and answers, who mends what was found, and who is rewarded."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from marsad.accounts.codes import LENGTH
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel, Entity
from marsad.core.lifecycle import CURE, CURING
from marsad.core.naming import Verdict
from marsad.ratings.models import Cycle, Publication, Run

LONGEST_TEXT = 5000
"""Characters of what somebody writes in answer, or as a plan."""


class Looked(models.Model):
    """Whom the lists of a run look at by the first wave, as a decision tells it, without trying other ratings.

    `entity_lists` are those of the entities.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="looked")
    lists = models.JSONField(default=list)
    entity_lists = models.JSONField(default=list)

    def __str__(self) -> str:
        """Return which run looked."""
        return str(self.run)


class Reply(models.Model):
    """What an entity says, before the approval, of a channel that is looked at; published word for word beside the verdict.

    Where the entity itself is looked at, `channel` is null.
    """

    code = models.CharField(max_length=LENGTH, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="replies")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="replies")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="replies")
    text_ar = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="replies")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "channel"], name="reply_once"),
            models.UniqueConstraint(fields=["cycle", "entity"], condition=Q(channel=None), name="entity_reply_once"),
            models.CheckConstraint(condition=Q(text_ar__regex=r"\S") | Q(text_en__regex=r"\S"), name="reply_says_something"),
        ]
        ordering = ["cycle", "channel__code"]

    def __str__(self) -> str:
        """Return what it is about."""
        return f"{self.channel or self.entity} in {self.cycle}"

    @property
    def entity_code(self) -> str:
        """Return the entity whose word it is."""
        return str(self.entity.code)


class CureQuerySet(models.QuerySet["Cure"]):
    """Cures."""

    def unfinished(self) -> CureQuerySet:
        """Return those of which nobody has said yet what became of them."""
        return self.filter(state__in=[*CURING, "re-evaluated"])

    def late(self, today: date) -> CureQuerySet:
        """Return the unfinished ones that missed a day: that of the plan, or the last."""
        return self.unfinished().filter(Q(due_on__lt=today, state__in=CURING) | Q(plan_due_on__lt=today, state=CURE.first))


class Cure(models.Model):
    """What an entity does about a channel that a publication lists at its last end: by when, who, what, and what became of it."""

    code = models.CharField(max_length=LENGTH, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="cures")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="cures")
    verdict = models.CharField(max_length=20)
    """What the publication's decision says of the channel."""
    state = models.CharField(max_length=20, default=CURE.first, choices=[(state, state) for state in CURE.states])
    since = models.DateTimeField()
    opened_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    plan_due_on = models.DateField()
    due_on = models.DateField()
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="owned_cures")
    plan = models.TextField(blank=True)
    scores = models.JSONField(default=list)
    """What the re-evaluation found: of the channel and of every decoy its scores and standard errors by wave."""
    change = models.JSONField(default=dict)
    """What follows from it: the change with its interval, as `curing.told` writes it; empty before."""

    objects = CureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "channel"], name="cure_once"),
            models.CheckConstraint(condition=Q(state__in=CURE.states), name="cure_state_is_known"),
            models.CheckConstraint(condition=Q(days__in=(30, 60, 90)), name="cure_clock_is_known"),
            models.CheckConstraint(
                condition=Q(plan_due_on__gte=F("opened_on"), due_on__gte=F("opened_on")), name="cure_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "escalated", "withdrawn")) | (Q(plan__regex=r"\S") & Q(owner__isnull=False)),
                name="cure_is_planned_by_somebody",
            ),
        ]
        ordering = ["due_on", "channel__code"]

    def __str__(self) -> str:
        """Return what is mended."""
        return f"{self.channel} in {self.cycle}"

    @property
    def entity_code(self) -> str:
        """Return the entity that mends it."""
        return str(self.channel.entity.code)

    @property
    def is_named(self) -> bool:
        """Whether the channel is named, and not one of those that need attention."""
        return self.verdict == Verdict.NAMED

    def missed(self, today: date) -> bool:
        """Whether a day was missed: that of the plan while there is none, or the last while it is up to the entity."""
        return (self.state == CURE.first and today > self.plan_due_on) or (self.state in CURING and today > self.due_on)


class CureStep(models.Model):
    """One step of a plan, and the evidence that it was done."""

    cure = models.ForeignKey(Cure, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    evidence = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cure", "number"], name="cure_step_once"),
            models.CheckConstraint(condition=Q(done_on=None) | Q(evidence__regex=r"\S"), name="cure_step_is_proved"),
        ]
        ordering = ["cure", "number"]

    def __str__(self) -> str:
        """Return the step."""
        return f"{self.number}. {self.text}"


class Reward(models.Model):
    """What was given to a channel, or to an entity as a whole, for a cycle's result: a fact, with who decided it and when."""

    code = models.CharField(max_length=LENGTH, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="rewards")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="rewards")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="rewards")
    what_ar = models.CharField(max_length=300)
    what_en = models.CharField(max_length=300)
    given_on = models.DateField()
    decided_ar = models.CharField(max_length=200)
    decided_en = models.CharField(max_length=200)
    """By whom it was decided: an office or a person, in both languages."""
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True)
    """When it was taken back, never where it stands; `why` in both languages, since everybody reads it."""
    why_ar = models.CharField(max_length=300, blank=True)
    why_en = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what_ar__regex=r"\S", what_en__regex=r"\S", decided_ar__regex=r"\S", decided_en__regex=r"\S"),
                name="reward_is_told_in_both_languages",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn=None) | Q(why_ar__regex=r"\S", why_en__regex=r"\S"), name="reward_withdrawn_with_a_reason"
            ),
        ]
        ordering = ["cycle", "given_on", "pk"]

    def __str__(self) -> str:
        """Return what was given to whom."""
        return f"{self.channel or self.entity}: {self.what_en}"

    @property
    def entity_code(self) -> str:
        """Return the entity that was rewarded."""
        return str(self.entity.code)
