"""Raw answers dealt into halves: all that one rater wrote of a channel stays together, and nothing is lost or counted twice."""

import numpy as np

from marsad.lake.evidence import read_evidence
from marsad.lake.halves import read_halves
from tests.lake.build import scheme, write

ROWS = [
    (channel, indicator, rater, place + len(rater))
    for place, channel in enumerate(("A", "B", "C"))
    for rater in ("lin", "omar", "noura", "sami")
    for indicator in ("clarity", "waiting")
]


def answers(path, *, raters=True):
    head = "channel,indicator,value" + (",rater" if raters else "")
    lines = (f"{channel},{indicator},{value}" + (f",{rater}" if raters else "") for channel, indicator, rater, value in ROWS)
    return write(path, "\n".join([head, *lines]) + "\n")


def test_the_halves_make_up_the_whole(tmp_path):
    path = answers(tmp_path / "long.csv")
    whole = read_evidence(path, scheme()).evidence
    first, second = read_halves(path, scheme(), seed=1)
    assert first.channels.tolist() == second.channels.tolist() == whole.channels.tolist()
    assert (first.n + second.n).tolist() == whole.n.tolist()
    assert (first.values * first.n + second.values * second.n).tolist() == (whole.values * whole.n).tolist()


def test_what_one_rater_wrote_of_a_channel_goes_into_one_half(tmp_path):
    path = answers(tmp_path / "long.csv")
    for seed in range(6):
        first, second = read_halves(path, scheme(), seed=seed)
        assert (first.raters == 2).all()
        assert (second.raters == 2).all()
        assert (first.values[:, 0] == first.values[:, 1]).all()


def test_an_answer_without_a_rater_goes_by_itself_and_luck_is_by_the_seed(tmp_path):
    path = answers(tmp_path / "long.csv", raters=False)
    dealt = [read_halves(path, scheme(), seed=seed) for seed in (1, 1, 2, 3)]
    assert all((np.nansum(half.n, axis=1) == 4).all() for pair in dealt for half in pair)
    same, again, *others = (np.nan_to_num(pair[0].values).tolist() for pair in dealt)
    assert same == again
    assert any(other != same for other in others)


def test_a_file_that_only_says_what_channels_are_counts_for_both_halves(tmp_path):
    answers(tmp_path / "long.csv")
    write(tmp_path / "channels.csv", "channel,kind\nA,app\nB,site\nC,app\n")
    first, second = read_halves(tmp_path, scheme(kinds=("app", "site")))
    assert (
        first.kinds.tolist()
        == second.kinds.tolist()
        == read_evidence(tmp_path, scheme(kinds=("app", "site"))).evidence.kinds.tolist()
    )


def test_what_is_no_raw_answer_cannot_be_dealt(tmp_path):
    assert read_halves(write(tmp_path / "wide.csv", "channel,clarity,waiting\nA,1,2\nB,3,4\n"), scheme()) is None
    counted = write(tmp_path / "counted.csv", "channel,indicator,value,n\nA,clarity,1,9\nB,clarity,2,8\nA,waiting,3,7\n")
    assert read_halves(counted, scheme()) is None
    folder = tmp_path / "both"
    folder.mkdir()
    answers(folder / "long.csv")
    write(folder / "wide.csv", "channel,clarity\nD,1\n")
    assert read_halves(folder, scheme()) is None
