"""A small cycle: ports and land offices of two kinds, asked after by customers, visited by shoppers, one of them in breach."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from marsad.catalogue.cards import ChannelCard, EntityCard
from marsad.catalogue.merge import tidied
from marsad.catalogue.write import put
from marsad.lake.rows import Coded, Rows, make_rows
from marsad.ratings import actions
from marsad.ratings.confirming import drawn_for
from marsad.ratings.models import Cycle, Publication, Run
from marsad.ratings.running import perform
from tests import world
from tests.small_standard import breach, indicator, kind, node, standard_text, words

CODE = "2026-1"
OPENS = date(2026, 1, 1)
SEEN = datetime(2026, 2, 1, 9, tzinfo=UTC)
NOW = world.NOW
CENTRES, APPS = 15, 10

ASKED = {"parent": "voice", "source": "survey", "scale": (1, 5), "sd": 1.0}
STANDARD = standard_text(
    "small",
    words("معيار صغير", "A small standard"),
    kind=[kind("service-centre", "مركز خدمة", "Service centre"), kind("app", "تطبيق", "App")],
    node=[
        node("overall", "الكل", "Overall"),
        node("voice", "الرأي", "Voice", parent="overall", weight=0.6, error_correlation=0.5),
        node("visit", "الزيارة", "Visit", parent="overall", weight=0.4),
    ],
    indicator=[
        indicator("happy", "السعادة", "Happy", **ASKED),
        indicator("clear", "الوضوح", "Clear", **ASKED),
        indicator("queue", "الطابور", "Queue", parent="visit", source="visit", scale=(0, 10), sd=2.0),
    ],
    limiter=[breach("breach-cap")],
    naming={"k": 2, "minimum_channels": 5},
)


def write_standard(folder: Path, text: str = STANDARD) -> Path:
    """Write the standard."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def codes() -> list[str]:
    """Return the codes of all channels: the first five centres are ports, the others land offices."""
    return [f"centre-{number:02d}" for number in range(CENTRES)] + [f"app-{number:02d}" for number in range(APPS)]


def catalogue() -> None:
    """Put the entities and channels into the catalogue."""
    put(
        "entity",
        [
            EntityCard(code=world.PORT, name_ar="هيئة الموانئ", name_en="Port Authority"),
            EntityCard(code=world.LAND, name_ar="دائرة الأراضي", name_en="Land Department"),
        ],
    )
    cards = []
    for place, code in enumerate(codes()):
        kind = "service-centre" if code.startswith("centre") else "app"
        entity = world.PORT if place % 3 == 0 else world.LAND
        cards.append(
            tidied(ChannelCard(code=code, name_ar=f"القناة {place}", name_en=f"Channel {place}", entity=entity, kind=kind))
        )
    put("channel", cards)


def answers(*, cycle: str = CODE, each: int = 30, seed: int = 1, channels: list[str] | None = None) -> Rows:
    """Return customers' answers on every channel; the later ones in the list are better."""
    names = channels or codes()
    generator = np.random.default_rng(seed)
    subject = np.repeat(np.arange(len(names)), each * 2)
    indicator = np.tile(np.repeat([0, 1], each), len(names))
    quality = 2.5 + 2 * (subject % 15) / 15
    values = np.clip(np.rint(quality + generator.normal(0, 0.8, subject.size)), 1, 5)
    return make_rows(
        {
            "cycle": cycle,
            "subject": Coded(subject, names),
            "indicator": Coded(indicator, ["happy", "clear"]),
            "value": values,
            "at": np.datetime64(SEEN.replace(tzinfo=None), "us") + np.arange(subject.size) * 1_000_000,
            "source": "survey",
            "respondent": [f"p{number}" for number in range(subject.size)],
        }
    )


