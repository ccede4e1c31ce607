"""Commands on files alone need no database, no secret and no guest, and do not wait for them."""

import subprocess
import sys

from tests.config.processes import ROOT

GUESTS = ("psycopg", "procrastinate", "allauth", "axes", "ninja", "gunicorn", "whitenoise", "cryptography", "duckdb", "csp")
SCRIPT = f"""
import sys
from marsad.config import start
start()
start()
from django.template.loader import get_template
from django.conf import settings
assert settings.DATABASES == {{}} or not settings.DATABASES["default"].get("NAME"), settings.DATABASES
print([name for name in {GUESTS!r} if name in sys.modules])
print("django.contrib.auth" in sys.modules, settings.SETTINGS_MODULE)
"""


def test_pages_are_drawn_without_any_of_it():
    bare = {"PATH": "", "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "somebody.elses"}
    run = subprocess.run([sys.executable, "-c", SCRIPT], env=bare, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == ["[]", "False marsad.config.pages"]


def test_help_needs_no_django():
    script = "import sys\nfrom marsad.cli import main\ntry: main(['--help'])\nexcept SystemExit: print('django' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.splitlines()[-1] == "False"
