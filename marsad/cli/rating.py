"""From files of evidence to files of results: what `marsad rate` and the demo do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from marsad.cli.naming import NAMES, Names, Second, names_by
from marsad.cli.written import as_json, facts_from, said_of
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.rating import Rating
from marsad.core.rating import rate as rate_evidence
from marsad.lake.evidence import Reading, read_evidence
from marsad.lake.output import REPORT, RUN, OutputFolder, write_csv
from marsad.ledger.rating_tables import league_order, nodes_table, ratings_table, reason_words, stages_table
from marsad.standards import Standard, load

SHOWN = 5


@dataclass
class Clock:
    """Seconds each step took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


@dataclass(frozen=True)
class Job:
    """What is to be rated and how; the demo fills one in as the command line does."""

    evidence: Path
    standard: str
    out: Path
    id_column: str = "channel"
    kind: str | None = None
    force: bool = False
    settings: Settings = field(default_factory=Settings)
    channels: tuple[str, ...] = ()
    language: str = "en"
    stages: bool = False
    report: bool = True
    second: Second | None = None


@dataclass(frozen=True)
class Done:
    """What was rated, and who is named where there is a second wave."""

    rating: Rating
    standard: Standard
    reading: Reading
    names: Names | None = None


def rate_files(job: Job) -> Done:
    """Read, rate and write; nothing is written unless all of it succeeds."""
    clock = Clock()
    with OutputFolder(job.out, force=job.force) as folder:
        with clock.step("standard"):
            standard = load(job.standard)
        with clock.step("read"):
            reading = read_evidence(job.evidence, standard.scheme, id_column=job.id_column, kind=job.kind)
            check_channels(job.channels, reading)
        with clock.step("rate"):
            rating = rate_with_progress(standard, reading, job)
        refuse_nothing_rated(rating, standard, job)
        with clock.step("tables"):
            written = write_tables(folder, rating, standard, job)
        with clock.step("names"):
            names = names_by(job.second, rating, job.settings, id_column=job.id_column) if job.second else None
            if names:
                (folder / NAMES).write_text(as_json(names.said), encoding="utf-8")
                written.append(folder / NAMES)
        facts = run_facts(job, standard, reading, written, names)
        with clock.step("report"):
            if job.report:
                write_report(folder, Done(rating, standard, reading, names), job, facts)
        (folder / RUN).write_text(as_json(facts | {"seconds": clock.seconds}), encoding="utf-8")
    return Done(rating, standard, reading, names)


def check_channels(channels: Sequence[str], reading: Reading) -> None:
    """Refuse a --channel that the evidence does not know."""
    known = set(reading.evidence.channels.tolist())
    for channel in channels:
        if channel not in known:
            raise Problem(f"--channel {channel}: the evidence has no such channel", remedy="write its identifier as in the file")


def rate_with_progress(standard: Standard, reading: Reading, job: Job) -> Rating:
    """Rate, with a bar on anything over two seconds."""
    with tqdm(total=reading.evidence.channels.size, desc="drawing", unit=" channels", delay=2, leave=False) as bar:
        return rate_evidence(standard.scheme, reading.evidence, job.settings, bar.update)


def refuse_nothing_rated(rating: Rating, standard: Standard, job: Job) -> None:
    """Raise Problem with the commonest reason where no channel can be rated."""
    if rating.rated.any():
        return
    codes, counts = np.unique(rating.reason, return_counts=True)
    commonest = counts.argmax()
    words = reason_words(str(codes[commonest]), standard, "en")
    raise Problem(
        f"none of {rating.rated.size} channels can be rated; {counts[commonest]} of them: {words}",
        file=job.evidence,
        remedy=f"see what the standard asks for with `marsad standards show {job.standard}`",
    )


def write_tables(folder: Path, rating: Rating, standard: Standard, job: Job) -> list[Path]:
    """Write the tables; return their files."""
    tables = {"ratings.csv": ratings_table(rating, standard, job.language), "nodes.csv": nodes_table(rating, standard)}
    if job.stages:
        tables["stages.csv"] = stages_table(rating, standard)
    for name, table in tables.items():
        write_csv(folder / name, table)
    return [folder / name for name in tables]


