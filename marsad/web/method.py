"""How a standard measures, in words and bars: the pieces that the report, the card and the page of the method share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from marsad.core.rating import Rating
from marsad.core.scheme import Entities, Indicator, Node, Scheme, checks_in
from marsad.core.stars import Bands, Cuts, FirstMatch, Quantiles
from marsad.standards import Item, Standard, Text
from marsad.standards.card import effective_shares
from marsad.standards.words import AGGREGATE_WORDS, condition_words, indicator_words, limiter_words, star_rule_words
from marsad.web.charts.pieces import Axis, axis_around, band, bar
from marsad.web.texts import Words, counted, grouped, listed, noop, percent, phrase, text


@dataclass(frozen=True)
class Branch:
    """One line of the tree: a part, its depth, its weight among its siblings, its share of the whole, and how it is made."""

    code: str
    label: Words
    depth: int
    weight: str
    share: str
    bar: str
    how: Words


def tree(standard: Standard, *, indicators: bool) -> list[Branch]:
    """Return the tree from the root down; questions of an instrument are counted and not listed."""
    shares = effective_shares(standard)
    lines: list[Branch] = []

    def visit(part: Node | Indicator, depth: int) -> None:
        lines.append(branch(standard, part, depth, shares[part.code]))
        for child in standard.scheme.children.get(part.code, ()):
            if isinstance(child, Node) or (indicators and child.code not in standard.items):
                visit(child, depth + 1)

    visit(standard.scheme.root, 0)
    return lines


def branch(standard: Standard, part: Node | Indicator, depth: int, share: float) -> Branch:
    """Return the line of one part."""
    how = scored(part) if isinstance(part, Indicator) else made_of(standard, part)
    shown = share_of_whole(share)
    weight = grouped(part.weight) if depth else ""
    return Branch(part.code, text(standard.labels[part.code]), depth, weight, shown, bar(share), how)


def share_of_whole(share: float) -> str:
    """Return an effective weight in per cent, with two figures."""
    return f"{100 * share:.0f}%" if share >= 0.0995 else f"{100 * share:.1f}%" if share >= 0.00995 else f"{100 * share:.2f}%"


def made_of(standard: Standard, node: Node) -> Words:
    """Return how a node's score is made of what is below it."""
    below = standard.scheme.children[node.code]
    count = sum(isinstance(child, Indicator) for child in below)
    parts = [text(AGGREGATE_WORDS[node.aggregate])]
    if node.missing == "not-rated":
        parts.append(phrase("without a score where a part is missing"))
    if node.missing == "drawn":
        parts.append(phrase("a missing part drawn by the joint model"))
    if node.minimum > 1:
        parts.append(phrase("from {minimum} parts on", minimum=node.minimum))
    if node.rescale is not None:
        parts.append(phrase("scaled again over the channels"))
    if node.zero_when is not None:
        parts.append(phrase("0 where {condition}", condition=text(condition_words(node.zero_when, standard.labels))))
    if count:
        parts.append(counted("{n} indicator", "{n} indicators", count))
    return listed(parts)


def scored(indicator: Indicator) -> Words:
    """Return how an indicator becomes a score, everything that is done to it included."""
    parts = [text(indicator_words(indicator))]
    if indicator.minimum_n:
        parts.append(phrase("from {n} answers on", n=indicator.minimum_n))
    if indicator.reported_by:
        parts.append(phrase("counted where {n} channels or more report it", n=indicator.reported_by))
    if indicator.denominator:
        parts.append(phrase("divided by {attribute}", attribute=indicator.denominator))
    if indicator.impute:
        parts.append(phrase(IMPUTED[indicator.impute.method]))
    if indicator.treat:
        parts.append(phrase("outliers pulled in"))
    return listed(parts)


IMPUTED = {
    "mean": noop("gaps filled with the mean of similar channels"),
    "median": noop("gaps filled with the median of similar channels"),
}


@dataclass(frozen=True)
class BandLine:
    """One star and where it begins and ends on the scale."""

    star: float
    name: Words | None
    start: Words | None
    end: Words | None
    bar: str


def bands(standard: Standard, rule: Bands | Cuts) -> list[BandLine]:
    """Return the bands from the best star down."""
    axis = band_axis(rule.edges)
    strict = rule.strict or (False,) * len(rule.edges)
    lines = []
    for place, star in enumerate(rule.stars):
        lower = rule.edges[place - 1] if place else None
        upper = rule.edges[place] if place < len(rule.edges) else None
        lines.append(
            BandLine(
                star=star,
                name=text(standard.bands[star]) if star in standard.bands else None,
                start=None if lower is None else band_start(lower, strict[place - 1]),
                end=None if upper is None else band_end(upper, strict[place]),
                bar=band(axis, axis.low if lower is None else lower, axis.high if upper is None else upper),
            )
        )
    return lines[::-1]


def band_start(edge: float, strict: bool) -> Words:
    """Return where a band begins, in words."""
    return phrase("over {edge}" if strict else "from {edge}", edge=grouped(edge))


