"""The chain of publications and the chain of keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from marsad.core.problem import Problem
from marsad.ledger import Report, hand_over, verify
from tests.ledger.build import KEY, OTHER, OTHER_KEY, PUBLIC_KEY, Made, bundle


@pytest.fixture
def three(ports: Made, tmp_path: Path) -> list[Path]:
    """Return three publications, each after the other."""
    found, previous = [], None
    for number in (1, 2, 3):
        frozen = ports.freeze(number=number, previous=previous)
        found.append(bundle(tmp_path / f"ports-{number}.zip", frozen))
        previous = frozen.fingerprint
    return found


def check(path: Path, previous: list[Path], keys=(PUBLIC_KEY,)) -> Report:
    return verify(path, list(keys), previous)


def test_a_whole_chain_holds(three):
    report = check(three[2], three[:2])
    assert report.holds
    assert str(report["chain"]) == "publications 1 to 3 follow each other."


def test_a_first_publication_needs_no_other(three):
    assert check(three[0], [])["chain"].state == "whole"


def test_a_later_one_alone_says_what_was_not_checked(three):
    seal = check(three[2], [])["chain"]
    assert seal.state == "unchecked"
    assert "give the one before" in str(seal)


def test_a_chain_that_begins_late_says_so(three):
    assert "none before was given" in str(check(three[2], three[1:2])["chain"])


def test_a_removed_publication_is_named(three):
    report = check(three[2], three[:1])
    assert report.broken == ("chain",)
    assert "a publication was removed: between 1 (ports-1) and 3 (ports-3) there is none" in str(report["chain"])


def test_a_reordered_chain_is_named(three):
    report = check(three[2], [three[1], three[0]])
    assert "the order was changed: publication 1 (ports-1) stands after publication 2 (ports-2)" in str(report["chain"])


def test_a_replaced_publication_is_named(three, ports, tmp_path):
    forged = bundle(tmp_path / "forged.zip", ports.freeze(number=2, previous="ab" * 32))
    seal = str(check(three[2], [three[0], forged])["chain"])
    assert "publication 2 (ports-2) follows fingerprint abab" in seal
    assert "publication 3 (ports-3) follows fingerprint" in seal
    assert "one of them was replaced" in seal


def test_a_publication_before_that_was_changed_is_named(ports, tmp_path):
    first = ports.freeze()
    folder = bundle(tmp_path / "first", first)
    second = bundle(tmp_path / "second", ports.freeze(number=2, previous=first.fingerprint))
    path = folder / "publication.json"
    path.write_bytes(path.read_bytes().replace(b'"cycle":"2026"', b'"cycle":"2025"'))
    seal = str(check(second, [folder])["chain"])
    assert "is not what key" in seal
    assert "one of them was replaced" in seal


def test_a_place_in_the_chain_goes_with_a_fingerprint(ports):
    with pytest.raises(Problem, match="publication 2 names none before it"):
        ports.freeze(number=2)
    with pytest.raises(Problem, match="publication 1 names one before it"):
        ports.freeze(number=1, previous="ab" * 32)


def test_a_new_key_is_trusted_by_whoever_knows_the_old_one(ports, tmp_path):
    frozen = ports.freeze()
    rotated = bundle(tmp_path / "rotated", frozen, key=OTHER, handovers=[hand_over(KEY, OTHER_KEY)])
    report = check(rotated, [])
    assert report.holds
    assert "handed over to by a key that was given" in str(report["signature"])
    bare = bundle(tmp_path / "bare", frozen, key=OTHER)
    assert check(bare, []).broken == ("signature",)


def test_a_handover_by_a_stranger_is_none(ports, tmp_path):
    stranger = bundle(tmp_path / "stranger", ports.freeze(), key=OTHER, handovers=[hand_over(OTHER, OTHER_KEY)])
    assert check(stranger, []).broken == ("signature",)


def test_after_a_lost_key_the_new_one_carries_the_whole_chain(three, ports, tmp_path):
    """No handover can be made: the new key is announced, and its first publication names the last of the old one."""
    last = verify(three[2], [PUBLIC_KEY])
    fourth = bundle(tmp_path / "ports-4.zip", ports.freeze(number=4, previous=last.fingerprint), key=OTHER)
    old_only = check(fourth, three)
    assert old_only.broken == ("signature",)
    assert "no key given vouches" in str(old_only["signature"])
    announced = check(fourth, three, keys=[OTHER_KEY])
    assert announced.holds
    assert str(announced["chain"]) == "publications 1 to 4 follow each other."


def test_after_a_lost_key_a_publication_can_be_signed_again_under_the_same_fingerprint(three, ports, tmp_path):
    again = bundle(tmp_path / "again.zip", ports.freeze(), key=OTHER)
    assert check(again, [], keys=[OTHER_KEY]).fingerprint == check(three[0], []).fingerprint
    assert check(three[1], [again])["chain"].state == "whole"
