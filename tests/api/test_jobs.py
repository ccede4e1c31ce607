"""What is too large for a request becomes a job: told of while it goes on, whole or not at all, and never done twice."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from marsad.accounts.models import Scope
from marsad.api import evidence, work, working, works
from marsad.catalogue.models import Channel
from marsad.ratings import actions, orders
from marsad.ratings.models import Intake, Job
from tests import world
from tests.api.build import Api, integrator, token_of
from tests.ratings import build
from tests.world import LAND, NOW, PORT

PATH = f"/cycles/{build.CODE}/evidence"
HEADER = "channel,indicator,value,at,respondent,source\n"
LINE = "centre-00,happy,{value},2026-02-01T09:00:00Z,p{place},survey\n"
CARDS = "code,name_ar,name_en,entity,kind\n"


@pytest.fixture(autouse=True)
def small_is_small(monkeypatch):
    """Have files of more than 300 bytes become jobs."""
    monkeypatch.setattr(working, "AT_ONCE", dict.fromkeys(work.SCOPES, 300))
    monkeypatch.setattr(work, "TOLD_EVERY", 0.0)


@pytest.fixture
def cycle(nation, tmp_path):
    """An open cycle without evidence."""
    return actions.move_cycle(by=nation.aisha, cycle=build.announced(tmp_path), verb="open", at=NOW)


@pytest.fixture
def machine(cycle):
    """The API as a machine of the Port Authority asks it."""
    return Api(token_of(integrator()))


def lines(count, value="4"):
    return (HEADER + "".join(LINE.format(value=value, place=place) for place in range(count))).encode()


def send(api, content, path=PATH, **headers):
    return api.ask("POST", path, content, content_type="text/csv", **headers)


def path_of(answer) -> str:
    return answer["Location"].removeprefix("/api/v1")


def ended(api, answer) -> dict:
    """Return a job after the worker's work."""
    work.perform(answer.json()["code"])
    return api.get(path_of(answer)).json()


def test_a_large_file_is_promised_and_a_small_one_done(machine):
    assert send(machine, lines(1)).status_code == 201
    answer = send(machine, lines(20))
    assert answer.status_code == 202
    said = answer.json()
    assert (said["state"], said["kind"], answer["Location"]) == ("waiting", "evidence", said["address"])
    assert machine.get(path_of(answer)).json()["state"] == "waiting"
    assert ProcrastinateJob.objects.filter(task_name=work.TASK, args__job=said["code"]).count() == 1


def test_whoever_prefers_gets_a_job_however_small_it_is(machine):
    assert send(machine, lines(1), prefer="respond-async, wait=5").status_code == 202


def test_a_job_says_what_the_request_would_have_said(machine):
    said = ended(machine, send(machine, lines(20)))
    assert (said["state"], said["refusal"]) == ("done", None)
    assert (said["result"]["rows"], said["result"]["new"], said["result"]["sources"]) == (20, True, {"survey": 20})
    intake = Intake.objects.get()
    assert (intake.code, intake.entity_code, intake.by.code) == (said["result"]["code"], PORT, integrator().code)
    assert not any(work.uploads().glob("*")), "what was sent is gone once it is taken in"


def test_json_becomes_a_job_as_well(machine):
    row = {"subject": "centre-00", "indicator": "happy", "value": 4, "at": "2026-02-01T09:00:00Z", "source": "survey"}
    answer = machine.ask("POST", PATH, {"rows": [row | {"respondent": f"p{place}"} for place in range(5)]})
    assert answer.status_code == 202
    assert ended(machine, answer)["result"]["rows"] == 5
    wrong = machine.ask("POST", PATH, {"rows": [row] * 4 + [row | {"indicator": "nothing"}]})
    said = ended(machine, wrong)
    assert [error["field"] for error in said["refusal"]["errors"]] == ["/rows/4/indicator"]


def test_a_job_that_fails_names_every_line_in_the_readers_language_and_writes_nothing(machine):
    content = lines(20) + LINE.format(value="9", place="x").encode() + LINE.format(value="good", place="y").encode()
    said = ended(machine, send(machine, content))
    assert (said["state"], said["result"]) == ("failed", None)
    assert said["refusal"]["type"] == "urn:marsad:problem:invalid"
    assert {error["line"] for error in said["refusal"]["errors"]} == {22, 23}
    arabic = Api(machine.headers["authorization"].removeprefix("Bearer "), language="ar").get(f"/jobs/{said['code']}").json()
    assert arabic["refusal"]["title"] != said["refusal"]["title"]
    assert "marsad-upload" not in json.dumps(arabic) + json.dumps(said)
    assert not Intake.objects.exists()
    assert not any(work.uploads().glob("*"))