def run_facts(job: Job, standard: Standard, reading: Reading, results: Sequence[Path], names: Names | None) -> dict[str, Any]:
    """Return all that somebody needs to repeat the run and compare."""
    asked: dict[str, Any] = {
        "standard": {"name": job.standard, "identity": standard.identity, "sha256": standard.digest},
        "id": job.id_column,
        "kind": job.kind,
        "seed": job.settings.seed,
        "draws": job.settings.draws,
        "level": job.settings.level,
        "language": job.language,
        "unused": list(reading.unused),
        "notes": list(reading.notes),
    }
    if job.second and names:
        files = {"second": names.again.files, "round": (job.second.round,)}
        asked |= {part: [said_of(file) for file in found] for part, found in files.items()}
        asked["notes"] = [*reading.notes, *names.again.notes]
    return facts_from(reading.files, results, asked)


def write_report(folder: Path, done: Done, job: Job, facts: Mapping[str, Any]) -> None:
    """Draw the report."""
    standard = done.standard
    from marsad.config import start  # Django takes a while, and only pages need it

    start()
    from marsad.reports.report import rating_page

    run = {
        "version": facts["marsad"],
        "standard": standard.identity,
        "standard_sha256": standard.digest,
        "evidence_sha256": sha256("".join(entry["sha256"] for entry in facts["evidence"]).encode()).hexdigest(),
        "seed": str(job.settings.seed),
        "draws": str(job.settings.draws),
    }
    called, lists = names_by_channel(done.reading), done.names.lists if done.names else ()
    page = rating_page(done.rating, standard, names=called, channels=job.channels, lists=lists, run=run)
    (folder / REPORT).write_text(page, encoding="utf-8")


def names_by_channel(reading: Reading) -> dict[str, dict[str, str]]:
    """Return the names that the files give to each channel."""
    columns = {column: texts.tolist() for column, texts in reading.names.items()}
    channels = reading.evidence.channels.tolist()
    return {channel: {column: texts[row] for column, texts in columns.items()} for row, channel in enumerate(channels)}


def say(done: Done, job: Job) -> None:
    """Print the head and foot of every league and where the files are."""
    rating, reading = done.rating, done.reading
    if reading.unused:
        print(f"not used by this standard: {', '.join(reading.unused)}")
    for note in reading.notes:
        print(note)
    for line in league_lines(done, job.language):
        print(line)
    for line in done.names.lines(done.standard, job.language) if done.names else ():
        print(line)
    print(f"{int(rating.rated.sum())} of {rating.rated.size} channels rated by {done.standard.identity}; results in {job.out}")


def league_lines(done: Done, language: str) -> Iterator[str]:
    """Yield the first and last of every league as lines of a table."""
    table = ratings_table(done.rating, done.standard, language)
    leagues = done.rating.leagues[league_order(done.rating)]
    table["channel"] = np.array([" ".join(channel.split()) for channel in table["channel"].tolist()])
    width = max(len(channel) for channel in table["channel"].tolist())
    for league in dict.fromkeys(leagues.tolist()):
        rows = np.flatnonzero((leagues == league) & (table["rated"] == "yes"))
        title = done.standard.kinds[league][language] if league in done.standard.kinds else league
        yield f"{title}: {rows.size} rated" if title else f"{rows.size} rated"
        yield f"  {'rank':>5}  {'channel':<{width}}  {'star':>4}  {'score':>8}  {'between':>11}  {'P(top)':>6}  {'P(bottom)':>9}"
        if rows.size <= done.rating.tree.scheme.k_of(league):  # where all are among the first k, the chance of it says nothing
            for name in ("p_top", "p_bottom"):
                table[name] = np.where(leagues == league, np.nan, table[name])
        hidden = rows.size - 2 * SHOWN
        for row in rows if hidden <= 0 else rows[:SHOWN]:
            yield league_line(table, row, width)
        if hidden > 0:
            yield f"  {'…':>5}  {hidden} more"
            for row in rows[-SHOWN:]:
                yield league_line(table, row, width)


def league_line(table: Mapping[str, Any], row: int, width: int) -> str:
    """Return one line of the table; blank where nothing was drawn."""

    def number(name: str, form: str) -> str:
        value = table[name][row]
        return "" if np.isnan(value) else format(value, form)

    between = f"{number('rank_low', '.0f')}–{number('rank_high', '.0f')}" if number("rank_low", "g") else ""
    return (
        f"  {number('rank', '.0f'):>5}  {table['channel'][row]:<{width}}  {number('star', 'g'):>4}  {number('score', '.3f'):>8}"
        f"  {between:>11}  {number('p_top', '.2f'):>6}  {number('p_bottom', '.2f'):>9}"
    )
