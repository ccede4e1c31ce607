"""Merkle trees with the hashing of RFC 6962: one hash for many rows, and a short proof that a row is among them."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

Hash = bytes
EMPTY = sha256(b"").digest()


def leaf(row: bytes) -> Hash:
    """Return the hash of a row."""
    return sha256(b"\0" + row).digest()


def node(left: Hash, right: Hash) -> Hash:
    """Return the hash of two hashes."""
    return sha256(b"\1" + left + right).digest()


@dataclass(frozen=True)
class Tree:
    """All levels of a tree, its leaves first and its root last."""

    levels: tuple[tuple[Hash, ...], ...]

    @property
    def root(self) -> Hash:
        """Return the hash of all rows; that of nothing where there are none."""
        return self.levels[-1][0] if self.levels[-1] else EMPTY

    @property
    def size(self) -> int:
        """Return how many rows there are."""
        return len(self.levels[0])

    def path(self, index: int) -> list[Hash]:
        """Return the hashes that lead from a row to the root."""
        found = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                found.append(level[index ^ 1])
            index >>= 1
        return found


def tree(leaves: Sequence[Hash]) -> Tree:
    """Return the tree over the hashes of rows; a hash without a neighbour goes up a level as it is, as RFC 6962 has it."""
    levels = [tuple(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [sha256(b"\1" + left + right).digest() for left, right in zip(below[::2], below[1::2], strict=False)]
        levels.append((*pairs, below[-1]) if len(below) % 2 else tuple(pairs))
    return Tree(tuple(levels))


def tree_of(rows: Sequence[bytes], secret: bytes | None = None) -> Tree:
    """Return the tree over rows; with a secret every row has a salt of its own, so that no guess at a row can be checked."""
    if secret is None:
        return tree([sha256(b"\0" + row).digest() for row in rows])
    return tree([sha256(b"\0" + salt + row).digest() for salt, row in zip(row_salts(secret, len(rows)), rows, strict=True)])


def row_salts(secret: bytes, count: int) -> Iterator[bytes]:
    """Yield the salts of so many rows, from the first on: HMAC as RFC 2104 has it, its two beginnings hashed once."""
    padded = secret.ljust(sha256().block_size, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))
    inner.update(b"row")
    for place in range(count):
        within, without = inner.copy(), outer.copy()
        within.update(place.to_bytes(8, "big"))
        without.update(within.digest())
        yield without.digest()


def row_salt(secret: bytes, place: int) -> bytes:
    """Return the salt of a row."""
    return hmac.digest(secret, b"row" + place.to_bytes(8, "big"), "sha256")


def leads_to(root: Hash, size: int, index: int, hashed: Hash, path: Sequence[Hash]) -> bool:
    """Whether a path leads from a row's hash at a place to the root of so many rows (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    last = size - 1
    for step in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            hashed = node(step, hashed)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            hashed = node(hashed, step)
        index, last = index >> 1, last >> 1
    return last == 0 and hashed == root
