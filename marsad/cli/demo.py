"""`marsad demo`: the platform filled with a synthetic nation, on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import fcntl
import os
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from marsad.cli.arguments import port, whole
from marsad.cli.serve import HOST, PORT, serve
from marsad.core.problem import Problem

if TYPE_CHECKING:
    from marsad.demo.home import Home, Made
    from marsad.demo.nation import Nation

HERE, ELSEWHERE = Path("var/demo"), Path("/var/lib/marsad")
"""Where a demo is at home; and where, as root, if the user whom root lends to PostgreSQL cannot enter that."""
NOT_ITS_OWN = ("DATABASE_URL", "MARSAD_LAKE", "MARSAD_SIGNING_KEY", "MARSAD_MAIL")
"""Settings that a demo does not heed: it writes to nobody's database, and to nobody."""
INTERRUPTED, PAUSE = 130, 0.5


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "demo",
        help="fill Marsad with a synthetic nation and serve it",
        description="Make a synthetic nation whose truth is known, take it through two cycles to their publication and into a "
        "third, and serve all of it on this machine. The first start takes a minute or two, the next ones seconds. It is kept in "
        "MARSAD_HOME, or in var/demo.",
        epilog="example:\n  marsad demo --channels 200 --responses 300000 --seed 7",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--channels", type=whole, metavar="N", help="how many channels (600)")
    command.add_argument("--responses", type=whole, metavar="N", help="how many people answer in all cycles (1000000)")
    command.add_argument("--seed", type=whole, metavar="N", help="which nation (2026)")
    command.add_argument("--port", default=PORT, type=port, metavar="N", help="where to serve, or the next free one (8000)")
    command.add_argument("--no-serve", dest="serve", action="store_false", help="stop when the nation is there")
    command.add_argument("--fresh", action="store_true", help="remove the nation that is there and make another")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Have the nation there, say so, serve it, and stop all that was started."""
    from marsad.config import start_server
    from marsad.config.supervise import told_to_stop

    home = settle_in()
    try:
        with start_server() as environment:
            fill(home, options)
            with home.held(fcntl.LOCK_SH):
                if not options.serve:
                    print(f"the nation is in {home.path}, its truth in {home.truth}; marsad demo serves it")
                    return
                with told_to_stop() as bell:
                    serve(HOST, options.port, environment, bell, welcome=lambda address: welcome(home, address))
    except KeyboardInterrupt:
        print("\nstopped; the next start goes on from here")
        raise SystemExit(INTERRUPTED) from None
    print("stopped")


def settle_in() -> Home:
    """Return the home of the demo, with the settings of a demo in the environment."""
    from marsad.config.embedded import Place, make_home
    from marsad.demo.home import Home
    from marsad.demo.plan import plan

    home = Home(home_path())
    make_home(Place(home.path))
    home.prepare()
    for name in NOT_ITS_OWN:
        os.environ.pop(name, None)
    os.environ |= {"MARSAD_HOME": str(home.path), "MARSAD_SECRET_KEY": home.secret(), "MARSAD_REQUIRE_MFA": "no"}
    os.environ.setdefault("MARSAD_TIME_ZONE", "Asia/Dubai")
    os.environ |= {f"MARSAD_NOTICE_{language.upper()}": words for language, words in plan()["notice"].items()}
    return home


def home_path() -> Path:
    """Return where the demo is at home: where MARSAD_HOME says, or here, or as root where PostgreSQL can enter."""
    from marsad.config.owner import lent

    said = os.environ.get("MARSAD_HOME", "").strip()
    if said:
        return Path(said).expanduser().resolve()
    here = HERE.resolve()
    there = next(folder for folder in (here, *here.parents) if folder.exists())
    if os.geteuid() != 0 or lent().may_enter(there):
        return here
    home = ELSEWHERE / f"demo-{sha256(os.fsencode(here)).hexdigest()[:8]}"
    print(f"PostgreSQL does not run as root, and no other user may enter {there}: this demo is kept in {home}")
    return home


def fill(home: Home, options: argparse.Namespace) -> None:
    """Have the nation in lake and database, made by this process or by another that is at it."""
    while not is_there(home, options):
        with home.held(fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
            if alone:
                make(home, options)
                return
        if options.fresh:
            raise Problem("another demo is served from this home", file=home.path, remedy="stop it first")
        time.sleep(PAUSE)


def is_there(home: Home, options: argparse.Namespace) -> bool:
    """Return whether the nation that is asked for is there whole; raises Problem where it is another one."""
    from marsad.config.database import behind, migrate

    if options.fresh:
        return False
    with home.held(fcntl.LOCK_SH):
        made = home.made()
        if made is None or not made.filled:
            return False
        if made.size != replace(made.size, **asked(options)):
            size = made.size
            what = f"there is a nation of {size.channels} channels, {size.responses} responses and seed {size.seed} already"
            raise Problem(what, file=home.path, remedy="leave the options out to serve it, or add --fresh to replace it")
        if behind():
            migrate()
    return True


def asked(options: argparse.Namespace) -> dict[str, int]:
    """Return what is asked of the nation's size."""
    said = {name: getattr(options, name) for name in ("channels", "responses", "seed")}
    return {name: value for name, value in said.items() if value is not None}


