"""A chain of publications as linked seals: whole, or broken at the place where something was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import NAME, SMALL, Canvas, star_path, units
from marsad.web.charts.ink import BAD, GOOD, GROUND, INK, QUIET
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.words import isolated, say, say_count, wrapped
from marsad.web.texts import noop

STEP, REACH, MIDDLE = 78, 17, 24


class State(Enum):
    """Whether a publication is the one that was signed."""

    KEPT = noop("as it was signed")
    BROKEN = noop("not as it was signed")
    OPEN = noop("cannot be proved after the break")


COLOURS = {State.KEPT: GOOD, State.BROKEN: BAD, State.OPEN: QUIET}
SIGNS = {State.KEPT: "M-6 0L-2 5L7 -5", State.BROKEN: "M-5 -5L5 5M5 -5L-5 5", State.OPEN: "M-6 0H6"}


@dataclass(frozen=True)
class Seal:
    """A publication: its name, its date as text, its fingerprint, its state, and what is wrong in words where something is."""

    name: str
    date: str
    fingerprint: str
    state: State
    why: str = ""


def chain(seals: Sequence[Seal], *, language: str, width: float = WIDE) -> Picture:
    """Return the chain, the oldest publication first, every seal with its words; the link before a broken seal is open."""
    title = say("Chain of seals", language)
    columns = say("Publication", language), say("Signed on", language), say("Fingerprint", language), say("State", language)
    rows = tuple((seal.name, seal.date, seal.fingerprint, state_words(seal, language)) for seal in seals)
    table, sentence = Table(columns, rows), chain_sentence(seals, language)
    if not seals:
        return row_pictures.empty("seals", language=language, title=title, sentence=sentence, table=table, width=width)
    canvas = Canvas(language, width)
    for place, seal in enumerate(seals):
        middle = MIDDLE + place * STEP
        if place:
            whole = seal.state is State.KEPT and seals[place - 1].state is State.KEPT
            dash = "" if whole else "3 7"
            canvas.line(MIDDLE, middle - STEP + REACH, MIDDLE, middle - REACH, colour=COLOURS[seal.state], width=4, dash=dash)
        sealed(canvas, seal, middle)
    canvas.height = MIDDLE + (len(seals) - 1) * STEP + 44
    return Picture("seals", language, title, sentence, table, width, canvas.height, canvas.body())


def sealed(canvas: Canvas, seal: Seal, middle: float) -> None:
    """Draw one seal and write beside it what it seals."""
    colour, start = COLOURS[seal.state], 2 * MIDDLE + 12
    spot = f"{units(canvas.at(MIDDLE))} {units(middle)}"
    canvas.add(
        f'<path d="{star_path(16)}" transform="translate({spot}) scale({REACH + 3})" fill="{colour}"/>',
        f'<path d="{SIGNS[seal.state]}" transform="translate({spot})" fill="none" stroke="{GROUND}" stroke-width="2.5"/>',
    )
    room = canvas.width - start
    canvas.text(start, middle - 4, wrapped(seal.name, NAME, room, 1)[0], bold=True)
    canvas.text(start, middle + 15, wrapped(state_words(seal, canvas.language), NAME, room, 1)[0], colour=INK)
    canvas.text(start, middle + 33, f"{isolated(seal.date)} · {isolated(seal.fingerprint[:16])}", size=SMALL, colour=QUIET)


def state_words(seal: Seal, language: str) -> str:
    """Return the state of a seal in words, with the reason where there is one."""
    state = say(seal.state.value, language)
    return f"{state}: {seal.why}" if seal.why else state


def chain_sentence(seals: Sequence[Seal], language: str) -> str:
    """Return whether the chain is whole, or where it breaks."""
    if not seals:
        return say("Nothing has been published yet.", language)
    broken = next((seal for seal in seals if seal.state is not State.KEPT), None)
    if broken:
        return say("The chain breaks at {name}: what stands there is not what was signed.", language, name=broken.name)
    return say_count(
        "The chain is whole: {n} publication is as it was signed.",
        "The chain is whole: {n} publications are as they were signed.",
        len(seals),
        language,
    )
