"""Results frozen, hashed, signed and chained, and checked again by anybody, offline, with nothing but the bundle and a key."""

from marsad.ledger.bundle import AUDITOR, PUBLIC, write_bundle
from marsad.ledger.decision import Approval
from marsad.ledger.freeze import Frozen, Meta, freeze
from marsad.ledger.keys import hand_over, key_id, new_key, private_key, public_key, public_keys
from marsad.ledger.proof import channel_proof, check_proof
from marsad.ledger.replies import Reply
from marsad.ledger.seals import Report, Seal
from marsad.ledger.source import StandardSource, read_standard
from marsad.ledger.verify import verify

__all__ = [
    "AUDITOR",
    "PUBLIC",
    "Approval",
    "Frozen",
    "Meta",
    "Reply",
    "Report",
    "Seal",
    "StandardSource",
    "channel_proof",
    "check_proof",
    "freeze",
    "hand_over",
    "key_id",
    "new_key",
    "private_key",
    "public_key",
    "public_keys",
    "read_standard",
    "verify",
    "write_bundle",
]
