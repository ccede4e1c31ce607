"""What a reader trips over on a page: words of the other language, text that is cut off, and text set from the wrong side."""

from pathlib import Path

from playwright.sync_api import Page


def script_of(name: str) -> str:
    """Return the function that a file of this folder holds, without what it says of itself."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8").partition("*/")[2].strip()


SCRIPT = script_of("reading.js")


def stumbles(page: Page) -> list[str]:
    """Return what a reader trips over on the page as it is now, each with the place where it is."""
    found: list[str] = page.evaluate(SCRIPT)
    return found