def band_end(edge: float, strict: bool) -> Words:
    """Return where a band ends, in words."""
    return phrase("up to {edge}" if strict else "under {edge}", edge=grouped(edge))


def band_axis(edges: tuple[float, ...]) -> Axis:
    """Return the scale that bands are drawn on: per cent where they look it, else a little more than the edges."""
    if all(0 <= edge <= 100 for edge in edges) and max(edges) > 10:
        return Axis(0.0, 100.0)
    margin = (max(edges) - min(edges)) / max(len(edges) - 1, 1) or 1.0
    return axis_around([min(edges) - margin, max(edges) + margin])


def star_rule(standard: Standard, rating: Rating | None = None) -> dict[str, Any]:
    """Return how scores become stars: in words, and as bands where they are the same for every channel."""
    rule = standard.scheme.stars
    fixed: Bands | Cuts | None = rule if isinstance(rule, Bands) else None
    if fixed is None and rating is not None and len(set(rating.cuts.values())) == 1:
        fixed = next(iter(rating.cuts.values()))
    finite = fixed is not None and all(abs(edge) < float("inf") for edge in fixed.edges)
    return {
        "words": text(star_rule_words(rule, standard.labels)) if not isinstance(rule, FirstMatch | Quantiles) else None,
        "cases": star_cases(standard),
        "bands": bands(standard, fixed) if fixed is not None and finite else [],
        "found": not isinstance(rule, Bands),
    }


def star_cases(standard: Standard) -> list[tuple[Words, Words, SafeString | str]]:
    """Return the cases of a rule by conditions or by shares: star, when, bar."""
    rule = standard.scheme.stars
    if isinstance(rule, Quantiles):
        shared = list(zip(rule.stars[::-1], rule.shares, strict=True))
        return [
            (
                star_name(standard, star),
                phrase("the next {share}" if place else "the first {share}", share=percent(share)),
                bar(share),
            )
            for place, (star, share) in enumerate(shared)
        ]
    if isinstance(rule, FirstMatch):
        labels = standard.labels
        cases = [(star_name(standard, star), text(condition_words(condition, labels)), "") for condition, star in rule.cases]
        return [*cases, (star_name(standard, rule.otherwise), phrase("otherwise"), "")]
    return []


def star_name(standard: Standard, star: float) -> Words:
    """Return a star as the standard calls it, else its number."""
    return text(standard.bands[star]) if star in standard.bands else phrase("{number} stars", number=grouped(star))


@dataclass(frozen=True)
class Rule:
    """A rule of the standard: its own words, and exactly what it says."""

    title: Words
    exactly: tuple[Words, ...]


def limiters(standard: Standard) -> list[Rule]:
    """Return the limiters with what they do, when, and from which probability on."""
    found = []
    for limiter in standard.scheme.limiters:
        exactly = [text(limiter_words(limiter, standard.labels))]
        if any(check.quantity == "score" for check in checks_in(limiter.when)):
            exactly.append(phrase("It counts from a probability of {least} on.", least=percent(limiter.certainty)))
        found.append(Rule(text(standard.rules[limiter.code]), tuple(exactly)))
    return found


def requirements(standard: Standard) -> list[Rule]:
    """Return what must hold for a channel to be rated, beside the reason given where it does not."""
    found = []
    for requirement in standard.scheme.requirements:
        otherwise = phrase("Otherwise: {reason}.", reason=text(standard.rules[requirement.code]))
        found.append(Rule(text(condition_words(requirement.condition, standard.labels)), (otherwise,)))
    return found


def adjustments(standard: Standard) -> list[Rule]:
    """Return the points that are added and when, and the alternatives that are reckoned beside."""
    found, labels = [], standard.labels
    for adjustment in standard.scheme.adjustments:
        cases = [
            phrase("{points} where {condition}", points=signed(points), condition=text(condition_words(condition, labels)))
            for condition, points in adjustment.cases
        ]
        found.append(Rule(text(standard.rules[adjustment.code]), tuple(cases)))
    for alternative in standard.scheme.alternatives:
        words: Text = standard.rules["-".join(["without", *alternative.leave_out])]
        found.append(Rule(text(words), (text(condition_words(alternative.when, standard.labels)),)))
    return found


def signed(points: float) -> str:
    """Return points with their sign."""
    return f"+{grouped(points)}" if points >= 0 else grouped(points)


def method(standard: Standard, rating: Rating | None = None, *, indicators: bool) -> Mapping[str, Any]:
    """Return everything the pages say of how a standard measures."""
    return {
        "tree": tree(standard, indicators=indicators),
        "star_rule": star_rule(standard, rating),
        "limiters": limiters(standard),
        "requirements": requirements(standard),
        "adjustments": adjustments(standard),
        "naming": naming(standard, rating.tree.scheme if rating else standard.scheme),
        "estimation": estimation(standard),
    }


