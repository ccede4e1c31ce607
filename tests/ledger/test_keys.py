"""Keys: made for their owner alone, told apart, handed over."""

import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from marsad.core.problem import Problem
from marsad.ledger import hand_over, key_id, new_key, private_key, public_key, public_keys
from marsad.ledger.keys import raw, signed_by, trusted
from tests.ledger.build import KEY, OTHER, OTHER_KEY, PUBLIC_KEY


def test_a_new_key_is_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "signing.pem"
    key = new_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert raw(private_key(path)) == raw(key)


def test_a_key_is_never_overwritten(tmp_path):
    path = tmp_path / "signing.pem"
    new_key(path)
    before = path.read_bytes()
    with pytest.raises(Problem, match="a file already"):
        new_key(path)
    assert path.read_bytes() == before


def test_the_public_key_of_a_file_signs_for_it(tmp_path):
    key = new_key(tmp_path / "signing.pem")
    (tmp_path / "publisher.pem").write_bytes(public_key(tmp_path / "signing.pem"))
    [public] = public_keys(tmp_path / "publisher.pem")
    assert signed_by(public, key.sign(b"result"), b"result")
    assert not signed_by(public, key.sign(b"result"), b"another")
    assert len(key_id(public)) == 16


def test_a_file_may_hold_the_public_keys_of_several_years(tmp_path):
    (tmp_path / "keys.pem").write_bytes(public_key(KEY) + public_key(OTHER))
    assert public_keys(tmp_path / "keys.pem") == (PUBLIC_KEY, OTHER_KEY)


def test_what_is_no_public_key_is_refused_with_its_remedy(tmp_path):
    path = tmp_path / "key.pem"
    new_key(path)
    with pytest.raises(Problem, match="private key"):
        public_keys(path)
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(Problem, match="no public key"):
        public_keys(path)
    with pytest.raises(Problem, match="not a private key"):
        private_key(path)
    curve = generate_private_key(SECP256R1())
    path.write_bytes(curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(Problem, match="not an Ed25519"):
        public_keys(path)
    path.write_bytes(curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(Problem, match="not an Ed25519"):
        private_key(path)
    with pytest.raises(Problem, match="cannot be read"):
        public_keys(tmp_path / "nowhere.pem")


def test_an_old_key_vouches_for_a_new_one_and_for_no_other():
    assert trusted([PUBLIC_KEY], [hand_over(KEY, OTHER_KEY)]) == {PUBLIC_KEY, OTHER_KEY}
    forged = hand_over(KEY, OTHER_KEY) | {"to": "ab" * 32}
    assert trusted([PUBLIC_KEY], [forged]) == {PUBLIC_KEY}
    assert trusted([PUBLIC_KEY], [hand_over(OTHER, PUBLIC_KEY)]) == {PUBLIC_KEY}


def test_keys_hand_over_year_after_year():
    third = b"\3" * 32
    handovers = [hand_over(KEY, OTHER_KEY), hand_over(OTHER, third)]
    assert third in trusted([PUBLIC_KEY], handovers)
    assert third not in trusted([PUBLIC_KEY], handovers[1:])
