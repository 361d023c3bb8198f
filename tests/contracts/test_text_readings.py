"""One text, two values: what a schema takes is taken from its text, whichever of its alternatives takes it."""

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
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.validator import validator_of

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
