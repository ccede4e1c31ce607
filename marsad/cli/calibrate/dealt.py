"""Real evidence dealt into halves, again and again."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from marsad.cli.calibrate.found import APART, JOINT, Found, head, line, models
from marsad.core.halves import agreement, compare, halved
from marsad.core.posterior import Settings
from marsad.lake.evidence import read_evidence
from marsad.lake.halves import read_halves
from marsad.standards import load

if TYPE_CHECKING:
    from marsad.core.evidence import Evidence
    from marsad.core.scheme import Scheme

ANSWERS, MEASURES = "answers", "measures"
SHOWN = {
    "channels": "channels",
    "coverage": "coverage",
    "width": "width",
    "alike": "alike",
    "reliability": "reliability",
    "worst_again": "worst again",
    "raw_place": "raw place",
    "shrunk_place": "shrunk place",
}
"""The columns on the terminal."""


def deal(options: argparse.Namespace) -> Found:
    """Deal the evidence as often as asked and compare the halves."""
    scheme = load(options.standard).scheme
    reading = read_evidence(options.file, scheme, id_column=options.id, kind=options.kind)
    for note in reading.notes:
        print(note)
    asked = models(options.model)
    found: dict[str, list] = {model: [] for model in asked}
    what = MEASURES
    with tqdm(total=len(asked) * options.runs, desc="dealing", unit=" deals", delay=2, leave=False) as bar:
        for number in range(options.runs):
            settings = Settings(seed=APART * (options.seed + number), draws=options.draws)
            what, pair = halves(options, scheme, reading.evidence, settings.seed)
            for model in asked:
                found[model].append(compare(*pair, settings, joint=model == JOINT))
                bar.update(1)
    rows = [{"dealt": what, "model": model, **asdict(agreement(deals))} for model, deals in found.items()]
    print(head("dealt", SHOWN))
    for row in rows:
        print(line(what, row, SHOWN))
    return Found(rows, f"{options.runs} deal{'s' * (options.runs > 1)} of {what} into halves", files=reading.files)


def halves(
    options: argparse.Namespace, scheme: Scheme, evidence: Evidence, seed: int
) -> tuple[str, tuple[Scheme, Evidence, Evidence]]:
    """Return what is dealt, answers where files hold nothing else, and two halves behind the standard to judge them by."""
    answers = read_halves(options.file, scheme, id_column=options.id, kind=options.kind, seed=seed)
    if answers:
        return ANSWERS, (scheme, *answers)
    return MEASURES, halved(scheme, evidence, np.random.default_rng([seed, *b"halves"]))
