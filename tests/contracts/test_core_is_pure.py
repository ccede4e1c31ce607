"""The core is values in, values out: no framework, no files, no clock, no chance of its own, no language."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "marsad" / "core"

FILES_AND_MACHINE = {
    "os",
    "pathlib",
    "io",
    "sys",
    "shutil",
    "glob",
    "tempfile",
    "subprocess",
    "socket",
    "urllib",
    "http",
    "sqlite3",
}
CLOCK_AND_CHANCE = {"datetime", "time", "calendar", "zoneinfo", "random", "secrets", "uuid"}
LANGUAGE_AND_FORMATS = {"locale", "gettext", "json", "tomllib", "csv", "pickle", "configparser", "xml", "logging"}
FORBIDDEN = FILES_AND_MACHINE | CLOCK_AND_CHANCE | LANGUAGE_AND_FORMATS
BUILT_IN_DOORS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
GUESTS = {"numpy", "scipy"}


def modules() -> list[Path]:
    return sorted(CORE.rglob("*.py"))


def imported_names(tree: ast.AST) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level > 1:
            names.append("." * node.level + (node.module or ""))
    return names


def is_welcome(name: str) -> bool:
    top = name.partition(".")[0]
    return top in GUESTS or f"{name}.".startswith("marsad.core.") or (top in sys.stdlib_module_names and top not in FORBIDDEN)


def impurities(source: str) -> list[str]:
    tree = ast.parse(source)
    found = [f"imports {name}" for name in imported_names(tree) if not is_welcome(name)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id in BUILT_IN_DOORS:
            found.append(f"line {call.lineno} calls {call.func.id}()")
        if ast.unparse(call.func).endswith("default_rng") and not (call.args or call.keywords):
            found.append(f"line {call.lineno} makes its own chance: take a seed or a Generator")
    return found


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import os.path", "imports os.path"),
        ("def late():\n    from pathlib import Path", "imports pathlib.Path"),
        ("from django.db import models", "imports django.db.models"),
        ("from marsad.lake import store", "imports marsad.lake.store"),
        ("from ..lake import store", "imports ..lake"),
        ("print(1)", "line 1 calls print()"),
        ("rng = np.random.default_rng()", "line 1 makes its own chance: take a seed or a Generator"),
    ],
)
def test_the_walk_sees(source, why):
    assert impurities(source) == [why]


@pytest.mark.parametrize(
    "source",
    ["import numpy as np", "from scipy import special", "from marsad.core import stars", "from . import stars", "import math"],
)
def test_the_walk_lets_pass(source):
    assert impurities(source) == []


def test_core_imports_and_calls_nothing_impure():
    found = {str(path.relative_to(ROOT)): impurities(path.read_text(encoding="utf-8")) for path in modules()}
    assert {path: reasons for path, reasons in found.items() if reasons} == {}


IN_A_BARE_HOUSE = """
import importlib, sys

class Bare:
    "Hides every package but the standard library, NumPy, SciPy and the core itself."
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        at_home = name == "marsad" or f"{name}.".startswith("marsad.core.")
        if not (at_home or top in {"numpy", "scipy"} or top in sys.stdlib_module_names or top.startswith("_sysconfigdata")):
            raise ModuleNotFoundError(f"No module named {name!r} in the bare house", name=name)

sys.meta_path.insert(0, Bare())
for name in sys.argv[1:]:
    importlib.import_module(name)
print(len(sys.argv) - 1)
"""


def in_a_bare_house(*names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", IN_A_BARE_HOUSE, *names], cwd=ROOT, capture_output=True, text=True)


def test_every_core_module_loads_with_numpy_and_scipy_alone():
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in modules()]
    run = in_a_bare_house(*names)
    assert (run.returncode, run.stdout.strip()) == (0, str(len(names))), run.stderr


@pytest.mark.parametrize("name", ["django", "marsad.config", "pyarrow"])
def test_a_bare_house_is_bare(name):
    assert "in the bare house" in in_a_bare_house(name).stderr
