"""A mock and providers that keep their contract, or break it in one way."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from beep_mock.agreement.agreement import Agreement, compare_with_mock
from beep_mock.checks.provider_checks import mocked_peers
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.findings import Severity
from beep_mock.gateway.prism import PrismProcess
from beep_mock.providers.targets import Target, app_target, url_target
from beep_mock.providers.verification import load_service
from beep_mock.servers.threaded import ThreadServer
from beep_mock.workspace import Workspace
from tests.support.prism import needs_prism

DEMONSTRATION = Path(__file__).parents[2]
DOCUMENT = """
openapi: 3.1.0
info: {title: Names, version: '1'}
paths:
  /names:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 9}}]
      responses:
        '200':
          description: Names
          content: {application/json: {schema: {type: array, items: {type: string}}}}
        '400': {$ref: '#/components/responses/Problem'}
    post:
      security: [{key: []}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name, kind]
              additionalProperties: false
              properties:
                name: {type: string, minLength: 1, maxLength: 40}
                kind: {enum: [cat, dog]}
                born: {type: string, format: date}
            examples:
              first: {value: {name: Tom, kind: cat}}
              taken: {value: {name: Ada, kind: dog}}
      responses:
        '201':
          description: Made
          headers: {Location: {required: true, schema: {type: string}}}
          content:
            application/json:
              schema: {type: object, required: [id], properties: {id: {type: integer}}}
              examples: {first: {value: {id: 1}}}
        '400': {$ref: '#/components/responses/Problem'}
        '401': {$ref: '#/components/responses/Problem'}
        '409':
          description: Taken
          content:
            application/problem+json:
              schema: {type: object}
              examples: {taken: {value: {title: Taken}}}
  /names/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1, maximum: 99}}]
      responses:
        '200':
          description: Name
          content: {application/json: {schema: {type: string}, examples: {known: {value: Ada}}}}
        '400': {$ref: '#/components/responses/Problem'}
        '404':
          description: None
          content:
            application/problem+json:
              schema: {type: object}
              examples: {unknown: {value: {title: Unknown}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  responses:
    Problem:
      description: Invalid
      content:
        application/problem+json: {schema: {type: object, required: [title], properties: {title: {type: string}}}}
"""
# The parameter shows the requests that the answers belong to.
DOCUMENT = DOCUMENT.replace(
    "{name: id, in: path, required: true, schema: {type: integer, minimum: 1, maximum: 99}}",
    "{name: id, in: path, required: true, schema: {type: integer, minimum: 1, maximum: 99},"
    " examples: {known: {value: 1}, unknown: {value: 99}}}",
)
Answer = tuple[int, dict[str, str], Any]


class ProblemError(Exception):
    def __init__(self, status: int, title: str) -> None:
        self.status = status
        self.title = title


class Provider:
    """Names by number. ``faults`` are the ways in which it does not keep its contract."""

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        self.names = {1: "Ada", 2: "Bob"}
        self.seen: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.seen.append(environ["REQUEST_METHOD"])
        kind = "application/json"
        try:
            status, headers, answer = self.answer(environ, body)
        except ProblemError as problem:
            status, headers, answer = problem.status, {}, {"title": problem.title}
            kind = "application/problem+json" if "json problems" not in self.faults else "application/json"
            if "other problems" in self.faults:
                answer = {"error": problem.title}
            if status == 409 and "other conflict" in self.faults:
                answer = "Taken"
        start_response(f"{status} X", [("Content-Type", kind), *headers.items()])
        return [json.dumps(answer).encode()]

    def answer(self, environ: dict[str, Any], body: bytes) -> Answer:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == "/names" and method == "GET":
            return self.list(parse_qs(environ["QUERY_STRING"], keep_blank_values=True))
        if path == "/names" and method == "POST":
            return self.create(environ, body)
        found = re.fullmatch("/names/([^/]+)", path)
        if found and (method == "GET" or (method == "PUT" and "extra method" in self.faults)):
            return self.read(found[1])
        raise ProblemError(405 if found or path == "/names" else 404, "Not here")

    def list(self, query: dict[str, list[str]]) -> Answer:
        limit = query.get("limit", ["5"])[0]
        if not limit.isdecimal() and "lax limit" not in self.faults:
            raise ProblemError(400, "Invalid")
        if limit.isdecimal() and not 1 <= int(limit) <= 9 and "no range" not in self.faults:
            raise ProblemError(400, "Invalid")
        if limit.isdecimal() and int(limit) > 8 and "less range" in self.faults:
            raise ProblemError(400, "Too many")
        if "beep-mock" in query and "no extra" in self.faults:
            raise ProblemError(400, "Unknown parameter")
        names = [*self.names.values()]
        return 200, {}, names if "object" not in self.faults else {"names": names}

    def create(self, environ: dict[str, Any], body: bytes) -> Answer:
        if not environ.get("HTTP_X_KEY") and "no key" not in self.faults:
            raise ProblemError(401, "No key")
        if environ.get("CONTENT_TYPE", "").partition(";")[0] != "application/json":
            raise ProblemError(415, "No JSON")
        try:
            value = json.loads(body)
        except ValueError:
            raise ProblemError(500 if "crash" in self.faults else 400, "No JSON") from None
        if not self.is_valid(value):
            raise ProblemError(400, "Invalid")
        if "born" in value and "no born" in self.faults:
            raise ProblemError(400, "Nobody is born")
        value = {"name": f"Nobody {len(self.names)}"} | value
        if value["name"] in self.names.values():
            raise ProblemError(409, "Taken")
        number = len(self.names) + 1
        self.names[number] = value["name"]
        if "moved" in self.faults:
            return 303, {"Location": f"/names/{number}"}, None
        location = {} if "no location" in self.faults else {"Location": f"/names/{number}"}
        return 200 if "200" in self.faults else 201, location, {"id": number}

    def is_valid(self, value: Any) -> bool:
        if not isinstance(value, dict):
            return False
        if "nothing needed" in self.faults:
            value = {"name": "Tim", "kind": "cat"} | value
        if not {"name", "kind"} <= value.keys():
            return False
        if "any kind" not in self.faults and value["kind"] not in ("cat", "dog"):
            return False
        if "more" not in self.faults and not value.keys() <= {"name", "kind", "born"}:
            return False
        born = value.get("born", "2020-02-29")
        dated = isinstance(born, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", born) is not None
        return dated and isinstance(value["name"], str) and 1 <= len(value["name"]) <= 40

    def read(self, text: str) -> Answer:
        if "gone" in self.faults:
            raise ProblemError(404, "Not here")
        valid = text.isascii() and text.isdecimal() and 1 <= int(text) <= 99
        if not valid and "lookup" not in self.faults:
            raise ProblemError(400, "Invalid")
        if not valid or int(text) not in self.names:
            raise ProblemError(404, "Unknown")
        return 200, {}, self.names[int(text)]


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    file = tmp_path_factory.mktemp("contract") / "openapi.yaml"
    file.write_text(DOCUMENT, "utf-8")
    return compile_contract(file)


def compare(contract: Contract, provider: Callable[..., Any], **how: Any) -> Agreement:
    with app_target(provider, timeout=10) as target:
        return compare_with_mock(contract, target, samples=5, max_time=60, **how)


def told(found: Agreement) -> list[tuple[str, str]]:
    """Rule and smallest request of every difference."""
    differences = [difference for each in found.operations for difference in each.differences]
    return [(one.finding.rule, one.finding.message.partition(": the ")[0]) for one in differences]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_provider_that_keeps_its_contract_agrees(contract: Contract, seed: int) -> None:
    provider = Provider()
    found = compare(contract, provider, seed=seed)
    assert told(found) == []
    assert not found.partial
    assert [note for each in found.operations for note in each.notes] == []
    assert {"GET", "POST", "PUT", "DELETE"} <= {*provider.seen}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("lax limit", [("agreement-verdict", "GET /names?limit=beep")]),
        ("no range", [("agreement-verdict", "GET /names?limit=0"), ("agreement-verdict", "GET /names?limit=10")]),
        ("less range", [("agreement-verdict", "GET /names?limit=9")]),
        ("no extra", [("agreement-verdict", "GET /names?beep-mock=1")]),
        ("object", [("agreement-schema", "GET /names")]),
        ("no key", [("agreement-verdict", 'POST /names {"name":"Tom","kind":"cat"}')]),
        ("crash", [("agreement-status-class", 'POST /names {"beep')]),
        ("no born", [("agreement-verdict", 'POST /names {"name":"Tom","kind":"cat","born":"2025-04-10"}')]),
        ("moved", [("agreement-status-class", 'POST /names {"name":"Tom","kind":"cat"}')]),
        ("200", [("agreement-schema", 'POST /names {"name":"Tom","kind":"cat"}')]),
        ("no location", [("agreement-schema", 'POST /names {"name":"Tom","kind":"cat"}')]),
        ("other conflict", [("agreement-schema", 'POST /names {"name":"Ada","kind":"dog"}')]),
        (
            "nothing needed",
            [
                ("agreement-verdict", 'POST /names {"kind":"cat"}'),
                ("agreement-verdict", "POST /names {}"),
                ("agreement-verdict", 'POST /names {"name":"Tom"}'),
            ],
        ),
        ("extra method", [("agreement-verdict", "PUT /names/1")]),
        ("gone", [("agreement-verdict", "GET /names/1")]),
        ("lookup", [("agreement-verdict", f"GET /names/{value}") for value in ("0", "100", "beep")]),
    ],
)
def test_a_fault_is_found_with_its_smallest_request(
    contract: Contract, fault: str, expected: list[tuple[str, str]]
) -> None:
    seen = [
        (rule, re.sub(r"20\d\d-\d\d-\d\d", "2025-04-10", line))
        for rule, line in told(compare(contract, Provider(fault)))
    ]
    assert seen == expected


@pytest.mark.parametrize(
    ("fault", "rules"),
    [
        ("json problems", {"agreement-media-type"}),
        ("other problems", {"agreement-schema", "agreement-verdict"}),  # an unknown id is told otherwise than shown
    ],
)
def test_refusals_of_another_form_are_one_difference_a_status_of_each_operation(
    contract: Contract, fault: str, rules: set[str]
) -> None:
    found = told(compare(contract, Provider(fault)))
    assert {one for one, _ in found} == rules
    lines = [line for _, line in found]
    assert lines[0].startswith("GET /names?limit=")
    assert "POST /names" in "".join(lines)
    assert len(found) == len({*found}) <= 6


def test_values_of_other_types_are_one_difference_a_place_and_reason(contract: Contract) -> None:
    found = told(compare(contract, Provider("any kind", "more")))
    assert [rule for rule, _ in found] == ["agreement-verdict"] * len(found)
    bodies = [json.loads(line.partition(" /names ")[2]) for _, line in found]
    assert [sorted(body) for body in bodies] == [["beepMock", "kind", "name"], ["kind", "name"]]
    assert bodies[1]["kind"] not in ("cat", "dog")


def test_the_request_and_its_place_are_told(contract: Contract) -> None:
    found = compare(contract, Provider("no range"))
    [first, second] = [difference for each in found.operations for difference in each.differences]
    assert first.request.target == "/names?limit=0"
    assert first.finding.severity is Severity.ERROR
    assert first.finding.where.pointer == "/paths/~1names/get/parameters/0"
    assert "the mock refuses it (400; query.limit: minimum), the provider takes it (200" in first.finding.message
    assert second.request.target == "/names?limit=10"


def test_credentials_that_are_not_known_are_no_difference_but_told(contract: Contract) -> None:
    class Locked(Provider):
        def create(self, environ: dict[str, Any], body: bytes) -> Answer:
            if environ.get("HTTP_X_KEY") != "right":
                raise ProblemError(401, "No key")
            return super().create(environ, body)

    found = compare(contract, Locked())
    assert told(found) == []
    [note] = [note for each in found.operations for note in each.notes]
    assert note.rule == "agreement-not-reached"
    assert "--header" in note.hint
    found = compare(contract, Locked(), headers=(("X-Key", "right"),))
    assert [note for each in found.operations for note in each.notes] == []
    [difference] = compare(contract, Locked("no born"), headers=(("X-Key", "right"),)).operations[1].differences
    assert dict(difference.request.headers)["X-Key"] == "***"


def test_without_writes_only_safe_methods_are_used(contract: Contract) -> None:
    provider = Provider("no key")
    found = compare(contract, provider, writes=False)
    assert {*provider.seen} == {"GET"}
    assert found.unasked == ["POST /names"]


def test_a_provider_that_hangs_ends_it_with_what_was_seen(contract: Contract) -> None:
    waiting = threading.Event()

    class Hanging(Provider):
        def read(self, text: str) -> Answer:
            waiting.wait()
            return super().read(text)

    try:
        with app_target(Hanging("no range"), timeout=0.2) as target:
            found = compare_with_mock(contract, target, samples=1)
    finally:
        waiting.set()
    assert found.operations[0].operation.key == "GET /names"
    assert len(found.operations[0].differences) == 2
    rules = {note.rule for each in found.operations for note in each.notes}
    assert "agreement-no-answer" in rules


def test_a_provider_that_stops_ends_it_with_what_was_seen(contract: Contract) -> None:
    provider = Provider("no range")
    with ThreadServer(provider) as server, url_target(server.url, timeout=1) as target:
        real, asked = target.send, []

        def send(*arguments: Any, **named: Any) -> Any:
            asked.append(arguments)
            if len(asked) == 60:
                server.stop()
            return real(*arguments, **named)

        target.send = send  # type: ignore[method-assign]
        found = compare_with_mock(contract, target, samples=1)
    assert found.partial == "the provider is gone after POST /names"
    assert len(found.operations[0].differences) == 2


@contextmanager
def demonstration(name: str) -> Iterator[tuple[Contract, Target]]:
    workspace = Workspace(DEMONSTRATION)
    with mocked_peers(workspace, name), app_target(load_service(workspace, name), timeout=10) as target:
        yield compile_contract(workspace.contract_path(name)), target


@pytest.mark.parametrize("name", ["people", "world"])
@pytest.mark.parametrize("seed", [1, 7])
def test_the_demonstration_agrees_with_its_mocks(name: str, seed: int) -> None:
    with demonstration(name) as (contract, target):
        found = compare_with_mock(contract, target, samples=10, seed=seed)
    assert told(found) == []
    assert found.partial == ""
    assert [note for each in found.operations for note in each.notes] == []
    assert sum(each.asked for each in found.operations) >= 30


@needs_prism
@pytest.mark.parametrize(
    ("name", "expected"), [("people", []), ("world", [("agreement-schema", 'POST /worlds {"beep')])]
)
def test_a_mock_that_others_wrote_differs_where_it_answers_for_itself(
    name: str, expected: list[tuple[str, str]]
) -> None:
    """Prism says 400 to what is not JSON, which the contract does not declare; of all else it thinks as ours does."""
    workspace = Workspace(DEMONSTRATION)
    document = workspace.contract_path(name)
    prism = PrismProcess(document, DEMONSTRATION)
    prism.start()
    try:
        with url_target(prism.url, timeout=10) as target:
            found = compare_with_mock(compile_contract(document), target, samples=5)
    finally:
        prism.stop()
    assert told(found) == expected
