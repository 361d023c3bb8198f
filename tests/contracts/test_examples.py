""""""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.examples import (
    interactions_of,
    placed_interactions,
    response_examples,
    simple_text,
    status_code,
    written_headers,
)
from beep_mock.interaction import MISSING, Interaction, Request
from tests.support.drafts import DRAFT, GET, OK, changed, compiled, corpus_contract, drop, operation_with, put


def _interactions(folder: Path, operation: dict[str, Any], path: str = "/a", method: str = "get") -> list[Interaction]:
    contract = operation_with(folder, operation, path, method)
    assert contract.findings == ()
    (compiled_operation,) = contract.operations.values()
    return list(interactions_of(contract, compiled_operation))


def _answer(content: dict[str, Any], status: str = "200", **more: Any) -> dict[str, Any]:
    return {"responses": {status: {"description": "", "content": content, **more}}}


def test_examples_of_one_name_are_one_interaction(tmp_path: Path) -> None:
    contract = compiled(tmp_path, DRAFT)
    earth, mars, plain, odd = interactions_of(contract, contract.operations["GET /worlds/{id}"])
    assert earth.name == "earth"
    assert earth.operation == "GET /worlds/{id}"
    assert earth.source == "example"
    assert earth.request == Request("GET", "/worlds/{id}", {"path.id": 1})
    assert earth.response.status == 200
    assert earth.response.body == b'{"n":1}'
    assert earth.response.media_type == "application/json"
    assert dict(earth.response.headers) == {"X-Mood": "blue", "X-Parts": "a,b"}
    place = "/paths/~1worlds~1{id}/get/responses/200/content/application~1json/examples/earth"
    assert (earth.pointer, earth.file) == (place, str(tmp_path / "openapi.json"))
    assert (mars.name, mars.request.parameters, mars.pointer) == ("mars", {}, "/components/examples/mars")
    assert (plain.name, plain.request) == ("", Request("GET", "/worlds/{id}"))
    assert (odd.name, odd.response.status, odd.request.parameters) == ("odd", 400, {"path.id": "three"})


def test_they_are_made_once(tmp_path: Path) -> None:
    contract = compiled(tmp_path, DRAFT)
    operation = contract.operations["GET /worlds/{id}"]
    first, again = interactions_of(contract, operation), placed_interactions(contract, operation)
    assert all(one is other for one, (_, _, other) in zip(first, again, strict=True))


def test_they_know_where_they_belong(tmp_path: Path) -> None:
    contract = compiled(tmp_path, DRAFT)
    operation = contract.operations["GET /worlds/{id}"]
    success, refused = operation.responses
    places = [(response, media) for response, media, _ in placed_interactions(contract, operation)]
    assert places == [(success, success.content[0])] * 2 + [
        (success, success.content[1]),
        (refused, refused.content[0]),
    ]


def test_the_request_body_of_the_same_name(tmp_path: Path) -> None:
    content = {"examples": {"a": {"value": {"x": 1}}, "b": {"value": {"x": 2}}}}
    found = _interactions(
        tmp_path,
        {
            "requestBody": {"content": {"text/plain": {}, "application/json": content, "text/csv": content}},
            **_answer({"application/json": {"examples": {"b": {"value": "ok"}, "c": {"value": "no"}}}}),
        },
        method="post",
    )
    assert [(i.name, i.request.body, i.request.media_type) for i in found] == [
        ("b", {"x": 2}, "application/json"),
        ("c", MISSING, ""),
    ]


def test_parameters_of_all_places(tmp_path: Path) -> None:
    declared = [
        {"name": "q", "in": "query", "schema": {"type": "array"}, "examples": {"a": {"value": [1]}}},
        {"name": "X-H", "in": "header", "schema": {"type": "string"}, "examples": {"a": {"value": "h"}}},
        {"name": "c", "in": "cookie", "schema": {"type": "string"}, "example": "unnamed"},
        {"name": "j", "in": "query", "content": {"application/json": {"examples": {"a": {"value": {"k": 1}}}}}},
        {"name": "n", "in": "query", "schema": {"type": "integer"}, "examples": {"a": {"value": "12"}}},
    ]
    found = _interactions(
        tmp_path, {"parameters": declared, **_answer({"text/plain": {"examples": {"a": {"value": "x"}}}})}
    )
    assert [i.request.parameters for i in found] == [
        {"query.q": [1], "header.x-h": "h", "query.j": {"k": 1}, "query.n": 12}
    ]


