"""Loading a standard: a TOML file with the instruments it names, checked whole before anything uses it."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from marsad.core.conditions import Condition
from marsad.core.problem import Problem
from marsad.core.scheme import (
    Adjustment,
    Alternative,
    Cure,
    Estimates,
    Floors,
    Indicator,
    Joint,
    Naming,
    Node,
    Peers,
    Raters,
    Requirement,
    Scheme,
    StarRules,
)
from marsad.core.stars import Limiter
from marsad.standards.checks import Draft, check_scheme
from marsad.standards.reader import Place, Range, Raw, Table, build, closest, convert
from marsad.standards.rules import refuse_empty
from marsad.standards.standard import Item, Standard, Text

SCHEMA = 1
COMMON = {entry.name for entry in fields(Indicator)} - {"code"}
"""What an indicator may take from the defaults or from its instrument."""
CODE = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
HERE = Path(str(files("marsad.standards")))
SCHEMES, INSTRUMENTS = HERE / "schemes", HERE / "instruments"


def names() -> list[str]:
    """Return the names of the shipped standards, in order."""
    return sorted(path.stem for path in SCHEMES.glob("*.toml"))


def path_of(name: str) -> Path:
    """Return the file of a standard given by name or by file; raises Problem where there is neither."""
    if name in names():
        return SCHEMES / f"{name}.toml"
    path = Path(name)
    if path.suffix != ".toml" and not os.path.isfile(path) and "/" not in name:
        raise Problem(f"no standard is called '{name}'", remedy=f"{closest(name, names())}, or name a TOML file")
    if path.suffix != ".toml":
        raise Problem("this is not a TOML file", file=name, remedy="name a file that ends in .toml")
    try:
        path.stat()
    except FileNotFoundError:
        what = "there is no such file"
        raise Problem(what, file=name, remedy="name a TOML file, or a standard of `marsad standards list`") from None
    except OSError as error:
        raise unreadable(path, error) from None
    return path


def load(name: str) -> Standard:
    """Load a shipped standard by name, or any by its file; raises Problem with file, place and remedy."""
    path = path_of(name)
    try:
        return Loader(path).standard()
    except RecursionError:
        raise Problem("this is nested too deeply to be read", file=path, remedy="write it flatter") from None


def unreadable(path: Path, error: OSError) -> Problem:
    """Return what is wrong with a file that the system will not let us read."""
    return Problem(f"the file cannot be read: {error.strerror}", file=path, remedy="mend its permissions or its path")


def parse(path: Path) -> tuple[dict[str, Any], bytes]:
    """Read one TOML file; return its tables and its bytes."""
    try:
        content = path.read_bytes()
        return tomllib.loads(content.decode("utf-8-sig")), content
    except OSError as error:
        raise unreadable(path, error) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Problem("this line is not UTF-8 text", file=path, line=line, remedy="save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        what, line, column = where_in(str(error), content)
        raise Problem(f"this is not TOML: {what}", file=path, line=line, column=column, remedy="mend the line") from None


def where_in(error: str, content: bytes) -> tuple[str, int, str | None]:
    """Return what the parser says is wrong, in which line and column; at the end of the file it names no column."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", error, re.DOTALL)
    if found:
        return found[1], int(found[2]), found[3]
    return error.removesuffix(" (at end of document)"), len(content.splitlines()), None


