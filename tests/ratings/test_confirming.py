"""From the lock to names: who is visited again, what is taken in of them, and that it names and never rates."""

import csv
import io
import json
import re
import zipfile

import pytest

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Action
from marsad.cli import main
from marsad.core.lifecycle import OutOfTurn
from marsad.core.problem import Problem
from marsad.lake.rows import FaultyRowsError
from marsad.ledger import verify
from marsad.ledger.canonical import parsed
from marsad.ratings import actions
from marsad.ratings.confirming import drawn_for
from marsad.ratings.models import Cycle
from marsad.ratings.rounds import Drawn
from marsad.ratings.shelf import bundle_of
from tests import world
from tests.ratings import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def locked(country, tmp_path) -> Cycle:
    """A locked cycle with a finished run."""
    cycle = build.moved(build.opened(tmp_path), "lock")
    build.rated(cycle)
    return cycle


def drawn(cycle: Cycle, decoy: bool) -> set[str]:
    return set(drawn_for(cycle).filter(decoy=decoy).values_list("channel__code", flat=True))


def test_a_second_wave_names_channels_and_changes_no_rating(locked, keys, tmp_path):
    before = build.rated(locked)
    actions.draw_round(by=world.aisha(), cycle=locked, at=build.NOW)
    assert build.rated(locked).pk == before.pk, "what is drawn changes nothing by itself"
    build.confirmed(locked, tmp_path)
    run = build.rated(locked)
    assert run.pk != before.pk
    assert run.parts == before.parts | {"confirmation": run.parts["confirmation"]}
    scores = [list(one.results.in_full().order_by("channel").values_list("score", "star", "rank")) for one in (before, run)]
    assert scores[0] == scores[1]
    named = {one["channel"] for ends in run.lists for one in ends["channels"] if one["verdict"] == "named"}
    assert named
    assert named <= drawn(locked, decoy=False)
    build.moved(locked, "moderate", "hear")
    actions.approve(by=world.huda(), cycle=Cycle.objects.get(), at=build.NOW)
    publication = actions.publish_cycle(by=world.aisha(), cycle=Cycle.objects.get(), at=build.NOW)
    for audience in ("public", "auditor"):
        report = verify(bundle_of(publication, audience), keys)
        assert report.holds, str(report["decision"])
    assert report["rows"].state == "whole"
    with zipfile.ZipFile(bundle_of(publication)) as bundle:
        decision = parsed(bundle.read("decision.json"))
        told = list(csv.DictReader(io.StringIO(bundle.read("round.csv").decode())))
    assert {one["channel"] for ends in decision["lists"] for one in ends["channels"] if one["verdict"] == "named"} == named
    assert {row["channel"] for row in told if row["decoy"] == "yes"} == drawn(locked, decoy=True)
    named_from_files(publication, decision, tmp_path)
    corrected(publication, named, keys)


def named_from_files(publication, decision, folder) -> None:
    """Rate the files of a bundle by the command line: they name whom the decision names, by the same numbers."""
    with zipfile.ZipFile(bundle_of(publication)) as bundle:
        bundle.extractall(folder / "bundle")
    bundle, first = folder / "bundle", folder / "first"
    first.mkdir()
    for name in ("evidence.csv", "attributes.csv"):
        (bundle / name).rename(first / name)
    asked = ["rate", str(first), "--standard", str(bundle / "standard" / "small.toml"), "--out", str(folder / "out")]
    asked += ["--seed", "7", "--draws", "400", "--second", str(bundle / "second.csv")]
    assert main([*asked, "--round", str(bundle / "round.csv")]) == 0
    assert json.loads((folder / "out" / "names.json").read_text(encoding="utf-8")) == {"lists": decision["lists"]}
    report = re.sub(r"<[^>]+>", "", (folder / "out" / "report.html").read_text(encoding="utf-8"))
    assert "By the second wave named among the best 2: centre-13, centre-14; among the worst 2: centre-00." in report
    assert main([*asked, "--force"]) == 2, "nobody can tell who was drawn"


