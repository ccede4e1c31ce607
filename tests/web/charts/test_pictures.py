"""What single pictures say and draw."""

import re
from dataclasses import replace
from math import nan

import numpy as np
import pytest

from marsad.core.problem import Problem
from marsad.web.charts import Channel, Interval
from marsad.web.charts.cycle import Move, Source, coverage, movers
from marsad.web.charts.history import Cycle, history
from marsad.web.charts.league import axis_of, intervals, named
from marsad.web.charts.pieces import Axis
from marsad.web.charts.places import Place, places
from marsad.web.charts.profile import Part, compare, profile
from marsad.web.charts.scatter import Spot, mean_ranks, scatter
from marsad.web.charts.seals import Seal, State, chain
from marsad.web.charts.sky import sky
from marsad.web.charts.tree import Node, squarified, tree
from marsad.web.charts.words import isolated, length, plain, wrapped
from tests.web.charts.synthetic import KINDS, PARTS, bands, channels

AXIS = Axis(40.0, 100.0)
NAMES = {code: names["en"] for code, names in KINDS.items()}
STAR = re.compile(
    r'<a href="([^"]*)" data-code="([^"]+)"[^>]*tabindex="(-?\d)" aria-label="([^"]*)">'
    r'<use href="[^"]*" transform="translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)" opacity="([\d.]+)"/></a>'
)


def stars(page: str) -> list[tuple[str, str, str, str, float, float, float, float]]:
    """Return the address, code, tab stop, words, place, size and brightness of every star of a sky."""
    return [(*found[:4], *map(float, found[4:])) for found in STAR.findall(page)]


def said(sentence: str) -> str:
    return plain(sentence)


@pytest.mark.parametrize("count", [1, 60, 600])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_no_star_of_the_sky_covers_another(count, language):
    kinds = {code: names[language] for code, names in KINDS.items()}
    found = stars(sky(channels(language, "usual", count), kinds, bands(language), language=language).page())
    assert len(found) == count
    x, y, reach = np.array([star[4:7] for star in found]).T
    far = np.hypot(x[:, None] - x, y[:, None] - y) + 1e9 * np.eye(count)
    # A tenth of a unit is lost to rounding at either star.
    assert (far >= reach[:, None] + reach - 0.4).all()


def test_the_sky_has_room_for_five_thousand_stars_with_one_tab_stop():
    picture = sky(channels("ar", "usual", 5000), NAMES, bands("ar"), language="ar")
    found = stars(picture.page())
    assert len({code for _, code, *_ in found}) == 5000
    assert [stop for _, _, stop, *_ in found].count("0") == 1
    assert all(0 <= x <= picture.width and 0 <= y <= picture.height for *_, x, y, _, _ in found)


def test_more_voices_make_a_star_larger_and_a_narrower_interval_makes_it_brighter():
    base = Channel("a", "A", Interval(70, 65, 75), "centre", star=4, voices=100)
    crowd = [replace(base, code=f"x{at}", voices=10 * at, score=Interval(50 + at, 45 + at, 55 + at)) for at in range(40)]
    heard = replace(base, code="heard", voices=300)
    sure = replace(base, code="sure", score=Interval(80, 79, 81))
    found = {star[1]: star for star in stars(sky([base, heard, sure, *crowd], NAMES, bands("en"), language="en").page())}
    assert found["heard"][6] > found["a"][6]
    assert found["sure"][7] > found["a"][7]


def test_a_star_says_whose_it_is_and_a_channel_without_one_stands_before_the_scale():
    known = Channel("k", "Centre <1>", Interval(85, 80, 90), "centre", star=5, voices=1200, href="/en/channels/k/")
    unknown = Channel("u", "Centre 2", kind="centre", voices=3, href="/en/channels/u/")
    found = {star[1]: star for star in stars(sky([known, unknown], NAMES, bands("en"), language="en", axis=AXIS).page())}
    assert said(found["k"][3]) == "Centre &lt;1&gt;: Five stars, score 85.0\u00a0(80.0–90.0), voices 1,200"
    assert said(found["u"][3]) == "Centre 2: not rated"
    assert found["k"][0] == "/en/channels/k/"
    assert found["u"][4] < found["k"][4]