def estimation(standard: Standard) -> list[Words]:
    """Return how estimates come about where the standard says more than that values are put together."""
    scheme, found = standard.scheme, []
    if scheme.raters:
        found.append(phrase("Whether an assessor or a shopper is severe or mild is taken out of the scores they gave."))
    if scheme.estimates:
        names = listed([text(standard.labels[code]) for code in scheme.estimates.one_at_a_time])
        found.append(
            phrase(
                "In one indicator each channel is drawn towards the mean of its kind, as far as its own evidence is weak: "
                "{names}. That is done to one of a kind at most: were eight that go together each drawn by itself, intervals "
                "that should hold 90 of 100 true scores would hold 65.",
                names=names,
            )
        )
    if scheme.joint:
        least = scheme.joint.minimum_channels
        found.append(
            phrase(
                "All channels of a kind of {least} or more are estimated together: each tells something of the others, and what "
                "belongs to the entity is told apart from the channel's own.",
                least=least,
            )
        )
    if scheme.floors:
        widest = grouped(scheme.floors.widest)
        found.append(phrase("A score whose interval is wider than {widest} points is not shown.", widest=widest))
    return found


NAMED_ALIKE = noop(
    "The best {k} and the worst {k} of a kind are looked for among {minimum} channels or more. Whoever may be one of them, with "
    "a probability of {screen} or more and in {kept} of other reasonable ratings, is visited again. Named is who is one of them "
    "with a probability of {least} or more on new evidence alone; fewer may be named."
)
NAMED_BY_KIND = noop(
    "The best and the worst of a kind are looked for among {minimum} channels or more, as many as were announced for it: "
    "{numbers}. Whoever may be one of them, with a probability of {screen} or more and in {kept} of other reasonable ratings, is "
    "visited again. Named is who is one of them with a probability of {least} or more on new evidence alone; fewer may be named."
)
OWN_NAMED = noop(
    "No channel is named unless its own part, apart from its entity's, is in the far end of its kind too, with a probability of "
    "{own} or more: people answer for what is theirs. The far end is {far} of the kind, or as many as may be named where they "
    "are more."
)
ENTITIES_NAMED = noop(
    "Entities are named by the same rule, each by the mean of its channels of a kind: at most the first and the last {k}, among "
    "{entities} entities or more that have {channels} rated channels of the kind or more. Of every entity in question, and of "
    "others that are not, {visited} channels are visited again that stand for it, drawn by lot."
)


def naming(standard: Standard, scheme: Scheme) -> list[Words]:
    """Return how channels are named, and whether that asks for their own parts; how entities are, where they are."""
    rule, found = scheme.naming, [channel_naming(standard, scheme)]
    if rule.own_part is not None:
        found.append(phrase(OWN_NAMED, own=percent(rule.own_part), far=percent(rule.tail)))
    if rule.entities is not None:
        found.append(entity_naming(rule.entities))
    return found


def channel_naming(standard: Standard, scheme: Scheme) -> Words:
    """Return how many of the best and the worst may be named, of every kind where a cycle announced numbers that differ."""
    rule = scheme.naming
    shares = {"least": rule.probability, "screen": rule.screen, "kept": rule.sensitivity}
    about = {"minimum": rule.minimum_channels, **{name: percent(share) for name, share in shares.items()}}
    if len(scheme.named) == 1:
        return phrase(NAMED_ALIKE, k=next(iter(scheme.named)), **about)
    numbers = [
        phrase("{k} of {kinds}", k=k, kinds=listed([kind_name(standard, kind) for kind in kinds]))
        for k, kinds in scheme.named.items()
    ]
    return phrase(NAMED_BY_KIND, numbers=listed(numbers), **about)


def entity_naming(rule: Entities) -> Words:
    """Return how entities are named."""
    asked = {"entities": rule.minimum_entities, "channels": rule.minimum_channels, "visited": rule.visited}
    return phrase(ENTITIES_NAMED, k=rule.k, **asked)


def kind_name(standard: Standard, kind: str) -> Words:
    """Return a kind as the standard calls it, its code where the standard does not, and words for all that have no name."""
    if kind in standard.kinds:
        return text(standard.kinds[kind])
    return Words(escape(kind), escape(kind)) if kind else phrase("all others")


@dataclass(frozen=True)
class Questions:
    """The questions of one node."""

    title: Words
    under: Words | None
    count: Words
    share: str
    how: tuple[Words, ...]
    items: tuple[Item, ...]


def questions(standard: Standard) -> list[Questions]:
    """Return every node that questions hang on, in the order of the tree."""
    scheme, shares, found = standard.scheme, effective_shares(standard), []
    for node in scheme.nodes:
        asked = [child for child in scheme.children[node.code] if child.code in standard.items]
        if asked:
            indicators = [scheme.indicators[scheme.position[child.code]] for child in asked]
            found.append(
                Questions(
                    title=text(standard.labels[node.code]),
                    under=text(standard.labels[node.parent]) if node.parent and node.parent != scheme.root.code else None,
                    count=counted("{n} question", "{n} questions", len(asked)),
                    share=share_of_whole(shares[node.code]),
                    how=tuple(dict.fromkeys(scored(indicator) for indicator in indicators)),
                    items=tuple(standard.items[child.code] for child in asked),
                )
            )
    return found
