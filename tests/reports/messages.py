"""Every message the pages ask to be written in two languages, read from the sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "marsad"
ROOMS = ("web", "accounts", "catalogue", "ratings", "reports", "api", "config")
CALLS = {"phrase": 1, "counted": 2, "noop": 1, "gettext": 1, "_": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2}
BLOCK = re.compile(r"\{%\s*blocktranslate[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
TAG = re.compile(r"""\{%\s*(?:both|arabic|english|translate|trans)\s+(?:"([^"]+)"|'([^']+)')""")


def messages() -> set[str]:
    """Return the messages of every module and template of the rooms that write pages."""
    found: set[str] = set()
    for room in ROOMS:
        for path in (PACKAGE / room).rglob("*.py"):
            found |= in_module(path)
        for path in (path for kind in ("html", "css", "txt") for path in (PACKAGE / room).rglob(f"*.{kind}")):
            found |= in_template(path.read_text(encoding="utf-8"))
    return found


def in_template(source: str) -> set[str]:
    """Return the messages of a template: those of tags, and blocks with their variables as gettext sees them."""
    blocks = {re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", block) for block in BLOCK.findall(source)}
    return blocks | {double or single for double, single in TAG.findall(source)}


def in_module(path: Path) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    found = set()
    for call in calls:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        for argument in call.args[: CALLS.get(name, 0)]:
            found |= set(literals(argument))
    return found


def literals(argument: ast.expr) -> Iterator[str]:
    """Yield the text an argument is, or may be."""
    if isinstance(argument, ast.IfExp):
        yield from (*literals(argument.body), *literals(argument.orelse))
    elif isinstance(argument, ast.Constant):
        yield str(argument.value)
