"""What lists lead to: replies before the approval, cures with their steps after it, and rewards."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("ratings", "0006_second_wave"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("verdict", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("planned", "planned"),
                            ("under-way", "under-way"),
                            ("re-evaluated", "re-evaluated"),
                            ("cured", "cured"),
                            ("not-cured", "not-cured"),
                            ("escalated", "escalated"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("opened_on", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                ("plan_due_on", models.DateField()),
                ("due_on", models.DateField()),
                ("plan", models.TextField(blank=True)),
                ("scores", models.JSONField(default=list)),
                ("change", models.JSONField(default=dict)),
                (
                    "channel",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="cures", to="catalogue.channel"),
                ),
                (
                    "cycle",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="cures", to="ratings.cycle"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_cures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ratings.publication"),
                ),
            ],
            options={
                "ordering": ["due_on", "channel__code"],
            },
        ),
        migrations.CreateModel(
            name="CureStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=500)),
                ("due_on", models.DateField(null=True)),
                ("done_on", models.DateField(null=True)),
                ("evidence", models.TextField(blank=True)),
                ("cure", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="ratings.cure")),
            ],
            options={
                "ordering": ["cure", "number"],
            },
        ),
        migrations.CreateModel(
            name="Looked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lists", models.JSONField(default=list)),
                (
                    "run",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="looked", to="ratings.run"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("text_ar", models.TextField(blank=True)),
                ("text_en", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="catalogue.channel"
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="ratings.cycle"),
                ),
            ],
            options={
                "ordering": ["cycle", "channel__code"],
            },
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("what_ar", models.CharField(max_length=300)),
                ("what_en", models.CharField(max_length=300)),
                ("given_on", models.DateField()),
                ("decided_ar", models.CharField(max_length=200)),
                ("decided_en", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rewards", to="catalogue.channel"
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rewards", to="ratings.cycle"),
                ),
                (
                    "entity",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rewards", to="catalogue.entity"),
                ),
            ],
            options={
                "ordering": ["cycle", "given_on", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="cure",
            constraint=models.UniqueConstraint(fields=("cycle", "channel"), name="cure_once"),
        ),
        migrations.AddConstraint(
            model_name="cure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ("open", "planned", "under-way", "re-evaluated", "cured", "not-cured", "escalated", "withdrawn"),
                    )
                ),
                name="cure_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cure",
            constraint=models.CheckConstraint(condition=models.Q(("days__in", (30, 60, 90))), name="cure_clock_is_known"),
        ),
        migrations.AddConstraint(
            model_name="cure",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("opened_on")), ("plan_due_on__gte", models.F("opened_on"))),
                name="cure_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="cure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("open", "escalated", "withdrawn")),
                    models.Q(("plan__regex", "\\S"), ("owner__isnull", False)),
                    _connector="OR",
                ),
                name="cure_is_planned_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="curestep",
            constraint=models.UniqueConstraint(fields=("cure", "number"), name="cure_step_once"),
        ),
        migrations.AddConstraint(
            model_name="curestep",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_on", None), ("evidence__regex", "\\S"), _connector="OR"), name="cure_step_is_proved"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(fields=("cycle", "channel"), name="reply_once"),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(("text_ar__regex", "\\S"), ("text_en__regex", "\\S"), _connector="OR"),
                name="reply_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_ar__regex", "\\S"),
                    ("decided_en__regex", "\\S"),
                    ("what_ar__regex", "\\S"),
                    ("what_en__regex", "\\S"),
                ),
                name="reward_is_told_in_both_languages",
            ),
        ),
    ]
