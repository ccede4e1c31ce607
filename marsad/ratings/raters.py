"""How severe the raters of a cycle are, by the evidence so far: from the lake, once for each state of the evidence.

All of it is closed-form: a nation's visits take about a second, so that it is reckoned when first asked for and kept, not a job.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import numpy as np
from django.utils import timezone

from marsad.accounts.models import Person
from marsad.core.scheme import Scheme
from marsad.core.severity import Marks, Severities, Visits, severities
from marsad.lake import queries
from marsad.lake.engines import Answer
from marsad.ratings.access import require_may
from marsad.ratings.models import Cycle
from marsad.ratings.setup import setup_of, the_engine, the_lake

POINTS = 100.0
"""How many points the whole of a scale is."""


def severities_for(person: Person, cycle: Cycle, at: datetime) -> Mapping[str, Severities]:
    """Return how severe the raters of every source are that names raters; raises Forbidden."""
    require_may("see_rows", person, at)
    return kept_severities(cycle.pk, setup_of(cycle).inputs)


@lru_cache(maxsize=16)
def kept_severities(cycle: int, inputs: str) -> Mapping[str, Severities]:
    """Return the same, reckoned once for as long as nothing changes that decides a result of the cycle."""
    setup = setup_of(Cycle.objects.select_related("standard").get(pk=cycle))
    found = queries.by_rater(the_engine(), the_lake(), setup.version, setup.cycle, east=east_now())
    return {source: severities(Visits.of(marks)) for source, marks in marks_of(found, setup.scheme).items()}


def east_now() -> int:
    """Return by how many seconds the government's clocks are ahead of UTC."""
    offset = timezone.localtime().utcoffset()
    return int(offset.total_seconds()) if offset else 0


def marks_of(found: Answer, scheme: Scheme) -> dict[str, Marks]:
    """Return what raters wrote by source, in points from the worst of a scale to its best; what has no ends is left out."""
    ends = {one.code: one.ends[::-1] if one.lower_is_better else one.ends for one in scheme.indicators}
    codes, place = np.unique(found["indicator"], return_inverse=True)
    worst, best = np.array([ends.get(code, (np.inf, np.inf)) for code in codes.tolist()]).reshape(-1, 2).T
    known = (np.isfinite(worst) & np.isfinite(best))[place]
    where, columns = place[known], {name: column[known] for name, column in found.items()}
    points = POINTS * (columns["value"] - worst[where]) / (best - worst)[where]
    marks = {}
    for source in np.unique(columns["source"]).tolist():
        rows = columns["source"] == source
        marks[source] = Marks(
            columns["subject"][rows], columns["rater"][rows], columns["indicator"][rows], columns["day"][rows], points[rows]
        )
    return marks
