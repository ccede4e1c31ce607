"""The one shape of evidence: its columns, what each may hold, and rows that were checked against it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.problem import Problem, Sentence
from marsad.lake import labels as lists
from marsad.lake.numbers import LARGEST, shown

SHAPE = 1
"""The version of this shape, written into every manifest."""
SOURCES = ("survey", "meter", "visit", "assessment", "operation", "self")
STAGES = ("", "before", "during", "after")
TEXTS = ("cycle", "subject", "indicator", "source", "stage", "instrument", "rater", "respondent", "stratum", "valid")
NUMBERS = ("value", "weight")
AT = "at"
COLUMNS = ("cycle", "subject", "indicator", "value", "weight", AT, *TEXTS[3:])
NEEDED = ("cycle", "subject", "indicator", "value", AT, "source")
KEY = ("cycle", "subject", "indicator", "source", "instrument", "rater", "respondent", AT)
"""What names a row: an adjustment replaces every earlier row with the same key."""
MEANING: Mapping[str, str] = MappingProxyType(
    {
        "cycle": Sentence("the code of the cycle the row counts in"),
        "subject": Sentence("the code of the channel, service or entity it speaks of"),
        "indicator": Sentence("the code of the indicator in the standard"),
        "value": Sentence("a number on the indicator's own scale"),
        "weight": Sentence("how much the row counts, 1 for an ordinary answer; 0 does not count"),
        AT: Sentence("when it was seen, UTC, to the microsecond"),
        "source": Sentence("survey, meter, visit, assessment, operation or self"),
        "stage": Sentence("before, during or after the service; blank where it does not say"),
        "instrument": Sentence("the questionnaire or checklist with its version"),
        "rater": Sentence("the pseudonym of who scored"),
        "respondent": Sentence("the pseudonym of who answered"),
        "stratum": Sentence("the group of the sample the row belongs to"),
        "valid": Sentence("blank, or the code of the reason why the row does not count"),
    }
)

FIRST, LAST = np.datetime64("1990-01-01", "us").astype(np.int64), np.datetime64("2100-01-01", "us").astype(np.int64)
CODE = re.compile(r"[a-z0-9][a-z0-9._@-]*")
LONGEST = 200
WRITE_IT = Sentence("write a number")
LIMIT = 50
"""How many faults are told one by one."""

Codes = NDArray[np.int32]
Times = NDArray[np.int64]
"""Microseconds since 1970, UTC."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of texts as places `[R]` in a list of labels; -1 for a blank."""

    codes: NDArray[Any]
    labels: Sequence[str] | Texts

    def texts(self) -> Texts:
        """Return the texts `[R]`."""
        return np.asarray(np.append(np.asarray(self.labels, dtype=np.str_), "")[self.codes])


@dataclass(frozen=True)
class Fault:
    """One cell that the shape refuses: its row, counted from 0, its column, and what to do."""

    row: int
    column: str
    what: str
    remedy: str


class FaultyRowsError(ValueError):
    """Rows that the shape refuses: the first faults in the order of rows, and how many there are in all."""

    def __init__(self, faults: Sequence[Fault], total: int) -> None:
        self.faults, self.total = tuple(faults), total
        first = faults[0]
        super().__init__(f"row {first.row + 1}, column {first.column}: {first.what}; {first.remedy}")


class ManyProblems(Problem):
    """Bad input with more than one fault: the sentence of the first, all told ones in `problems`, `total` in all."""

    def __init__(self, problems: Sequence[Problem], total: int) -> None:
        first = problems[0]
        self.problems, self.total = tuple(problems), total
        many = Sentence("{what} ({count} more like this or other faults)", what=first.what, count=total - 1)
        super().__init__(
            many if total > 1 else first.what,
            remedy=first.remedy,
            file=first.file,
            line=first.line,
            column=first.column,
            at=first.at,
        )


@dataclass(frozen=True, eq=False)
class Labelled:
    """A checked column of texts: codes `[R]` into labels (an Arrow array) that are sorted, each once."""

    codes: Codes
    labels: Any


