"""CONTRIBUTING.md is the map of the house as it stands."""

import re
import tomllib
from pathlib import Path

from tests.repository import committed

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def layers() -> list[str]:
    """Return the rooms in the order they may import, lowest first, as the import contract has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [order] = [contract for contract in project["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"]
    return [" | ".join(re.findall(r"\w+", layer)) for layer in reversed(order["layers"])]


def test_every_room_is_on_the_map():
    inside = (path.relative_to(ROOT / "marsad") for path in committed() if path.is_relative_to(ROOT / "marsad"))
    rooms = {path.parts[0] for path in inside if len(path.parts) > 1}
    assert {room for room in rooms if f"`marsad/{room}/" not in TEXT} == set()


def test_the_import_order_on_the_map_is_the_one_that_is_enforced():
    [shown] = re.findall(r"^    (\w+(?: [<|] \w+)+)$", TEXT, re.MULTILINE)
    assert shown.split(" < ") == layers()


def test_the_names_in_the_recipes_are_in_the_files_they_are_said_to_be_in():
    for name, path in (
        ("NORMALISERS", "marsad/core/normalise.py"),
        ("StarRules", "marsad/core/scheme.py"),
        ("STAR_RULES", "marsad/standards/rules.py"),
        ("COMMANDS", "marsad/cli/__init__.py"),
    ):
        assert f"`{name}`" in TEXT
        assert f"`{path}`" in TEXT
        assert re.search(rf"^{name}\b", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_habits_are_ten():
    assert re.findall(r"^(\d+)\. ", TEXT, re.MULTILINE) == [str(number) for number in range(1, 11)]
