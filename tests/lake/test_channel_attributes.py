"""What a standard asks of every channel besides its values: kind, peer group, denominators and what conditions name."""

import math

import numpy as np
import pytest

from marsad.core.conditions import Attribute, Check, every, none_of
from marsad.core.normalise import Impute
from marsad.core.scheme import Adjustment, Joint, Node, Peers, Requirement, Scheme
from marsad.core.stars import Bands, Limiter
from marsad.lake.evidence import read_evidence
from marsad.lake.kinds import asked_attributes
from tests.lake.build import Refused, indicator, rows, scheme, write

NAN = math.nan
KINDS = ("app", "site")


def read(tmp_path, text, *indicators, kind=None, **more):
    return read_evidence(write(tmp_path / "visits.csv", text), scheme(*(indicators or [indicator("a")]), **more), kind=kind)


def refuse(tmp_path, text, *indicators, **more):
    with Refused() as refused:
        read(tmp_path, text, *indicators, **more)
    assert refused.problem.remedy
    return refused


def test_every_attribute_a_standard_speaks_of_is_asked_for():
    standard = Scheme(
        indicators=(indicator("a", denominator="visitors"), indicator("b", impute=Impute(by="region"))),
        nodes=(Node("service", zero_when=Attribute("closed", ("yes",))),),
        stars=Bands((50.0,), (1.0, 2.0)),
        peers=Peers(attribute="size", count=(every(Attribute("north", ("yes",)), Check("n", "a", "above", 3)),)),
        adjustments=(Adjustment("rural", ((none_of(Attribute("setting", ("city",))), 2.0),)),),
        requirements=(Requirement("open", Attribute("open", ("yes",))),),
        limiters=(Limiter("audit", Attribute("audited", ("no",)), cap=3.0),),
    )
    assert sorted(asked_attributes(standard)) == ["audited", "closed", "north", "open", "region", "setting", "size", "visitors"]


def test_a_joint_model_asks_who_runs_a_channel_and_does_without_where_nobody_says(tmp_path):
    said = read(tmp_path, "channel,ministry,a\nA,ports,1\nB,,2\n", joint=Joint("ministry"))
    assert said.evidence.attributes["ministry"].tolist() == ["ports", ""]
    assert said.unused == ()
    silent = read(tmp_path, "channel,a\nA,1\nB,2\n", joint=Joint())
    assert silent.evidence.attributes["entity"].tolist() == ["", ""]
    assert "there is no column entity: taken as blank for every channel" in silent.notes


def test_attributes_are_texts_and_may_be_blank(tmp_path):
    reading = read(tmp_path, "channel,Size,a\nA, large ,1\nB,,2\n", peers=Peers("size"))
    assert {name: texts.tolist() for name, texts in reading.evidence.attributes.items()} == {
        "kind": ["", ""],
        "size": ["large", ""],
    }
    assert reading.unused == ()


def test_an_absent_attribute_is_said_with_what_it_is_for(tmp_path):
    refused = refuse(tmp_path, "channel,a\nA,1\n", peers=Peers("size"))
    assert refused.problem.what == "there is no column 'size', which the standard needs as the peer group"


def test_a_fact_that_no_file_states_is_taken_as_blank_and_said(tmp_path):
    reading = read(tmp_path, "channel,a\nA,1\nB,2\n", limiters=(Limiter("breach", Attribute("breach", ("yes",)), cap=2.0),))
    assert reading.evidence.attributes["breach"].tolist() == ["", ""]
    assert reading.notes == ("there is no column breach: taken as blank for every channel",)


def test_values_without_an_error_beside_others_that_have_one_are_said(tmp_path):
    reading = read(tmp_path, "channel,a,a__se\nA,1,.5\nB,2,\n")
    assert reading.notes == ("1 values have neither answers nor a standard error and count as exact: a",)


def test_a_long_file_says_an_attribute_once_or_always_the_same(tmp_path):
    columns = ("channel", "indicator", "value", "size")
    lines = [("A", "a", 1, "large"), ("A", "a", 2, ""), ("B", "a", 3, ""), ("B", "a", 3, "small")]
    assert read(tmp_path, rows(columns, lines), peers=Peers("size")).evidence.attributes["size"].tolist() == ["large", "small"]
    refused = refuse(tmp_path, rows(columns, [*lines, ("A", "a", 1, "small")]), peers=Peers("size"))
    assert refused.problem.what == "channel 'A' is 'small' here and 'large' elsewhere"
    assert refused.place == ("visits.csv", 6, "size")


def test_a_kind_of_many_is_read_from_its_column(tmp_path):
    assert read(tmp_path, "channel,kind,a\nA,app,1\nB,site,2\n", kinds=KINDS).evidence.kinds.tolist() == ["app", "site"]


def test_a_kind_may_be_said_for_all(tmp_path):
    for text in ("channel,a\nA,1\nB,2\n", "channel,kind,a\nA,site,1\nB,,2\n"):
        assert read(tmp_path, text, kinds=KINDS, kind="site").evidence.kinds.tolist() == ["site", "site"]


def test_a_standard_of_one_kind_needs_no_column(tmp_path):
    for text in ("channel,a\nA,1\nB,2\n", "channel,kind,a\nA,app,1\nB,,2\n"):
        assert read(tmp_path, text, kinds=("app",)).evidence.kinds.tolist() == ["app", "app"]


def test_a_standard_without_kinds_does_not_use_the_column(tmp_path):
    reading = read(tmp_path, "channel,kind,a\nA,app,1\n")
    assert reading.evidence.kinds.tolist() == [""]
    assert reading.unused == ("kind",)


