"""In the cycle under way some answers to the meter come in on kiosks, uninvited; the kiosks that are pressed are found."""

import numpy as np
import pytest

from marsad.core.detectors import detect
from marsad.core.severity import Marks
from marsad.lake import queries
from marsad.lake.engines import DuckDB
from marsad.lake.ways import device_of, is_open

ENGINE = DuckDB(memory="1GB", threads=2)


@pytest.fixture(scope="module")
def sheets(nation, filled):
    """Answer sheets by source, channel, instrument and day, of the last published cycle and of the one under way."""
    from marsad.ratings.scrutiny import ends_of

    lake, imports = filled
    ends = ends_of(nation.standard.scheme)
    return {one: queries.sheets(ENGINE, lake, lake.version(imports[one]), one, ends, east=4 * 3600) for one in ("2025", "2026")}


def test_what_is_published_rests_on_invited_answers_and_the_cycle_under_way_has_kiosks_at_places(nation, sheets):
    assert not any(is_open(name) for name in sheets["2025"]["instrument"])
    found = sheets["2026"]
    uninvited = np.array([is_open(name) for name in found["instrument"]])
    assert set(found["source"][uninvited]) == {"meter"}
    assert {device_of(name) for name in found["instrument"][uninvited]} == {"kiosk-1", "kiosk-2"}
    kinds = {card.code: card.kind for card in nation.cards}
    assert {kinds[code] for code in found["subject"][uninvited]} <= {
        "service-centre", "smart-centre", "shared-centre", "outsourced-centre",
    }  # fmt: skip
    meter = found["source"] == "meter"
    assert 0.05 < found["n"][uninvited].sum() / found["n"][meter].sum() < 0.2


def test_the_kiosks_that_are_pressed_are_marked_and_hardly_anybody_else(nation, sheets):
    from marsad.ratings.scrutiny import days_by_source

    channels = np.array(sorted(card.code for card in nation.cards))
    nobody = Marks.of(*(np.empty(0, np.str_) for _ in range(3)), np.empty(0, np.intp), np.empty(0))
    marked = {cycle: detect(days_by_source(found, channels), {"visit": nobody}, channels) for cycle, found in sheets.items()}
    assert marked["2025"].marked.sum() <= 3
    quick = next(look for look in marked["2026"].looks if (look.kind, look.source) == ("quick", "meter"))
    pressed = np.argsort(-quick.surprise)[:3]
    assert marked["2026"].marked[pressed].all()
    assert (quick.seen[pressed] > 5 * np.maximum(quick.expected[pressed], 1)).all()
    assert marked["2026"].marked.sum() <= 3 + 3
