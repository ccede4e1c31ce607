"""What must be true of a whole standard before it may rate anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marsad.core.composite import AGGREGATES
from marsad.core.conditions import INDICATOR_QUANTITIES, NODE_QUANTITIES, Check, Condition
from marsad.core.normalise import AsIs, Goalposts, Levels, Stars, ZScore
from marsad.core.scheme import Indicator, Node, Scheme, checks_in
from marsad.core.stars import Bands, FirstMatch, RoundTo
from marsad.standards.reader import Place, closest
from marsad.standards.rules import refuse_empty

STATIC = ("value", "n", "raters", "answers", "coverage")
"""The quantities known before any score is."""


@dataclass(frozen=True)
class Draft:
    """A scheme not yet checked, where every code stands, and the weights written under every node beside its total."""

    scheme: Scheme
    place: Place
    places: Mapping[str, Place]
    weighed: Mapping[str, Mapping[str, float]]
    totals: Mapping[str, float]

    @property
    def parts(self) -> tuple[Node | Indicator, ...]:
        """Return every node and indicator."""
        return (*self.scheme.nodes, *self.scheme.indicators)


def check_scheme(draft: Draft) -> None:
    """Raise Problem for the first thing that is wrong with a scheme as a whole."""
    check_parts(draft)
    check_tree(draft)
    check_weights(draft)
    check_words(draft)
    check_aggregates(draft)
    check_errors(draft)
    check_joint(draft)
    check_raters(draft)
    check_estimates(draft)
    check_scales(draft)
    check_conditions(draft)
    check_limits(draft)


def check_parts(draft: Draft) -> None:
    """There is a composite and something measured."""
    if not draft.scheme.nodes:
        raise draft.place.problem("there is no [[node]]", "write one node without a parent: the composite")
    if not draft.scheme.indicators:
        raise draft.place.problem("there is no [[indicator]]", "write what is measured, or name an [[instrument]]")


def check_tree(draft: Draft) -> None:
    """Every part has a known parent, one node has none and comes first, no chain of parents closes, no branch is bare."""
    scheme, places = draft.scheme, draft.places
    nodes = {node.code: node for node in scheme.nodes}
    first = scheme.nodes[0].code
    if scheme.nodes[0].parent is not None:
        raise places[first].problem(f"the first node, '{first}', has a parent", "write the composite first, without a parent")
    for node in scheme.nodes[1:]:
        if node.parent is None:
            raise places[node.code].problem(
                f"'{node.code}' has no parent, and the first node, '{first}', is the composite", "name its parent"
            )
    for part in draft.parts:
        if part.parent is not None and part.parent not in nodes:
            key = "parent" if isinstance(part, Node) or places[part.code].at.startswith("indicator") else "node"
            raise (places[part.code] / key).problem(f"there is no node '{part.parent}'", closest(part.parent, nodes))
    for node in scheme.nodes:
        check_no_circle(node, nodes, places[node.code])
    parents = {part.parent for part in draft.parts}
    for node in scheme.nodes:
        if node.code not in parents:
            raise places[node.code].problem(f"nothing hangs on '{node.code}'", "give it an indicator or a node, or delete it")


def check_no_circle(node: Node, nodes: Mapping[str, Node], place: Place) -> None:
    """The parents of a node lead to a node without one."""
    seen, here = [node.code], node
    while here.parent is not None:
        here = nodes[here.parent]
        seen.append(here.code)
        if here.code in seen[:-1]:
            raise (place / "parent").problem(
                f"the tree closes in a circle: {' → '.join(seen)}", "give one of them another parent"
            )


def check_weights(draft: Draft) -> None:
    """Weights are all written or none, and those of siblings sum to the total their parent declares."""
    for node in draft.scheme.nodes:
        siblings = draft.scheme.children[node.code]
        written, total = draft.weighed.get(node.code, {}), draft.totals[node.code]
        bare = next((child.code for child in siblings if child.code not in written), None)
        place = draft.places[node.code]
        if written and bare is not None:
            raise (draft.places[bare] / "weight").problem(
                f"{len(written)} of {len(siblings)} children of '{node.code}' have a weight and '{bare}' has none",
                "weigh all of them, or none to weigh them equally",
            )
        reached = sum(written.values())
        if written and abs(reached - total) > 1e-9:
            raise place.problem(
                f"the weights under '{node.code}' sum to {reached:.10g}, not to {total:.10g}",
                f"mend them, or write total = {reached:.10g} in this node",
            )


def check_words(draft: Draft) -> None:
    """Every kind, population, aggregate and missing rule is one we know, and no node waits for more children than it has."""
    scheme, place = draft.scheme, draft.place
    for indicator in scheme.indicators:
        for kind in sorted(indicator.kinds or ()):
            if kind not in scheme.kinds:
                raise (draft.places[indicator.code] / "kinds").problem(f"'{kind}' is not a [[kind]]", closest(kind, scheme.kinds))
        if indicator.kinds is not None and not indicator.kinds:
            raise (draft.places[indicator.code] / "kinds").problem("the list is empty", "name a kind, or delete the key")
    for node in scheme.nodes:
        where, children = draft.places[node.code], len(scheme.children[node.code])
        if node.aggregate not in AGGREGATES:
            raise (where / "aggregate").problem(f"'{node.aggregate}' is not known", closest(node.aggregate, AGGREGATES))
        if node.missing not in ("reweight", "not-rated", "drawn"):
            raise (where / "missing").problem(f"'{node.missing}' is not known", "use reweight, not-rated or drawn")
        if node.missing == "drawn" and scheme.joint is None:
            raise (where / "missing").problem(
                "nothing draws what is missing without a joint model", "write [joint], or not-rated"
            )
        if node.minimum > children:
            raise (where / "minimum").problem(f"'{node.code}' has no {node.minimum} children", f"write {children} or less")
    if scheme.within not in ("kind", "peers"):
        raise (place / "within").problem(f"'{scheme.within}' is not known", "use kind or peers")
    if scheme.peers is not None and (scheme.peers.attribute is None) == (not scheme.peers.count):
        raise (place / "peers").problem("peer groups need attribute or count", "write exactly one of them")
    if scheme.within == "peers" and (scheme.peers is None or scheme.peers.attribute is None):
        raise (place / "within").problem("peer groups are not an attribute here", "write [peers] attribute = …")


def check_aggregates(draft: Draft) -> None:
    """Geometric and harmonic means stand over scores that cannot be negative."""
    for node in draft.scheme.nodes:
        if node.aggregate not in ("geometric", "harmonic"):
            continue
        for child in draft.scheme.children[node.code]:
            if (culprit := may_be_negative(draft.scheme, child)) is not None:
                raise (draft.places[node.code] / "aggregate").problem(
                    f"a {node.aggregate} mean stands over '{culprit}', whose scores can be negative",
                    "normalise it by min-max from 1 to 100, or use the arithmetic mean",
                )


def may_be_negative(scheme: Scheme, part: Node | Indicator) -> str | None:
    """Return the code of what can make a part's score negative, or None."""
    how = part.rescale if isinstance(part, Node) else part.normalise
    if isinstance(how, ZScore) or (isinstance(how, AsIs) and isinstance(part, Indicator) and part.lower_is_better):
        return part.code
    if isinstance(part, Indicator) or how is not None or part.aggregate in ("geometric", "harmonic"):
        return None
    return next((found for child in scheme.children[part.code] if (found := may_be_negative(scheme, child))), None)


