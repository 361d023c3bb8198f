""""""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, OAS31Validator

from beep_mock.checks.checking import contract_findings
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document_checks import all_example_findings, example_findings
from beep_mock.contracts.examples import response_examples
from beep_mock.contracts.model import Contract, Example, Operation, Schema
from beep_mock.findings import Finding, Severity
from tests.support.drafts import DRAFT, GET, OK, POST, ROOT, changed, compiled, corpus_contract, put

PLACE = "/paths/~1worlds~1{id}/get"
JSON = f"{PLACE}/responses/200/content/application~1json"
CONTENT = (*OK, "content", "application/json")


def _findings(folder: Path, *edits: Any, operation: str = "GET /worlds/{id}") -> list[tuple[str, Severity, str]]:
    contract = compiled(folder, changed(*edits))
    assert contract.findings == ()
    found = example_findings(contract, contract.operations[operation])
    return [(f.rule, f.severity, f.where.pointer) for f in found]


def test_conforming_examples_have_no_finding(tmp_path: Path) -> None:
    assert _findings(tmp_path) == []
    assert all_example_findings(compiled(tmp_path, DRAFT)) == []


@pytest.mark.parametrize("service", ["hello", "world", "people"])
def test_the_demonstration_worlds_examples_conform(service: str) -> None:
    contract = compile_contract(ROOT / "contracts" / service / "openapi.yaml")
    assert contract.findings == ()
    assert all_example_findings(contract) == []


def test_a_response_example_must_conform(tmp_path: Path) -> None:
    edit = put(*CONTENT, "examples", "earth", "value", "n", value="one")
    contract = compiled(tmp_path, changed(edit))
    (finding,) = example_findings(contract, contract.operations["GET /worlds/{id}"])
    assert (finding.rule, finding.severity) == ("example-invalid", Severity.ERROR)
    assert finding.where.pointer == f"{JSON}/examples/earth/value/n"
    assert "example 'earth' of response 200 breaks its schema" in finding.message
    assert "integer" in finding.message


def test_an_unnamed_example_must_conform(tmp_path: Path) -> None:
    edits = [put(*CONTENT, value={"schema": {"$ref": "#/components/schemas/World"}, "example": []})]
    assert _findings(tmp_path, *edits) == [("example-invalid", Severity.ERROR, f"{JSON}/example")]


def test_a_schemas_own_example_must_conform(tmp_path: Path) -> None:
    schema = {"type": "integer", "example": "x"}
    assert _findings(tmp_path, put(*OK, "content", value={"application/json": {"schema": schema}})) == [
        ("example-invalid", Severity.ERROR, f"{JSON}/schema/example")
    ]


def test_a_headers_example_must_conform(tmp_path: Path) -> None:
    headers = {
        "A": {"schema": {"type": "integer"}, "example": "x"},
        "B": {"schema": {"type": "array", "items": {"type": "integer"}}, "example": "1,2"},
    }
    assert _findings(tmp_path, put(*OK, "headers", value=headers)) == [
        ("example-invalid", Severity.ERROR, f"{PLACE}/responses/200/headers/A/example")
    ]


def test_a_request_example_must_conform_unless_it_is_shown_to_be_refused(tmp_path: Path) -> None:
    examples = {"earth": {"value": "x"}, "odd": {"value": "three"}, "even": {"value": "two"}}
    found = _findings(tmp_path, put("paths", "/worlds/{id}", "parameters", 0, "examples", value=examples))
    place = "/paths/~1worlds~1{id}/parameters/0/examples"
    assert found == [
        ("example-invalid", Severity.ERROR, f"{place}/earth/value"),
        ("example-invalid", Severity.ERROR, f"{place}/even/value"),
    ]


def test_a_name_under_a_success_too_is_no_excuse(tmp_path: Path) -> None:
    found = _findings(tmp_path, put(*CONTENT, "examples", "odd", value={"value": {"n": 3}}))
    place = "/paths/~1worlds~1{id}/parameters/0/examples/odd"
    assert found == [
        ("example-name-ambiguous", Severity.WARNING, place),
        ("example-invalid", Severity.ERROR, f"{place}/value"),
    ]


