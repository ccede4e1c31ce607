"""What was announced of a cycle can be edited while it is a draft, by the programme alone, and the audit tells both sides."""

from datetime import date

import pytest

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Action
from marsad.core.problem import Problem
from marsad.ratings import actions
from marsad.ratings.models import Cycle
from tests.ratings import build
from tests.ratings.build import NOW


def edited(by, cycle, **changes):
    return actions.edit_cycle(by=by, cycle=cycle, at=NOW, changes=changes)


def test_titles_days_numbers_and_settings_are_edited_and_the_rest_stays(country, tmp_path):
    cycle = build.announced(tmp_path, names={"app": 1})
    edited(
        country.aisha,
        cycle,
        title_en=" The spring cycle ",
        opens_on=None,
        closes_on=date(2026, 6, 1),
        names={"app": 2, "service-centre": 3},
        least=10,
    )
    found = Cycle.objects.get()
    assert (found.title_ar, found.title_en) == ("الدورة الأولى", "The spring cycle")
    assert (found.opens_on, found.closes_on, found.least, found.seed) == (None, date(2026, 6, 1), 10, 7)
    assert found.names == {"app": 2, "service-centre": 3}
    assert found.standard == cycle.standard
    assert found.covered.count() == len(build.codes())


def test_the_audit_tells_what_was_and_what_is_of_what_changed(country, tmp_path):
    cycle = build.announced(tmp_path)
    edited(country.aisha, cycle, title_en="Another", seed=7)
    entry = Action.objects.filter(verb="edit_cycle").get()
    assert (entry.before, entry.after) == ({"title_en": "The first cycle"}, {"title_en": "Another"})
    edited(country.aisha, cycle, title_en="Another", seed=7)
    assert Action.objects.filter(verb="edit_cycle").count() == 1


def test_another_standard_is_kept_and_rates_the_cycle(country, tmp_path):
    cycle = build.announced(tmp_path)
    other = build.write_standard(tmp_path / "other", build.STANDARD.replace('version = "1"', 'version = "2"'))
    cycle = edited(country.aisha, cycle, standard=str(other))
    assert str(Cycle.objects.get().standard) == "small@2"
    other.unlink()
    build.moved(cycle, "open")


def test_a_standard_that_does_not_rate_what_is_covered_is_refused(country, tmp_path):
    cycle = build.announced(tmp_path)
    text = build.STANDARD.replace('[[kind]]\ncode = "app"\nlabel = { ar = "تطبيق", en = "App" }\n', "")
    other = build.write_standard(tmp_path / "other", text.replace('version = "1"', 'version = "2"'))
    with pytest.raises(Problem, match="the standard does not rate the kind 'app' of 'app-00'"):
        edited(country.aisha, cycle, standard=str(other))
    actions.uncover(by=country.aisha, cycle=cycle, at=NOW, channels=[code for code in build.codes() if code.startswith("app")])
    assert str(edited(country.aisha, cycle, standard=str(other)).standard) == "small@2"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title_ar": " "}, "the title is missing in one language"),
        ({"closes_on": date(2025, 1, 1)}, "the cycle closes before it opens"),
        ({"names": {"desk": 1}}, "the standard does not rate the kind 'desk'"),
        ({"names": {"app": 0}}, "cannot be named"),
        ({"seed": -1}, "is no seed"),
        ({"least": 0}, "fewer than 1 answer cannot be shown"),
    ],
)
def test_what_could_not_be_announced_cannot_be_edited_in(country, tmp_path, changes, sentence):
    cycle = build.announced(tmp_path)
    before = Cycle.objects.values().get()
    with pytest.raises(Problem, match=sentence):
        edited(country.aisha, cycle, **changes)
    assert Cycle.objects.values().get() == before


def test_an_open_cycle_stays_as_it_was_announced(country, tmp_path):
    cycle = build.announced(tmp_path)
    build.moved(cycle, "open")
    with pytest.raises(Problem, match="changing the announcement is not possible while the cycle is open"):
        edited(country.aisha, cycle, title_en="Too late")


def test_nobody_but_the_programme_edits(country, tmp_path):
    cycle = build.announced(tmp_path)
    for name, person in country._asdict().items():
        if name != "aisha":
            with pytest.raises(Forbidden):
                edited(person, cycle, title_en=name)