def test_a_null_is_a_value(tmp_path: Path) -> None:
    declared = [{"name": "q", "in": "query", "schema": {}, "examples": {"a": {"value": None}}}]
    (found,) = _interactions(
        tmp_path, {"parameters": declared, **_answer({"application/json": {"examples": {"a": {"value": None}}}})}
    )
    assert (found.request.parameters, found.response.body) == ({"query.q": None}, b"null")


@pytest.mark.parametrize(
    ("schema", "written", "body"),
    [
        ({"type": "object"}, '{"a": 1}', b'{"a": 1}'),
        ({"$ref": "#/components/schemas/World"}, '{"n": 1}', b'{"n": 1}'),
        ({"allOf": [{"$ref": "#/components/schemas/World"}]}, '{"n": 1}', b'{"n": 1}'),
        ({}, '{"a": 1}', b'{"a": 1}'),
        ({"type": "integer"}, "12", b"12"),
        ({"type": "string"}, '{"a": 1}', rb'"{\"a\": 1}"'),
        ({"type": ["object", "string"]}, "{}", b'"{}"'),
        ({"type": "object"}, "{a", b'"{a"'),
        ({}, "12", b'"12"'),
        ({}, "plain", b'"plain"'),
    ],
)
def test_json_written_as_text_is_sent_as_the_json_it_is(
    tmp_path: Path, schema: dict[str, Any], written: str, body: bytes
) -> None:
    content = {"application/json": {"schema": schema, "example": written}}
    contract = compiled(tmp_path, changed(put(*OK, "content", value=content)))
    found = interactions_of(contract, contract.operations["GET /worlds/{id}"])
    assert found[0].response.body == body


@pytest.mark.parametrize(
    ("media_type", "value", "sent_as"),
    [
        ("*/*", {}, "application/json"),
        ("*/*", "x", "text/plain"),
        ("application/*", {}, "application/json"),
        ("text/*", "x", "text/plain"),
        ("application/problem+json; charset=utf-8", {}, "application/problem+json; charset=utf-8"),
    ],
)
def test_a_range_is_sent_as_a_type(tmp_path: Path, media_type: str, value: Any, sent_as: str) -> None:
    (found,) = _interactions(tmp_path, _answer({media_type: {"example": value}}))
    assert found.response.media_type == sent_as


@pytest.mark.parametrize(
    ("status", "others", "expected"),
    [
        ("201", [], 201), ("2XX", [], 200), ("3XX", [], 300), ("4XX", [], 400), ("5XX", [], 500),
        ("default", [], 200), ("default", ["404"], 200), ("default", ["204"], 500), ("default", ["2XX"], 500),
        ("default", ["200", "500"], 501), ("default", ["200", "5XX", "400"], 401), ("4XX", ["400"], 401),
    ],
)  # fmt: skip
def test_the_status_of_a_range_or_default(tmp_path: Path, status: str, others: list[str], expected: int) -> None:
    declared = {name: {"description": ""} for name in [*others, status]}
    contract = operation_with(tmp_path, {"responses": declared})
    operation = contract.operations["GET /a"]
    assert status_code(operation.responses[-1], operation) == expected


def test_a_schemas_own_example_counts_where_the_media_type_has_none(tmp_path: Path) -> None:
    content = {"schema": {"$ref": "#/components/schemas/World"}}
    edits = [
        put(*OK, "content", value={"application/json": content}),
        put("components", "schemas", "World", "example", value={"n": 7}),
    ]
    contract = compiled(tmp_path, changed(*edits))
    found = interactions_of(contract, contract.operations["GET /worlds/{id}"])[0]
    assert (found.name, found.response.body) == ("", b'{"n":7}')
    assert found.pointer == "/components/schemas/World/example"
    contract = compiled(tmp_path, changed(*edits, put(*OK, "content", "application/json", "example", value={})))
    assert interactions_of(contract, contract.operations["GET /worlds/{id}"])[0].response.body == b"{}"


def test_a_schemas_list_of_examples_gives_its_first(tmp_path: Path) -> None:
    (found,) = _interactions(tmp_path, _answer({"text/plain": {"schema": {"examples": ["a", "b"]}}}))
    assert (found.name, found.response.body) == ("", b"a")


def test_a_response_without_content_is_named_by_its_headers(tmp_path: Path) -> None:
    location = {"schema": {"type": "string"}, "examples": {"made": {"value": "/a/1"}, "": {"value": "/a/0"}}}
    contract = operation_with(tmp_path, {"responses": {"201": {"description": "", "headers": {"Location": location}}}})
    operation = contract.operations["GET /a"]
    ((response, media, found),) = placed_interactions(contract, operation)
    assert (response, media, found.name) == (operation.responses[0], None, "made")
    assert (found.response.headers, found.response.body) == ((("Location", "/a/1"),), b"")