def test_a_shared_wrong_request_is_excused_where_it_pairs_nothing(tmp_path: Path) -> None:
    refused = {"text/plain": {"schema": {"type": "string"}, "examples": {"strange": {"value": "no"}}}}
    edits = [
        put("paths", "/worlds/{id}", "post", "responses", "default", value={"description": "", "content": refused})
    ]
    assert _findings(tmp_path, *edits, operation="POST /worlds/{id}") == []


def test_a_request_body_must_conform(tmp_path: Path) -> None:
    body = {"content": {"application/json": {"schema": {"type": "object"}, "examples": {"a": {"value": 5}}}}}
    place = "/paths/~1worlds~1{id}/post/requestBody/content/application~1json/examples/a"
    assert _findings(tmp_path, put(*POST, "requestBody", value=body), operation="POST /worlds/{id}") == [
        ("example-name-unpaired", Severity.INFO, place),
        ("example-invalid", Severity.ERROR, f"{place}/value"),
    ]


def test_read_only_and_write_only_follow_the_direction(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["id", "secret"],
        "properties": {"id": {"type": "integer", "readOnly": True}, "secret": {"type": "string", "writeOnly": True}},
    }
    media = {"application/json": {"schema": schema, "example": {"secret": "x"}}}
    answer = {"application/json": {"schema": schema, "example": {"id": 1}}}
    assert (
        _findings(tmp_path, put(*GET, "requestBody", value={"content": media}), put(*OK, "content", value=answer)) == []
    )


def test_json_written_as_text_is_judged_as_the_json_it_is(tmp_path: Path) -> None:
    assert _findings(tmp_path, put(*CONTENT, "examples", value={"a": {"value": '{"n": "x"}'}})) == [
        ("example-written-as-text", Severity.INFO, f"{JSON}/examples/a/value"),
        ("example-invalid", Severity.ERROR, f"{JSON}/examples/a/value"),
    ]


@pytest.mark.parametrize(
    ("media_type", "schema", "value", "rules"),
    [
        ("application/xml", {"type": "object"}, "<a/>", []),
        ("text/csv", {"type": "array"}, "a,b", []),
        ("text/plain", {"type": "string", "maxLength": 1}, "ab", ["example-invalid"]),
        ("application/xml", {"type": "object"}, ["a"], ["example-invalid"]),
        ("application/json", {"type": "object"}, "no json", ["example-invalid"]),
        ("application/json", {"type": "string"}, "{}", []),
    ],
)
def test_text_of_another_format_is_not_judged_by_a_structure(
    tmp_path: Path, media_type: str, schema: Any, value: Any, rules: list[str]
) -> None:
    found = _findings(tmp_path, put(*OK, "content", value={media_type: {"schema": schema, "example": value}}))
    assert [rule for rule, _, _ in found] == rules


def test_a_serialized_value_must_be_json_that_conforms(tmp_path: Path) -> None:
    root = changed(
        put("openapi", value="3.2.0"),
        put(*CONTENT, "examples", value={
            "a": {"serializedValue": "{"},
            "b": {"serializedValue": '{"n": "x"}'},
            "c": {"serializedValue": '{"n": 1}'},
            "d": {"dataValue": {"n": "x"}},
        }),
    )  # fmt: skip
    contract = compiled(tmp_path, root)
    found = example_findings(contract, contract.operations["GET /worlds/{id}"])
    assert [(f.rule, f.where.pointer) for f in found] == [
        ("example-invalid", f"{JSON}/examples/a/serializedValue"),
        ("example-invalid", f"{JSON}/examples/b/serializedValue"),
        ("example-invalid", f"{JSON}/examples/d/dataValue/n"),
    ]


