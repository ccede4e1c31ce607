"""What entities keep in other reasonable ratings is kept with the run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ratings", "0015_scrutiny")]

    operations = [
        migrations.AddField(model_name="robustness", name="entities", field=models.JSONField(default=list)),
    ]
