"""A small standard and a small file of evidence for the command line."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from marsad.cli import main
from tests.small_standard import indicator, node, standard_text, words

STANDARD = standard_text(
    "two-parts",
    words("جزآن", "Two parts"),
    node=[
        node("overall", "الكل", "Overall", missing="not-rated"),
        node("voice", "الرأي", "Voice", parent="overall", weight=0.6),
        node("visit", "الزيارة", "Visit", parent="overall", weight=0.4),
    ],
    indicator=[
        indicator("happy", "السعادة", "Happy", parent="voice", scale=(0, 100)),
        indicator("clear", "الوضوح", "Clear", parent="voice", scale=(0, 100)),
        indicator("seen", "ما شوهد", "Seen", parent="visit", scale=(0, 100)),
    ],
    limiter=[
        {
            "code": "weak-visit",
            "cap": 3,
            "when": {"score": "visit", "below": 40},
            "label": words("زيارة ضعيفة", "weak visit"),
        }
    ],
    bands=[{"star": 2, "below": 50}, {"star": 3, "from": 50, "below": 70}, {"star": 4, "from": 70}],
    naming={"k": 1},
)

EVIDENCE = """channel,happy,clear,seen
north,80,90,75
south,60,,55
east,95,92,30
west,40,35,
"""


@pytest.fixture
def standard(tmp_path: Path) -> Path:
    """Return the file of the small standard."""
    path = tmp_path / "two-parts.toml"
    path.write_text(STANDARD, encoding="utf-8")
    return path


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Return the file of the small evidence."""
    path = tmp_path / "evidence.csv"
    path.write_text(EVIDENCE, encoding="utf-8")
    return path


@pytest.fixture
def refused(standard: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that rates a file, expects exit code 2 and nothing written, and returns the one sentence said."""

    def run(evidence: Path, *options: str) -> str:
        out = tmp_path / "refused-out"
        assert main(["rate", str(evidence), "--standard", str(standard), "--out", str(out), *options]) == 2
        assert not out.exists()
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("marsad: ")
        assert said.err.count("\n") == 1
        return said.err.removeprefix("marsad: ").strip()

    return run


@pytest.fixture
def at_home(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands use the database of this test, where they would start a server's."""
    monkeypatch.setattr("marsad.config.start_server", nullcontext)


@pytest.fixture
def answer(at_home: None, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command and returns its exit code, its output and its complaint."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
