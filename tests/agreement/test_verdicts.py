from __future__ import annotations

import json

import pytest

from beep_mock.agreement.request_generation import GeneratedRequest
from beep_mock.agreement.verdicts import MockVerdict, MockVerdicts, VerdictJudge
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.encoding import RawRequest
from beep_mock.contracts.model import Contract, Violation
from beep_mock.exchanges.exchange import Reply
from beep_mock.providers.domain_refusals import DomainRefusals

DOCUMENT = """
openapi: 3.1.0
info: {title: Things, version: '1'}
paths:
  /things:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1}}]
      responses:
        '200': {description: Things, content: {application/json: {schema: {type: array}}, text/csv: {}}}
        '202': {description: Later}
        '302': {description: Elsewhere}
        '404': {description: None}
        '422': {description: Invalid}
        '503': {description: Busy}
  /things/{id}:
    get:
      security: [{key: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: integer}, examples: {none: {value: 9}}}]
      responses:
        '200': {description: A thing}
        '404':
          description: None
          content: {application/json: {schema: {type: object}, examples: {none: {value: {title: No thing}}}}}
        '429': {description: Too many}
  /bare/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: Fine}, '404': {description: None}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
"""
TAKEN = MockVerdict(200)
REFUSED = MockVerdict(422, (Violation(("query", "limit"), "Error", "minimum", "0 is less than 1"),))
NOWHERE = b'{"title": "Not Found", "path": "/nowhere"}'


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    file = tmp_path_factory.mktemp("contract") / "openapi.yaml"
    file.write_text(DOCUMENT, "utf-8")
    return compile_contract(file)


def reply(status: int, body: bytes = b"", kind: str = "application/json") -> Reply:
    return Reply(status, (("Content-Type", kind),), body)


def found(
    contract: Contract, path: str, verdict: MockVerdict, answer: Reply, *, known: bool = False, method: str = ""
) -> list[str]:
    judge = VerdictJudge(contract, DomainRefusals(contract), known=known)
    judge.unknown_path = reply(404, NOWHERE)
    made = GeneratedRequest(contract.operations[f"GET {path}"], method=method)
    return [aspect.rule.removeprefix("agreement-") for aspect in judge.aspects(made, verdict, answer)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(200, b"[]"), []),
        (reply(202), []),  # another declared status of the class
        (reply(200, b"a,b", "text/csv"), []),
        (reply(200, b"[]", "text/html"), ["media-type"]),
        (reply(200, b"{}"), ["schema"]),
        (reply(201), ["schema"]),
        (reply(302), []),  # declared
        (reply(303), ["status-class"]),
        (reply(422), ["verdict"]),
        (reply(400), ["verdict"]),
        (reply(404, b'{"title": "No things today"}'), []),  # declared, and not as for an unknown path
        (reply(404, b'{"title": "Not Found", "path": "/things"}'), ["verdict"]),
        (reply(409), ["verdict"]),  # not declared
        (reply(401), ["verdict"]),  # no credentials are demanded
        (reply(500), ["status-class"]),
        (reply(503), []),  # declared by its number
        (reply(502), ["status-class"]),
    ],
)
def test_answers_to_a_valid_request(contract: Contract, answer: Reply, expected: list[str]) -> None:
    assert found(contract, "/things", TAKEN, answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(422), []),
        (reply(400), ["schema"]),  # not declared, and the mock's is
        (reply(404, b'{"title": "x"}'), []),
        (reply(415), []),  # of HTTP itself
        (reply(200, b"[]"), ["verdict"]),
        (reply(302), ["status-class"]),
        (reply(500), ["status-class"]),
    ],
)
def test_answers_to_an_invalid_request(contract: Contract, answer: Reply, expected: list[str]) -> None:
    assert found(contract, "/things", REFUSED, answer) == expected


def test_answers_to_a_method_that_is_not_declared(contract: Contract) -> None:
    verdict = MockVerdict(405, (), routed=False)
    for status, expected in ((405, []), (404, []), (501, []), (200, ["verdict"]), (500, ["status-class"])):
        assert found(contract, "/things", verdict, reply(status), method="PUT") == expected


@pytest.mark.parametrize(
    ("path", "answer", "known", "expected"),
    [
        ("/things/{id}", reply(404, b'{"title": "No thing"}'), False, []),  # as shown
        ("/things/{id}", reply(404, NOWHERE), False, ["verdict"]),  # the path is not there
        ("/things/{id}", reply(404, b'{"title": "Gone"}'), False, ["verdict"]),  # another error than is shown
        ("/things/{id}", reply(404, b'{"title": "No thing 7"}'), False, ["verdict"]),
        ("/things/{id}", reply(404, b"null"), False, ["schema"]),  # not even declared
        ("/things/{id}", reply(401), False, ["schema"]),  # made credentials: only undeclared
        ("/things/{id}", reply(401), True, ["verdict"]),
        ("/things/{id}", reply(429), False, []),
        ("/bare/{id}", reply(404, NOWHERE), False, []),  # nobody says how an unknown id is told
    ],
)
def test_what_the_provider_knows(
    contract: Contract, path: str, answer: Reply, known: bool, expected: list[str]
) -> None:
    assert found(contract, path, TAKEN, answer, known=known) == expected


def test_the_mock_says_why_and_whether_an_operation_has_answered(contract: Contract) -> None:
    mock = MockVerdicts(contract)
    assert mock.of(RawRequest("GET", "/things")) == MockVerdict(200)
    refused = mock.of(RawRequest("GET", "/things", "limit=0"))
    assert (refused.status, refused.valid, refused.reason) == (422, False, "query.limit: minimum")
    nowhere = mock.of(RawRequest("GET", "/nowhere"))
    assert (nowhere.status, nowhere.valid, nowhere.routed) == (404, False, False)
    locked = mock.of(RawRequest("GET", "/things/9"))
    assert (locked.status, locked.routed) == (401, True)
    shown = mock.of(RawRequest("GET", "/things/9", headers=[("X-Key", "k")]))
    assert (shown.status, shown.valid) == (404, True)


def test_what_the_message_says(contract: Contract) -> None:
    judge = VerdictJudge(contract, DomainRefusals(contract), known=False)
    made = GeneratedRequest(contract.operations["GET /things"])
    [aspect] = judge.aspects(made, REFUSED, reply(200, json.dumps(["x" * 300]).encode()))
    assert aspect.subject == ("query", "limit", "minimum")
    assert aspect.message.startswith("the mock refuses it (422; query.limit: minimum), the provider takes it (200: [")
    assert len(aspect.message) < 260
