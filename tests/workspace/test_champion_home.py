"""A champion's home: what needs them, how their own channels stand, and never a word of another entity's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marsad.core.lifecycle import Role
from tests import world
from tests.ratings import build

pytestmark = pytest.mark.django_db(transaction=True)
OURS, THEIRS = "Channel 3", "Channel 4"


@pytest.fixture
def rated(country, tmp_path):
    """An open cycle with a finished run."""
    cycle = build.opened(tmp_path)
    build.rated(cycle)
    return cycle


def test_a_champion_sees_how_their_own_channels_stand_and_nobody_elses(rated, work):
    """Omar has every third channel; what is the Land Department's he does not see."""
    text = work("omar").text()
    assert OURS in text
    assert THEIRS not in text
    assert "of your 9 channels are rated for now" in text


def test_another_champion_sees_theirs(rated, work):
    text = work("salem").text()
    assert f"{THEIRS} " in text
    assert f"{OURS} " not in text


def test_the_scores_of_ones_channels_open_their_evidence(rated, work):
    page = work("omar").get().content.decode()
    assert f'class="evidence" href="/en/workspace/cycles/{rated.code}/results/centre-00/"' in page


def test_a_channel_held_back_says_by_which_rule(rated, work):
    """Centre 4 is in breach and is the Land Department's."""
    assert "Held back by a rule" in work("salem").text()


def test_missing_evidence_that_an_entity_brings_needs_its_champion(country, tmp_path, work):
    cycle = build.moved(build.announced(tmp_path), "open")
    text = work("omar").text()
    assert "evidence that you bring is missing for 9 channels" in text
    assert "No run has rated your channels yet" in text
    assert f"/cycles/{cycle.code}/evidence/?q=centre-00&amp;source=survey" in work("omar").get().content.decode()


def test_an_import_that_failed_needs_whoever_sent_it(rated, work):
    from marsad.ratings.models import Job

    now = timezone.now()
    facts = {"kind": "evidence", "said": {}, "file": "march.csv", "by": world.omar(), "at": now, "state": Job.FAILED}
    Job.objects.create(code="a" * 26, ended=now, **facts)
    Job.objects.create(code="b" * 26, ended=now - timedelta(days=60), **facts | {"file": "ancient.csv"})
    text = work("omar").text()
    assert "march.csv" in text
    assert "ancient.csv" not in text
    assert "march.csv" not in work("salem").text()


def test_an_invitation_nobody_accepted_needs_its_champion(rated, work):
    from marsad.accounts.actions import invite

    guest = {"email": "guest@port.example", "role": Role.ADVISER, "entity_code": world.PORT}
    invite(by=world.omar(), at=timezone.now(), **guest)
    assert "1 invitation waits for an answer" in work("omar").text()
    assert "invitation waits" not in work("salem").text()


def test_once_published_a_channels_page_is_linked(country, tmp_path, work):
    build.published(build.opened(tmp_path))
    page = work("omar").get().content.decode()
    assert 'href="/en/channels/centre-00/"' in page
    assert "/channels/centre-01/" not in page


def test_appeals_being_heard_are_said(country, tmp_path, work):
    cycle = build.moved(build.opened(tmp_path), "lock", "moderate", "hear")
    build.rated(cycle)
    assert "appeals are being heard" in work("omar").text()


@pytest.mark.parametrize("name", ["lin", "mariam", "noor", "rashid", "huda", "aisha"])
def test_everybodys_home_says_what_they_can_do_and_leads_to_pages_that_are_there(name, rated, work):
    import re

    home = work(name)
    page = home.get().content.decode()
    assert "What you can do here" in page
    duties = page[page.index('id="duties"') : page.index("</main>")]
    links = re.findall(r'href="([^"#]+)"', duties)
    assert links
    assert {link: home.client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_who_holds_no_role_is_told_so(rated, work):
    assert "Nothing waits for you" in work("charlie").text()
