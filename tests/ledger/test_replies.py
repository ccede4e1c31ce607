"""Replies are part of a publication: of channels that its decision looks at alone, word for word, under its hash."""

import json

import pytest

from marsad.ledger import Reply, verify
from tests.ledger.build import PUBLIC_KEY, bundle, evidence, made
from tests.ledger.test_decision import APPROVAL, decision


@pytest.fixture(scope="module")
def replied(tmp_path_factory):
    """A bundle to whose decision every port replied."""
    ports = made(tmp_path_factory.mktemp("ports"), evidence(40))
    said = [Reply(code, "ports", "رد الجهة", "", "2026-11-18T09:00:00Z") for code in ports.rating.evidence.channels.tolist()]
    return bundle(tmp_path_factory.mktemp("bundle") / "replied", ports.freeze(approval=APPROVAL, replies=tuple(said)))


def test_only_replies_about_channels_that_are_looked_at_are_published(replied):
    looked = {one["channel"] for ends in decision(replied)["lists"] for one in ends["channels"] if one["verdict"] != "none"}
    found = json.loads((replied / "replies.json").read_bytes())["replies"]
    assert {one["channel"] for one in found} == looked
    assert 0 < len(looked) < 40
    assert found[0] == {"channel": min(looked), "entity": "ports", "ar": "رد الجهة", "en": "", "at": "2026-11-18T09:00:00Z"}
    assert verify(replied, [PUBLIC_KEY]).holds


def test_a_reply_that_is_changed_later_breaks_the_seal_of_the_files(replied):
    path = replied / "replies.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace("رد".encode(), "حذف".encode(), 1))
    assert verify(replied, [PUBLIC_KEY]).broken == ("files",)
    path.write_bytes(whole)
