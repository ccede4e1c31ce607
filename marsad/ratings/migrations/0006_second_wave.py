"""A second wave after the lock: who is drawn for it, its evidence, and the verdicts that a run finds by it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = ("round", "drawn")
TRIGGER = (
    "CREATE TRIGGER only_adds BEFORE UPDATE OR DELETE ON ratings_{0} FOR EACH STATEMENT EXECUTE FUNCTION ratings_only_adds();\n"
)
NO_TRIGGER = "DROP TRIGGER only_adds ON ratings_{0};\n"


class Migration(migrations.Migration):
    """What is drawn stays, as all that decides does."""

    dependencies = [
        ("catalogue", "0001_initial"),
        ("ratings", "0005_result_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("seed", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="ratings.cycle"),
                ),
                (
                    "run",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="ratings.run"),
                ),
            ],
            options={"ordering": ["at", "pk"]},
        ),
        migrations.CreateModel(
            name="Drawn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("decoy", models.BooleanField()),
                (
                    "channel",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="drawn", to="catalogue.channel"),
                ),
                (
                    "round",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="drawn", to="ratings.round"),
                ),
            ],
            options={
                "ordering": ["channel__code"],
                "constraints": [models.UniqueConstraint(fields=("round", "channel"), name="drawn_once")],
            },
        ),
        migrations.RunSQL("".join(map(TRIGGER.format, KEPT)), "".join(map(NO_TRIGGER.format, KEPT))),
        migrations.AddField(model_name="run", name="confirmation", field=models.JSONField(default=list)),
        migrations.AddField(model_name="run", name="drawn", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="run", name="lists", field=models.JSONField(default=list)),
        migrations.AlterField(
            model_name="intake",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ordinary", "ordinary"),
                    ("adjustment", "adjustment"),
                    ("correction", "correction"),
                    ("confirmation", "confirmation"),
                ],
                default="ordinary",
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="intake", name="intake_kind_is_known"),
        migrations.AddConstraint(
            model_name="intake",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("ordinary", "adjustment", "correction", "confirmation"))),
                name="intake_kind_is_known",
            ),
        ),
        migrations.RemoveConstraint(model_name="intake", name="intake_adjusts_with_a_reason"),
        migrations.AddConstraint(
            model_name="intake",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("ordinary", "confirmation")), ("reason__regex", r"\S"), _connector="OR"),
                name="intake_adjusts_with_a_reason",
            ),
        ),
    ]
