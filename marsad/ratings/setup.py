"""What decides a result: evidence, scope, facts, standard, settings and program, and one hash over all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from django.conf import settings
from django.utils import timezone

from marsad import __version__
from marsad.core.evidence import Evidence
from marsad.core.posterior import Progress, Settings
from marsad.core.rating import Rating, rate
from marsad.core.scheme import Scheme
from marsad.core.second import Lot, Round, Wave
from marsad.lake.cycle import evidence_table
from marsad.lake.engines import Engine, engine_at
from marsad.lake.kinds import KIND, asked_attributes
from marsad.lake.manifest import Version
from marsad.lake.queries import Query, counted
from marsad.lake.store import Lake
from marsad.ledger import StandardSource
from marsad.ledger.canonical import canonical
from marsad.ratings.models import Cycle, Intake, Run, StandardRelease
from marsad.ratings.releases import scheme_of, source_of
from marsad.ratings.rounds import Drawn

CONFIRMATION = "confirmation"
PARTS = ("evidence", "scope", "facts", "standard", "settings", "program", CONFIRMATION)
"""What a result follows from; its verdicts from the last too, where there is a second wave."""
KEPT = timedelta(days=30)
"""How long what was reckoned from that is kept for all processes; whoever asks later has it reckoned again."""


@lru_cache(maxsize=4)
def lake_at(root: Path) -> Lake:
    """Return the lake in a folder, which remembers the manifests it has read."""
    return Lake(root)


def the_lake() -> Lake:
    """Return our lake."""
    return lake_at(settings.MARSAD.lake)


@lru_cache(maxsize=4)
def engine_of(address: str) -> Engine:
    """Return the engine at an address, which keeps its session."""
    return engine_at(address)


def the_engine() -> Engine:
    """Return what scans the lake."""
    return engine_of(settings.MARSAD.engine)


def east_now() -> int:
    """Return by how many seconds the government's clocks are ahead of UTC."""
    offset = timezone.localtime().utcoffset()
    return int(offset.total_seconds()) if offset else 0


def program() -> dict[str, str]:
    """Return the versions of what reckons."""
    return {"marsad": __version__, "numpy": np.__version__, "scipy": scipy.__version__}


