"""Calibration exercises: raters score one recorded case."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ratings", "0009_review"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Exercise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("scores", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exercises", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="exercises", to="ratings.cycle"),
                ),
            ],
            options={"ordering": ["-at", "-pk"]},
        ),
        migrations.AddConstraint(
            model_name="exercise",
            constraint=models.CheckConstraint(condition=models.Q(("name__regex", r"\S")), name="exercise_has_a_name"),
        ),
    ]
