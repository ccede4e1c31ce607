"""Small standards and files for the tests of the lake."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from marsad.core.problem import Problem
from marsad.core.scheme import Indicator, Node, Scheme
from marsad.core.stars import Bands
from marsad.lake.evidence import Reading


def scheme(*indicators: Indicator, **more) -> Scheme:
    """Return a scheme of one node; without indicators those of a visit: clarity and waiting, 0 to 10."""
    return Scheme(
        indicators or (indicator("clarity", scale=(0, 10)), indicator("waiting", scale=(0, 10))),
        (Node("service"),),
        stars=Bands(edges=(50.0,), stars=(1.0, 2.0)),
        **more,
    )


def indicator(code: str, **more) -> Indicator:
    return Indicator(code, "service", **more)


def write(path: Path, text: str) -> Path:
    """Write a text as it stands, line ends too."""
    path.write_bytes(text.encode())
    return path


def rows(columns: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """Return a CSV."""
    return "".join(",".join(str(cell) for cell in line) + "\n" for line in (columns, *lines))


def cells(reading: Reading, quantity: str = "values") -> Mapping[str, list[float]]:
    """Return the numbers of every channel, by its identifier."""
    array = getattr(reading.evidence, quantity)
    return dict(zip(reading.evidence.channels.tolist(), array.tolist(), strict=True))


class Refused:
    """What a `with refused() as problem:` met."""

    def __init__(self) -> None:
        self.raises = pytest.raises(Problem)

    def __enter__(self) -> "Refused":
        self.met = self.raises.__enter__()
        return self

    def __exit__(self, *failure) -> bool | None:
        return self.raises.__exit__(*failure)

    @property
    def problem(self) -> Problem:
        return self.met.value

    @property
    def place(self) -> tuple[str, int | None, str | None]:
        """Where: the name of the file, line and column."""
        return Path(str(self.problem.file)).name, self.problem.line, self.problem.column
