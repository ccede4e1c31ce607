"""A programme's own tools lead a whole cycle by the API, with the same verbs and rights as everybody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marsad.accounts.models import Action, Scope, Token
from marsad.api import leading, work, works
from marsad.ratings import actions
from marsad.ratings.models import Cycle, Publication, Run
from marsad.ratings.running import perform
from tests import world
from tests.api.build import ROOT, Api, integrator, token_of
from tests.ratings import build
from tests.world import NOW, PORT

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CYCLE = f"/cycles/{build.CODE}"
TITLES = {"title_ar": "الدورة", "title_en": "The cycle"}


@pytest.fixture
def programme(nation, settings):
    """The API as the programme's own tool asks it, where no second factor is asked for."""
    settings.MARSAD = replace(settings.MARSAD, require_mfa=False)
    return Api(token_of(nation.aisha, entity_code=""))


def council():
    """Return the council's browser, and how it writes."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.huda(), backend=BACKEND)
    return client


def move(api, verb, path=CYCLE, **more):
    return api.ask("POST", f"{path}/moves", {"verb": verb, **more})


def decide(verb):
    return council().post(f"{ROOT}{CYCLE}/moves", {"verb": verb}, content_type="application/json")


def finished(api, answer) -> dict:
    assert (answer.status_code, answer["Location"]) == (202, answer.json()["address"]), answer.content
    work.perform(answer.json()["code"])
    return api.get(f"/jobs/{answer.json()['code']}").json()


def test_a_cycle_goes_from_its_announcement_to_a_correction_of_its_publication(programme, tmp_path, monkeypatch):
    standard = str(build.write_standard(tmp_path))
    monkeypatch.setattr(leading, "names", lambda: [standard])
    said = {"code": build.CODE, "standard": standard, "draws": 400, "seed": 7, "opens_on": "2026-01-01", **TITLES}
    assert programme.ask("POST", "/cycles", said).status_code == 201
    covered = programme.ask("POST", f"{CYCLE}/cover", {"kinds": ["service-centre", "app"]})
    assert covered.json() == {"changed": 25, "covered": 25}
    assert programme.ask("POST", f"{CYCLE}/uncover", {"channels": ["app-09"]}).json() == {"changed": 1, "covered": 24}
    facts = {"centre-04": {"breach": "yes"}}
    assert programme.ask("POST", f"{CYCLE}/facts", {"facts": facts}).json() == {"facts": facts}
    assert move(programme, "open").json()["state"] == "open"
    actions.take_evidence(
        by=world.aisha(),
        cycle=Cycle.objects.get(),
        at=NOW,
        brought=actions.Brought(rows=build.answers(channels=build.codes()[:-1])),
    )
    for verb in ("lock", "moderate"):
        assert move(programme, verb).status_code == 200
    row = {"subject": "centre-00", "indicator": "happy", "value": 1, "at": "2026-02-01T09:00:00Z", "source": "survey"}
    assert programme.ask("POST", f"{CYCLE}/adjustments?why=Appeal%2012", {"rows": [row]}).status_code == 201
    assert move(programme, "hear").status_code == 200
    asked = programme.ask("POST", f"{CYCLE}/runs")
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    assert programme.get(asked["Location"].removeprefix(ROOT)).json() == asked.json()
    perform(asked.json()["code"])
    assert programme.ask("POST", f"{CYCLE}/runs").json()["state"] == "done"
    assert decide("approve").json()["state"] == "approved"
    published = finished(programme, move(programme, "publish"))
    assert published["state"] == "done", published
    assert programme.get(f"/publications/{published['result']['code']}").json() == published["result"]
    assert programme.ask("POST", f"{CYCLE}/corrections?why=Wrong", {"rows": [row | {"value": 5}]}).status_code == 201
    perform(programme.ask("POST", f"{CYCLE}/runs").json()["code"])
    answer = council().post(f"{ROOT}{CYCLE}/publications", {"why": "A row was wrong"}, content_type="application/json")
    corrected = finished(programme, answer)
    assert corrected["result"]["corrects"] == published["result"]["code"]
    assert Publication.objects.count() == 2


def test_a_council_members_token_approves_and_returns_where_it_is_for_that(programme, tmp_path):
    cycle = build.moved(build.opened(tmp_path), "lock", "moderate", "hear")
    build.rated(cycle)
    huda = Api(token_of(world.huda(), Scope.READ, Scope.CYCLES_APPROVE, entity_code=""))
    assert move(Api(token_of(world.huda(), Scope.READ, entity_code="")), "approve").status_code == 403
    assert move(huda, "approve", why="Decided").json()["state"] == "approved"
    entry = Action.objects.about(cycle).latest("pk")
    assert (entry.verb, entry.by, entry.why) == ("approve_cycle", world.huda(), "Decided")
    assert move(huda, "publish").status_code == 403
    assert move(huda, "return").json()["state"] == "moderation"


def test_a_publisher_killed_after_the_deed_publishes_once(programme, tmp_path, monkeypatch):
    build.approved(build.opened(tmp_path))
    answer = move(programme, "publish")

    class Killed(BaseException):
        """The process is gone."""

    def killed(*given):
        leading.published(*given)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(works, "WORKS", {**works.WORKS, "publication": killed})
        with pytest.raises(Killed):
            work.perform(answer.json()["code"])
    said = finished(programme, answer)
    assert (said["state"], said["result"]["code"]) == ("done", Publication.objects.get().code)


def test_what_the_state_does_not_allow_is_a_conflict_in_the_readers_language(programme, tmp_path):
    build.announced(tmp_path)
    refused = move(programme, "lock")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:marsad:problem:conflict")
    assert refused.json()["detail"] == "locking the evidence is not possible while the cycle is draft; it must be open."
    arabic = move(Api(token_of(world.aisha(), entity_code=""), language="ar"), "lock").json()["detail"]
    assert arabic == "لا يمكن إقفال الأدلة والدورة مسودة؛ ينبغي أن تكون مفتوحة."
    assert programme.ask("POST", f"{CYCLE}/runs").status_code == 409
    assert programme.ask("POST", f"{CYCLE}/corrections?why=x", {"rows": []}).status_code in (409, 422)


def test_nobody_leads_who_has_no_right_to(programme, tmp_path):
    build.announced(tmp_path)
    actions.move_cycle(by=world.aisha(), cycle=Cycle.objects.get(), verb="open", at=NOW)
    champion = Api(token_of(world.omar()))
    for path, body in (
        ("/moves", {"verb": "lock"}),
        ("/cover", {"kinds": ["app"]}),
        ("/uncover", {"channels": ["app-01"]}),
        ("/facts", {"facts": {"app-01": {"breach": "yes"}}}),
        ("/runs", None),
        ("/adjustments?why=x", {"rows": []}),
        ("/publications", {"why": "x"}),
    ):
        assert champion.ask("POST", CYCLE + path, body).status_code == 403, path
        assert Api().ask("POST", CYCLE + path, body).status_code == 401, path
    assert champion.ask("POST", "/cycles", {"code": "x"}).status_code == 403
    reader = Api(token_of(world.aisha(), Scope.READ, Scope.CYCLES_WRITE, entity_code=""))
    assert move(reader, "approve").status_code == 403, "it decides, and this token does not"
    assert Cycle.objects.get().state == "open"


@pytest.mark.parametrize("standard", ["/etc/passwd", "../small.toml", "small.toml", ""])
def test_a_standard_is_named_and_never_a_file_of_the_server(programme, standard):
    refused = programme.ask("POST", "/cycles", {"code": "2030-1", "standard": standard, **TITLES})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "/standard"


def test_a_run_is_watched_and_called_off(programme, tmp_path):
    build.opened(tmp_path)
    asked = programme.ask("POST", f"{CYCLE}/runs").json()
    path = f"/runs/{asked['code']}"
    assert programme.get(path).json()["total"] == 25
    assert [run["code"] for run in programme.get(f"{CYCLE}/runs").json()["items"]] == [asked["code"]]
    assert Api(token_of(world.omar())).get(path).status_code == 404
    assert programme.ask("POST", f"{path}/cancel").json()["state"] == "cancelled"
    assert programme.ask("POST", f"{path}/cancel").status_code == 409
    assert Run.objects.get().state == "cancelled"


def asking(**more):
    expires = (timezone.now() + timedelta(days=30)).isoformat()
    return {"name": "kiosk", "scopes": ["evidence:write"], "entity": PORT, "expires": expires, **more}


def browser(person, *, proved=True) -> Client:
    """Return a browser in which somebody signed in and, where `proved`, gave their password again."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend=BACKEND)
    if proved:
        client.post(reverse("account_reauthenticate"), {"password": world.PASSWORD})
    return client


