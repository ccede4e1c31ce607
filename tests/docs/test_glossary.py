"""The glossary and the code speak the same words."""

import ast
import dataclasses
import inspect
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from marsad.core import scheme as scheme_module
from marsad.core.composite import AGGREGATES
from marsad.core.normalise import NORMALISERS
from marsad.core.rating import Settings, rate
from marsad.ledger.rating_tables import nodes_table, ratings_table, stages_table
from marsad.standards import load
from marsad.standards.rules import STAR_RULES
from tests.standards.hand_made import evidence_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/glossary.md"
ARABIC = re.compile(r"[\u0620-\u064a]")
NO_CODE = "–"


def rows() -> list[list[str]]:
    """Return the cells of every word: code name, English, Arabic, meaning."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == ["code name", "English", "Arabic", "meaning"]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code_names() -> list[str]:
    return [code.strip("`") for code, *_ in rows() if code != NO_CODE]


@cache
def names_in_code() -> frozenset[str]:
    """Return every identifier of the package's Python, every key of its standards and every rule a standard may name."""
    found: set[str] = {*NORMALISERS, *AGGREGATES, *STAR_RULES}
    for path in (ROOT / "marsad").rglob("*.py"):
        found |= set(identifiers(ast.parse(path.read_text(encoding="utf-8")))) | {path.stem}
    for path in (ROOT / "marsad/standards").rglob("*.toml"):
        found |= set(keys(tomllib.loads(path.read_text(encoding="utf-8"))))
    return frozenset(found)


def identifiers(tree: ast.AST) -> Iterator[str]:
    """Yield the names of variables, attributes, arguments, functions and classes."""
    for node in ast.walk(tree):
        for field in ("id", "attr", "arg", "name"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name


def keys(table: object) -> Iterator[str]:
    """Yield every key of nested tables."""
    if isinstance(table, dict):
        for key, value in table.items():
            yield key
            yield from keys(value)
    elif isinstance(table, list):
        for value in table:
            yield from keys(value)


def columns() -> set[str]:
    """Return the columns of every table a rating leaves behind, chances of single stars as one."""
    standard = load("bahrain-taqyeem")
    centres = [{"channel": name, **dict.fromkeys(standard.scheme.position, 80)} for name in ("harbour", "market")]
    rating = rate(standard.scheme, evidence_of(standard.scheme, centres), Settings(draws=100))
    tables = (ratings_table(rating, standard, "en"), nodes_table(rating, standard), stages_table(rating, standard))
    return {re.sub(r"^p_star_.*", "p_star", column) for table in tables for column in table}


def test_every_row_has_four_cells_and_a_meaning():
    assert [row for row in rows() if len(row) != 4 or not all(row)] == []


def test_the_words_stand_in_order_and_once():
    english = [row[1].casefold() for row in rows()]
    assert english == sorted(set(english))
    assert len(code_names()) == len(set(code_names()))


def test_arabic_cells_hold_arabic_and_nothing_else():
    assert [row[2] for row in rows() if not ARABIC.search(row[2]) or re.search(r"[A-Za-z٠-٩۰-۹]", row[2])] == []


def test_other_cells_hold_no_arabic():
    assert [row for row in rows() if any(ARABIC.search(cell) for cell in (row[0], row[1], row[3]))] == []


def test_a_code_name_of_the_glossary_is_a_name_in_the_code():
    assert [name for name in code_names() if name not in names_in_code()] == []


def test_a_code_name_is_written_as_code():
    assert [code for code, *_ in rows() if code != NO_CODE and not re.fullmatch(r"`[a-z][a-z_]*`", code)] == []


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, kind in inspect.getmembers(scheme_module, inspect.isclass)
        if dataclasses.is_dataclass(kind) and kind.__module__ == scheme_module.__name__
    ],
)
def test_every_part_of_a_scheme_is_in_the_glossary(name):
    assert name.lower() in code_names()


def test_every_column_of_the_results_is_in_the_glossary():
    assert columns() - set(code_names()) == set()


def test_a_word_without_code_is_the_name_of_no_class():
    without_code = {row[1].replace(" ", "") for row in rows() if row[0] == NO_CODE}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "marsad").rglob("*.py")]
    classes = {node.name.lower() for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    assert without_code & classes == set()


def test_a_made_up_name_would_be_found_out():
    assert "gnomon" not in names_in_code()
    assert {"indicator", "minimum_share", "look_for"} <= names_in_code()
    assert np.isin(["rank_low", "rank_high"], list(columns())).all()
