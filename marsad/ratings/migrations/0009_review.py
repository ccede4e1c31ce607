"""Channels that deviate are looked into again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = ("open", "looked-into", "confirmed", "explained")


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("ratings", "0008_robustness"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("found", models.JSONField(default=dict)),
                ("why", models.TextField(blank=True)),
                ("opened_at", models.DateTimeField()),
                ("state", models.CharField(choices=[(state, state) for state in STATES], default="open", max_length=20)),
                ("since", models.DateTimeField()),
                ("note", models.TextField(blank=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="catalogue.channel"
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="ratings.cycle"),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="reviews", to="ratings.run"
                    ),
                ),
            ],
            options={"ordering": ["cycle", "channel__code"]},
        ),
        migrations.AddConstraint(
            model_name="review", constraint=models.UniqueConstraint(fields=("cycle", "channel"), name="review_once")
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(condition=models.Q(("state__in", STATES)), name="review_state_is_known"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("opened_by", None), ("why__regex", r"\S"), _connector="OR"),
                name="review_opened_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["looked-into", "open"]), ("note__regex", r"\S"), _connector="OR"),
                name="review_ends_with_a_note",
            ),
        ),
    ]
