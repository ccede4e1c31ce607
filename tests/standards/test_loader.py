"""A standard is read from its files into frozen values, whole and always the same."""

import dataclasses
from hashlib import sha256
from pathlib import Path

import pytest

from marsad.core.conditions import Attribute, Check, Count
from marsad.core.normalise import AsIs, Goalposts, Impute, Levels, Stars, Treat, ZScore
from marsad.core.problem import Problem
from marsad.core.scheme import Adjustment, Alternative, Estimates, Indicator, Joint, Naming, Node, Peers, Requirement, Scheme
from marsad.core.stars import Bands, FirstMatch, KMeans, Limiter, Quantiles, RoundTo
from marsad.standards import Item, Standard, Text, load, names, path_of
from marsad.standards.loader import INSTRUMENTS, SCHEMES

SMALL = Path(__file__).with_name("small.toml").read_text(encoding="utf-8")
CONDITION = '{ score = "people", below = 40 }'


@pytest.fixture
def small(tmp_path):
    """Return a way to load the small standard with something replaced."""

    def loaded(*changes: tuple[str, str]) -> Standard:
        content = SMALL
        for old, new in changes:
            assert content.count(old) == 1
            content = content.replace(old, new)
        (tmp_path / "small.toml").write_text(content, encoding="utf-8")
        return load(str(tmp_path / "small.toml"))

    return loaded


def indicator_of(standard: Standard, code: str) -> Indicator:
    return standard.scheme.indicators[standard.scheme.position[code]]


# ── What a file becomes ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_becomes_the_scheme_it_says(small):
    assert small().scheme == Scheme(
        nodes=(Node("overall"), Node("people", "overall", 0.6), Node("place", "overall", 0.4)),
        indicators=(
            Indicator("courtesy", "people", scale=(1.0, 5.0), normalise=Goalposts(1.0, 5.0)),
            Indicator(
                "waiting",
                "people",
                lower_is_better=True,
                normalise=Stars(Bands((30.0, 20.0, 10.0, 5.0), (1.0, 2.0, 3.0, 4.0, 5.0))),
            ),
            Indicator("comfort", "place", normalise=Levels((0.0, 50.0, 100.0))),
        ),
        kinds=("centre",),
        limiters=(Limiter("weak-people", Check("score", "people", "below", 40.0), cap=2.0),),
        stars=Bands((50.0, 80.0), (1.0, 2.0, 3.0), (False, False)),
        naming=Naming(k=5),
    )


def test_the_words_of_a_file_are_kept_by_code(small):
    standard = small()
    assert standard.title == Text("معيار صغير", "A small standard")
    assert standard.labels["courtesy"]["ar"] == "اللباقة"
    assert standard.rules == {"weak-people": Text("ضعف الناس", "Weak people")}
    assert standard.bands == {1.0: Text("ضعيف", "Weak")}
    assert standard.kinds == {"centre": Text("مركز", "Centre")}
    assert standard.sources == ()
    assert standard.identity == "small@1"


def test_a_standard_cannot_be_changed_once_read(small):
    standard = small()
    for value in (standard, standard.scheme, standard.scheme.root, standard.scheme.indicators[0], standard.title):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, "other")


def test_a_text_that_needs_no_translation_is_written_once(small):
    assert small(('{ ar = "مركز", en = "Centre" }', '"C3"')).kinds["centre"] == Text("C3", "C3")


