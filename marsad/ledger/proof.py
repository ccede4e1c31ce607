"""One channel proves its own rows, showing nobody else's: each row with its path to a root that the publication signs for."""

from __future__ import annotations

from marsad.ledger.bundle import BundleFiles, content_of
from marsad.ledger.canonical import Json, parsed
from marsad.ledger.merkle import leads_to, leaf, row_salt, tree_of
from marsad.ledger.publication import PUBLICATION, SECRET, Publication, read_publication
from marsad.ledger.statistics import rows_of

SALT = 32
"""The bytes of a salt; were its length free, bytes could wander between salt and row."""


def secret_of(bundle: BundleFiles) -> bytes:
    """Return the secret in an auditor's bundle; raises FormError where it is not one."""
    return bytes.fromhex(str(parsed(content_of(bundle, SECRET, 1 << 10))["secret"]))


def channel_proof(bundle: BundleFiles, name: str, channel: str) -> Json:
    """Return the rows of a channel in a file that has a tree, each with its place, its salt if it has one, and its path."""
    publication = read_publication(content_of(bundle, PUBLICATION))
    secret = secret_of(bundle) if any(entry.name == name for entry in publication.sealed) else None
    rows = rows_of(content_of(bundle, name))
    tree = tree_of(rows, secret)
    mine = [place for place, row in enumerate(rows) if first_cell(row) == channel]
    return {
        "fingerprint": publication.fingerprint,
        "file": name,
        "channel": channel,
        "rows": [
            {
                "row": rows[place].decode(),
                "place": place,
                "salt": row_salt(secret, place).hex() if secret else "",
                "path": [step.hex() for step in tree.path(place)],
            }
            for place in mine
        ],
    }


def first_cell(row: bytes) -> str:
    """Return the first cell of a row of CSV."""
    text = row.decode()
    if not text.startswith('"'):
        return text.partition(",")[0]
    end = 1
    while text[end : end + 1] != '"' or text[end + 1 : end + 2] == '"':
        end += 2 if text[end] == '"' else 1
    return text[1:end].replace('""', '"')


def check_proof(proof: Json, publication: Publication) -> bool:
    """Whether every row of a proof is a row of the channel it names, in a file of this publication."""
    entry = publication.trees.get(proof["file"])
    if entry is None or proof["fingerprint"] != publication.fingerprint or not proof["rows"]:
        return False
    salt_size = SALT if any(sealed.name == proof["file"] for sealed in publication.sealed) else 0
    return all(
        len(bytes.fromhex(row["salt"])) == salt_size
        and first_cell(row["row"].encode()) == proof["channel"]
        and leads_to(
            bytes.fromhex(entry.root),
            entry.rows,
            row["place"],
            leaf(bytes.fromhex(row["salt"]) + row["row"].encode()),
            [bytes.fromhex(step) for step in row["path"]],
        )
        for row in proof["rows"]
    )
