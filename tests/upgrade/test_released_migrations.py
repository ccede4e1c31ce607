"""A released migration is for ever: databases have taken it, so that a change of it would reach none of them."""

import tomllib

from tests.upgrade.make import HERE, fingerprints

RELEASED = tomllib.loads((HERE / "released.toml").read_text(encoding="utf-8"))["sha256"]


def test_no_released_migration_changes_or_goes():
    found = fingerprints()
    gone = [path for path in RELEASED if path not in found]
    changed = [path for path in RELEASED if path in found and found[path] != RELEASED[path]]
    assert gone == [], "put it back: databases have taken it"
    assert changed == [], "put it back, and write the change as a new migration"


def test_one_byte_more_changes_the_fingerprint(tmp_path):
    path = tmp_path / "catalogue" / "migrations" / "0001_initial.py"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"operations = []\n")
    (path.parent / "__init__.py").write_bytes(b"")
    before = fingerprints(tmp_path)
    path.write_bytes(b"operations = [] \n")
    assert list(before) == ["catalogue/migrations/0001_initial.py"]
    assert fingerprints(tmp_path) != before
