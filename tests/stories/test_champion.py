"""A champion at every door of another entity: refused, as if there were nothing, and what is refused changes nothing."""

from datetime import date, timedelta

import pytest

from marsad.accounts import access as accounts
from marsad.accounts import actions as people
from marsad.accounts.access import NotFound
from marsad.accounts.models import Action, Scope
from marsad.catalogue import actions as catalogue
from marsad.catalogue.cards import ChannelCard
from marsad.catalogue.models import Channel
from marsad.cli import main
from marsad.core.lifecycle import Role
from marsad.ratings import access, actions
from marsad.ratings.models import Intake
from marsad.ratings.trail import trail_for
from tests import world
from tests.api.build import Api, integrator, token_of
from tests.ratings import build
from tests.ratings.conftest import country as country
from tests.ratings.conftest import home as home
from tests.world import LAND, NOW, PORT

OURS, THEIRS = "centre-00", "centre-01"
"""A channel of the Port Authority, which Omar champions, and one of the Land Department."""
CARD = {"name_ar": "القناة", "name_en": "Channel", "entity": LAND, "kind": "service-centre"}
LINES = ("code,name_ar,name_en,entity,kind", f"{THEIRS},قناتنا,Ours,{LAND},app")
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def cycle(country, tmp_path):
    """A cycle that is open, has its evidence and is rated."""
    opened = build.opened(tmp_path)
    build.rated(opened)
    return opened


def written() -> tuple[int, int, int]:
    """Return how much is written: in the audit, the evidence and the catalogue."""
    return Action.objects.count(), Intake.objects.count(), Channel.objects.count()


def theirs() -> Channel:
    return Channel.objects.with_cards().get(code=THEIRS)


def file_of(folder, name: str, *lines: str):
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


WRITES = {
    "bring evidence in their name": lambda by, cycle, folder: actions.take_evidence(
        by=by, cycle=cycle, at=NOW, brought=actions.Brought(rows=build.answers(seed=3, channels=[THEIRS])), entity_code=LAND
    ),
    "bring evidence in nobody's name": lambda by, cycle, folder: actions.take_evidence(
        by=by, cycle=cycle, at=NOW, brought=actions.Brought(rows=build.answers(seed=3, channels=[OURS]))
    ),
    "adjust evidence": lambda by, cycle, folder: actions.adjust_evidence(
        by=by, cycle=cycle, at=NOW, brought=actions.Brought(rows=build.answers(seed=3, channels=[OURS])), why="because"
    ),
    "state a fact": lambda by, cycle, folder: actions.state_facts(by=by, cycle=cycle, at=NOW, facts={THEIRS: {"breach": "yes"}}),
    "take a channel out": lambda by, cycle, folder: actions.uncover(by=by, cycle=cycle, at=NOW, channels=[THEIRS]),
    "ask for a run": lambda by, cycle, folder: actions.ask_for_run(by=by, cycle=cycle, at=NOW),
    "add a channel": lambda by, cycle, folder: catalogue.add_channel(by=by, card=ChannelCard(code="new", **CARD), at=NOW),
    "change a channel": lambda by, cycle, folder: catalogue.change_channel(by=by, channel=theirs(), at=NOW, name_en="Ours"),
    "take a channel over": lambda by, cycle, folder: catalogue.change_channel(by=by, channel=theirs(), at=NOW, entity=PORT),
    "end a channel": lambda by, cycle, folder: catalogue.retire_channel(
        by=by, channel=theirs(), last_day=date(2026, 3, 1), at=NOW, why="because"
    ),
    "import a channel": lambda by, cycle, folder: catalogue.import_catalogue(
        by=by, path=file_of(folder, "channels.csv", *LINES), at=NOW
    ),
    "invite somebody": lambda by, cycle, folder: people.invite(
        by=by, email="a@marsad.example", role=Role.MEMBER, entity_code=LAND, at=NOW
    ),
    "give a role": lambda by, cycle, folder: people.give_role(
        by=by, person=world.charlie(), role=Role.MEMBER, entity_code=LAND, at=NOW
    ),
    "end a role": lambda by, cycle, folder: people.end_role(
        by=by, membership=world.salem().memberships.get(entity_code=LAND), at=NOW
    ),
    "issue a token": lambda by, cycle, folder: people.issue_token(
        by=by, person=world.salem(), name="x", scopes=[Scope.READ], entity_code=LAND, expires=TOMORROW, at=NOW
    ),
}


@pytest.mark.parametrize("what", WRITES)
def test_no_action_of_another_entity_is_done(country, cycle, tmp_path, what):
    before = written()
    with pytest.raises(NotFound, match=r"there is no such .+, or it is not yours"):
        WRITES[what](country.omar, cycle, tmp_path)
    assert written() == before


