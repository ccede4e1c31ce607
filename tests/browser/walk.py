"""Every page there is, read from the table of addresses: a page that stands there is walked to, in both languages and colours."""

from dataclasses import dataclass, replace

from tests.contracts.pages import PAGES
from tests.contracts.rows import PUBLISHED, WALKERS

NOT_READ = ("/health", ".js", ".csv", ".zip", ".pem", ".pdf", "/download/", "/menu/", "/progress/", "/drawing/")
"""Ends of addresses whose answers are no pages."""

GALLERY = "components/"
NAMED = f"cycles/{PUBLISHED}/"


@dataclass(frozen=True)
class Visit:
    """A page, below its language, and somebody who gets to see it."""

    address: str
    by: str


def visits() -> list[Visit]:
    """Return every page of the table with the first of the cast who sees it, strangers before all; two more are our own."""
    found = [Visit("no/such/page/", "anybody"), Visit(GALLERY, "omar")]
    for row in PAGES:
        seen_by = [name for name in WALKERS if row.expected[name] == 200 and name != "machine"]
        if row.method == "GET" and seen_by and not row.address.endswith(NOT_READ):
            found.append(Visit(row.address.removeprefix("/ar/").removeprefix("/en/"), seen_by[0]))
    known = dict.fromkeys(found)
    return [visit for visit in known if visit.address == NAMED or unnamed(visit) == visit or unnamed(visit) not in known]


def unnamed(visit: Visit) -> Visit:
    """Return the page of the newest cycle that does not name it, and is the same but for its addresses."""
    return replace(visit, address=visit.address.removeprefix(NAMED))
