"""Entities are visited again by lot, and named."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ratings", "0011_withdrawn")]

    operations = [
        migrations.AlterField(model_name="drawn", name="decoy", field=models.BooleanField(null=True)),
        migrations.AddField(model_name="drawn", name="entity_decoy", field=models.BooleanField(null=True)),
        migrations.AddConstraint(
            model_name="drawn",
            constraint=models.CheckConstraint(
                condition=models.Q(("decoy__isnull", False), ("entity_decoy__isnull", False), _connector="OR"),
                name="drawn_for_something",
            ),
        ),
        migrations.AddField(model_name="run", name="lot", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="run", name="entity_lists", field=models.JSONField(default=list)),
        migrations.AddField(model_name="looked", name="entity_lists", field=models.JSONField(default=list)),
    ]
