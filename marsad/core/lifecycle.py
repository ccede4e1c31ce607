"""States and the moves between them, as tables: what may happen next, and who may make it happen."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from marsad.core.problem import Problem, Sentence, either


class Role(StrEnum):
    """What a person does in the programme; a person may have several, each in an entity or centrally."""

    PROGRAMME = "programme"
    CHAMPION = "champion"
    ASSESSOR = "assessor"
    SHOPPER = "shopper"
    LEADER = "leader"
    ADVISER = "adviser"
    COUNCIL = "council"
    AUTHORITY = "authority"
    MEMBER = "member"
    JUROR = "juror"
    PARTNER = "partner"
    INTEGRATOR = "integrator"
    AUDITOR = "auditor"


CENTRAL = frozenset(
    {Role.PROGRAMME, Role.LEADER, Role.COUNCIL, Role.AUTHORITY, Role.JUROR, Role.AUDITOR, Role.SHOPPER, Role.ASSESSOR}
)
"""Roles that belong to the programme and not to one entity."""


class OutOfTurn(Problem):
    """What is asked is right, and the state of things does not allow it now."""


STATES = {
    "draft": Sentence("draft"),
    "open": Sentence("open"),
    "locked": Sentence("locked"),
    "moderation": Sentence("in moderation"),
    "appeal": Sentence("hearing appeals"),
    "approved": Sentence("approved"),
    "published": Sentence("published"),
    "cure": Sentence("in cure"),
    "closed": Sentence("closed"),
    "planned": Sentence("planned"),
    "under-way": Sentence("under way"),
    "re-evaluated": Sentence("re-evaluated"),
    "cured": Sentence("cured"),
    "not-cured": Sentence("not cured"),
    "escalated": Sentence("escalated"),
    "withdrawn": Sentence("withdrawn"),
    "looked-into": Sentence("being looked into"),
    "confirmed": Sentence("confirmed"),
    "explained": Sentence("explained"),
}
"""The states of a cycle, of a cure and of a re-review as sentences name them."""


def named(states: Collection[str]) -> list[str]:
    """Return how sentences name states."""
    return [STATES.get(state, state) for state in states]


@dataclass(frozen=True)
class Move:
    """One allowed move: its verb, the states it starts from, the state it leads to, and the roles that may make it.

    `doing` is what sentences call it.
    """

    verb: str
    sources: frozenset[str]
    target: str
    roles: frozenset[Role]
    doing: Sentence


@dataclass(frozen=True)
class Lifecycle:
    """A table of moves; the first state is where everything begins. `thing` is what sentences call whatever moves."""

    thing: Sentence
    states: tuple[str, ...]
    moves: tuple[Move, ...]

    @property
    def first(self) -> str:
        """Return the state in which everything begins."""
        return self.states[0]

    def after(self, state: str, verb: str, roles: Collection[Role]) -> str:
        """Return the state that a verb leads to; raises Problem where the state or the roles do not allow it.

        >>> CYCLE.after("draft", "open", {Role.PROGRAMME})
        'open'
        """
        move = next((move for move in self.moves if move.verb == verb), None)
        if move is None:
            verbs = ", ".join(move.verb for move in self.moves)
            raise Problem(Sentence("'{verb}' is not a move", verb=verb), remedy=Sentence("use one of {names}", names=verbs))
        self.require(state, move.sources, move.doing)
        if not move.roles & set(roles):
            who = " or the ".join(sorted(move.roles))
            raise Problem(Sentence("{doing} is not yours to do", doing=move.doing), remedy=Sentence("ask the {roles}", roles=who))
        return move.target

    def require(self, state: str, allowed: Collection[str], doing: str) -> None:
        """Raise OutOfTurn unless a state is among those allowed; `doing` begins the sentence."""
        if state not in allowed:
            raise OutOfTurn(
                Sentence(
                    "{doing} is not possible while {thing} is {state}", doing=doing, thing=self.thing, state=named([state])[0]
                ),
                remedy=self.turn(allowed),
            )

    def turn(self, states: Collection[str]) -> Sentence:
        """Return in which states it would be possible."""
        return Sentence("it must be {states}", states=either(named(sorted(states, key=self.states.index))))

    def open_to(self, state: str, roles: Collection[Role]) -> Iterator[Move]:
        """Yield the moves that these roles may make from a state."""
        yield from (move for move in self.moves if state in move.sources and move.roles & set(roles))


def move(verb: str, sources: str, target: str, role: Role, doing: Sentence) -> Move:
    """Return a move of one role; sources are separated by spaces."""
    return Move(verb, frozenset(sources.split()), target, frozenset({role}), doing)


CYCLE = Lifecycle(
    thing=Sentence("the cycle"),
    states=("draft", "open", "locked", "moderation", "appeal", "approved", "published", "cure", "closed"),
    moves=(
        move("open", "draft", "open", Role.PROGRAMME, Sentence("opening the cycle")),
        move("lock", "open", "locked", Role.PROGRAMME, Sentence("locking the evidence")),
        move("moderate", "locked", "moderation", Role.PROGRAMME, Sentence("beginning the moderation")),
        move("hear", "moderation", "appeal", Role.PROGRAMME, Sentence("beginning to hear appeals")),
        move("approve", "appeal", "approved", Role.COUNCIL, Sentence("approving the results")),
        move("return", "approved", "moderation", Role.COUNCIL, Sentence("returning the results to moderation")),
        move("publish", "approved", "published", Role.PROGRAMME, Sentence("publishing the results")),
        move("cure", "published", "cure", Role.PROGRAMME, Sentence("beginning the cure of the cycle")),
        move("close", "published cure", "closed", Role.PROGRAMME, Sentence("closing the cycle")),
    ),
)
"""One evaluation edition: evidence comes in while open, is adjusted with reasons until approved, and is frozen from then on."""

TAKES_EVIDENCE = frozenset({"open"})
TAKES_ADJUSTMENTS = frozenset({"locked", "moderation", "appeal"})
TAKES_CONFIRMATION = TAKES_ADJUSTMENTS
FROZEN = frozenset({"approved", "published", "cure", "closed"})
"""What the states of a cycle allow: ordinary intake, reasoned adjustments, a second wave on who was drawn for it, nothing."""

CURE = Lifecycle(
    thing=Sentence("the cure"),
    states=("open", "planned", "under-way", "re-evaluated", "cured", "not-cured", "escalated", "withdrawn"),
    moves=(
        move("plan", "open planned", "planned", Role.CHAMPION, Sentence("planning the cure")),
        move("begin", "planned", "under-way", Role.CHAMPION, Sentence("beginning what is planned")),
        move("re-evaluate", "under-way re-evaluated", "re-evaluated", Role.PROGRAMME, Sentence("re-evaluating the channel")),
        move("confirm", "re-evaluated", "cured", Role.PROGRAMME, Sentence("confirming the cure")),
        move("refuse", "re-evaluated", "not-cured", Role.PROGRAMME, Sentence("refusing the cure")),
        move(
            "escalate",
            "open planned under-way re-evaluated not-cured",
            "escalated",
            Role.PROGRAMME,
            Sentence("escalating the cure"),
        ),
        move("withdraw", "open planned under-way re-evaluated", "withdrawn", Role.PROGRAMME, Sentence("withdrawing the cure")),
    ),
)
"""What a named channel's entity does about it, from the day a cure is opened to what became of it."""
CURING = frozenset({"open", "planned", "under-way"})
"""The states of a cure in which it is up to the entity."""

REVIEW = Lifecycle(
    thing=Sentence("the re-review"),
    states=("open", "looked-into", "confirmed", "explained"),
    moves=(
        move("look-into", "open", "looked-into", Role.PROGRAMME, Sentence("looking into the deviation")),
        move("confirm", "open looked-into", "confirmed", Role.PROGRAMME, Sentence("confirming the deviation")),
        move("explain", "open looked-into", "explained", Role.PROGRAMME, Sentence("explaining the deviation")),
    ),
)
"""The re-review of a channel that deviates: looked into, and then confirmed by what was found, or explained by something else."""
REVIEWING = frozenset({"open", "looked-into"})
"""The states of a re-review that has no end yet."""
