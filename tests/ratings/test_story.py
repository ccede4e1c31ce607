"""A whole cycle, from its announcement to a publication that anybody can check, and to its correction."""

import json
import zipfile
from datetime import timedelta

import numpy as np
import pytest

from marsad.accounts.audit import check_audit
from marsad.accounts.models import Action
from marsad.core.problem import Problem
from marsad.lake.rows import make_rows
from marsad.ledger import verify
from marsad.ratings import access, actions
from marsad.ratings.models import Publication
from marsad.ratings.shelf import bundle_of, folder_of, shelf
from tests import world
from tests.ratings import build


def stars_of(cycle) -> dict[str, float]:
    return {result.channel.code: result.star for result in access.results_for(None, cycle)}


def rows_of(value: float, channel: str = "centre-00", visit: int = 0):
    """Return one visit again, with another value."""
    seen = build.SEEN + timedelta(days=visit)
    columns = {"cycle": build.CODE, "subject": channel, "indicator": "queue", "value": value, "at": seen}
    return make_rows(columns | {"source": "visit", "rater": f"s{visit}"})


def test_a_whole_cycle_ends_in_a_publication_that_anybody_can_verify(country, tmp_path, keys):
    cycle = build.opened(tmp_path)
    publication = build.published(cycle)
    cycle.refresh_from_db()
    assert (cycle.state, publication.number, publication.identity) == ("published", 1, "2026-1-1")
    for audience in ("public", "auditor"):
        report = verify(bundle_of(publication, audience), keys)
        assert report.holds, report.broken
        assert (report.identity, report.fingerprint, report.audience) == ("2026-1-1", publication.fingerprint, audience)
    assert str(report["rows"]).startswith("75 cells follow from 1650 valid rows")
    approver = Action.objects.get(verb="approve_cycle").by
    assert str(report["decision"]).endswith(f"approved by {approver.name_en} ({approver.name_ar}).")
    assert len(stars_of(cycle)) == 25
    assert stars_of(cycle)["centre-04"] == 2
    verbs = list(Action.objects.order_by("number").values_list("verb", flat=True))
    steps = "announce_cycle cover open_cycle take_evidence take_evidence lock_cycle moderate_cycle hear_cycle"
    assert verbs == [*steps.split(), "ask_for_run", "finish_run", "approve_cycle", "publish_cycle"]
    assert check_audit() == []


def test_a_cycle_is_kept_by_the_bytes_of_its_standard(country, tmp_path, home):
    cycle = build.announced(tmp_path)
    kept = home / "standards" / cycle.standard.digest / "small.toml"
    assert kept.read_text(encoding="utf-8") == build.STANDARD
    build.write_standard(tmp_path / "standards-in", build.STANDARD.replace("k = 2", "k = 4"))
    other = build.actions.announce_cycle(
        by=country.aisha,
        code="other",
        title_ar="أخرى",
        title_en="Other",
        at=build.NOW,
        standard=str(tmp_path / "standards-in" / "small.toml"),
    )
    assert other.standard.digest != cycle.standard.digest
    assert kept.read_text(encoding="utf-8") == build.STANDARD


def test_a_shipped_standard_is_announced_by_its_name(country):
    from marsad.standards.loader import names

    cycle = actions.announce_cycle(
        by=country.aisha, code="shipped", title_ar="دورة", title_en="Cycle", standard=names()[0], at=build.NOW
    )
    assert cycle.standard.name == names()[0]


def test_k_is_that_of_the_kind_and_the_publication_proves_it(country, tmp_path, keys):
    cycle = build.opened(tmp_path, names={"app": 1})
    publication = build.published(cycle)
    results = access.results_for(None, cycle)
    assert sum(results.filter(league="app").values_list("p_top", flat=True)) == pytest.approx(1, abs=0.02)
    assert sum(results.filter(league="service-centre").values_list("p_top", flat=True)) == pytest.approx(2, abs=0.02)
    with zipfile.ZipFile(bundle_of(publication)) as bundle:
        assert json.loads(bundle.read("publication.json"))["settings"]["k"] == {"app": 1}
    assert verify(bundle_of(publication), keys).holds


def test_small_cells_are_hidden_from_the_public_and_from_nobody_who_checks(country, tmp_path, keys):
    cycle = build.announced(tmp_path)
    build.moved(cycle, "open")
    few = build.answers(each=3, channels=["centre-00"])
    many = build.answers(channels=build.codes()[1:], seed=2)
    actions.take_evidence(by=country.aisha, cycle=cycle, at=build.NOW, brought=actions.Brought(rows=[few, many]))
    actions.take_evidence(
        by=country.aisha, cycle=cycle, at=build.NOW, brought=actions.Brought(path=build.visits(tmp_path), source="visit")
    )
    publication = build.published(cycle)
    shown = access.nodes_of(None, publication.run).get(channel__code="centre-00", node="happy")
    checked = access.nodes_of(country.rashid, publication.run).get(channel__code="centre-00", node="happy")
    assert (shown.score, shown.n) == (None, None)
    assert checked.n == 3
    assert checked.score is not None
    assert access.results_for(None, cycle).get(channel__code="centre-00").star is not None
    for audience in ("public", "auditor"):
        assert verify(bundle_of(publication, audience), keys).holds


