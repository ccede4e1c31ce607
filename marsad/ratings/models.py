"""Tables: an edition of the programme, what it covers, the evidence it took in, its runs and their results."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marsad.accounts.codes import LENGTH
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.catalogue.rules import CODE, LONGEST_CODE
from marsad.core.lifecycle import CYCLE
from marsad.core.posterior import Settings
from marsad.ratings.outcomes import Outcome
from marsad.ratings.sentences import Sentences

HASH = 64
"""Characters of a SHA-256 in hexadecimal."""
PUBLISHED = ("published", "cure", "closed")
"""The states of a cycle in which its results are public."""


class StandardRelease(models.Model):
    """A standard as it was when a cycle first used it, kept byte for byte in the store of standards under its digest."""

    name = models.CharField(max_length=100)
    version = models.CharField(max_length=50)
    digest = models.CharField(max_length=HASH, unique=True)
    file = models.CharField(max_length=200)
    """The name of its main file in the store."""
    title_ar = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Return its identity."""
        return f"{self.name}@{self.version}"

    @property
    def code(self) -> str:
        """Return what names it in addresses and in the audit."""
        return self.digest


class CycleQuerySet(models.QuerySet["Cycle"]):
    """Cycles."""

    def published(self) -> CycleQuerySet:
        """Return those whose results are public."""
        return self.filter(state__in=PUBLISHED)

    def announced(self) -> CycleQuerySet:
        """Return those that are no longer drafts."""
        return self.exclude(state=CYCLE.first)


class Cycle(models.Model):
    """One evaluation edition over a set of channels, by one standard, from its announcement to its closing."""

    code = models.CharField(_("code"), max_length=LONGEST_CODE, unique=True)
    title_ar = models.CharField(_("title in Arabic"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    standard = models.ForeignKey(StandardRelease, on_delete=models.PROTECT, related_name="cycles", verbose_name=_("standard"))
    state = models.CharField(_("state"), max_length=20, default=CYCLE.first, choices=[(state, state) for state in CYCLE.states])
    since = models.DateTimeField(_("since"))
    """When it came into its state."""
    announced_on = models.DateField(_("announced on"), null=True)
    opens_on = models.DateField(_("opens on"), null=True)
    closes_on = models.DateField(_("closes on"), null=True)
    names = models.JSONField(_("how many are named"), default=dict)
    """How many of the best and worst may be named, by kind; a kind not listed has the standard's own number."""
    seed = models.PositiveBigIntegerField(_("seed"), default=0)
    draws = models.PositiveIntegerField(_("draws"), default=Settings.draws)
    least = models.PositiveSmallIntegerField(_("fewest answers shown"), default=5)
    """Fewer answers than this are hidden in what is published."""
    channels = models.ManyToManyField(Channel, through="Covered", related_name="cycles", verbose_name=_("channels"))

    objects = CycleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="cycle_code_is_a_slug"),
            models.CheckConstraint(condition=Q(state__in=CYCLE.states), name="cycle_state_is_known"),
            models.CheckConstraint(
                condition=Q(title_ar__regex=r"\S", title_en__regex=r"\S"), name="cycle_title_is_in_both_languages"
            ),
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="cycle_closes_after_it_opens",
            ),
            models.CheckConstraint(condition=Q(draws__gte=2, least__gte=1), name="cycle_draws_and_shows_something"),
        ]
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        """Return the title with the code."""
        return f"{self.title_en} ({self.code})"

    @property
    def is_public(self) -> bool:
        """Whether its results are public."""
        return self.state in PUBLISHED

    @property
    def current_run(self) -> Run | None:
        """Return the run whose results count, None before the first."""
        return self.runs.filter(is_current=True).first()

    @property
    def publication(self) -> Publication | None:
        """Return its newest publication, the one that counts."""
        return self.publications.order_by("-number").first()