def test_a_name_that_pairs_nothing_is_pointed_out_where_others_pair(tmp_path: Path) -> None:
    own = {"name": "q", "in": "query", "schema": {}, "examples": {"venus": {"value": 1}}}
    assert _findings(tmp_path, put(*GET, "parameters", value=[own])) == [
        ("example-name-unpaired", Severity.INFO, f"{PLACE}/parameters/0/examples/venus")
    ]
    lone = [put("paths", "/worlds/{id}", "parameters", 0, "examples", value={}), put(*GET, "parameters", value=[own])]
    assert _findings(tmp_path, *lone) == []


def test_what_several_operations_share_is_told_once(tmp_path: Path) -> None:
    examples = {"odd": {"value": 5}}
    contract = compiled(
        tmp_path,
        changed(put("components", "responses", "Refused", "content", "text/plain", "examples", value=examples)),
    )
    assert [f.where.pointer for f in all_example_findings(contract)] == [
        "/components/responses/Refused/content/text~1plain/examples/odd/value"
    ]


def test_a_broken_operation_is_not_judged(tmp_path: Path) -> None:
    edits = [put(*GET, "parameters", 0, value={"$ref": "#/nowhere"}), put(*CONTENT, "example", value="x")]
    contract = compiled(tmp_path, changed(*edits))
    assert example_findings(contract, contract.operations["GET /worlds/{id}"]) == []


def _independent_verdict(contract: Contract, schema: Schema, value: Any, direction: str) -> bool:
    root = contract.document.root
    whole = {"allOf": [schema.node], "components": root.get("components", {}), "paths": root["paths"]}
    old = OAS30ReadValidator if direction == "response" else OAS30WriteValidator
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        validator = old if contract.openapi.startswith("3.0") else OAS31Validator
        return bool(validator(whole).is_valid(value))


def _structured_response_examples(contract: Contract, operation: Operation) -> list[tuple[Example, Schema]]:
    return [
        (example, media.schema)
        for response in operation.responses
        for media in response.content
        for example in response_examples(media, contract.document)
        if media.schema is not None and isinstance(example.value, (dict, list))
    ]


@pytest.mark.parametrize("name", ["iceberg-rest.yaml", "openeo.yaml", "redocly-museum.yaml", "ollama.yaml"])
def test_another_validator_agrees_on_the_corpus(name: str) -> None:
    contract = corpus_contract(name)
    judged = 0
    for operation in contract.operations.values():
        wrong: list[Finding] = [f for f in example_findings(contract, operation) if f.rule == "example-invalid"]
        for example, schema in _structured_response_examples(contract, operation):
            place = contract.document.where(example.at).pointer
            ours = not any(f.where.pointer.startswith(place) for f in wrong)
            assert ours is _independent_verdict(contract, schema, example.value, "response"), place
            judged += 1
    assert judged


