"""Callbacks and webhooks as they are compiled, and what is said of those that cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_mock.contracts.callbacks import outgoing_operations
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document_checks import all_example_findings
from beep_mock.contracts.example_requests import compose
from beep_mock.contracts.model import Contract

HOOK: dict[str, Any] = {
    "post": {
        "operationId": "hook",
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
                    "examples": {"one": {"value": {"id": 1}}},
                }
            }
        },
        "responses": {"204": {"description": "taken"}},
    }
}
ANSWER = {"201": {"description": "made"}}


def compiled(folder: Path, *, version: str = "3.1.1", callbacks: Any = None, **root: Any) -> Contract:
    operation: dict[str, Any] = {
        "parameters": [{"name": "url", "in": "query", "schema": {"type": "string"}}],
        "responses": ANSWER,
    }
    if callbacks is not None:
        operation["callbacks"] = callbacks
    document = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {"/subs": {"post": operation}}}
    file = folder / "openapi.json"
    file.write_text(json.dumps({**document, **root}), encoding="utf-8")
    return compile_contract(file)


def found(contract: Contract) -> list[tuple[str, str]]:
    return [(finding.rule, finding.where.pointer) for finding in contract.findings]


def test_a_callback_is_an_expression_and_operations(tmp_path: Path) -> None:
    contract = compiled(tmp_path, callbacks={"onEvent": {"{$request.query.url}/in": {**HOOK, "put": HOOK["post"]}}})
    (callback,) = contract.operations["POST /subs"].callbacks
    assert (callback.name, callback.url.text) == ("onEvent", "{$request.query.url}/in")
    assert [o.key for o in callback.operations] == ["POST {$request.query.url}/in", "PUT {$request.query.url}/in"]
    assert callback.operations[0].responses[0].status == "204"
    assert callback.operations[0].at == "#/paths/~1subs/post/callbacks/onEvent/{$request.query.url}~1in/post"
    assert contract.findings == ()
    assert contract.operations["POST /subs"].broken is None


def test_callbacks_and_their_path_items_may_be_references(tmp_path: Path) -> None:
    components = {
        "callbacks": {"Event": {"{$url}": {"$ref": "#/components/pathItems/Hook"}}},
        "pathItems": {"Hook": HOOK},
    }
    contract = compiled(tmp_path, callbacks={"a": {"$ref": "#/components/callbacks/Event"}}, components=components)
    (callback,) = contract.operations["POST /subs"].callbacks
    assert callback.operations[0].at == "#/components/pathItems/Hook/post"
    assert contract.findings == ()


def test_a_callback_of_a_callback_is_the_consumers_own(tmp_path: Path) -> None:
    again = {"post": {**HOOK["post"], "callbacks": {"again": {"$ref": "#/components/callbacks/Event"}}}}
    components = {"callbacks": {"Event": {"{$url}": again}}}
    contract = compiled(tmp_path, callbacks={"a": {"$ref": "#/components/callbacks/Event"}}, components=components)
    (callback,) = contract.operations["POST /subs"].callbacks
    assert callback.operations[0].callbacks == ()


def test_the_documents_security_is_not_the_consumers(tmp_path: Path) -> None:
    scheme = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}}
    contract = compiled(tmp_path, callbacks={"a": {"{$url}": HOOK}}, components=scheme, security=[{"key": []}])
    operation = contract.operations["POST /subs"]
    assert operation.security != ()
    assert operation.callbacks[0].operations[0].security == ()


@pytest.mark.parametrize(
    ("callbacks", "rule", "below"),
    [
        ({"a": {"{$request.body.url}": HOOK}}, "expression-invalid", "/a/{$request.body.url}"),
        ({"a": {"{url}": HOOK}}, "expression-invalid", "/a/{url}"),
        ({"a": {"{$request.query.uri}": HOOK}}, "expression-unresolvable", "/a/{$request.query.uri}"),
        ({"a": {"{$request.header.X-Url}": HOOK}}, "expression-unresolvable", "/a/{$request.header.X-Url}"),
        ({"a": {"{$response.path.url}": HOOK}}, "expression-unresolvable", "/a/{$response.path.url}"),
        ({"a": {"$ref": "#/components/callbacks/None"}}, "reference-unresolvable", "/a"),
        ({"a": {"{$url}": {"$ref": "#/nowhere"}}}, "reference-unresolvable", "/a/{$url}"),
        ({"a": []}, "structure-invalid", "/a"),
        ([], "structure-invalid", ""),
        ({"a": {"{$url}": {"post": {"requestBody": 1, "responses": ANSWER}}}}, "structure-invalid",
         "/a/{$url}/post/requestBody"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_callback_is_found_and_spares_its_operation(
    tmp_path: Path, callbacks: Any, rule: str, below: str
) -> None:
    contract = compiled(tmp_path, callbacks=callbacks)
    assert found(contract) == [(rule, f"/paths/~1subs/post/callbacks{below}")]
    assert contract.operations["POST /subs"].broken is None


def test_a_header_that_every_request_may_have_need_not_be_declared(tmp_path: Path) -> None:
    contract = compiled(tmp_path, callbacks={"a": {"{$url}?a={$request.header.Accept}": HOOK}})
    assert contract.findings == ()


def test_webhooks_are_operations_by_name_and_method(tmp_path: Path) -> None:
    contract = compiled(tmp_path, webhooks={"made": {**HOOK, "get": {"responses": ANSWER}}, "b": HOOK})
    assert {name: list(methods) for name, methods in contract.webhooks.items()} == {
        "made": ["POST", "GET"],
        "b": ["POST"],
    }
    assert contract.webhooks["made"]["POST"].key == "POST made"
    assert contract.webhooks["made"]["POST"].at == "#/webhooks/made/post"
    assert list(contract.operations) == ["POST /subs"]
    assert contract.findings == ()


def test_webhooks_may_be_references_to_path_items(tmp_path: Path) -> None:
    contract = compiled(
        tmp_path, webhooks={"made": {"$ref": "#/components/pathItems/Hook"}}, components={"pathItems": {"Hook": HOOK}}
    )
    assert contract.webhooks["made"]["POST"].at == "#/components/pathItems/Hook/post"
    assert contract.findings == ()


def test_before_31_webhooks_are_an_extension(tmp_path: Path) -> None:
    contract = compiled(tmp_path, version="3.0.3", **{"x-webhooks": {"made": HOOK}})
    assert list(contract.webhooks) == ["made"]
    assert contract.findings == ()
    contract = compiled(tmp_path, version="3.0.3", webhooks={"made": HOOK})
    assert contract.webhooks == {}
    assert found(contract) == [("field-unknown", "/webhooks")]


def test_examples_of_webhooks_and_callbacks_are_checked(tmp_path: Path) -> None:
    lie = json.loads(json.dumps(HOOK))
    lie["post"]["requestBody"]["content"]["application/json"]["examples"]["one"]["value"] = {"id": "x"}
    contract = compiled(tmp_path, callbacks={"a": {"{$url}": lie}}, webhooks={"made": lie})
    pointer = "/post/requestBody/content/application~1json/examples/one"
    wrong = all_example_findings(contract)
    assert sorted(f.where.pointer.partition("/post/requestBody")[0] for f in wrong) == [
        "/paths/~1subs/post/callbacks/a/{$url}",
        "/webhooks/made",
    ]
    assert {f.rule for f in wrong} == {"example-invalid"}
    assert all(pointer in f.where.pointer for f in wrong)
    assert [o.key for o in outgoing_operations(contract)] == ["POST made", "POST {$url}"]


JUNK: st.SearchStrategy[Any] = st.sampled_from([None, True, 0, "", "x", "{$url", [], [None], {}, {"$ref": 1},
                        {"$ref": "#/nowhere"}, {"$ref": "#"}, {"x-a": 1}, {"{$url}": {}}])  # fmt: skip


def _places(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [at, *(place for key, value in below for place in _places(value, (*at, key)))]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_junk_anywhere_is_at_most_a_finding(tmp_path: Path, data: st.DataObject) -> None:
    link = {"operationId": "hook", "parameters": {"path.a": "$response.body#/a"}, "requestBody": "{$url}", "server": {}}
    hook = {"post": {**HOOK["post"], "responses": {"200": {"description": "", "links": {"again": link}}}}}
    parts: dict[str, Any] = {"callbacks": {"a": {"{$request.query.url}": hook}}, "webhooks": {"made": hook}}
    place = data.draw(st.sampled_from(_places(parts)[1:]))
    node = parts = json.loads(json.dumps(parts))
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = data.draw(JUNK)
    contract = compiled(tmp_path, **parts)
    assert contract.operations["POST /subs"].broken is None
    for operation in outgoing_operations(contract):
        if operation.broken is None:
            compose(contract, operation)
