"""What of a run hangs on choices is kept with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ratings", "0007_aftermath")]

    operations = [
        migrations.CreateModel(
            name="Robustness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tried", models.PositiveIntegerField()),
                ("channels", models.JSONField(default=list)),
                ("leagues", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="robustness", to="ratings.run"
                    ),
                ),
            ],
        ),
    ]