def test_a_kind_that_no_one_named_stands_under_its_code():
    page = sky([Channel("k", "Kiosk", Interval(80, 75, 85), "kiosk", star=5)], NAMES, bands("en"), language="en").page()
    assert len(stars(page)) == 1
    assert ">kiosk</text>" in page


def test_neighbours_that_cannot_be_told_apart_are_joined_by_a_bracket():
    apart = [replace(channel, tie="") for channel in channels("en", "usual", 6)]
    tied = [replace(channel, tie="t" if at in (1, 2) else "") for at, channel in enumerate(apart)]
    sides = [intervals(some, bands("en"), language="en").page().count('stroke-width="1.5"/>') for some in (apart, tied)]
    assert sides[1] == sides[0] + 3
    assert "does not tell 2 channels from their neighbours" in said(intervals(tied, language="en").sentence)


def test_a_printed_league_shows_its_first_rows_and_its_table_all():
    picture = intervals(channels("en", "usual", 90), bands("en"), language="en", first=40)
    assert len(re.findall(r"<circle|<a ", picture.page())) == 40
    assert len(picture.table.rows) == 90


def test_no_interval_of_a_few_runs_over_the_axis_and_of_many_one_that_squashes_the_others_does():
    few = [Channel(str(at), str(at), Interval(float(at), at - 9.0, at + 9.0)) for at in range(11)]
    few.append(Channel("wide", "wide", Interval(10.0, -20.0, 76.0)))
    assert (axis_of(few).low, axis_of(few).high) == (-20, 80)
    assert axis_of([*few, *20 * few[:11]]).high < 50


def test_only_who_reaches_the_threshold_has_a_full_bar():
    some = [Channel(f"c{at}", f"C{at}", top=chance) for at, chance in enumerate((0.97, 0.5, 0.49, 0.001, nan))]
    picture = named(some, language="en", k=2, threshold=0.5)
    assert picture.page().count('fill="var(--star)" stroke="var(--star)"') == 2
    assert [row[0] for row in picture.table.rows] == ["C0", "C1", "C2"]
    assert "2 channels reach the probability of 50%" in said(picture.sentence)


@pytest.mark.parametrize(
    ("again", "full", "words"),
    [
        ({"c0", "c1"}, 2, "2 channels reach the probability of 50% from which they may be named."),
        ({"c0"}, 1, "2 channels reach the probability of 50% from which they may be named; named among these: 1."),
        (set(), 0, "2 channels reach the probability of 50% from which they may be named; named among these: 0."),
    ],
)
def test_once_new_evidence_names_who_is_named_has_a_full_bar_and_nobody_else(again, full, words):
    some = [Channel(f"c{at}", f"C{at}", top=chance) for at, chance in enumerate((0.97, 0.5, 0.49))]
    picture = named(some, language="en", k=2, threshold=0.5, again=frozenset(again))
    assert picture.page().count('fill="var(--star)" stroke="var(--star)"') == full
    assert said(picture.sentence) == words


def test_a_profile_says_how_many_parts_are_clearly_apart_from_peers():
    quartiles = (60.0, 65.0, 70.0)
    parts = [
        Part("above", Interval(80, 75, 85), quartiles),
        Part("below", Interval(50, 45, 55), quartiles),
        Part("like", Interval(66, 60, 72), quartiles),
        Part("unknown", Interval(), quartiles),
    ]
    sentence = said(profile(parts, language="en").sentence)
    assert sentence == "Of 3 parts, 1 stand clearly above the median of peers and 1 clearly below it."