def found(folder: Path, document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rule, severity and pointer of each finding."""
    head = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}
    file = folder / "openapi.json"
    file.write_text(json.dumps({**head, **document}), encoding="utf-8")
    findings = contract_findings(compile_contract(file))
    return [(finding.rule, finding.severity.value, finding.where.pointer) for finding in findings]


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ({"schemas": {"U": {"$ref": "#/x"}}}, ("reference-unresolvable", "error", "/components/schemas/U")),
        (
            {"schemas": {"U": {"properties": {"a/b": {"$ref": "#/x"}}}}},
            ("reference-unresolvable", "error", "/components/schemas/U/properties/a~1b"),
        ),
        ({"schemas": {"U": {"type": "colour"}}}, ("schema-invalid", "error", "/components/schemas/U/type")),
        ({"responses": {"U": {"$ref": "#/x"}}}, ("reference-unresolvable", "warning", "/components/responses/U")),
        (
            {"callbacks": {"U": {"{$url}": {"post": {"parameters": [{"$ref": "#/x"}]}}}}},
            ("reference-unresolvable", "warning", "/components/callbacks/U/{$url}/post/parameters/0"),
        ),
    ],
)
def test_what_no_operation_uses_is_checked(
    tmp_path: Path, components: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert found(tmp_path, {"components": components}) == [expected]


def test_a_sound_part_is_no_finding_whatever_refers_to_what(tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}, "default": {}}
    components = {"schemas": {"Node": node}, "examples": {"e": {"value": {"$ref": "#/x"}}}}
    assert found(tmp_path, {"components": components}) == []


@pytest.mark.parametrize(
    ("schema", "lies"),
    [
        ({"type": "integer", "default": "x"}, True),
        ({"type": "integer", "default": 1}, False),
        ({"type": "string", "enum": ["a"], "default": "b"}, True),
        ({"type": "string", "default": None}, True),
        ({"type": "string", "nullable": True, "default": None}, False),
        ({"$ref": "#/components/schemas/N", "default": "x"}, False),  # ignored (OpenAPI 3.0.3, 4.7.23.1)
        ({"allOf": [{"$ref": "#/components/schemas/N"}], "default": "x"}, True),
    ],
)
def test_a_default_that_its_schema_refuses_is_found(tmp_path: Path, schema: dict[str, Any], lies: bool) -> None:
    parameter = {"name": "limit", "in": "query", "schema": schema}
    operation = {"parameters": [parameter], "responses": {"200": {"description": "Fine"}}}
    components = {"schemas": {"N": {"type": "integer"}}}
    expected = ("default-invalid", "warning", "/paths/~1worlds/get/parameters/0/schema/default")
    assert found(tmp_path, {"paths": {"/worlds": {"get": operation}}, "components": components}) == [expected] * lies


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        ({"type": "object", "properties": {"a": {"type": "string", "example": 1.1}}}, ["/properties/a/example"]),
        ({"type": "object", "properties": {"a": {"type": "string", "example": "1.1"}}}, []),
        ({"type": "array", "items": {"enum": ["open"], "example": "OPEN"}}, ["/items/example"]),
        ({"properties": {"a": {"type": "integer", "examples": [1, "2", 3]}}}, ["/properties/a/examples/1"]),
        ({"properties": {"a": {"type": "integer", "x-hidden": {"type": "integer", "example": "b"}}}}, []),
        ({"properties": {"o": {"type": "object", "properties": {"n": {"type": "integer"}}, "example": {"n": "x"}}}},
         ["/properties/o/example/n"]),
        ({"properties": {"p": {"required": ["s"], "properties": {"s": {"writeOnly": True}}, "example": {}}}}, []),
        ({"properties": {"example": {"type": "integer"}}}, []),
    ],
)  # fmt: skip
def test_an_example_within_a_schema_is_checked(tmp_path: Path, schema: dict[str, Any], places: list[str]) -> None:
    content = {"application/json": {"schema": schema}}
    operation = {"responses": {"200": {"description": "Fine", "content": content}}}
    at = "/paths/~1worlds/get/responses/200/content/application~1json/schema"
    expected = [("example-invalid", "warning", at + place) for place in places]
    assert found(tmp_path, {"openapi": "3.1.0", "paths": {"/worlds": {"get": operation}}}) == expected


def test_examples_of_components_that_nothing_uses_are_checked_once(tmp_path: Path) -> None:
    body = {"schema": {"$ref": "#/components/schemas/N"}, "examples": {"a": {"value": 1}, "b": {"value": "x"}}}
    csv = {"schema": {"type": "array"}, "example": "a,b"}
    components = {
        "schemas": {"N": {"type": "integer", "example": "no"}},
        "responses": {"R": {"description": "R", "content": {"application/json": body, "text/csv": csv}}},
        "parameters": {"P": {"name": "p", "in": "query", "schema": {"type": "integer"}, "example": [1]}},
    }
    places = [("schemas/N/example"), "responses/R/content/application~1json/examples/b/value", "parameters/P/example"]
    expected = {("example-invalid", "warning", f"/components/{place}") for place in places}
    assert set(found(tmp_path, {"paths": {}, "components": components})) == expected
    used = {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}
    rules = found(tmp_path, {"paths": {"/worlds": used}, "components": components})
    assert [each for each in rules if "/examples/b" in each[2]] == []  # an example of an operation, checked with it
    (of_operation,) = all_example_findings(compile_contract(tmp_path / "openapi.json"))
    assert of_operation.where.pointer == "/components/responses/R/content/application~1json/examples/b/value"
