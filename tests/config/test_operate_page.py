"""docs/operate.md says of the settings what the program says."""

from pathlib import Path

from marsad.config.environment import SETTINGS, page_table

PAGE = Path(__file__).parents[2] / "docs" / "operate.md"
BEGIN, END = "<!-- settings: written by marsad/config/environment.py -->\n", "<!-- end of settings -->"


def shown() -> str:
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def test_the_table_is_the_one_the_program_has():
    # To write it anew: python -m tests.config.test_operate_page
    assert shown() == page_table()


def test_every_setting_says_what_it_does():
    assert [setting.name for setting in SETTINGS if len(setting.help) < 20] == []


def write() -> None:
    """Write the table into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    assert END in rest
    PAGE.write_text(before + BEGIN + "\n" + page_table() + "\n\n" + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    write()