def check_errors(draft: Draft) -> None:
    """Answers that meet low in the tree share no less of their errors than those that meet higher up."""
    shared = draft.scheme.error_correlation
    for node in draft.scheme.nodes:
        above = shared[node.parent] if node.parent is not None else 0.0
        if shared[node.code] < above:
            raise (draft.places[node.code] / "error_correlation").problem(
                f"errors correlate by {shared[node.code]:g} in '{node.code}' but by {above:g} in '{node.parent}' above it",
                "write at least as much here, or less above",
            )


def check_joint(draft: Draft) -> None:
    """What is modelled together is in the tree, no part of it twice, and stars follow from the composite that is drawn."""
    scheme, place = draft.scheme, draft.place / "joint"
    if scheme.joint is None:
        if scheme.naming.own_part is not None:
            what = "names ask for channels' own parts, and nothing tells those from their entities'"
            raise (draft.place / "naming" / "own_part").problem(what, "write [joint], or delete own_part")
        return
    over = scheme.joint.over
    for index, code in enumerate(over):
        if code not in scheme.leaves:
            raise (place / "over" / index).problem(f"'{code}' is no node or indicator", closest(code, scheme.leaves))
        above = next((other for other in over if other != code and set(scheme.leaves[code]) <= set(scheme.leaves[other])), None)
        if above is not None:
            raise (place / "over" / index).problem(f"'{code}' is already in '{above}'", "name one of them")
    if isinstance(scheme.stars, FirstMatch):
        raise place.problem("stars by conditions do not follow from a composite that is drawn", "write bands, or delete [joint]")


