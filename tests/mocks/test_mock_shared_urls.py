"""Operations that differ in a query, a fragment or their parameters' names only, each answered for what is meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.encoding import encode_request
from beep_mock.gateway.real import TrafficJudge
from beep_mock.interaction import Interaction, Request, Response
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.overrides import build_override
from beep_mock.pacts.comparison import operation_of
from beep_mock.servers.deferred import DEFERS, LATER, NOTHING_LONG
from tests.support.wsgi_client import call


def answering(name: str, *parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "string"}, "example": name}}
    return {"parameters": list(parameters), "responses": {"200": {"description": "", "content": content}}, **more}


def given(place: str, name: str, schema: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def word(place: str, name: str, *values: str) -> dict[str, Any]:
    return given(place, name, {"type": "string", "enum": list(values)})


VERSION = word("query", "Version", "1")
PATHS: dict[str, Any] = {
    "/#Action=List": {"get": answering("list", word("query", "Action", "List"), VERSION)},
    "/#Action=Get": {
        "get": answering("get", word("query", "Action", "Get"), VERSION, given("query", "id", {"type": "integer"}))
    },
    "/jobs#Target=A": {"post": answering("a", word("header", "X-Target", "v1.A"))},
    "/jobs#Target=B": {"post": answering("b", {"$ref": "#/components/parameters/target"})},
    "/rest?method=echo": {"get": answering("echo")},
    "/rest?method=add": {"get": answering("add", given("query", "x", {"type": "integer"}))},
    "/things": {"get": answering("plain", given("query", "v", {"type": "string"}, required=False))},
    "/things?v=2": {"get": answering("second")},
    "/files/{id}": {"delete": answering("file", given("path", "id", {"type": "string"}))},
    "/files/{id}#upload": {
        "delete": answering("upload", given("path", "id", {}), given("query", "upload", {"type": "string"}))
    },
    "/files/{id}#all": {"delete": answering("all", given("path", "id", {}), given("query", "all", {"enum": [True]}))},
    "/teams/{id}": {"get": answering("by id", given("path", "id", {"type": "integer"}))},
    "/teams/{slug}": {"get": answering("by slug", given("path", "slug", {"type": "string", "pattern": "^[a-z]+$"}))},
}


def contract_of(tmp_path: Path) -> Any:
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": PATHS}
    document["components"] = {"parameters": {"target": word("header", "X-Target", "v1.B", "v2.B")}}
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    return compile_contract(file)


@pytest.mark.parametrize(
    ("method", "target", "headers", "status", "answer"),
    [
        ("GET", "/?Version=1&Action=List", {}, 200, "list"),
        ("GET", "/?Action=Get&Version=1&id=3", {}, 200, "get"),
        ("HEAD", "/?Action=Get&Version=1&id=3", {}, 200, None),
        ("GET", "/?Action=Get&Version=1", {}, 422, "query parameter 'id' is required"),
        ("GET", "/?Action=Get&id=3", {}, 422, "query parameter 'Version' is required"),
        ("GET", "/?Action=Drop&Version=1", {}, 422, '"Drop" is not one of "List"'),
        ("POST", "/jobs", {"X-Target": "v1.A"}, 200, "a"),
        ("POST", "/jobs", {"X-Target": "v2.B"}, 200, "b"),
        ("POST", "/jobs", {}, 422, "header parameter 'X-Target' is required"),
        ("GET", "/rest?method=echo", {}, 200, "echo"),
        ("GET", "/rest?x=1&method=add", {}, 200, "add"),
        ("GET", "/rest?method=add", {}, 422, "query parameter 'x' is required"),
        ("GET", "/things", {}, 200, "plain"),
        ("GET", "/things?v=1", {}, 200, "plain"),
        ("GET", "/things?v=2", {}, 200, "second"),
        ("DELETE", "/files/1", {}, 200, "file"),
        ("DELETE", "/files/1?upload=7", {}, 200, "upload"),
        ("DELETE", "/files/1?all=true", {}, 200, "all"),
        ("GET", "/teams/7", {}, 200, "by id"),
        ("GET", "/teams/red", {}, 200, "by slug"),
        ("GET", "/teams/Red", {}, 422, '"Red" is not an integer'),
    ],
)
def test_the_operation_that_is_meant_answers(
    tmp_path: Path, method: str, target: str, headers: dict[str, str], status: int, answer: str | None
) -> None:
    reply = call(Mock("service", contract_of(tmp_path)), method, target, headers)
    assert reply.status == status
    if status == 200:
        assert answer is None or reply.json == answer
    else:
        assert [v["message"] for v in reply.json["validation"]] == [answer]


def test_a_proxy_judges_by_the_operation_that_is_meant(tmp_path: Path) -> None:
    judge = TrafficJudge(contract_of(tmp_path))
    found = judge.lookup.operation_of("GET", "/rest", "method=add&x=1")
    assert found is not None
    assert found.operation.key == "GET /rest?method=add"


def test_only_what_cannot_be_told_apart_is_a_finding(tmp_path: Path) -> None:
    found = [f.where.pointer for f in contract_of(tmp_path).findings if f.rule == "path-ambiguous"]
    assert found == ["/paths/~1teams~1{slug}/get"]


def test_the_query_of_a_path_is_sent(tmp_path: Path) -> None:
    operations = contract_of(tmp_path).operations
    assert encode_request(operations["GET /rest?method=add"], {"query.x": 1}).target == "/rest?method=add&x=1"
    assert encode_request(operations["GET /#Action=List"], {"query.Action": "List"}).target == "/?Action=List"


def test_a_pact_is_compared_with_the_operation_that_is_meant(tmp_path: Path) -> None:
    request = Request("GET", "/", {"query.Action": ["Get"], "query.Version": "1", "query.id": "3"})
    interaction = Interaction("get", "pact", "", request, Response(200))
    found = operation_of(contract_of(tmp_path), interaction)
    assert found is not None
    assert found.operation.key == "GET /#Action=Get"


def test_an_override_of_a_path_is_for_the_operation_that_is_meant(tmp_path: Path) -> None:
    contract = contract_of(tmp_path)
    override, _ = build_override(
        contract, {"operation": "GET /teams/blue", "response": {"status": 200, "body": "mine"}}
    )
    assert override is not None
    assert override.operation == "GET /teams/{slug}"


def test_a_pact_with_a_body_is_compared_with_what_takes_it(tmp_path: Path) -> None:
    body = {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True}
    paths = {
        "/t/{id}": {"post": answering("id", given("path", "id", {"type": "integer"}), requestBody=body)},
        "/t/{slug}": {"post": answering("slug", given("path", "slug", {"type": "string"}), requestBody=body)},
    }
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}))
    asked = Request("POST", "/t/abc", {}, {"a": 1}, "application/json")
    found = operation_of(compile_contract(file), Interaction("", "pact", "", asked, Response(200, ())))
    assert found is not None
    assert found.operation.path == "/t/{slug}"


def test_a_mark_that_is_repeated_counts_once(tmp_path: Path) -> None:
    mock = Mock("shared", contract_of(tmp_path))
    reply = call(mock, "GET", "/?Version=1" + "&Action=List" * 20_000)
    assert reply.json == "list" or reply.status == 422


def test_the_server_only_looks_at_marks_itself(tmp_path: Path) -> None:
    mock = Mock("shared", contract_of(tmp_path))

    def here(path: str, query: str = "") -> Any:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, DEFERS: NOTHING_LONG}
        return mock(environ, lambda *_: None)

    assert here("/", "Action=List&Version=1") is LATER
    assert call(mock, "GET", "/?Action=List&Version=1").json == "list"
    assert here("/", "Action=List&Version=1") == [b'"list"']
    assert call(mock, "GET", "/teams/7").json == "by id"
    assert here("/teams/7") is LATER  # to read it by both takes its time
