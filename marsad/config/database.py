"""Which PostgreSQL the server uses: the one that DATABASE_URL names, or the embedded one, running for as long as it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from marsad.config import embedded
from marsad.config.environment import Environment
from marsad.core.problem import Problem

# A connection is kept, and tried before it is used again: a database that was restarted is found again.
KEPT_SECONDS = 600
NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def connection_words(environment: Environment) -> dict[str, str]:
    """Return what libpq wants to know: host, user, dbname and so on."""
    if not environment.database_url:
        return embedded.connection_words(environment.home)
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {name: str(value) for name, value in conninfo_to_dict(environment.database_url).items()}
    except ProgrammingError:
        remedy = "write postgresql://user:password@host:5432/name, with no parameter but those of libpq"
        raise Problem("the setting DATABASE_URL is not understood", remedy=remedy) from None


def django_database(environment: Environment) -> dict[str, Any]:
    """Return the entry of Django's DATABASES."""
    words = connection_words(environment)
    options = {name: value for name, value in words.items() if name not in NAMES}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: words[word] for word, name in NAMES.items() if word in words},
        "OPTIONS": options,
        "CONN_MAX_AGE": KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }


@contextmanager
def available(environment: Environment) -> Iterator[None]:
    """Have the embedded PostgreSQL running inside the block, where none is named."""
    if environment.database_url:
        yield
        return
    with embedded.running(environment.home):
        yield


def refuse_unreachable() -> None:
    """Raise Problem, in one sentence, where the database does not answer."""
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        why = " ".join(str(error).split())
        raise Problem(f"the database does not answer: {why}", remedy="check DATABASE_URL and that it is running") from None


def revive(environment: Environment) -> None:
    """Bring the embedded PostgreSQL back where it was killed; its clients connect anew by themselves."""
    if not environment.database_url:
        embedded.revive(environment.home)


def migrate() -> None:
    """Bring the database to this release."""
    from django.core.management import call_command

    refuse_newer()
    call_command("migrate", interactive=False, verbosity=0)


def behind() -> int:
    """Return how many steps the database is behind this release."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_unmigrated() -> None:
    """Raise Problem on a database that is not of this release."""
    refuse_newer()
    steps = behind()
    if steps and is_empty():
        raise Problem("the database is empty", remedy="run: marsad migrate; or restore a backup")
    if steps:
        raise Problem(f"the database is {steps} steps behind this release", remedy="back it up, then run: marsad migrate")


def is_empty() -> bool:
    """Return whether the database has no tables at all."""
    from django.db import connection

    return not connection.introspection.table_names()


def refuse_newer() -> None:
    """Raise Problem on a database that a newer release has migrated."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations) - replaced(loader))
    ours = [f"{app}.{name}" for app, name in unknown if app in loader.migrated_apps]
    if ours:
        raise Problem(
            f"the database was written by a newer release ({ours[-1]})", remedy="run that release, or restore an older backup"
        )


def replaced(loader: Any) -> set[tuple[str, str]]:
    """Return the steps that one of ours stands for."""
    return {step for migration in loader.disk_migrations.values() for step in migration.replaces}