def check_raters(draft: Draft) -> None:
    """Whose severity is taken out of scores belongs to a source of the standard."""
    scheme, place = draft.scheme, draft.place / "raters" / "adjusted"
    sources = {one.source for one in scheme.indicators if one.source}
    for index, source in enumerate(scheme.raters.adjusted if scheme.raters else ()):
        if source not in sources:
            raise (place / index).problem(f"'{source}' is the source of no indicator", closest(source, sources))


def check_estimates(draft: Draft) -> None:
    """What is drawn towards its kind by itself is in the tree once, meets no other, and is not estimated together besides."""
    scheme, place = draft.scheme, draft.place / "estimates"
    if scheme.estimates is None:
        return
    codes, place = scheme.estimates.one_at_a_time, place / "one_at_a_time"
    refuse_empty(codes, place)
    if scheme.joint is not None:
        raise place.problem("[joint] estimates the same indicators together", "write [joint] or [estimates], not both")
    for index, code in enumerate(codes):
        if code not in scheme.position:
            raise (place / index).problem(f"'{code}' is no indicator", closest(code, scheme.position))
        if code in codes[:index]:
            raise (place / index).problem(f"'{code}' is named already", "name it once")
        for other in codes[:index]:
            check_apart(scheme, place / index, code, other)
        one = scheme.indicators[scheme.position[code]]
        if one.share and one.denominator is not None:
            raise (place / index).problem(f"'{code}' is a share that is divided by an attribute", "delete one of the two")


def check_apart(scheme: Scheme, place: Place, code: str, other: str) -> None:
    """Refuse two indicators of one kind: drawn by themselves, intervals of a score of both would be far too narrow."""
    one, two = (scheme.indicators[scheme.position[name]] for name in (code, other))
    kinds = {*scheme.kinds} if scheme.kinds else {""}
    met = kinds & (kinds if one.kinds is None else one.kinds) & (kinds if two.kinds is None else two.kinds)
    if met:
        where = f" of '{min(met)}'" if scheme.kinds else ""
        raise place.problem(
            f"'{code}' and '{other}' count in one score{where}, whose interval would be too narrow with each drawn by itself",
            "keep one of them, or write [joint] in place of [estimates]",
        )


def check_scales(draft: Draft) -> None:
    """An indicator's scale runs upward, and what makes a score of it goes the way its direction says."""
    for indicator in draft.scheme.indicators:
        place, how = draft.places[indicator.code], indicator.normalise
        if indicator.scale is not None and indicator.scale[0] >= indicator.scale[1]:
            raise (place / "scale").problem("the ends of the scale are reversed or equal", "write the lower first")
        if indicator.share and indicator.scale is not None and indicator.scale[0] != 0:
            raise (place / "scale").problem("a share starts at 0", "write scale = [0, 1], or [0, 100] for per cent")
        if indicator.duration and indicator.share:
            raise (place / "duration").problem("a share is no duration", "delete one of the two")
        if indicator.duration and (indicator.scale is None or indicator.scale[0] <= 0):
            raise (place / "scale").problem(
                "a time of 0 has no logarithm", "write a scale from above 0, such as [0.5, 480], and half a unit for no time"
            )
        if indicator.lower_is_better and isinstance(how, Goalposts) and how.worst < how.best:
            raise (place / "normalise").problem(
                f"lower is better, but the worst goalpost, {how.worst:g}, is under the best, {how.best:g}", "exchange them"
            )
        if indicator.lower_is_better and isinstance(how, Levels):
            raise (place / "lower_is_better").problem("a higher level is always better", "delete it, or turn the levels round")
        if isinstance(how, Stars):
            check_cut_points(indicator, how, place / "normalise")


