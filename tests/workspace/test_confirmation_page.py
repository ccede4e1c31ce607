"""The page of the confirmation round: drawn, brought and read by the programme team alone."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marsad.api.work import perform as work_off
from marsad.ratings.confirming import drawn_for
from marsad.ratings.models import Cycle, Job
from tests.ratings import build

pytestmark = pytest.mark.django_db
PAGE = "cycles/2026-1/confirmation/"


@pytest.fixture
def locked(country, tmp_path) -> Cycle:
    """A locked cycle with a finished run."""
    cycle = build.moved(build.opened(tmp_path), "lock")
    build.rated(cycle)
    return cycle


def test_the_team_draws_brings_a_second_wave_and_reads_what_it_names(locked, work, tmp_path):
    aisha = work("aisha")
    assert "Nobody is drawn yet" in aisha.text(PAGE)
    aisha.post(PAGE, {})
    job = Job.objects.get(kind="draw")
    work_off(job.code)
    assert "It is done." in aisha.text(f"jobs/{job.code}/")
    drawn = drawn_for(locked)
    said = aisha.text(PAGE)
    assert f"{drawn.count()} channels are visited again; {drawn.filter(decoy=True).count()} of them as decoys" in said
    assert said.count("Decoy") >= 1

    answer = aisha.get("cycles/2026-1/confirmation.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["channel"] for row in rows] == sorted(drawn.values_list("channel__code", flat=True))
    assert set(rows[0]) == {"channel", "name", "entity", "kind"}, "nobody can tell who is a decoy"

    lines = [f"{code},queue,5,2026-02-20T09:00:00+04:00,s1" for code in drawn.values_list("channel__code", flat=True)]
    file = SimpleUploadedFile("again.csv", "\n".join(["channel,indicator,value,at,rater", *lines]).encode())
    address = "cycles/2026-1/evidence/bring/?kind=confirmation"
    assert "Rows of the second wave" in aisha.text(address)
    aisha.post(address, {"file": file, "source": "visit"})
    assert locked.intakes.filter(kind="confirmation").count() == 1
    assert "Second wave" in aisha.text("cycles/2026-1/evidence/")
    assert locked.current_run.lists == []

    build.confirmed(locked, tmp_path)
    build.rated(locked)
    assert "Named among the" in aisha.text(PAGE)
    assert "أُعلن اسمها ضمن" in work("aisha", "ar").text(PAGE)
    for name in ("omar", "rashid", "huda", "lin", "charlie"):
        assert work(name).get(PAGE).status_code == 404


def test_what_cannot_be_drawn_is_told(country, work, tmp_path):
    build.rated(build.opened(tmp_path))
    assert "is not possible while the cycle is open" in work("aisha").post(PAGE, {}, follow=True).content.decode()
