"""`marsad cycle`: an edition of the programme from its announcement to its publication, by its administrators on the machine."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from marsad.core.problem import Problem
from marsad.core.rating import Rating
from marsad.standards import Standard

if TYPE_CHECKING:
    from marsad.accounts.models import Person
    from marsad.ratings.compare import Comparison
    from marsad.ratings.models import Cycle, Run

EXAMPLE = """example:
  marsad cycle announce 2026-1 --standard msr.toml --title-ar "دورة 2026" --title-en "Cycle 2026" --as aisha@gov.example
  marsad cycle cover 2026-1 --kind service-centre --as aisha@gov.example
  marsad cycle move 2026-1 open --as aisha@gov.example
  marsad cycle take 2026-1 answers.csv --source survey --as aisha@gov.example
  marsad cycle run 2026-1 --as aisha@gov.example

Every step is done in the name of the person whose address --as gives, with their rights and under their name in the audit.
"""
Run_ = Callable[[argparse.Namespace, "Person"], None]


def add(commands: Any) -> None:
    """Add the subcommand with its steps."""
    command = commands.add_parser(
        "cycle",
        help="lead a cycle from its announcement to its publication",
        description="Lead a cycle from its announcement to its publication.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    steps = command.add_subparsers(dest="step", required=True, metavar="STEP")
    for add_step in (add_announce, add_cover, add_take, add_adjust, add_run, add_status, add_move, add_publish, add_compare):
        add_step(steps)


def step(steps: Any, name: str, help: str, run: Run_, example: str) -> argparse.ArgumentParser:
    """Add one step, which acts on a cycle in the name of a person."""
    command: argparse.ArgumentParser = steps.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        epilog=f"example:\n  marsad cycle {name} {example} --as aisha@gov.example",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("cycle", metavar="CYCLE", help="the code of the cycle")
    command.add_argument("--as", dest="as_", required=True, metavar="EMAIL", help="who does it")
    command.set_defaults(run=lambda options: acting(options, run))
    return command


def acting(options: argparse.Namespace, run: Run_) -> None:
    """Do a step with the database at hand."""
    from marsad.config import start_server

    with start_server():
        from marsad.accounts.models import Person

        person = Person.objects.active().filter(email=options.as_.lower()).first()
        if person is None:
            raise Problem(f"nobody has the address {options.as_}", remedy="say with --as who you are")
        run(options, person)


def add_announce(steps: Any) -> None:
    """Add `announce`."""
    command = step(
        steps,
        "announce",
        "announce a cycle",
        announce,
        "2026-1 --standard msr.toml --title-ar 'دورة 2026' --title-en 'Cycle 2026'",
    )
    command.add_argument("--standard", required=True, metavar="NAME|FILE", help="the standard, kept byte for byte from now on")
    command.add_argument("--title-ar", required=True, metavar="TEXT", help="the title in Arabic")
    command.add_argument("--title-en", required=True, metavar="TEXT", help="the title in English")
    for name in ("announced", "opens", "closes"):
        command.add_argument(
            f"--{name}", type=day, metavar="DATE", help=f"the day it {name.replace('announced', 'is announced')}"
        )
    command.add_argument(
        "--k",
        action="append",
        default=[],
        type=named,
        metavar="[KIND=]K",
        help="how many of a kind may be named; may be repeated",
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="the seed of all draws")
    command.add_argument("--draws", type=int, default=4000, metavar="N", help="how many draws")
    command.add_argument("--least", type=int, default=5, metavar="N", help="fewer answers than this are not shown")


def announce(options: argparse.Namespace, person: Person) -> None:
    """Announce a cycle."""
    from marsad.ratings.actions import announce_cycle

    cycle = announce_cycle(
        by=person,
        code=options.cycle,
        title_ar=options.title_ar,
        title_en=options.title_en,
        standard=options.standard,
        at=now(),
        announced_on=options.announced,
        opens_on=options.opens,
        closes_on=options.closes,
        names=dict(options.k),
        seed=options.seed,
        draws=options.draws,
        least=options.least,
    )
    print(f"announced {cycle.code} by {cycle.standard}, SHA-256 {cycle.standard.digest}")


def add_cover(steps: Any) -> None:
    """Add `cover`."""
    command = step(
        steps, "cover", "have a cycle cover channels, and state facts about them", cover, "2026-1 --kind service-centre"
    )
    for name in ("kind", "entity", "channel"):
        command.add_argument(f"--{name}", action="append", default=[], metavar="CODE", help=f"a {name}; may be repeated")
    command.add_argument("--facts", type=Path, metavar="FILE", help="a table: channel, then a column for each fact")


def cover(options: argparse.Namespace, person: Person) -> None:
    """Have a cycle cover channels."""
    from marsad.ratings import actions

    new = actions.cover(
        by=person,
        cycle=called(person, options.cycle),
        at=now(),
        kinds=options.kind,
        entities=options.entity,
        channels=options.channel,
        facts=facts_in(options.facts) if options.facts else None,
    )
    print(f"{new} channels are new; {called(person, options.cycle).covered.count()} are covered")


def facts_in(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the facts in a table, by channel."""
    from marsad.lake.tables import read_table

    table = read_table(path)
    names = [name for name in table.columns if name != "channel"]
    if len(names) == len(table.columns):
        raise Problem("there is no column channel", file=path, remedy="name the channels in a column of this name")
    columns = {name: table.texts(name).tolist() for name in table.columns}
    return {code: {name: columns[name][row] for name in names} for row, code in enumerate(columns["channel"])}