class Covered(models.Model):
    """A channel that a cycle rates, with the facts about it that the standard asks for, texts by name."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="covered")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="covered")
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "channel"], name="covered_once")]

    def __str__(self) -> str:
        """Return what is covered where."""
        return f"{self.channel} in {self.cycle}"


class Intake(models.Model):
    """Evidence taken into a cycle: one import of the lake. They count in the order in which the lake had them."""

    ORDINARY, ADJUSTMENT, CORRECTION, CONFIRMATION = "ordinary", "adjustment", "correction", "confirmation"
    SECOND_CORRECTION = "second-correction"
    KINDS = (ORDINARY, ADJUSTMENT, CORRECTION, CONFIRMATION, SECOND_CORRECTION)
    """Taken in while open; put in place of other rows until the approval; the same after the publication, for a correction; a
    second wave after the lock, which names and never rates; and what is put in place of its rows after the publication."""
    SECOND_WAVE = (CONFIRMATION, SECOND_CORRECTION)

    code = models.CharField(max_length=LENGTH, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="intakes")
    lake_import = models.CharField(max_length=HASH)
    sources = models.JSONField(default=dict)
    """How many rows there are of each source."""
    file_name = models.CharField(max_length=300, blank=True)
    rows = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, default=ORDINARY, choices=[(kind, kind) for kind in KINDS])
    reason = models.TextField(blank=True)
    entity_code = models.CharField(max_length=LONGEST_CODE, blank=True)
    """The entity that brought it, '' for the programme."""
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="intakes")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "lake_import"], name="intake_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("ordinary", "adjustment", "correction", "confirmation", "second-correction")),
                name="intake_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("ordinary", "confirmation")) | Q(reason__regex=r"\S"), name="intake_adjusts_with_a_reason"
            ),
        ]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Return what was taken in."""
        return f"{self.file_name or self.code}: {self.rows} rows"


class RunQuerySet(models.QuerySet["Run"]):
    """Runs."""

    def finished(self) -> RunQuerySet:
        """Return those with results."""
        return self.filter(state=Run.DONE)

    def unfinished(self) -> RunQuerySet:
        """Return those that wait or are under way."""
        return self.filter(state__in=Run.LIVE)

    def current(self) -> RunQuerySet:
        """Return the one whose results count in each cycle."""
        return self.filter(is_current=True)


class Run(models.Model):
    """One reckoning of a cycle's evidence: the same inputs give the same run, however often it is asked for.

    It holds all that decides its results, apart from the rows in the lake and the bytes of the standard, which it names.
    """

    QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
    STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)
    LIVE = (QUEUED, RUNNING)

    code = models.CharField(max_length=LENGTH, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="runs")
    standard = models.ForeignKey(StandardRelease, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=20, default=QUEUED, choices=[(state, state) for state in STATES])
    inputs = models.CharField(max_length=HASH)
    """SHA-256 of all that decides the result."""
    parts = models.JSONField(default=dict)
    """SHA-256 of each part of it: evidence, scope, facts, standard, settings, program."""
    evidence = models.JSONField(default=list)
    """The lake's imports in the order in which they count."""
    confirmation = models.JSONField(default=list)
    """The same of the second wave, which names and never rates."""
    drawn = models.JSONField(default=dict)
    """Who was drawn for the second wave: whether it is a decoy, by the channel's code."""
    lot = models.JSONField(default=dict)
    """Who was drawn to stand for an entity: whether that is a decoy, by the channel's code."""
    lists = models.JSONField(default=list)
    """The verdicts that a second wave leads to, as a decision tells them; empty without one."""
    entity_lists = models.JSONField(default=list)
    """Those on entities."""
    scope = models.JSONField(default=dict)
    """The kinds of the channels, by code."""
    facts = models.JSONField(default=dict)
    """What is said of channels, texts by name by code; only of those of which anything is said."""
    names = models.JSONField(default=dict)
    seed = models.PositiveBigIntegerField()
    draws = models.PositiveIntegerField()
    program = models.JSONField(default=dict)
    """The versions of what reckons."""
    done, total = models.PositiveIntegerField(default=0), models.PositiveIntegerField(default=0)
    message: Any = Sentences(blank=True, default="")
    """Why it failed."""
    notes: Any = Sentences(default=list)
    """What was left out of the evidence, and why."""
    is_current = models.BooleanField(default=False)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="runs")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running", "done", "failed", "cancelled")), name="run_state_is_known"
            ),
            models.UniqueConstraint(fields=["cycle"], condition=Q(is_current=True), name="run_current_once"),
            models.CheckConstraint(condition=Q(is_current=False) | Q(state="done"), name="run_current_is_done"),
            models.UniqueConstraint(
                fields=["cycle", "inputs"], condition=Q(state__in=("queued", "running", "done")), name="run_once_per_inputs"
            ),
        ]
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        """Return which run of what."""
        return f"{self.cycle}: {self.code}"

    @property
    def settings(self) -> Settings:
        """Return how it draws."""
        return Settings(seed=self.seed, draws=self.draws)