@dataclass(frozen=True, eq=False)
class Rows:
    """Evidence rows that keep to the shape, `R` of them; `make_rows` is the way to them."""

    texts: Mapping[str, Labelled]
    numbers: Mapping[str, Array]
    at: Times

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int(self.at.size)

    def text(self, name: str) -> Texts:
        """Return a column of texts `[R]`."""
        column = self.texts[name]
        return np.asarray(lists.as_texts(column.labels)[column.codes])

    def counts(self, name: str) -> dict[str, int]:
        """Return how many rows carry each label of a column."""
        column = self.texts[name]
        counts = np.bincount(column.codes, minlength=len(column.labels)).tolist()
        labels = column.labels.to_pylist()
        return {label: count for label, count in zip(labels, counts, strict=True) if count}

    def chosen(self, rows: Places) -> Rows:
        """Return the rows at these places, with the labels they use."""
        texts = {name: used(column.codes[rows], column.labels) for name, column in self.texts.items()}
        return Rows(texts, {name: numbers[rows] for name, numbers in self.numbers.items()}, self.at[rows])


def used(codes: Codes, labels: Any) -> Labelled:
    """Return a column without the labels that no row carries."""
    carried = np.zeros(len(labels), bool)
    carried[codes] = True
    if carried.all():
        return Labelled(codes, labels)
    places = (np.cumsum(carried) - 1).astype(np.int32)
    return Labelled(places[codes], lists.pick(labels, np.flatnonzero(carried)))


def joined(many: Sequence[Rows]) -> Rows:
    """Return several bodies of rows as one."""
    if len(many) == 1:
        return many[0]
    texts = {}
    for name in TEXTS:
        columns = [rows.texts[name] for rows in many]
        ends = np.cumsum([0, *(len(column.labels) for column in columns)])
        codes = [column.codes + np.int32(start) for column, start in zip(columns, ends[:-1], strict=True)]
        texts[name] = ordered(np.concatenate(codes), lists.concat([column.labels for column in columns]))
    numbers = {name: np.concatenate([rows.numbers[name] for rows in many]) for name in NUMBERS}
    return Rows(texts, numbers, np.concatenate([rows.at for rows in many]))


def ordered(codes: NDArray[Any], labels: Any) -> Labelled:
    """Return a column with its labels merged and sorted."""
    ranks, distinct = lists.ranked(labels)
    return used(ranks[codes], distinct)


@dataclass
class Draft:
    """Columns on their way to rows, `size` of them, and what was found wrong with them."""

    size: int
    columns: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    total: int = 0

    def refuse(self, wrong: Mask, column: str, what: str, remedy: str) -> None:
        """Note every row of a mask as wrong; the first of them one by one."""
        rows = np.flatnonzero(wrong)
        self.total += int(rows.size)
        self.faults += [Fault(row, column, what, remedy) for row in rows[:LIMIT].tolist()]

    def text(self, name: str, given: Coded | str | Sequence[str] | Texts) -> None:
        """Add a column of texts after a look at its labels."""
        codes, labels = coded(given, self.size)
        if codes.size != self.size:
            raise ValueError(f"column {name} has {codes.size} rows where others have {self.size}")
        carried = used(np.where(codes < 0, len(labels) - 1, codes).astype(np.int32), labels)
        doubtful = np.arange(len(carried.labels)) if name in STRICT else np.flatnonzero(lists.odd(carried.labels, LONGEST))
        for place in doubtful.tolist():
            wrong = refusal(name, carried.labels[place].as_py())
            if wrong:
                self.refuse(carried.codes == place, name, *wrong)
        self.columns[name] = ordered(carried.codes, carried.labels)

    def number(self, name: str, values: Array, known: Mask | None = None, remedy: str = WRITE_IT) -> None:
        """Add a column of numbers: finite ones, and weights from 0 on; those not `known`, NaN, are told elsewhere."""
        values = np.broadcast_to(np.asarray(values, dtype=np.float64) + 0.0, (self.size,))
        missing = np.isnan(values) if known is None else np.isnan(values) & known
        self.refuse(missing, name, Sentence("the {name} is missing", name=name), remedy)
        self.refuse(
            np.abs(values) > LARGEST, name, Sentence("the {name} is infinite, or too large to reckon with", name=name), remedy
        )
        if name == "weight":
            self.refuse(
                values < 0,
                name,
                Sentence("the weight is below 0"),
                Sentence("write how much the row counts, 1 for an ordinary answer"),
            )
        self.columns[name] = values

    def times(self, at: Times, known: Mask | None = None) -> None:
        """Add the times; `known` are those that could be read at all, the others are told elsewhere."""
        at = np.broadcast_to(at, (self.size,))
        outside = (at < FIRST) | (at >= LAST)
        wrong = outside if known is None else outside & known
        self.refuse(wrong, AT, Sentence("the time is not between 1990 and 2100"), Sentence("write the date with its year"))
        self.columns[AT] = at

    def rows(self) -> Rows:
        """Return the rows; raises FaultyRowsError where anything is wrong."""
        if self.faults:
            raise FaultyRowsError(sorted(self.faults, key=lambda fault: fault.row)[:LIMIT], self.total)
        return Rows(
            {name: self.columns[name] for name in TEXTS}, {name: self.columns[name] for name in NUMBERS}, self.columns[AT]
        )


