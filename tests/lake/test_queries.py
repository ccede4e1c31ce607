"""Questions to the lake: each has the answer of plain Python, on DuckDB and over Spark Connect alike."""

import math
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from marsad.core import allowance
from marsad.core.durations import log_times
from marsad.core.problem import Problem
from marsad.core.scheme import Raters
from marsad.lake import cycle as cycles
from marsad.lake import queries
from marsad.lake.cycle import evidence_table
from marsad.lake.engines import plain
from marsad.lake.evidence import read_evidence
from marsad.lake.manifest import ADJUSTMENT
from marsad.lake.rows import COLUMNS
from marsad.lake.store import Lake
from tests.lake.build import indicator, scheme
from tests.lake.evidence_made import NOON, NOW, answer, by_chance, rows

pytestmark = pytest.mark.filterwarnings("ignore:::pyspark", "ignore:::ibis")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SCHEME = scheme(
    indicator("clarity", scale=(0, 1), source="visit"),
    indicator("waiting", sd=0.3),
    indicator("solved", share=True),
    indicator("fee"),
)


@pytest.fixture(params=["duckdb", "spark"])
def engine(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Three imports by chance, and an adjustment that corrects two rows of the first and withdraws one of the second."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for seed in (1, 2, 3):
        lake.add(by_chance(1500, seed), at=NOW)
    first, second = (plain_rows(by_chance(1500, seed)) for seed in (1, 2))
    corrected = [one | {"value": 0.25, "valid": "", "weight": 1.0} for one in counted(first)[:2]]
    lake.add(rows(*corrected, counted(second)[0] | {"valid": "withdrawn"}), at=NOW, kind=ADJUSTMENT, about={"why": "appeal"})
    return lake


def plain_rows(body):
    columns = {name: body.text(name).tolist() for name in COLUMNS if name in body.texts}
    columns |= {name: body.numbers[name].tolist() for name in ("value", "weight")}
    columns["at"] = [EPOCH + timedelta(microseconds=one) for one in body.at.tolist()]
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def counted(body, cycle="2026"):
    return [one for one in body if one["cycle"] == cycle and one["valid"] == "" and one["weight"] > 0]


def what_stands():
    """All rows of the cycle as they stand after the adjustment."""
    bodies = [plain_rows(by_chance(1500, seed)) for seed in (1, 2, 3)]
    for one in counted(bodies[0])[:2]:
        one.update(value=0.25, valid="", weight=1.0)
    counted(bodies[1])[0].update(valid="withdrawn")
    return [one for body in bodies for one in body if one["cycle"] == "2026"]


def grouped(keys, body):
    groups = defaultdict(list)
    for one in body:
        groups[tuple(one[key] for key in keys)].append(one)
    return groups


def by_key(answered, keys):
    """What was found as a dictionary from keys to the other columns."""
    names = [name for name in answered if name not in keys]
    keyed = zip(*(answered[key].tolist() for key in keys), strict=True)
    return dict(zip(keyed, zip(*(answered[name].tolist() for name in names), strict=True), strict=True)), names


def same(found, expected):
    assert found.keys() == expected.keys()
    for key, cells in expected.items():
        assert found[key] == pytest.approx(cells, abs=1e-9), key


@pytest.mark.parametrize("by", [(), ("rater",), ("stratum", "source")])
def test_sums_are_those_of_plain_python(engine, lake, by):
    keys = ("subject", "indicator", *by)
    found, names = by_key(queries.reduce(engine, lake, lake.version(), "2026", by=by), keys)
    assert names == ["n", "w", "ww", "wx", "wxx", "squares", "mean", "raters", "respondents", "low", "high", "first", "last"]
    expected = {}
    for key, group in grouped(keys, counted(what_stands())).items():
        w, x = (np.array([one[name] for one in group]) for name in ("weight", "value"))
        people = [len({one[name] for one in group} - {""}) for name in ("rater", "respondent")]
        times = sorted(one["at"].replace(tzinfo=None) for one in group)
        sums = [len(group), w.sum(), (w**2).sum(), (w * x).sum(), (w * x**2).sum(), ((x - x.mean()) ** 2).sum()]
        expected[key] = (*sums, x.mean(), *people, x.min(), x.max(), times[0], times[-1])
    assert {key: cells[-2:] for key, cells in found.items()} == {key: cells[-2:] for key, cells in expected.items()}
    same({key: cells[:-2] for key, cells in found.items()}, {key: cells[:-2] for key, cells in expected.items()})


def test_respondents_need_not_be_counted(engine, lake):
    assert "respondents" not in queries.reduce(engine, lake, lake.version(), "2026", respondents=False)


def test_a_tally_counts_equal_rows(engine, lake):
    keys = ("subject", "indicator", "rater", "value", "weight")
    found, names = by_key(queries.ask(engine, lake, lake.version(), "2026", queries.tally), keys)
    assert names == ["n"]
    assert found == {key: (len(group),) for key, group in grouped(keys, counted(what_stands())).items()}


def test_marks_of_raters_are_those_of_a_day_where_a_rater_is_named(engine, lake):
    body = [one | {"day": (one["at"] + timedelta(hours=4) - EPOCH).days} for one in counted(what_stands()) if one["rater"]]
    keys = ("source", "subject", "indicator", "rater", "day")
    found, names = by_key(plain(queries.by_rater(engine, lake, lake.version(), "2026", east=4 * 3600)), keys)
    assert names == ["n", "value"]
    groups = grouped(keys, body)
    same(found, {key: (len(group), sum(one["value"] for one in group) / len(group)) for key, group in groups.items()})


def test_who_brought_answers_in_is_told_with_their_sums_in_order(engine, lake):
    keys = ("subject", "indicator", "source", "rater", "instrument")
    answer = plain(queries.by_hand(engine, lake, lake.version(), "2026"))
    found, names = by_key(answer, keys)
    assert names == ["n", "w", "wx"]
    groups = grouped(keys, counted(what_stands()))
    weighed = {key: [(one["weight"], one["value"]) for one in group] for key, group in groups.items()}
    same(found, {key: (len(two), sum(w for w, _ in two), sum(w * x for w, x in two)) for key, two in weighed.items()})
    rows = list(zip(*(answer[key].tolist() for key in keys), strict=True))
    assert rows == sorted(rows)


@pytest.mark.parametrize("by", [(), ("stratum",)])
def test_a_histogram_counts_rows_at_each_value(engine, lake, by):
    keys = ("subject", "indicator", *by, "value")
    found, names = by_key(queries.histogram(engine, lake, lake.version(), "2026", by=by), keys)
    assert names == ["n", "w"]
    groups = grouped(keys, counted(what_stands()))
    same(found, {key: (len(group), sum(one["weight"] for one in group)) for key, group in groups.items()})


@pytest.mark.parametrize("hours", [0, 4, -5])
def test_days_are_those_of_the_zone(engine, lake, hours):
    body = [one | {"day": (one["at"] + timedelta(hours=hours)).date()} for one in counted(what_stands())]
    keys = ("subject", "indicator", "day")
    found, names = by_key(queries.daily(engine, lake, lake.version(), "2026", east=hours * 3600), keys)
    assert names == ["n", "w", "wx"]
    expected = {}
    for key, group in grouped(keys, body).items():
        expected[key] = (len(group), sum(one["weight"] for one in group), sum(one["weight"] * one["value"] for one in group))
    same(found, expected)


def test_weeks_begin_on_a_monday(engine, lake):
    monday = EPOCH - timedelta(days=3)
    body = [one | {"week": (one["at"] + timedelta(hours=4) - monday).days // 7} for one in counted(what_stands())]
    keys = ("subject", "indicator", "week")
    found, names = by_key(plain(queries.weekly(engine, lake, lake.version(), "2026", east=4 * 3600)), keys)
    assert names == ["n", "w", "wx", "wxx"]
    expected = {}
    for key, group in grouped(keys, body).items():
        w, x = (np.array([one[name] for one in group]) for name in ("weight", "value"))
        expected[key] = (len(group), w.sum(), (w * x).sum(), (w * x**2).sum())
    same(found, expected)
    assert len({week for _subject, _indicator, week in found}) > 1


def test_the_season_of_a_source_is_from_its_first_day_to_its_last(engine, lake):
    body = [one | {"day": (one["at"] + timedelta(hours=4)).date()} for one in counted(what_stands())]
    found = queries.seasons(engine, lake, lake.version(), "2026", east=4 * 3600)
    expected = {source: {one["day"] for one in group} for (source,), group in grouped(("source",), body).items()}
    told = zip(*(found[name].tolist() for name in ("source", "first", "last")), strict=True)
    assert [*told] == [(source, min(days), max(days)) for source, days in sorted(expected.items())]


def test_rows_that_do_not_count_are_counted_by_their_reason(engine, lake):
    keys = ("subject", "indicator", "valid")
    found, _ = by_key(queries.invalid(engine, lake, lake.version(), "2026"), keys)
    groups = grouped(keys, [one for one in what_stands() if one["valid"]])
    assert found == {key: (len(group),) for key, group in groups.items()}
    assert [key for key in found if key[2] == "withdrawn"]


def test_the_trail_shows_the_rows_behind_one_value_with_their_imports(engine, lake):
    found = queries.trail(engine, lake, lake.version(), "2026", "port-3", "clarity")
    mine = [one for one in what_stands() if (one["subject"], one["indicator"]) == ("port-3", "clarity")]
    assert list(found) == [*COLUMNS, "import_id"]
    assert found["at"].tolist() == sorted(one["at"].replace(tzinfo=None) for one in mine)
    assert sorted(found["respondent"].tolist()) == sorted(one["respondent"] for one in mine)
    assert set(found["import_id"].tolist()) <= set(lake.version().imports)


def test_every_query_gives_the_same_answer_on_both_engines(duckdb, spark, lake):
    version = lake.version()
    for ask in (queries.reduce, queries.histogram, queries.daily, queries.invalid):
        here, there = (ask(engine, lake, version, "2026") for engine in (duckdb, spark))
        assert list(here) == list(there)
        for name, column in here.items():
            assert column.dtype.kind == there[name].dtype.kind
            if column.dtype.kind == "f":
                np.testing.assert_allclose(column, there[name], rtol=1e-9, atol=1e-9)
            else:
                np.testing.assert_array_equal(column, there[name])


def test_a_cycle_without_rows_has_an_empty_answer_with_all_columns(engine, lake):
    assert queries.trail(engine, lake, lake.version(), "2031", "a", "b")["import_id"].size == 0
    empty = queries.reduce(engine, lake, lake.version(), "2031")
    assert list(empty) == list(queries.reduce(engine, lake, lake.version(), "2026"))
    assert {column.size for column in empty.values()} == {0}


def test_a_version_sees_only_its_own_imports(engine, lake):
    first = lake.version(lake.version().imports[:1])
    found = queries.reduce(engine, lake, first, "2026")
    assert found["n"].sum() == len(counted(plain_rows(by_chance(1500, 1))))


def test_an_adjustment_changes_what_came_before_it_and_not_what_comes_after(engine, tmp_path):
    lake = Lake(tmp_path)
    lake.add(rows(answer(value=1.0)), at=NOW)
    lake.add(rows(answer(value=2.0)), at=NOW, kind=ADJUSTMENT)
    assert queries.reduce(engine, lake, lake.version(), "2026")["wx"].tolist() == [2.0]
    lake.add(rows(answer(value=4.0, weight=0.5)), at=NOW)
    assert queries.reduce(engine, lake, lake.version(), "2026")["wx"].tolist() == [4.0]
    lake.add(rows(answer(value=5.0)), at=NOW, kind=ADJUSTMENT)
    assert queries.reduce(engine, lake, lake.version(), "2026")["wx"].tolist() == [5.0]
    lake.add(rows(answer(value=5.0, valid="withdrawn")), at=NOW, kind=ADJUSTMENT)
    assert queries.reduce(engine, lake, lake.version(), "2026")["n"].tolist() == []


def test_a_file_that_is_gone_is_named(duckdb, tmp_path):
    lake = Lake(tmp_path)
    [file] = lake.add(rows(answer()), at=NOW).entry.files
    (lake.root / file.path).unlink()
    with pytest.raises(Problem, match="the file is missing; restore it from a backup"):
        queries.reduce(duckdb, lake, lake.version(), "2026")


def table_of(engine, lake, channels, *, of=SCHEME, attributes=None):
    return evidence_table(
        engine, lake, of, version=lake.version(), cycle="2026", channels=np.array(channels), attributes=attributes
    )


def long_file(folder, body):
    lines = [
        "channel,indicator,value,weight,rater",
        *(f"{one['subject']},{one['indicator']},{one['value']!r},{one['weight']!r},{one['rater']}" for one in body),
    ]
    path = folder / "answers.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("fair", [False, True])
@pytest.mark.parametrize("tallied", [True, False])
def test_the_small_table_is_that_of_a_long_file_with_the_same_rows(engine, lake, tmp_path, monkeypatch, tallied, fair):
    monkeypatch.setattr(cycles, "is_narrow", lambda *_: tallied)
    monkeypatch.setattr(allowance.Axes, "spread", 4.0)  # these raters differ by luck alone
    of = replace(SCHEME_WITHOUT_FEE, raters=Raters(("visit",)) if fair else None)
    from_file = read_evidence(long_file(tmp_path, counted(what_stands())), of).evidence
    order = np.argsort(from_file.channels)
    from_lake = table_of(engine, lake, from_file.channels[order], of=of).evidence
    for name in ("values", "se", "n", "raters"):
        np.testing.assert_allclose(getattr(from_lake, name), getattr(from_file, name)[order], rtol=1e-12, err_msg=name)
    if fair:
        np.testing.assert_allclose(from_lake.doubt, from_file.doubt[order], rtol=1e-12)
        assert (from_lake.doubt > 0).any(axis=0).tolist() == [True, False, False]
    assert not np.isnan(from_lake.se).any()
    as_it_was = table_of(engine, lake, from_file.channels[order], of=SCHEME_WITHOUT_FEE).evidence
    moved = np.abs(from_lake.values - as_it_was.values).max(axis=0)
    assert (moved > 1e-9).tolist() == [fair, False, False]


SCHEME_WITHOUT_FEE = scheme(*SCHEME.indicators[:3])


def test_a_tally_gives_the_same_digits_on_every_engine(duckdb, spark, lake):
    channels = [f"port-{number}" for number in range(7)]
    one, other = (table_of(engine, lake, channels).evidence for engine in (duckdb, spark))
    for name in ("values", "se", "n", "raters"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_wide_spread_of_much_evidence_is_summed_by_the_engine(lake, monkeypatch):
    assert cycles.is_narrow(lake, lake.version(), "2026")
    monkeypatch.setattr(cycles, "FEW_ROWS", 100)
    assert cycles.is_narrow(lake, lake.version(), "2026")
    monkeypatch.setattr(cycles, "NARROW", 5)
    assert not cycles.is_narrow(lake, lake.version(), "2026")


def test_channels_without_rows_and_rows_without_channels_are_told(duckdb, lake):
    found = table_of(duckdb, lake, ["port-1", "nowhere"], of=scheme(indicator("clarity"), indicator("fee")))
    assert found.evidence.channels.tolist() == ["port-1", "nowhere"]
    assert np.isnan(found.evidence.values[1]).all()
    assert found.unused == ("solved", "waiting")
    assert any("rows speak of subjects that are not rated here: port-0, port-2" in note for note in found.notes)
    assert "there is no evidence yet on fee" in found.notes


def test_an_empty_cycle_is_a_table_of_gaps(duckdb, tmp_path):
    found = evidence_table(
        duckdb, Lake(tmp_path), SCHEME, version=Lake(tmp_path).version(), cycle="2026", channels=np.array(["port-1"])
    )
    assert np.isnan(found.evidence.values).all()
    assert found.evidence.values.shape == (1, 4)


@pytest.mark.parametrize("tallied", [True, False])
def test_a_value_off_its_scale_is_named(duckdb, tmp_path, monkeypatch, tallied):
    monkeypatch.setattr(cycles, "is_narrow", lambda *_: tallied)
    lake = Lake(tmp_path)
    lake.add(rows(answer(value=0.5), answer(value=1.5, at=NOON + timedelta(days=1))), at=NOW)
    with pytest.raises(Problem, match=r"'port-1' has the value 1\.5 on clarity, outside its scale of 0 to 1"):
        table_of(duckdb, lake, ["port-1"])


def test_values_of_questions_that_do_not_apply_to_a_kind_are_left_out(duckdb, lake):
    two_kinds = scheme(indicator("clarity", kinds=frozenset({"centre"})), indicator("waiting"), kinds=("centre", "site"))
    found = table_of(duckdb, lake, ["port-1", "port-2"], of=two_kinds, attributes={"kind": np.array(["centre", "site"])})
    assert np.isnan(found.evidence.values[:, 0]).tolist() == [False, True]
    assert math.isnan(found.evidence.se[1, 0])
    assert any("do not apply to the kind of 1 channel" in note for note in found.notes)


def test_a_denominator_that_nobody_says_is_a_problem(duckdb, lake):
    asks = scheme(indicator("clarity", denominator="visitors"))
    with pytest.raises(Problem, match="nobody says 'visitors', which the standard needs as the denominator of clarity"):
        table_of(duckdb, lake, ["port-1"], of=asks)


DAYS = scheme(indicator("days", scale=(0.5, 400), duration=True, source="operation"), indicator("clarity"))


@pytest.fixture(scope="module")
def permits(tmp_path_factory):
    """Cases of two ports, some still open on the last day; the second port works as fast and has more open."""
    dice, lake, body = np.random.default_rng(4), Lake(tmp_path_factory.mktemp("permits")), []
    for port, watched in (("port-0", 40.0), ("port-1", 12.0)):
        for case in range(60):
            days = round(float(np.exp(dice.normal(2.2, 0.7))), 1)
            way = "permit@1" if days < watched else "permit@1+running"
            body.append(
                {"subject": port, "indicator": "days", "value": min(max(days, 0.5), watched), "instrument": way}
                | {"respondent": f"case-{port}-{case}", "source": "operation"}
            )
    lake.add(rows(*(answer(**one) for one in body), answer("port-0", "clarity", 4.0)), at=NOW)
    return lake, body


@pytest.mark.parametrize("tallied", [True, False])
def test_durations_are_medians_that_know_of_cases_still_running(engine, permits, tmp_path, monkeypatch, tallied):
    monkeypatch.setattr(cycles, "is_narrow", lambda *_: tallied)
    lake, body = permits
    found = table_of(engine, lake, ["port-0", "port-1", "port-2"], of=DAYS).evidence
    for place, port in enumerate(("port-0", "port-1")):
        mine = [one for one in body if one["subject"] == port]
        running = np.array([one["instrument"].endswith("+running") for one in mine])
        known = log_times(np.array([one["value"] for one in mine]), running)
        assert running.sum() > (0 if port == "port-0" else 10)
        assert found.values[place, 0] == pytest.approx(np.exp(known.mean))
        assert found.se[place, 0] == pytest.approx(np.exp(known.mean) * np.sqrt(known.covariance[0, 0]))
        assert found.n[place, 0] == 60
    assert (found.values[0, 1], np.isnan(found.values[2]).all()) == (4.0, True)
    lines = ["channel,indicator,value,instrument", *(",".join(f"{one[name]}" for name in FIELDS) for one in body)]
    path = tmp_path / "days.csv"
    path.write_text("\n".join(lines) + "\n")
    from_file = read_evidence(path, scheme(DAYS.indicators[0])).evidence
    np.testing.assert_allclose(from_file.values[:, 0], found.values[:2, 0], rtol=1e-12)
    np.testing.assert_allclose(from_file.se[:, 0], found.se[:2, 0], rtol=1e-12)


FIELDS = ("subject", "indicator", "value", "instrument")


def test_a_case_of_no_time_is_refused_where_its_logarithm_is_asked_for(duckdb, tmp_path):
    lake = Lake(tmp_path)
    lake.add(rows(answer(indicator="days", value=0.0, source="operation")), at=NOW)
    with pytest.raises(Problem, match=r"has the value 0 on days, outside its scale of 0\.5 to 400"):
        table_of(duckdb, lake, ["port-1"], of=DAYS)