@pytest.mark.parametrize(
    ("raw", "condition"),
    [
        ('{ score = "people", at_most = 40 }', Check("score", "people", "at_most", 40)),
        ('{ present = "comfort" }', Check("present", "comfort", "at_least", 1)),
        ('{ present = "comfort", below = 1 }', Check("present", "comfort", "below", 1)),
        ('{ attribute = "size", equals = "large" }', Attribute("size", ("large",))),
        ('{ attribute = "size", one_of = ["large", ""] }', Attribute("size", ("large", ""))),
        (
            '{ any = { n = ["courtesy", "waiting"], below = 30 } }',
            Count((Check("n", "courtesy", "below", 30), Check("n", "waiting", "below", 30)), "at_least", 1),
        ),
        (
            '{ all = [{ present = "comfort" }, { value = "waiting", above = 3 }] }',
            Count((Check("present", "comfort", "at_least", 1), Check("value", "waiting", "above", 3)), "at_least", 2),
        ),
        ('{ none = [{ present = "comfort" }] }', Count((Check("present", "comfort", "at_least", 1),), "at_most", 0)),
        (
            '{ count = { present = ["comfort", "people"] }, equals = 1 }',
            Count((Check("present", "comfort", "at_least", 1), Check("present", "people", "at_least", 1)), "equals", 1),
        ),
    ],
)
def test_a_condition_becomes_what_it_says(small, raw, condition):
    assert small((CONDITION, raw)).scheme.limiters[0].when == condition


BANDS = SMALL[SMALL.index('rule = "bands"') : SMALL.index("names = ")]


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ('rule = "round"\nstep = 0.5\nlow = 1\nhigh = 2', RoundTo(0.5, 1, 2)),
        ('rule = "quantiles"\nstars = [1, 2]\nshares = [0.25, 0.75]', Quantiles((1, 2), (0.25, 0.75))),
        ('rule = "k-means"\nstars = [1, 2]', KMeans((1, 2))),
        ('rule = "k-means"\nstars = [1, 2]\nfence = 1', KMeans((1, 2), 1)),
        (
            f'rule = "first-match"\notherwise = 1\ncases = [{{ star = 2, when = {CONDITION} }}]',
            FirstMatch(((Check("score", "people", "below", 40), 2),), 1),
        ),
        (
            'rule = "bands"\nbands = [{ star = 1, to = 50 }, { star = 2, above = 50 }]',
            Bands((50,), (1, 2), (True,)),
        ),
    ],
)
def test_a_star_rule_becomes_what_it_says(small, raw, rule):
    limiter = SMALL[SMALL.index("[[limiter]]") : SMALL.index("[stars]")]
    assert small((limiter, ""), (BANDS, raw + "\n")).scheme.stars == rule


def test_a_joint_model_becomes_what_it_says(small):
    scheme = small(
        ("# top", 'joint = { entity = "ministry", over = ["people", "comfort"], minimum_channels = 30, tails = false }'),
        ("# people", 'missing = "drawn"'),
    ).scheme
    assert scheme.joint == Joint("ministry", ("people", "comfort"), 30, tails=False)
    assert scheme.nodes[1].missing == "drawn"
    assert small().scheme.joint is None


def test_indicators_of_two_kinds_may_be_estimated_one_at_a_time(small):
    named = 'code = "office"\nlabel = { ar = "مكتب", en = "Office" }\n[estimates]\none_at_a_time = ["courtesy", "comfort"]'
    scheme = small(
        ("# limiter", f"[[kind]]\n{named}"), ("# courtesy", 'kinds = ["centre"]'), ("# comfort", 'kinds = ["office"]')
    ).scheme
    assert scheme.estimates == Estimates(("courtesy", "comfort"))
    assert [one.code for one in scheme.one_at_a_time] == ["courtesy", "comfort"]
    assert small().scheme.one_at_a_time == ()


