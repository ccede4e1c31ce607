"""Who sees what of a cycle, in every state: champions only their own results, until they are everybody's."""

import pytest

from marsad.accounts.access import Forbidden, NotFound
from marsad.catalogue.models import Channel
from marsad.ratings import access
from tests import world
from tests.ratings import build


def entities_seen(person, cycle) -> set[str]:
    return set(access.results_for(person, cycle).values_list("channel__entity__code", flat=True))


BOTH, PORT, LAND, NONE = {world.PORT, world.LAND}, {world.PORT}, {world.LAND}, set()
SEEN = {
    "open": {"aisha": BOTH, "rashid": BOTH, "omar": PORT, "salem": LAND, "huda": NONE},
    "moderation": {"aisha": BOTH, "rashid": BOTH, "omar": PORT, "salem": LAND, "huda": NONE},
    "appeal": {"aisha": BOTH, "rashid": BOTH, "omar": PORT, "salem": LAND, "huda": BOTH},
    "approved": {"aisha": BOTH, "rashid": BOTH, "omar": PORT, "salem": LAND, "huda": BOTH},
    "published": dict.fromkeys(world.Cast._fields, BOTH),
}


@pytest.mark.parametrize("state", SEEN)
def test_results_are_seen_by_those_who_may(country, tmp_path, state):
    cycle = build.opened(tmp_path)
    build.rated(cycle)
    if state in ("moderation", "appeal"):
        build.moved(cycle, *["lock", "moderate", "hear"][: 2 if state == "moderation" else 3])
    elif state == "approved":
        build.approved(cycle)
    elif state == "published":
        build.published(cycle)
    cycle.refresh_from_db()
    assert cycle.state == state
    for name, person in country._asdict().items():
        expected = SEEN[state].get(name, NONE)
        assert entities_seen(person, cycle) == expected, name
        nodes = access.nodes_of(person, cycle.current_run).values_list("channel__entity__code", flat=True)
        assert set(nodes) == expected, name
        assert access.runs_for(person).filter(cycle=cycle).exists() == bool(expected), name
    assert entities_seen(None, cycle) == (BOTH if state == "published" else NONE)


def test_a_champion_sees_their_whole_provisional_result_and_nobody_elses(country, tmp_path):
    cycle = build.opened(tmp_path)
    run = build.rated(cycle)
    mine = access.results_for(country.omar, cycle)
    assert mine.count() == Channel.objects.filter(entity__code=world.PORT).count()
    assert all(result.star is not None and result.n > 0 for result in mine)
    assert not access.results_of(country.omar, run).filter(channel__entity__code=world.LAND).exists()


def test_a_superseded_run_is_seen_by_those_who_check_alone(country, tmp_path):
    cycle = build.opened(tmp_path)
    old = build.rated(cycle)
    build.actions.take_evidence(
        by=country.aisha, cycle=cycle, at=build.NOW, brought=build.actions.Brought(rows=build.answers(seed=9))
    )
    new = build.rated(cycle)
    assert set(access.runs_for(country.aisha)) == {old, new}
    assert list(access.runs_for(country.omar)) == [new]
    with pytest.raises(NotFound):
        access.run_for(country.omar, old.code)
    assert not access.results_of(country.omar, old).exists()


def test_the_run_of_a_correction_is_not_seen_before_it_is_published(country, tmp_path):
    cycle = build.opened(tmp_path)
    publication = build.published(cycle)
    about = {"by": country.aisha, "cycle": cycle, "at": build.NOW}
    build.actions.correct_evidence(
        brought=build.actions.Brought(rows=build.answers(seed=4, channels=["centre-00"])), why="late answers", **about
    )
    candidate = build.rated(cycle)
    cycle.refresh_from_db()
    for person in (None, country.omar, country.charlie):
        assert list(access.runs_for(person)) == [publication.run]
        assert not access.results_of(person, candidate).exists()
        assert set(access.results_for(person, cycle).values_list("run", flat=True)) == {publication.run_id}


def test_a_draft_is_not_public(country, tmp_path):
    cycle = build.announced(tmp_path)
    for person in (None, country.omar, country.charlie, country.lin):
        with pytest.raises(NotFound):
            access.cycle_for(person, cycle.code)
    assert access.cycle_for(country.aisha, cycle.code) == cycle
    build.moved(cycle, "open")
    assert access.cycle_for(None, cycle.code).state == "open"


def test_the_auditors_bundle_is_for_those_who_check(country, tmp_path):
    publication = build.published(build.opened(tmp_path))
    assert access.publication_for(None, publication.code) == publication
    assert access.bundle_for(None, publication).is_file()
    for person in (country.aisha, country.rashid):
        assert access.bundle_for(person, publication, "auditor").is_file()
    for person in (None, country.omar, country.huda, country.charlie):
        with pytest.raises(NotFound):
            access.bundle_for(person, publication, "auditor")


def test_runs_are_compared_by_those_who_check_or_decide(country, tmp_path):
    cycle = build.opened(tmp_path)
    first = build.rated(cycle)
    build.actions.take_evidence(
        by=country.aisha, cycle=cycle, at=build.NOW, brought=build.actions.Brought(rows=build.answers(seed=9))
    )
    second = build.rated(cycle)
    assert access.comparison_for(country.rashid, first, second).changed == ("evidence",)
    with pytest.raises(Forbidden):
        access.comparison_for(country.omar, first, second)
    with pytest.raises(NotFound):
        access.comparison_for(country.huda, first, second)
