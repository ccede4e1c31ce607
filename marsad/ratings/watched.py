"""Tables of what is looked into: what of a run hangs on choices, and on little; channels that deviate; raters on one case."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marsad.accounts.codes import LENGTH
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.lifecycle import REVIEW, REVIEWING
from marsad.ratings.models import Cycle, Run


class Robustness(models.Model):
    """What other reasonable ratings make of a run, reckoned once: what channels and entities keep, and indices by league."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="robustness")
    tried = models.PositiveIntegerField()
    """How many other ratings tell what channels keep."""
    channels = models.JSONField(default=list)
    """Of each channel its code, the share that keeps its star, the ends of its stars and ranks, the shares at either end."""
    leagues = models.JSONField(default=list)
    """Of each league its code, and its indices by the group of choices: `first` and `total`."""
    entities = models.JSONField(default=list)
    """Of each entity in a league the code of that, its own, the ends of its ranks, the shares among the first and the last k."""
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Return which run it is about."""
        return str(self.run)


class Scrutiny(models.Model):
    """What would manipulate the results of a run, and what looks as if somebody did, reckoned once."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="scrutiny")
    channels = models.JSONField(default=list)
    """Of each rated channel a row as `checked.py` writes it, the marked first, then those whose star takes the fewest answers."""
    sheets = models.PositiveBigIntegerField()
    uninvited = models.PositiveBigIntegerField()
    """How many of the answer sheets came in without an invitation."""
    uninvited_count = models.BooleanField()
    """Whether the standard counts these too."""
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Return which run it is about."""
        return str(self.run)


class ReviewQuerySet(models.QuerySet["Review"]):
    """Re-reviews."""

    def unfinished(self) -> ReviewQuerySet:
        """Return those of which nobody has said yet what was found."""
        return self.filter(state__in=REVIEWING)


class Review(models.Model):
    """The re-review of a channel that changed more than chance explains, opened by a run or by a person, and what was found."""

    code = models.CharField(max_length=LENGTH, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="reviews")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="reviews")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="reviews")
    """The run whose results it was opened on."""
    found = models.JSONField(default=dict)
    """What deviated: score `before` and `after`, `change` and `z`; empty where a person opened it for another reason."""
    why = models.TextField(blank=True)
    """Why a person opened it."""
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="reviews")
    """Nobody where the run itself opened it."""
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=20, default=REVIEW.first, choices=[(state, state) for state in REVIEW.states])
    since = models.DateTimeField()
    note = models.TextField(blank=True)
    """What was found."""

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "channel"], name="review_once"),
            models.CheckConstraint(condition=Q(state__in=REVIEW.states), name="review_state_is_known"),
            models.CheckConstraint(condition=Q(opened_by=None) | Q(why__regex=r"\S"), name="review_opened_with_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(REVIEWING)) | Q(note__regex=r"\S"), name="review_ends_with_a_note"
            ),
        ]
        ordering = ["cycle", "channel__code"]

    def __str__(self) -> str:
        """Return what is looked into."""
        return f"{self.channel} in {self.cycle}"

    @property
    def entity_code(self) -> str:
        """Return the entity whose channel it is."""
        return str(self.channel.entity.code)


class Exercise(models.Model):
    """A calibration exercise: what raters gave one recorded case. It is no evidence, and no channel's score hangs on it."""

    code = models.CharField(max_length=LENGTH, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="exercises")
    name = models.CharField(max_length=200)
    """What was shown to the raters."""
    scores = models.JSONField(default=list)
    """Of each score its rater, the code of the question, and the value on the scale of the question."""
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exercises")
    at = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True)
    """When it was taken back, never where it stands."""
    why = models.TextField(blank=True)
    """Why it was taken back."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="exercise_has_a_name"),
            models.CheckConstraint(condition=Q(withdrawn=None) | Q(why__regex=r"\S"), name="exercise_withdrawn_with_a_reason"),
        ]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        """Return what was scored."""
        return f"{self.name} in {self.cycle}"
