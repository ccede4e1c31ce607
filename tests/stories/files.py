"""The files that a story begins with: the catalogue, the answers of customers, and what shoppers and assessors found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from marsad.core.scheme import Indicator
from marsad.standards import load
from tests.ratings import build
from tests.world import LAND, PORT

ENTITIES = f"code,name_ar,name_en\n{PORT},هيئة الموانئ,Port Authority\n{LAND},دائرة الأراضي,Land Department\n"
EACH = 12
ANSWERED, VISITED = 2 * EACH * (build.CENTRES + build.APPS), 6 * (build.CENTRES + build.APPS)
"""How many rows there are of each."""


def entity_of(code: str) -> str:
    """Return whose channel it is: every third is of the Port Authority."""
    return LAND if build.codes().index(code) % 3 else PORT


def catalogue(folder: Path) -> Path:
    """Write the files of the catalogue into a folder of their own."""
    folder = folder / "catalogue"
    folder.mkdir()
    (folder / "entities.csv").write_text(ENTITIES, encoding="utf-8")
    lines = ["code,name_ar,name_en,entity,kind"]
    for place, code in enumerate(build.codes()):
        kind = "service-centre" if code.startswith("centre") else "app"
        lines.append(f"{code},القناة {place},Channel {place},{entity_of(code)},{kind}")
    (folder / "channels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def answers(folder: Path, entity: str = "") -> Path:
    """Write what customers answered on the channels of an entity, or on all."""
    lines = ["channel,indicator,value,at,respondent"]
    for place, code in enumerate(build.codes()):
        for number in range(2 * EACH):
            at, value = build.SEEN + timedelta(minutes=number), 2 + (place + number // 2) % 4
            if entity in ("", entity_of(code)):
                lines.append(f"{code},{('happy', 'clear')[number % 2]},{value},{at.isoformat()},p{place}-{number}")
    path = folder / f"answers{entity}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def facts(folder: Path) -> Path:
    """Write what is stated of channels: one of them is in breach, which caps its star at 2."""
    path = folder / "facts.csv"
    path.write_text("channel,breach\ncentre-04,yes\n", encoding="utf-8")
    return path


TIMES = {"survey": 30, "meter": 30, "visit": 2, "assessment": 2}
"""How often each question of a source is answered on a channel."""
CUSTOMERS, PROGRAMME = ("survey", "meter"), ("visit", "assessment")


def findings(folder: Path, standard: str, sources: tuple[str, ...], entity: str = "") -> Path:
    """Write all that a shipped standard asks of some sources, on the channels of an entity or on all."""
    lines = ["channel,indicator,value,at,source,respondent,rater"]
    asked = [one for one in load(standard).scheme.indicators if one.source in sources]
    for place, code in enumerate(build.codes()):
        if entity in ("", entity_of(code)):
            lines += [f"{code},{line}" for one in asked for line in answered(one, place)]
    path = folder / f"{'-'.join((*sources, entity))}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def answered(asked: Indicator, place: int) -> Iterator[str]:
    """Yield what everybody answered to one question on one channel."""
    low, high = map(int, asked.scale or (0, 1))
    for number in range(TIMES[asked.source]):
        at = (build.SEEN + timedelta(minutes=number)).isoformat()
        who = f"p{place}-{number}," if asked.source in CUSTOMERS else f",a{number}"
        yield f"{asked.code},{low + (place + number) % (high - low + 1)},{at},{asked.source},{who}"
