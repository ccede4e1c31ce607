"""What entities said, before the approval, of channels that the decision looks at: part of the publication, word for word."""

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
    """What an entity says of a channel, '' in a language in which it says nothing, and when, in UTC."""

    channel: str
    entity: str
    ar: str
    en: str
    at: str


def replies_to(decision: Mapping[str, Any], replies: Iterable[Reply]) -> dict[str, Json] | None:
    """Return the replies about channels that a decision looks at, as they are published, None where there are none."""
    looked = {channel["channel"] for one in decision["lists"] for channel in one["channels"] if channel["verdict"] != CLEARED}
    kept = sorted((one for one in replies if one.channel in looked), key=lambda one: one.channel)
    return {"schema": SCHEMA, "replies": [asdict(one) for one in kept]} if kept else None


def replies_in(said: Json) -> dict[str, Reply]:
    """Return the replies of a publication by channel; raises KeyError or TypeError where it is no such file."""
    return {one["channel"]: Reply(**{name: str(one[name]) for name in Reply.__dataclass_fields__}) for one in said["replies"]}