def test_channels_come_in_as_a_job(machine):
    content = CARDS + "".join(f"quay-{place},قناة {place},Channel {place},{PORT},app\n" for place in range(10))
    said = ended(machine, send(machine, content.encode(), "/channels"))
    assert said["result"] == {"added": [f"quay-{place}" for place in range(10)], "changed": [], "unchanged": 0}
    wrong = CARDS + "".join(f"other-{place},قناة,Channel,{PORT},{'app' if place else 'ship'}\n" for place in range(10))
    said = ended(machine, send(machine, wrong.encode(), "/channels"))
    assert [(error["line"], error["field"]) for error in said["refusal"]["errors"]] == [(2, "kind")]
    assert not Channel.objects.filter(code__startswith="other").exists()


def test_what_is_not_ones_own_is_refused_before_it_is_promised(machine):
    assert send(machine, lines(20), f"{PATH}?entity={LAND}").status_code == 403
    assert send(Api(), lines(20)).status_code == 401
    assert send(machine, b"PK\x03\x04" + lines(20)).status_code == 415
    assert not Job.objects.exists()


def test_the_same_key_gets_the_same_job(machine):
    first, again = (send(machine, lines(20), idempotency_key="k-1") for _time in range(2))
    assert (first.json()["code"], first["Location"]) == (again.json()["code"], again["Location"])
    assert Job.objects.count() == 1
    assert send(machine, lines(21), idempotency_key="k-1").status_code == 422


def test_a_job_that_is_called_off_writes_nothing(machine):
    answer = send(machine, lines(20))
    cancelled = machine.ask("POST", f"{path_of(answer)}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert ended(machine, answer)["state"] == "cancelled"
    assert not Intake.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_others_see_how_far_a_job_is_and_what_they_call_off_in_the_middle_writes_nothing(machine, monkeypatch):
    answer, seen = send(machine, lines(20)), []

    def look_and_call_off():
        job = Job.objects.get()
        seen.append((job.state, job.done, job.total))
        orders.cancel(job=job, at=NOW)
        connection.close()

    def taken(by, order, at, progress):
        said = evidence.taken(by, order, at, progress)
        progress(3, 4)
        with ThreadPoolExecutor(1) as another:
            another.submit(look_and_call_off).result()
        return said

    monkeypatch.setattr(works, "WORKS", {**works.WORKS, "evidence": taken})
    assert ended(machine, answer)["state"] == "cancelled"
    assert seen == [("running", 3, 4)]
    assert not Intake.objects.exists()


def test_a_killed_worker_leaves_nothing_and_the_next_one_does_it_once(machine, monkeypatch):
    answer = send(machine, lines(20))
    code = answer.json()["code"]

    class Killed(BaseException):
        """The process is gone."""

    def killed(*_given, **_named):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(work, "settle", killed)
        with pytest.raises(Killed):
            work.perform(code)
    assert Job.objects.get().state == Job.RUNNING
    assert not Intake.objects.exists(), "what was written went with the transaction"
    first_begun = Job.objects.get().begun
    said = ended(machine, answer)
    assert (said["state"], said["result"]["new"]) == ("done", True)
    assert Job.objects.get().begun == first_begun
    assert work.perform(code).state == Job.DONE
    assert Intake.objects.count() == 1


def test_the_cycle_may_have_been_locked_meanwhile(machine, cycle):
    answer = send(machine, lines(20))
    actions.move_cycle(by=world.aisha(), cycle=cycle, verb="lock", at=NOW)
    said = ended(machine, answer)
    assert (said["state"], said["refusal"]["status"]) == ("failed", 409)


def test_a_job_that_nobody_works_on_any_more_fails(machine):
    answer = send(machine, lines(20))
    assert work.give_up_lost(at=timezone.now()) == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = %s", [work.TASK])
    assert work.give_up_lost(at=timezone.now()) == 1
    said = machine.get(path_of(answer)).json()
    assert (said["state"], said["refusal"]["status"]) == ("failed", 500)


def test_a_job_is_shown_to_whoever_asked_for_it_and_to_the_programme(machine):
    answer = send(machine, lines(20))
    writer = Api(token_of(integrator(), Scope.EVIDENCE_WRITE))
    assert writer.get(path_of(answer)).status_code == 200
    assert Api(token_of(world.aisha(), entity_code="")).get(path_of(answer)).status_code == 200
    assert Api(token_of(world.omar())).get(path_of(answer)).status_code == 404
    assert Api().get(path_of(answer)).status_code == 401
    assert writer.get("/jobs").json()["count"] == 1
    assert Api(token_of(world.omar())).get("/jobs").json()["count"] == 0
    reader = Api(token_of(integrator(), Scope.READ))
    assert reader.ask("POST", f"{path_of(answer)}/cancel").status_code == 403


def test_jobs_are_forgotten_in_time(machine):
    ended(machine, send(machine, lines(20)))
    assert work.forget_jobs(at=timezone.now()) == 0
    assert work.forget_jobs(at=timezone.now() + 2 * work.KEPT) == 1
    assert not Job.objects.exists()
