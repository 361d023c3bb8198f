from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.formats import encode
from beep_mock.contracts.bodies.payloads import admits_text, concrete_media_type
from beep_mock.contracts.model import Schema

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_json_is_read_back_as_it_was(value: Any) -> None:
    schema = Schema({"type": "string"}, "#")  # so that no string is taken for JSON
    assert json.loads(encode(value, "application/json", schema)) == value


@given(
    JSON, st.sampled_from(["application/xml", "application/x-www-form-urlencoded", "text/plain", "image/png", "*/*"])
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_type_there_are_bytes(value: Any, media_type: str) -> None:
    assert isinstance(encode(value, media_type), bytes)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"), min_size=1)))
@settings(max_examples=80, deadline=None)
def test_a_form_is_read_back_as_it_was(value: dict[str, str]) -> None:
    body = encode(value, "application/x-www-form-urlencoded")
    assert parse_qsl(body.decode("ascii"), strict_parsing=bool(value)) == list(value.items())


@pytest.mark.parametrize(
    ("value", "media_type", "body"),
    [
        ({"a": 1}, "application/json", b'{"a":1}'),
        ({"a": "é"}, "application/vnd.x+json; charset=utf-8", '{"a":"é"}'.encode()),
        (2**70, "application/json", str(2**70).encode()),
        ("\ud800", "application/json", rb'"\ud800"'),
        ([{"a": 1}, {"a": 2}], "application/x-ndjson", b'{"a":1}\n{"a":2}\n'),
        ({"a": 1}, "application/x-ndjson", b'{"a":1}\n'),
        ('{"a":1}\n{"a":2}', "application/x-ndjson", b'{"a":1}\n{"a":2}'),
        ("é", "text/plain", "é".encode()),
        ("é", "text/plain; charset=ISO-8859-1", b"\xe9"),
        ("é", 'text/plain; charset="unheard-of"', "é".encode()),
        ("\ud800", "text/plain", b"?"),
        (12, "text/plain", b"12"),
        (True, "text/plain", b"true"),
        ({"a": [1, 2], "b": None, "c": {"d": 1}, "e": True}, "application/x-www-form-urlencoded",
         b"a=1&a=2&c=%7B%22d%22%3A1%7D&e=true"),
        ("a=1", "application/x-www-form-urlencoded", b"a=1"),
        ("<a/>", "application/xml", b"<a/>"),
        ("PNG", "image/png", b"PNG"),
        ({"a": 1}, "application/octet-stream", b'{"a":1}'),
    ],
)  # fmt: skip
def test_a_value_is_written_as_its_type_asks(value: Any, media_type: str, body: bytes) -> None:
    assert encode(value, media_type) == body


def test_deeply_nested_values_are_written() -> None:
    value: Any = 1
    for _ in range(255):
        value = [value]
    assert encode(value, "application/json") == b"[" * 255 + b"1" + b"]" * 255


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, None), ({}, None), ({"description": "?"}, None), ({"$ref": "#/x"}, None),
        ({"type": "string"}, True), ({"type": ["null", "string"]}, True), ({"enum": [1, "a"]}, True),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, True), ({"oneOf": [{}, {"type": "integer"}]}, None),
        ({"allOf": [{}, {"type": "string"}]}, True), ({"allOf": [{}, {"type": "object"}]}, False),
        ({"type": "object"}, False), ({"properties": {}}, False), ({"enum": [1]}, False),
        ({"oneOf": [{"type": "integer"}, {"type": "array"}]}, False),
    ],
)  # fmt: skip
def test_whether_a_schema_admits_text(schema: Any, expected: bool | None) -> None:
    assert admits_text(schema, None) is expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("*/*", 1, "application/json"),
        ("*/*; q=1", "a", "text/plain"),
        ("image/*", "a", "image/png"),
        ("model/*", "a", "model/stl"),
        ("a/b", 1, "a/b"),
    ],
)
def test_a_range_becomes_a_type(name: str, value: Any, expected: str) -> None:
    assert concrete_media_type(name, value) == expected
