"""Reading conditions, normalisers and star rules: the parts of a standard that choose among several shapes."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from datetime import date
from itertools import pairwise
from typing import Any

from marsad.core.clusters import Ward
from marsad.core.conditions import COMPARISONS, QUANTITIES, Attribute, Check, Condition, Count, either, every, none_of
from marsad.core.normalise import NORMALISERS, Goalposts, Impute, Levels, MinMax, Normaliser, Stars, Treat
from marsad.core.scheme import Alternative, Cure, Entities, Floors, Indicator, Joint, Naming, Node, StarRules
from marsad.core.stars import Bands, FirstMatch, KMeans, Limiter, Quantiles, RoundTo, StarRule
from marsad.standards.reader import CHECKS, CONVERTERS, RANGES, Place, Range, Raw, Table, build, closest, one_of

GROUPS = {"all": every, "any": either, "none": none_of}
STAR_RULES = {
    "bands": Bands,
    "round": RoundTo,
    "quantiles": Quantiles,
    "k-means": KMeans,
    "ward": Ward,
    "first-match": FirstMatch,
}
PRESENT = ("at_least", 1.0)
CLOCKS = (30, 60, 90)
"""The days a cure may last."""
FIVE_STARS = (1.0, 2.0, 3.0, 4.0, 5.0)


def convert_condition(raw: Raw, place: Place) -> Condition:
    """Read one condition.

    `{ score = "people", below = 60 }` compares one quantity of one code; `{ attribute = "size", equals = "large" }` reads a text;
    `{ all = [ … ] }`, `{ any = [ … ] }`, `{ none = [ … ] }` and `{ count = [ … ], at_least = 2 }` join conditions, or one check
    over several codes: `{ any = { score = ["people", "services"], below = 60 } }`.
    """
    table = Table(raw, place)
    if table.has("attribute"):
        return convert_attribute(table)
    for name, join in GROUPS.items():
        if table.has(name):
            parts = convert_parts(table.take(name, Any), place / name)
            table.finish()
            return join(*parts)
    if table.has("count"):
        parts = convert_parts(table.take("count", Any), place / "count")
        comparison, number = take_comparison(table)
        Range(0, len(parts)).check(number, place / comparison)
        return Count(parts, comparison, number)
    return convert_check(table, take_quantity(table), str)


def convert_parts(raw: Raw, place: Place) -> tuple[Condition, ...]:
    """Read the conditions of a group: a list of them, or one check over a list of codes."""
    if isinstance(raw, list):
        refuse_empty(raw, place)
        return tuple(convert_condition(part, place / index) for index, part in enumerate(raw))
    table = Table(raw, place)
    quantity = take_quantity(table)
    codes = table.take(quantity, tuple[str, ...])
    refuse_empty(codes, place / quantity)
    comparison, number = take_comparison(table, PRESENT if quantity == "present" else None)
    return tuple(Check(quantity, code, comparison, number) for code in codes)


def refuse_empty(listed: Sized, place: Place) -> None:
    """Refuse a list of nothing."""
    if not listed:
        raise place.problem("the list is empty", "write at least one entry")


def convert_attribute(table: Table) -> Attribute:
    """Read a condition on a text: `equals` one value or `one_of` several."""
    name = table.take("attribute", str)
    if not table.has("equals") and not table.has("one_of"):
        raise table.place.problem(f"attribute '{name}' is compared with nothing", "write equals = … or one_of = [ … ]")
    values = (table.take("equals", str),) if table.has("equals") else table.take("one_of", tuple[str, ...])
    refuse_empty(values, table.place / "one_of")
    table.finish()
    return Attribute(name, values)


def convert_check(table: Table, quantity: str, hint: type) -> Check:
    """Read a comparison of one quantity of one code; `{ present = "code" }` needs no number."""
    code = table.take(quantity, hint)
    comparison, number = take_comparison(table, PRESENT if quantity == "present" else None)
    return Check(quantity, code, comparison, number)


def take_quantity(table: Table) -> str:
    """Return the quantity a check asks for."""
    for quantity in QUANTITIES:
        if table.has(quantity):
            return quantity
    raise table.place.problem(
        "no condition is recognised here", f"name one of attribute, all, any, none, count, {', '.join(QUANTITIES)}"
    )


def take_comparison(table: Table, default: tuple[str, float] | None = None) -> tuple[str, float]:
    """Take the one comparison of a check; where there is none, the default."""
    found = [name for name in COMPARISONS if table.has(name)]
    if not found and default:
        table.finish()
        return default
    if not found and table.left:
        key = next(iter(table.left))
        raise (table.place / key).problem(f"'{key}' is not known here", closest(key, COMPARISONS))
    if len(found) != 1:
        raise table.place.problem(f"{len(found)} comparisons stand here", f"write exactly one of {', '.join(COMPARISONS)}")
    number = table.take(found[0], float)
    table.finish()
    return found[0], number


def convert_normaliser(raw: Raw, place: Place) -> Normaliser:
    """Read `{ method = "z-score" }` and its like; `cuts` gives fixed edges between stars."""
    table = Table(raw, place)
    method = table.take("method", str)
    if method == "cuts":
        edges = table.take("edges", tuple[float, ...])
        stars = table.take("stars", tuple[float, ...], FIVE_STARS)
        table.finish()
        check_stars(stars, place)
        if len(edges) != len(stars) - 1:
            raise (place / "edges").problem(f"{len(edges)} edges cannot part {len(stars)} stars", f"write {len(stars) - 1} edges")
        return Stars(Bands(edges, stars))
    kind: type[Any] = one_of(NORMALISERS, method, place / "method")
    return build(kind, table)  # type: ignore[no-any-return]


def convert_star_rule(raw: Raw, place: Place) -> StarRules:
    """Read `{ rule = "k-means", stars = [1, 2, 3, 4, 5] }` and its like."""
    table = Table(raw, place)
    name = table.take("rule", str)
    kind: type[Any] = one_of(STAR_RULES, name, place / "rule")
    if kind is Bands:
        return convert_bands(table)
    if kind is FirstMatch:
        return convert_first_match(table)
    rule: StarRules = build(kind, table)
    return rule


def convert_bands(table: Table) -> Bands:
    """Read bands from the lowest star up; each begins where the one before ends."""
    bands = table.tables("bands")
    table.finish()
    if len(bands) < 2:
        raise (table.place / "bands").problem("fewer than two bands are no scale", "write one band per star, the lowest first")
    stars: list[float] = []
    edges: list[float] = []
    strict: list[bool] = []
    ends: tuple[str, float] | None = None
    for index, band in enumerate(bands):
        stars.append(band.take("star", float))
        starts = take_end(band, "from", "above") if index else None
        if starts and ends and not meets(ends, starts):
            up_to = "up to" if ends[0] == "to" else ends[0]
            raise band.place.problem(
                f"this band starts {starts[0]} {starts[1]:g} but the one before it ends {up_to} {ends[1]:g}",
                f"start it {'from' if ends[0] == 'below' else 'above'} {ends[1]:g}, so that there is neither gap nor overlap",
            )
        if starts:
            edges.append(starts[1])
            strict.append(starts[0] == "above")
        ends = take_end(band, "below", "to") if index < len(bands) - 1 else None
        band.finish()
    if not ascending(edges) or not ascending(stars):
        raise table.place.problem("the bands are out of order", "write them from the lowest star up")
    return Bands(tuple(edges), tuple(stars), tuple(strict))


def take_end(band: Table, first: str, second: str) -> tuple[str, float]:
    """Take one end of a band, which has two ways of including its edge."""
    if band.has(first) == band.has(second):
        raise band.place.problem(f"this end of the band needs {first} or {second}", f"write {first} = … or {second} = …")
    word = first if band.has(first) else second
    return word, band.take(word, float)


def meets(ends: tuple[str, float], starts: tuple[str, float]) -> bool:
    """Whether one band ends exactly where the next begins: `below` meets `from`, `to` meets `above`."""
    return ends[1] == starts[1] and (ends[0], starts[0]) in {("below", "from"), ("to", "above")}


def convert_first_match(table: Table) -> FirstMatch:
    """Read cases `{ star = 4, when = { … } }` in the order they are tried."""
    cases = []
    for case in table.tables("cases"):
        cases.append((case.take("when", Condition), case.take("star", float)))
        case.finish()
    refuse_empty(cases, table.place / "cases")
    rule = FirstMatch(tuple(cases), table.take("otherwise", float))
    table.finish()
    return rule


def ascending(numbers: Sequence[float]) -> bool:
    """Whether every number is larger than the one before."""
    return all(before < after for before, after in pairwise(numbers))


def check_stars(stars: Sequence[float], place: Place) -> None:
    """Refuse stars that are fewer than two or do not ascend."""
    if len(stars) < 2 or not ascending(stars):
        raise (place / "stars").problem("these stars are no scale", "write two or more, the lowest first")


def check_quantiles(rule: Quantiles, place: Place) -> None:
    """Refuse shares that do not go with the stars or do not sum to 1."""
    check_stars(rule.stars, place)
    if len(rule.shares) != len(rule.stars):
        raise (place / "shares").problem(
            f"{len(rule.shares)} shares stand for {len(rule.stars)} stars", "write one share per star, the best first"
        )
    if min(rule.shares) <= 0:
        raise (place / "shares").problem(f"a share of {min(rule.shares):g} gives nobody that star", "write positive shares")
    if abs(sum(rule.shares) - 1) > 1e-9:
        raise (place / "shares").problem(f"the shares sum to {sum(rule.shares):.10g}", "make them sum to 1")


def check_round(rule: RoundTo, place: Place) -> None:
    """Refuse ends that no number of steps parts."""
    steps = (rule.high - rule.low) / rule.step
    if not 1 <= round(steps) <= 100 or abs(steps - round(steps)) > 1e-9:
        raise place.problem(
            f"steps of {rule.step:g} do not lead from {rule.low:g} to {rule.high:g}", "mend low, high or step (100 steps at most)"
        )


def check_ward(rule: Ward, place: Place) -> None:
    """Refuse stars, bounds, resampling and guardrails that do not go together."""
    check_stars(rule.stars, place)
    if rule.bounds[0] >= rule.bounds[1]:
        raise (place / "bounds").problem("the bounds are reversed or equal", "write the lower first")
    if rule.groups == 1:
        raise (place / "groups").problem("one group left out leaves nothing", "write 0 for no resampling, or 2 or more")
    if rule.split is not None and not 0 < rule.split_stars < len(rule.stars):
        raise (place / "split_stars").problem(
            f"{rule.split_stars} stars below the split leave none on one side", f"write a number from 1 to {len(rule.stars) - 1}"
        )
    if rule.previous and len(rule.previous) != len(rule.stars) - 1:
        raise (place / "previous").problem(
            f"{len(rule.previous)} cut points cannot part {len(rule.stars)} stars", f"write {len(rule.stars) - 1}"
        )


def check_ends(how: MinMax | Goalposts, place: Place) -> None:
    """Refuse a scale whose ends are reversed, and goalposts that are one."""
    if how.low >= how.high:
        raise place.problem(f"the scores run from {how.low:g} to {how.high:g}", "write low under high")
    if isinstance(how, Goalposts) and how.worst == how.best:
        raise place.problem(f"worst and best are both {how.best:g}", "write two different goalposts")


def check_levels(how: Levels, place: Place) -> None:
    """Refuse levels that do not rise."""
    if len(how.points) < 2 or not ascending(how.points):
        raise (place / "points").problem("these levels do not rise", "write the points of two or more levels, the lowest first")


def check_impute(how: Impute, place: Place) -> None:
    """Refuse an unknown way to fill gaps."""
    if how.method not in ("mean", "median"):
        raise (place / "method").problem(f"'{how.method}' is not known", "use mean or median")


def check_naming(rule: Naming, place: Place) -> None:
    """Refuse a rule by which a channel is named that would not have been looked at."""
    if rule.screen > rule.probability:
        raise (place / "screen").problem(
            f"screening asks for {rule.screen:g}, more than naming, {rule.probability:g}", "write it no larger than probability"
        )


def check_entity_naming(rule: Entities, place: Place) -> None:
    """Refuse visits to fewer channels of an entity than it must have to stand in a league."""
    if rule.visited < rule.minimum_channels:
        raise (place / "visited").problem(
            f"{rule.visited} channels are visited, fewer than an entity must have, {rule.minimum_channels}",
            "write it no smaller than minimum_channels",
        )


def check_cure(rule: Cure, place: Place) -> None:
    """Refuse clocks that nobody announced, days that no week has, and dates that no calendar has."""
    if rule.days not in CLOCKS:
        raise (place / "days").problem(f"a cure of {rule.days} days is not known", "write 30, 60 or 90")
    if any(day not in range(1, 8) for day in rule.weekend) or len(set(rule.weekend)) == 7:
        raise (place / "weekend").problem("these are not the days of a weekend", "write some of 1 (Monday) to 7 (Sunday)")
    for holiday in rule.holidays:
        try:
            date.fromisoformat(holiday)
        except ValueError:
            raise (place / "holidays").problem(f"'{holiday}' is not a date", "write it such as 2026-12-02") from None


RANGES.update(
    {
        (RoundTo, "step"): Range(0, open=True),
        (KMeans, "fence"): Range(0, open=True),
        (Ward, "fence"): Range(0, open=True),
        (Ward, "groups"): Range(0),
        (Ward, "decimals"): Range(0),
        (Ward, "guardrail"): Range(0),
        (Ward, "seed"): Range(0),
        (Treat, "skewness"): Range(0),
        (Treat, "points"): Range(0),
        (Limiter, "certainty"): Range(0, 1),
        (Naming, "k"): Range(1),
        (Naming, "probability"): Range(0, 1),
        (Naming, "minimum_channels"): Range(1),
        (Naming, "screen"): Range(0, 1),
        (Naming, "tail"): Range(0, 1),
        (Naming, "tail_probability"): Range(0, 1),
        (Naming, "sensitivity"): Range(0, 1),
        (Naming, "decoys"): Range(0, 1),
        (Naming, "waves"): Range(0),
        (Naming, "minimum_n"): Range(0),
        (Naming, "minimum_raters"): Range(0),
        (Naming, "widest"): Range(0, open=True),
        (Naming, "own_part"): Range(0, 1),
        (Entities, "k"): Range(1),
        (Entities, "minimum_entities"): Range(2),
        (Entities, "minimum_channels"): Range(2),
        (Cure, "plan_days"): Range(1, 90),
        (Joint, "minimum_channels"): Range(2),
        (Floors, "widest"): Range(0, open=True),
        (Floors, "reliability"): Range(0, 1),
        (Floors, "tight"): Range(0),
        (Node, "weight"): Range(0, open=True),
        (Node, "minimum"): Range(1),
        (Node, "error_correlation"): Range(0, 1),
        (Indicator, "weight"): Range(0, open=True),
        (Indicator, "sd"): Range(0, open=True),
        (Indicator, "minimum_n"): Range(0),
        (Indicator, "reported_by"): Range(0),
    }
)
CHECKS.update(
    {
        Quantiles: check_quantiles,
        RoundTo: check_round,
        KMeans: lambda rule, place: check_stars(rule.stars, place),
        Ward: check_ward,
        MinMax: check_ends,
        Goalposts: check_ends,
        Levels: check_levels,
        Impute: check_impute,
        Naming: check_naming,
        Entities: check_entity_naming,
        Cure: check_cure,
        Alternative: lambda alternative, place: refuse_empty(alternative.leave_out, place / "leave_out"),
    }
)
CONVERTERS[Condition] = convert_condition
CONVERTERS[Normaliser] = convert_normaliser
CONVERTERS[StarRules] = convert_star_rule
CONVERTERS[StarRule] = convert_star_rule
CONVERTERS[Any] = lambda raw, place: raw
