"""Pictures of a calibration say in words how often promises held, and where least."""

from math import nan

from marsad.web.charts import Interval
from marsad.web.charts.calibration import Covered, Kept, covered, stars
from marsad.web.charts.words import plain


def held(nation, value):
    return Covered(nation, "joint", Interval(value, value - 1, value + 1), 0.25)


def test_the_sentence_counts_where_intervals_hold_often_enough_and_names_where_they_hold_least():
    picture = covered([held("own", 90.0), held("modes", 84.0), held("raters", 85.0)], language="en")
    words = "In 2 of 3 rows at least 85 of 100 intervals held; fewest in: Answers at a kiosk, modelled together, 84.0."
    assert plain(picture.sentence) == words
    assert next(tuple(map(plain, row)) for row in picture.table.rows) == (
        "What the model assumes, modelled together",
        "90.0",
        "89.0–91.0",
        "25%",
    )


def test_one_run_has_no_interval_of_its_own_and_is_drawn_all_the_same():
    picture = covered([Covered("own", "plain", Interval(70.0, nan, nan), 0.3)], language="en")
    assert "fewest in: What the model assumes, not modelled together, 70.0" in plain(picture.sentence)
    assert plain(picture.table.rows[0][2]) == "–"


def test_stars_are_weighed_by_how_many_there_are_and_a_few_say_nothing():
    found = [Kept(0.6, 0.5, 100), Kept(0.9, 0.9, 300), Kept(0.3, 1.0, 2)]
    said = plain(stars(found, language="en").sentence)
    assert said == "Of 400 published stars 82.5 in 100 should have been the true one, and 80.0 in 100 were."
    assert len(stars(found, language="en").table.rows) == 3
    assert "Too few stars" in stars([Kept(0.3, 1.0, 2)], language="en").sentence