def test_a_serialized_value_is_sent_as_it_stands(tmp_path: Path) -> None:
    example = {"dataValue": {"a": 1}, "serializedValue": '{ "a": 1 }'}
    edits = [
        put("openapi", value="3.2.0"),
        put(*OK, "content", value={"application/json": {"examples": {"a": example}}}),
    ]
    contract = compiled(tmp_path, changed(*edits))
    assert interactions_of(contract, contract.operations["GET /worlds/{id}"])[0].response.body == b'{ "a": 1 }'


def test_an_external_value_answers_nothing(tmp_path: Path) -> None:
    contract = operation_with(
        tmp_path, _answer({"text/plain": {"examples": {"a": {"externalValue": "https://x.example/"}}}})
    )
    assert interactions_of(contract, contract.operations["GET /a"]) == ()


def test_a_broken_schema_has_no_example(tmp_path: Path) -> None:
    content = {"application/json": {"schema": {"$ref": "#/nowhere"}}}
    contract = compiled(tmp_path, changed(put(*OK, "content", value=content), drop(*GET, "responses", "4XX")))
    operation = contract.operations["GET /worlds/{id}"]
    assert response_examples(operation.responses[0].content[0], contract.document) == ()
    assert interactions_of(contract, operation) == ()


@pytest.mark.parametrize(
    ("name", "count"),
    [("adyen-checkout.json", 146), ("intercom.yaml", 737), ("redocly-museum.yaml", 7), ("box.json", 13)],
)
def test_every_example_of_a_corpus_document_is_an_interaction(name: str, count: int) -> None:
    contract = corpus_contract(name)
    assert sum(len(interactions_of(contract, o)) for o in contract.operations.values()) == count


def _written(folder: Path, headers: dict[str, Any], name: str = "") -> list[tuple[str, str]]:
    contract = compiled(folder, changed(put(*OK, "headers", value=headers)))
    return list(written_headers(contract.document, contract.operations["GET /worlds/{id}"].responses[0], name))


@pytest.mark.parametrize(
    ("value", "explode", "expected"),
    [
        ("a b", False, "a b"), (1, False, "1"), (1.5, False, "1.5"), (True, False, "true"), (None, False, ""),
        (["a", 1], False, "a,1"), (["a", 1], True, "a,1"), ({"a": 1, "b": "c"}, False, "a,1,b,c"),
        ({"a": 1, "b": "c"}, True, "a=1,b=c"), ({"a": {"b": 1}}, True, 'a={"b": 1}'), ([], False, ""),
    ],
)  # fmt: skip
def test_values_in_style_simple(value: Any, explode: bool, expected: str) -> None:
    assert simple_text(value, explode) == expected


def test_the_example_of_the_same_name_then_the_first_then_the_schemas(tmp_path: Path) -> None:
    headers = {
        "A": {"schema": {}, "examples": {"x": {"value": "first"}, "y": {"value": "second"}}},
        "B": {"schema": {"example": "in schema", "default": "no"}, "example": 5},
        "C": {"schema": {"example": "in schema", "default": "no"}},
        "D": {"schema": {"default": 3}},
        "E": {"schema": {"type": "string"}},
        "F": {"content": {"application/json": {"schema": {}, "example": "in content"}}},
        "G": {},
    }
    rest = [("B", "5"), ("C", "in schema"), ("D", "3"), ("F", "in content")]
    assert _written(tmp_path, headers, "y") == [("A", "second"), *rest]
    assert _written(tmp_path, headers, "z") == [("A", "first"), *rest]
    assert _written(tmp_path, headers) == [("A", "first"), *rest]


def test_references_are_followed(tmp_path: Path) -> None:
    headers = {"A": {"schema": {"$ref": "#/paths/~1worlds~1{id}/get/responses/200/headers/B/schema"}},
               "B": {"schema": {"examples": ["x"]}}, "C": {"schema": {"$ref": "#/nowhere"}}}  # fmt: skip
    assert _written(tmp_path, headers) == [("A", "x"), ("B", "x")]


def test_how_the_message_travels_is_the_servers_to_say(tmp_path: Path) -> None:
    names = (
        "Content-Length",
        "content-type",
        "Content-Encoding",
        "Transfer-Encoding",
        "Connection",
        "Content-Language",
    )
    headers = {name: {"schema": {}, "example": "x"} for name in names}
    assert _written(tmp_path, headers) == [("Content-Language", "x")]
