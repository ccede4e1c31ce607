"""The files that a story begins with: the catalogue, a standard, the answers of customers and the findings of shoppers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

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
