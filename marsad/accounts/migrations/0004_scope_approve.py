"""A use of tokens more: to approve cycles, for the council's people."""

from django.db import migrations, models

SCOPES = "read|evidence:write|channels:write|cycles:write|cycles:approve|publications:write"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_scopes"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="token", name="token_scopes"),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.CheckConstraint(
                condition=models.Q(("scopes__regex", f"^({SCOPES})( ({SCOPES}))*$")), name="token_scopes"
            ),
        ),
    ]
