"""Tokens: shown once, kept hashed, good for what they say, and gone with the right behind them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marsad.accounts import actions, tokens
from marsad.accounts.access import Forbidden, NotFound, token_for, tokens_for
from marsad.accounts.actions import person_for_token
from marsad.accounts.models import Action, Scope, Token
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem
from tests import world
from tests.world import LAND, NOW, PORT

DAY = timedelta(days=1)


@pytest.fixture
def cast(db):
    return world.everybody()


def integrator(entity_code=PORT):
    return world.somebody(f"machine-{entity_code}", roles=[(Role.INTEGRATOR, entity_code)])


def issue(by, person=None, entity_code=PORT, scopes=(Scope.READ,), expires=NOW + 30 * DAY):
    use = {"name": "kiosk", "scopes": scopes, "entity_code": entity_code}
    return actions.issue_token(by=by, person=person or by, **use, expires=expires, at=NOW)


def test_a_token_speaks_for_its_person_within_its_scopes_and_entity(cast):
    token, secret = issue(integrator(), scopes=[Scope.EVIDENCE_WRITE, Scope.READ])
    bearer = person_for_token(secret, NOW)
    assert (bearer.person, bearer.token, bearer.token.entity_code) == (integrator(), token, PORT)
    assert [scope for scope in Scope if bearer.token.allows(scope)] == [Scope.READ, Scope.EVIDENCE_WRITE]


def test_a_token_is_kept_as_a_hash_alone(cast):
    _token, secret = issue(integrator())
    assert secret.startswith("marsad_")
    assert secret.rpartition("_")[2] not in str(Token.objects.values().get())
    assert secret.rpartition("_")[2] not in str(Action.objects.get().content())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda secret: secret[:-1],
        lambda secret: secret + "x",
        lambda secret: secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        lambda secret: "",
        lambda secret: "marsad",
        lambda secret: "marsad__",
        lambda secret: secret.rpartition("_")[0] + "_",
        lambda secret: "\0" + secret,
        lambda secret: "marsad_\0_x",
        lambda secret: "marsad_é_x",
        lambda secret: secret.replace("marsad", "other"),
        lambda secret: secret.upper(),
    ],
)
def test_a_wrong_secret_opens_nothing(cast, spoil):
    _token, secret = issue(integrator())
    assert person_for_token(spoil(secret), NOW) is None


def test_a_wrong_code_takes_the_same_comparison_as_a_wrong_secret(cast, monkeypatch):
    _token, secret = issue(integrator())
    compared = []
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda one, other: compared.append((one, other)) or one == other)
    assert person_for_token("marsad_01nobody_guess", NOW) is None
    assert person_for_token(secret.rpartition("_")[0] + "_guess", NOW) is None
    assert [len(other) for _one, other in compared] == [64, 64]


@pytest.mark.parametrize(("later", "good"), [(timedelta(0), True), (30 * DAY - DAY, True), (30 * DAY, False), (-DAY, False)])
def test_a_token_is_good_until_it_expires(cast, later, good):
    _token, secret = issue(integrator())
    assert bool(person_for_token(secret, NOW + later)) == good


@pytest.mark.parametrize("expires", [NOW, NOW - DAY, NOW + 400 * DAY])
def test_a_token_expires_within_a_year(cast, expires):
    with pytest.raises(Problem, match="within a year"):
        issue(integrator(), expires=expires)


def test_a_token_opens_something(cast):
    with pytest.raises(Problem, match="without a scope"):
        issue(integrator(), scopes=[])
    with pytest.raises(ValueError, match="everything"):
        issue(integrator(), scopes=["everything"])
    token, _secret = issue(integrator())
    with pytest.raises(IntegrityError, match="token_scopes"), transaction.atomic():
        Token.objects.filter(pk=token.pk).update(scopes="everything")


def test_a_revoked_token_opens_nothing_and_is_revoked_once(cast):
    token, secret = issue(integrator())
    actions.revoke_token(by=integrator(), token=token, at=NOW, why="leaked")
    actions.revoke_token(by=integrator(), token=token, at=NOW)
    assert person_for_token(secret, NOW) is None
    assert [entry.verb for entry in Action.objects.all()] == ["issue_token", "revoke_token"]


def test_a_token_ends_with_the_role_behind_it(cast):
    _token, secret = issue(integrator())
    integrator().memberships.update(until=NOW + DAY)
    assert person_for_token(secret, NOW)
    assert person_for_token(secret, NOW + DAY) is None


def test_a_token_ends_with_its_person(cast):
    _token, secret = issue(integrator())
    actions.deactivate(by=cast.aisha, person=integrator(), at=NOW)
    assert person_for_token(secret, NOW) is None
    actions.reactivate(by=cast.aisha, person=integrator(), at=NOW)
    assert person_for_token(secret, NOW) is None


def test_the_last_use_is_noted_at_most_once_a_minute(cast):
    token, secret = issue(integrator())
    for seconds, noted in ((0, 0), (30, 0), (61, 61)):
        person_for_token(secret, NOW + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used == NOW + timedelta(seconds=noted)


def test_integrators_and_champions_get_tokens_for_their_entity_and_the_programme_team_for_any(cast):
    assert issue(integrator())
    assert issue(cast.omar)
    assert issue(cast.omar, integrator())
    assert issue(cast.aisha, integrator())
    assert issue(cast.aisha, entity_code="")
    assert issue(cast.aisha, entity_code=LAND)


def test_nobody_gets_a_token_beyond_their_own_rights(cast):
    attempts = [
        (integrator(), integrator(), LAND),
        (integrator(), integrator(), ""),
        (cast.omar, cast.omar, LAND),
        (cast.omar, cast.omar, ""),
        (cast.omar, integrator(LAND), LAND),
        (cast.omar, cast.aisha, PORT),
        (integrator(), cast.omar, PORT),
        (cast.aisha, cast.charlie, PORT),
        (cast.aisha, cast.omar, PORT),
        (cast.charlie, cast.charlie, PORT),
        (cast.charlie, integrator(), PORT),
        (cast.lin, cast.lin, PORT),
        (cast.rashid, cast.rashid, ""),
    ]
    got = []
    for by, person, entity_code in attempts:
        try:
            got.append(issue(by, person, entity_code))
        except Forbidden:
            continue
    assert got == []
    assert not Action.objects.exists()


def test_a_token_that_approves_is_for_the_council_alone_and_ends_with_its_seat(cast):
    for person, entity_code in ((cast.aisha, ""), (cast.huda, PORT), (cast.omar, PORT), (integrator(), PORT)):
        with pytest.raises(Problem):
            issue(person, entity_code=entity_code, scopes=[Scope.CYCLES_APPROVE])
    with pytest.raises(Forbidden):
        issue(cast.aisha, cast.huda, "", scopes=[Scope.CYCLES_APPROVE])
    token, secret = issue(cast.huda, entity_code="", scopes=[Scope.CYCLES_APPROVE])
    assert person_for_token(secret, NOW).token == token
    seat = cast.huda.memberships.get(role=Role.COUNCIL)
    actions.end_role(by=cast.aisha, membership=seat, at=NOW + DAY)
    assert person_for_token(secret, NOW + 2 * DAY) is None


def test_tokens_are_seen_and_revoked_by_their_person_their_champion_and_the_programme_team(cast):
    token, _secret = issue(integrator())
    for person in (integrator(), cast.omar, cast.aisha):
        assert list(tokens_for(person)) == [token]
    for stranger in (cast.salem, integrator(LAND), cast.charlie, cast.rashid):
        with pytest.raises(NotFound):
            token_for(stranger, token.code)
        with pytest.raises(Forbidden):
            actions.revoke_token(by=stranger, token=token, at=NOW)
    actions.revoke_token(by=cast.omar, token=token, at=NOW)
