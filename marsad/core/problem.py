"""What is wrong with something a person gave us, in one sentence with its remedy, in English or as a catalogue has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

Translate = Callable[[str], str]
"""What gives a pattern in another language; a catalogue of messages is one."""


class Sentence(str):
    """A text in English that knows its pattern and what fills it, so that a catalogue can say it in another language.

    Values that are sentences themselves are translated with it; all others stay as they are.

    >>> print(Sentence("the column {name} is missing", name="value"))
    the column value is missing
    """

    def __new__(cls, pattern: str, /, **values: object) -> Sentence:
        """Return the text with its values in place."""
        text = super().__new__(cls, pattern.format_map(values))
        text.pattern, text.values = pattern, values
        return text

    pattern: str
    values: dict[str, object]

    @classmethod
    def kept(cls, data: Mapping[str, Any]) -> Sentence:
        """Return the sentence that `as_data` kept."""
        return cls(data["pattern"], **{name: of_data(value) for name, value in data["values"].items()})

    def say(self, translate: Translate, apart: Translate = str) -> str:
        """Return the text in the language of a catalogue; `apart` keeps a value that stays as it is apart from the words."""
        said = {name: in_words(value, translate, apart) for name, value in self.values.items()}
        return translate(self.pattern).format_map(said)


def in_words(value: object, translate: Translate, apart: Translate = str) -> str:
    """Return a value as it is said: a sentence in the language of a catalogue, anything else as it is, kept `apart`."""
    return value.say(translate, apart) if isinstance(value, Sentence) else apart(str(value))


def as_data(text: str) -> object:
    """Return a text as JSON can keep it: a sentence with its pattern and values, any other as it is.

    >>> as_data(Sentence("{n} rows are left out", n=3))
    {'pattern': '{n} rows are left out', 'values': {'n': '3'}}
    """
    if not isinstance(text, Sentence):
        return str(text)
    values = {name: as_data(value) if isinstance(value, str) else str(value) for name, value in text.values.items()}
    return {"pattern": text.pattern, "values": values}


def of_data(data: Any) -> str:
    """Return the text that `as_data` kept.

    >>> print(of_data({"pattern": "{n} rows are left out", "values": {"n": "3"}}))
    3 rows are left out
    """
    return Sentence.kept(data) if isinstance(data, dict) else str(data)


def either(names: Sequence[str]) -> str:
    """Return names as a choice: one, or one of several.

    >>> print(either(["open", "locked", "approved"]))
    open or locked or approved
    """
    return reduce(lambda first, last: Sentence("{first} or {last}", first=first, last=last), names)


class Problem(ValueError):  # noqa: N818  it is what a person reads, not what a program did
    """Bad input: what is wrong, where (file, line, column or path inside a file), and what to do about it.

    >>> print(Problem("the value 'good' is not a number", file="visits.csv", line=7, column="reception", remedy="write a number"))
    visits.csv, line 7, column reception: the value 'good' is not a number; write a number.
    """

    def __init__(
        self,
        what: str,
        *,
        remedy: str = "",
        file: object = None,
        line: int | None = None,
        column: str | None = None,
        at: str | None = None,
    ) -> None:
        self.what, self.remedy, self.file, self.line, self.column, self.at = what, remedy, file, line, column, at
        super().__init__(what)

    def __str__(self) -> str:
        """Return the sentence in English."""
        return self.say(str)

    @property
    def whole(self) -> str:
        """Return all of it, places and remedy included, as one sentence that may be kept; without its full stop."""
        place = [
            str(self.file) if self.file else "",
            Sentence("line {line}", line=self.line) if self.line else "",
            Sentence("column {column}", column=self.column) if self.column else "",
            self.at or "",
        ]
        named = [part for part in place if part]
        whole = reduce(lambda first, last: Sentence("{first}, {last}", first=first, last=last), named) if named else ""
        whole = Sentence("{where}: {what}", where=whole, what=self.what) if whole else self.what
        return Sentence("{what}; {remedy}", what=whole, remedy=self.remedy) if self.remedy else whole

    def say(self, translate: Translate, apart: Translate = str) -> str:
        """Return the sentence in the language of a catalogue: `problem.say(gettext)`; what is no `Sentence` stays English."""
        whole = self.whole
        text = whole.say(translate, apart) if isinstance(whole, Sentence) else whole
        return text if text.endswith((".", "?", "؟")) else f"{text}."
