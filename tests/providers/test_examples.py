""""""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.errors import VerificationError
from beep_mock.interaction import Json
from beep_mock.providers.coverage import Exercise, coverage_of
from beep_mock.providers.examples import ExampleResult, challenge_fault, verify_examples
from beep_mock.providers.state_access import EndpointStates
from beep_mock.providers.targets import app_target
from beep_mock.servers.threaded import ThreadServer

WORLD = {"id": 1, "name": "Earth", "made": "2026-01-01"}
STATE = {"name": "it exists", "params": {"id": 1}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "World", "version": "1"},
    "paths": {
        "/worlds/{id}": {
            "get": {
                "security": [{"token": []}],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"},
                     "examples": {"earth": {"value": 1}, "nothing": {"value": 9}}}
                ],
                "responses": {
                    "200": {
                        "description": "One",
                        "content": {"application/json": {
                            "schema": {"$ref": "#/components/schemas/World"},
                            "examples": {"earth": {"value": WORLD, "x-beep-state": STATE}},
                        }},
                    },
                    "404": {
                        "description": "None",
                        "content": {"application/json": {
                            "schema": {"type": "object"}, "examples": {"nothing": {"value": {"code": "none"}}},
                        }},
                    },
                    "401": {"description": "Who?", "content": {"application/json": {
                        "schema": {"type": "object"}, "examples": {"anonymous": {"value": {}}}}}},
                    "503": {"description": "Not now", "content": {"application/json": {
                        "schema": {"type": "object"}, "examples": {"closed": {"value": {}}}}}},
                },
            }
        }
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "World": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "integer"}, "name": {"type": "string"}, "made": {"type": "string", "readOnly": True},
                },
            }
        },
    },
}  # fmt: skip


class Provider:
    """A provider and its states in one."""

    def __init__(self, world: Any = None) -> None:
        self.world = world or WORLD
        self.standing: list[str] = []
        self.seen: list[tuple[str, Mapping[str, Json]]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_AUTHORIZATION" not in environ:
            status, body = "401 Unauthorized", dict[str, Any]()
        elif environ["PATH_INFO"] == "/worlds/1" and "it exists" in self.standing:
            status, body = "200 OK", self.world
        else:
            status, body = "404 Not Found", {"code": "none"}
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def knows(self, name: str) -> bool:
        return name == "it exists"

    def setup(self, name: str, parameters: Mapping[str, Json]) -> None:
        if not self.knows(name):
            raise VerificationError(f"the provider state {name!r} is not defined")
        self.seen.append((name, parameters))
        self.standing.append(name)

    def teardown(self, name: str, parameters: Mapping[str, Json]) -> None:
        self.standing.remove(name)


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(DOCUMENT))
    return compile_contract(path)


def results(contract: Contract, provider: Provider, **how: Any) -> dict[str, ExampleResult]:
    with app_target(provider, timeout=5) as target:
        return {r.interaction.name: r for r in verify_examples(contract, target, provider, **how)}


def test_every_example_is_replayed_in_its_state(contract: Contract) -> None:
    provider = Provider()
    found = results(contract, provider)
    assert {name: (r.passed, bool(r.skipped)) for name, r in found.items()} == {
        "earth": (True, False),
        "nothing": (True, False),
        "anonymous": (True, False),
        "closed": (True, True),
    }
    assert provider.seen == [("it exists", {"id": 1})]
    assert provider.standing == []
    assert "no provider state" in found["closed"].skipped


@pytest.mark.parametrize(
    ("world", "field"),
    [
        ({"id": "1", "name": "Earth"}, "body $.id"),
        ({"id": 1}, "body $"),
    ],
)
def test_an_answer_that_breaks_the_contract(contract: Contract, world: Any, field: str) -> None:
    result = results(contract, Provider(world))["earth"]
    assert not result.passed
    assert [mismatch.field for mismatch in result.mismatches] == [field]


def test_another_status(contract: Contract) -> None:
    provider = Provider()
    provider.knows = lambda name: True  # type: ignore[method-assign]
    provider.setup = lambda name, parameters: provider.standing.append("other")  # type: ignore[method-assign]
    provider.teardown = lambda name, parameters: None  # type: ignore[method-assign]
    result = results(contract, provider)["earth"]
    assert [(m.field, m.expected, m.actual) for m in result.mismatches] == [("status", "200", "404")]


def test_exact_bodies_but_for_what_the_provider_makes(contract: Contract) -> None:
    other = {"id": 1, "name": "Erde", "made": "2027-01-01"}
    assert results(contract, Provider(other))["earth"].passed
    result = results(contract, Provider(other), exact=True)["earth"]
    assert [(m.field, m.expected, m.actual) for m in result.mismatches] == [("body $.name", '"Earth"', '"Erde"')]