def test_five_channels_are_told_apart_by_shape_and_by_dash_and_six_are_refused():
    some = channels("en", "usual", 5)
    rows = [(name, [Interval(60 + at, 55 + at, 65 + at) for at in range(5)]) for name in PARTS["en"][:3]]
    page = compare(some, rows, language="en").page()
    assert len(set(re.findall(r'stroke-dasharray="([^"]+)"', page))) == 5
    with pytest.raises(Problem, match="choose at most 5"):
        compare(channels("en", "usual", 6), rows, language="en")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (Interval(80, 78, 82), "rose clearly from 70 in 2025 to 80 in 2026"),
        (Interval(60, 58, 62), "fell clearly from 70 in 2025 to 60 in 2026"),
        (Interval(71, 69, 73), "71, is not clearly apart from 70 in 2025"),
        (Interval(71), "how sure the change is, is not known"),
    ],
)
def test_a_history_says_whether_a_change_is_sure(now, words):
    cycles = [Cycle("2025", Interval(70, 68, 72)), Cycle("2026", now)]
    assert words in said(history(cycles, language="en", axis=Axis(0, 100)).sentence).replace("70.0", "70")


def test_no_line_bridges_a_cycle_without_a_score():
    whole = [Cycle(str(year), Interval(70 + year, 68 + year, 72 + year)) for year in range(4)]
    broken = [cycle if at != 1 else Cycle("1", Interval()) for at, cycle in enumerate(whole)]
    lines = [
        re.findall(r'd="(M[^"]*)" stroke="var\(--ink\)"', history(cycles, language="en").page()) for cycles in (whole, broken)
    ]
    assert [[line.count("L") + 1 for line in found] for found in lines] == [[4], [2]]


def test_coverage_names_the_widest_gap():
    sources = [Source("survey", 90, 95, 100), Source("visits", 20, 40, 80), Source("none asked", 0, 0, 0)]
    assert said(coverage(sources, language="en").sentence) == "The widest gap is in visits: 20 of 80 channels have enough."


def test_movers_stand_in_the_order_of_their_move_and_those_without_two_scores_stay_out():
    moves = [Move("little", 70, 71), Move("much", 70, 60, 5, 4), Move("new", nan, 80)]
    picture = movers(moves, language="en")
    assert picture.page().index("much") < picture.page().index("little")
    assert ">new<" not in picture.page()
    assert said(picture.sentence) == "Scores that rose: 1; that fell: 1. 1 channel has another star."
    assert len(picture.table.rows) == 3


def test_a_chain_says_where_it_breaks():
    kept = Seal("2024", "2024-11-21", "ab" * 32, State.KEPT)
    broken = Seal("2025", "2025-11-21", "cd" * 32, State.BROKEN, "a score was changed")
    whole, cut = chain([kept, kept], language="en"), chain([kept, broken], language="en")
    assert said(whole.sentence) == "The chain is whole: 2 publications are as they were signed."
    assert said(cut.sentence) == "The chain breaks at 2025: what stands there is not what was signed."
    assert "stroke-dasharray" in cut.page()
    assert "stroke-dasharray" not in whole.page()
    assert "not as it was signed: a score was changed" in said(cut.page())


def test_bricks_fill_their_area_each_by_its_weight():
    weights = [0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05]
    found = squarified(weights, 10, 20, 600, 200)
    for weight, (_, _, long, high) in zip(weights, found, strict=True):
        assert long * high == pytest.approx(weight * 600 * 200)
    for at, (x, y, long, high) in enumerate(found):
        assert min(x - 10, y - 20, 610 - x - long, 220 - y - high) >= -1e-6
        for other_x, other_y, other_long, other_high in found[at + 1 :]:
            apart = (x + long, other_x), (other_x + other_long, x), (y + high, other_y), (other_y + other_high, y)
            assert any(end <= start + 1e-6 for end, start in apart)


def test_a_tree_takes_branches_without_leaves_and_weights_of_nothing():
    nodes = [Node("alone", 0.5), Node("branch", 0.5, (Node("leaf", 0.5), Node("not weighed", 0.0)))]
    picture = tree(nodes, language="en")
    assert [row[1] for row in picture.table.rows] == ["alone", "leaf", "not weighed"]
    assert "leaf" in picture.page()


