"""Every page of what is published is drawn ahead, step by step, and only what is not drawn yet."""

from dataclasses import replace

import pytest
from django.test import Client

from marsad.catalogue.actions import change_channel
from marsad.catalogue.models import Channel
from marsad.public import ahead
from marsad.public.editions import edition_of
from marsad.public.jobs import draw_ahead
from marsad.public.models import Drawing
from tests import world
from tests.ratings import build
from tests.workspace.browser import BACKEND, words

FEW = ("/en/", "/en/league/", "/en/league/app/")


@pytest.fixture
def few(monkeypatch, publication):
    """Only a few addresses, so that a test does not draw a whole country."""
    monkeypatch.setattr(ahead, "addresses", lambda edition: iter(FEW))
    return edition_of()


def test_every_channel_and_every_league_has_its_address_in_both_languages(publication):
    found = list(ahead.addresses(edition_of()))
    assert len(found) == len(set(found))
    for language in ("ar", "en"):
        assert f"/{language}/" in found
        assert f"/{language}/league/app/" in found
        assert sum(address.startswith(f"/{language}/channels/") for address in found) == len(build.codes())


def test_what_was_drawn_ahead_is_what_a_reader_gets(few, reader):
    assert ahead.state_of(few) == ahead.State(0, 3)
    assert ahead.draw_some(60) is False
    assert ahead.state_of(few) == ahead.State(3, 3)
    drawn = Drawing.objects.get(address="/en/league/#latin")
    assert reader.get("/en/league/")["ETag"] == f'"{drawn.etag[:32]}-plain"'
    assert Drawing.objects.count() == 3


def test_the_page_of_a_cycle_shows_its_programme_how_far_the_drawing_is(few, settings):
    settings.MARSAD = replace(settings.MARSAD, require_mfa=False)
    lead, address = Client(), f"/en/cycles/{build.CODE}/drawing/"
    lead.force_login(world.aisha(), backend=BACKEND)
    assert f'hx-get="{address}"' in lead.get(f"/en/workspace/cycles/{build.CODE}/").content.decode()
    ahead.draw("/en/league/")
    assert "1 of 3 public pages are drawn" in words(lead.get(address))
    ahead.draw_some(60)
    done = lead.get(address)
    assert "All public pages are drawn: 3" in words(done)
    assert "hx-get" not in done.content.decode(), "it asks no more"
    lead.force_login(world.omar(), backend=BACKEND)
    assert lead.get(address).status_code == 404


def test_whoever_begins_again_draws_only_what_is_left(few, monkeypatch):
    ahead.draw("/en/league/")
    drawn = []
    monkeypatch.setattr(ahead, "draw", drawn.append)
    ahead.draw_some(60)
    assert drawn == ["/en/", "/en/league/app/"]


def test_when_time_is_up_the_rest_waits_for_the_next_time(few):
    assert ahead.draw_some(0) is True
    assert ahead.state_of(few).done == 0


def test_a_page_that_cannot_be_drawn_does_not_keep_the_others_from_it(few, monkeypatch, caplog):
    draw = ahead.draw

    def fails_once(address):
        if address == "/en/":
            raise ValueError
        draw(address)

    monkeypatch.setattr(ahead, "draw", fails_once)
    assert ahead.draw_some(60) is False
    assert ahead.state_of(few) == ahead.State(2, 3)
    assert "/en/ cannot be drawn" in caplog.text


def test_after_a_change_of_name_the_pages_are_to_be_drawn_anew(few, country):
    ahead.draw_some(60)
    change_channel(by=country.omar, channel=Channel.objects.get(code="centre-00"), name_en="Renamed", at=build.NOW)
    assert ahead.state_of(few) == ahead.State(0, 3)


def test_the_job_goes_on_at_once_while_there_is_more(few, monkeypatch):
    from procrastinate.contrib.django.models import ProcrastinateJob

    monkeypatch.setattr("marsad.public.jobs.SECONDS", 0)
    draw_ahead(timestamp=0)
    assert ProcrastinateJob.objects.filter(task_name="public.draw_ahead", status="todo").count() == 1
    draw_ahead(timestamp=0)
    assert ProcrastinateJob.objects.filter(task_name="public.draw_ahead", status="todo").count() == 1
