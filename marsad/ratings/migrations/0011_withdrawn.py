"""Rewards and calibration exercises may be taken back, for a reason."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ratings", "0010_exercise")]

    operations = [
        migrations.AddField("exercise", "withdrawn", models.DateTimeField(null=True)),
        migrations.AddField("exercise", "why", models.TextField(blank=True)),
        migrations.AddConstraint(
            model_name="exercise",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn", None), ("why__regex", r"\S"), _connector="OR"),
                name="exercise_withdrawn_with_a_reason",
            ),
        ),
        migrations.AddField("reward", "withdrawn", models.DateTimeField(null=True)),
        migrations.AddField("reward", "why_ar", models.CharField(blank=True, max_length=300)),
        migrations.AddField("reward", "why_en", models.CharField(blank=True, max_length=300)),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn", None), models.Q(("why_ar__regex", r"\S"), ("why_en__regex", r"\S")), _connector="OR"
                ),
                name="reward_withdrawn_with_a_reason",
            ),
        ),
    ]