def issue(client, **more):
    return client.post(f"{ROOT}/tokens", asking(**more), content_type="application/json")


def test_a_token_is_issued_to_whoever_has_just_proved_who_they_are(nation, settings):
    settings.MARSAD = replace(settings.MARSAD, require_mfa=False)
    client = browser(nation.omar)
    issued = issue(client)
    assert issued.status_code == 201, issued.content
    said = issued.json()
    assert (said["scopes"], said["entity"], said["person"]) == (["evidence:write"], PORT, nation.omar.code)
    assert Api(said["secret"]).get("/channels").status_code == 200
    listed = client.get(f"{ROOT}/tokens").json()["items"]
    assert [(one["code"], "secret" in one) for one in listed] == [(said["code"], False)]
    to_machine = issue(client, person=integrator().code)
    assert to_machine.json()["person"] == integrator().code
    assert issue(client, entity="").status_code == 403
    assert issue(client, scopes=["everything"]).status_code == 422
    assert issue(client, expires=(timezone.now() + timedelta(days=900)).isoformat()).status_code == 422


def test_an_open_browser_or_a_token_gives_no_other_token(nation):
    refused = issue(browser(nation.omar, proved=False))
    assert (refused.status_code, "password" in refused.json()["detail"]) == (403, True)
    assert Api(token_of(nation.omar)).ask("POST", "/tokens", asking()).status_code == 403
    assert Token.objects.count() == 1


def test_a_token_ends_itself_alone_and_a_champion_those_of_the_entity(nation):
    first, second = token_of(integrator(), Scope.EVIDENCE_WRITE), token_of(integrator())
    codes = [secret.split("_")[1] for secret in (first, second)]
    assert Api(first).ask("DELETE", f"/tokens/{codes[1]}").status_code == 403
    assert Api(first).ask("DELETE", f"/tokens/{codes[0]}").status_code == 204
    assert Api(first).get("/channels").status_code == 401
    assert browser(nation.salem, proved=False).delete(f"{ROOT}/tokens/{codes[1]}").status_code == 404
    assert browser(nation.omar, proved=False).delete(f"{ROOT}/tokens/{codes[1]}").status_code == 204
    assert Api(second).get("/channels").status_code == 401
