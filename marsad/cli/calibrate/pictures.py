"""The pictures of a calibration, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from marsad.cli.calibrate.found import JOINT, Found, give_or_take

if TYPE_CHECKING:
    from marsad.web.charts.calibration import Covered, Kept

LANGUAGES = ("ar", "en")
HALVES = "halves"


def write_pictures(folder: Path, found: Found) -> None:
    """Draw how often intervals held, and of made nations how often stars did."""
    from marsad.config import start  # Django takes a while, and only pictures need it

    start()
    from marsad.web.charts.calibration import covered, stars

    for language in LANGUAGES:
        drawn = covered(held_of(found), language=language)
        (folder / f"coverage.{language}.svg").write_text(drawn.alone(), encoding="utf-8")
        if found.stars:
            (folder / f"stars.{language}.svg").write_text(stars(kept(found), language=language).alone(), encoding="utf-8")


def held_of(found: Found) -> list[Covered]:
    """Return how often the intervals of every row held."""
    from marsad.web.charts import Interval
    from marsad.web.charts.calibration import Covered

    promised = []
    for row in found.rows:
        low, high = give_or_take(row)
        held = Interval(100 * row["coverage"], 100 * low, 100 * high)
        promised.append(Covered(row.get("nation", HALVES), row["model"], held, row["width"]))
    return promised


def kept(found: Found) -> list[Kept]:
    """Return how often stars held in all nations together, by the joint model where it was tried."""
    from marsad.core.calibration import BINS
    from marsad.web.charts.calibration import Kept

    tried = {row["model"] for row in found.stars}
    rows = [row for row in found.stars if row["model"] == (JOINT if JOINT in tried else row["model"])]
    pooled = []
    for place in range(BINS):
        inside = [row for row in rows if min(int(row["promised"] * BINS), BINS - 1) == place]
        count = sum(row["stars"] for row in inside)
        if count:
            promised, held = (sum(row[name] * row["stars"] for row in inside) / count for name in ("promised", "held"))
            pooled.append(Kept(promised, held, count))
    return pooled
