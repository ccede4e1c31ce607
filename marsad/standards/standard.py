"""What a standard is: a rating scheme with its words, its questions and its identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marsad.core.scheme import Scheme


@dataclass(frozen=True)
class Text:
    """One text in Arabic and English."""

    ar: str
    en: str

    def __getitem__(self, language: str) -> str:
        """Return the text in a language, `ar` or `en`."""
        return {"ar": self.ar, "en": self.en}[language]


@dataclass(frozen=True)
class Item:
    """One question of an instrument: what is asked, what to look for, and the answers in order from worst to best.

    `answers` are the maturity levels, choices or anchors; empty where the answer is a plain number.
    """

    code: str
    source: str
    ask: Text
    look_for: Text | None = None
    answers: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Standard:
    """A versioned rating standard. `digest` is the SHA-256 of its file and its instruments, as hexadecimal.

    `labels` names nodes and indicators, `rules` limiters, requirements, adjustments and alternatives by code, `bands` the stars.
    """

    name: str
    version: str
    title: Text
    summary: Text
    sources: tuple[str, ...]
    scheme: Scheme
    labels: Mapping[str, Text]
    rules: Mapping[str, Text]
    bands: Mapping[float, Text]
    kinds: Mapping[str, Text]
    items: Mapping[str, Item]
    digest: str

    @property
    def identity(self) -> str:
        """Return the name that results carry: `name@version`."""
        return f"{self.name}@{self.version}"
