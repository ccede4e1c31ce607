"""Looks into the home of a demo with the eyes of the program: prints as JSON what it finds. Run: python -m tests.demo.look

What it names beside the nation, which the note in the home says how to make again, is what one of the two has and the other not.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from marsad.demo.home import Home
from marsad.demo.nation import Nation


def look(home: Home) -> dict[str, Any]:
    """Return what the home has of cycles, publications, the catalogue and people, and which scores of the truth stand in it."""
    from marsad.demo.nation import make_nation

    made = home.made()
    assert made
    nation = make_nation(made.size)
    return {**cycles(), **publications(home), **catalogue(nation), **people(nation), **truths(home)}


def cycles() -> dict[str, Any]:
    """Return each cycle's state, where anybody sees ratings, runs that only count or are only looked into, and wrong titles."""
    from marsad.ratings import access
    from marsad.ratings.models import Cycle
    from marsad.ratings.watched import Scrutiny

    every = list(Cycle.objects.order_by("code"))
    counting, watched = {access.counting_run(cycle) for cycle in every}, {kept.run for kept in Scrutiny.objects.all()}
    return {
        "states": {cycle.code: cycle.state for cycle in every},
        "shown": [cycle.code for cycle in every if access.results_for(None, cycle).filter(rated=True).exists()],
        "current run": every[-1].current_run.state,
        "unlike looked into": [str(run) for run in counting ^ watched],
        "titled as real": [c.code for c in every if "synthetic" not in c.title_en or "اصطناعية" not in c.title_ar],
    }


def publications(home: Home) -> dict[str, Any]:
    """Return which publication follows which, those of the future, and what is broken in them and in the audit."""
    from marsad.accounts.audit import check_audit
    from marsad.ledger import public_key, public_keys, verify
    from marsad.ratings.models import Publication
    from marsad.ratings.shelf import bundle_of

    (home.folder / "public.pem").write_bytes(public_key(home.path / "keys" / "signing.pem"))
    keys = public_keys(home.folder / "public.pem")
    every = list(Publication.objects.order_by("number"))
    reports = [verify(bundle_of(one, "auditor"), keys) for one in every]
    return {
        "chain": [(one.cycle.code, one.previous and one.previous.cycle.code) for one in every],
        "of the future": [one.cycle.code for one in every if one.at >= datetime.now(UTC)],
        "broken": [str(report.broken) for report in reports if not report.holds],
        "audit": [str(fault) for fault in check_audit()],
    }


def catalogue(nation: Nation) -> dict[str, Any]:
    """Return what the catalogue and the scopes of the cycles have beside the nation's."""
    from marsad.catalogue.models import Channel, Entity, Region, Service
    from marsad.ratings.models import Cycle

    register = nation.register
    pairs = {Region: register.regions, Entity: register.entities, Service: register.services, Channel: register.channels}
    apart = {model.__name__: unlike(model.objects.values_list("code", flat=True), cards) for model, cards in pairs.items()}
    for cycle in Cycle.objects.all():
        apart[cycle.code] = unlike(cycle.covered.values_list("channel__code", flat=True), nation.cards)
    return {"unlike": {name: codes for name, codes in apart.items() if codes}, "channels": Channel.objects.count()}


def unlike(codes: Any, cards: Any) -> list[str]:
    """Return the codes that only one of the two has."""
    return sorted(set(codes) ^ {card.code for card in cards})


def people(nation: Nation) -> dict[str, Any]:
    """Return which entities have a champion or are none, whom the demo names, and whether they come in by its password."""
    from marsad.accounts.models import Person
    from marsad.core.lifecycle import Role
    from marsad.demo.cast import accounts
    from marsad.demo.plan import plan

    championed = {code for person in Person.objects.holding(Role.CHAMPION) for code in person.entities()}
    aisha = Person.objects.get(email="aisha@marsad.example")
    return {
        "without champion": unlike(championed, nation.register.entities),
        "unnamed": [language for language in ("ar", "en") if len(accounts(plan(), language)[0]) != len(plan()["person"])],
        "password": aisha.check_password(plan()["people"]["password"]),
    }


def truths(home: Home) -> dict[str, Any]:
    """Return how many scores the database has, and those among them that are the truth's."""
    from django.db import connection

    true = {f"{float(line.split(',')[4]):.6f}" for line in home.truth.read_text(encoding="utf-8").splitlines()[1:]}
    with connection.cursor() as cursor:
        cursor.execute("SELECT round(score::numeric, 6)::text FROM ratings_result WHERE score IS NOT NULL")
        kept = {row[0] for row in cursor.fetchall()}
    return {"scores": len(kept), "told": sorted(kept & true)}


if __name__ == "__main__":
    from marsad.config import start_server

    with start_server() as environment:
        print(json.dumps(look(Home(environment.home))))
