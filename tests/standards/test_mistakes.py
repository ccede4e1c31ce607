"""Every mistake in a standard is told in one sentence: which file, where in it, what is wrong and what to write instead."""

import tomllib
from copy import deepcopy
from datetime import date
from json import dumps
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marsad.core.problem import Problem
from marsad.standards import load
from marsad.standards.card import card
from marsad.standards.loader import Loader

HERE = Path(__file__).parent
SMALL = (HERE / "small.toml").read_text(encoding="utf-8")
MISTAKES = tomllib.loads((HERE / "mistakes.toml").read_text(encoding="utf-8"))["mistake"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder, so that sentences name plain files."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sentence(content: str | bytes) -> str:
    """Return what is said of a standard of this content."""
    Path("small.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Problem) as caught:
        load("small.toml")
    return str(caught.value)


def replaced(text: str, old: str, new: str) -> str:
    """Replace what stands in the text exactly once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in small.toml"
    return text.replace(old, new)


def test_the_small_standard_itself_is_sound():
    Path("small.toml").write_text(SMALL, encoding="utf-8")
    assert load("small.toml").identity == "small@1"


def test_no_mistake_stands_twice():
    assert len({mistake["name"] for mistake in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["name"] for mistake in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_remedy(mistake):
    content = SMALL
    for change in mistake.get("both", [mistake]):
        content = replaced(content, change["replace"], change["by"])
    assert sentence(content) == mistake["says"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["name"] for mistake in MISTAKES])
def test_every_sentence_has_file_fault_and_remedy(mistake):
    where, fault = mistake["says"].split(": ", 1)
    assert where.split(", ")[0] == "small.toml"
    assert fault.endswith(".")
    assert "; " in fault


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_not_utf8_is_told_with_its_line():
    content = SMALL.encode().replace("مركز".encode(), "مركز".encode("cp1256"))
    assert sentence(content) == "small.toml, line 10: this line is not UTF-8 text; save the file as UTF-8."


def test_a_file_that_is_not_there_is_told():
    with pytest.raises(Problem) as caught:
        load("none.toml")
    assert str(caught.value) == "none.toml: there is no such file; name a TOML file, or a standard of `marsad standards list`."


def test_a_standard_that_cannot_be_opened_is_told():
    Path("small.toml").mkdir()
    with pytest.raises(Problem) as caught:
        Loader(Path("small.toml")).standard()
    assert str(caught.value) == "small.toml: the file cannot be read: Is a directory; mend its permissions or its path."


def test_an_empty_file_is_told():
    assert sentence("") == "small.toml: 'schema' is missing; add schema = …."


INSTRUMENT = '[[instrument]]\nfile = "visit.toml"\nsource = "visit"\n'
ITEM = '[[item]]\ncode = "greeting"\nnode = "people"\nask = { ar = "هل رُحّب بك؟", en = "Were you greeted?" }\n'


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (
            ITEM + "scale = [2, 1]\n",
            "visit.toml, item[1].scale: the ends of the scale are reversed or equal; write the lower first.",
        ),
        (ITEM.replace("people", "peple"), "visit.toml, item[1].node: there is no node 'peple'; did you mean people or place."),
        (
            ITEM.replace("greeting", "place"),
            "visit.toml, item[1].code: 'place' is the code of node[3] of small.toml already; give each its own.",
        ),
        (ITEM + ITEM, "visit.toml, item[2].code: 'greeting' is the code of item[1] already; give each its own."),
        (ITEM.replace("ask", "asks"), "visit.toml, item[1]: 'ask' is missing; add ask = …."),
        (ITEM + "level = []\n", "visit.toml, item[1].level: 'level' is not known here; did you mean levels."),
        (ITEM + 'levels = [{ en = "no" }]\n', "visit.toml, item[1].levels[1]: 'ar' is missing; add ar = …."),
        ("items = 3\n", "visit.toml, items: 'items' is not known here; did you mean item."),
        ("item = 3\n", "visit.toml, item: a list of tables is expected here; write [[item]]."),
        (
            "item\n",
            "visit.toml, line 1, column 5: this is not TOML: Expected '=' after a key in a key/value pair; mend the line.",
        ),
    ],
    ids=["scale", "node", "code", "codes", "ask", "key", "levels", "items", "item", "TOML"],
)
def test_a_mistake_in_an_instrument_names_the_instrument(item, says):
    Path("visit.toml").write_text(item, encoding="utf-8")
    assert sentence(SMALL + INSTRUMENT) == says


# ── Whatever somebody does to a file ─────────────────────────────────────────────────────────────────────────────────────

RICH = tomllib.loads(
    SMALL.replace("# people", 'rescale = { method = "min-max" }\nzero_when = { any = { present = ["waiting"], at_least = 1 } }')
    .replace(
        "# comfort", 'impute = { method = "mean", by = "size" }\ntreat = { points = 3 }\nkinds = ["centre"]\ndenominator = "size"'
    )
    .replace("# top", 'minimum_share = 0.5\n[defaults]\nminimum_n = 3\n[peers]\ncount = [{ answers = "people", at_least = 1 }]')
    .replace(
        "# limiter",
        """
[[requirement]]
code = "asked"
reason = "1"
condition = { count = [{ n = "courtesy", at_least = 30 }, { attribute = "size", equals = "large" }], at_least = 1 }
[[alternative]]
leave_out = ["comfort"]
label = "2"
when = { score = "overall", at_least = 60 }
[[adjustment]]
code = "bonus"
label = "3"
cases = [{ add = 1, when = { none = [{ present = "comfort" }] } }]
""",
    )
)
OTHERS = [
    True,
    -1,
    0,
    3,
    0.5,
    float("nan"),
    float("inf"),
    10**400,
    "",
    "people",
    date(2026, 1, 1),
    [],
    [1, 2],
    ["x"],
    {},
    {"a": 1},
    [{}],
]
RULES = [
    {"rule": "round", "step": 0.5, "low": 0, "high": 3},
    {"rule": "quantiles", "stars": [1, 2], "shares": [0.5, 0.5]},
    {"rule": "k-means", "stars": [1, 2, 3], "fence": 1},
    {"rule": "ward", "stars": [1, 2, 3], "bounds": [0, 100], "groups": 5, "split": 50, "split_stars": 1, "previous": [40, 60]},
    {"rule": "first-match", "otherwise": 1, "cases": [{"star": 2, "when": {"score": "people", "above": 50}}]},
]


def places(value: object, at: tuple = ()) -> list[tuple]:
    """Return the way to every key and entry inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, part in inside for way in [(*at, key), *places(part, (*at, key))]]


def at(tree: dict, way: tuple) -> dict | list:
    """Return what holds the last key of a way."""
    for key in way[:-1]:
        tree = tree[key]
    return tree


def toml(value: object) -> str:
    """Write a value as TOML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dumps(key)} = {toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return dumps(value) if isinstance(value, str | bool) else str(value)


@settings(max_examples=400, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_in_a_standard_it_loads_and_prints_or_says_why_not(data):
    tree = deepcopy(RICH) | {"stars": deepcopy(data.draw(st.sampled_from([RICH["stars"], *RULES])))}
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from(places(tree)))
        holder, key = at(tree, way), way[-1]
        change = data.draw(st.sampled_from(["delete", "double", "replace"]))
        if change == "delete":
            del holder[key]
        elif change == "double" and isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        elif change == "double":
            holder[data.draw(st.sampled_from(["extra", f"{key}s", "label", "weight", "of"]))] = deepcopy(holder[key])
        else:
            holder[key] = deepcopy(data.draw(st.sampled_from(OTHERS)))
    Path("small.toml").write_text("".join(f"{dumps(key)} = {toml(value)}\n" for key, value in tree.items()), encoding="utf-8")
    try:
        standard = load("small.toml")
    except Problem as caught:
        problem = caught
    else:
        assert list(card(standard, "ar"))
        return
    assert str(problem).startswith("small.toml")
    assert problem.remedy
