"""Streams: what is written is read, by us and by others; what is broken says where."""

from __future__ import annotations

import json
from functools import lru_cache
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.formats import compile_body_decoder
from beep_mock.contracts.bodies.stream_bodies import kind_of_sequence, read_events, whole_schema, write_events
from beep_mock.contracts.document import Document, load_document
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.model import MediaType, Schema
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.contracts.values.media_types import parse_content_type


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


SHOWN = """event: addString
data: This data is formatted
data: across two lines
retry: 5

event: addNumber
data: 1234.5678
unknownField: this is ignored

: This is a comment
event: addJSON
data: {"foo": 42}

"""


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        ("", []),
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [{"data": "YHOO\n+2\n10"}]),
        (": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
         [{"id": "1", "data": "first event"}, {"id": "", "data": "second event"}]),  # no empty line ends the third
        ("data\n\ndata\ndata\n\ndata:", [{"data": ""}, {"data": "\n"}]),
        ("data:test\n\ndata: test\n\n", [{"data": "test"}, {"data": "test"}]),
        (SHOWN, [
            {"event": "addString", "data": "This data is formatted\nacross two lines", "retry": 5},
            {"event": "addNumber", "data": "1234.5678"}, {"event": "addJSON", "data": '{"foo": 42}'},
        ]),
        ("\ufeffdata: a\r\n\r\ndata: b\r\rdata: c\n\n", [{"data": "a"}, {"data": "b"}, {"data": "c"}]),
        ("retry: 1s\nretry: -1\nid: a\0b\ndata: x\n\n", [{"data": "x"}]),
        ("event: only\n\n", []),
    ],
)  # fmt: skip
def test_events_are_read_as_a_browser_reads_them(stream: str, events: list[Any]) -> None:
    assert read_events(stream.encode()) == events


def test_a_stream_is_utf_8() -> None:
    with pytest.raises(BodyError, match="byte 6"):
        read_events(b"data: \xff\n\n")


LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)
EVENTS = st.fixed_dictionaries(
    {"data": st.lists(LINES, min_size=1, max_size=3).map("\n".join)},
    optional={"event": LINES, "id": LINES, "retry": st.integers(0, 10**15)},
)


@given(st.lists(EVENTS, max_size=4))
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_server_sent_events(events: list[Any]) -> None:
    assert read_events(write_events(events, wrapped=False)) == events


@pytest.mark.parametrize(
    ("item", "wrapped", "written"),
    [
        ({"data": {"n": 1}, "retry": 5}, False, b'retry: 5\ndata: {"n":1}\n\n'),
        ({"n": 1}, False, b'data: {"n":1}\n\n'),
        ({"data": 1}, True, b'data: {"data":1}\n\n'),
        ("text", False, b"data: text\n\n"),
        ({"event": "a\nb", "data": None}, False, b"event: a b\ndata: null\n\n"),
    ],
)
def test_what_is_no_event_is_the_data_of_one(item: Any, wrapped: bool, written: bytes) -> None:
    assert write_events([item], wrapped=wrapped) == written
