"""Who moved between two runs, and why, said honestly where there is more than one reason."""

import pytest
from django.db import connection

from marsad.core.problem import Problem
from marsad.ratings import actions
from marsad.ratings.compare import compare
from marsad.ratings.models import Run
from marsad.ratings.releases import keep
from tests.ratings import build


@pytest.fixture
def cycle(country, tmp_path):
    """An open cycle."""
    return build.opened(tmp_path)


@pytest.fixture
def first(cycle):
    """Its first run."""
    return build.rated(cycle)


def better(country, cycle, channel: str) -> None:
    """Have many happy customers of one channel answer."""
    rows = build.answers(seed=8, channels=["a"] * 14 + [channel])
    actions.take_evidence(
        by=country.aisha,
        cycle=cycle,
        at=build.NOW,
        brought=actions.Brought(rows=rows.chosen((rows.text("subject") == channel).nonzero()[0])),
    )


def test_nobody_moves_where_nothing_changed(first):
    found = compare(first, first)
    assert (found.changed, found.movers, found.came, found.left) == ((), (), (), ())


def test_new_answers_move_their_channel_and_by_it_the_ranks_of_others(country, cycle, first):
    better(country, cycle, "centre-00")
    found = compare(first, build.rated(cycle))
    assert found.changed == ("evidence",)
    whys = {mover.channel: mover.why for mover in found.movers}
    assert whys.pop("centre-00") == "evidence"
    assert set(whys.values()) <= {"others"}
    [mover] = [mover for mover in found.movers if mover.channel == "centre-00"]
    assert (mover.indicators, mover.sources) == (("clear", "happy"), ("survey",))
    assert mover.after[0] > mover.before[0]
    assert mover.within is False


def test_a_breach_is_a_fact(country, cycle, first):
    actions.state_facts(by=country.aisha, cycle=cycle, at=build.NOW, facts={"centre-14": {"breach": "yes"}})
    found = compare(first, build.rated(cycle))
    assert found.changed == ("facts",)
    assert {mover.channel: (mover.why, mover.after[1]) for mover in found.movers} == {"centre-14": ("facts", 2.0)}


def test_channels_that_come_and_leave_are_said(country, cycle, first):
    actions.uncover(by=country.aisha, cycle=cycle, at=build.NOW, channels=["app-03"])
    second = build.rated(cycle)
    assert compare(first, second).left == ("app-03",)
    assert compare(second, first).came == ("app-03",)
    assert {mover.why for mover in compare(first, second).movers} == {"scope"}


def with_standard(cycle, tmp_path) -> None:
    """Have the cycle rate by another standard: visits count for more."""
    text = build.STANDARD.replace("weight = 0.6", "weight = 0.3").replace("weight = 0.4", "weight = 0.7").replace('"1"', '"2"')
    cycle.standard = keep(str(build.write_standard(tmp_path / "other", text)), build.NOW)
    cycle.save()


def test_several_causes_are_told_apart_where_they_can_be(country, cycle, first, tmp_path):
    actions.state_facts(by=country.aisha, cycle=cycle, at=build.NOW, facts={"centre-14": {"breach": "yes"}})
    with_standard(cycle, tmp_path)
    second = build.rated(cycle)
    found = compare(first, second)
    assert found.changed == ("facts", "standard")
    whys = {mover.channel: mover.why for mover in found.movers}
    assert whys.pop("centre-14") == "several"
    assert set(whys.values()) == {"standard"}
    assert {mover.why for mover in compare(first, second, deeply=False).movers} == {"several"}


def test_what_an_older_program_reckoned_otherwise_is_laid_to_the_program(country, cycle, first):
    Run.objects.filter(pk=first.pk).update(parts={**first.parts, "program": "older"}, inputs="older")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE ratings_result DISABLE TRIGGER only_adds")
        mine = "channel_id IN (SELECT id FROM catalogue_channel WHERE code = 'app-03')"
        cursor.execute(f"UPDATE ratings_result SET score = score - 1 WHERE {mine}; SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ratings_result ENABLE TRIGGER only_adds")
    first.refresh_from_db()
    actions.state_facts(by=country.aisha, cycle=cycle, at=build.NOW, facts={"centre-14": {"breach": "yes"}})
    found = compare(first, build.rated(cycle))
    assert found.changed == ("facts", "program")
    assert {mover.channel: mover.why for mover in found.movers} == {"app-03": "program", "centre-14": "facts"}


def test_a_run_without_results_cannot_be_compared(country, cycle, first):
    better(country, cycle, "centre-00")
    waiting = actions.ask_for_run(by=country.aisha, cycle=cycle, at=build.NOW)
    with pytest.raises(Problem, match="the run is queued"):
        compare(first, waiting)
