"""What of a rating is told in words and pictures: which parts of the tree make a profile, and which stars are likely."""

from __future__ import annotations

from collections.abc import Sequence

from marsad.core.scheme import Indicator, Node, Scheme

SURE = 0.95
"""From this probability on something is called almost certain."""

Part = Node | Indicator


def profile_parts(scheme: Scheme) -> list[tuple[Part, int]]:
    """Return the parts a profile shows, with their depth: the root's children or, where they are under three, theirs.

    A grandchild of three or more nodes is followed by them, so that pillars are seen where they stand deeper.
    """
    children = scheme.children[scheme.root.code]
    if len(children) >= 3:
        return [(child, 0) for child in children]
    found: list[tuple[Part, int]] = []
    for child in children:
        for under in scheme.children[child.code] if isinstance(child, Node) else (child,):
            found.append((under, 0))
            nodes = [node for node in scheme.children.get(under.code, ()) if isinstance(node, Node)]
            found += [(node, 1) for node in nodes] if len(nodes) >= 3 else []
    return found


def compared_parts(scheme: Scheme) -> list[Part]:
    """Return what strengths and weaknesses are told from: the lowest nodes with several indicators, else the profile."""
    lowest = [node for node in scheme.nodes[1:] if has_several_indicators(scheme, node)]
    return list(lowest) or [part for part, _ in profile_parts(scheme)]


def has_several_indicators(scheme: Scheme, node: Node) -> bool:
    """Whether two or more indicators and no node hang on a node."""
    children = scheme.children[node.code]
    return len(children) > 1 and all(isinstance(child, Indicator) for child in children)


def likely_stars(values: Sequence[float], chances: Sequence[float], star: float) -> tuple[float, float]:
    """Return the fewest neighbouring stars around a channel's own that together are almost certain.

    >>> likely_stars((4.0, 5.0, 6.0), [0.02, 0.6, 0.38], 5.0)
    (5.0, 6.0)
    """
    first = last = values.index(star)
    while sum(chances[first : last + 1]) < SURE:
        below = chances[first - 1] if first else -1.0
        above = chances[last + 1] if last + 1 < len(values) else -1.0
        if below < 0 and above < 0:
            break
        first, last = (first - 1, last) if below > above else (first, last + 1)
    return values[first], values[last]
