"""The joint model of a rating: what drawing starts from in the tree are its indicators, and each kind is modelled by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.composite import Climb, modelled
from marsad.core.conditions import Facts
from marsad.core.joint import JointPosterior, Panel, fit_joint
from marsad.core.memory import remembered
from marsad.core.posterior import Progress, Settings, shared_errors, stepped_doubt
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Indicator, Node

Start = Node | Indicator
LONGER = 4
"""How many times as long chains become where they have not settled."""
SELDOM = 0.05
"""A part that is known of a smaller share of a population is left out: hardly anything tells how far all others differ in it."""


@dataclass(frozen=True)
class Modelled:
    """The joint posterior of one population: of whom (`row` `[C]`, -1 for others), and the places of the starts in it."""

    row: Places
    places: tuple[int, ...]
    posterior: JointPosterior


@dataclass(frozen=True)
class Together:
    """The joint posteriors of all populations that are modelled; `inside` `[C]` are the channels in one."""

    populations: tuple[Modelled, ...]
    inside: Mask

    def draws(self, start: int, rows: Places, level: str = "channel") -> Array:
        """Return draws `[R, D]` of a start for some channels, NaN where it is not modelled.

        By `level` those of the `channel` itself, of a middling channel of its `entity`, or of its `kind`.
        """
        found = np.full((rows.size, self.populations[0].posterior.effect.shape[-1]), np.nan)
        for one in self.populations:
            at = one.row[rows]
            mine = at >= 0
            if start not in one.places or not mine.any():
                continue
            place, posterior = one.places.index(start), one.posterior
            found[mine] = posterior.effect[at[mine], place] if level == "channel" else posterior.mean[place]
            if level == "entity":
                found[mine] += posterior.entity[posterior.entity_of[at[mine]], place]
        return found


def model_together(tree: Climb, facts: Facts, settings: Settings, progress: Progress | None = None) -> Together | None:
    """Return the joint posteriors of the populations large enough; None where the scheme declares none or none is large enough.

    Raises Problem where chains do not settle.
    """
    joint = tree.scheme.joint
    if joint is None:
        return None
    starts = modelled(tree)
    loadings, measured = shared_errors(tree.scheme, starts), [measure(tree, start) for start in starts]
    values, variance, load = (np.column_stack(columns) for columns in zip(*(known for known, _ in measured), strict=True))
    doubt = np.stack([doubt for _, doubt in measured], axis=1)
    errors = load[:, :, None] * load[:, None, :] * (loadings @ loadings.T) + doubt @ doubt.transpose(0, 2, 1)
    errors[:, range(len(starts)), range(len(starts))] = variance
    populations = []
    for members in tree.prepared.populations:
        rows = np.flatnonzero(members & ~np.isnan(values).all(axis=1))
        least = max(joint.minimum_channels, SELDOM * rows.size)
        places = np.flatnonzero([tells(values[rows, place], least) for place in range(len(starts))])
        rows = rows[~np.isnan(values[np.ix_(rows, places)]).all(axis=1)]
        if rows.size < joint.minimum_channels or not places.size:
            continue
        panel = Panel(
            values[np.ix_(rows, places)],
            errors[np.ix_(rows, places, places)],
            facts.attributes[joint.entity][rows] if joint.entity in facts.attributes else None,
            tails=joint.tails,
        )
        row = np.full(len(values), -1, np.intp)
        row[rows] = np.arange(rows.size)
        populations.append(Modelled(row, tuple(places.tolist()), settled(panel, settings, progress)))
    if not populations:
        return None
    return Together(tuple(populations), np.any([one.row >= 0 for one in populations], axis=0))


def tells(values: Array, least: float) -> bool:
    """Whether at least so many values are known, and two of them differ."""
    known = values[~np.isnan(values)]
    return known.size >= least and np.unique(known).size > 1


def settled(panel: Panel, settings: Settings, progress: Progress | None) -> JointPosterior:
    """Return a joint posterior whose chains have settled, with as many draws as asked for; raises Problem where they do not."""
    entities = panel.entities if panel.entities is not None else ""
    follows = ("joint", panel.values, panel.errors, entities, panel.tails, settings)
    return remembered(lambda: settled_anew(panel, settings, progress), *follows)


def settled_anew(panel: Panel, settings: Settings, progress: Progress | None) -> JointPosterior:
    """Return the same, whatever is remembered."""
    found = fit_joint(panel, settings, progress)
    if not found.convergence.settled:
        found = fit_joint(panel, settings, progress, every=LONGER)
    if not found.convergence.settled:
        raise Problem(
            Sentence("the joint model has not settled on {count} channels", count=len(panel.values)),
            remedy=Sentence("ask for more draws, or rate by a standard without [joint]"),
        )
    return found


def measure(tree: Climb, start: Start) -> tuple[tuple[Array, Array, Array], Array]:
    """Return what is modelled of a start `[C]`: its scores, their error's variance and load; and what severities leave `[C, K]`.

    Of a scale with steps it is the values.
    """
    branch = tree.branches[start.code]
    if isinstance(start, Indicator) and not branch.linear:
        place = tree.scheme.position[start.code]
        variance, doubt = np.nan_to_num(tree.prepared.treated_se[:, place]) ** 2, stepped_doubt(tree, start)
        load = np.sqrt(np.maximum(variance - (doubt**2).sum(axis=1), 0.0))
        return (tree.prepared.treated[:, place], variance, load), doubt
    return (branch.scores, np.nan_to_num(branch.variance), np.nan_to_num(branch.load)), np.nan_to_num(branch.doubt)