def test_what_may_be_said_beside_the_tree_becomes_what_it_says(small):
    scheme = small(
        ("# top", 'within = "peers"\nminimum_share = 0.5\n[peers]\nattribute = "size"'),
        ("# people", 'aggregate = "geometric"\nmissing = "not-rated"\nminimum = 2\ntotal = 1'),
        ("# place", 'rescale = { method = "z-score" }\nzero_when = { any = [{ n = "comfort", below = 3 }] }'),
        (
            "# comfort",
            'impute = { by = "size" }\ntreat = { points = 2 }\nkinds = ["centre"]\ndenominator = "staff"\nrequired = false',
        ),
        (
            "# limiter",
            """
            [[requirement]]
            code = "asked"
            reason = "?"
            condition = { n = "courtesy", at_least = 30 }
            [[alternative]]
            leave_out = ["comfort"]
            label = "?"
            when = { score = "overall", at_least = 60 }
            [[adjustment]]
            code = "bonus"
            label = "?"
            cases = [{ add = 1, when = { present = "comfort" } }, { add = -2, when = { attribute = "size", equals = "L" } }]
            """,
        ),
    ).scheme
    assert (scheme.within, scheme.minimum_share, scheme.peers) == ("peers", 0.5, Peers("size"))
    assert scheme.nodes[1] == Node("people", "overall", 0.6, "geometric", "not-rated", 2)
    assert scheme.nodes[2].rescale == ZScore()
    assert scheme.nodes[2].zero_when == Count((Check("n", "comfort", "below", 3),), "at_least", 1)
    comfort = scheme.indicators[2]
    assert (comfort.impute, comfort.treat) == (Impute("mean", "size"), Treat(points=2))
    assert (comfort.kinds, comfort.denominator, comfort.required) == (frozenset({"centre"}), "staff", False)
    assert scheme.requirements == (Requirement("asked", Check("n", "courtesy", "at_least", 30)),)
    assert scheme.alternatives == (Alternative(("comfort",), Check("score", "overall", "at_least", 60)),)
    assert scheme.adjustments == (
        Adjustment("bonus", ((Check("present", "comfort", "at_least", 1), 1), (Attribute("size", ("L",)), -2))),
    )


# ── Weights ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_weights_that_nobody_wrote_are_equal(small):
    assert {indicator.weight for indicator in small().scheme.indicators} == {1.0}


def test_weights_may_sum_to_the_total_their_parent_declares(small):
    scheme = small(("# overall", "total = 100"), ("weight = 0.6", "weight = 60"), ("weight = 0.4", "weight = 40")).scheme
    assert [node.weight for node in scheme.nodes[1:]] == [60, 40]


def test_weights_are_summed_as_decimals_are_written(small):
    thirds = [("# courtesy", "weight = 0.1"), ("# waiting", "weight = 0.2")]
    assert small(*thirds, ("# people", "total = 0.3")).scheme.indicators[1].weight == 0.2


# ── Defaults and instruments ─────────────────────────────────────────────────────────────────────────────────────────────

DEFAULTS = '[defaults]\nminimum_n = 30\nscale = [0, 10]\nnormalise = { method = "z-score" }'


def test_what_an_indicator_does_not_say_comes_from_the_defaults(small):
    standard = small(("# top", DEFAULTS))
    assert {indicator.minimum_n for indicator in standard.scheme.indicators} == {30.0}
    assert indicator_of(standard, "comfort").scale == (0, 10)
    assert indicator_of(standard, "courtesy").scale == (1, 5)
    assert indicator_of(standard, "courtesy").normalise == Goalposts(1, 5)


def test_without_defaults_an_indicator_is_scored_as_it_is(small):
    assert indicator_of(small(('normalise = { method = "levels", points = [0, 50, 100] }', "")), "comfort").normalise == AsIs()


VISIT = """
[[item]]
code = "greeting"
node = "place"
ask = { ar = "هل رُحّب بك؟", en = "Were you greeted?" }
look_for = { ar = "عند الباب", en = "At the door" }
levels = [{ ar = "لا", en = "No" }, { ar = "نعم", en = "Yes" }]

[[item]]
code = "leaving"
node = "place"
ask = { ar = "هل وُدّعت؟", en = "Were you seen out?" }
minimum_n = 2
"""
INSTRUMENT = '[[instrument]]\nfile = "visit.toml"\nsource = "visit"\neach = { scale = [1, 2] }'


@pytest.fixture
def visited(tmp_path, small):
    """Return the small standard with an instrument beside its file."""
    (tmp_path / "visit.toml").write_text(VISIT, encoding="utf-8")
    return small(("# top", DEFAULTS), ("# limiter", INSTRUMENT))


def test_the_items_of_an_instrument_become_indicators(visited):
    greeting = indicator_of(visited, "greeting")
    assert greeting == Indicator("greeting", "place", source="visit", scale=(1, 2), minimum_n=30, normalise=ZScore())
    assert list(visited.scheme.position)[-2:] == ["greeting", "leaving"]


