"""The decision of a publication: what it says, that it follows from the evidence, and that older bundles do without."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from marsad.ledger import Approval, verify
from marsad.ledger.canonical import canonical
from marsad.ledger.decision import approval_of, decision_of
from marsad.standards import Text
from tests.ledger.build import PUBLIC_KEY, SETTINGS, Made, bundle, evidence, made

APPROVAL = Approval(Text(ar="عائشة", en="Aisha"), "2026-11-20T09:00:00Z")


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Made:
    """Return forty ports: enough for lists."""
    return made(tmp_path_factory.mktemp("many"), evidence(40))


@pytest.fixture
def decided(many: Made, tmp_path):
    """Return the public's bundle with a decision in it."""
    return bundle(tmp_path / "decided", many.freeze(approval=APPROVAL))


def decision(folder) -> dict:
    return json.loads((folder / "decision.json").read_bytes())


def rewrite(folder, change) -> str:
    """Change the decision, make every hash fit, and return what its seal says."""
    found = decision(folder)
    change(found)
    content = canonical(found)
    (folder / "decision.json").write_bytes(content)
    publication = json.loads((folder / "publication.json").read_bytes())
    [entry] = [one for one in publication["files"] if one["name"] == "decision.json"]
    entry |= {"sha256": sha256(content).hexdigest(), "size": len(content)}
    (folder / "publication.json").write_bytes(canonical(publication))
    report = verify(folder, [PUBLIC_KEY])
    assert set(report.broken) == {"decision", "signature"}
    return str(report["decision"])


def test_a_bundle_with_a_decision_holds_and_says_who_approved(decided):
    report = verify(decided, [PUBLIC_KEY])
    assert report.holds
    assert report["decision"].state == "whole"
    assert "follows by the rule of the standard; approved by Aisha" in str(report["decision"])


def test_the_decision_names_evidence_standard_rule_and_channels(decided, many):
    found = decision(decided)
    assert found["evidence"] == sha256((decided / "evidence.csv").read_bytes()).hexdigest()
    assert found["standard"] == {"identity": "ports@1", "sha256": many.source.standard.digest}
    assert found["settings"] == {"seed": 3, "draws": 400, "level": 0.9}
    assert found["rule"]["k"] == 2
    assert found["rule"]["screen"] == 0.05
    assert [(one["league"], one["end"], one["rated"]) for one in found["lists"]] == [("", "first", 40), ("", "last", 40)]
    last = found["lists"][1]["channels"]
    assert {one["verdict"] for one in last} <= {"candidate", "not-separable"}
    assert all(one["chance"] >= 0.05 or one["far"] >= 0.5 for one in last)
    assert [one["channel"] for one in last] == sorted(one["channel"] for one in last), "the group has no order"


def test_an_older_bundle_without_a_decision_holds(public):
    report = verify(public, [PUBLIC_KEY])
    assert report.holds
    assert report["decision"].state == "unchecked"


def test_a_verdict_that_the_evidence_does_not_give_is_named(decided):
    def name(found):
        found["lists"][1]["channels"][0]["verdict"] = "named"

    assert "verdict is named, and by the rule" in rewrite(decided, name)


def test_a_channel_struck_off_is_noticed(decided):
    def strike(found):
        del found["lists"][1]["channels"][0]

    assert "lists[last].channels" in rewrite(decided, strike)


def test_a_chance_made_larger_is_noticed_and_the_last_digit_is_not(decided):
    def larger(found):
        found["lists"][1]["channels"][0]["chance"] += 0.05

    assert ".chance is" in rewrite(decided, larger)


def test_a_softer_rule_than_the_standards_is_noticed(decided):
    def soften(found):
        found["rule"]["probability"] = 0.8

    assert "rule.probability is 0.8, and by the rule 0.9" in rewrite(decided, soften)


@pytest.mark.parametrize(
    "approved", [None, {"by": {"ar": " ", "en": ""}, "at": "2026"}, {"by": {"ar": "ع", "en": "A"}, "at": ""}]
)
def test_a_decision_that_nobody_approved_is_broken(decided, approved):
    def forget(found):
        found["approved"] = approved

    assert "does not say who approved it" in rewrite(decided, forget)


def test_the_same_evidence_gives_the_same_bytes(many):
    one, other = (many.freeze(approval=APPROVAL).files["decision.json"] for _ in range(2))
    assert one == other


def test_an_approval_is_read_as_it_was_written(many):
    about = (many.rating, many.source.standard, "0" * 64, SETTINGS)
    assert approval_of(decision_of(*about, APPROVAL)) == APPROVAL
    later = replace(APPROVAL, at="2027-01-01T00:00:00Z")
    assert approval_of(decision_of(*about, later)) == later
