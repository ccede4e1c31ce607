"""One channel proves its own rows."""

import pytest

from marsad.ledger import channel_proof, check_proof
from marsad.ledger.bundle import open_bundle
from marsad.ledger.proof import first_cell


@pytest.mark.parametrize("name", ["evidence.csv", "ratings.csv"])
def test_a_channel_proves_its_public_rows(public, frozen, name):
    proof = channel_proof(open_bundle(public), name, "p-03")
    assert len(proof["rows"]) == (6 if name == "evidence.csv" else 1)
    assert check_proof(proof, frozen.publication)


def test_a_channel_proves_its_hidden_rows_and_shows_nobody_elses(auditors, frozen):
    proof = channel_proof(open_bundle(auditors), "full/evidence.csv", "p-03")
    assert any(row["row"].startswith("p-03,happy,2.333") for row in proof["rows"])
    assert all(row["row"].startswith("p-03,") for row in proof["rows"])
    assert check_proof(proof, frozen.publication)


def test_a_changed_or_borrowed_row_proves_nothing(auditors, ports, frozen):
    proof = channel_proof(open_bundle(auditors), "full/evidence.csv", "p-03")
    first = proof["rows"][0]
    assert not check_proof(
        proof | {"rows": [first | {"row": first["row"].replace("p-03,queue,", "p-03,queue,1")}]}, frozen.publication
    )
    assert not check_proof(proof | {"rows": [first | {"place": first["place"] + 1}]}, frozen.publication)
    assert not check_proof(proof | {"channel": "p-04"}, frozen.publication)
    assert not check_proof(proof | {"rows": []}, frozen.publication)
    assert not check_proof(proof | {"file": "nodes.csv"}, frozen.publication)
    assert not check_proof(proof, ports.freeze(identity="another").publication)


def test_bytes_do_not_wander_between_salt_and_row(public, frozen):
    proof = channel_proof(open_bundle(public), "ratings.csv", "p-03")
    [row] = proof["rows"]
    forged = row | {"salt": row["row"][:2].encode().hex(), "row": row["row"][2:]}
    assert not check_proof(proof | {"channel": "03", "rows": [forged]}, frozen.publication)


def test_an_identifier_may_hold_commas_and_quotation_marks():
    assert first_cell(b'"a ""big"", old one",4') == 'a "big", old one'
    assert first_cell(b"plain,4") == "plain"
