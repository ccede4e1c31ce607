"""The folder of the signing key: the key in use, the retired ones, their words for the next, and what was declared lost."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from marsad.core.problem import Problem, Sentence
from marsad.ledger.canonical import FormError, Json, canonical
from marsad.ledger.keys import (
    Handover,
    Loss,
    content_of,
    declare_lost,
    hand_over,
    key_id,
    new_key,
    private_key,
    public_key,
    public_keys,
    raw,
)
from marsad.ledger.publication import read_handovers, read_losses

HANDOVERS, LOSSES = "handovers.json", "lost.json"
"""Beside the signing key: the words of old keys for new ones, oldest first, and the declarations of lost keys."""
Read = TypeVar("Read")


@dataclass(frozen=True)
class Keyring:
    """The keys of a publisher; `path` is the file of the one that signs."""

    path: Path

    @property
    def key(self) -> Ed25519PrivateKey:
        """Return the key that signs; raises Problem."""
        return private_key(self.path)

    @property
    def handovers(self) -> tuple[Handover, ...]:
        """Return the words of old keys that led to the one that signs, oldest first; raises Problem."""
        return self.listed(HANDOVERS, read_handovers)

    @property
    def losses(self) -> tuple[Loss, ...]:
        """Return what was declared lost; raises Problem."""
        return self.listed(LOSSES, read_losses)

    def listed(self, name: str, read: Callable[[bytes], tuple[Read, ...]]) -> tuple[Read, ...]:
        """Return what a file beside the key lists, nothing where there is none; raises Problem."""
        path = self.path.with_name(name)
        try:
            return read(content_of(path)) if path.exists() else ()
        except FormError as error:
            raise Problem(str(error), file=path, remedy=Sentence("restore the file from a backup")) from None

    def refuse_unfit(self) -> None:
        """Raise Problem where nothing can be signed, or where the signing key was declared lost."""
        key = raw(self.key)
        if any(bytes.fromhex(loss.lost) == key for loss in self.losses):
            what = Sentence("key {key} was declared lost", key=key_id(key))
            raise Problem(what, file=self.path, remedy=Sentence("put the key back that declared it"))

    @property
    def public(self) -> tuple[bytes, ...]:
        """Return every public key there was, raw, the one that signs first, the others in the order of their names.

        On a machine that only shows what was signed, and has no key that signs, those that lie in the folder. Raises Problem.
        """
        signing = [raw(self.key)] if self.path.exists() else []
        handed_out = [key for path in sorted(self.path.parent.glob("public-*.pem")) for key in public_keys(path)]
        return tuple(dict.fromkeys([*signing, *handed_out]))

    def public_path(self, key: bytes) -> Path:
        """Return where a raw public key lies as PEM, to be handed out."""
        return self.path.with_name(f"public-{key_id(key)}.pem")

    def make(self) -> bytes:
        """Make the first signing key, with its public one beside it; return that, raw. Raises Problem where there is one."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = new_key(self.path)
        self.hand_out(key)
        return raw(key)

    def hand_over(self) -> bytes:
        """Have the signing key vouch for a new one, which takes its place; return that, raw and public. Raises Problem."""
        old = self.key
        return self.replaced(old, lambda new: self.write(HANDOVERS, [*self.handovers, hand_over(old, new)]))

    def lose(self, lost: bytes, *, number: int, fingerprint: str, at: str) -> Loss:
        """Declare a raw public key lost after a publication, by the signing key, or by a new one where that is the lost one."""
        if any(bytes.fromhex(loss.lost) == lost for loss in self.losses):
            what = Sentence("key {key} is declared lost already", key=key_id(lost))
            raise Problem(what, remedy=Sentence("see {file} beside the signing key", file=LOSSES))
        if not self.path.exists():
            self.make()
        elif raw(self.key) == lost:
            self.replaced(self.key, lambda new: None)
        loss = declare_lost(self.key, lost, number=number, fingerprint=fingerprint, at=at)
        self.write(LOSSES, [*map(asdict, (*self.losses, loss))])
        return loss

    def replaced(self, old: Ed25519PrivateKey, before: Callable[[bytes], None]) -> bytes:
        """Put a new key in the place of the signing key once something is done `before`; the old one is kept under another name.

        There is a signing key at every moment: a publication meanwhile is signed by the one or by the other.
        """
        unfinished = self.path.with_name(f".unfinished-{secrets.token_hex(6)}")
        key = new_key(unfinished)
        try:
            before(raw(key))
            self.hand_out(key)
            with suppress(FileExistsError):
                os.link(self.path, self.path.with_name(f"retired-{key_id(raw(old))}.pem"))
            os.replace(unfinished, self.path)
        finally:
            unfinished.unlink(missing_ok=True)
        return raw(key)

    def hand_out(self, key: Ed25519PrivateKey) -> None:
        """Write a public key where it is found."""
        self.public_path(raw(key)).write_bytes(public_key(key))

    def write(self, name: str, entries: list[Json]) -> None:
        """Write a list beside the key, whole or not at all."""
        path = self.path.with_name(name)
        unfinished = path.with_name(f".{name}")
        unfinished.write_bytes(canonical(entries))
        os.replace(unfinished, path)
