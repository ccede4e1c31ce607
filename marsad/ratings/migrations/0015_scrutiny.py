"""What would manipulate the results of a run is kept with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ratings", "0014_entity_reply")]

    operations = [
        migrations.CreateModel(
            name="Scrutiny",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channels", models.JSONField(default=list)),
                ("sheets", models.PositiveBigIntegerField()),
                ("uninvited", models.PositiveBigIntegerField()),
                ("uninvited_count", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "run",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="scrutiny", to="ratings.run"),
                ),
            ],
        ),
    ]
