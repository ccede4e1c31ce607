"""Rows of a published second wave may be corrected, for a reason."""

from django.db import migrations, models

KINDS = ("ordinary", "adjustment", "correction", "confirmation", "second-correction")


class Migration(migrations.Migration):
    dependencies = [("ratings", "0012_entity_naming")]

    operations = [
        migrations.RemoveConstraint(model_name="intake", name="intake_kind_is_known"),
        migrations.AlterField(
            model_name="intake",
            name="kind",
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], default="ordinary", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="intake",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="intake_kind_is_known"),
        ),
    ]
