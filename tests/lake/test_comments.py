"""Comments lie beside the evidence, newest first for who asks."""

from datetime import UTC

import numpy as np
import pytest

from marsad.core.problem import Problem
from marsad.lake.comments import FOLDER, add_comments, newest_comments
from marsad.lake.store import Lake

NOON = np.datetime64("2026-11-21T12:00:00", "us")


def comments(*texts, **more):
    """Return comments on one channel, each an hour later than the one before."""
    size = len(texts)
    columns = {"cycle": ["2026"] * size, "subject": ["port-1"] * size, "source": ["survey"] * size}
    columns |= {"language": ["en"] * size, "text": list(texts), "respondent": [f"p-{number}" for number in range(size)]}
    return columns | {"at": NOON + np.arange(size) * np.timedelta64(1, "h")} | more


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake")


def test_the_newest_comments_on_a_channel_come_first(lake):
    add_comments(lake, comments("first", "second", "third"))
    add_comments(lake, comments("شكرا", subject=["port-2"], language=["ar"]))
    add_comments(lake, comments("another year", cycle=["2025"]))
    found, n = newest_comments(lake, cycle="2026", subject="port-1", most=2)
    assert n == 3
    assert found["text"].tolist() == ["third", "second"]
    assert found["at"].tolist() == [(NOON + np.timedelta64(hours, "h")).item() for hours in (2, 1)]
    assert found["respondent"].tolist() == ["p-2", "p-1"]


def test_what_was_written_later_is_left_out(lake):
    add_comments(lake, comments("first", "second", "third"))
    until = (NOON + np.timedelta64(1, "h")).item().replace(tzinfo=UTC)
    found, n = newest_comments(lake, cycle="2026", subject="port-1", most=5, until=until)
    assert (found["text"].tolist(), n) == (["second", "first"], 2)


def test_the_same_comments_are_kept_once(lake):
    assert add_comments(lake, comments("first")) == add_comments(lake, comments("first"))
    assert len(list((lake.root / FOLDER).rglob("*.parquet"))) == 1


def test_where_nobody_wrote_there_is_nothing(lake):
    for cycle in ("2026", "../evidence"):
        assert newest_comments(lake, cycle=cycle, subject="port-1", most=5).n == 0


def test_a_changed_file_is_noticed(lake):
    [path] = add_comments(lake, comments("first"))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    with pytest.raises(Problem, match="not those that were added; restore it from a backup"):
        newest_comments(lake, cycle="2026", subject="port-1", most=5)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"text": ["  "]}, "a comment has no text"),
        ({"language": ["fr"]}, "'fr' is no language of a comment; write one of ar, en"),
        ({"source": ["gossip"]}, "'gossip' is no source of a comment"),
        ({"cycle": ["../x"]}, "'../x' is no code"),
        ({"respondent": [None]}, "a comment has gaps"),
    ],
)
def test_a_faulty_comment_is_refused_and_nothing_is_kept(lake, wrong, what):
    with pytest.raises(Problem) as refused:
        add_comments(lake, comments("first", **wrong))
    assert what in str(refused.value)
    assert not (lake.root / FOLDER).exists()


def test_comments_are_no_evidence_and_a_sweep_spares_them(lake):
    add_comments(lake, comments("first"))
    assert lake.imports() == ()
    assert lake.sweep() == ()
    assert len(list((lake.root / FOLDER).rglob("*.parquet"))) == 1
