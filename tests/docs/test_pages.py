"""No page lies: its links lead somewhere, its commands are understood, and what it names exists."""

import argparse
import importlib
import re
from functools import cache

import pytest

from tests.docs.pages import Line, anchors, code, commands, links, pages, parse, prose
from tests.repository import ROOT, committed

PAGES = pages()
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
SETTING = re.compile(r"\bMARSAD_[A-Z0-9_]+\b|(?<![\w.])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?!\()")
PLACEHOLDER = re.compile(r"[A-Z][A-Z|]*")


@cache
def top() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    return importlib.import_module("marsad.cli").parser()


def subparsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the subcommands of a parser by name."""
    [found, *_] = [dict(part.choices) for part in parser._actions if isinstance(part, argparse._SubParsersAction)] or [{}]
    return found


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Return every option of a parser and of all below it."""
    mine = {name for part in parser._actions for name in part.option_strings}
    return mine.union(*(options(below) for below in subparsers(parser).values()))


def names_only(arguments: list[str]) -> bool:
    """Whether arguments name a command without calling it: `rate`, `standards show`."""
    parser = top()
    for word in arguments:
        if word not in subparsers(parser):
            return False
        parser = subparsers(parser)[word]
    return True


def refusal(line: Line, capsys: pytest.CaptureFixture[str]) -> str:
    """Return why the command line refuses a line, '' where it does not."""
    for arguments in commands(line, "marsad"):
        if not line.whole and names_only(arguments):
            continue
        try:
            top().parse_args(arguments)
        except SystemExit as end:
            said = capsys.readouterr().err.strip().splitlines()
            if end.code:
                return f"{line}: {said[-1] if said else end.code}"
    return ""


@cache
def targets() -> frozenset[str]:
    """Return what `make` can be asked for."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))


@cache
def sources() -> str:
    """Return the text of code, scripts and settings, these tests apart."""
    chosen = [path for path in committed() if path.suffix in {".py", ".toml", ""} and path.parent != ROOT / "tests/docs"]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in chosen)


def settings_in(line: Line) -> set[str]:
    """Return the names of settings a line of code mentions, and what it sets before a command."""
    named = set(SETTING.findall(line.text))
    assigned = re.match(r"(?:\$ )?((?:[A-Z][A-Z0-9_]*=\S+\s+)+)\S", line.text)
    trailing = re.findall(r"\s([A-Z][A-Z0-9_]*)=", line.text) if re.match(r"(\$ )?make ", line.text) else []
    return named | set(re.findall(r"([A-Z][A-Z0-9_]*)=", assigned[1]) if assigned else []) | set(trailing)


def test_there_are_pages():
    assert {ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "docs/glossary.md"} <= set(PAGES)


@EACH_PAGE
def test_every_link_of_a_page_leads_somewhere(page):
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        known = target in committed() or any(target in file.parents for file in committed())
        if not known or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@EACH_PAGE
def test_every_command_line_on_a_page_is_understood(page, capsys):
    assert [said for line in code(page) if (said := refusal(line, capsys))] == []


@EACH_PAGE
def test_every_option_a_page_speaks_of_exists(page):
    spans = [line for line in code(page) if not line.whole and re.fullmatch(r"--[a-z][a-z-]*( \S+)?", line.text)]
    known = options(top())
    assert [str(line) for line in spans if line.text.split()[0] not in known] == []


@EACH_PAGE
def test_every_make_target_on_a_page_exists(page):
    asked = [(line, call) for line in code(page) for call in commands(line, "make")]
    named = [(line, word) for line, call in asked for word in call if re.fullmatch(r"[a-z][\w-]*", word)]
    assert [str(line) for line, word in named if word not in targets()] == []


@EACH_PAGE
def test_no_page_mentions_a_setting_that_does_not_exist(page):
    named = {name for line in code(page) for name in settings_in(line)}
    named |= set(re.findall(r"\bMARSAD_[A-Z0-9_]+\b", prose(page.read_text(encoding="utf-8"))))
    assert [name for name in sorted(named) if not re.search(rf"\b{name}\b", sources())] == []


@EACH_PAGE
def test_every_module_and_path_a_page_names_exists(page):
    roots = {path.relative_to(ROOT).parts[0] for path in committed() if path.parent != ROOT}
    spans = [line for line in code(page) if not line.whole and re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?", line.text)]
    ours = [line for line in spans if line.text.split("/")[0] in roots]
    assert [str(line) for line in ours if not (ROOT / line.text).exists()] == []


def test_the_changelog_has_a_section_for_this_version_and_one_for_the_next():
    import marsad

    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1].split()[0] == marsad.__version__


EXAMPLE = """
Call `marsad rate` or `make tests`, set `MARSAD_NOWHERE=1`:

    $ marsad rate a.csv --standard s.toml | head   # with a comment
    OTHER_PLACE=1 marsad rate a.csv \\
      --nonsense

```output
marsad never mind
```

```sh
make test ARGS="tests/core -x" && marsad standards check s.toml > said
```
"""


def example() -> list[Line]:
    return list(parse(ROOT / "example.md", EXAMPLE))


def test_commands_are_found_in_blocks_and_sentences_but_not_in_output():
    assert [call for line in example() for call in commands(line, "marsad")] == [
        ["rate"],
        ["rate", "a.csv", "--standard", "s.toml"],
        ["rate", "a.csv", "--nonsense"],
        ["standards", "check", "s.toml"],
    ]
    assert [call for line in example() for call in commands(line, "make")] == [["tests"], ["test", "ARGS=tests/core -x"]]


def test_what_does_not_exist_is_found_out(capsys):
    refused = [said for line in example() if (said := refusal(line, capsys))]
    assert len(refused) == 1
    assert "example.md:6" in refused[0]
    assert "tests" not in targets()
    named = {name for line in example() for name in settings_in(line)}
    assert named == {"MARSAD_NOWHERE", "OTHER_PLACE", "ARGS"}


def test_links_are_found_but_not_those_inside_code():
    page = ROOT / "CONTRIBUTING.md"
    assert "docs/glossary.md" in links(page)
    assert prose("a `[b](c)` d") == "a  d"
    assert "where-does-this-line-go" in anchors(page)
