"""A use of tokens more: to answer for an entity, in replies to verdicts and in plans of cures."""

from django.db import migrations, models

SCOPES = "read|evidence:write|answers:write|channels:write|cycles:write|cycles:approve|publications:write"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_scope_approve"),
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