def corrected(publication, named: set[str], keys) -> None:
    """Correct the second wave of the worst that is named: it is named no longer, and every rating stays."""
    cycle, worst = Cycle.objects.get(), "centre-00"
    brought, about = build.second_wave_corrected(cycle, worst), {"cycle": cycle, "at": build.NOW}
    with pytest.raises(Problem, match="correcting the second wave needs a reason"):
        actions.correct_confirmation(by=world.aisha(), brought=brought, why=" ", **about)
    with pytest.raises(Forbidden):
        actions.correct_confirmation(by=world.omar(), brought=brought, why="Forms were mixed up", **about)
    outside = actions.Brought(rows=build.answers(channels=[sorted(set(build.codes()) - set(publication.run.drawn))[0]]))
    with pytest.raises(FaultyRowsError):
        actions.correct_confirmation(by=world.aisha(), brought=outside, why="Forms were mixed up", **about)
    took = actions.correct_confirmation(by=world.aisha(), brought=brought, why="Forms were mixed up", **about)
    assert (took.intake.kind, Action.objects.get(object_code=took.intake.code).verb) == (
        "second-correction",
        "correct_confirmation",
    )
    run = build.rated(cycle)
    parts = {part for part, said in run.parts.items() if said != publication.run.parts[part]}
    assert parts == {"confirmation"}
    new = actions.correct_publication(by=world.huda(), why="Forms were mixed up", **about)
    assert new.corrects == publication
    for audience in ("public", "auditor"):
        assert verify(bundle_of(new, audience), keys, [bundle_of(publication, audience)]).holds
    assert worst in named
    assert named_in(new) == named - {worst}
    before, after = (one.run.results.in_full().order_by("channel").values_list("score", "star") for one in (publication, new))
    assert list(before) == list(after)


def named_in(publication) -> set[str]:
    """Return whom the decision of a publication names, as its bundle tells."""
    with zipfile.ZipFile(bundle_of(publication)) as bundle:
        lists = parsed(bundle.read("decision.json"))["lists"]
    return {one["channel"] for ends in lists for one in ends["channels"] if one["verdict"] == "named"}


def test_the_draw_stays_is_in_the_audit_and_lets_only_those_drawn_come_in_and_their_rows_once(locked, tmp_path):
    found = actions.draw_round(by=world.aisha(), cycle=locked, at=build.NOW)
    candidates, decoys = drawn(locked, decoy=False), drawn(locked, decoy=True)
    assert candidates
    assert len(decoys) >= 0.3 * (len(candidates) + len(decoys)) or len(candidates | decoys) > 20
    entry = Action.objects.get(verb="draw_round")
    assert entry.after["channels"] == sorted(candidates | decoys), "nobody can tell from it who is a decoy"
    assert entry.after["decoys"] == len(decoys)
    assert found.seed == locked.seed
    with pytest.raises(Problem, match="nobody to visit again that is not drawn yet"):
        actions.draw_round(by=world.aisha(), cycle=locked, at=build.NOW)
    assert Drawn.objects.count() == len(candidates | decoys)
    outside = sorted(set(build.codes()) - candidates - decoys)[0]
    with pytest.raises(FaultyRowsError, match=outside):
        actions.confirm_evidence(
            by=world.aisha(), cycle=locked, at=build.NOW, brought=actions.Brought(rows=build.answers(channels=[outside]))
        )
    first, again = build.confirmed(locked, tmp_path), build.confirmed(locked, tmp_path)
    assert [one.new for one in (*first, *again)] == [True, True, False, False]
    assert {one.intake.kind for one in first} == {"confirmation"}


def test_nothing_is_drawn_or_confirmed_out_of_turn_or_by_others(country, tmp_path):
    cycle = build.opened(tmp_path)
    build.rated(cycle)
    rows = actions.Brought(rows=build.answers())
    with pytest.raises(OutOfTurn, match="while the cycle is open"):
        actions.draw_round(by=world.aisha(), cycle=cycle, at=build.NOW)
    with pytest.raises(OutOfTurn, match="confirming is not possible"):
        actions.confirm_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=rows)
    cycle = build.moved(cycle, "lock")
    with pytest.raises(OutOfTurn, match="nobody is drawn for confirmation yet"):
        actions.confirm_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=rows)
    for name in ("omar", "lin", "rashid", "huda"):
        with pytest.raises(Forbidden):
            actions.draw_round(by=world.somebody(name), cycle=cycle, at=build.NOW)
