"""Reading Markdown: pages, their links, their code and the command lines in it."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.repository import ROOT, committed

FENCE = re.compile(r"^ {0,3}(```+|~~~+)\s*(.*)$")
OUTPUT = {"output", "text"}
"""What the first line of a fenced block says where it shows what a program prints."""
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
ENDS_A_COMMAND = {"|", "||", "&", "&&", ";", ">", ">>", "<", "2>"}


@dataclass(frozen=True)
class Line:
    """One line of code on a page; `whole`: it stands in a block of its own, not inside a sentence."""

    page: Path
    number: int
    text: str
    whole: bool

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.number}: {self.text}"


def pages() -> list[Path]:
    """Return every page of the repository."""
    return sorted(path for path in committed() if path.suffix == ".md")


def code(page: Path) -> list[Line]:
    """Return the lines of blocks that show no output, continued lines joined, and the code spans of sentences."""
    return list(parse(page, page.read_text(encoding="utf-8")))


def parse(page: Path, text: str) -> Iterator[Line]:
    """Yield the lines of code of a page's text."""
    fence, kept, before_blank, pending = "", False, True, ""
    for number, line in enumerate(text.splitlines(), 1):
        opened = FENCE.match(line)
        if opened and not fence:
            fence, kept = opened[1], not OUTPUT & set(opened[2].casefold().split())
            continue
        if fence and line.strip() == fence:
            fence, pending = "", ""
            continue
        indented = not fence and line.startswith("    ") and before_blank
        if (fence and kept) or indented:
            pending += line.strip()
            if pending.endswith("\\"):
                pending = pending[:-1]
                continue
            yield Line(page, number, pending, whole=True)
        elif not fence:
            yield from (Line(page, number, span, whole=False) for span in SPAN.findall(line))
        before_blank, pending = indented or not line.strip(), ""


def prose(text: str) -> str:
    """Return a page's text without its code."""
    kept, fence = [], ""
    for line in text.splitlines():
        opened = FENCE.match(line)
        if opened and not fence:
            fence = opened[1]
        elif fence and line.strip() == fence:
            fence = ""
        elif not fence:
            kept.append(SPAN.sub("", line))
    return "\n".join(kept)


def links(page: Path) -> list[str]:
    """Return where a page links to inside the repository."""
    found = LINK.findall(prose(page.read_text(encoding="utf-8")))
    return [target for target in found if not re.match(r"[a-z][a-z+.-]*:", target)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as repository hosts make them."""
    headings = re.findall(r"^#{1,6} +(.+?) *#*$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").casefold()).replace(" ", "-") for heading in headings}


def commands(line: Line, program: str) -> list[list[str]]:
    """Return the arguments of every call of a program on a line: `$` and settings before it are passed over, pipes end it."""
    text = line.text.removeprefix("$ ").removeprefix("% ")
    if program not in text:
        return []
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    calls: list[list[str]] = [[]]
    for word in lexer:
        if word in ENDS_A_COMMAND:
            calls.append([])
        else:
            calls[-1].append(word)
    found = []
    for call in calls:
        while call and ASSIGNMENT.fullmatch(call[0]):
            call.pop(0)
        if call and (call[0] == program or call[0].endswith(f"/{program}")):
            found.append(call[1:])
    return found