@dataclass
class Loader:
    """One standard being read: the words found on the way by code, where each code stands, and the weights written down."""

    path: Path
    labels: dict[str, Text] = field(default_factory=dict)
    rules: dict[str, Text] = field(default_factory=dict)
    bands: dict[float, Text] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    weighed: dict[str, dict[str, float]] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)
    digest: Any = field(default_factory=hashlib.sha256)

    def standard(self) -> Standard:
        """Read, check and return the standard."""
        raw, content = parse(self.path)
        self.digest.update(content)
        place = Place(str(self.path))
        top = Table(raw, place)
        if (schema := top.take("schema", int)) != SCHEMA:
            raise (place / "schema").problem(f"schema {schema} is not known", f"write schema = {SCHEMA}")
        name, version = self.code(top, "name"), top.take("version", str)
        if not version.strip():
            raise (place / "version").problem("the version is empty", 'write one, such as version = "1.0.0"')
        title, summary = top.take("title", Text), top.take("summary", Text)
        sources = top.take("sources", tuple[str, ...], ())
        kinds = self.kinds(top)
        scheme = self.scheme(top, tuple(kinds))
        top.finish()
        check_scheme(Draft(scheme, place, self.places, self.weighed, self.totals))
        return Standard(
            name=name,
            version=version,
            title=title,
            summary=summary,
            sources=sources,
            scheme=scheme,
            labels=self.labels,
            rules=self.rules,
            bands=self.bands,
            kinds=kinds,
            items=self.items,
            digest=self.digest.hexdigest(),
        )

    def code(self, table: Table, key: str = "code") -> str:
        """Take a code: lower-case ASCII words joined by single - or _."""
        code: str = table.take(key, str)
        if not CODE.fullmatch(code):
            raise (table.place / key).problem(
                f"'{code}' is not a code", "use lower-case a–z, digits, single - and _, starting with a letter"
            )
        return code

    def new_code(self, table: Table) -> str:
        """Take the code of a part or a rule, which nothing else in the standard may have."""
        code = self.code(table)
        if code in self.places:
            before = self.places[code]
            there = before.at if before.file == table.place.file else f"{before.at} of {before.file}"
            raise (table.place / "code").problem(f"'{code}' is the code of {there} already", "give each its own")
        self.places[code] = table.place
        return code

    def kinds(self, top: Table) -> dict[str, Text]:
        """Take the channel kinds and their names."""
        found = {}
        for table in top.tables("kind"):
            code = self.code(table)
            if code in found:
                raise (table.place / "code").problem(f"'{code}' is the code of another kind already", "give each its own")
            found[code] = table.take("label", Text)
            table.finish()
        return found

    def scheme(self, top: Table, kinds: tuple[str, ...]) -> Scheme:
        """Take everything that decides a rating."""
        nodes = tuple(self.node(table) for table in top.tables("node"))
        defaults = self.shared(top, "defaults")
        indicators = [self.indicator(table, defaults) for table in top.tables("indicator")]
        for table in top.tables("instrument"):
            indicators += self.instrument(table, defaults)
        minimum_share = top.take("minimum_share", float, 0.0)
        Range(0, 1).check(minimum_share, top.place / "minimum_share")
        return Scheme(
            indicators=tuple(indicators),
            nodes=nodes,
            stars=self.stars(top),
            kinds=kinds,
            within=top.take("within", str, "kind"),
            minimum_share=minimum_share,
            invited_only=top.take("invited_only", bool, False),
            peers=top.take("peers", Peers, None),
            alternatives=tuple(self.alternative(table) for table in top.tables("alternative")),
            adjustments=tuple(self.adjustment(table) for table in top.tables("adjustment")),
            requirements=tuple(self.ruled(table, Requirement, "reason") for table in top.tables("requirement")),
            limiters=tuple(self.ruled(table, Limiter, "label") for table in top.tables("limiter")),
            naming=top.take("naming", Naming, Naming()),
            cure=top.take("cure", Cure, Cure()),
            joint=top.take("joint", Joint, None),
            raters=top.take("raters", Raters, None),
            estimates=top.take("estimates", Estimates, None),
            floors=top.take("floors", Floors, None),
        )

    def stars(self, top: Table) -> StarRules:
        """Take the star rule and the names of its stars."""
        table = Table(top.take("stars", Any), top.place / "stars")
        named = table.plain("names")
        rule: StarRules = convert(StarRules, table.left, table.place)
        place = table.place / "names"
        known = {f"{star:g}": star for star in rule.stars}
        for name, text in named.items():
            if name not in known:
                raise place.problem(f"the rule never gives '{name}' stars", f"name {', '.join(known)}")
            self.bands[known[name]] = convert(Text, text, place / name)
        return rule

    def shared(self, table: Table, key: str) -> dict[str, Raw]:
        """Take what many indicators have in common, under `defaults` or `each`."""
        common = table.plain(key)
        for name in common:
            if name not in COMMON:
                raise (table.place / key / name).problem(f"'{name}' is not known here", closest(name, COMMON))
        return common

    def node(self, table: Table) -> Node:
        """Take one branch of the tree."""
        code = self.new_code(table)
        self.labels[code] = table.take("label", Text)
        self.totals[code] = table.take("total", float, 1.0)
        Range(0, open=True).check(self.totals[code], table.place / "total")
        weighed = table.has("weight")
        node = build(Node, table, code=code)
        self.note_weight(node, weighed)
        return node

    def indicator(self, table: Table, defaults: Mapping[str, Raw]) -> Indicator:
        """Take one indicator, what it does not say coming from the defaults."""
        code = self.new_code(table)
        self.labels[code] = table.take("label", Text)
        table.left = {**defaults, **table.left}
        weighed = table.has("weight")
        indicator = build(Indicator, table, code=code)
        self.note_weight(indicator, weighed)
        return indicator

    def note_weight(self, part: Node | Indicator, written: bool) -> None:
        """Remember a weight that was written down, for the check of sums."""
        if written and part.parent is not None:
            self.weighed.setdefault(part.parent, {})[part.code] = part.weight

    def instrument(self, table: Table, defaults: Mapping[str, Raw]) -> list[Indicator]:
        """Take an instrument: a file whose items are indicators, measured alike."""
        name, source = table.take("file", str), table.take("source", str)
        shared = {**defaults, **self.shared(table, "each")}
        table.finish()
        path = next((folder / name for folder in (self.path.parent, INSTRUMENTS) if os.path.isfile(folder / name)), None)
        if path is None:
            raise (table.place / "file").problem(
                f"there is no instrument '{name}'", "name a file beside the standard, or a shipped one"
            )
        raw, content = parse(path)
        self.digest.update(content)
        top = Table(raw, Place(str(path)))
        found = [self.item(item, source, shared) for item in top.tables("item")]
        top.finish()
        return found

    def item(self, table: Table, source: str, shared: Mapping[str, Raw]) -> Indicator:
        """Take one question as an indicator; its words become its label."""
        code = self.new_code(table)
        ask = table.take("ask", Text)
        answers = tuple(text for key in ("levels", "choices", "anchors") for text in table.take(key, tuple[Text, ...], ()))
        self.labels[code] = ask
        self.items[code] = Item(code, source, ask, table.take("look_for", Text, None), answers)
        parent = table.take("node", str)
        table.left = {**shared, **table.left}
        weighed = table.has("weight")
        indicator = build(Indicator, table, code=code, parent=parent, source=source)
        self.note_weight(indicator, weighed)
        return indicator

    def ruled(self, table: Table, kind: type, words: str) -> Any:
        """Take one limiter or requirement with its words."""
        code = self.new_code(table)
        self.rules[code] = table.take(words, Text)
        return build(kind, table, code=code)

    def alternative(self, table: Table) -> Alternative:
        """Take an alternative; it is called by what it leaves out."""
        label = table.take("label", Text)
        alternative = build(Alternative, table)
        self.rules["-".join(["without", *alternative.leave_out])] = label
        return alternative

    def adjustment(self, table: Table) -> Adjustment:
        """Take an adjustment: cases `{ add = 0.4, when = { … } }` in the order they are tried."""
        code = self.new_code(table)
        self.rules[code] = table.take("label", Text)
        cases = []
        for case in table.tables("cases"):
            cases.append((case.take("when", Condition), case.take("add", float)))
            case.finish()
        refuse_empty(cases, table.place / "cases")
        table.finish()
        return Adjustment(code, tuple(cases))
