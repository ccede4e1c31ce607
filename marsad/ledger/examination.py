"""A bundle under examination: what it holds, read once, and its evidence rated again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from marsad.core.evidence import Evidence
from marsad.core.posterior import Progress, Settings
from marsad.core.rating import Rating, rate
from marsad.core.scheme import Scheme
from marsad.core.second import Wave
from marsad.ledger.bundle import BundleFiles, DamagedError, content_of
from marsad.ledger.chain import Record, record_of
from marsad.ledger.freeze import FULL
from marsad.ledger.publication import SECRET, Publication
from marsad.ledger.recompute import Comparison
from marsad.ledger.seals import Said, said
from marsad.ledger.second import ROUND, SECOND, read_wave
from marsad.ledger.source import FOLDER as STANDARD
from marsad.ledger.source import digest_of, standard_from
from marsad.ledger.statistics import ATTRIBUTES, EVIDENCE, NODES, RATINGS, read_statistics
from marsad.standards import Standard

MOST_DRAWS, MOST_DRAWN = 1_000_000, 100_000_000
"""The draws of a channel, and of all channels together, that are made again for anybody who asks."""


class MissingError(ValueError):
    """Something that a check needs and the bundle does not have."""

    def __init__(self, clause: Said) -> None:
        self.clause = clause
        super().__init__(str(clause))


@dataclass
class Examination:
    """A bundle under examination; what is read or reckoned once is kept. `most_drawn` is how much is drawn again at most."""

    bundle: BundleFiles
    progress: Progress | None = None
    most_drawn: int = MOST_DRAWN
    kept: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def record(self) -> Record:
        """Return the publication and its signature as they were found."""
        return record_of(self.bundle)

    @property
    def publication(self) -> Publication:
        """Return what the publication says; raises MissingError where it cannot be read."""
        if isinstance(self.record.publication, Said):
            raise MissingError(self.record.publication)
        return self.record.publication

    @property
    def is_auditors(self) -> bool:
        """Whether the bundle brings what is sealed."""
        return SECRET in self.bundle.names

    def read(self, name: str) -> bytes:
        """Return a file's bytes, and keep them; raises MissingError where it is absent or damaged."""
        if name not in self.kept:
            self.kept[name] = self.read_once(name)
        return self.kept[name]

    def read_once(self, name: str) -> bytes:
        """Return a file's bytes, which may be many; raises MissingError where it is absent or damaged."""
        if name not in self.bundle.names:
            raise MissingError(said("%(file)s is missing", file=name))
        try:
            return content_of(self.bundle, name)
        except DamagedError as error:
            raise MissingError(said("%(file)s: %(why)s", file=name, why=error.why)) from None

    @cached_property
    def standard(self) -> Standard:
        """Return the standard in the bundle; raises MissingError where it is not the one the publication names."""
        entry = self.publication.standard
        names = [one.name for one in self.publication.files if one.name.startswith(f"{STANDARD}/")]
        files = {name.removeprefix(f"{STANDARD}/"): self.read(name) for name in names}
        try:
            found = digest_of(entry.file.removeprefix(f"{STANDARD}/"), files)
        except (KeyError, ValueError, TypeError):
            raise MissingError(said("%(file)s or one of its instruments is missing, or is not TOML", file=entry.file)) from None
        if found != entry.sha256:
            message = "the standard's text was changed: its digest is %(found)s…, and %(identity)s has %(digest)s…"
            values = {"found": found[:16], "identity": entry.identity, "digest": entry.sha256[:16]}
            raise MissingError(said(message, **values))
        return standard_from(entry.file.removeprefix(f"{STANDARD}/"), files)

    @cached_property
    def settings(self) -> Settings:
        """Return how the draws were made; raises MissingError where they are too many to be made again."""
        entry = self.publication.settings
        channels = max(self.publication.counts.get("channels", 0), self.read(ATTRIBUTES).count(b"\n"))
        if (
            not 2 <= entry.draws <= MOST_DRAWS
            or entry.draws * channels > self.most_drawn
            or entry.seed < 0
            or not 0 < entry.level < 1
        ):
            message = "seed %(seed)s, %(draws)s draws at level %(level)s cannot be drawn again"
            raise MissingError(said(message, seed=entry.seed, draws=entry.draws, level=entry.level))
        return Settings(entry.seed, entry.draws, entry.level)

    @property
    def same_numpy(self) -> bool:
        """Whether draws are made by the publisher's NumPy, but for its last number."""
        return self.publication.versions.get("numpy", "").split(".")[:2] == np.__version__.split(".")[:2]

    @property
    def scheme(self) -> Scheme:
        """Return the scheme of the standard, with what the cycle announced of naming."""
        return replace(self.standard.scheme, k_by_kind=tuple(self.publication.settings.k.items()))

    def statistics(self, folder: str = "", name: str = EVIDENCE) -> Evidence:
        """Return the evidence of the bundle, the public or the full one, of the first or the second wave."""
        content, about = self.read(folder + name), self.read(ATTRIBUTES)
        least = self.publication.disclosure.least
        return read_statistics(self.standard.scheme, content, about, least=least, name=folder + name)

    @cached_property
    def wave(self) -> Wave | None:
        """Return the second wave as the public sees it, None where there was none; raises Problem where it cannot be read."""
        if self.publication.file(SECOND) is None:
            return None
        return read_wave(self.statistics(name=SECOND), self.read(ROUND))

    @cached_property
    def full_wave(self) -> Wave | None:
        """Return the real second wave, None where there was none: the public one, where nothing of it was hidden."""
        hidden = self.is_auditors and any(entry.name == FULL + SECOND for entry in self.publication.sealed)
        return read_wave(self.statistics(FULL, SECOND), self.read(ROUND)) if hidden else self.wave

    @cached_property
    def public(self) -> Rating:
        """Return the public evidence rated again."""
        return rate(self.scheme, self.statistics(), self.settings, self.progress)

    @cached_property
    def shown(self) -> Rating:
        """Return the public rating as it is shown: of channels that do not follow the score as said, and nothing drawn."""
        table, again = self.comparisons[0], self.public
        proved = table.proved
        return replace(
            again,
            rated=np.where(proved, again.rated, table.rated),
            score=np.where(proved, again.score, table.column("score")),
            low=np.where(proved, again.low, np.nan),
            high=np.where(proved, again.high, np.nan),
            p_top=np.where(proved, again.p_top, np.nan),
            p_bottom=np.where(proved, again.p_bottom, np.nan),
        )

    @cached_property
    def full(self) -> Rating:
        """Return the full evidence rated again: the public one, where nothing was hidden."""
        if not self.has_full:
            return self.public
        return rate(self.scheme, self.statistics(FULL), self.settings, self.progress)

    @property
    def has_full(self) -> bool:
        """Whether the bundle brings statistics that the public does not see."""
        return self.is_auditors and any(entry.name == FULL + EVIDENCE for entry in self.publication.sealed)

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """Return the ratings made again beside the tables: the public's and, for auditors, the real ones."""
        entry = self.publication.disclosure
        found = [
            Comparison(self.public, self.read(RATINGS), self.read(NODES), by_score=entry.by_score, star_only=entry.star_only)
        ]
        if self.has_full:
            found.append(Comparison(self.full, self.read(FULL + RATINGS), self.read(FULL + NODES), folder=FULL))
        return found