def test_a_moderation_with_a_reason_changes_the_result_and_stands_in_the_audit(country, tmp_path):
    cycle = build.moved(build.opened(tmp_path), "lock", "moderate")
    before = build.rated(cycle)
    with pytest.raises(Problem, match="needs a reason"):
        actions.adjust_evidence(by=country.aisha, cycle=cycle, at=build.NOW, why=" ", brought=actions.Brought(rows=rows_of(10)))
    took = actions.adjust_evidence(
        by=country.aisha, cycle=cycle, at=build.NOW, why="the form was misread", brought=actions.Brought(rows=rows_of(10))
    )
    after = build.rated(cycle)
    assert after.pk != before.pk
    old, new = (run.nodes.get(channel__code="centre-00", node="queue") for run in (before, after))
    assert old.n == new.n == 6
    assert new.score == pytest.approx(old.score + 100 * (10 - 4) / 10 / 6)
    entry = Action.objects.get(object_code=took.intake.code)
    assert (entry.verb, entry.why, entry.by) == ("adjust_evidence", "the form was misread", country.aisha)


def test_an_adjustment_that_takes_another_one_back_counts(country, tmp_path):
    cycle = build.moved(build.opened(tmp_path), "lock", "moderate")
    first = build.rated(cycle).results.get(channel__code="centre-00").score
    for value, why in ((10, "misread"), (4, "read well after all"), (10, "it was misread")):
        actions.adjust_evidence(
            by=country.aisha, cycle=cycle, at=build.NOW, why=why, brought=actions.Brought(rows=rows_of(value))
        )
        found = build.rated(cycle).results.get(channel__code="centre-00").score
        assert (found == first) == (value == 4)


def test_facts_state_a_breach_and_are_taken_back_with_a_reason(country, tmp_path):
    cycle = build.moved(build.opened(tmp_path), "lock")
    assert build.rated(cycle).results.get(channel__code="centre-04").limits.keys() == {"breach-cap"}
    with pytest.raises(Problem, match="needs a reason"):
        actions.state_facts(by=country.aisha, cycle=cycle, at=build.NOW, facts={"centre-04": {"breach": ""}})
    actions.state_facts(by=country.aisha, cycle=cycle, at=build.NOW, facts={"centre-04": {"breach": ""}}, why="not upheld")
    assert build.rated(cycle).results.get(channel__code="centre-04").limits == {}
    with pytest.raises(Problem, match="does not ask for 'colour'"):
        actions.state_facts(by=country.aisha, cycle=cycle, at=build.NOW, facts={"centre-04": {"colour": "red"}}, why="?")


def test_a_correction_is_a_new_publication_that_names_the_old(country, tmp_path, keys):
    cycle = build.opened(tmp_path)
    old = build.published(cycle)
    before = stars_of(cycle)
    about = {"cycle": cycle, "at": build.NOW, "why": "six visits were mixed up"}
    with pytest.raises(Problem, match="nothing has changed"):
        actions.correct_publication(by=country.huda, **about)
    with pytest.raises(Problem, match="took in no second wave"):
        actions.correct_confirmation(by=country.aisha, brought=actions.Brought(rows=rows_of(10)), **about)
    for visit in range(6):
        actions.correct_evidence(by=country.aisha, brought=actions.Brought(rows=rows_of(10, "centre-00", visit)), **about)
    with pytest.raises(Problem, match="no finished run over the evidence as it is now"):
        actions.correct_publication(by=country.huda, **about)
    build.rated(cycle)
    assert stars_of(cycle) == before
    new = actions.correct_publication(by=country.huda, **about)
    assert (new.number, new.corrects, new.previous, new.why) == (2, old, old, "six visits were mixed up")
    assert new.identity == "2026-1-2"
    assert verify(bundle_of(new), keys, [bundle_of(old)]).holds
    assert verify(bundle_of(old), keys).holds
    with zipfile.ZipFile(bundle_of(new)) as bundle:
        assert json.loads(bundle.read("publication.json"))["corrects"] == old.fingerprint
        assert json.loads(bundle.read("decision.json"))["approved"]["by"]["en"] == country.huda.name_en
    assert stars_of(cycle) != before
    assert list(access.newest_publications()) == [new]


def test_a_second_cycle_is_chained_to_the_first(country, tmp_path, keys):
    first = build.published(build.opened(tmp_path))
    second = build.published(build.opened(tmp_path, code="2026-2"))
    assert (second.number, second.previous) == (2, first)
    assert verify(bundle_of(second), keys, [bundle_of(first)]).holds
    assert verify(bundle_of(second), keys, [bundle_of(second)]).broken == ("chain",)


