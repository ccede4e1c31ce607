"""The decision of a publication: what it says, that it follows from the evidence, and that older bundles do without."""

import csv
import io
import json
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from marsad.ledger import Approval, verify
from marsad.ledger.canonical import canonical
from marsad.ledger.decision import approval_of, decision_of
from marsad.standards import Text
from tests.ledger.build import KEY, PUBLIC_KEY, SETTINGS, STANDARD, Made, bundle, evidence, made, second_wave
from tests.ledger.test_tampering import cell, cover_up, edit, resign

WITH_ENTITIES = """
[joint]
minimum_channels = 20

[naming.entities]
k = 1
minimum_entities = 4
minimum_channels = 2
visited = 2

[[requirement]]
code = "somebody-assessed"
condition = { coverage = "assessed", at_least = 0.8 }
reason = { ar = "لم يقيّم أحد", en = "nobody has assessed it" }
"""
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


# ---- with a second wave


@pytest.fixture(scope="module")
def confirmed(many: Made):
    """Return a publication whose decision rests on a second wave."""
    return many.freeze(approval=APPROVAL, wave=second_wave(many.rating))


def covered_up(folder) -> set[str]:
    """Make every hash of a forged bundle fit, those in the decision too; return what breaks all the same."""
    found = decision(folder)
    for part, name in (("evidence", "second.csv"), ("round", "round.csv")):
        found["second"][part] = sha256((folder / name).read_bytes()).hexdigest()
    (folder / "decision.json").write_bytes(canonical(found))
    cover_up(folder, key=KEY)
    return set(verify(folder, [PUBLIC_KEY]).broken)


def test_with_a_second_wave_channels_are_named_and_anybody_can_recompute_that(confirmed, tmp_path):
    for audience in ("public", "auditor"):
        folder = bundle(tmp_path / audience, confirmed, audience=audience)
        report = verify(folder, [PUBLIC_KEY])
        assert report.holds, str(report["decision"])
        assert report["decision"].state == "whole"
    found = decision(tmp_path / "public")
    assert found["schema"] == 2
    assert found["second"]["evidence"] == sha256(confirmed.files["second.csv"]).hexdigest()
    named = [one for ends in found["lists"] for one in ends["channels"] if one["verdict"] == "named"]
    assert named
    assert all(one["again"]["chance"] >= 0.9 and one["again"]["waves"] == 2 for one in named)
    assert {one["answers"] for one in named} == {"unknown"}, "this standard does not tell channel and entity apart"
    decoys = {one["channel"] for one in found["lists"][0]["channels"] if one["again"]["decoy"]}
    told = csv.DictReader(io.StringIO(confirmed.files["round.csv"].decode()))
    assert decoys == {row["channel"] for row in told if row["decoy"] == "yes"}
    assert not decoys & {one["channel"] for one in named}


def test_small_cells_of_the_second_wave_are_hidden_as_those_of_the_first_and_verdicts_still_follow(many, tmp_path):
    wave = second_wave(many.rating, few="p-25")
    frozen = many.freeze(approval=APPROVAL, wave=wave)
    [shown] = [row for row in rows(frozen.files["second.csv"]) if (row["channel"], row["indicator"]) == ("p-25", "happy")]
    assert (shown["state"], shown["n"]) == ("pooled", "")
    [real] = [row for row in rows(frozen.sealed["full/second.csv"]) if (row["channel"], row["indicator"]) == ("p-25", "happy")]
    assert real["n"] == "3"
    for audience in ("public", "auditor"):
        assert verify(bundle(tmp_path / audience, frozen, audience=audience), [PUBLIC_KEY]).holds
    cell(tmp_path / "auditor/second.csv", "p-25,clear,", "value", "4.9")
    assert {"decision", "evidence"} <= covered_up(tmp_path / "auditor")


def test_by_the_joint_model_hidden_cells_leave_every_channel_its_place_and_managers_answer(tmp_path):
    """Every cell tells of every channel then: what is shown are the scores that follow from what is shown."""
    known = evidence(40)
    attributes = known.attributes | {"entity": np.array([f"e{place % 6}" for place in range(40)])}
    ports = made(tmp_path, replace(known, attributes=attributes), STANDARD + "[joint]\nminimum_channels = 20\n")
    frozen = ports.freeze(approval=APPROVAL, wave=second_wave(ports.rating))
    assert frozen.publication.disclosure.cells["pooled"] > 0
    assert not frozen.publication.disclosure.by_score
    np.testing.assert_allclose(frozen.rating.score, ports.rating.score, atol=1.5)
    assert (frozen.rating.star == ports.rating.star).all()
    report = verify(bundle(tmp_path / "public", frozen), [PUBLIC_KEY])
    assert report.holds, report.broken
    named = [one for ends in decision(tmp_path / "public")["lists"] for one in ends["channels"] if one["verdict"] == "named"]
    assert {one["answers"] for one in named} == {"manager"}
    assert all(one["again"]["own"] >= 0.9 for one in named)


def test_entities_and_the_unrated_follow_from_what_is_shown_where_cells_are_hidden(tmp_path):
    """A channel without a rating has a composite all the same where the model draws what is missing."""
    known = evidence(40)
    known.n[7, 3:], known.values[7, 2], known.se[7, 2] = 5.0, np.nan, np.nan
    attributes = known.attributes | {"entity": np.array([f"e{place % 6}" for place in range(40)])}
    text = STANDARD.replace('code = "overall"', 'code = "overall"\nmissing = "drawn"') + WITH_ENTITIES
    ports = made(tmp_path, replace(known, attributes=attributes), text)
    assert not ports.rating.rated[7]
    frozen = ports.freeze(approval=APPROVAL)
    assert frozen.publication.disclosure.cells["pooled"] > 0
    assert not np.isnan(frozen.rating.nodes["overall"].value[7])
    report = verify(bundle(tmp_path / "public", frozen), [PUBLIC_KEY])
    assert report.holds, [str(report[name]) for name in report.broken]
    assert {one["entities"][0]["entity"] for one in decision(tmp_path / "public")["entities"]} == {"e0"}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.fixture
def forged(confirmed, tmp_path):
    """Return the public's bundle, for a forger."""
    return bundle(tmp_path / "forged", confirmed)


def test_new_evidence_made_better_is_noticed(forged):
    for line in ("happy", "clear", "quick"):
        cell(forged / "second.csv", f"p-25,{line},", "value", "4.9")
    assert covered_up(forged) == {"decision"}


def test_new_evidence_struck_off_is_noticed(forged):
    path = forged / "second.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("p-25,")]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert covered_up(forged) == {"decision"}


def test_a_candidate_called_a_decoy_is_noticed(forged):
    cell(forged / "round.csv", "p-26,", "decoy", "yes")
    assert covered_up(forged) == {"decision"}


def test_new_evidence_on_a_channel_that_was_not_drawn_breaks_the_bundle(forged):
    edit(forged / "round.csv", "p-25,no\n", "")
    assert covered_up(forged) == {"evidence", "decision"}


def test_a_small_cell_shown_in_the_second_wave_is_found_by_everybody(forged):
    cell(forged / "second.csv", "p-25,happy,", "n", "3")
    assert "evidence" in covered_up(forged)


def test_a_wave_left_out_of_the_bundle_is_missed(forged):
    publication = json.loads((forged / "publication.json").read_bytes())
    publication["files"] = [one for one in publication["files"] if one["name"] != "second.csv"]
    (forged / "publication.json").write_bytes(canonical(publication))
    (forged / "second.csv").unlink()
    resign(forged, KEY)
    assert set(verify(forged, [PUBLIC_KEY]).broken) == {"decision"}
