""""""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.contracts.parameters.headers import SENT_HEADERS
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.validator import RequestReader, validator_of

LISTS = {
    "schema": {"type": "array", "items": {"enum": ["a", "b"]}},
    "explode": False,
    "in": "query",
}


def written(folder: Path, parameters: list[dict[str, Any]]) -> Path:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Coded", "version": "1"},
        "paths": {"/": {"get": {"parameters": parameters, "responses": {"200": {"description": "Fine"}}}}},
    }
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def reader(tmp_path: Path) -> RequestReader:
    headers = [
        {"name": "Accept-Encoding", "in": "header", "schema": {"type": "string", "enum": ["base64"]}},
        {"name": "X-Id", "in": "header", "schema": {"type": "string", "pattern": "^[a-z]+$"}},
    ]
    contract = compile_contract(written(tmp_path, headers))
    return validator_of(contract).reader(contract.operations["GET /"])


@pytest.mark.parametrize(
    ("headers", "lost", "status"),
    [
        ({}, (), 0),
        ({"HTTP_ACCEPT_ENCODING": "base64"}, (), 0),
        ({"HTTP_ACCEPT_ENCODING": "gzip, deflate"}, (), 0),
        ({"HTTP_ACCEPT_ENCODING": "base32"}, (), 422),
        ({"HTTP_X_ID": "a"}, (), 0),
        ({}, ("x-id",), 422),
        ({"HTTP_ACCEPT_ENCODING": "gzip"}, ("x-id",), 422),
    ],
)
def test_what_clients_send_by_themselves_is_no_reason_to_refuse(
    reader: RequestReader, headers: dict[str, Any], lost: tuple[str, ...], status: int
) -> None:
    """``lost`` are headers of which the server knows the name only: their bytes are no ASCII."""
    names = {name.removeprefix("HTTP_").lower().replace("_", "-"): "" for name in headers}
    sent = {**names, **dict.fromkeys(lost, "")}
    for environ in (headers, {**headers, SENT_HEADERS: sent}) if not lost else ({**headers, SENT_HEADERS: sent},):
        assert reader.read({}, "", environ, b"")[2] == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kinds=", 0),
        ("kinds=&more=", 0),
        ("%6Binds=", 0),
        ("more=a,b&kinds=", 0),
        ("kinds=a%2Cb&more=", 0),
        ("kinds=,", 422),
        ("kinds=&more=c", 422),
        ("some=", 422),
        ("each=", 422),
        ("count=", 422),
        ("pair=", 422),
        ("either=", 0),
    ],
)
def test_a_list_without_items_is_an_empty_one(tmp_path: Path, query: str, status: int) -> None:
    contract = compile_contract(
        written(
            tmp_path,
            [
                {**LISTS, "name": "kinds"},
                {**LISTS, "name": "more", "style": "pipeDelimited" if "a,b" not in query else "form"},
                {**LISTS, "name": "some", "required": "some" in query},
                {**LISTS, "name": "each", "explode": True},
                {**LISTS, "name": "count", "schema": {"type": "integer"}},
                {**LISTS, "name": "pair", "schema": {"type": "object", "required": ["a"]}},
                {**LISTS, "name": "either", "schema": {"anyOf": [{"type": "integer"}, LISTS["schema"]]}},
            ],
        )
    )
    reader = validator_of(contract).reader(contract.operations["GET /"])
    assert reader.read({}, query, {}, b"")[2] == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("day=", 0),
        ("day", 0),
        ("%64ay=&kind=b", 0),
        ("kind=&day=2020-01-31", 0),
        ("day=&day=2020-01-31", 0),
        ("day=x", 422),
        ("day=&day=x", 422),
        ("plain=", 422),
        ("plain", 422),
        ("day=&plain=x", 422),
        ("must=", 422),
    ],
)
def test_an_empty_value_that_is_allowed_is_none(tmp_path: Path, query: str, status: int) -> None:
    """OpenAPI 3.1.1, section 4.8.12.2.1: in place of what would be omitted, and taken as an unused parameter."""
    day: dict[str, Any] = {"in": "query", "schema": {"type": "string", "format": "date"}}
    kind: dict[str, Any] = {"in": "query", "schema": {"type": "string", "enum": ["a", "b"]}}
    parameters = [
        {**day, "name": "day", "allowEmptyValue": True},
        {**kind, "name": "kind", "allowEmptyValue": True},
        {**day, "name": "plain"},
        {**kind, "name": "must", "allowEmptyValue": True, "required": "must" in query},
    ]
    contract = compile_contract(written(tmp_path, parameters))
    reader = validator_of(contract).reader(contract.operations["GET /"])
    assert reader.read({}, query, {}, b"")[2] == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("kinds=a,b", 0),
        ("kinds=a%2Cb", 0),
        ("ki%6Eds=a%2cb&note=x%2Cy", 0),
        ("kinds=&note=x", 0),
        ("kinds=a%2Cc", 422),
        ("kinds=a,a%2Cb", 422),
        ("each=a%2Cb", 422),
        ("each=", 422),
        ("some=", 422),
        ("count=&kinds=a", 422),
    ],
)
@pytest.mark.parametrize("version", ["2.0", "3.0.4"])
def test_forms_encode_the_commas_between_items(tmp_path: Path, version: str, body: str, status: int) -> None:
    """Their encoders know of no lists: what an array joins is one text to them (URL Standard, section 5.2)."""
    items = {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}
    form = "application/x-www-form-urlencoded"
    if version == "2.0":
        parameters = [
            {"in": "formData", "name": "kinds", **items},
            {"in": "formData", "name": "each", **items, "collectionFormat": "multi"},
            {"in": "formData", "name": "some", **items, "required": "some" in body},
            {"in": "formData", "name": "note", "type": "string"},
            {"in": "formData", "name": "count", "type": "integer"},
        ]
        operation: dict[str, Any] = {"consumes": [form], "parameters": parameters}
    else:
        fields = {"kinds": items, "each": items, "some": items, "note": {}, "count": {"type": "integer"}}
        schema = {"type": "object", "properties": fields}
        media = {
            "schema": schema | ({"required": ["some"]} if "some" in body else {}),
            "encoding": {name: {"style": "form", "explode": False} for name in ("kinds", "some", "count")},
        }
        operation = {"requestBody": {"content": {form: media}}}
    document = {
        ("swagger" if version == "2.0" else "openapi"): version,
        "info": {"title": "Joined", "version": "1"},
        "paths": {"/": {"post": {**operation, "responses": {"200": {"description": "Fine"}}}}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    contract = compile_contract(path)
    reader = validator_of(contract).reader(contract.operations["POST /"])
    values, _, found = reader.read({}, "", {"CONTENT_TYPE": form}, body.encode())
    assert found == status
    if "note=x%2Cy" in body:
        assert values["body"] == {"kinds": ["a", "b"], "note": "x,y"}


@pytest.mark.parametrize(
    ("query", "body", "places"),
    [
        ("kinds=a&kinds=b", "", [("query", "kinds", "explode")]),
        ("kinds=a&kinds=c&many=x", "", [("query", "kinds", "explode"), ("query", "many", "type")]),
        (
            "kinds=a&kinds=b",
            "kinds=a&k%69nds=b&kinds=a,b",
            [("query", "kinds", "explode"), ("body", "kinds", "explode")],
        ),
        ("kinds=c", "kinds=c", [("query", "kinds", "enum"), ("body", "kinds", "enum")]),
        ("many=1&many=2", "", [("query", "many", "type")]),
    ],
)
def test_a_list_in_one_text_that_came_item_by_item_is_told_so(
    tmp_path: Path, query: str, body: str, places: list[tuple[str, str, str]]
) -> None:
    """No style of one text repeats its name (OpenAPI 3.1.1, section 4.8.12.4, Style Examples: `form`, not exploded)."""
    form = "application/x-www-form-urlencoded"
    fields = {"type": "object", "properties": {"kinds": LISTS["schema"]}}
    media = {"schema": fields, "encoding": {"kinds": {"explode": False}}}
    parameters = [{**LISTS, "name": "kinds"}, {"name": "many", "in": "query", "schema": {"type": "integer"}}]
    operation = {"parameters": parameters, "requestBody": {"content": {form: media}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Repeated", "version": "1"},
        "paths": {"/": {"post": {**operation, "responses": {"200": {"description": "Fine"}}}}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    contract = compile_contract(path)
    reader = validator_of(contract).reader(contract.operations["POST /"])
    _, reasons, status = reader.read({}, query, {"CONTENT_TYPE": form} if body else {}, body.encode())
    assert status == 422
    assert [(*reason.location[:2], reason.code) for reason in reasons] == places


def test_objects_in_one_text_are_encoded_as_well(tmp_path: Path) -> None:
    pair = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    form = "application/x-www-form-urlencoded"
    media = {"schema": {"type": "object", "properties": {"pair": pair}}, "encoding": {"pair": {"explode": False}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Joined", "version": "1"},
        "paths": {
            "/": {"post": {"requestBody": {"content": {form: media}}, "responses": {"200": {"description": ""}}}}
        },
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    contract = compile_contract(path)
    reader = validator_of(contract).reader(contract.operations["POST /"])
    for body, status in ((b"pair=name,a", 0), (b"pair=name%2Ca", 0), (b"pair=", 422), (b"pair=other%2Ca", 422)):
        assert reader.read({}, "", {"CONTENT_TYPE": form}, body)[2] == status


def test_many_texts_are_read_otherwise_at_once(tmp_path: Path) -> None:
    """A form of a hundred thousand numbers, of which one is a text: nothing is copied for each of them."""
    items = {"type": "array", "items": {"type": ["integer", "string"], "maxLength": 6}}
    schema = {"type": "object", "properties": {"a": items}}
    body = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Many", "version": "1"},
        "paths": {"/": {"post": {**body, "responses": {"200": {"description": "Fine"}}}}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    contract = compile_contract(path)
    reader = validator_of(contract).reader(contract.operations["POST /"])
    environ = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    assert reader.read({}, "", environ, b"a=1&" * 100_000 + b"a=1234567x")[2] == 422
    assert reader.read({}, "", environ, b"a=1&" * 100_000 + b"a=12345x")[2] == 0


FORM = "application/x-www-form-urlencoded"


def contract_of(folder: Path, operation: dict[str, Any], path: str = "/") -> Contract:
    operation = {"responses": {"200": {"description": "Fine"}}, **operation}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {path: {"post": operation}}}
    file = folder / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return compile_contract(file)


def taken(contract: Contract, body: bytes = b"", query: str = "", **environ: str) -> bool:
    ((_, operation),) = contract.operations.items()
    verdict = validator_of(contract).reader(operation).read({}, query, {"CONTENT_TYPE": FORM, **environ}, body)
    return verdict[2] == 0


def form(folder: Path, schema: dict[str, Any]) -> Contract:
    return contract_of(folder, {"requestBody": {"required": True, "content": {FORM: {"schema": schema}}}})


def object_of(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


INTEGER, STRING = {"type": "integer"}, {"type": "string"}
KINDS = {
    "oneOf": [
        object_of("kind", "v", kind={"const": "number"}, v=INTEGER, w=STRING),
        object_of("kind", "v", kind={"const": "text"}, v=STRING, w=INTEGER),
    ]
}
CONDITIONAL = {
    **object_of("kind", kind=STRING, v={}),
    "if": {"properties": {"kind": {"const": "number"}}},
    "then": {"properties": {"v": INTEGER}},
    "else": {"properties": {"v": STRING}},
}
DEPENDENT = {
    **object_of(kind=STRING, v={"description": "Anything"}),
    "dependentSchemas": {"kind": {"properties": {"v": INTEGER}}},
}
PATTERNS = {"type": "object", "patternProperties": {"^n": INTEGER}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "body", "expected"),
    [
        (KINDS, "kind=number&v=1&w=2", True),
        (KINDS, "kind=text&v=1&w=2", True),
        (KINDS, "kind=text&v=a", True),
        (KINDS, "kind=number&v=a", False),
        (KINDS, "kind=text&v=1&w=a", False),
        (CONDITIONAL, "kind=number&v=1", True),
        (CONDITIONAL, "kind=number&v=a", False),
        (CONDITIONAL, "kind=text&v=1", True),
        (DEPENDENT, "kind=a&v=1", True),
        (DEPENDENT, "kind=a&v=b", False),
        (DEPENDENT, "v=b", True),
        (PATTERNS, "n=1&n2=2", True),
        (PATTERNS, "n=a", False),
        (PATTERNS, "m=1", False),
        (object_of(v={"type": ["integer", "string"], "enum": ["1", "all"]}), "v=1", True),
        (object_of(v={"anyOf": [{"type": "boolean"}, {"type": "string", "minLength": 5}]}), "v=false", True),
        (object_of(v={"type": "array", "items": {"anyOf": [{**INTEGER, "maximum": 5}, STRING]}}), "v=1&v=9", True),
        (object_of(v={"type": "number", "enum": [1, 2]}), "v=1.0", True),
        (object_of(v={"type": "string", "pattern": "^[a-z]*$"}), "v=1", False),
    ],
)
def test_a_form_is_read_by_the_alternative_that_takes_it(
    tmp_path: Path, schema: dict[str, Any], body: str, expected: bool
) -> None:
    assert taken(form(tmp_path, schema), body.encode()) is expected


def test_an_exploded_object_in_a_query_has_the_names_that_patterns_say(tmp_path: Path) -> None:
    parameter = {"name": "filter", "in": "query", "required": True, "schema": PATTERNS}
    contract = contract_of(tmp_path, {"parameters": [parameter]})
    assert taken(contract, query="n1=1&other=2")
    assert not taken(contract, query="n1=a")
    assert not taken(contract, query="other=2")


def test_a_response_header_is_read_as_requests_are(tmp_path: Path) -> None:
    schema = {"anyOf": [{**INTEGER, "maximum": 5}, {"type": "string", "pattern": "^[0-9]{3}$"}]}
    headers = {"X-Code": {"required": True, "schema": schema}}
    contract = contract_of(tmp_path, {"responses": {"200": {"description": "Fine", "headers": headers}}})
    ((_, operation),) = contract.operations.items()
    for text, valid in (("5", True), ("123", True), ("12", False), ("a", False)):
        found = response_violations(contract, operation, 200, [("X-Code", text)], b"")
        assert (found == []) is valid, text


NUMBERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])}, optional={"maximum": st.integers(0, 50), "enum": st.just([1, 12])}
)
TEXTS = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={"pattern": st.sampled_from(["^[0-9]+$", "^[a-z]+$", "^t"]), "maxLength": st.integers(1, 4)},
)
OTHERS = st.sampled_from(
    [{"type": "boolean"}, {"type": "null"}, {"const": "true"}, {"const": True}, {"enum": ["7", 7]}]
)
scalars = st.one_of(
    NUMBERS,
    TEXTS,
    OTHERS,
    st.builds(lambda one, other, word: {word: [one, other]}, NUMBERS, TEXTS, st.sampled_from(["anyOf", "oneOf"])),
    st.builds(lambda one, other: {"anyOf": [one, other]}, OTHERS, TEXTS),
)
candidates = st.one_of(
    st.sampled_from(["1", "12", "123", "7", "true", "abc", "t1", 1, 7, 12, 40, 1.5, True, False]),
    st.text("019ab", min_size=1),
)


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from("abc"), scalars, min_size=1), st.data())
def test_a_valid_value_is_taken_from_its_text(
    tmp_path: Path, properties: Mapping[str, Any], data: st.DataObject
) -> None:
    values = {name: data.draw(candidates) for name in properties}
    parameters = [{"name": n, "in": "query", "schema": s, "required": True} for n, s in properties.items()]
    contract = contract_of(tmp_path, {"parameters": parameters})
    texts = {name: text_of(value) for name, value in values.items()}
    readings = [(text, *_literal(text)) for text in texts.values()]
    expected = all(
        any(jsonschema.Draft202012Validator(schema).is_valid(value) for value in read)
        for schema, read in zip(properties.values(), readings, strict=True)
    )
    assert taken(contract, query=urlencode(texts, quote_via=quote)) is expected
    assert taken(form(tmp_path, object_of(*properties, **properties)), urlencode(texts).encode()) is expected


def _literal(text: str) -> list[Any]:
    """What ``text`` is as JSON, leading zeros allowed."""
    try:
        return [json.loads(text.lstrip("0") or "0" if text.isdecimal() else text)]
    except ValueError:
        return []