@pytest.mark.parametrize(
    ("name", "old", "new", "seal"),
    [
        ("ratings.csv", b",41,2,", b",41,3,", "files"),
        ("evidence.csv", b"exact", b"exacT", "files"),
        ("standard/small.toml", b"k = 2", b"k = 3", "standard"),
        ("publication.json", b'"number":1', b'"number":3', "signature"),
    ],
)
def test_tampering_with_a_stored_bundle_is_found(country, tmp_path, keys, name, old, new, seal):
    publication = build.published(build.opened(tmp_path))
    folder = tmp_path / "forged"
    with zipfile.ZipFile(bundle_of(publication, "auditor")) as bundle:
        bundle.extractall(folder)
    content = (folder / name).read_bytes()
    assert old in content
    (folder / name).write_bytes(content.replace(old, new, 1))
    report = verify(folder, keys)
    assert not report.holds
    assert seal in report.broken


def test_a_publication_without_a_key_leaves_nothing_behind(country, tmp_path, home):
    cycle = build.approved(build.opened(tmp_path))
    (home / "keys" / "signing.pem").unlink()
    with pytest.raises(Problem, match=r"signing\.pem"):
        actions.publish_cycle(by=country.aisha, cycle=cycle, at=build.NOW)
    assert not Publication.objects.exists()
    assert list(shelf().iterdir()) == []
    cycle.refresh_from_db()
    assert cycle.state == "approved"


def test_a_publication_cut_short_after_its_commit_is_put_in_place_when_asked_for(country, tmp_path, keys):
    publication = build.published(build.opened(tmp_path))
    folder_of(publication).rename(shelf() / f".unfinished-{publication.code}")
    assert verify(bundle_of(publication), keys).holds


def test_a_star_changed_in_the_database_is_not_published(country, tmp_path):
    from django.db import connection

    cycle = build.approved(build.opened(tmp_path))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE ratings_result DISABLE TRIGGER only_adds")
        cursor.execute("UPDATE ratings_result SET star = 4 WHERE star = 2; SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ratings_result ENABLE TRIGGER only_adds")
    with pytest.raises(Problem, match="is not what the evidence gives"):
        actions.publish_cycle(by=country.aisha, cycle=cycle, at=build.NOW)


def test_the_trail_leads_from_a_value_to_its_rows(country, tmp_path):
    from marsad.ratings.trail import trail_for

    cycle = build.opened(tmp_path)
    run = build.rated(cycle)
    trail = trail_for(country.rashid, run, "centre-00", "queue")
    assert (trail.n, trail.invalid) == (6, 0)
    assert trail.imports == (cycle.intakes.get(file_name="visits.csv").lake_import,)
    assert np.mean(trail.rows["value"]) == pytest.approx(run.nodes.get(channel__code="centre-00", node="queue").score / 10)
    own = trail_for(country.omar, run, "centre-00", "queue")
    assert (own.sha256, own.rows) == (trail.sha256, None)
    for person in (country.salem, country.charlie, country.huda):
        with pytest.raises(access.NotFound):
            trail_for(person, run, "centre-00", "queue")
    build.moved(cycle, "lock")
    actions.adjust_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, why="misread", brought=actions.Brought(rows=rows_of(9)))
    assert trail_for(country.rashid, build.rated(cycle), "centre-00", "queue").sha256 != trail.sha256
    assert trail_for(country.rashid, run, "centre-00", "queue").sha256 == trail.sha256


def test_a_publication_says_how_far_it_is_and_never_more_than_all(country, tmp_path):
    heard = []
    cycle = build.approved(build.opened(tmp_path))
    actions.publish_cycle(by=country.aisha, cycle=cycle, at=build.NOW, progress=heard.append)
    assert len(heard) > 1
    assert len(build.codes()) * 2 // 3 <= sum(heard) <= len(build.codes())


def test_auditors_get_every_row_that_stands_by_source_and_month(country, tmp_path, keys):
    cycle = build.opened(tmp_path)
    late = rows_of(7, "centre-03", visit=40)
    actions.take_evidence(by=country.aisha, cycle=cycle, at=build.NOW, brought=actions.Brought(rows=late))
    publication = build.published(cycle)
    report = verify(bundle_of(publication, "auditor"), keys)
    assert str(report["rows"]).endswith(f"from {sum(cycle.intakes.values_list('rows', flat=True))} valid rows.")
    with zipfile.ZipFile(bundle_of(publication, "auditor")) as bundle:
        names = [name for name in bundle.namelist() if name.startswith("rows/")]
    assert names == ["rows/survey-2026-02.parquet", "rows/visit-2026-02.parquet", "rows/visit-2026-03.parquet"]
