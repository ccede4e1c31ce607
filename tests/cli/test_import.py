"""`marsad import` brings the catalogue's files in, all or nothing, says what is wrong line by line, and can only look."""

import re

import pytest

from marsad.accounts.models import Action
from marsad.catalogue.models import Channel, Entity
from marsad.cli import main
from tests import world
from tests.repository import ROOT
from tests.stories import files
from tests.world import PORT

PAGE = ROOT / "docs/manual/catalogue.md"
AISHA = ("--as", "aisha@marsad.example")


@pytest.fixture
def folder(at_home, tmp_path):
    """A folder with two entities and their channels."""
    world.everybody()
    return files.catalogue(tmp_path)


def counts():
    """Return how much is in the catalogue and in the audit."""
    return Entity.objects.count(), Channel.objects.count(), Action.objects.count()


def refused(answer, *words):
    """Return the lines by which an import is refused that changes nothing."""
    before = counts()
    code, out, err = answer("import", *words)
    assert (code, out) == (2, "")
    assert counts() == before
    return err.removeprefix("marsad: ").splitlines()


def test_a_folder_comes_in_and_the_audit_says_why(answer, folder):
    code, out, err = answer("import", folder, *AISHA, "--why", "The register of 2026")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "entities.csv: 2 added, 0 changed, 0 as they were",
        "channels.csv: 25 added, 0 changed, 0 as they were",
    ]
    assert counts()[:2] == (2, 25)
    assert {(entry.verb, entry.by.email, entry.why) for entry in Action.objects.all()} == {
        ("import_catalogue", "aisha@marsad.example", "The register of 2026")
    }


def test_files_come_in_together_in_whatever_order_they_are_named(answer, folder):
    code, out, _ = answer("import", folder / "channels.csv", folder / "entities.csv", *AISHA)
    assert (code, [line.split(":")[0] for line in out.splitlines()]) == (0, ["entities.csv", "channels.csv"])
    (folder / "entities.csv").write_text(f"code,name_en\n{PORT},Harbour Authority\n", encoding="utf-8")
    assert answer("import", folder / "entities.csv", *AISHA)[0] == 2
    (folder / "entities.csv").write_text(f"code,name_ar,name_en\n{PORT},هيئة الموانئ,Harbour Authority\n", encoding="utf-8")
    assert answer("import", folder, *AISHA)[1].splitlines() == [
        "entities.csv: 0 added, 1 changed, 0 as they were",
        "channels.csv: 0 added, 0 changed, 25 as they were",
    ]


def test_a_check_says_what_would_be_done_and_does_nothing(answer, folder):
    code, out, _ = answer("import", folder, "--check", *AISHA)
    assert code == 0
    assert out.splitlines() == [
        "entities.csv: 2 to add, 0 to change, 0 as they were",
        "channels.csv: 25 to add, 0 to change, 0 as they were",
        "nothing was written",
    ]
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("how", [(), ("--check",)])
def test_all_that_is_wrong_is_told_line_by_line_and_nothing_comes_in(answer, folder, how):
    with (folder / "channels.csv").open("a", encoding="utf-8") as file:
        file.write("app-10,القناة,Channel,nobody,app\napp-11,القناة,Channel,port-authority,kiosque\n")
    with (folder / "entities.csv").open("a", encoding="utf-8") as file:
        file.write(f"{PORT},هيئة,Authority\n")
    lines = refused(answer, folder, *how, *AISHA)
    places = ["entities.csv, line 4, column code", "channels.csv, line 27, column entity", "channels.csv, line 28, column kind"]
    assert [line.split(": ")[0] for line in lines] == [f"{folder}/{place}" for place in places]
    assert all("; " in line for line in lines)


def test_what_cannot_be_brought_in_is_said_in_one_sentence(answer, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "entities.csv").write_text(files.ENTITIES, encoding="utf-8")
    sentences = {
        (folder, other): "a file entities.csv was named before; keep one of the two.",
        (tmp_path / "no",): "there is no file of a catalogue here; name a folder with one or more of regions.csv, ",
        (folder / "entities.csv", tmp_path / "list.csv"): "there is no file of a catalogue here; ",
    }
    for paths, sentence in sentences.items():
        [line] = refused(answer, *paths, *AISHA)
        assert sentence in line


def test_the_files_of_the_manual_come_in(answer, at_home, tmp_path):
    world.everybody()
    page = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"^`(\w+\.csv)`.*?```csv\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    for name, text in shown:
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, out, err = answer("import", tmp_path, *AISHA)
    assert (code, err) == (0, "")
    assert [line.split(",")[0] for line in out.splitlines()] == [
        "regions.csv: 1 added",
        "entities.csv: 1 added",
        "services.csv: 2 added",
        "channels.csv: 2 added",
    ]


@pytest.mark.parametrize("how", [(), ("--check",)])
def test_a_champion_brings_in_channels_of_their_own_entity_alone(answer, folder, how):
    assert answer("import", folder, *AISHA)[0] == 0
    changed = (folder / "channels.csv").read_text(encoding="utf-8").replace("Channel 0", "First channel")
    (folder / "channels.csv").write_text(changed, encoding="utf-8")
    for email in ("salem@marsad.example", "charlie@marsad.example", "nobody@marsad.example"):
        assert len(refused(answer, folder / "channels.csv", *how, "--as", email)) == 1
    code, out, _ = answer("import", folder / "channels.csv", *how, "--as", "omar@marsad.example")
    assert (code, out.split(", ")[1]) == (0, "1 to change" if how else "1 changed")


def test_its_help_has_an_example(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["import", "--help"])
    assert stopped.value.code == 0
    assert "marsad import catalogue/ --check --as aisha@gov.example" in capsys.readouterr().out