def make_rows(columns: Mapping[str, Any]) -> Rows:
    """Return columns as evidence rows; raises FaultyRowsError with all that is wrong.

    Texts are one text for all rows, a list, an array or `Coded`; numbers one number or an array; `at` one aware datetime, a list
    of them, or an array of datetime64, which NumPy means as UTC. What is left out is blank, weights 1.
    """
    strange = sorted(set(columns) - set(COLUMNS))
    missing = [name for name in NEEDED if name not in columns]
    if strange or missing:
        raise ValueError(f"columns not in the shape: {strange}, columns missing: {missing}")
    draft = Draft(size_of(columns))
    for name in TEXTS:
        draft.text(name, columns.get(name, ""))
    for name in NUMBERS:
        draft.number(name, columns.get(name, 1.0))
    draft.times(*instants(columns[AT], draft))
    return draft.rows()


def size_of(columns: Mapping[str, Any]) -> int:
    """Return how many rows columns have; 1 where each is a single value."""
    for given in columns.values():
        if isinstance(given, Coded):
            return int(given.codes.size)
        if not isinstance(given, str | datetime) and np.ndim(given):
            return len(given)
    return 1


def instants(given: datetime | Sequence[datetime] | NDArray[np.datetime64], draft: Draft) -> tuple[Times, Mask]:
    """Return times as microseconds and which of them are known, having noted those without a time zone or with none at all."""
    if isinstance(given, np.ndarray) and given.dtype.kind == "M":
        at, known = given.astype("datetime64[us]").astype(np.int64), ~np.isnat(given)
        draft.refuse(~known, AT, Sentence("the time is missing"), Sentence("write when it was seen"))
        return at, known
    aware = [given] if isinstance(given, datetime) else list(given)
    known = np.array([moment.tzinfo is not None for moment in aware])
    draft.refuse(
        np.broadcast_to(~known, draft.size),
        AT,
        Sentence("the time has no time zone"),
        Sentence("say its zone, or write it in UTC"),
    )
    return np.array([microseconds(moment) for moment in aware], dtype=np.int64), known


def microseconds(moment: datetime) -> int:
    """Return an aware datetime as whole microseconds since 1970, without a detour over floating point; 0 for a naive one."""
    if moment.tzinfo is None:
        return 0
    apart = moment - EPOCH
    return (apart.days * 86_400 + apart.seconds) * 1_000_000 + apart.microseconds


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def coded(given: Coded | str | Sequence[str] | Texts, size: int) -> tuple[NDArray[Any], Any]:
    """Return texts as codes and trimmed labels, the last of them blank."""
    if isinstance(given, Coded):
        return np.asarray(given.codes), lists.labels_of(given.labels)
    if isinstance(given, str):
        return np.zeros(size, np.int32), lists.labels_of([given])
    return lists.encoded(given)


def refusal(name: str, label: str) -> tuple[str, str] | None:
    """Return what is wrong with a label and what to do about it; None where nothing is."""
    if not label:
        return (
            (Sentence("the {name} is missing", name=name), Sentence("write {meaning}", meaning=MEANING[name]))
            if name in NEEDED
            else None
        )
    if len(label) > LONGEST:
        return Sentence("the {name} is longer than {most} characters", name=name, most=LONGEST), Sentence("shorten it")
    if not label.isprintable() and name not in STRICT:
        return Sentence(
            "the {name} {label} has a line end or another control character in it", name=name, label=shown(label)
        ), Sentence("remove it")
    allowed = STRICT.get(name)
    if allowed and label not in allowed:
        return Sentence("{label} is no {name}", label=shown(label), name=name), Sentence(
            "write one of {names}", names=", ".join(filter(None, allowed))
        )
    if allowed is not None and not allowed and not CODE.fullmatch(label):
        return Sentence("{label} is no code", label=shown(label)), Sentence("write lower-case Latin letters, digits and hyphens")
    return None


STRICT: Mapping[str, tuple[str, ...]] = MappingProxyType({"source": SOURCES, "stage": STAGES, "cycle": (), "valid": ()})
"""Columns of codes; those that must be one of a list, and those of any code."""
