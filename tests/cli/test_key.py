"""`marsad key`: a signing key is made, hands over, is lost and is stolen, and what `marsad verify` says of each."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from marsad.cli import main
from marsad.core.problem import Problem
from marsad.ledger import hand_over, write_bundle
from marsad.ledger.canonical import canonical
from marsad.ledger.keyring import Keyring
from marsad.ledger.keys import declare_lost, key_id, raw
from tests.ledger.build import OTHER, OTHER_KEY, Made, bundle, made


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a rating."""
    return made(tmp_path_factory.mktemp("ports"))


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """Return the folder of a publisher's keys, with the first one made."""
    path = tmp_path / "keys/signing.pem"
    monkeypatch.setenv("MARSAD_SIGNING_KEY", str(path))
    monkeypatch.delenv("MARSAD_SECRET_KEY", raising=False)
    assert main(["key", "new"]) == 0
    return Keyring(path)


class Publisher:
    """Publishes one after the other, each signed as the keys stand then."""

    def __init__(self, ports: Made, folder: Path) -> None:
        self.ports, self.folder = ports, folder
        self.bundles: list[Path] = []
        self.last: str | None = None

    def publish(self, ring: Keyring, **more) -> Path:
        """Publish the next."""
        frozen = self.ports.freeze(number=len(self.bundles) + 1, previous=self.last, **more)
        signature = frozen.sign(ring.key, ring.handovers, ring.losses)
        self.bundles.append(write_bundle(self.folder / f"ports-{len(self.bundles) + 1}.zip", frozen, signature))
        self.last = frozen.fingerprint
        return self.bundles[-1]


@pytest.fixture
def publisher(ports: Made, tmp_path: Path) -> Publisher:
    """Return a publisher who has not published."""
    return Publisher(ports, tmp_path)


def public(ring: Keyring) -> Path:
    """Return the public key of the one that signs."""
    return ring.path.with_name(f"public-{key_name(ring)}.pem")


def key_name(ring: Keyring) -> str:
    """Return the name of the key that signs."""
    return key_id(raw(ring.key))


def verified(capsys: pytest.CaptureFixture[str], bundle: Path, *keys: Path, lost: Path | None = None) -> tuple[int, str]:
    """Return the exit code of `marsad verify` and what it says of the signature."""
    capsys.readouterr()
    arguments = [str(bundle), *(word for key in keys for word in ("--key", str(key))), *(["--lost", str(lost)] if lost else [])]
    try:
        code = main(["verify", *arguments])
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    lines = capsys.readouterr().out.splitlines()
    return code, next(line.split("signature", 1)[1].strip() for line in lines if line[15:].startswith("signature"))


def test_a_new_key_is_private_and_its_public_key_lies_beside_it(ring, publisher, capsys):
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ring.path.parent.stat().st_mode) == 0o700
    assert verified(capsys, publisher.publish(ring), public(ring)) == (0, f"signed by key {key_name(ring)}, which was given.")
    assert main(["key", "new"]) == 2
    assert "a key is never overwritten" in capsys.readouterr().err


def test_after_a_handover_whoever_knows_any_earlier_key_can_check(ring, publisher, capsys):
    first, first_name = public(ring), key_name(ring)
    before = publisher.publish(ring)
    for _year in range(2):
        assert main(["key", "hand-over"]) == 0
    assert key_name(ring) != first_name
    after = publisher.publish(ring)
    said = f"signed by key {key_name(ring)}, handed over to by a key that was given: {first_name}."
    assert verified(capsys, after, first) == (0, said)
    assert verified(capsys, after, public(ring))[0] == 0
    assert verified(capsys, before, first)[0] == 0
    main(["key", "show"])
    shown = capsys.readouterr().out
    assert f"key {key_name(ring)} signs" in shown
    assert f"key {first_name} handed over to key " in shown
    assert stat.S_IMODE(ring.path.with_name(f"retired-{first_name}.pem").stat().st_mode) == 0o600


def test_a_lost_key_is_followed_by_a_new_one_that_must_be_announced(ring, publisher, capsys):
    old, old_name = public(ring), key_name(ring)
    last = publisher.publish(ring)
    ring.path.unlink()
    assert main(["key", "lost", str(old), "--after", str(last)]) == 0
    new_name = key_name(ring)
    assert f"key {old_name} is declared lost after publication 1, by key {new_name}" in capsys.readouterr().out
    after = publisher.publish(ring)
    code, said = verified(capsys, after, old)
    assert code == 1
    assert f"signed by key {new_name}, for which no key given vouches: {old_name}" in said
    assert f"its signer, key {new_name}, says that key {old_name} is lost after publication 1: ask the publisher" in said
    code, said = verified(capsys, after, public(ring))
    assert code == 0
    assert said == f"signed by key {new_name}, which was given; key {old_name} is lost after publication 1, says key {new_name}."
    assert verified(capsys, last, old, public(ring), lost=ring.path.with_name("lost.json"))[0] == 0


