from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.providers.properties import PropertiesResult, verify_properties
from beep_mock.providers.targets import app_target, url_target
from beep_mock.servers.threaded import ThreadServer

DOCUMENT = """
openapi: 3.0.3
info: {title: Names, version: '1'}
paths:
  /names/{id}:
    put:
      parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1, maximum: 99}}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              additionalProperties: false
              properties: {name: {type: string, maxLength: 5}}
            examples: {taken: {value: {name: Ada}}}
      responses:
        '200':
          description: Fine
          content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}}}
        '400': {description: Invalid}
        '404': {description: No such path}
        '405': {description: Not so}
        '409':
          description: Taken
          content: {application/json: {schema: {type: object}, examples: {taken: {value: {code: taken}}}}}
        '415': {description: No JSON}
"""


class Provider:
    """A provider that keeps its contract, but for what a test makes it do."""

    def __init__(self, **faults: Any) -> None:
        self.faults = faults
        self.seen: list[tuple[str, str, bytes]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], body))
        status, answer = self.answer(environ, body)
        start_response(status, [("Content-Type", "application/json"), ("Allow", "PUT")])
        return [json.dumps(answer).encode()]

    def answer(self, environ: dict[str, Any], body: bytes) -> tuple[str, Any]:
        if environ["REQUEST_METHOD"] != "PUT":
            return ("405 No", {}) if "method" not in self.faults else ("200 OK", {"name": "x"})
        path = environ["PATH_INFO"].removeprefix("/names/")
        if not path.isascii() or not path.isdecimal() or not 1 <= int(path[:5]) <= 99:
            return "400 No", {}
        if environ.get("CONTENT_TYPE", "").partition(";")[0] != "application/json":
            return "415 No", {}
        try:
            value = json.loads(body)
        except ValueError:
            return "400 No", {}
        name = value.get("name") if isinstance(value, dict) else None
        valid = isinstance(name, str) and len(name) <= 5 and list(value) == ["name"]
        if not valid and "lax" not in self.faults:
            return "400 No", {}
        if valid and name == "Ada":
            return "409 No", {"code": "taken"}
        if valid and len(str(name)) == self.faults.get("crash"):
            return "500 No", {}
        return "200 OK", self.faults.get("answer", {"name": "x"})


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT)
    return path


@pytest.fixture
def contract(document: Path) -> Contract:
    return compile_contract(document)


def properties(contract: Contract, document: Path, provider: Any, **how: Any) -> PropertiesResult:
    with app_target(provider, timeout=5) as target:
        return verify_properties(contract, document, target, **{"max_examples": 10, **how})


def test_a_provider_that_keeps_its_contract(contract: Contract, document: Path) -> None:
    found = properties(contract, document, Provider())
    assert found.failures == ()
    assert found.errors == ()
    assert found.partial == ""
    assert found.cases > 20
    statuses = {exercise.status for exercise in found.exercises}
    assert {200, 400} <= statuses
    assert all(exercise.operation == "PUT /names/{id}" for exercise in found.exercises)


@pytest.mark.parametrize(
    ("faults", "check"),
    [
        ({"lax": True}, "negative_data_rejection"),
        ({"answer": {"nom": "x"}}, "response_schema_conformance"),
        ({"answer": {"name": 1}}, "response_schema_conformance"),
        ({"crash": 5}, "not_a_server_error"),
        ({"method": True}, "unsupported_method"),
    ],
)
def test_one_fault_is_one_failure_with_a_request_that_shows_it(
    contract: Contract, document: Path, faults: dict[str, Any], check: str
) -> None:
    found = properties(contract, document, Provider(**faults))
    failures = {failure.check: failure for failure in found.failures}
    assert check in failures
    assert failures[check].operation == "PUT /names/{id}"
    assert failures[check].curl.startswith("curl ")
    assert "$PROVIDER" in failures[check].curl
    assert "localhost" not in failures[check].curl


def test_the_same_seed_makes_the_same_requests(contract: Contract, document: Path) -> None:
    first, second, other = Provider(), Provider(), Provider()
    properties(contract, document, first, seed=3)
    properties(contract, document, second, seed=3)
    properties(contract, document, other, seed=4)
    assert first.seen == second.seen
    assert first.seen != other.seen


def test_a_running_provider_is_asked_over_http_and_given_headers_are_not_shown(
    contract: Contract, document: Path
) -> None:
    provider = Provider(crash=3)
    with ThreadServer(provider) as server, url_target(server.url, timeout=5) as target:
        found = verify_properties(contract, document, target, max_examples=5, headers=(("X-Key", "secret-value"),))
    assert any(failure.check == "not_a_server_error" for failure in found.failures) or found.failures == ()
    assert all("secret-value" not in failure.curl + failure.message for failure in found.failures)
    assert found.cases > 10


def test_a_provider_that_hangs_is_given_up(contract: Contract, document: Path) -> None:
    never = threading.Event()

    def hanging(_environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        never.wait(30)
        return []

    with app_target(hanging, timeout=0.1) as target:
        found = verify_properties(contract, document, target, max_examples=5)
    never.set()
    assert "gone" in found.partial
    assert found.cases < 20