def place_on(picture, name: str) -> tuple[float, float]:
    """Return where a name is written, the side it is written to undone."""
    [line] = re.findall(rf'<text x="([\d.]+)" y="([\d.]+)"[^>]*>[^<]*{name}', picture.page())
    return float(line[0]), float(line[1])


@pytest.mark.parametrize("language", ["ar", "en"])
def test_on_a_map_north_is_up_and_east_is_right_in_both_languages(language):
    spots = [
        Place("north", 26.0, 55.0, 1),
        Place("south", 24.0, 54.8, 1),
        Place("east", 25.0, 56.5, 1),
        Place("passed over", 25.0, 54.0, 0),
    ]
    drawn = places(spots, language=language, width=880)
    assert place_on(drawn, "north")[1] < place_on(drawn, "east")[1] < place_on(drawn, "south")[1]
    assert place_on(drawn, "east")[0] > place_on(drawn, "north")[0] > place_on(drawn, "south")[0]
    assert "passed over" not in drawn.page()
    assert [row[0] for row in drawn.table.rows] == ["north", "south", "east"]


def test_a_map_says_how_many_visits_go_where_and_shows_nothing_of_channels_that_lie_nowhere_known():
    far = [Place("A", nan, nan, 3), Place("B", nan, nan, 2), Place("C", 25.0, 55.0, 0)]
    assert said(places(far, language="en").sentence) == "5 visits go to 2 channels; A gets 3 of them."
    assert said(places(far[:1], language="en").sentence) == "3 visits go to 1 channel: A."
    assert said(places([], language="en").sentence) == "No visit is planned."
    assert places(far[:2], language="en").height < 160


def test_names_of_dots_that_would_lie_on_each_other_are_written_once_and_the_highest_first():
    spots = [
        Spot("Lower", 50.0, 10.0, marked=True),
        Spot("Higher", 50.1, 10.1, marked=True),
        Spot("Apart", 50.0, 90.0, marked=True),
    ]
    drawn = scatter([*spots, Spot("Plain", 0.0, 0.0)], across="A", up="B", language="en")
    assert [name in drawn.body for name in ("Higher", "Lower", "Apart", "Plain")] == [True, False, True, False]
    assert [row[0] for row in drawn.table.rows] == ["Lower", "Higher", "Apart", "Plain"]


def test_no_name_lies_on_another_dot_that_has_one():
    spots = [Spot("Long before it", 10.0, 50.0, marked=True), Spot("Beside", 12.0, 50.0, marked=True), Spot("Far", 90.0, 0.0)]
    drawn = scatter(spots, across="A", up="B", language="en")
    assert [name in drawn.body for name in ("Long before it", "Beside")] == [False, True]


def test_a_scatter_says_nothing_of_few_channels_and_shares_ranks_among_ties():
    few = [Spot(str(at), at, at) for at in range(5)]
    many = [Spot(str(at), at, -at) for at in range(20)]
    words = {"across": "digital share", "up": "score", "language": "en"}
    assert "too few channels" in scatter(few, **words).sentence
    assert "tend to have less score (correlation of ranks −1.00)" in said(scatter(many, **words).sentence)
    assert list(mean_ranks([3.0, 1.0, 3.0])) == [2.5, 1.0, 2.5]


def test_long_names_are_cut_with_an_ellipsis_and_short_ones_are_whole():
    assert wrapped("Short name", 14, 200) == ("Short name",)
    cut = wrapped("A name that is far too long for the little room it has here", 14, 120)
    assert len(cut) == 2
    assert cut[1].endswith("…")
    assert all(length(line, 14) <= 120 for line in cut)
    assert wrapped("Unbreakableunbreakableunbreakable", 14, 60)[0].endswith("…")


def test_numbers_run_left_to_right_and_names_as_they_begin():
    assert isolated("−5%") == "\u2066−5%\u2069"
    assert isolated("مركز 5") == "\u2068مركز 5\u2069"
