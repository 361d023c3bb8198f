"""Streams: what is written is read, by us and by others; what is broken says where."""

from __future__ import annotations

import json
from functools import lru_cache
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.decoding import BodyError, compile_body_decoder
from beep_mock.contracts.bodies.media_types import parse_content_type
from beep_mock.contracts.bodies.sequential import kind_of_sequence, whole_schema
from beep_mock.contracts.document import Document, load_document
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.model import MediaType, Schema


@lru_cache
def _document() -> Document:
    schemas = {"Any": {}, "Event": {"properties": {"data": {"type": "string"}}}, "World": {"properties": {"n": {}}},
               "Number": {"type": "integer"}}  # fmt: skip
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"openapi": "3.2.0", "info": {}, "components": {"schemas": schemas}}, file)
        file.flush()
        return load_document(file.name)


def _schema(name: str) -> Schema:
    at = f"#/components/schemas/{name}"
    return Schema(_document().lookup(at)[0], at)


def _media(name: str, item: Schema | None, schema: Schema | None = None) -> MediaType:
    whole, stream = whole_schema(name, schema, item, _document())
    return MediaType(name, whole, (), {}, "#", stream)


TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(
    st.sampled_from(["application/jsonl", "application/x-ndjson", "application/json-seq", "application/x+json-seq"]),
    st.lists(JSON, max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(name: str, items: list[Any]) -> None:
    media = _media(name, _schema("Any"))
    body, content_type = encode_body(items, media, document=_document())
    assert content_type == name
    assert compile_body_decoder(media, _document())(body, {}) == items
    separated = body.decode().split("\x1e" if name.endswith("seq") else "\n")
    assert [json.loads(text) for text in separated if text.strip()] == items  # the standard library agrees


@given(st.lists(st.dictionaries(st.just("n"), JSON, min_size=1), max_size=4))
@settings(max_examples=80, deadline=None)
def test_items_that_are_no_events_travel_in_their_data(items: list[Any]) -> None:
    media = _media("text/event-stream", _schema("World"))
    body, _ = encode_body(items, media, document=_document())
    assert compile_body_decoder(media, _document())(body + b"data: [DONE]\n\n", {}) == items


@given(st.lists(st.dictionaries(st.just("n"), JSON, min_size=1) | st.integers(), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_parts_have_their_positions(items: list[Any]) -> None:
    media = _media("multipart/mixed", _schema("Number"))
    body, content_type = encode_body(items, media, document=_document())
    assert compile_body_decoder(media, _document())(body, parse_content_type(content_type)[1]) == items


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text/event-stream; charset=utf-8", "events"),
        ("Application/JSONL", "lines"), ("application/x-ndjson", "lines"),
        ("application/geo+json-seq", "sequence"), ("multipart/mixed", "parts"), ("multipart/form-data", None),
        ("application/json", None), ("text/plain", None), ("", None),
    ],
)  # fmt: skip
def test_which_types_are_sequential(name: str, kind: str | None) -> None:
    assert kind_of_sequence(name) == kind


@pytest.mark.parametrize(
    ("node", "whole", "by_item"),
    [
        ({"type": "object"}, {"type": "array", "items": {"$ref": "#/s"}}, True),
        ({"type": "array", "items": {}}, {"type": "array", "items": {}}, False),
        ({"type": "string"}, {"type": "string"}, None),  # the text as it stands
    ],
)  # fmt: skip
def test_what_a_schema_alone_is_said_of(node: Any, whole: Any, by_item: bool | None) -> None:
    schema, stream = whole_schema("application/x-ndjson", Schema(node, "#/s"), None, _document())
    assert schema is not None
    assert schema.node == whole
    assert (stream.by_item if stream is not None else None) is by_item


@pytest.mark.parametrize(
    ("name", "body", "code", "message"),
    [
        ("application/jsonl", b'{}\n\n{"a":\n', "json", "line 3: "), ("application/jsonl", b"\xff", "json", "line 1: "),
        ("application/jsonl", b"1\n" + b"[" * 300 + b"]" * 300, "nesting", "line 2: "),
        ("application/json-seq", b"{}", "json", "record separator"),
        ("application/json-seq", b"\x1e1\n\x1e{", "json", "item 2: "),
        ("text/event-stream", b"data: \xff\n\n", "charset", "UTF-8"),
        ("multipart/mixed", b"--b\r\nContent-Type: application/json\r\n\r\n{\r\n--b--", "json", "part 1: "),
    ],
)  # fmt: skip
def test_what_is_broken_says_where(name: str, body: bytes, code: str, message: str) -> None:
    decode = compile_body_decoder(_media(name, _schema("Any")), _document())
    with pytest.raises(BodyError, match=message) as fault:
        decode(body, {"boundary": "b"})
    assert fault.value.code == code