class Result(Outcome):
    """The rating of one channel in one run; never updated."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="results")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="results")
    league = models.CharField(max_length=200)
    """The kind or peer group in which it is ranked."""
    rated = models.BooleanField()
    reason = models.CharField(max_length=100, blank=True)
    score, star, unlimited = (models.FloatField(null=True) for _place in range(3))
    low, high, rank, rank_low, rank_high, p_top, p_bottom = (models.FloatField(null=True) for _place in range(7))
    p_star = models.JSONField(default=dict)
    """The chance of each star."""
    limits = models.JSONField(default=dict)
    """The probability of every limiter that was applied, by its code."""
    apart = models.JSONField(default=dict)
    """How far it is from a middling channel of its kind by its `entity` and by its `own` part: value and ends of the interval, in
    points; empty where the two are not told apart, and in what is published."""
    near_edge = models.BooleanField(default=False)
    n = models.FloatField(default=0)
    """How many answers there are in all."""
    trail = models.CharField(max_length=HASH)
    """SHA-256 of what is known of the channel: its values, counts and facts."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "channel", "disclosed"], name="result_once"),
            models.CheckConstraint(
                condition=Q(rated=True, star__isnull=False) | Q(rated=False, star=None), name="result_star_if_rated"
            ),
            models.CheckConstraint(condition=Q(rated=True, reason="") | (Q(rated=False) & ~Q(reason="")), name="result_reason"),
        ]
        ordering = ["run", "league", F("rank").asc(nulls_last=True), "channel"]

    def __str__(self) -> str:
        """Return the channel and its star."""
        return f"{self.channel}: {self.star if self.rated else self.reason}"


class NodeResult(Outcome):
    """One node's or indicator's estimate for one channel in one run; `trail.py` leads on to its rows."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="nodes")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    node = models.CharField(max_length=100)
    score, low, high, n = (models.FloatField(null=True) for _place in range(4))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "channel", "node", "disclosed"], name="node_result_once")]

    def __str__(self) -> str:
        """Return the node and its score."""
        return f"{self.node}: {self.score}"


class Publication(models.Model):
    """A frozen, signed result, chained to the one before; a correction is a new one that names what it corrects."""

    code = models.CharField(max_length=LENGTH, unique=True)
    number = models.PositiveIntegerField(unique=True)
    identity = models.CharField(max_length=120, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="publications")
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="publication")
    fingerprint = models.CharField(max_length=HASH, unique=True)
    previous = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="next")
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="correction")
    why = models.TextField(blank=True)
    key_id = models.CharField(max_length=16)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="publications")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number=1, previous=None) | Q(number__gt=1, previous__isnull=False), name="publication_is_chained"
            ),
            models.CheckConstraint(condition=Q(corrects=None) | Q(why__regex=r"\S"), name="publication_corrects_with_a_reason"),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        """Return its identity."""
        return self.identity


class Job(models.Model):
    """What somebody asked for that takes longer than a request may: how far it is, and how it ended."""

    WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
    STATES = (WAITING, RUNNING, DONE, FAILED, CANCELLED)
    LIVE = (WAITING, RUNNING)

    code = models.CharField(max_length=LENGTH, unique=True)
    kind = models.CharField(max_length=20)
    said = models.JSONField()
    """All that was asked, apart from the file that came with it."""
    file = models.CharField(max_length=200, blank=True)
    """The name of that file in the folder of the job; '' where none came."""
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="jobs")
    place = models.CharField(max_length=LONGEST_CODE, blank=True)
    """The entity in which the token that asked is good; '' for a token of the programme, or for a person on our pages."""
    state = models.CharField(max_length=20, default=WAITING, choices=[(state, state) for state in STATES])
    done, total = models.PositiveBigIntegerField(default=0), models.PositiveBigIntegerField(default=0)
    result = models.JSONField(null=True)
    refusal = models.JSONField(null=True)
    """Why it failed, by language: a `title`, a `detail`, and `errors` with their lines."""
    at = models.DateTimeField()
    begun = models.DateTimeField(null=True)
    """When it was first taken up; what it writes bears this time, so that whoever takes it up again knows it."""
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "running", "done", "failed", "cancelled")), name="job_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["by", "at"], name="job_of")]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        """Return what it does."""
        return f"{self.kind} {self.code}"
