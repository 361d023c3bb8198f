"""What mocked answers say of their truth, and which are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.model import Contract
from beep_mock.evidence.hashing import interaction_hash
from beep_mock.evidence.trust import Evidence, Minimum, Standing, Trust, bare_interaction
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.preferences import Answering
from tests.support.made_evidence import verification
from tests.support.wsgi_client import Reply, call

GOOD = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}


def param(examples: dict[str, Any]) -> dict[str, Any]:
    named = {name: {"value": value} for name, value in examples.items()}
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}, "examples": named}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/goods/{id}": {
            "get": {
                "parameters": [param({"tea": 7, "milk": 8, "lie": 9})],
                "responses": {
                    "200": {
                        "description": "One",
                        "content": {
                            "application/json": {
                                "schema": GOOD,
                                "examples": {
                                    "tea": {"value": {"id": 7}},
                                    "milk": {"value": {"id": 8}},
                                    "lie": {"value": {"id": "nine"}},
                                },
                            }
                        },
                    }
                },
            },
            "delete": {"parameters": [param({})], "responses": {"204": {"description": "Gone"}}},
        },
        "/goods": {
            "get": {
                "responses": {"200": {"description": "All", "content": {"application/json": {"example": [{"id": 7}]}}}}
            }
        },
        "/samples": {
            "get": {"responses": {"200": {"description": "s", "content": {"application/json": {"schema": GOOD}}}}}
        },
        "/bare": {"get": {"responses": {}}},
    },
}


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT), "utf-8")
    return compile_contract(tmp_path / "openapi.json")


def mock_of(
    contract: Contract,
    standings: dict[str, Standing],
    minimum: Minimum | None = None,
    told: list[str] | None = None,
    **how: Any,
) -> Mock:
    """A mock whose examples, by name, are known so."""
    verdicts = {}
    for operation in contract.operations.values():
        for one in interactions_of(contract, operation):
            if one.name in standings:
                verdicts[interaction_hash(one)] = Evidence(standings[one.name], verification())
        bare = bare_interaction(operation, 204)
        if bare is not None and "204" in standings:
            verdicts[interaction_hash(bare)] = Evidence(standings["204"], verification())
    trust = Trust("shop", verdicts, told.append if told is not None else None)
    return Mock("shop", contract, answering=Answering(min_trust=minimum, **how), trust=trust)


def said(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.header("Beep-Mock-Evidence")


VERIFIED = "verified shop@1.0 2026-11-20"


def test_every_answer_says_it_and_nothing_is_known_at_first(contract: Contract) -> None:
    mock = Mock("shop", contract)
    for target in ("/goods/7", "/goods", "/samples", "/bare", "/goods/x", "/nowhere"):
        reply = call(mock, "GET", target)
        values = [value for name, value in reply.headers if name == "Beep-Mock-Evidence"]
        assert values == ["specification-only"]


def test_an_example_says_what_is_known_of_it(contract: Contract) -> None:
    mock = mock_of(contract, {"tea": "verified", "milk": "stale", "": "verified", "204": "verified"})
    assert said(call(mock, "GET", "/goods/7")) == (200, VERIFIED)
    assert said(call(mock, "GET", "/goods/8")) == (200, "stale shop@1.0")
    assert said(call(mock, "GET", "/goods")) == (200, VERIFIED)  # it asks nothing of a request
    assert said(call(mock, "GET", "/samples")) == (200, "specification-only")
    assert said(call(mock, "DELETE", "/goods/3")) == (204, VERIFIED)
    assert said(call(mock, "GET", "/goods/7", {"Prefer": "dynamic=true"})) == (200, "specification-only")


def test_an_example_that_stands_in_for_another_request_is_not_verified(contract: Contract) -> None:
    mock = mock_of(contract, {"tea": "verified"})
    stand_in = call(mock, "GET", "/goods/99")
    assert (stand_in.json, *said(stand_in)) == ({"id": 7}, 200, "specification-only")
    assert said(call(mock, "GET", "/goods/99", {"Prefer": "example=tea"})) == (200, VERIFIED)
    mock.prefer(example="tea")
    assert said(call(mock, "GET", "/goods/99")) == (200, VERIFIED)


def test_what_is_refuted_is_said_whoever_asked_and_told_once(contract: Contract) -> None:
    told: list[str] = []
    mock = mock_of(contract, {"tea": "refuted"}, told=told)
    assert not told
    for target in ("/goods/7", "/goods/7"):
        assert said(call(mock, "GET", target)) == (200, "refuted shop@1.0")
    assert len(told) == 1
    assert "example tea of GET /goods/{id} was refuted by shop@1.0" in told[0]
    assert said(call(mock, "GET", "/goods/99")) == (200, "refuted shop@1.0")
    mock.override("GET", "/goods/{id}", example="tea")
    assert said(call(mock, "GET", "/goods/5")) == (200, "refuted shop@1.0")


def test_a_repaired_example_and_an_override_are_nobodys_promise(contract: Contract) -> None:
    mock = mock_of(contract, {"lie": "verified", "tea": "verified"}, examples="repair")
    reply = call(mock, "GET", "/goods/9")
    assert (reply.header("Beep-Mock-Source"), *said(reply)) == ("example lie; repaired", 200, "specification-only")
    mock.override("GET", "/goods/7", json={"id": 7})
    assert said(call(mock, "GET", "/goods/7")) == (200, "specification-only")


@pytest.mark.parametrize(
    ("method", "target", "verified", "specification"),
    [
        ("GET", "/goods/7", 200, 200),
        ("GET", "/goods/8", 501, 501),  # refuted
        ("GET", "/goods/9", 501, 501),  # breaks its schema: less than the specification
        ("GET", "/goods/99", 501, 200),
        ("GET", "/goods", 501, 200),  # stale
        ("GET", "/samples", 501, 200),
        ("GET", "/bare", 501, 200),
        ("DELETE", "/goods/3", 501, 204),
    ],
)
def test_less_than_the_minimum_is_refused(
    contract: Contract, method: str, target: str, verified: int, specification: int
) -> None:
    standings: dict[str, Standing] = {"tea": "verified", "milk": "refuted", "": "stale"}
    wanted: dict[Minimum, int] = {"verified": verified, "specification": specification}
    for minimum, status in wanted.items():
        mock = mock_of(contract, standings, minimum)
        assert [call(mock, method, target).status for _ in range(2)] == [status, status]


def test_a_refusal_says_what_to_verify(contract: Contract) -> None:
    mock = mock_of(contract, {"milk": "refuted"}, "verified")
    reply = call(mock, "GET", "/goods/8")
    assert reply.header("Content-Type") == "application/problem+json"
    assert said(reply) == (501, "refuted shop@1.0")
    problem = reply.json
    assert (problem["code"], problem["verify"]) == ("NOT_TRUSTED", "beep-mock verify shop")
    assert "example milk of GET /goods/{id} is refuted shop@1.0" in problem["detail"]
    reply = call(mock, "GET", "/goods/7")
    assert "Run `beep-mock verify shop`" in reply.json["detail"]


def test_with_a_minimum_generated_answers_and_overrides_are_refused_too(contract: Contract) -> None:
    mock = mock_of(contract, {"tea": "verified"}, "verified")
    assert call(mock, "GET", "/goods/7", {"Prefer": "dynamic=true"}).status == 501
    mock.override("GET", "/goods/7", json={"id": 7})
    assert call(mock, "GET", "/goods/7").status == 501
    lenient = mock_of(contract, {}, "specification")
    lenient.override("GET", "/goods/7", json={"id": 7})
    assert call(lenient, "GET", "/goods/7").status == 200
    lenient.override("GET", "/goods/7", json={"id": "seven"})
    assert call(lenient, "GET", "/goods/7").status == 501


def test_our_own_refusals_stay_what_they_are(contract: Contract) -> None:
    mock = mock_of(contract, {}, "verified")
    assert [call(mock, "GET", target).status for target in ("/nowhere", "/goods/x")] == [404, 422]


def test_what_is_known_can_be_renewed_and_the_rest_stays(contract: Contract) -> None:
    mock = mock_of(contract, {})
    mock.prefer(example="tea")
    assert said(call(mock, "GET", "/goods/7")) == (200, "specification-only")
    mock.renew(mock_of(contract, {"tea": "verified"}).trust)
    assert said(call(mock, "GET", "/goods/99")) == (200, VERIFIED)
    mock.swap(contract)
    assert said(call(mock, "GET", "/goods/7")) == (200, VERIFIED)