def add_take(steps: Any) -> None:
    """Add `take`."""
    command = step(steps, "take", "take evidence into an open cycle", take, "2026-1 answers.csv --source survey")
    add_evidence(command)
    command.add_argument("--entity", default="", metavar="CODE", help="the entity in whose name it is brought")


def add_adjust(steps: Any) -> None:
    """Add `adjust`."""
    command = step(steps, "adjust", "adjust evidence, for a reason", adjust, "2026-1 second-visits.csv --why 'Appeal 12'")
    add_evidence(command)
    command.add_argument("--why", required=True, metavar="TEXT", help="the reason, for those who read the audit")


def add_evidence(command: argparse.ArgumentParser) -> None:
    """Add what both ways of taking evidence in ask for."""
    command.add_argument("path", metavar="FILE", type=Path, help="a CSV or Parquet file of single answers, or a folder of them")
    command.add_argument("--source", default="", metavar="CODE", help="the source of all rows, where no column says it")
    command.add_argument("--seen", type=moment, metavar="TIME", help="when all was seen, with its zone, where no column says it")


def take(options: argparse.Namespace, person: Person) -> None:
    """Take evidence in."""
    from marsad.ratings.actions import take_evidence

    with bar("importing", " files") as step_to:
        took = take_evidence(
            by=person,
            cycle=called(person, options.cycle),
            at=now(),
            path=options.path,
            source=options.source,
            seen=options.seen,
            entity_code=options.entity,
            progress=step_to,
        )
    if took.unused:
        print(f"not used: {', '.join(took.unused)}")
    print(f"{took.intake.rows} rows {'taken in' if took.new else 'were there already'} as {took.intake.code}")


def adjust(options: argparse.Namespace, person: Person) -> None:
    """Adjust evidence; of a published cycle for a correction."""
    from marsad.ratings import actions

    cycle = called(person, options.cycle)
    change = actions.correct_evidence if cycle.is_public else actions.adjust_evidence
    took = change(by=person, cycle=cycle, at=now(), why=options.why, path=options.path, source=options.source, seen=options.seen)
    print(f"{took.intake.rows} rows put in place as {took.intake.code}")


def add_run(steps: Any) -> None:
    """Add `run`."""
    command = step(steps, "run", "rate a cycle as it is now", run_cycle, "2026-1")
    command.add_argument("--later", action="store_true", help="leave it to the worker of `marsad serve`")


def run_cycle(options: argparse.Namespace, person: Person) -> None:
    """Ask for a run, and work on it here unless it is for later."""
    from marsad.ratings.actions import ask_for_run
    from marsad.ratings.running import perform

    run = ask_for_run(by=person, cycle=called(person, options.cycle), at=now())
    if not options.later:
        with tqdm(total=run.total, desc="drawing", unit=" channels", delay=2, leave=False) as shown:
            run = perform(run.code, heard=shown.update)
    say_run(run)
    if run.state == run.FAILED:
        raise Problem(run.message.rstrip("."), remedy="mend that and run it again")


def say_run(run: Run) -> None:
    """Print where a run stands."""
    rated = run.results.filter(disclosed=False, rated=True).count()
    outcome = f", {rated} of {run.total} channels rated" if run.state == run.DONE else f", {run.done} of {run.total} channels"
    print(f"run {run.code}: {run.state}{outcome}{', current' if run.is_current else ''}")
    for note in run.notes:
        print(f"  {note}")


def add_status(steps: Any) -> None:
    """Add `status`."""
    step(steps, "status", "say where a cycle stands", status, "2026-1")


def status(options: argparse.Namespace, person: Person) -> None:
    """Print the state of a cycle, its evidence, its runs and its publications, as far as the person may see them."""
    from marsad.ratings.access import publications_for, runs_for

    cycle = called(person, options.cycle)
    print(f"{cycle.code}: {cycle.state} since {cycle.since:%Y-%m-%d %H:%M}, by {cycle.standard}")
    print(f"{cycle.covered.count()} channels, {sum(cycle.intakes.values_list('rows', flat=True))} rows of evidence")
    for run in runs_for(person).filter(cycle=cycle)[:5]:
        say_run(run)
    for publication in publications_for(person).filter(cycle=cycle):
        corrects = f", corrects {publication.corrects.identity}" if publication.corrects else ""
        print(f"publication {publication.number}: {publication.identity}{corrects}, {publication.fingerprint}")


