"""Merkle trees: the published roots of RFC 6962's test tree, and proofs that prove nothing else."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marsad.ledger.merkle import leads_to, leaf, row_salt, row_salts, tree_of

few = settings(max_examples=150, deadline=None, derandomize=True)
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The tree of Certificate Transparency's own reference tests, after 1 to 8 of its leaves."""

rows = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def twin(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word."""
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + twin(leaves[:k]) + twin(leaves[k:])).digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(count):
    assert tree_of(INPUTS[:count]).root.hex() == ROOTS[count - 1]


def test_no_rows_have_the_hash_of_nothing():
    assert tree_of([]).root == sha256(b"").digest()


@few
@given(rows)
def test_the_root_is_that_of_the_definition(leaves):
    assert tree_of(leaves).root == twin(leaves)


@few
@given(rows, st.integers(0, 39), st.binary(max_size=8))
def test_a_path_proves_its_row_at_its_place_and_no_other(leaves, index, other):
    index %= len(leaves)
    tree = tree_of(leaves)
    path = tree.path(index)
    assert leads_to(tree.root, tree.size, index, leaf(leaves[index]), path)
    if other != leaves[index]:
        assert not leads_to(tree.root, tree.size, index, leaf(other), path)
    assert not leads_to(tree.root, tree.size, index + 1, leaf(leaves[index]), path) or leaves[index] in leaves[index + 1 :]
    assert not leads_to(tree.root, tree.size, index, leaf(leaves[index]), [*path, path[0] if path else b"x" * 32])
    assert not path or not leads_to(tree.root, tree.size, index, leaf(leaves[index]), path[:-1])


def test_with_a_secret_equal_rows_have_different_leaves():
    secret = b"s" * 32
    assert tree_of([b"same", b"same"], secret).levels[0] == tuple(leaf(row_salt(secret, place) + b"same") for place in (0, 1))
    assert len(set(tree_of([b"same", b"same"], secret).levels[0])) == 2


def test_the_salts_of_all_rows_are_those_of_each():
    secret = bytes(range(32))
    assert list(row_salts(secret, 300)) == [row_salt(secret, place) for place in range(300)]
