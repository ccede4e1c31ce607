"""Answer sheets as the lake sums them are those that the core sums, on DuckDB and over Spark Connect alike."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.attacks import Aim, Sheets, by_staff, pressed
from marsad.core.traces import days_of
from marsad.lake import queries
from marsad.lake.cycle import evidence_table
from marsad.lake.rows import Coded, make_rows
from marsad.lake.store import Lake
from marsad.lake.ways import invited, is_open
from tests.lake.build import indicator, scheme
from tests.lake.evidence_made import NOW, answer, rows

pytestmark = pytest.mark.filterwarnings("ignore:::pyspark", "ignore:::ibis")
ENDS = {"clarity": (1.0, 5.0), "waiting": (60.0, 0.0), "solved": (0.0, 1.0)}
CHANNELS, DEVICES = ("c-1", "c-2", "c-3"), ("ask@1", "ask@1+open.kiosk-1")
EAST = 4 * 3600
COLUMNS = ("n", "points", "full", "praise", "blame", "rest", "flat", "quick", "close", "again")


def some_sheets():
    """Ordinary sheets, a kiosk pressed and staff at work, some respondents unnamed, some asked fewer questions."""
    dice, size = np.random.default_rng(3), 300
    points = dice.integers(0, 5, (size, 3)) / 4
    points[dice.random(size) < 0.3, 2] = np.nan
    points[:20] = 0.0
    at = 20_000 * 86_400 - EAST + dice.integers(0, 9 * 86_400, size)
    sheets = Sheets(dice.integers(0, 3, size), dice.integers(0, 2, size), at, dice.integers(-1, 40, size), points)
    return by_staff(pressed(sheets, Aim(0, 1, 50, seed=1)), Aim(2, 0, 12, seed=1))


def as_rows(sheets):
    """One row for each answer."""
    sheet, question = np.nonzero(~np.isnan(sheets.points))
    worst, best = np.array(list(ENDS.values())).T
    people = [f"p-{number:04d}" for number in range(sheets.respondent.max() + 1)]
    return make_rows(
        {
            "cycle": "2026",
            "source": "survey",
            "subject": Coded(sheets.channel[sheet], CHANNELS),
            "indicator": Coded(question, list(ENDS)),
            "instrument": Coded(sheets.device[sheet], DEVICES),
            "respondent": Coded(sheets.respondent[sheet], people),
            "value": (worst + sheets.points * (best - worst))[sheet, question],
            "at": sheets.at[sheet].astype("datetime64[s]"),
        }
    )


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """The sheets, and what is no answer sheet: a row that does not count, a rater's, and one of an unknown indicator."""
    lake = Lake(tmp_path_factory.mktemp("sheets"))
    lake.add(as_rows(some_sheets()), at=NOW)
    odd = [answer(subject="c-1", **more) for more in ({"valid": "staff"}, {"rater": "Lin"}, {"indicator": "fee"})]
    lake.add(rows(*odd), at=NOW)
    return lake


@pytest.mark.parametrize("name", ["duckdb", "spark"])
def test_sheets_by_day_and_device_are_those_that_the_core_sums(request, lake, name):
    found = queries.sheets(request.getfixturevalue(name), lake, lake.version(), "2026", ENDS, east=EAST)
    sheets = some_sheets()
    local = Sheets(sheets.channel, sheets.device, sheets.at + EAST, sheets.respondent, sheets.points)
    days = days_of(local, np.array(DEVICES))
    assert found["subject"].tolist() == [CHANNELS[place] for place in days.channel]
    assert found["instrument"].tolist() == [DEVICES[place] for place in days.device]
    assert found["day"].tolist() == days.day.tolist()
    for column in COLUMNS:
        np.testing.assert_allclose(found[column], getattr(days, column), atol=1e-9, err_msg=column)
        assert found[column].sum() > 0, column


def test_a_cycle_without_answers_has_no_sheets(duckdb, lake):
    found = queries.sheets(duckdb, lake, lake.version(), "2031", ENDS)
    assert set(COLUMNS) < set(found)
    assert found["n"].size == 0


@pytest.mark.parametrize("name", ["duckdb", "spark"])
def test_invited_are_all_who_did_not_just_come_by(request, tmp_path, name):
    lake, ways = Lake(tmp_path), ("", "ask@1", "ask@1+invited.tablet-1", "ask@1+open", "ask@1+open.kiosk-1", "ask@1+opening")
    lake.add(rows(*(answer(instrument=way, respondent=f"p{at}") for at, way in enumerate(ways))), at=NOW)

    def query(found):
        return queries.numbers(invited(found), ["instrument"])

    found = queries.ask(request.getfixturevalue(name), lake, lake.version(), "2026", query)
    assert sorted(found["instrument"]) == sorted(way for way in ways if not is_open(way))
    assert len(found["instrument"]) == 4


def test_evidence_can_be_that_of_the_invited_alone(duckdb, tmp_path):
    lake = Lake(tmp_path)
    open_ones = [answer(value=5.0, instrument="ask@1+open.kiosk-1", respondent=f"k{at}") for at in range(3)]
    lake.add(rows(answer(value=2.0, instrument="ask@1", respondent="p"), *open_ones), at=NOW)
    ours, channels = scheme(indicator("clarity", scale=(1, 5))), np.array(["port-1"])
    for only, value, n in ((queries.counted, 4.25, 4), (invited, 2.0, 1)):
        table = evidence_table(duckdb, lake, ours, version=lake.version(), cycle="2026", channels=channels, only=only).evidence
        assert (table.values[0, 0], table.n[0, 0]) == (value, n)


def test_a_standard_may_count_the_invited_alone_and_says_how_many_it_left_out(duckdb, tmp_path):
    lake = Lake(tmp_path)
    open_ones = [answer(value=5.0, instrument=f"ask@1+open{device}", respondent=f"k{device}") for device in ("", ".kiosk-1")]
    lake.add(rows(answer(value=2.0, instrument="ask@1", respondent="p"), *open_ones), at=NOW)
    found = {}
    for invited_only in (False, True):
        ours = replace(scheme(indicator("clarity", scale=(1, 5))), invited_only=invited_only)
        found[invited_only] = evidence_table(
            duckdb, lake, ours, version=lake.version(), cycle="2026", channels=np.array(["port-1"])
        )
    assert [(one.evidence.values[0, 0], one.evidence.n[0, 0]) for one in found.values()] == [(4.0, 3), (2.0, 1)]
    left_out = "2 answers of whoever came by were left out: the standard counts those who were invited"
    assert [left_out in one.notes for one in found.values()] == [False, True]