def make(home: Home, options: argparse.Namespace) -> None:
    """Make the nation, or go on where an earlier start was stopped: with the lake, and then with the database."""
    from marsad.demo.nation import make_nation
    from marsad.demo.plan import default_size

    began = time.monotonic()
    nation = make_nation(replace(default_size(), **asked(options)))
    print(nation.made["notice"]["en"], nation.made["notice"]["ar"], sep="\n", flush=True)
    made = home.made()
    if options.fresh or made is None or (made.size, made.recipe) != (nation.size, nation.recipe):
        made = make_lake(home, nation)
    make_database(home, nation, made)
    home.say(replace(made, filled=True))
    print(f"the nation was made in {time.monotonic() - began:.0f} s", flush=True)


def make_lake(home: Home, nation: Nation) -> Made:
    """Write evidence, comments and truth; return what was made."""
    from marsad.demo.home import Made
    from marsad.demo.nation import fill_lake, write_truth
    from marsad.ratings.setup import the_lake

    home.clear(lake=True)
    with bar(len(nation.fields) * len(nation.sources)) as shown:
        imports = fill_lake(the_lake(), nation, lambda words: advance(shown, words))
    write_truth(home.truth, nation)
    made = Made(nation.size, nation.recipe, imports)
    home.say(made)
    return made


def make_database(home: Home, nation: Nation, made: Made) -> None:
    """Fill the database from nothing by the actions that people take."""
    from marsad.config.database import migrate
    from marsad.core.memory import remembering
    from marsad.demo.filling import empty_database, steps

    home.clear(lake=False)
    empty_database()
    todo = steps(nation, made.imports)
    with remembering(), bar(len(todo) + 1) as shown:
        advance(shown, "database")
        migrate()
        for step in todo:
            advance(shown, step.words)
            step.do()


def bar(total: int) -> Any:
    """Return a bar for so many steps."""
    return tqdm(total=total, unit=" steps", leave=False)


def advance(shown: Any, words: str) -> None:
    """Say which step begins."""
    shown.set_description(words)
    shown.update()


def welcome(home: Home, address: str) -> None:
    """Say in both languages where to sign in and as whom, where the interface for programs is, and where the truth lies."""
    from django.urls import reverse
    from django.utils import translation

    from marsad.demo.cast import accounts
    from marsad.demo.plan import plan

    made, root = plan(), address.rstrip("/")
    for language in ("en", "ar"):
        people, others = accounts(made, language)
        with translation.override(language):
            signin, docs = root + reverse("account_login"), root + reverse("api:openapi-view")
        words = {"signin": signin, "docs": docs, "password": made["people"]["password"], "truth": home.truth}
        print(made["welcome"][language].format(people="\n".join(people), others=others, **words), end="", flush=True)