def check_cut_points(indicator: Indicator, how: Stars, place: Place) -> None:
    """Cut points lead from the lowest star to the highest: they rise, or fall where lower is better."""
    if isinstance(how.rule, FirstMatch):
        raise place.problem(f"'{indicator.code}' cannot have stars by conditions", "use cuts, or another star rule")
    upward = isinstance(how.rule, RoundTo) or (isinstance(how.rule, Bands) and how.rule.strict)
    if upward and indicator.lower_is_better:
        raise place.problem(
            "this rule gives more stars to higher values, but lower is better",
            "use cuts with the edges in the order of the stars",
        )
    if isinstance(how.rule, Bands):
        edges = how.rule.mirrored().edges if indicator.lower_is_better else how.rule.edges
        if list(edges) != sorted(set(edges)):
            way = "fall, for lower is better" if indicator.lower_is_better else "rise"
            raise place.problem(
                f"the edges {', '.join(f'{edge:g}' for edge in how.rule.edges)} do not {way}",
                "write cuts with the edges in the order of the stars",
            )


def placed_conditions(draft: Draft) -> Iterator[tuple[Place, Condition]]:
    """Yield every condition of the scheme with where it stands."""
    scheme, place, places = draft.scheme, draft.place, draft.places
    yield from ((places[node.code] / "zero_when", node.zero_when) for node in scheme.nodes if node.zero_when)
    for number, part in enumerate(scheme.peers.count if scheme.peers else ()):
        yield place / "peers" / "count" / number, part
    for number, alternative in enumerate(scheme.alternatives):
        yield place / "alternative" / number / "when", alternative.when
    for adjustment in scheme.adjustments:
        for number, (case, _) in enumerate(adjustment.cases):
            yield places[adjustment.code] / "cases" / number / "when", case
    yield from ((places[requirement.code] / "condition", requirement.condition) for requirement in scheme.requirements)
    if isinstance(scheme.stars, FirstMatch):
        for number, (case, _) in enumerate(scheme.stars.cases):
            yield place / "stars" / "cases" / number / "when", case
    yield from ((places[limiter.code] / "when", limiter.when) for limiter in scheme.limiters)


def check_conditions(draft: Draft) -> None:
    """Every condition asks for something that exists when it is asked."""
    scheme = draft.scheme
    for place, condition in placed_conditions(draft):
        check_condition(scheme, place, condition)
    for node in scheme.nodes:
        for check in checks_in(node.zero_when) if node.zero_when else ():
            if check.quantity not in STATIC and not (check.quantity == "present" and check.of in scheme.position):
                raise (draft.places[node.code] / "zero_when").problem(
                    f"{asked(check)} is not known before the node is scored",
                    f"use {', '.join(STATIC)} or present of an indicator",
                )


def asked(check: Check) -> str:
    """Return what a check asks for, in the words of the file."""
    return f"the {'presence' if check.quantity == 'present' else check.quantity} of '{check.of}'"


def check_condition(scheme: Scheme, place: Place, condition: Condition) -> None:
    """Refuse a check of a code that does not exist or does not have that quantity."""
    nodes = {node.code for node in scheme.nodes}
    for check in checks_in(condition):
        what = f"the condition asks for {asked(check)}"
        if check.of not in nodes and check.of not in scheme.position:
            raise place.problem(f"{what}, which is neither node nor indicator", closest(check.of, nodes | set(scheme.position)))
        if check.of in nodes and check.quantity in INDICATOR_QUANTITIES:
            raise place.problem(f"{what}, but a node has none", "name an indicator, or ask for its score")
        if check.of not in nodes and check.quantity in NODE_QUANTITIES:
            raise place.problem(f"{what}, but only a node has one", "name a node, or ask for the indicator's value")


def check_limits(draft: Draft) -> None:
    """Limiters limit something, to a star that exists; alternatives leave out what exists."""
    scheme = draft.scheme
    for limiter in scheme.limiters:
        place = draft.places[limiter.code]
        if (limiter.cap is None) == (limiter.floor is None):
            has = "neither cap nor floor" if limiter.cap is None else "a cap and a floor"
            raise place.problem(f"limiter '{limiter.code}' has {has}", "write exactly one of them")
        key, limit = ("cap", limiter.cap) if limiter.cap is not None else ("floor", limiter.floor)
        if limit not in scheme.stars.stars:
            stars = ", ".join(f"{star:g}" for star in scheme.stars.stars)
            raise (place / key).problem(f"the rule never gives {limit:g} stars", f"use one of {stars}")
    for number, alternative in enumerate(scheme.alternatives):
        for code in alternative.leave_out:
            if code not in scheme.position:
                raise (draft.place / "alternative" / number / "leave_out").problem(
                    f"there is no indicator '{code}'", closest(code, scheme.position)
                )
