"""The method pages are true: their examples run, and they leave out no rule a standard may name."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

from marsad.core.composite import AGGREGATES
from marsad.core.conditions import COMPARISONS, QUANTITIES
from marsad.core.normalise import NORMALISERS
from marsad.standards.rules import GROUPS, STAR_RULES

ROOT = Path(__file__).parents[2]
METHOD = ROOT / "docs/method"
PAGES = sorted(METHOD.glob("*.md"))
WITH_EXAMPLES = [page for page in PAGES if re.search(r"^>>> ", page.read_text(encoding="utf-8"), re.MULTILINE)]
OF_THE_CORE = (
    "estimate.md",
    "composite.md",
    "stars.md",
    "ranking.md",
    "ranks.md",
    "raters.md",
    "joint.md",
    "facets.md",
    "sensitivity.md",
    "gaming.md",
    "fieldwork.md",
    "calibration.md",
    "shrinkage.md",
    "weighting.md",
    "durations.md",
    "watching.md",
    "changes.md",
    "cure.md",
)
HEADINGS = ["The question", "The formula", "An example", "Limits", "Sources"]


def examples(page: Path) -> str:
    """Return the fenced blocks with `>>>` in them, every other line blank, so that line numbers stay those of the page."""
    kept, block = [], []
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            session = inside and any(part.startswith(">>> ") for part in block)
            kept += ([part if session else "" for part in block] if inside else []) + [""]
            inside, block = not inside, []
        elif inside:
            block.append(line)
        else:
            kept.append("")
    assert not inside, f"{page}: a fence is never closed"
    return "\n".join(kept) + "\n"


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.stem)
def test_the_examples_of_a_method_page_give_what_it_says(page):
    session = doctest.DocTestParser().get_doctest(examples(page), {"__name__": page.stem}, page.name, str(page), 0)
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(session, out=said.append)
    assert result.attempted > 0
    assert result.failed == 0, "".join(said)


@pytest.mark.parametrize("name", OF_THE_CORE)
def test_every_core_module_has_a_page_with_question_formula_example_limits_and_sources(name):
    page = METHOD / name
    assert page in WITH_EXAMPLES
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == HEADINGS


@pytest.mark.parametrize("name", OF_THE_CORE)
def test_a_method_page_names_the_code_it_describes(name):
    text = (METHOD / name).read_text(encoding="utf-8")
    [named] = re.findall(r"^Code: ((?:.+\n)+)", text, re.MULTILINE)
    paths = re.findall(r"`(marsad/[\w/]+\.py)`", named)
    assert paths
    for path in paths:
        importlib.import_module(path.removesuffix(".py").replace("/", "."))
    assert {f"marsad.core.{Path(path).stem}" for path in paths} & set(re.findall(r"from (marsad\.core\.\w+) import", text))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("composite.md", NORMALISERS),
        ("composite.md", AGGREGATES),
        ("stars.md", STAR_RULES),
        ("stars.md", QUANTITIES),
        ("stars.md", COMPARISONS),
        ("stars.md", GROUPS),
    ],
)
def test_a_method_page_leaves_out_no_word_a_standard_may_use(name, words):
    text = (METHOD / name).read_text(encoding="utf-8")
    assert [word for word in words if f"`{word}`" not in text] == []
