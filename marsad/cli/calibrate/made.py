"""Cycles of made nations: run one after the other, each line said as soon as its nation is done."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

import numpy as np
from tqdm import tqdm

from marsad.cli.calibrate.found import APART, JOINT, Found, head, line, models
from marsad.core.calibration import Trial, curve_of, pooled_stars, summary, trial
from marsad.core.nations import NATIONS, Recipe, larger
from marsad.core.posterior import Settings

SHOWN = {
    "coverage": "coverage",
    "width": "width",
    "confirmed": "confirmed",
    "named": "named",
    "recall": "recall",
    "truly_worst": "worst k",
    "in_tail": "worst 5 %",
    "wrong_dismissals": "wrong",
    "star_error": "star error",
    "regret": "regret",
    "entities_named": "entities",
    "entities_truly_worst": "worst k",
}
"""The columns on the terminal."""


def tried(options: argparse.Namespace) -> Found:
    """Run the cycles that are asked for."""
    nations, asked = options.nations or tuple(NATIONS), models(options.model)
    rows, stars = [], []
    with tqdm(total=len(nations) * len(asked) * options.runs, desc="trying", unit=" cycles", delay=2, leave=False) as bar:
        bar.write(head("nation", SHOWN))
        for nation in nations:
            recipe = larger(NATIONS[nation], options.channels) if options.channels else NATIONS[nation]
            for model in asked:
                trials = cycles(recipe, model, options, bar)
                rows.append({"nation": nation, "model": model, **asdict(summary(trials))})
                stars += [{"nation": nation, "model": model, **part} for part in curve(trials)]
                bar.write(line(nation, rows[-1], SHOWN))
    count = len(nations) * options.runs
    said = f"{count} cycle{'s' * (count > 1)} of {len(nations)} made nation{'s' * (len(nations) > 1)}"
    return Found(rows, said, stars=stars)


def cycles(recipe: Recipe, model: str, options: argparse.Namespace, bar: Any) -> list[Trial]:
    """Return the cycles of one nation by one model."""
    found = []
    for number in range(options.runs):
        settings = Settings(seed=APART * (options.seed + number), draws=options.draws)
        found.append(trial(recipe, settings, joint=model == JOINT))
        bar.update(1)
    return found


def curve(trials: list[Trial]) -> list[dict[str, Any]]:
    """Return how often published stars held, by bins of their chance that hold any."""
    found = curve_of(*pooled_stars(trials))
    return [
        {"promised": float(found.promised[place]), "held": float(found.held[place]), "stars": int(found.count[place])}
        for place in np.flatnonzero(found.count)
    ]
