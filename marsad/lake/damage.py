"""What is wrong with a file that cannot be read as a table, and where: the slow, careful look taken only then."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from marsad.core.problem import Problem, Sentence
from marsad.lake.numbers import shown

SAVE_AS_CSV = Sentence("open it where it was made and save it as CSV UTF-8")
UTF8 = Sentence("save it as CSV UTF-8")
CLOSE_IT = Sentence('close it, or write "" for a quotation mark inside a cell')

NOT_TABLES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", Sentence("an Excel workbook or another ZIP archive"), SAVE_AS_CSV),
    (b"\xd0\xcf\x11\xe0", Sentence("an old Excel workbook or another Office document"), SAVE_AS_CSV),
    (b"%PDF", Sentence("a PDF"), Sentence("ask for the data behind it and save them as CSV UTF-8")),
    (b"ARROW1", Sentence("an Arrow file"), Sentence("save it as CSV or Parquet")),
    (b"\xfd7zXZ", Sentence("compressed with xz"), Sentence("unpack it first")),
    (b"BZh", Sentence("compressed with bzip2"), Sentence("unpack it first")),
    (b"\x28\xb5\x2f\xfd", Sentence("compressed with zstd"), Sentence("unpack it first")),
    (b"<!doctype html", Sentence("a web page"), Sentence("save the data behind it as CSV UTF-8")),
    (b"<html", Sentence("a web page"), Sentence("save the data behind it as CSV UTF-8")),
    (b"<?xml", Sentence("an XML file"), SAVE_AS_CSV),
)
"""How files that are often taken for tables begin, in lower case where they are text; what they are; what to do."""

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ARABIC_LETTERS = 0.6
"""The least share of Arabic letters among the bytes above 127 for a guess at Windows-1256."""


def content_of(path: Path) -> bytes:
    """Return the bytes of a file, unpacked where gzip packed them; raises Problem where there are none."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Problem(Sentence("the file does not exist"), file=path, remedy=Sentence("check the name and the folder")) from error
    except IsADirectoryError as error:
        raise Problem(Sentence("this is a folder, not a file"), file=path, remedy=Sentence("name a file inside it")) from error
    except OSError as error:
        raise Problem(
            Sentence("the file cannot be read: {reason}", reason=(error.strerror or str(error)).lower()), file=path
        ) from error
    if content.startswith(b"\x1f\x8b"):
        content = unpacked(content, path)
    if not content[:1000].strip() and not content.strip():
        raise Problem(Sentence("the file is empty"), file=path, remedy=Sentence("export it again"))
    return content


def unpacked(content: bytes, path: Path) -> bytes:
    """Return what gzip packed."""
    try:
        return gzip.decompress(content)
    except EOFError as error:
        raise Problem(
            Sentence("the compressed file breaks off before its end"), file=path, remedy=Sentence("copy or download it again")
        ) from error
    except (OSError, zlib.error) as error:
        raise Problem(
            Sentence("the compressed file is damaged"), file=path, remedy=Sentence("copy or download it again")
        ) from error


def refuse_what_is_no_table(content: bytes, path: Path) -> None:
    """Raise Problem where the first bytes, or a zero byte anywhere, tell that this is no CSV."""
    start = content[:16].lstrip().lower()
    for magic, kind, remedy in NOT_TABLES:
        if content.startswith(magic) or start.startswith(magic):
            raise Problem(Sentence("this is {kind}, not a table of text", kind=kind), file=path, remedy=remedy)
    if content.startswith(UTF16_MARKS) or looks_like_utf16(content[:200]):
        raise Problem(Sentence("the file is UTF-16, not UTF-8"), file=path, remedy=UTF8)
    if b"\0" in content:
        raise Problem(Sentence("this is a binary file, not a table of text"), file=path, remedy=SAVE_AS_CSV)


def looks_like_utf16(start: bytes) -> bool:
    """Whether every second byte is mostly zero, as in Western text in UTF-16 without its mark."""
    half = len(start) // 2
    return half > 3 and max(start[::2].count(0), start[1::2].count(0)) > 0.8 * half


def decoded(content: bytes, path: Path) -> str:
    """Return the content as text; raises Problem with the line that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        arabic = Sentence("the text is not UTF-8, it looks like Windows-1256 (Arabic)")
        what = arabic if looks_like_1256(content) else Sentence("the text is not UTF-8")
        raise Problem(what, file=path, line=line, remedy=UTF8) from error


def looks_like_1256(content: bytes) -> bool:
    """Whether most bytes above 127 are Arabic letters in Windows-1256."""
    high = bytes(byte for byte in content[:100_000] if byte > 127)
    letters = high.decode("cp1256", errors="replace")
    return bool(letters) and sum("\u0621" <= letter <= "\u064a" for letter in letters) >= ARABIC_LETTERS * len(letters)


def records(content: bytes, delimiter: str, path: Path, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line and the cells of every record that is not an empty line, header included; raises Problem."""
    reader = csv.reader(io.StringIO(decoded(content, path), newline=""), delimiter=delimiter, strict=strict)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Problem(misquoted(error), file=path, line=line, remedy=CLOSE_IT) from error


def misquoted(error: csv.Error) -> str:
    """Return what the csv module found wrong with the quotation marks of a record."""
    if "expected after" in str(error):
        return Sentence("a quotation mark inside a quoted cell is not doubled")
    if "field limit" in str(error):
        return Sentence("a cell of this row is longer than 131 072 characters, as happens where a quotation mark is never closed")
    return Sentence("a quotation mark that opens in this row is never closed")


def first_damage(content: bytes, delimiter: str, width: int, path: Path) -> Problem | None:
    """Return what is wrong with the first record that is no row of the table, or None where every record is one."""
    try:
        for line, cells in records(content, delimiter, path, strict=True):
            if len(cells) != width:
                return wrong_width(len(cells), width, delimiter, path, line)
    except Problem as problem:
        return problem
    return None


def wrong_width(found: int, width: int, delimiter: str, path: Path, line: int) -> Problem:
    """Return that a row has too many or too few cells."""
    name = {",": Sentence("a comma"), ";": Sentence("a semicolon"), "\t": Sentence("a tab")}[delimiter]
    one = Sentence("the row has 1 cell where the header has {width}", width=width)
    what = one if found == 1 else Sentence("the row has {found} cells where the header has {width}", found=found, width=width)
    remedy = (
        Sentence("put cells that contain {name} in quotation marks", name=name)
        if found > width
        else Sentence("write every cell, blank ones too")
    )
    return Problem(Sentence("{what} (cells are divided by {name})", what=what, name=name), file=path, line=line, remedy=remedy)


def lines_of(content: bytes, delimiter: str, rows: Collection[int], path: Path) -> dict[int, int]:
    """Return the lines at which rows start, counted from 0 without header and rows of blank cells; none behind damage."""
    found = dict[int, int]()
    try:
        walk = records(content, delimiter, path)
        next(walk)
        filled = (line for line, cells in walk if any(cells))
        found |= ((row, line) for row, line in zip(range(max(rows, default=-1) + 1), filled, strict=False) if row in rows)
    except Problem:
        pass
    return found


def refuse_names(names: list[str], path: Path, line: int | None) -> None:
    """Raise Problem where a column has no name or two have the same."""
    if "" in names:
        what = Sentence("column {number} has no name", number=names.index("") + 1)
        raise Problem(what, file=path, line=line, remedy=Sentence("name it in the header, or remove the column"))
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise Problem(
            Sentence("two columns are named {twice}", twice=shown(twice)),
            file=path,
            line=line,
            remedy=Sentence("rename or remove one of them"),
        )
