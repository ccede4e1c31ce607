"""What the database itself sees to: results and publications are only ever added, and what is published stays."""

from django.db import migrations

KEPT = ("publication", "intake", "standardrelease")
RESULTS = ("result", "noderesult")
FUNCTION = """
CREATE FUNCTION ratings_only_adds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: it is only ever added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGER = "CREATE TRIGGER only_adds BEFORE {1} ON ratings_{0} FOR EACH STATEMENT EXECUTE FUNCTION ratings_only_adds();\n"
NO_TRIGGER = "DROP TRIGGER only_adds ON ratings_{0};\n"


class Migration(migrations.Migration):
    """Triggers; results of runs that nobody needs any more may be deleted, but none is ever changed."""

    dependencies = [("ratings", "0001_initial")]
    operations = [
        migrations.RunSQL(
            FUNCTION
            + "".join(TRIGGER.format(table, "UPDATE OR DELETE") for table in KEPT)
            + "".join(TRIGGER.format(table, "UPDATE") for table in RESULTS),
            "".join(map(NO_TRIGGER.format, (*KEPT, *RESULTS))) + "DROP FUNCTION ratings_only_adds();",
        )
    ]
