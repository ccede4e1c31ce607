"""A small country, rated and frozen: ports asked after, visited and assessed, one of them with a cell of three answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from marsad.core.evidence import Evidence
from marsad.core.lists import first_lists
from marsad.core.posterior import Settings
from marsad.core.rating import Rating, rate
from marsad.core.second import Wave, draw_round
from marsad.ledger import Frozen, Meta, StandardSource, freeze, read_standard, write_bundle
from marsad.ledger.keys import raw
from marsad.standards import Text
from tests.small_standard import breach, indicator, node, standard_text, words

VISITED = {"parent": "visit", "source": "visit", "scale": (0, 10), "sd": 2.0}
STANDARD = standard_text(
    "ports",
    words("الموانئ", "Ports"),
    node=[
        node("overall", "الكل", "Overall"),
        node("voice", "الرأي", "Voice", parent="overall", weight=0.5, error_correlation=0.5),
        node("visit", "الزيارة", "Visit", parent="overall", weight=0.3),
        node("assessed", "التقييم", "Assessed", parent="overall", weight=0.2),
    ],
    instrument=[
        {
            "file": "ports/voice.toml",
            "source": "survey",
            "each": {"scale": [1, 5], "sd": 1.0, "normalise": {"method": "goalposts", "worst": 1, "best": 5}},
        }
    ],
    indicator=[
        indicator("queue", "الطابور", "Queue", **VISITED),
        indicator("desk", "المكتب", "Desk", **VISITED),
        indicator(
            "signs",
            "اللافتات",
            "Signs",
            parent="assessed",
            source="assessment",
            scale=(1, 4),
            sd=0.6,
            normalise={"method": "levels", "points": [0, 33, 67, 100]},
        ),
    ],
    limiter=[breach()],
    bands=[{"star": 2, "below": 50}, {"star": 3, "from": 50, "below": 70}, {"star": 4, "from": 70}],
    naming={"k": 2},
)

VOICE = "".join(
    f'[[item]]\ncode = "{code}"\nnode = "voice"\nask = {{ ar = "{ar}", en = "{code}" }}\n'
    for code, ar in (("happy", "السعادة"), ("clear", "الوضوح"), ("quick", "السرعة"))
)
SETTINGS = Settings(seed=3, draws=400)
SECRET = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
PUBLIC_KEY, OTHER_KEY = raw(KEY), raw(OTHER)
SMALL = ("p-03", "happy")
"""The channel and the question with three answers."""


def write_standard(folder: Path, text: str = STANDARD) -> Path:
    """Write the standard and its instrument."""
    (folder / "ports").mkdir(parents=True, exist_ok=True)
    (folder / "ports/voice.toml").write_text(VOICE, encoding="utf-8")
    path = folder / "ports.toml"
    path.write_text(text, encoding="utf-8")
    return path


def evidence(channels: int = 12, *, seed: int = 1) -> Evidence:
    """Return ports, the third of which three people answered one question about."""
    generator = np.random.default_rng(seed)
    shape = (channels, 6)
    low, high = np.array([0, 0, 1, 1, 1, 1.0]), np.array([10, 10, 4, 5, 5, 5.0])
    values = np.round(
        low + (high - low) * np.clip(generator.normal(0.6, 0.15, (channels, 1)) + generator.normal(0, 0.1, shape), 0, 1), 3
    )
    n = np.tile([12.0, 12.0, 2.0, 40.0, 41.0, 42.0], (channels, 1))
    if channels > 2:
        n[2, 3], values[2, 3] = 3.0, 2.333333333333333
    values[channels - 1, 4] = np.nan
    sd = np.array([2.0, 2.0, 0.6, 1.0, 1.0, 1.0])
    return Evidence(
        channels=np.array([f"p-{place + 1:02d}" for place in range(channels)]),
        values=values,
        se=np.where(np.isnan(values), np.nan, sd / np.sqrt(n)),
        n=n,
        raters=np.where(np.arange(6) < 3, 2.0, np.nan) * np.ones(shape),
        attributes={"kind": np.full(channels, ""), "breach": np.where(np.arange(channels) == 4, "yes", "no")},
    )


@dataclass(frozen=True)
class Made:
    """A rating with what it takes to freeze it."""

    rating: Rating
    source: StandardSource

    def freeze(self, *, number: int = 1, previous: str | None = None, rows=None, identity: str = "", **more) -> Frozen:
        meta = Meta(
            identity=identity or f"ports-{number}",
            cycle="2026",
            title=Text(ar="نتائج الموانئ", en="Results of the ports"),
            at="2026-11-21T08:00:00Z",
            settings=SETTINGS,
            number=number,
            previous=previous,
        )
        second = {name: more.pop(name) for name in ("wave", "wave_rows") if name in more}
        return freeze(self.rating, self.source, replace(meta, **more), secret=SECRET, rows=rows, **second)


def made(folder: Path, known: Evidence | None = None, text: str = STANDARD) -> Made:
    """Rate the ports."""
    source = read_standard(str(write_standard(folder / "standards", text)))
    return Made(rate(source.standard.scheme, evidence() if known is None else known, SETTINGS), source)


def bundle(target: Path, frozen: Frozen, *, key: Ed25519PrivateKey = KEY, audience: str = "public", handovers=()) -> Path:
    """Sign and write."""
    return write_bundle(target, frozen, frozen.sign(key, handovers), audience=audience)


def second_wave(rating: Rating, *, few: str = "") -> Wave:
    """Return new evidence on all who are drawn, a little harsher on everybody; of `few` three people answered one question."""
    drawn = draw_round(first_lists(rating, SETTINGS), rating.tree.scheme.naming, rating.rated.size, SETTINGS.seed)
    again, old = drawn.drawn[:, None], rating.evidence
    values = np.where(np.isnan(old.values), np.nanmean(old.values, axis=0), old.values) - 0.1
    n = np.tile([12.0, 12.0, 2.0, 200.0, 200.0, 200.0], (rating.rated.size, 1))
    if few:
        n[old.channels.tolist().index(few), 3] = 3.0
    se = np.array([2.0, 2.0, 0.6, 1.0, 1.0, 1.0]) / np.sqrt(n)
    tables = {"values": values, "se": se, "n": n, "raters": np.where(np.arange(6) < 3, 3.0, np.nan) * np.ones(n.shape)}
    return Wave(replace(old, **{name: np.where(again, table, np.nan) for name, table in tables.items()}), drawn)