def test_evidence_on_another_entitys_channel_is_unknown_in_ones_own_name(country, cycle):
    before = written()
    with pytest.raises(Exception, match=f"the subject '{THEIRS}' is not known"):
        actions.take_evidence(
            by=country.omar,
            cycle=cycle,
            at=NOW,
            brought=actions.Brought(rows=build.answers(seed=3, channels=[THEIRS])),
            entity_code=PORT,
        )
    assert written() == before


def test_another_entitys_results_trails_people_and_audit_are_not_there(country, cycle):
    run = cycle.current_run
    omar, salem = country.omar, country.salem
    for seen in (access.results_for(omar, cycle), access.nodes_of(omar, run)):
        assert set(seen.values_list("channel__entity__code", flat=True)) == {PORT}
    for person, own, other in ((omar, OURS, THEIRS), (salem, THEIRS, OURS)):
        assert trail_for(person, run, own, "happy").n == 30
        with pytest.raises(NotFound):
            trail_for(person, run, other, "happy")
    assert not accounts.people_for(omar).filter(pk=salem.pk).exists()
    assert not accounts.memberships_for(omar).filter(entity_code=LAND).exists()
    token, _ = people.issue_token(
        by=salem, person=salem, name="x", scopes=[Scope.READ], entity_code=LAND, expires=TOMORROW, at=NOW
    )
    invitation, _ = people.invite(by=salem, email="a@marsad.example", role=Role.MEMBER, entity_code=LAND, at=NOW)
    for door, thing in ((accounts.token_for, token), (accounts.invitation_for, invitation), (accounts.person_for, salem)):
        assert door(salem, thing.code) == thing
        with pytest.raises(NotFound):
            door(omar, thing.code)
    assert not accounts.audit_for(omar).filter(entity_code=LAND).exists()
    assert accounts.audit_for(salem).filter(entity_code=LAND).exists()


def test_the_auditors_bundle_is_no_champions_and_the_public_one_everybodys(country, tmp_path):
    publication = build.published(build.opened(tmp_path))
    assert access.bundle_for(country.omar, publication).is_file()
    with pytest.raises(NotFound):
        access.bundle_for(country.omar, publication, "auditor")
    api = Api(token_of(country.omar))
    assert api.get(f"/publications/{publication.code}/auditor.zip").status_code == 404
    assert api.get(f"/publications/{publication.code}/bundle.zip").status_code == 200


def test_the_interface_for_machines_shows_and_takes_nothing_of_another_entity(country, cycle):
    from django.core.cache import cache

    cache.clear()
    ratings, evidence = f"/cycles/{cycle.code}/ratings", f"/cycles/{cycle.code}/evidence"
    row = {"subject": THEIRS, "indicator": "happy", "value": 4, "at": "2026-02-01T09:00:00Z", "source": "survey"}
    for api in (Api(token_of(country.omar)), Api(token_of(integrator()))):
        before = written()
        assert api.get(f"{ratings}?entity={LAND}").json()["count"] == 0
        assert api.get(f"{ratings}/{THEIRS}").status_code == 404
        assert api.ask("POST", evidence, {"rows": [row]}).status_code == 422
        assert api.ask("POST", f"{evidence}?entity={LAND}", {"rows": [row]}).status_code == 403
        assert api.ask("PUT", f"/channels/{THEIRS}", CARD).status_code == 403
        assert api.ask("PUT", "/channels/new", CARD).status_code == 403
        assert api.ask("POST", "/channels", "\n".join(LINES).encode(), content_type="text/csv").status_code == 403
        assert written() == before
    assert {item["entity"] for item in Api(token_of(country.omar)).get(ratings).json()["items"]} == {PORT}


STEPS = {
    "take in their name": ("take", "visits.csv", "--source", "survey", "--entity", LAND),
    "take in nobody's": ("take", "visits.csv", "--source", "survey"),
    "adjust": ("adjust", "visits.csv", "--source", "survey", "--why", "because"),
    "cover": ("cover", "--entity", LAND),
    "run": ("run",),
    "lock": ("move", "lock"),
    "approve": ("approve",),
    "publish": ("publish",),
    "compare": ("compare",),
}


@pytest.mark.parametrize("what", STEPS)
def test_no_step_at_the_terminal_is_a_champions(country, cycle, tmp_path, monkeypatch, capsys, what):
    from contextlib import nullcontext

    monkeypatch.setattr("marsad.config.start_server", nullcontext)
    monkeypatch.chdir(tmp_path)
    file_of(tmp_path, "visits.csv", "channel,indicator,value,at", f"{THEIRS},happy,4,2026-02-01T09:00:00Z")
    before, (step, *words) = written(), STEPS[what]
    assert main(["cycle", step, cycle.code, *words, "--as", "omar@marsad.example"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("marsad: ")
    assert said.err.count("\n") == 1
    assert written() == before
