"""The severities that evidence tells are those the nation was made with."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from marsad.core.prepare import prepare
from marsad.core.scheme import Raters
from marsad.core.severity import Visits, severities
from marsad.demo.evidence import severities as true_severities
from marsad.lake import queries
from marsad.lake.cycle import evidence_table
from marsad.lake.engines import DuckDB
from marsad.ratings.raters import marks_of

SURE = 1e-6


@pytest.fixture(scope="module")
def found(nation, filled):
    """The raters of the last whole cycle, by source."""
    lake, _imports = filled
    answer = queries.by_rater(DuckDB(threads=1), lake, lake.version(), "2025", east=4 * 3600)
    return {source: severities(Visits.of(marks)) for source, marks in marks_of(answer, nation.standard.scheme).items()}


def test_without_their_severity_scores_come_nearer_to_the_truth(nation, filled):
    lake, _imports = filled
    plain = nation.standard.scheme
    fair = replace(plain, raters=Raters(("visit", "assessment")))
    seen = np.flatnonzero([one.source in ("visit", "assessment") for one in plain.indicators])
    truth = nation.truth["2025"][:, seen]
    channels, kinds = (np.array([getattr(card, name) for card in nation.cards]) for name in ("code", "kind"))
    away = []
    for scheme in (replace(plain, raters=None), fair):
        table = evidence_table(
            DuckDB(threads=1),
            lake,
            scheme,
            version=lake.version(),
            cycle="2025",
            channels=channels,
            attributes={"kind": kinds},
        )
        scores = prepare(scheme, table.evidence, kinds).scores[:, seen]
        away.append(np.nanmean(np.abs(np.nanmean(scores - truth, axis=1))))
    assert away[1] < 0.75 * away[0]


@pytest.mark.parametrize(("source", "role", "least"), [("visit", "shopper", 0.85), ("assessment", "assessor", 0.85)])
def test_the_severities_of_raters_are_found(nation, found, source, role, least):
    raters = found[source]
    number = int(raters.names[-1].rpartition("-")[2])
    places = [int(name.rpartition("-")[2]) - 1 for name in raters.names]
    true = true_severities(nation.fields["2025"], role, number)[places]
    assert raters.compared.all()
    assert np.corrcoef(raters.value, true)[0, 1] > least


def test_the_intervals_of_shoppers_hold_what_is_true_on_the_scale_as_often_as_they_say(nation, found):
    shoppers = found["visit"]
    low, high = next(one.ends for one in nation.standard.scheme.indicators if one.source == "visit")
    points = 100 * nation.made["spread"]["visit"]["rater"] / (high - low)
    true = points * true_severities(nation.fields["2025"], "shopper", shoppers.names.size)
    held = int(((shoppers.low <= true) & (true <= shoppers.high)).sum())
    assert held >= binom.ppf(SURE, shoppers.names.size, 0.9)
    assert shoppers.drifted.sum() <= 2, "nobody changes in this nation"
