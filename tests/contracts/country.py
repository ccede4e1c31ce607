"""A country for every address: cycles in draft, open and published, and whatever else an address may name."""

from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.test import Client

from marsad.accounts.actions import invite, issue_token
from marsad.accounts.models import Scope
from marsad.api.actions import subscribe
from marsad.api.work import perform
from marsad.core.lifecycle import Role
from marsad.ratings.curing import open_cures
from marsad.ratings.exercising import hold_exercise
from marsad.ratings.following import integrity_job
from marsad.ratings.orders import Order, promise
from marsad.ratings.reviewing import open_review
from marsad.ratings.rewarding import record_reward
from marsad.standards import Text
from tests import world
from tests.contracts.operations import CARD
from tests.contracts.rows import DRAFT, OURS, PUBLISHED
from tests.ratings import build
from tests.world import NOW, PORT

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DAY = timedelta(days=1)


def settled(environment, folder):
    """Return the settings of a country that keeps everything in a folder."""
    from marsad.ledger import new_key

    home = folder / "home"
    (home / "keys").mkdir(parents=True)
    new_key(home / "keys" / "signing.pem")
    places = {"home": home, "lake": home / "lake", "signing_key": home / "keys" / "signing.pem"}
    return replace(environment, **places, engine="", require_mfa=False)


def inhabited(folder):
    """Make a country with a cycle in draft, one open and rated, and one published; return its people and codes."""
    build.catalogue()
    people = world.everybody()._asdict()
    people["machine"] = world.somebody("machine", roles=[(Role.INTEGRATOR, PORT)])
    publication = build.published(build.opened(folder, code=PUBLISHED))
    open_cures(by=people["aisha"], cycle=publication.cycle, chosen=[OURS], why="It asks for help.", at=NOW)
    open_review(by=people["aisha"], cycle=publication.cycle, channel=OURS, why="It changed.", at=NOW)
    told = {"what": Text("x", "A medal"), "decided": Text("x", "The council"), "given_on": NOW.date()}
    reward = record_reward(by=people["aisha"], cycle=publication.cycle, channel=OURS, at=NOW, **told)
    run = build.rated(build.opened(folder))
    perform(integrity_job(run).code)
    film = folder / "film.csv"
    film.write_text("rater,indicator,value\ns0,queue,4\ns1,queue,6\n", encoding="utf-8")
    exercise = hold_exercise(by=people["aisha"], cycle=run.cycle, name="A film", path=film, file_name=film.name, at=NOW)
    build.announced(folder, code=DRAFT)
    to_come(people["aisha"])
    subscription, _secret = subscribe(by=people["omar"], url="https://receiver.example/", at=NOW)
    job = promise(by=people["omar"], order=Order("channels", {}), at=NOW)
    token, _secret = issue_token(
        by=people["omar"], person=people["omar"], name="t", scopes=[Scope.READ], entity_code=PORT, expires=NOW + DAY, at=NOW
    )
    invitation, _secret = invite(by=people["omar"], email="guest@marsad.example", role=Role.INTEGRATOR, entity_code=PORT, at=NOW)
    codes = {"PUBLICATION": publication.code, "RUN": run.code, "OMARS": subscription.code, "INVITED": invitation.code}
    return people, codes | {"OMARJOB": job.code, "OMARTOKEN": token.code, "EXERCISE": exercise.code, "GIVEN": reward.code}


def to_come(aisha):
    """Add a channel of the Port Authority that is yet to begin."""
    from datetime import date

    from marsad.catalogue.actions import add_channel
    from marsad.catalogue.cards import ChannelCard

    add_channel(by=aisha, card=ChannelCard(code="ours-to-come", **CARD, active_from=date(2090, 1, 1)), at=NOW)


def session_of(person) -> str:
    """Return the session of somebody who has signed in."""
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value