@pytest.mark.parametrize(
    "world",
    [
        {"id": {"password": "HUSH"}, "name": "Earth"},
        {"id": 1, "name": "Earth", "made": {"access_token": "HUSH"}},
        {"error": {"access_token": "HUSH"}, "more": "x" * 900},
    ],
)
def test_no_secret_of_an_answer_is_shown(contract: Contract, world: Any) -> None:
    for exact in (False, True):
        result = results(contract, Provider(world), exact=exact)["earth"]
        assert not result.passed
        assert "HUSH" not in repr(result.mismatches)


def test_no_secret_of_an_undeclared_answer_is_shown(contract: Contract) -> None:
    provider = Provider()

    def failing(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("500 Oh", [("Content-Type", "application/json")])
        return [b'{"error": {"access_token": "HUSH"}}']

    with app_target(failing, timeout=5) as target:
        (earth, *_) = verify_examples(contract, target, provider)
    assert earth.mismatches[0].message == 'the answer: {"error": {"access_token": "***"}}'


def test_a_state_that_cannot_be_brought_about_is_a_fault_of_that_example_only(contract: Contract) -> None:
    provider = Provider()
    provider.knows = lambda name: False  # type: ignore[method-assign]
    found = results(contract, provider)
    assert "not defined" in found["earth"].fault
    assert found["nothing"].passed


@pytest.mark.parametrize(("world", "fields"), [(WORLD, []), ({"id": 1}, ["body $"])])
def test_a_state_that_cannot_be_taken_back_costs_no_result(contract: Contract, world: Any, fields: list[str]) -> None:
    provider = Provider(world)

    def failing(name: str, parameters: Mapping[str, Json]) -> None:
        provider.standing.remove(name)
        raise VerificationError(f"taking back {name} with {parameters} failed")

    provider.teardown = failing  # type: ignore[method-assign]
    found = results(contract, provider)
    earth = found["earth"]
    assert earth.fault == "taking back it exists with {'id': 1} failed"
    assert earth.reply is not None
    assert [mismatch.field for mismatch in earth.mismatches] == fields
    assert found["nothing"].passed


def test_an_endpoint_for_states_is_told_the_parameters_both_times() -> None:
    asked = []

    def endpoint(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked.append(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        start_response("200 OK", [("Content-Length", "0")])
        return []

    with ThreadServer(endpoint) as server:
        states = EndpointStates(server.url, 5)
        states.setup("it exists", {"id": 1})
        states.teardown("it exists", {"id": 1})
    assert asked == [{"action": action, "state": "it exists", "params": {"id": 1}} for action in ("setup", "teardown")]


def test_coverage_names_who_has_reached_what(contract: Contract) -> None:
    key = "GET /worlds/{id}"
    found = coverage_of(
        contract,
        [
            Exercise("pacts", key, 200, "application/json", frozenset({"path.id"}), "hello"),
            Exercise("examples", key, 404, "application/json; charset=utf-8"),
            Exercise("properties", key, 500),
            Exercise("properties", "GET /elsewhere", 200),
        ],
    )
    (row,) = found.operations
    assert row.kinds == {"pacts", "examples", "properties"}
    assert row.statuses == {"200": {"pacts"}, "404": {"examples"}, "401": set(), "503": set()}
    assert row.media_types["404 application/json"] == {"examples"}
    assert row.parameters == {"path.id": {"pacts"}}
    assert row.undeclared == {500: {"properties"}}
    assert found.unused == ()
    assert coverage_of(contract, []).unused == (key,)
    assert found.unreached == (f"{key} 401", f"{key} 503")
    assert found.share("statuses") == (2, 4)
    assert found.share("operations") == (1, 1)


BEARER = {"token": {"type": "http", "scheme": "bearer"}}
KEY = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}


@pytest.mark.parametrize(
    ("schemes", "headers", "fault"),
    [
        (BEARER, [("WWW-Authenticate", "Bearer")], ""),
        (BEARER, [("WWW-Authenticate", 'bearer error="invalid_token", realm="a, b"')], ""),
        (BEARER, [("WWW-Authenticate", 'Basic realm="a", Bearer')], ""),
        (BEARER, [("WWW-Authenticate", "Basic"), ("www-authenticate", "Bearer")], ""),
        (BEARER, [], ""),
        (BEARER, [("WWW-Authenticate", "Basic realm=x")], "'Basic realm=x' names none of the declared schemes: bearer"),
        (BEARER, [("WWW-Authenticate", "::")], "'::' is not a challenge (RFC 9110, section 11.6.1)"),
        (KEY, [("WWW-Authenticate", "ApiKey")], ""),
        (KEY, [("WWW-Authenticate", "")], "'' is not a challenge (RFC 9110, section 11.6.1)"),
        (KEY | BEARER, [("WWW-Authenticate", "ApiKey")], ""),
    ],
)
def test_a_challenge_names_a_scheme_that_is_declared(
    tmp_path: Path, schemes: dict[str, Any], headers: list[tuple[str, str]], fault: str
) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "t", "version": "1"},
                "paths": {"/a": {"get": {"security": [{name: []} for name in schemes], "responses": {}}}},
                "components": {"securitySchemes": schemes},
            }
        )
    )
    assert challenge_fault(compile_contract(path).operations["GET /a"], headers) == fault