def visits(folder: Path, *, shift: float = 0.0) -> Path:
    """Write what shoppers found, six visits to each channel, as a file."""
    lines = ["channel,indicator,value,at,rater"]
    for place, code in enumerate(codes()):
        for visit in range(6):
            value = min(10.0, max(0.0, 4 + 4 * (place % 15) / 15 + visit / 4 + shift))
            lines.append(f"{code},queue,{value:.2f},{(SEEN + timedelta(days=visit)).isoformat()},s{visit}")
    path = folder / "visits.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def announced(folder: Path, *, code: str = CODE, text: str = STANDARD, **more) -> Cycle:
    """Return a cycle that Aisha announced and that covers every channel; a draft."""
    standard = str(write_standard(folder / "standards-in", text))
    facts = {"by": world.aisha(), "at": NOW}
    cycle = actions.announce_cycle(
        code=code,
        title_ar="الدورة الأولى",
        title_en="The first cycle",
        standard=standard,
        opens_on=OPENS,
        **{"draws": 400, "seed": 7} | more,
        **facts,
    )
    actions.cover(cycle=cycle, kinds=["service-centre", "app"], facts={"centre-04": {"breach": "yes"}}, **facts)
    return cycle


def opened(folder: Path, **more) -> Cycle:
    """Return an open cycle with answers and visits."""
    cycle = announced(folder, **more)
    cycle = actions.move_cycle(by=world.aisha(), cycle=cycle, verb="open", at=NOW)
    actions.take_evidence(
        by=world.aisha(), cycle=cycle, at=NOW, brought=actions.Brought(rows=answers(cycle=cycle.code), file_name="answers")
    )
    actions.take_evidence(by=world.aisha(), cycle=cycle, at=NOW, brought=actions.Brought(path=visits(folder), source="visit"))
    return cycle


def rated(cycle: Cycle) -> Run:
    """Return the finished run of a cycle as it is now."""
    run = actions.ask_for_run(by=world.aisha(), cycle=cycle, at=NOW)
    return perform(run.code)


def moved(cycle: Cycle, *verbs: str) -> Cycle:
    """Return a cycle after Aisha's moves."""
    for verb in verbs:
        cycle = actions.move_cycle(by=world.aisha(), cycle=cycle, verb=verb, at=NOW)
    return cycle


def approved(cycle: Cycle) -> Cycle:
    """Return an open cycle after the way to Huda's approval."""
    cycle = moved(cycle, "lock", "moderate", "hear")
    rated(cycle)
    return actions.approve(by=world.huda(), cycle=cycle, at=NOW)


def published(cycle: Cycle) -> Publication:
    """Return the publication of an open cycle."""
    return actions.publish_cycle(by=world.aisha(), cycle=approved(cycle), at=NOW)


def confirmed(cycle: Cycle, folder: Path) -> list[actions.Took]:
    """Take in a second wave on everybody who is drawn: as many answers and visits as the first brought, by other people."""
    drawn = set(drawn_for(cycle).values_list("channel__code", flat=True))
    rows = answers(channels=[code for code in codes() if code in drawn], seed=9, cycle=cycle.code)
    lines = visits(folder).read_text(encoding="utf-8").splitlines()
    path = folder / "again.csv"
    path.write_text("\n".join([lines[0], *(line for line in lines[1:] if line.split(",")[0] in drawn)]) + "\n", encoding="utf-8")
    return [
        actions.confirm_evidence(by=world.aisha(), cycle=cycle, at=NOW, brought=brought)
        for brought in (actions.Brought(rows=rows), actions.Brought(path=path, source="visit"))
    ]


def second_wave_corrected(cycle: Cycle, code: str) -> actions.Brought:
    """Return the answers of that second wave with those on one channel corrected by one step of their scale."""
    drawn = set(drawn_for(cycle).values_list("channel__code", flat=True))
    rows = answers(channels=[code for code in codes() if code in drawn], seed=9, cycle=cycle.code)
    value = np.where(rows.text("subject") == code, np.minimum(rows.numbers["value"] + 1, 5), rows.numbers["value"])
    return actions.Brought(rows=replace(rows, numbers={**rows.numbers, "value": value}))


def published_after_confirmation(cycle: Cycle, folder: Path) -> Publication:
    """Return the publication of an open cycle that names channels by a second wave."""
    cycle = moved(cycle, "lock")
    rated(cycle)
    actions.draw_round(by=world.aisha(), cycle=cycle, at=NOW)
    confirmed(cycle, folder)
    moved(cycle, "moderate", "hear")
    rated(cycle)
    cycle = actions.approve(by=world.huda(), cycle=Cycle.objects.get(pk=cycle.pk), at=NOW)
    return actions.publish_cycle(by=world.aisha(), cycle=cycle, at=NOW)