def test_what_a_thief_signs_with_a_stolen_key_is_found_by_the_declaration(ring, publisher, ports, tmp_path, capsys):
    old, old_name = public(ring), key_name(ring)
    last = publisher.publish(ring)
    stolen = ring.key
    assert main(["key", "lost", str(old), "--after", str(last)]) == 0
    declared, new_name = ring.path.with_name("lost.json"), key_name(ring)
    assert new_name != old_name
    second = write_bundle(tmp_path / "second.zip", *signed(ports.freeze(number=2, previous=publisher.last), stolen))
    other = write_bundle(tmp_path / "other.zip", *signed(ports.freeze(identity="another"), stolen))
    for forged in (second, other):
        assert verified(capsys, forged, old)[0] == 0
        code, said = verified(capsys, forged, old, public(ring), lost=declared)
        assert code == 1
        assert said.startswith(f"signed by key {old_name}, which key {new_name} declares lost after publication 1")
    assert verified(capsys, last, old, public(ring), lost=declared)[0] == 0


def test_a_stolen_key_hands_over_to_nobody(ring, publisher, ports, tmp_path, capsys):
    old = public(ring)
    last, stolen = publisher.publish(ring), ring.key
    main(["key", "lost", str(old), "--after", str(last)])
    frozen = ports.freeze(number=2, previous=publisher.last)
    forged = write_bundle(tmp_path / "forged.zip", frozen, frozen.sign(OTHER, [hand_over(stolen, OTHER_KEY)]))
    assert verified(capsys, forged, old)[0] == 0
    code, said = verified(capsys, forged, old, public(ring), lost=ring.path.with_name("lost.json"))
    assert code == 1
    assert "for which no key given vouches" in said


def test_a_thief_cannot_declare_the_true_key_lost_to_those_who_know_better(ring, publisher, tmp_path, capsys):
    published = publisher.publish(ring)
    words = vars(declare_lost(OTHER, raw(ring.key), number=0, fingerprint="", at="2026-11-21T08:00:00Z"))
    path = tmp_path / "lost.json"
    path.write_bytes(canonical([words]))
    assert verified(capsys, published, public(ring), lost=path)[0] == 0
    path.write_bytes(canonical([words | {"by": raw(ring.key).hex()}]))
    assert verified(capsys, published, public(ring), lost=path)[0] == 0


def test_a_retired_key_that_is_stolen_is_declared_by_the_one_that_signs(ring, publisher, capsys):
    old, old_name = public(ring), key_name(ring)
    last = publisher.publish(ring)
    main(["key", "hand-over"])
    name = key_name(ring)
    assert main(["key", "lost", str(old), "--after", str(last)]) == 0
    assert key_name(ring) == name
    assert main(["key", "lost", str(old), "--unused"]) == 2
    assert f"key {old_name} is declared lost already" in capsys.readouterr().err


def test_a_key_that_was_declared_lost_signs_nothing_more(ring, publisher):
    old, old_name = public(ring), key_name(ring)
    main(["key", "lost", str(old), "--unused"])
    ring.refuse_unfit()
    ring.path.with_name(f"retired-{old_name}.pem").replace(ring.path)
    with pytest.raises(Problem, match=f"key {old_name} was declared lost"):
        ring.refuse_unfit()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lost", "PUBLIC", "--after", "FOREIGN"], "this is no publication of key"),
        (["lost", "PRIVATE", "--unused"], "this is a private key"),
        (["lost", "PUBLIC", "--after", "nowhere.zip"], "no such bundle"),
    ],
)
def test_what_cannot_be_declared_is_refused_and_nothing_changes(ring, ports, tmp_path, capsys, arguments, sentence):
    foreign = bundle(tmp_path / "foreign.zip", ports.freeze())
    places = {"PUBLIC": public(ring), "PRIVATE": ring.path, "FOREIGN": foreign}
    before = {path.name: path.read_bytes() for path in ring.path.parent.iterdir()}
    assert main(["key", *(str(places.get(word, word)) for word in arguments)]) == 2
    assert sentence in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in ring.path.parent.iterdir()} == before


def test_a_file_of_declarations_that_is_none_is_refused(ring, publisher, tmp_path, capsys):
    (tmp_path / "lost.json").write_text("[{}]", encoding="utf-8")
    arguments = ["--key", str(public(ring)), "--lost", str(tmp_path / "lost.json")]
    assert main(["verify", str(publisher.publish(ring)), *arguments]) == 2
    assert "these are no declarations of lost keys" in capsys.readouterr().err


def signed(frozen, key):
    """Return what is to be written of a publication that a key signs."""
    return frozen, frozen.sign(key)
