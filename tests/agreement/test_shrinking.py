from __future__ import annotations

import pytest

from beep_mock.agreement.request_generation import GeneratedRequest
from beep_mock.agreement.shrinking import shrunk
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.interaction import MISSING

DOCUMENT = """
openapi: 3.1.0
info: {title: Things, version: '1'}
paths:
  /things/{id}:
    post:
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: a, in: query, schema: {type: integer}}
        - {name: b, in: query, schema: {type: integer}}
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'200': {description: Fine}}
"""


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    file = tmp_path_factory.mktemp("contract") / "openapi.yaml"
    file.write_text(DOCUMENT, "utf-8")
    return compile_contract(file)


@pytest.fixture
def made(contract: Contract) -> GeneratedRequest:
    return GeneratedRequest(
        contract.operations["POST /things/{id}"],
        {"path.id": 7, "query.a": 1, "query.b": 2},
        {"x": {"y": 1, "z": [1, 2, 3]}, "w": 0},
        "application/json",
        extra="c=1",
    )


def test_everything_goes_that_is_not_needed(made: GeneratedRequest) -> None:
    smallest = shrunk(made, lambda _: True, 100)
    assert smallest.values == {"path.id": 7}
    assert smallest.body is MISSING
    assert smallest.extra == ""


def test_what_is_needed_stays(made: GeneratedRequest) -> None:
    def holds(one: GeneratedRequest) -> bool:
        body = one.body if isinstance(one.body, dict) else {}
        return "query.b" in one.values and 2 in body.get("x", {}).get("z", ())

    smallest = shrunk(made, holds, 100)
    assert smallest.values == {"path.id": 7, "query.b": 2}
    assert smallest.body == {"x": {"z": [2]}}


def test_what_was_changed_stays(contract: Contract) -> None:
    operation = contract.operations["POST /things/{id}"]
    made = GeneratedRequest(operation, {"path.id": 1, "query.a": "x", "query.b": 2}, place=("query", "a"))
    assert shrunk(made, lambda _: True, 100).values == {"path.id": 1, "query.a": "x"}
    made = GeneratedRequest(
        operation, {"path.id": 1}, {"x": {"y": 1}, "w": 0}, "application/json", place=("body", "x", "y")
    )
    assert shrunk(made, lambda _: True, 100).body == {"x": {"y": 1}}


def test_values_become_those_of_the_least_request(made: GeneratedRequest) -> None:
    least = GeneratedRequest(made.operation, {"path.id": 1}, {"w": 5}, "application/json")
    smallest = shrunk(made, lambda one: isinstance(one.body, dict) and "w" in one.body, 100, least)
    assert smallest.values == {"path.id": 1}
    assert smallest.body == {"w": 5}


def test_no_more_questions_than_allowed(made: GeneratedRequest) -> None:
    asked: list[GeneratedRequest] = []

    def holds(one: GeneratedRequest) -> bool:
        asked.append(one)
        return False

    assert shrunk(made, holds, 3) == made
    assert len(asked) == 3


def test_a_request_that_cannot_be_written_or_sent_is_none(contract: Contract) -> None:
    operation = contract.operations["POST /things/{id}"]
    assert GeneratedRequest(operation, {}).raw(contract) is None
    assert GeneratedRequest(operation, {"path.id": ".."}).raw(contract) is None
    raw = GeneratedRequest(operation, {"path.id": 1}, content=(b"x", "text/plain"), extra="c=1").raw(contract)
    assert raw is not None
    assert (raw.target, raw.body) == ("/things/1?c=1", b"x")
    assert ("Content-Type", "text/plain") in raw.headers
