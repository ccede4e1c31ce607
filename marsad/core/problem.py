"""What is wrong with something a person gave us, in one sentence with its remedy."""

from __future__ import annotations


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
        """Return the sentence."""
        place = [
            str(self.file) if self.file else "",
            f"line {self.line}" if self.line else "",
            f"column {self.column}" if self.column else "",
            self.at or "",
        ]
        where = ", ".join(part for part in place if part)
        sentence = f"{where}: {self.what}" if where else self.what
        whole = f"{sentence}; {self.remedy}" if self.remedy else sentence
        return whole if whole.endswith("?") else f"{whole}."
