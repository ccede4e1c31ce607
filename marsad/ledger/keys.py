"""Ed25519 keys: made, read, named, handed over from an old one to a new, and declared lost."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from marsad.core.problem import Problem
from marsad.ledger.canonical import canonical

RAW = 32
PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
Handover = Mapping[str, str]
"""An old key's word for a new one: `from` (the old key, raw, hexadecimal), `to` (the new one) and the old one's `signature`."""


@dataclass(frozen=True)
class Loss:
    """A key's word that another, `lost`, is in no trusted hands any more: what that one signed counts up to a publication alone.

    Keys and the signature are hexadecimal; `number` and `fingerprint` are those of the last true publication, 0 and '' where the
    lost key signed none.
    """

    lost: str
    by: str
    number: int
    fingerprint: str
    at: str
    signature: str

    @property
    def said(self) -> bytes:
        """Return what the declaring key signs; no publication and no handover reads like it."""
        return canonical({"lost-key": "marsad"} | {name: value for name, value in asdict(self).items() if name != "signature"})

    @property
    def is_signed(self) -> bool:
        """Whether the key that is said to declare it signed these very words."""
        return signed_by(bytes.fromhex(self.by), bytes.fromhex(self.signature), self.said)


def new_key(path: Path | str) -> Ed25519PrivateKey:
    """Make a private key and write it as PEM, readable by its owner alone; raises Problem where a file is there already."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Problem("there is a file already", file=path, remedy="name a new one: a key is never overwritten") from None
    except OSError as error:
        raise Problem(f"the key cannot be written: {error.strerror}", file=path, remedy="name another file") from None
    with os.fdopen(handle, "wb") as file:
        file.write(text)
    return key


def private_key(path: Path | str) -> Ed25519PrivateKey:
    """Return the private key in a PEM file; raises Problem."""
    content = content_of(path)
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Problem("this is not a private key in PEM without a password", file=path, remedy="name the signing key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Problem("this is not an Ed25519 key", file=path, remedy="make one for signing publications")
    return key


def public_key(key: Ed25519PrivateKey | Path | str) -> bytes:
    """Return the public key of a private one, or of its file, as PEM: what is handed out."""
    key = key if isinstance(key, Ed25519PrivateKey) else private_key(key)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def pem(key: bytes) -> bytes:
    """Return a raw public key as PEM."""
    return Ed25519PublicKey.from_public_bytes(key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_keys(path: Path | str) -> tuple[bytes, ...]:
    """Return every public key in a PEM file, raw; raises Problem where there is none, or a private one."""
    content = content_of(path)
    found = []
    for block in PEM.finditer(content):
        if b"PRIVATE" in block[1]:
            raise Problem("this is a private key", file=path, remedy="keep it secret, and give its public key here")
        try:
            key = load_pem_public_key(block[0])
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise Problem("this is not an Ed25519 public key", file=path, remedy="ask the publisher for theirs")
        found.append(raw(key))
    if not found:
        raise Problem("there is no public key in this file", file=path, remedy="name a PEM file: -----BEGIN PUBLIC KEY-----")
    return tuple(found)


def content_of(path: Path | str) -> bytes:
    """Return a small file's bytes; raises Problem."""
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError as error:
        raise Problem(f"the key cannot be read: {error.strerror}", file=path, remedy="mend its path or permissions") from None


def raw(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    """Return the 32 bytes of a public key."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(key: bytes) -> str:
    """Return the name of a raw public key: the first 16 hexadecimal digits of its SHA-256."""
    return sha256(key).hexdigest()[:16]


def signed_by(key: bytes, signature: bytes, content: bytes) -> bool:
    """Whether a signature over some bytes is that of a raw public key."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def hand_over(old: Ed25519PrivateKey, new: bytes) -> dict[str, str]:
    """Return the old key's word for a new raw public key, to stand beside every signature of the new one."""
    return {"from": raw(old).hex(), "to": new.hex(), "signature": old.sign(handover_bytes(raw(old), new)).hex()}


def handover_bytes(old: bytes, new: bytes) -> bytes:
    """Return what an old key signs for a new one; no publication reads like it."""
    return canonical({"handover": "marsad", "from": old.hex(), "to": new.hex()})


def declare_lost(by: Ed25519PrivateKey, lost: bytes, *, number: int, fingerprint: str, at: str) -> Loss:
    """Return a key's word that a raw public key is lost after a publication; `at` is when, in UTC."""
    loss = Loss(lost.hex(), raw(by).hex(), number, fingerprint, at, "")
    return replace(loss, signature=by.sign(loss.said).hex())


def believed(losses: Iterable[Loss], keys: Iterable[bytes], handovers: Sequence[Handover]) -> dict[bytes, Loss]:
    """Return the losses that a trusted key declared, by lost raw key; of several for one key the earliest counts."""
    known = trusted(keys, handovers)
    found: dict[bytes, Loss] = {}
    for loss in sorted(losses, key=lambda one: -one.number):
        if loss.by != loss.lost and bytes.fromhex(loss.by) in known and loss.is_signed:
            found[bytes.fromhex(loss.lost)] = loss
    return found


def trusted(keys: Iterable[bytes], handovers: Sequence[Handover]) -> frozenset[bytes]:
    """Return the keys given, and those that a trusted key has handed over to, in the order the handovers stand."""
    found = set(keys)
    for handover in handovers:
        old, new = (bytes.fromhex(handover[end]) for end in ("from", "to"))
        if old in found and signed_by(old, bytes.fromhex(handover["signature"]), handover_bytes(old, new)):
            found.add(new)
    return frozenset(found)
