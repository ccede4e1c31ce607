"""`marsad cycle`: a whole cycle from the command line, and one sentence for every mistake."""

import argparse
from contextlib import nullcontext

import pytest

from marsad.cli import cycle as command
from marsad.core.problem import Problem
from marsad.ratings.models import Cycle
from tests import world
from tests.ratings import build

AISHA, HUDA, CHARLIE = "aisha@marsad.example", "huda@marsad.example", "charlie@marsad.example"


@pytest.fixture
def marsad(country, monkeypatch, capsys):
    """Run `marsad cycle` as a person, and return what it prints."""
    monkeypatch.setattr("marsad.config.start_server", nullcontext)

    def run(*arguments: str, as_: str = AISHA) -> str:
        parser = argparse.ArgumentParser()
        command.add(parser.add_subparsers())
        options = parser.parse_args(["cycle", *arguments, "--as", as_])
        options.run(options)
        return capsys.readouterr().out

    return run


def test_a_whole_cycle_from_the_command_line(marsad, tmp_path):
    standard = str(build.write_standard(tmp_path))
    said = marsad(
        "announce",
        "2026-1",
        "--standard",
        standard,
        "--title-ar",
        "دورة",
        "--title-en",
        "Cycle",
        "--opens",
        "2026-01-01",
        "--k",
        "app=1",
        "--draws",
        "400",
        "--seed",
        "7",
    )
    assert said.startswith("announced 2026-1 by small@1, SHA-256 ")
    facts = tmp_path / "facts.csv"
    facts.write_text("channel,breach\ncentre-04,yes\n", encoding="utf-8")
    assert marsad("cover", "2026-1", "--kind", "app", "--entity", world.PORT) == "4 channels are new; 4 are covered\n"
    said = marsad("cover", "2026-1", "--kind", "app", "--kind", "service-centre", "--facts", str(facts))
    assert said == "21 channels are new; 25 are covered\n"
    assert marsad("move", "2026-1", "open") == "2026-1 is open\n"
    took = marsad("take", "2026-1", str(build.visits(tmp_path)), "--source", "visit")
    assert took.startswith("150 rows taken in as ")
    assert "there already" in marsad("take", "2026-1", str(build.visits(tmp_path)), "--source", "visit")
    assert "25 channels" in marsad("run", "2026-1", "--later")
    assert "done, 25 of 25 channels rated, current" in marsad("run", "2026-1")
    for verb in ("lock", "moderate"):
        marsad("move", "2026-1", verb)
    line = f"app-03,queue,10,{build.SEEN.isoformat()},s0"
    (tmp_path / "again.csv").write_text(f"channel,indicator,value,at,rater\n{line}\n", encoding="utf-8")
    marsad("adjust", "2026-1", str(tmp_path / "again.csv"), "--source", "visit", "--why", "misread")
    marsad("run", "2026-1")
    said = marsad("compare", "2026-1")
    assert said.startswith("changed: evidence\n")
    assert "app-03: star" in said
    assert "why: evidence (visit)" in said
    marsad("move", "2026-1", "hear")
    assert marsad("approve", "2026-1", as_=HUDA) == "2026-1 is approved\n"
    said = marsad("publish", "2026-1")
    assert said.startswith("publication 1: 2026-1-1, ")
    with pytest.raises(Problem, match="took in no second wave"):
        marsad("confirm", "2026-1", str(tmp_path / "again.csv"), "--source", "visit", "--why", "misread")
    status = marsad("status", "2026-1", as_=CHARLIE)
    assert status.startswith("2026-1: published since ")
    assert "up to 2 of each named: service-centre\nup to 1 of each named: app\n" in status
    assert "publication 1: 2026-1-1" in status
    assert Cycle.objects.get().names == {"app": 1}


def test_answers_are_weighed_to_totals_and_a_total_of_nobody_is_told_with_its_line(marsad, tmp_path):
    build.moved(build.opened(tmp_path), "lock", "moderate")
    totals = tmp_path / "totals.csv"
    totals.write_text("channel,group,total\napp-00,,400\napp-99,,5\n", encoding="utf-8")
    why = ("--source", "survey", "--why", "as planned")
    with pytest.raises(Problem, match="app-99") as refused:
        marsad("weigh", "2026-1", str(totals), *why)
    assert (refused.value.line, refused.value.column) == (3, "channel")
    totals.write_text("channel,group,total\napp-00,,400\n", encoding="utf-8")
    said = marsad("weigh", "2026-1", str(totals), *why).splitlines()
    assert said[0] == "app-00: 30 answers, worth 30.0; 2 rounds, converged"
    assert said[1].startswith("60 rows weighed as ")


def test_a_draft_is_edited_and_what_is_left_out_stays(marsad, tmp_path):
    build.announced(tmp_path, names={"app": 1})
    said = marsad("edit", "2026-1", "--title-en", "Spring", "--opens", "none", "--closes", "2026-06-01", "--k", "app=2")
    assert said.startswith("2026-1 is by small@1, SHA-256 ")
    cycle = Cycle.objects.get()
    assert (cycle.title_ar, cycle.title_en, cycle.opens_on, cycle.seed) == ("الدورة الأولى", "Spring", None, 7)
    assert f"{cycle.closes_on} {cycle.names}" == "2026-06-01 {'app': 2}"


def test_a_stranger_does_nothing(marsad):
    with pytest.raises(Problem, match="nobody has the address ghost@"):
        marsad("status", "2026-1", as_="ghost@marsad.example")


def test_who_may_not_is_told_so_in_one_sentence(marsad, tmp_path):
    build.announced(tmp_path)
    with pytest.raises(Problem, match="there is no such cycle, or it is not yours"):
        marsad("move", "2026-1", "open", as_=CHARLIE)
    with pytest.raises(Problem, match="there are no two finished runs"):
        marsad("compare", "2026-1")


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--opens", "tomorrow", "is no date"),
        ("--k", "app=many", "is no number to be named"),
    ],
)
def test_a_bad_option_is_refused(marsad, capsys, option, value, sentence):
    with pytest.raises(SystemExit):
        marsad("announce", "x", "--standard", "s", "--title-ar", "أ", "--title-en", "a", option, value)
    assert sentence in capsys.readouterr().err


def test_every_step_has_an_example(capsys):
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    for step in (
        "announce",
        "edit",
        "cover",
        "take",
        "adjust",
        "weigh",
        "run",
        "status",
        "move",
        "approve",
        "publish",
        "compare",
    ):
        with pytest.raises(SystemExit):
            parser.parse_args(["cycle", step, "--help"])
        assert f"marsad cycle {step} 2026-1" in capsys.readouterr().out
