from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Schema
from beep_mock.pacts.schema_matchers import Matchers, written_rules

SCHEMAS: dict[str, Any] = {
    "Kind": {"type": "string", "enum": ["a.b", "c|d"]},
    "Pet": {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind"},
    },
    "Cat": {"required": ["kind"], "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}},
    "Dog": {"required": ["kind"], "properties": {"kind": {"const": "dog"}, "loud": {"type": "boolean"}}},
}  # fmt: skip


def read(
    schema: Any, value: Any, tmp_path: Path, direction: Literal["request", "response"] = "response", **options: bool
) -> tuple[Any, dict[str, Any]] | None:
    """The example and, by path, the one matcher of each place."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": {},
        "components": {"schemas": {**SCHEMAS, "It": schema}},
    }
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    contract = compile_contract(file)
    shape = Matchers(contract, direction, **options).shape(Schema(schema, "#/components/schemas/It"), value)
    if shape is None:
        return None
    rules = {}
    for place, rule in written_rules(shape).items():
        assert (rule["combine"], len(rule["matchers"])) == ("AND", 1)
        rules[place] = rule["matchers"][0]
    return shape.content(), rules


@pytest.mark.parametrize(
    ("schema", "value", "rule"),
    [
        ({"type": "string"}, "free", {"match": "type"}),
        ({"type": "integer"}, 3, {"match": "integer"}),
        ({"type": "number"}, 3, {"match": "number"}),
        ({"type": "number"}, 3.5, {"match": "number"}),
        ({}, 3, {"match": "number"}),
        ({"type": "boolean"}, True, {"match": "boolean"}),
        ({"type": ["string", "null"]}, None, {"match": "null"}),
        ({"const": "x"}, "x", {"match": "equality"}),
        ({"enum": ["x"]}, "x", {"match": "equality"}),
        ({"enum": ["x", None, "y"]}, "x", {"match": "regex", "regex": "^(x|y)$"}),
        ({"enum": [1, 2], "type": "integer"}, 1, {"match": "integer"}),
        ({"$ref": "#/components/schemas/Kind"}, "a.b", {"match": "regex", "regex": r"^(a\.b|c\|d)$"}),
        ({"type": "string", "pattern": "^[a-z]+$"}, "abc", {"match": "regex", "regex": "^[a-z]+$"}),
        ({"type": "string", "pattern": "[0-9]"}, "a1b", {"match": "regex", "regex": r"^[\s\S]*(?:[0-9])[\s\S]*$"}),
        ({"type": "string", "pattern": "^a|b$"}, "ax", {"match": "regex", "regex": r"^[\s\S]*(?:^a|b$)[\s\S]*$"}),
        ({"type": "string", "pattern": "^(?=a)"}, "ax", {"match": "type"}),
        ({"type": "string", "format": "date"}, "2026-11-20", {"match": "date", "format": "yyyy-MM-dd"}),
        ({"allOf": [{"type": "string"}, {"enum": ["x", "y"]}]}, "x", {"match": "regex", "regex": "^(x|y)$"}),
        ({"anyOf": [{"type": "integer"}, {"const": "all"}]}, "all", {"match": "equality"}),
        ({"if": {"const": 1}, "then": {"type": "integer"}, "else": {"type": "number"}}, 1, {"match": "integer"}),
        ({"type": "object"}, {}, {"match": "type"}),
        ({"type": "array"}, [], {"match": "type"}),
    ],
)
def test_what_of_a_value_is_relied_on(schema: Any, value: Any, rule: dict[str, Any], tmp_path: Path) -> None:
    assert read(schema, value, tmp_path) == (value, {"$": rule})


@pytest.mark.parametrize(
    ("format_", "value"),
    [
        ("date-time", "2026-11-20T10:00:00.123+01:00"),
        ("uuid", "9f1c2f0e-1d5c-4c0c-9f3a-0d6f2f4b8a11"),
        ("email", "a@b.example"),
        ("uri", "https://a.example/x?y"),
        ("ipv4", "127.0.0.1"),
        ("time", "10:00:00Z"),
    ],
)
def test_a_format_is_an_expression_that_the_whole_value_fits(format_: str, value: str, tmp_path: Path) -> None:
    read_ = read({"type": "string", "format": format_}, value, tmp_path)
    assert read_ is not None
    rule = read_[1]["$"]
    assert rule["match"] == "regex"
    assert rule["regex"].startswith("^")
    assert rule["regex"].endswith("$")
    assert read({"type": "string", "format": format_}, "else", tmp_path) == ("else", {"$": {"match": "type"}})


def test_items_are_one_that_has_what_all_have(tmp_path: Path) -> None:
    item = {"type": "object", "properties": {"id": {"type": "integer"}, "next": {"type": ["string", "null"]}}}
    value = [{"id": 1, "next": "x", "free": 1}, {"id": 2, "next": None}]
    assert read({"type": "array", "items": item}, value, tmp_path) == (
        [{"id": 1}],
        {"$": {"match": "type", "min": 1}, "$[*].id": {"match": "integer"}},
    )


def test_items_of_several_kinds_keep_what_they_share(tmp_path: Path) -> None:
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}
    value = [{"kind": "cat", "lives": 9}, {"kind": "dog", "loud": True}]
    assert read(schema, value, tmp_path) == (
        [{"kind": "cat"}],
        {"$": {"match": "type", "min": 1}, "$[*].kind": {"match": "type"}},
    )
    assert read(schema, value[:1], tmp_path) == (
        [{"kind": "cat", "lives": 9}],
        {
            "$": {"match": "type", "min": 1},
            "$[*].kind": {"match": "equality"},
            "$[*].lives": {"match": "integer"},
        },
    )


def test_items_that_share_nothing_are_any(tmp_path: Path) -> None:
    assert read({"type": "array"}, [1, "x"], tmp_path) == ([], {"$": {"match": "type"}})


def test_what_is_sent_stays_whole(tmp_path: Path) -> None:
    value = {"sizes": [80, 24], "more": {"x": 1}}
    schema = {"type": "object", "properties": {"sizes": {"type": "array", "items": {"type": "integer"}}}}
    found = read(schema, value, tmp_path, "request")
    assert found is not None
    assert found[0] == value
    assert found[1]["$.sizes[*]"] == {"match": "integer"}


def test_a_map_is_one_entry_under_any_name(tmp_path: Path) -> None:
    schema = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert read(schema, {"a b": 1, "c": 2}, tmp_path) == (
        {"a b": 1},
        {"$": {"match": "values"}, "$.*": {"match": "integer"}},
    )
    assert read({"type": "object"}, {"a": 1}, tmp_path) == ({}, {"$": {"match": "type"}})


def test_names_that_are_no_words_are_quoted(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"a b": {"type": "integer"}}}
    assert read(schema, {"a b": 1}, tmp_path) == ({"a b": 1}, {"$['a b']": {"match": "integer"}})


def test_of_a_made_answer_only_what_is_required_is_relied_on(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "x": {"type": "integer"}}}
    assert read(schema, {"id": 1, "x": 2}, tmp_path, sparse=True) == ({"id": 1}, {"$.id": {"match": "integer"}})


@pytest.mark.parametrize(
    ("name", "schema", "shown"),
    [
        ("password", {"type": "string"}, "***"),
        ("api_key", {"type": "string", "minLength": 5}, "secret"),
        ("client-secret", {"type": "string", "pattern": "^[0-9]{8}$"}, "00000000"),
        ("accessToken", {"type": "string", "pattern": "^tok_[a-z]{4}$"}, None),
        ("whatever", {"type": "string", "format": "password"}, "***"),
    ],
)
def test_a_secret_is_replaced_by_what_its_schema_allows(
    name: str, schema: Any, shown: str | None, tmp_path: Path
) -> None:
    value = "tok_real" if shown is None else "12345678"
    found = read({"type": "object", "properties": {name: schema}}, {name: value}, tmp_path, "request")
    assert found is not None
    assert value not in json.dumps(found)
    assert shown is None or found[0] == {name: shown}


def test_what_looks_like_a_token_is_a_secret_whatever_its_name(tmp_path: Path) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    found = read({"type": "object", "properties": {"x": {"type": "string"}}}, {"x": token}, tmp_path)
    assert found == ({"x": "***"}, {"$.x": {"match": "type"}})


def test_a_page_s_token_is_none(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"nextPageToken": {"type": "string"}}}
    found = read(schema, {"nextPageToken": "after-1"}, tmp_path)
    assert found == ({"nextPageToken": "after-1"}, {"$.nextPageToken": {"match": "type"}})
