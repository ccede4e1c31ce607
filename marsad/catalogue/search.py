"""Finding by words: which of many search keys answer what somebody typed, a slip of the finger allowed, best first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from marsad.core.text import search_tokens

BEGINS, SLIPPED, ALIKE = 0.9, 0.7, 0.5
"""What a word is worth that begins with the word asked for, differs from it in one place, or is like it; one that is equal: 1."""
SHORTEST_TO_LACK, SHORTEST_TO_EXCHANGE, SHORTEST_TO_DIFFER = 7, 8, 10
"""Letters of both words together from which on one may be missing, two change places, or one be another: قطار is not مطار."""
SHORTEST_TO_BE_ALIKE = 5
MOST_WORDS = 12
LEAST_LIKENESS = 0.45
FULLNESS = 0.05
"""What it is worth that a key says nothing else."""


class Hit(NamedTuple):
    """How well words answer: how many of those asked for they are, and how nearly."""

    words: int
    score: float


def best(asked: str, keys: Iterable[tuple[int, str]]) -> list[int]:
    """Return the ids of keys with most of the words asked for, at least half of them, best first; equals keep their order.

    >>> keys = [(1, "مركز جوازات مطار"), (2, "مركز مرور"), (3, "بلديه")]
    >>> best("المرور", keys), best("مركز المطر", keys), best("مكتبة", keys)
    ([2], [1], [])
    """
    wanted = search_tokens(asked)[:MOST_WORDS]
    words = [(identity, key.split()) for identity, key in keys]
    worth = worth_of({word for _, key in words for word in key}, wanted)
    hits: dict[tuple[str, ...], Hit] = {}
    found: list[tuple[int, float, int]] = []
    for identity, key in words:
        known = tuple([word for word in key if word in worth])
        if known:
            answer = hits.get(known) or hits.setdefault(known, hit(known, worth))
            found.append((answer.words, answer.score + FULLNESS * len(known) / len(key), identity))
    most = max((words for words, _, _ in found), default=0)
    if 2 * most < len(wanted):
        return []
    with_most = [(-score, identity) for words, score, identity in found if words == most]
    return [identity for _, identity in sorted(with_most, key=itemgetter(0))]


def worth_of(vocabulary: Iterable[str], wanted: Sequence[str]) -> dict[str, dict[int, float]]:
    """Return what words are worth to those asked for, by the places of the latter; words that are worth nothing are left out."""
    worth: dict[str, dict[int, float]] = {}
    for word in vocabulary:
        for place, one in enumerate(wanted):
            if near := nearness(one, word):
                worth.setdefault(word, {})[place] = near
    return worth


def hit(known: Sequence[str], worth: Mapping[str, Mapping[int, float]]) -> Hit:
    """Return how well words that are worth something answer together."""
    nearest: dict[int, float] = {}
    for word in known:
        for place, near in worth[word].items():
            nearest[place] = max(near, nearest.get(place, 0.0))
    return Hit(len(nearest), sum(nearest.values()))


def nearness(asked: str, word: str) -> float:
    """Return what a word is worth to the one asked for, 0 to 1.

    >>> nearness("جوازات", "جوازات"), nearness("جواز", "جوازات"), nearness("جوزات", "جوازات"), nearness("مرور", "جوازات")
    (1.0, 0.967, 0.7, 0.0)
    """
    if asked == word:
        return 1.0
    if word.startswith(asked):
        return round(BEGINS + 0.1 * len(asked) / len(word), 3)
    if asked.isdigit() or word.isdigit():
        return 0.0
    if len(asked) + len(word) >= least_to_slip(asked, word) and one_slip(asked, word):
        return SLIPPED
    if min(len(asked), len(word)) >= SHORTEST_TO_BE_ALIKE and (like := likeness(asked, word)) >= LEAST_LIKENESS:
        return round(ALIKE * like, 3)
    return 0.0


def least_to_slip(one: str, other: str) -> int:
    """Return how many letters two words need together, for the slip between them to be one."""
    if len(one) != len(other):
        return SHORTEST_TO_LACK
    return SHORTEST_TO_EXCHANGE if sorted(one) == sorted(other) else SHORTEST_TO_DIFFER


def one_slip(one: str, other: str) -> bool:
    """Whether two different words are equal but for one letter too many, too few, another, or two exchanged.

    >>> one_slip("بلديه", "بلديات"), one_slip("بلدية", "بلديه"), one_slip("license", "licesne"), one_slip("licence", "license")
    (False, True, True, True)
    """
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    rest, other_rest = short[start:], long[start:]
    if len(short) < len(long):
        return rest == other_rest[1:]
    exchanged = rest[1:2] + rest[:1] == other_rest[:2] and rest[2:] == other_rest[2:]
    return rest[1:] == other_rest[1:] or exchanged


def likeness(one: str, other: str) -> float:
    """Return the share of threes of letters that two words have in common, as Dice has it.

    >>> round(likeness("استعلامات", "استعلام"), 2), likeness("abcde", "vwxyz")
    (0.78, 0.0)
    """
    threes, others = threes_of(one), threes_of(other)
    return 2 * len(threes & others) / (len(threes) + len(others))


@lru_cache(maxsize=1 << 16)
def threes_of(word: str) -> frozenset[str]:
    """Return every three letters in a row of a word, its beginning and end marked by spaces."""
    marked = f"  {word} "
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))