@pytest.mark.parametrize(
    ("text", "kinds", "kind", "what", "line", "column"),
    [
        ("channel,a\nA,1\n", KINDS, None, "the standard rates several kinds and there is no column kind", None, None),
        ("channel,kind,a\nA,app,1\nB,,2\n", KINDS, None, "the kind of channel 'B' is missing", 3, "kind"),
        ("channel,Kind,a\nA,app,1\nB,clinic,2\n", KINDS, None, "the standard does not rate the kind 'clinic'", 3, "Kind"),
        ("channel,kind,a\nA,app,1\nB,site,2\n", ("app",), None, "the standard does not rate the kind 'site'", 3, "kind"),
        (
            "channel,kind,a\nA,clinic,1\nB,lab,2\n",
            KINDS,
            None,
            "this standard rates app, site, the channels here are of kind clinic, lab",
            None,
            None,
        ),
        (
            "channel,kind,a\nA,clinic,1\nB,,2\n",
            ("app",),
            None,
            "this standard rates app, the channels here are of kind clinic",
            None,
            None,
        ),
        (
            "channel,kind,a\nA,app,1\nB,site,2\n",
            KINDS,
            "app",
            "the channel is of kind 'site', not 'app' as --kind says",
            3,
            "kind",
        ),
    ],
)
def test_a_kind_that_is_wrong_or_missing_is_said(tmp_path, text, kinds, kind, what, line, column):
    refused = refuse(tmp_path, text, kinds=kinds, kind=kind)
    assert refused.problem.what == what
    assert refused.place == ("visits.csv", line, column)


def test_the_kinds_allowed_are_listed(tmp_path):
    assert refuse(tmp_path, "channel,kind,a\nA,app,1\nB,clinic,2\n", kinds=KINDS).problem.remedy == "write one of app, site"
    assert "--kind" in refuse(tmp_path, "channel,a\nA,1\n", kinds=KINDS).problem.remedy


def test_a_kind_asked_for_is_one_of_the_standards(tmp_path):
    refused = refuse(tmp_path, "channel,a\nA,1\n", kinds=KINDS, kind="clinic")
    assert refused.problem.what == "the standard does not rate the kind 'clinic'"
    refused = refuse(tmp_path, "channel,a\nA,1\n", kind="app")
    assert refused.problem.what == "the standard does not tell kinds apart, so it has no kind 'app'"


def test_values_that_do_not_apply_to_a_kind_are_left_out_and_noted(tmp_path):
    asked = (indicator("a"), indicator("b", kinds=frozenset({"site"})))
    reading = read(tmp_path, "channel,kind,a,b,b__n\nA,app,1,2,9\nB,site,3,4,9\n", *asked, kinds=KINDS)
    np.testing.assert_array_equal(reading.evidence.values, [[1, NAN], [3, 4]])
    np.testing.assert_array_equal(reading.evidence.n, [[NAN, NAN], [NAN, 9]])
    assert reading.notes == ("values of questions that do not apply to the kind of 1 channel were left out",)


def test_an_indicator_of_another_kind_may_be_absent(tmp_path):
    asked = (indicator("a"), indicator("b", kinds=frozenset({"site"})))
    assert read(tmp_path, "channel,kind,a\nA,app,1\n", *asked, kinds=KINDS).evidence.values.tolist()[0][0] == 1
    assert refuse(tmp_path, "channel,kind,a\nA,site,1\n", *asked, kinds=KINDS).problem.what == "1 required indicator is absent: b"


def test_values_of_which_none_applies_are_no_evidence(tmp_path):
    asked = (indicator("a", kinds=frozenset({"site"})),)
    refused = refuse(tmp_path, "channel,kind,a\nA,app,1\n", *asked, kinds=KINDS)
    assert refused.problem.what == "no channel has a value"
    assert "do not apply to the kind of 1 channel" in refused.problem.remedy


def test_denominators_are_read_as_numbers_are(tmp_path):
    asked = (indicator("a", denominator="visitors"),)
    reading = read(tmp_path, "channel,a,visitors\nA,1,١٬٢٠٠\nB,2,0.5\nC,,\n", *asked)
    assert reading.evidence.attributes["visitors"].tolist() == ["1200.0", "0.5", ""]


@pytest.mark.parametrize(
    ("visitors", "what"),
    [
        ("0", "'0' cannot be a denominator"),
        ("-3", "'-3' cannot be a denominator"),
        ("many", "the value 'many' is not a number"),
    ],
)
def test_a_denominator_is_a_positive_number(tmp_path, visitors, what):
    refused = refuse(tmp_path, f"channel,a,visitors\nA,1,5\nB,2,{visitors}\n", indicator("a", denominator="visitors"))
    assert refused.problem.what == what
    assert refused.place == ("visits.csv", 3, "visitors")


def test_a_value_without_its_denominator_counts_as_missing_and_is_said(tmp_path):
    reading = read(tmp_path, "channel,a,visitors\nA,1,5\nB,2,\nC,3,NA\n", indicator("a", denominator="visitors"))
    assert reading.evidence.attributes["visitors"].tolist() == ["5.0", "", ""]
    assert reading.notes == ("2 values have no visitors to be divided by and count as missing",)


def test_a_column_may_be_indicator_and_denominator(tmp_path):
    asked = (indicator("a", denominator="visitors"), indicator("visitors"))
    reading = read(tmp_path, "channel,a,visitors\nA,1,5\n", *asked)
    np.testing.assert_array_equal(reading.evidence.values, [[1, 5]])
    assert reading.evidence.attributes["visitors"].tolist() == ["5.0"]