def test_an_item_goes_before_its_instrument_and_the_instrument_before_the_defaults(visited):
    assert indicator_of(visited, "leaving").minimum_n == 2
    assert indicator_of(visited, "leaving").scale == (1, 2)


def test_an_item_keeps_its_question_and_answers(visited):
    assert visited.items["greeting"] == Item(
        "greeting",
        "visit",
        Text("هل رُحّب بك؟", "Were you greeted?"),
        Text("عند الباب", "At the door"),
        (Text("لا", "No"), Text("نعم", "Yes")),
    )
    assert visited.labels["greeting"] == visited.items["greeting"].ask
    assert visited.items["leaving"].answers == ()


def test_weights_of_items_are_summed_too(tmp_path, small):
    (tmp_path / "visit.toml").write_text(VISIT.replace('node = "place"', 'node = "place"\nweight = 0.4'), encoding="utf-8")
    with pytest.raises(Problem, match=r"the weights under 'place' sum to 0\.9, not to 1"):
        small(("# limiter", INSTRUMENT), ("# comfort", "weight = 0.1"))


def test_a_standard_may_use_a_shipped_instrument(small):
    shipped = next(path for path in sorted(INSTRUMENTS.glob("*/meter.toml")))
    name = shipped.relative_to(INSTRUMENTS)
    standard = small(
        ("# place", '[[node]]\ncode = "meter"\nparent = "place"\nlabel = "M"'),
        ("# limiter", INSTRUMENT.replace("visit.toml", str(name))),
    )
    assert standard.items
    assert {item.source for item in standard.items.values()} == {"visit"}


def test_an_instrument_beside_the_standard_goes_before_a_shipped_one_of_its_name(tmp_path, small):
    shipped = next(path for path in sorted(INSTRUMENTS.glob("*/meter.toml"))).relative_to(INSTRUMENTS)
    (tmp_path / shipped).parent.mkdir()
    (tmp_path / shipped).write_text(VISIT, encoding="utf-8")
    assert set(small(("# limiter", INSTRUMENT.replace("visit.toml", str(shipped)))).items) == {"greeting", "leaving"}


# ── Identity ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_digest_is_that_of_the_file(small):
    assert small().digest == sha256(SMALL.encode()).hexdigest()


def test_one_byte_more_changes_the_digest_and_nothing_else(small):
    before, after = small(), small(("k = 5\n", "k = 5\n\n"))
    assert before.digest != after.digest
    assert dataclasses.replace(after, digest=before.digest) == before


def test_one_byte_more_in_an_instrument_changes_the_digest(tmp_path, visited, small):
    (tmp_path / "visit.toml").write_text(VISIT + "\n", encoding="utf-8")
    assert small(("# top", DEFAULTS), ("# limiter", INSTRUMENT)).digest != visited.digest


def test_a_mark_at_the_start_of_the_file_is_no_mistake(tmp_path, small):
    standard = small()
    (tmp_path / "small.toml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load(str(tmp_path / "small.toml")).scheme == standard.scheme


def test_a_standard_is_found_by_its_name_and_by_its_file():
    for name in names():
        assert path_of(name) == SCHEMES / f"{name}.toml"
        assert path_of(str(SCHEMES / f"{name}.toml")) == path_of(name)
    assert load(names()[0]) == load(str(path_of(names()[0])))


def test_the_shipped_standards_are_listed_in_order():
    assert names() == sorted(path.stem for path in SCHEMES.iterdir())
    assert len(names()) >= 5


def test_a_name_nearly_right_is_answered_with_the_right_one():
    name = names()[-1]
    with pytest.raises(Problem) as caught:
        path_of(name.replace("-", "_"))
    assert str(caught.value) == f"no standard is called '{name.replace('-', '_')}'; did you mean {name}, or name a TOML file."


def test_a_name_far_off_is_answered_with_all_of_them():
    with pytest.raises(Problem) as caught:
        path_of("zzz")
    assert str(caught.value) == f"no standard is called 'zzz'; use one of {', '.join(names())}, or name a TOML file."
