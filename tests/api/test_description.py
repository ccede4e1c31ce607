"""The description of the API is whole and true: whatever it allows is asked, and no answer is an error or undocumented."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis import checks
from schemathesis.core.failures import Failure, FailureGroup

from marsad.api import throttle
from marsad.api.door import api
from marsad.config.wsgi import application
from tests import world
from tests.api.build import Api, token_of
from tests.ratings import build

EXAMPLES = {"anybody": 2, "programme": 3}
"""For each operation, right and wrong ones each; always the same ones."""
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
OPERATIONS = [(method, path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@pytest.fixture
def codes(nation, tmp_path):
    """The codes that addresses may name, in a country with a published and an open cycle."""
    publication = build.published(build.opened(tmp_path, code="2025-1"))
    build.rated(build.opened(tmp_path))
    return {"publications": publication.code, "cycles": build.CODE, "channels": "centre-00", "entities": world.PORT}


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Let anybody ask as often as they like, and keep the test's own connection open between requests."""
    monkeypatch.setattr(throttle, "PER_MINUTE", dict.fromkeys(throttle.PER_MINUTE, 1_000_000))
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(schema, method, path, codes, headers, mode, examples):
    """Ask one operation all that its description allows, or, in the negative mode, forbids."""
    operation = schema[path][method.upper()]
    real = next((code for room, code in codes.items() if f"/{room}/{{" in path), None)

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def asked(case, known):
        if known and real and "code" in case.path_parameters:
            case.path_parameters["code"] = real
        case.call_and_validate(headers=headers, checks=CHECKS)

    asked()


def is_open(method, path):
    """Whether an operation answers those who bring no token."""
    return {} in api.get_openapi_schema()["paths"][path][method]["security"]


def may_be_asked_wrongly(method, path):
    """Whether there is a wrong way to ask, which takes long to find out by trying: of a header's text any will do."""
    operation = api.get_openapi_schema()["paths"][path][method]
    told = {one["in"] for one in operation.get("parameters", [])}
    return "requestBody" in operation or "query" in told or "header" not in told


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("who", ["anybody", "programme"])
def test_no_answer_is_an_error_or_undocumented(codes, who, mode):
    headers = {} if who == "anybody" else {"Authorization": f"Bearer {token_of(world.aisha(), entity_code='')}"}
    schema, wrong = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application), []
    for method, path in OPERATIONS:
        if mode == schemathesis.GenerationMode.NEGATIVE:
            if who == "anybody" and not is_open(method, path):
                continue  # refused before it is read, as the right way is
            if not may_be_asked_wrongly(method, path):
                continue
        try:
            ask(schema, method, path, codes, headers, mode, EXAMPLES[who])
        except (FailureGroup, Failure) as failure:
            wrong.append(f"{method} {path}: {failure}")
    assert wrong == []


def test_the_description_is_openapi_3_1_and_always_the_same(db):
    answer = Api().get("/openapi.json")
    assert answer.json()["openapi"] == "3.1.0"
    assert answer["ETag"] == Api(language="ar").get("/openapi.json")["ETag"]
    assert Api().get("/openapi.json", if_none_match=answer["ETag"]).status_code == 304


def test_every_operation_says_what_it_does_and_how_it_refuses():
    description = api.get_openapi_schema()
    for methods in description["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert {400, 429} <= set(operation["responses"])
            for status, answer in operation["responses"].items():
                if status >= 400:
                    assert list(answer["content"]) == ["application/problem+json"]


def shapes_below(model):
    """Return the classes that shapes may be made of."""
    return {below for child in model.__subclasses__() for below in {child} | shapes_below(child)}


def test_no_name_of_a_shape_means_two_things():
    found = str(api.get_openapi_schema())
    shapes = api.get_openapi_schema()["components"]["schemas"]
    ours = [one.__name__ for one in shapes_below(BaseModel) if one.__module__.startswith("marsad.api.")]
    assert {name for name in shapes if ours.count(name) > 1} == set()
    assert {name for name in shapes if f"schemas/{name}'" not in found} <= {
        name for name in shapes if name.endswith(("In", "Out", "_"))
    }
