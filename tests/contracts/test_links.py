"""Links: where they lead, what they feed, and what is said of those that lead nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.links import feeds_of
from beep_mock.contracts.model import Contract
from beep_mock.findings import Severity

OK = {"200": {"description": "ok"}}


def document(links: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.1",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/worlds": {
                "post": {
                    "operationId": "makeWorld",
                    "parameters": [{"name": "X-Trace", "in": "header", "schema": {"type": "string"}}],
                    "responses": {"201": {"description": "made", "links": links}},
                }
            },
            "/worlds/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "get": {
                    "operationId": "getWorld",
                    "parameters": [
                        {"name": "id", "in": "query", "schema": {"type": "string"}},
                        {"name": "path.id", "in": "query", "schema": {"type": "string"}},
                        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    ],
                    "responses": OK,
                },
                "put": {"requestBody": {"content": {"application/json": {}}}, "responses": OK},
            },
        },
    }


def compiled(folder: Path, links: Any, **root: Any) -> Contract:
    file = folder / "openapi.json"
    file.write_text(json.dumps({**document(links), **root}), encoding="utf-8")
    return compile_contract(file)


def feeds(contract: Contract) -> list[tuple[str, str, Any]]:
    (response,) = contract.operations["POST /worlds"].responses
    return [(f.operation.key, f.parameter, getattr(f.value, "text", f.value)) for f in feeds_of(contract, response)]


@pytest.mark.parametrize(
    ("name", "key"),
    [("id", "path.id"), ("path.id", "path.id"), ("query.id", "query.id"), ("query.path.id", "query.path.id"),
     ("x-trace", "header.x-trace"), ("header.X-Trace", "header.x-trace")],
)  # fmt: skip
def test_parameters_are_named_with_or_without_their_location(tmp_path: Path, name: str, key: str) -> None:
    contract = compiled(tmp_path, {"a": {"operationId": "getWorld", "parameters": {name: "$response.body#/id"}}})
    assert feeds(contract) == [("GET /worlds/{id}", key, "$response.body#/id")]
    assert contract.findings == ()


@pytest.mark.parametrize(
    "reference",
    ["#/paths/~1worlds~1{id}/put", "#/paths/~1worlds~1%7Bid%7D/put", "openapi.json#/paths/~1worlds~1{id}/put"],
)
def test_operations_are_referred_to_by_their_place(tmp_path: Path, reference: str) -> None:
    link = {"operationRef": reference, "parameters": {"id": "a-constant"}, "requestBody": "$request.body"}
    contract = compiled(tmp_path, {"a": link})
    assert feeds(contract) == [
        ("PUT /worlds/{id}", "path.id", "a-constant"),
        ("PUT /worlds/{id}", "body", "$request.body"),
    ]
    assert contract.findings == ()


def test_an_operation_in_another_document_is_not_looked_for(tmp_path: Path) -> None:
    contract = compiled(tmp_path, {"a": {"operationRef": "https://example.org/api.yaml#/paths/~1a/get"}})
    assert feeds(contract) == []
    assert contract.findings == ()


def test_links_may_be_references_and_are_read_once(tmp_path: Path) -> None:
    components = {"links": {"World": {"operationId": "getWorld", "parameters": {"id": "{$response.body#/id}!"}}}}
    reference = {"$ref": "#/components/links/World"}
    contract = compiled(tmp_path, {"a": reference, "b": reference}, components=components)
    assert [value for _, _, value in feeds(contract)] == ["{$response.body#/id}!"] * 2
    assert contract.findings == ()


@pytest.mark.parametrize(
    ("link", "rule", "severity", "below"),
    [
        ({"operationId": "getWorl"}, "link-broken", Severity.ERROR, "/a/operationId"),
        ({"operationRef": "#/paths/~1none/get"}, "link-broken", Severity.ERROR, "/a/operationRef"),
        ({"operationRef": "#/components/none"}, "link-broken", Severity.ERROR, "/a/operationRef"),
        ({}, "link-broken", Severity.ERROR, "/a"),
        ({"operationId": "getWorld", "operationRef": "#/paths/~1worlds/post"}, "link-ambiguous", Severity.ERROR, "/a"),
        ({"operationId": "getWorld", "parameters": {"no": 1}}, "link-parameter-unknown", Severity.ERROR,
         "/a/parameters/no"),
        ({"operationId": "getWorld", "parameters": {"cookie.id": 1}}, "link-parameter-unknown", Severity.ERROR,
         "/a/parameters/cookie.id"),
        ({"operationId": "getWorld", "parameters": {"id": "$response.id"}}, "expression-invalid", Severity.WARNING,
         "/a/parameters/id"),
        ({"operationId": "getWorld", "parameters": {"id": "$request.query.id"}}, "expression-unresolvable",
         Severity.WARNING, "/a/parameters/id"),
        ({"operationId": "getWorld", "requestBody": "$response.query.x"}, "expression-unresolvable", Severity.WARNING,
         "/a/requestBody"),
        ([], "structure-invalid", Severity.ERROR, "/a"),
        ({"operationId": "getWorld", "parameters": []}, "structure-invalid", Severity.ERROR, "/a/parameters"),
        ({"operationId": "getWorld", "params": {}}, "field-unknown", Severity.WARNING, "/a/params"),
        ({"$ref": "#/components/links/None"}, "reference-unresolvable", Severity.ERROR, "/a"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_link_is_found_and_spares_its_operation(
    tmp_path: Path, link: Any, rule: str, severity: Severity, below: str
) -> None:
    contract = compiled(tmp_path, {"a": link})
    (finding,) = contract.findings
    assert (finding.rule, finding.severity) == (rule, severity)
    assert finding.where.pointer == f"/paths/~1worlds/post/responses/201/links{below}"
    assert contract.operations["POST /worlds"].broken is None
