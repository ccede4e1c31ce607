"""The page on writing a standard is followed to the letter: its files are written, its commands run, its tables compared."""

import contextlib
import dataclasses
import io
import re
import shlex
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from marsad.cli import main
from marsad.core.conditions import COMPARISONS, QUANTITIES
from marsad.core.normalise import NORMALISERS
from marsad.core.rating import rate
from marsad.lake.evidence import read_evidence
from marsad.standards import load, rules
from marsad.standards.reader import Table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/method/write-a-standard.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(PAGE)


def files() -> Iterator[tuple[str, str]]:
    """Yield name and content of every file on the page."""
    yield from ((name, content) for language, name, content in BLOCKS if name and language != "diff")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Return a folder with every file of the page, as the place to work in."""
    monkeypatch.chdir(tmp_path)
    for name, content in files():
        Path(name).write_text(content, encoding="utf-8")
    return tmp_path


# ── The files and the commands ───────────────────────────────────────────────────────────────────────────────────────────


def changed(name: str, diff: str) -> None:
    """Apply lines with - and + to a file, in which what is taken away stands once."""
    old, new = ("".join(line[1:] + "\n" for line in diff.splitlines() if line.startswith(sign)) for sign in "-+")
    content = Path(name).read_text(encoding="utf-8")
    assert content.count(old) == 1
    Path(name).write_text(content.replace(old, new), encoding="utf-8")


def said(command: str) -> str:
    """Run one command line of the page and return all it prints."""
    program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "marsad"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        main(arguments)
    return printed.getvalue()


def printed_by_the_page() -> list[tuple[str, str]]:
    """Follow the page from top to bottom; return what it says its commands print beside what they print."""
    found, restored = [], dict(files())
    for language, name, content in BLOCKS:
        if language == "diff":
            changed(name, content)
        if language == "console":
            command, _, output = content.partition("\n")
            found.append((output, said(command)))
            for file, original in restored.items():
                Path(file).write_text(original, encoding="utf-8")
    return found


def test_the_commands_print_what_the_page_says(folder):
    found = printed_by_the_page()
    assert len(found) == 4
    for expected, real in found:
        assert expected == real


def test_every_standard_on_the_page_is_sound_and_rates_its_evidence(folder):
    standards = [name for name, _ in files() if name.endswith(".toml")]
    assert standards == ["my-standard.toml", "relative.toml"]
    for name in standards:
        scheme = load(name).scheme
        assert rate(scheme, read_evidence("evidence.csv", scheme).evidence).rated.all()


def test_what_the_page_says_of_harbour_and_mountain_road_is_so(folder):
    scheme = load("my-standard.toml").scheme
    rating = rate(scheme, read_evidence("evidence.csv", scheme).evidence)
    rows = {str(channel): row for row, channel in enumerate(rating.evidence.channels)}
    harbour, mountain = rows["Harbour"], rows["Mountain Road"]
    assert f"{rating.score[harbour]:.1f}" == "74.5"
    assert scheme.stars.cuts([]).stars_of(rating.score[harbour]) == 4
    assert rating.star[harbour] == 3
    assert rating.nodes["courtesy"].value[mountain] != rating.nodes["courtesy"].value[mountain]
    assert rating.nodes["voice"].value[mountain] == rating.nodes["clarity"].value[mountain]


# ── The tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Keys = dict[str, object]


@pytest.fixture
def taken(monkeypatch) -> dict[str, Keys]:
    """Return a record, by place without numbers, of every key that reading asks for and what stands for it left out."""
    record: dict[str, Keys] = defaultdict(dict)

    def noting(original: Callable, default: object) -> Callable:
        def note(table: Table, key: str, *rest: object) -> object:
            without = default if default is not ASKED else rest[1] if len(rest) > 1 else dataclasses.MISSING
            if table.place.at or table.place.file == "rich.toml":
                at = re.sub(r"\[\d+\]", "", table.place.at)
                record[at][key] = dataclasses.MISSING if (at, key) in AT_LEAST_ONE else without
            return original(table, key, *rest)

        return note

    monkeypatch.setattr(Table, "take", noting(Table.take, ASKED))
    monkeypatch.setattr(Table, "tables", noting(Table.tables, ()))
    monkeypatch.setattr(Table, "plain", noting(Table.plain, ()))
    return record


ASKED = object()
"""Stands for a default that the call itself names."""
AT_LEAST_ONE = {("", "node"), ("stars", "bands"), ("stars", "cases"), ("adjustment", "cases")}
"""Lists that may not be empty: the mistakes in tests/standards say so."""
RICH = """
schema = 1
name = "rich"
version = "1"
title = "1"
summary = "1"
stars = { rule = "bands", bands = [{ star = 1, to = 5 }, { star = 2, above = 5, below = 6 }, { star = 3, from = 6 }] }
peers = { attribute = "size" }
naming = { entities = {} }
cure = {}
joint = {}
kind = [{ code = "centre", label = "1" }]
node = [{ code = "overall", label = "1", rescale = { method = "z-score" } }]
indicator = [{ code = "x", label = "1", parent = "overall", impute = {}, treat = {}, normalise = { method = "as-is" } }]
instrument = [{ file = "visit.toml", source = "visit" }]
requirement = [{ code = "r", reason = "1", condition = { present = "x" } }]
limiter = [{ code = "l", label = "1", cap = 1, when = { present = "x" } }]
adjustment = [{ code = "a", label = "1", cases = [{ add = 1, when = { present = "x" } }] }]
alternative = [{ leave_out = ["x"], label = "1", when = { present = "x" } }]
"""
ITEM = '[[item]]\ncode = "y"\nnode = "overall"\nask = "1"\n'
SECTIONS = {
    "The file": "",
    "`[[kind]]`": "kind",
    "`[[node]]`": "node",
    "`[[indicator]]`": "indicator",
    "`impute`": "indicator.impute",
    "`treat`": "indicator.treat",
    "`[[instrument]]`": "instrument",
    "`[[requirement]]`": "requirement",
    "`[[limiter]]`": "limiter",
    "`[[adjustment]]`": "adjustment",
    "`cases` of an adjustment": "adjustment.cases",
    "`[[alternative]]`": "alternative",
    "`[peers]`": "peers",
    "`[naming]`": "naming",
    "`[naming.entities]`": "naming.entities",
    "`[cure]`": "cure",
    "`[joint]`": "joint",
}
STARS = {
    "bands": "bands = [{ star = 1, below = 5 }, { star = 2, from = 5 }]",
    "round": "step = 1, low = 1, high = 5",
    "quantiles": "stars = [1, 2], shares = [0.5, 0.5]",
    "k-means": "stars = [1, 2]",
    "ward": "stars = [1, 2]",
    "first-match": 'otherwise = 1, cases = [{ star = 2, when = { present = "x" } }]',
}
METHODS = dict.fromkeys(NORMALISERS, "") | {
    "goalposts": "worst = 1, best = 5",
    "levels": "points = [0, 100]",
    "stars": 'rule = { rule = "k-means", stars = [1, 2] }',
    "cuts": "edges = [1, 2, 3, 4]",
}


def read(text: str) -> None:
    """Load a standard from a text beside one instrument."""
    Path("visit.toml").write_text(ITEM, encoding="utf-8")
    Path("rich.toml").write_text(text, encoding="utf-8")
    load("rich.toml")


def shown(default: object) -> str:
    """Return how the page writes what stands for a key that is left out."""
    if default is dataclasses.MISSING:
        return "required"
    if default is None or default in ("", ()) or default == [] or (isinstance(default, float) and default == float("inf")):
        return "none"
    if default == (float("-inf"), float("inf")):
        return "none"
    if isinstance(default, tuple):
        return f"`[{', '.join(f'{number:g}' for number in default)}]`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if dataclasses.is_dataclass(default):
        return next((f"`{name}`" for name, kind in NORMALISERS.items() if type(default) is kind), "see below")
    return f"`{default:g}`" if isinstance(default, int | float) else f"`{default}`"


def table_of(heading: str) -> dict[str, str]:
    """Return the keys of one table of the page and what it says where they are left out."""
    [section] = re.findall(rf"^### {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    rows = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in section.splitlines() if row.startswith("| `")]
    found = {}
    for keys, meaning, default in rows:
        assert meaning
        found |= dict.fromkeys(re.findall(r"`(\w+)`", keys), default)
    return found


@pytest.mark.parametrize("heading", SECTIONS)
def test_a_table_names_every_key_and_its_default(heading, folder, taken):
    read(RICH)
    assert table_of(heading) == {key: shown(default) for key, default in taken[SECTIONS[heading]].items()}


def test_the_table_of_items_names_what_an_item_has_beside_an_indicator(folder, taken):
    read(RICH)
    beside = {key: shown(default) for key, default in taken["item"].items() if key not in taken["indicator"] or key == "code"}
    assert table_of("`[[item]]` in an instrument's file") == beside


@pytest.mark.parametrize("rule", STARS)
def test_the_table_of_star_rules_names_every_key(rule, folder, taken):
    limiter = RICH[RICH.index("limiter = ") : RICH.index("adjustment = ")]
    old = RICH[RICH.index("stars = ") : RICH.index("peers = ")]
    read(RICH.replace(limiter, "").replace("joint = {}\n", "").replace(old, f'stars = {{ rule = "{rule}", {STARS[rule]} }}\n'))
    keys = {key: shown(default) for key, default in taken["stars"].items() if key not in ("rule", "names")}
    assert choice("`[stars]`", rule) == keys


@pytest.mark.parametrize("method", METHODS)
def test_the_table_of_normalisers_names_every_key(method, folder, taken):
    more = f", {METHODS[method]}" if METHODS[method] else ""
    read(RICH.replace('{ method = "as-is" }', f'{{ method = "{method}"{more} }}'))
    keys = {key: shown(default) for key, default in taken["indicator.normalise"].items() if key != "method"}
    assert choice("`normalise`", method) == keys


def choice(heading: str, name: str) -> dict[str, str]:
    """Return the keys that the page lists for one rule or method, each with its default: `step`, `fence` (3)."""
    [section] = re.findall(rf"^### {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    [row] = [row for row in section.splitlines() if row.startswith(f"| `{name}` |")]
    cell = row.strip("|").split(" | ")[2]
    found = re.findall(r"`(\w+)`(?: \(([^)]*)\))?", cell)
    return {key: "required" if not default else "none" if default == "none" else f"`{default}`" for key, default in found}


def test_the_page_has_every_rule_and_method_and_no_other(folder):
    for heading, names in (("`[stars]`", set(rules.STAR_RULES)), ("`normalise`", {*NORMALISERS, "cuts"})):
        [section] = re.findall(rf"^### {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
        assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == names
    assert set(STARS) == set(rules.STAR_RULES)
    assert set(METHODS) == {*NORMALISERS, "cuts"}


def test_the_page_names_every_part_of_a_condition():
    [section] = re.findall(r"^### Conditions\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    spans = set(re.findall(r"`([^`]+)`", section))
    words = {word for span in spans for word in re.findall(r"\w+", span)}
    assert {*QUANTITIES, *COMPARISONS, *rules.GROUPS, "count", "attribute", "equals", "one_of"} <= words
