"""`marsad report` prints what is published as PDF: a channel, an entity, a cycle, or every channel; and says what it cannot."""

import pytest

from marsad.cli import main
from marsad.reports import store
from tests.public.conftest import land
from tests.ratings import build
from tests.world import LAND, PORT

__all__ = ["land"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder in which commands are given."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """Set no page: each report says in a few bytes what was asked for."""

    def set_as(kind):
        return lambda code, language, cycle: f"%PDF- {kind} {code} {language} {cycle}".encode()

    for kind in store.PRINTERS:
        monkeypatch.setitem(store.PRINTERS, kind, set_as(kind))
    monkeypatch.setattr(store, "STORE", "quick")


def refused(answer, folder, *words):
    """Return the one sentence by which a report is refused, which writes nothing."""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    code, out, err = answer("report", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    return err


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("channel", "centre-04"), "channel-centre-04.ar.pdf"),
        (("entity", PORT, "--language", "en"), f"entity-{PORT}.en.pdf"),
        (("cycle", "--cycle", build.CODE), f"cycle-{build.CODE}.ar.pdf"),
    ],
)
def test_a_channel_an_entity_and_a_cycle_are_printed_into_a_file(land, answer, folder, words, name):
    code, out, err = answer("report", *words)
    assert (code, out, err) == (0, f"marsad-{build.CODE}-{name}\n", "")
    [path] = folder.iterdir()
    content = path.read_bytes()
    assert path.name == out.strip()
    assert content.startswith(b"%PDF-")
    assert b"pdfuaid:part" in content
    assert f"/Lang ({name.split('.')[1]}".encode() in content or f"/Lang({name.split('.')[1]}".encode() in content


def test_every_channel_is_printed_in_both_languages_into_a_folder(land, answer, folder, quick):
    code, out, _ = answer("report", "channels", "--cycle", build.CODE, "--out", "many")
    assert (code, out) == (0, "50 reports in many\n")
    names = {f"channel-{code}.{language}.pdf" for code in build.codes() for language in ("ar", "en")}
    assert {path.name for path in (folder / "many").iterdir()} == names
    content = f"%PDF- channel app-03 en {build.CODE}".encode()
    assert (folder / "many" / "channel-app-03.en.pdf").read_bytes() == content


def test_a_file_that_is_there_is_kept_unless_it_is_forced(land, answer, folder, quick):
    path = folder / "port.pdf"
    path.write_bytes(b"mine")
    words = ("entity", LAND, "--language", "en", "--out", path)
    assert refused(answer, folder, *words).startswith(f"marsad: {path}: this file is there already; choose another --out")
    assert answer("report", *words, "--force")[0] == 0
    assert path.read_bytes() == f"%PDF- entity {LAND} en {build.CODE}".encode()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("channel", "centre-99"), f"cycle {build.CODE} covers no channel 'centre-99'; see its codes in the catalogue."),
        (("entity", "nobody"), f"cycle {build.CODE} covers no entity 'nobody'; see its codes in the catalogue."),
        (("channel",), "no channel is named; write its code: marsad report channel CODE."),
        (("cycle", "--cycle", "2030-1"), "no cycle '2030-1' is published; see `marsad cycle status`."),
        (("channels", "--cycle", "2030-1"), "no cycle '2030-1' is published; see `marsad cycle status`."),
    ],
)
def test_what_is_not_published_is_said_in_one_sentence(land, answer, folder, words, sentence):
    assert refused(answer, folder, *words) == f"marsad: {sentence}\n"


def test_before_anything_is_published_it_says_so(answer, folder, monkeypatch):
    monkeypatch.setattr("marsad.public.editions.editions", tuple)
    assert refused(answer, folder, "cycle") == "marsad: no cycle is published yet; see `marsad cycle status`.\n"


def test_its_help_has_an_example(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["report", "--help"])
    assert stopped.value.code == 0
    assert "marsad report channel port-authority-app-01 --out port.pdf" in capsys.readouterr().out
