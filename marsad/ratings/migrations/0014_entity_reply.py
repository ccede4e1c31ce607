"""Entities reply to what is said of themselves too."""

import django.db.models.deletion
from django.db import migrations, models


def name_entities(apps, schema_editor):
    """Say of every reply whose it is: that of the entity of its channel."""
    channel = apps.get_model("catalogue", "Channel").objects.filter(pk=models.OuterRef("channel_id"))
    apps.get_model("ratings", "Reply").objects.update(entity_id=models.Subquery(channel.values("entity_id")))


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("ratings", "0013_second_correction")]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="entity",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="catalogue.entity"
            ),
        ),
        migrations.RunPython(name_entities, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="reply",
            name="entity",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="catalogue.entity"),
        ),
        migrations.AlterField(
            model_name="reply",
            name="channel",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="catalogue.channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                fields=["cycle", "entity"], condition=models.Q(("channel", None)), name="entity_reply_once"
            ),
        ),
    ]