@dataclass(frozen=True)
class Setup:
    """All that decides a result. `scope` is the kind of every channel, `facts` texts by name, `names` k by kind.

    `second` is the evidence of a second wave, None without one, and `drawn` who was drawn for it: whether it is a decoy, by code;
    `lot` are those who were drawn for their entities: whether these are decoys.
    """

    cycle: str
    release: StandardRelease
    version: Version
    scope: Mapping[str, str]
    facts: Mapping[str, Mapping[str, str]]
    names: Mapping[str, int]
    draw: Settings
    program: Mapping[str, str]
    second: Version | None = None
    drawn: Mapping[str, bool] = field(default_factory=dict)
    lot: Mapping[str, bool] = field(default_factory=dict)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Return the SHA-256 of each part."""
        said: dict[str, Any] = {
            "evidence": [self.cycle, self.version.sha256],
            "scope": dict(self.scope),
            "facts": {code: dict(texts) for code, texts in self.facts.items() if texts},
            "standard": self.release.digest,
            "settings": [self.draw.seed, self.draw.draws, self.draw.level, dict(self.names)],
            "program": dict(self.program),
        }
        if self.second is not None:
            said[CONFIRMATION] = [self.second.sha256, dict(self.drawn)] + ([dict(self.lot)] if self.lot else [])
        return {part: sha256(canonical(said[part])).hexdigest() for part in PARTS if part in said}

    @cached_property
    def inputs(self) -> str:
        """Return the SHA-256 of everything."""
        return sha256(canonical(self.parts)).hexdigest()

    @property
    def source(self) -> StandardSource:
        """Return the standard with its bytes."""
        return source_of(self.release)

    @cached_property
    def scheme(self) -> Scheme:
        """Return the scheme of the standard, with how many of each kind the cycle may name."""
        return scheme_of(self.release, self.names)


@dataclass(frozen=True)
class Reckoned:
    """A rating, and what was left out of its evidence."""

    rating: Rating
    notes: tuple[str, ...]


def setup_of(cycle: Cycle) -> Setup:
    """Return what would decide a result of a cycle as it is now; raises Problem where an import is missing in the lake."""
    covered = cycle.covered.values_list("channel__code", "channel__kind", "facts", "channel__entity__code").order_by(
        "channel__code"
    )
    run_by = scheme_of(cycle.standard, cycle.names).run_by
    rows = [(code, kind, dict.fromkeys(run_by, entity) | facts) for code, kind, facts, entity in covered]
    first, second = (
        list(intakes.values_list("lake_import", flat=True))
        for intakes in (cycle.intakes.exclude(kind__in=Intake.SECOND_WAVE), cycle.intakes.filter(kind__in=Intake.SECOND_WAVE))
    )
    drawn = list(Drawn.objects.filter(round__cycle=cycle).values_list("channel__code", "decoy", "entity_decoy")) if second else []
    return Setup(
        cycle=cycle.code,
        release=cycle.standard,
        version=the_lake().version(first),
        scope={code: kind for code, kind, _facts in rows},
        facts={code: facts for code, _kind, facts in rows if facts},
        names=cycle.names,
        draw=Settings(seed=cycle.seed, draws=cycle.draws),
        program=program(),
        second=the_lake().version(second) if second else None,
        drawn={code: decoy for code, decoy, _ in drawn if decoy is not None},
        lot={code: decoy for code, _, decoy in drawn if decoy is not None},
    )


def setup_of_run(run: Run) -> Setup:
    """Return what decides the result of a run; raises Problem where an import is missing in the lake."""
    return Setup(
        cycle=run.cycle.code,
        release=run.standard,
        version=the_lake().version(run.evidence),
        scope=run.scope,
        facts=run.facts,
        names=run.names,
        draw=run.settings,
        program=run.program,
        second=the_lake().version(run.confirmation) if run.confirmation else None,
        drawn=run.drawn,
        lot=run.lot,
    )


def evidence_of(setup: Setup, version: Version | None = None, only: Query = counted) -> tuple[Evidence, tuple[str, ...]]:
    """Return the evidence of a setup as the core rates it, and what was left out.

    Another `version` where one is named; `only` chooses among its rows.
    """
    codes = sorted(setup.scope)
    found = evidence_table(
        the_engine(),
        the_lake(),
        setup.scheme,
        version=version or setup.version,
        cycle=setup.cycle,
        channels=np.array(codes, dtype=np.str_),
        attributes=attributes_of(setup, codes),
        only=only,
    )
    return found.evidence, found.notes


def wave_of(setup: Setup) -> Wave | None:
    """Return the second wave of a setup, None without one."""
    if setup.second is None:
        return None
    evidence, _notes = evidence_of(setup, setup.second)
    decoys, candidates, quiet, asked = (
        np.array([drawn.get(code) is decoy for code in evidence.channels.tolist()])
        for drawn in (setup.drawn, setup.lot)
        for decoy in (True, False)
    )
    return Wave(evidence, Round(candidates, decoys, Lot(quiet | asked, quiet) if setup.scheme.naming.entities else None))


def attributes_of(setup: Setup, codes: list[str]) -> dict[str, Any]:
    """Return the kinds and facts of channels as texts; a fact that nobody states is left out."""
    scheme = setup.scheme
    said = {name for texts in setup.facts.values() for name in texts}
    kinds = [setup.scope[code] if scheme.kinds else "" for code in codes]
    facts = {
        name: [setup.facts.get(code, {}).get(name, "") for code in codes] for name in asked_attributes(scheme) if name in said
    }
    return {name: np.array(texts, dtype=np.str_) for name, texts in {KIND: kinds, **facts}.items()}


def reckon(setup: Setup, progress: Progress | None = None) -> Reckoned:
    """Rate what a setup says; raises Problem where it cannot be rated."""
    evidence, notes = evidence_of(setup)
    return Reckoned(rate(setup.scheme, evidence, setup.draw, progress), notes)
