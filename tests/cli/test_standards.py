"""`marsad standards`: list, show and check."""

from pathlib import Path

import pytest

from marsad.cli import main
from marsad.standards import names


def test_list_prints_every_shipped_standard(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == names()


def test_show_prints_tree_weights_bands_and_limiters(standard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "show", str(standard)]) == 0
    card = capsys.readouterr().out
    assert "60.00 %    Voice" in card
    assert "50 to below 70" in card
    assert "weak visit" in card


def test_show_writes_the_card_as_a_page(standard: Path, tmp_path: Path) -> None:
    page = tmp_path / "card.html"
    assert main(["standards", "show", str(standard), "--html", str(page)]) == 0
    html = page.read_text(encoding="utf-8")
    assert "Two parts" in html
    assert "جزآن" in html


def test_show_says_where_it_cannot_write(standard: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "show", str(standard), "--html", str(tmp_path / "nowhere" / "card.html")]) == 2
    assert "card.html" in capsys.readouterr().err


def test_check_passes_a_sound_file(standard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "check", str(standard)]) == 0
    assert capsys.readouterr().out == "two-parts@1 is sound: 3 indicators under 3 nodes, stars 2, 3, 4\n"


def test_check_names_file_place_and_remedy(standard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    standard.write_text(standard.read_text(encoding="utf-8").replace("weight = 0.4", "weight = 0.5"), encoding="utf-8")
    assert main(["standards", "check", str(standard)]) == 2
    said = capsys.readouterr().err
    assert f"{standard}, node[1]: the weights under 'overall' sum to 1.1, not to 1" in said


def test_help_of_every_command_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["rate"], ["standards", "show"], ["demo"]):
        with pytest.raises(SystemExit) as stopped:
            main([*command, "--help"])
        assert stopped.value.code == 0
        assert "example" in capsys.readouterr().out
