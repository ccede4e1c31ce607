"""The way back from a value to its rows: which rows count, by which imports they came, and a hash over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from marsad.accounts.access import NotFound
from marsad.accounts.models import Person
from marsad.lake import queries
from marsad.lake.engines import Answer
from marsad.lake.parts import IMPORT, rows_digest
from marsad.lake.rows import COLUMNS, make_rows
from marsad.ratings.access import MAY, entities_of, roles_of, runs_for
from marsad.ratings.models import Result, Run
from marsad.ratings.setup import setup_of_run, the_engine, the_lake

ORDER = ("at", "respondent", "rater", "value", "weight", IMPORT)


@dataclass(frozen=True)
class Trail:
    """What stands behind one channel's value on an indicator: `n` rows that count, `invalid` ones that do not, their imports.

    `sha256` is over the rows that count; the `rows` themselves, which name raters, are for those alone who check.
    """

    channel: str
    indicator: str
    n: int
    invalid: int
    imports: tuple[str, ...]
    sha256: str
    rows: Answer | None


def trail_for(person: Person, run: Run, channel: str, indicator: str, at: datetime | None = None) -> Trail:
    """Return what stands behind a value in a run; raises NotFound unless the person checks, or champions the entity."""
    checks = bool(roles_of(person, at) & MAY["see_rows"])
    results = Result.objects.filter(run__in=runs_for(person, at).filter(pk=run.pk), channel__code=channel)
    entity_code = results.values_list("channel__entity__code", flat=True).first()
    if entity_code is None or not (checks or entity_code in entities_of(person, at)):
        raise NotFound("channel")
    found = rows_behind(run, channel, indicator)
    counts = (found["valid"] == "") & (found["weight"] > 0)
    counted = {name: column[counts] for name, column in found.items()}
    return Trail(
        channel=channel,
        indicator=indicator,
        n=int(counts.sum()),
        invalid=int((~counts).sum()),
        imports=tuple(np.unique(counted[IMPORT]).tolist()),
        sha256=digest_of(counted),
        rows=found if checks else None,
    )


def rows_behind(run: Run, channel: str, indicator: str) -> Answer:
    """Return the rows of a channel on an indicator that stand in the evidence of a run, in one order."""
    setup = setup_of_run(run)
    found = queries.trail(the_engine(), the_lake(), setup.version, setup.cycle, channel, indicator)
    order = np.lexsort([found[name] for name in reversed(ORDER)])
    return {name: column[order] for name, column in found.items()}


def digest_of(rows: Answer) -> str:
    """Return the SHA-256 of rows, '' where there are none."""
    return rows_digest(make_rows({name: rows[name] for name in COLUMNS})) if rows["value"].size else ""
