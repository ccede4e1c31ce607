"""docs/manual/api.md does not lie: every curl on it works, every refusal it lists is one of ours, its signature check holds."""

import re
import shlex
from string import Template

import pytest
from django.utils import timezone

from marsad.api.problems import KINDS
from marsad.api.sending import headers_of
from marsad.catalogue.cards import RegionCard, ServiceCard
from marsad.catalogue.write import put
from tests import world
from tests.api.build import Api, channels, token_of
from tests.docs.pages import code
from tests.ratings import build
from tests.repository import ROOT

PAGE = ROOT / "docs" / "manual" / "api.md"
FILES = {
    "channels.csv": f"code,name_ar,name_en,entity,kind\nquay-app,تطبيق الرصيف,Quay App,{world.PORT},app\n",
    "answers.csv": "channel,indicator,value,at,respondent\ncentre-00,happy,5,2026-02-02T09:00:00Z,p9\n",
}


def calls() -> list[list[str]]:
    """Return the words of every curl on the page."""
    return [shlex.split(line.text)[1:] for line in code(PAGE) if line.whole and line.text.startswith("curl ")]


def ask(words: list[str], values: dict[str, str]):
    """Return the answer to a curl."""
    method, headers, body, address = "GET", {}, None, ""
    rest = iter(Template(word).substitute(values) for word in words)
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name.lower()] = value
        elif word in ("-d", "--data-binary"):
            body = next(rest)
        elif word == "-o":
            next(rest)
        elif word != "-O":
            address = word
    if body is not None:
        body = FILES[body[1:]] if body.startswith("@") else body
        headers["content_type"] = headers.pop("content-type")
        body = body.encode()
    return Api().ask(method, address, body, **headers)


@pytest.fixture
def values(nation, tmp_path):
    """What stands for the names in the examples, in a country where they make sense."""
    publication = build.published(build.opened(tmp_path, code="2025-1"))
    build.rated(build.opened(tmp_path))
    put("region", [RegionCard(code="north", name_ar="الشمال", name_en="North")])
    put("service", [ServiceCard(code="berth", name_ar="رصيف", name_en="Berth", entity=world.PORT)])
    put("channel", channels()[:1])
    return {
        "MARSAD": "",
        "TOKEN": token_of(nation.omar),
        "LEADS": token_of(nation.aisha, entity_code=""),
        "PUBLICATION": publication.code,
    }


def test_every_curl_on_the_page_works(values):
    answers = {" ".join(words): ask(words, values).status_code for words in calls()}
    assert len(answers) >= 15
    assert {words: status for words, status in answers.items() if status not in (200, 201, 202)} == {}


def test_the_examples_find_something(values):
    lists = [ask(words, values).json() for words in calls() if "channels?" in words[-1] or words[-1].endswith("ratings")]
    assert len(lists) == 3
    assert all(found["count"] for found in lists)


def test_the_page_lists_every_refusal():
    listed = {
        int(status) for line in re.findall(r"^\| ([\d, ]+) \|", PAGE.read_text(), re.MULTILINE) for status in line.split(",")
    }
    assert listed == {status for status, _title in KINDS.values()} - {500}


def test_the_check_of_a_signature_believes_our_messages_and_no_others():
    [source] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict = {}
    exec(source, names)
    believe = names["is_from_marsad"]
    body, secret = b'{"event":"publication.published"}', "only the two of us know"
    signature = headers_of(body, secret, delivery="d", event="e", at=timezone.now())["Marsad-Signature"]
    assert believe(body, signature, secret)
    assert not believe(body + b" ", signature, secret)
    assert not believe(body, signature, "guess")
    old = headers_of(body, secret, delivery="d", event="e", at=world.LONG_AGO)["Marsad-Signature"]
    assert not believe(body, old, secret)
