"""Why a run failed and what it left out are kept as sentences that either language can say; what was kept stays as it is."""

from django.db import migrations

from marsad.ratings.sentences import Sentences

AS_JSON = "ALTER TABLE ratings_run ALTER COLUMN message TYPE jsonb USING to_jsonb(message)"
AS_TEXT = """
ALTER TABLE ratings_run ALTER COLUMN message TYPE text
    USING CASE jsonb_typeof(message) WHEN 'string' THEN message #>> '{}' ELSE message::text END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ratings", "0003_jobs"),
    ]

    operations = [
        migrations.RunSQL(
            AS_JSON,
            AS_TEXT,
            state_operations=[
                migrations.AlterField(model_name="run", name="message", field=Sentences(blank=True, default="")),
            ],
        ),
        migrations.AlterField(model_name="run", name="notes", field=Sentences(default=list)),
    ]
