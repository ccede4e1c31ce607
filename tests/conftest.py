"""What every test may ask for, the database among it.

A test asks for `db` (or `transactional_db`) as pytest-django has it. The first that does starts one embedded PostgreSQL for all
workers of the run, in a folder that goes when the run ends; each worker has a database of its own in it. Where DATABASE_URL is
set, that server is used instead.
"""

import fcntl
import gc
import os
import shutil
import signal
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from marsad.config import embedded

HOME, PREFIX = "MARSAD_HOME", "marsad-tests-"
KEPT = ("MARSAD_REFERENCE_DATA", "MARSAD_CHROMIUM")
IN_BROWSER = Path(__file__).parent / "browser"


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is one of xdist's workers, which inherit what the first process sets."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have each worker begin with its share of the tests with a browser: their country and Chromium are there once in each."""
    workers = config.workerinput["workercount"] if is_worker(config) else 1
    with_browser = [item for item in items if IN_BROWSER in item.path.parents]
    others = [item for item in items if IN_BROWSER not in item.path.parents]
    items.clear()
    for left in range(workers, 0, -1):  # as xdist deals them out at first; later whoever has none takes from others' ends
        share, first = (len(with_browser) + len(others)) // left, len(with_browser) // left
        items += with_browser[:first] + others[: share - first]
        del with_browser[:first], others[: share - first]


def pytest_collection_finish() -> None:
    """Leave what thousands of tests are made of out of every later search for garbage, and search less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Set the server's settings before Django reads them; until the tests are collected, search for no garbage."""
    gc.disable()
    if not is_worker(config):
        # What is started in the background is deaf to Ctrl-C, and so is all that it starts, which tests tell to stop by it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        remove_abandoned()
        folder = tempfile.mkdtemp(prefix=PREFIX)
        os.chmod(folder, 0o755)
        embedded.lock(Path(folder) / "session", fcntl.LOCK_EX)
        for name in [name for name in os.environ if name.startswith("MARSAD_") and name not in KEPT]:
            del os.environ[name]
        os.environ[HOME] = os.path.join(os.path.realpath(folder), "home")
        os.environ["MARSAD_SECRET_KEY"] = "only-for-tests-0123456789-abcdefghijklmnop"
        # Spark's client may fall over its own threads in a process that is about to become another, such as PostgreSQL.
        os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
    from django.conf import settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "marsad.config.settings"
    # The browser of the tests keeps a loop in their thread, which Django takes for a sign that they run inside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    assert settings.DATABASES
    # The real one is slow on purpose, half a second for everybody of tests/world.py.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def remove_abandoned() -> None:
    """Stop and remove what earlier runs left that were killed: nobody holds their lock any more."""
    for session in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/session"):
        try:
            held = embedded.lock(session, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        for run in session.parent.glob("**/run/alive"):
            embedded.stop(embedded.Place(run.parents[1]))
        shutil.rmtree(session.parent, ignore_errors=True)
        os.close(held)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the run kept, once its workers have gone."""
    if not is_worker(config) and HOME in os.environ:
        shutil.rmtree(Path(os.environ[HOME]).parent, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Have PostgreSQL running for as long as this worker needs it; each worker's database has its own name."""
    from django.conf import settings
    from django.db import connections

    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            words = stack.enter_context(embedded.running(settings.MARSAD.home, embedded.FAST))
            connections["default"].settings_dict["HOST"] = words["host"]
        stack.callback(connections.close_all)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let the audit be emptied between tests, which the database otherwise refuses."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("accounts_action", "accounts_auditend"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER audit_is_not_emptied")


@pytest.fixture(autouse=True)
def _language():
    """Leave no language behind: a request leaves its own active in the thread, and addresses follow it."""
    yield
    from django.utils.translation import deactivate

    deactivate()


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of reference data, or skip where it is not named."""
    folder = os.environ.get("MARSAD_REFERENCE_DATA")
    if not folder:
        pytest.skip("reference data are not here: set MARSAD_REFERENCE_DATA to their folder")
    return Path(folder)
