"""Where printed reports lie: each is set once per publication, language and program, and then given to everybody."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

from marsad.public.drawings import present_state
from marsad.public.editions import Edition
from marsad.reports.printed import channel_report, cycle_report, entity_report

STORE = "reports"
LANGUAGES = ("ar", "en")
PRINTERS: dict[str, Callable[[str, str, str], bytes]] = {
    "channel": channel_report,
    "entity": entity_report,
    "cycle": lambda _code, language, cycle: cycle_report(language, cycle),
}
"""How each kind of report is set: from its code, its language and its cycle."""


@dataclass(frozen=True)
class Report:
    """A report: its kind (`channel`, `entity` or `cycle`), of what, in which language, of which published cycle."""

    kind: str
    code: str
    language: str
    edition: Edition

    @property
    def name(self) -> str:
        """Return the name of its file."""
        return f"{self.kind}-{self.code}.{self.language}.pdf"

    @property
    def path(self) -> Path:
        """Return where it lies, or would."""
        return folder_of(self.edition) / self.name

    def printed(self) -> bytes:
        """Return it as PDF, set now where it is not there yet; raises NotFound where there is nothing to report of."""
        if self.path.exists():
            return self.path.read_bytes()
        content = PRINTERS[self.kind](self.code, self.language, self.edition.cycle.code)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.path.parent, delete=False) as file:
            file.write(content)
        os.replace(file.name, self.path)
        return content


def folder_of(edition: Edition) -> Path:
    """Return the folder of the reports of a publication, as the present program sets them."""
    home: Path = settings.MARSAD.home
    return home / STORE / edition.publication.code / present_state()[:16]


def channel_reports(edition: Edition) -> list[Report]:
    """Return the reports of all channels of a published cycle."""
    return [Report("channel", code, language, edition) for code in edition.board.by_code for language in LANGUAGES]


def print_missing(reports: list[Report]) -> Iterator[Report]:
    """Yield reports as they are there, setting what is missing; who is interrupted goes on later where it stopped."""
    for report in reports:
        report.printed()
        yield report


def printed_of(reports: list[Report]) -> int:
    """Return how many reports are there."""
    return len(those_there(reports))


def those_there(reports: list[Report]) -> list[Report]:
    """Return those reports that are there; every folder is looked into once."""
    names = {edition: {path.name for path in folder_of(edition).glob("*.pdf")} for edition in {one.edition for one in reports}}
    return [report for report in reports if report.name in names[report.edition]]


def archive_of(edition: Edition) -> Path:
    """Return those channel reports of a cycle that are there, in one archive that is made anew when there are more."""
    folder, found = folder_of(edition), those_there(channel_reports(edition))
    path = folder / f"channels-{len(found)}.zip"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, delete=False) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for report in found:
                archive.write(folder / report.name, report.name)
        os.replace(file.name, path)
    return path
