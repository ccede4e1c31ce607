"""What entities said, before the approval, of what the decision looks at: part of the publication, word for word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from marsad.ledger.canonical import Json

REPLIES = "replies.json"
SCHEMA = 1
CLEARED = "none"
"""The verdict on a channel of which a decision says nothing more."""


@dataclass(frozen=True)
class Reply:
    """What an entity says of a channel, or of itself where that is '', in which languages, and when, in UTC."""

    channel: str
    entity: str
    ar: str
    en: str
    at: str


def replies_to(decision: Mapping[str, Any], replies: Iterable[Reply]) -> dict[str, Json] | None:
    """Return the replies about whom a decision looks at, as they are published, None where there are none."""
    channels = {said["channel"] for one in decision["lists"] for said in one["channels"] if said["verdict"] != CLEARED}
    ends = decision.get("entities", [])
    entities = {said["entity"] for one in ends for said in one["entities"] if said["verdict"] != CLEARED}
    looked = (one for one in replies if (one.channel in channels if one.channel else one.entity in entities))
    kept = sorted(looked, key=lambda one: (one.channel, one.entity))
    return {"schema": SCHEMA, "replies": [asdict(one) for one in kept]} if kept else None


def replies_in(said: Json) -> dict[tuple[str, str], Reply]:
    """Return the replies of a publication by entity and channel; raises KeyError or TypeError where it is no such file."""
    found = (Reply(**{name: str(one[name]) for name in Reply.__dataclass_fields__}) for one in said["replies"])
    return {(one.entity, one.channel): one for one in found}