def add_move(steps: Any) -> None:
    """Add `move` and `approve`."""
    command = step(steps, "move", "move a cycle on: open, lock, moderate, hear, return, cure, close", move, "2026-1 lock")
    command.add_argument("verb", metavar="VERB", help="what is to be done with it")
    command.add_argument("--why", default="", metavar="TEXT", help="the reason, for those who read the audit")
    command = step(steps, "approve", "approve a cycle, which freezes it", move, "2026-1")
    command.add_argument("--why", default="", metavar="TEXT", help="the reason, for those who read the audit")
    command.set_defaults(verb="approve")


def move(options: argparse.Namespace, person: Person) -> None:
    """Move a cycle."""
    from marsad.ratings.actions import move_cycle

    cycle = move_cycle(by=person, cycle=called(person, options.cycle), verb=options.verb, at=now(), why=options.why)
    print(f"{cycle.code} is {cycle.state}")


def add_publish(steps: Any) -> None:
    """Add `publish`."""
    command = step(steps, "publish", "publish an approved cycle, or a correction of a published one", publish, "2026-1")
    command.add_argument("--correct", default="", metavar="WHY", help="publish a correction, for this reason")


def publish(options: argparse.Namespace, person: Person) -> None:
    """Publish a cycle or a correction."""
    from marsad.ratings.actions import correct_publication, publish_cycle
    from marsad.ratings.shelf import folder_of

    cycle, at, why = called(person, options.cycle), now(), options.correct
    if why:
        publication = correct_publication(by=person, cycle=cycle, at=at, why=why, tables=published_tables)
    else:
        publication = publish_cycle(by=person, cycle=cycle, at=at, tables=published_tables)
    print(f"publication {publication.number}: {publication.identity}, {publication.fingerprint}")
    print(f"bundles in {folder_of(publication)}")


def published_tables(rating: Rating, standard: Standard) -> Mapping[str, Any]:
    """Return the tables that go into a publication."""
    from marsad.reports.tables import nodes_table, ratings_table

    return {"ratings.csv": ratings_table(rating, standard, "en"), "nodes.csv": nodes_table(rating, standard)}


def add_compare(steps: Any) -> None:
    """Add `compare`."""
    command = step(steps, "compare", "say who moved between two runs, and why", compare_runs, "2026-1")
    command.add_argument("runs", nargs="*", metavar="RUN", help="two runs; the last two that are done, unless named")
    command.add_argument("--quickly", action="store_true", help="do not rate in the mind to tell several causes apart")


def compare_runs(options: argparse.Namespace, person: Person) -> None:
    """Print who moved and why."""
    from marsad.ratings.access import comparison_for, run_for, runs_for

    if options.runs and len(options.runs) != 2:
        raise Problem("two runs can be compared", remedy="name both, or none for the last two")
    runs = [run_for(person, code) for code in options.runs]
    runs = runs or list(runs_for(person).finished().filter(cycle=called(person, options.cycle))[:2])[::-1]
    if len(runs) < 2:
        raise Problem("there are no two finished runs", remedy="run the cycle again once something has changed")
    say_comparison(comparison_for(person, *runs, deeply=not options.quickly))


def say_comparison(found: Comparison) -> None:
    """Print a comparison."""
    print(f"changed: {', '.join(found.changed) or 'nothing'}")
    for mover in found.movers:
        stars, ranks = (f"{number(mover.before[place])} → {number(mover.after[place])}" for place in (1, 2))
        within = {None: "", True: ", within its interval", False: ", beyond its interval"}[mover.within]
        sources = f" ({', '.join(mover.sources)})" if mover.sources else ""
        print(f"  {mover.channel}: star {stars}, rank {ranks}{within}; why: {mover.why}{sources}")
    for title, codes in (("came", found.came), ("left", found.left)):
        if codes:
            print(f"{title}: {', '.join(codes)}")


def number(value: float | None) -> str:
    """Return a number for people."""
    return "none" if value is None else f"{value:g}"


def called(person: Person, code: str) -> Cycle:
    """Return the cycle of a code, as far as the person may see it."""
    from marsad.ratings.access import cycle_for

    return cycle_for(person, code)


def now() -> datetime:
    """Return the time."""
    from django.utils import timezone

    found: datetime = timezone.now()
    return found


@contextmanager
def bar(doing: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Give something to tell how much of how much is done; a bar on anything over two seconds."""
    with tqdm(desc=doing, unit=unit, delay=2, leave=False) as shown:

        def step_to(done: int, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield step_to


def day(text: str) -> date:
    """Return a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; write it as 2026-11-21") from None


def moment(text: str) -> datetime:
    """Return a time with its zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no time; write it as 2026-11-21T09:30:00+04:00") from None
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"'{text}' has no time zone; write it as 2026-11-21T09:30:00+04:00")
    return found


def named(text: str) -> tuple[str, int]:
    """Return a kind and how many of it may be named; '' for a standard that tells no kinds apart."""
    kind, _, k = text.rpartition("=")
    if not k.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no number to be named; write 5, or service-centre=5")
    return kind, int(k)
