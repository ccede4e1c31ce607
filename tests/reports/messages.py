"""Every message the pages ask to be written in two languages, read from the sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "marsad"
CALLS = {
    "Sentence": 1,
    "phrase": 1,
    "counted": 2,
    "say": 1,
    "say_count": 2,
    "noop": 1,
    "gettext": 1,
    "_": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
}
CLAUSES = {"said": 0, "whole": 1, "unchecked": 1}
"""What makes a clause of a seal, and where its message stands: it may be given a name before."""
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
TAG = re.compile(r"""\{%\s*(?:both|arabic|english|translate|trans)\s+(?:"([^"]+)"|'([^']+)')""")
CALL = re.compile(r"""(?<!\w)_\((?:"([^"]+)"|'([^']+)')\)""")


def messages() -> set[str]:
    """Return the messages of every module and template."""
    found: set[str] = set()
    for path in sources("py"):
        found |= in_module(path)
    for path in (path for kind in ("html", "css", "txt", "typ") for path in sources(kind)):
        found |= in_template(path.read_text(encoding="utf-8"))
    return found


def sources(kind: str) -> list[Path]:
    """Return our files of a kind: what the front end is built with and into is not ours."""
    return [path for path in PACKAGE.rglob(f"*.{kind}") if not {"node_modules", "static"} & set(path.parts)]


def in_template(source: str) -> set[str]:
    """Return the messages of a template: those of tags, of `_("…")`, and of blocks with their variables as gettext sees them."""
    blocks: set[str] = set()
    for options, block in BLOCK.findall(source):
        for form in PLURAL.split(block):
            trimmed = " ".join(line.strip() for line in form.strip().splitlines()) if "trimmed" in options.split() else form
            blocks.add(VARIABLE.sub(r"%(\1)s", trimmed))
    return blocks | {double or single for double, single in [*TAG.findall(source), *CALL.findall(source)]}


def in_module(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    named = texts_by_name(nodes)
    found = set()
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        for argument in call.args[: CALLS.get(name, 0)]:
            found |= set(literals(argument))
        for argument in call.args[CLAUSES[name] :][:1] if name in CLAUSES else ():
            found |= set(clauses(argument, named))
    return found


def texts_by_name(nodes: list[ast.AST]) -> dict[str, set[str]]:
    """Return the texts that a module gives to names."""
    found: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, set()).update(literals(node.value, str))
    return found


def clauses(argument: ast.expr, named: dict[str, set[str]]) -> Iterator[str]:
    """Yield the messages that a clause may be of."""
    for node in ast.walk(argument):
        yield from named.get(node.id, ()) if isinstance(node, ast.Name) else ()
        yield from [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else ()


def literals(argument: ast.expr, kind: type = object) -> Iterator[str]:
    """Yield the text an argument is, or may be."""
    if isinstance(argument, ast.IfExp):
        yield from (*literals(argument.body, kind), *literals(argument.orelse, kind))
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, kind):
        yield str(argument.value)
