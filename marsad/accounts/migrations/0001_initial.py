"""People, memberships, invitations, tokens and the audit."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Tables, their constraints and indexes."""

    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("name_ar", models.CharField(max_length=200, verbose_name="name in Arabic")),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                (
                    "language",
                    models.CharField(
                        choices=[("ar", "العربية"), ("en", "English")], default="ar", max_length=2, verbose_name="language"
                    ),
                ),
                (
                    "numerals",
                    models.CharField(
                        choices=[("latin", "0123456789"), ("arabic-indic", "٠١٢٣٤٥٦٧٨٩")],
                        default="latin",
                        max_length=12,
                        verbose_name="digits",
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("joined", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))), name="person_email_lower"
                    ),
                    models.CheckConstraint(condition=models.Q(("code__regex", "^[0-9a-z]+$")), name="person_code_plain"),
                    models.CheckConstraint(condition=models.Q(("language__in", ["ar", "en"])), name="person_language"),
                    models.CheckConstraint(
                        condition=models.Q(("numerals__in", ["latin", "arabic-indic"])), name="person_numerals"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="audit_has_one_end")],
            },
        ),
        migrations.CreateModel(
            name="Action",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("verb", models.CharField(max_length=50)),
                ("kind", models.CharField(max_length=50)),
                ("object_code", models.CharField(max_length=200)),
                ("entity_code", models.CharField(blank=True, max_length=100)),
                ("sealed", models.BooleanField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("why", models.TextField(blank=True)),
                ("hash", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["kind", "object_code", "number"], name="action_about"),
                    models.Index(fields=["by", "number"], name="action_by"),
                    models.Index(fields=["entity_code", "number"], name="action_entity"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="action_number_counts_from_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("programme", "Programme team"),
                            ("champion", "Entity champion"),
                            ("assessor", "Assessor"),
                            ("shopper", "Mystery shopper"),
                            ("leader", "Leader"),
                            ("adviser", "Service adviser"),
                            ("council", "Approving council"),
                            ("authority", "Digital authority"),
                            ("member", "Network member"),
                            ("juror", "Juror"),
                            ("partner", "Partner"),
                            ("integrator", "Integrator"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("entity_code", models.SlugField(blank=True, default="", max_length=100, verbose_name="entity")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("accepted", models.DateTimeField(null=True)),
                ("withdrawn", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations_sent", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations_accepted",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "programme",
                                    "champion",
                                    "assessor",
                                    "shopper",
                                    "leader",
                                    "adviser",
                                    "council",
                                    "authority",
                                    "member",
                                    "juror",
                                    "partner",
                                    "integrator",
                                    "auditor",
                                ],
                            )
                        ),
                        name="invitation_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "role__in",
                                    ["assessor", "auditor", "authority", "council", "juror", "leader", "programme", "shopper"],
                                ),
                                ("entity_code", ""),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "role__in",
                                        [
                                            "assessor",
                                            "auditor",
                                            "authority",
                                            "council",
                                            "juror",
                                            "leader",
                                            "programme",
                                            "shopper",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                models.Q(("entity_code", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_place",
                        violation_error_message="A central role names no entity; every other role names one.",
                    ),
                    models.CheckConstraint(condition=models.Q(("expires__gt", models.F("at"))), name="invitation_expires_later"),
                    models.CheckConstraint(
                        condition=models.Q(("accepted", None), ("withdrawn", None), _connector="OR"),
                        name="invitation_accepted_or_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted", None), ("person", None)),
                            models.Q(("accepted__isnull", False), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="invitation_accepted_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("programme", "Programme team"),
                            ("champion", "Entity champion"),
                            ("assessor", "Assessor"),
                            ("shopper", "Mystery shopper"),
                            ("leader", "Leader"),
                            ("adviser", "Service adviser"),
                            ("council", "Approving council"),
                            ("authority", "Digital authority"),
                            ("member", "Network member"),
                            ("juror", "Juror"),
                            ("partner", "Partner"),
                            ("integrator", "Integrator"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("entity_code", models.SlugField(blank=True, default="", max_length=100, verbose_name="entity")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["since", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "programme",
                                    "champion",
                                    "assessor",
                                    "shopper",
                                    "leader",
                                    "adviser",
                                    "council",
                                    "authority",
                                    "member",
                                    "juror",
                                    "partner",
                                    "integrator",
                                    "auditor",
                                ],
                            )
                        ),
                        name="membership_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "role__in",
                                    ["assessor", "auditor", "authority", "council", "juror", "leader", "programme", "shopper"],
                                ),
                                ("entity_code", ""),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "role__in",
                                        [
                                            "assessor",
                                            "auditor",
                                            "authority",
                                            "council",
                                            "juror",
                                            "leader",
                                            "programme",
                                            "shopper",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                models.Q(("entity_code", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="membership_place",
                        violation_error_message="A central role names no entity; every other role names one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gt", models.F("since")), _connector="OR"),
                        name="membership_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=26, unique=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("scopes", models.CharField(max_length=100, verbose_name="scopes")),
                ("entity_code", models.SlugField(blank=True, default="", max_length=100, verbose_name="entity")),
                ("secret_hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
                ("last_used", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scopes__regex", "^(read|evidence:write|channels:write)( (read|evidence:write|channels:write))*$")
                        ),
                        name="token_scopes",
                    ),
                    models.CheckConstraint(condition=models.Q(("expires__gt", models.F("at"))), name="token_expires_later"),
                ],
            },
        ),
    ]
