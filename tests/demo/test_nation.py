"""The nation is the same for the same seed, as large as it is said to be, and its truth lies apart."""

import csv

import numpy as np
import pytest

from marsad.core.problem import Problem
from marsad.demo.nation import fill_lake, make_nation, write_truth
from marsad.demo.plan import Size, plan
from marsad.lake import queries
from marsad.lake.engines import DuckDB
from marsad.lake.store import Lake

SMALL = Size(channels=30, responses=3000, seed=7)
ENGINE = DuckDB(memory="1GB", threads=2)


def counted(lake, cycle, *keys):
    """Return how many rows of a cycle there are for each of some keys, invalid ones too."""
    found = queries.ask(ENGINE, lake, lake.version(), cycle, lambda rows: rows.group_by(list(keys)).aggregate(n=rows.count()))
    return dict(zip(zip(*(found[key].tolist() for key in keys), strict=True), found["n"].tolist(), strict=True))


def files_of(lake):
    """Return the names of all files of a lake."""
    return sorted(path.relative_to(lake.root).as_posix() for path in lake.root.rglob("*.parquet"))


def made_in(folder, size):
    """Return the lake of a nation and the bytes of its truth."""
    nation, lake = make_nation(size), Lake(folder / "lake")
    fill_lake(lake, nation)
    write_truth(folder / "truth.csv", nation)
    return lake, (folder / "truth.csv").read_bytes()


def test_the_same_seed_makes_the_same_nation(tmp_path):
    (first, truth), (second, again) = (made_in(tmp_path / name, SMALL) for name in ("first", "second"))
    assert make_nation(SMALL).register == make_nation(SMALL).register
    assert first.version() == second.version()
    assert files_of(first) == files_of(second)
    assert truth == again


def test_another_seed_makes_another_nation(tmp_path):
    (first, truth), (second, other) = (made_in(tmp_path / str(seed), Size(30, 3000, seed)) for seed in (7, 8))
    assert not {entry.content for entry in first.imports()} & {entry.content for entry in second.imports()}
    assert truth != other


def test_it_has_as_many_responses_visits_and_assessors_as_it_is_said_to_have(nation, filled):
    lake, _imports = filled
    people, visits = set(), set()
    for cycle in nation.fields:
        people |= {who for (who,) in counted(lake, cycle, "respondent") if who}
        visits |= {(cycle, *visit) for visit in counted(lake, cycle, "source", "subject", "rater", "at") if visit[0] == "visit"}
    assert len(people) == 240_000
    assert len(visits) == 140 * plan()["visits_per_channel"]
    seen = [key for key in counted(lake, "2025", "source", "subject", "rater") if key[0] == "assessment"]
    assert len(seen) == 2 * len(nation.cards)
    shoppers = {who for source, who in counted(lake, "2025", "source", "rater") if source == "visit"}
    assert 70 <= len(shoppers) <= plan()["shoppers"]


def test_every_source_of_the_standard_brings_every_indicator_and_operations_come_besides(nation, filled):
    lake, imports = filled
    asked = {(one.source, one.code) for one in nation.standard.scheme.indicators}
    for cycle in nation.fields:
        found = set(counted(lake, cycle, "source", "indicator"))
        assert asked <= found
        assert {source for source, _code in found - asked} == {"operation"}
        of_cycle = [entry for entry in lake.imports() if any(cycle in file.cycles for file in entry.files)]
        assert {entry.id for entry in of_cycle if entry.files[0].source != "operation"} == set(imports[cycle])


def test_the_open_cycle_is_under_way(nation, filled):
    lake, _imports = filled
    *_past, present = nation.fields.values()
    assert "published" not in present.cycle
    assert present.cycle["opens"] < present.cycle["until"] < present.cycle["closes"]
    last = max(file.last for entry in lake.imports() for file in entry.files if present.code in file.cycles)
    assert last[:10] <= str(present.cycle["until"])
    seen = {channel for source, channel in counted(lake, present.code, "source", "subject") if source == "assessment"}
    assert 0 < len(seen) < len(nation.cards)


def test_the_truth_lies_apart_from_the_lake(nation, filled, tmp_path):
    lake, _imports = filled
    write_truth(tmp_path / "truth.csv", nation)
    with (tmp_path / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["cycle"], row["channel"]) for row in rows} == {(c, card.code) for c in nation.fields for card in nation.cards}
    assert all(float(row["score"]) for row in rows)
    assert {path.suffix for path in lake.root.rglob("*") if path.is_file()} == {".parquet", ".json", ".lock"}
    scores = {row["score"] for row in rows}
    kept = queries.ask(ENGINE, lake, lake.version(), "2025", lambda rows: rows.select("value").distinct())["value"]
    assert not scores & set(map(str, kept.tolist()))


def test_quality_is_clustered_in_entities(nation):
    whole = make_nation(Size(600, 600, 3))
    truth = whole.truth["2025"].mean(axis=1)
    names, entity = np.unique([card.entity for card in whole.cards], return_inverse=True)
    sizes = np.bincount(entity)
    means = np.bincount(entity, truth) / sizes
    between = (sizes * (means - truth.mean()) ** 2).sum() / (names.size - 1)
    within = ((truth - means[entity]) ** 2).sum() / (truth.size - names.size)
    assert names.size == 30
    assert between > 4 * within  # 1 where entities meant nothing


def test_quality_drifts_a_little_from_cycle_to_cycle(nation):
    first, second, third = (truth.mean(axis=1) for truth in nation.truth.values())
    assert 0.85 < np.corrcoef(first, second)[0, 1] < 0.995
    assert np.corrcoef(first, third)[0, 1] < np.corrcoef(first, second)[0, 1]
    assert third.mean() > first.mean()


@pytest.mark.parametrize(
    ("size", "what"), [(Size(19, 1000, 1), "at least 20 channels"), (Size(20, 19, 1), "fewer responses than channels")]
)
def test_a_nation_too_small_to_rate_is_refused(size, what):
    with pytest.raises(Problem, match=what):
        make_nation(size)


def test_it_says_of_itself_that_it_is_made_up(filled):
    lake, _imports = filled
    made = plan()
    assert {entry.about["synthetic"] for entry in lake.imports()} == {"yes"}
    assert made["notice"]["en"].startswith("Synthetic")
    assert "اصطناعية" in made["notice"]["ar"]
    for cycle in made["cycle"]:
        assert "synthetic" in cycle["title"]["en"]
        assert "اصطناعية" in cycle["title"]["ar"]
