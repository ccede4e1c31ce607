"""A result says how much of a channel's distance from its kind is its entity's and how much its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ratings", "0004_sentences")]

    operations = [
        migrations.AddField(model_name="result", name="apart", field=models.JSONField(default=dict)),
    ]
