""""""

from __future__ import annotations

from contextlib import suppress
from encodings.aliases import aliases
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.formats import compile_body_decoder, match_media_type, parse_content_type
from beep_mock.contracts.bodies.multipart import Part, write_parts
from beep_mock.contracts.bodies.stream_bodies import whole_schema
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import MediaType, Schema
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.contracts.values.media_types import is_json, is_xml, lists_json, text_in
from tests.support.declared import document_in


@pytest.mark.parametrize(
    ("header", "name", "parameters"),
    [
        ("application/json", "application/json", {}),
        ("Application/JSON ; Charset=UTF-8", "application/json", {"charset": "UTF-8"}),
        ('multipart/form-data; boundary="a;b=\\"c"', "multipart/form-data", {"boundary": 'a;b="c'}),
        ("text/plain;a=1;;b=2; c", "text/plain", {"a": "1", "b": "2"}),
        ("text/plain; a=1; a=2", "text/plain", {"a": "1"}),
        ('text/plain; a="1', "text/plain", {}),
        ("", "", {}),
        (";", "", {}),
    ],
)
def test_content_types_are_taken_apart(header: str, name: str, parameters: dict[str, str]) -> None:
    assert parse_content_type(header) == (name, parameters)


@pytest.mark.parametrize(
    ("content_type", "declared", "index"),
    [
        ("application/json", ["application/json"], 0),
        ("APPLICATION/JSON", ["text/plain", "application/json"], 1),
        ("application/json; charset=utf-8", ["application/json"], 0),
        ("application/json; charset=utf-8", ["application/json", "application/json; charset=UTF-8"], 1),
        ("application/json", ["application/json; charset=utf-8"], 0),
        ("application/json", ["application/json;v=1", "application/json"], 1),
        ("application/json; v=2; x=y", ["application/json;v=1", "application/json; v=2"], 1),
        ("application/json; v=3", ["application/json;v=1", "application/json"], 1),
        ("application/json; v=3", ["application/json;v=1"], 0),
        ("application/json", ["*/*", "application/*", "application/json"], 2),
        ("application/json", ["*/*", "application/*"], 1),
        ("application/json", ["*/*", "text/*"], 0),
        ("text/plain", ["application/*"], None),
        ("application/vnd.beep+json", ["application/json"], None),
        ("applications/json", ["application/*"], None),
        ("application/", ["application/*"], None),
        ("json", ["*/*", "json"], None),
        ("", ["*/*"], None),
        ("application/json", [], None),
    ],
)
def test_the_best_declared_type_is_chosen(content_type: str, declared: list[str], index: int | None) -> None:
    assert match_media_type(content_type, declared) == index


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_no_header_breaks_the_parser(header: str) -> None:
    name, parameters = parse_content_type(header)
    assert name == name.lower().strip()
    assert all(attribute == attribute.lower() for attribute in parameters)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("application/json", True), ("text/plain, application/json; charset=utf-8", True), ("text/plain", False),
        ("image/*", False), ("", False),
    ],
)  # fmt: skip
def test_whether_json_is_among_the_types_of_an_encoding(listed: str, expected: bool) -> None:
    assert lists_json(listed) is expected


@pytest.mark.parametrize(
    ("name", "json", "xml"),
    [
        ("application/json", True, False), ("application/problem+json", True, False), ("text/json", True, False),
        ("application/jsonp", False, False), ("application/x-ndjson", False, False), ("*/*", False, False),
        ("text/xml", False, True), ("application/atom+xml", False, True), ("application/xmlx", False, False),
    ],
)  # fmt: skip
def test_which_types_are_json_and_which_xml(name: str, json: bool, xml: bool) -> None:
    assert (is_json(name), is_xml(name)) == (json, xml)


OBJECT: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}, "star": {"type": "object"}}}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return document_in(tmp_path_factory.mktemp("document"))


ENCODINGS = sorted({*aliases.values(), "idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "a\0b"})


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("text/plain", {"type": "string"}),
        ("application/json", None),
        ("application/xml", None),
        ("application/xml", {"type": "string"}),
        ("*/*", OBJECT),
    ],
)
def test_no_charset_breaks_a_decoder(document: Document, name: str, schema: Any) -> None:
    decode = compile_body_decoder(MediaType(name, schema and Schema(schema, "#/body"), (), {}, "#/media"), document)
    for charset in ENCODINGS:
        for body in (b'{"a": "\xff"}', b"\xba" * 5000, b"\xef\xbb\xbf<a><b/></a>", b"<a><b/></a>", b"xn--\xff", b"a-"):
            with suppress(BodyError):
                decode(body, {"charset": charset})


@pytest.mark.parametrize("name", ["multipart/form-data", "multipart/mixed"])
@pytest.mark.parametrize("item", [None, {"type": "string"}])
def test_no_charset_of_a_part_breaks_a_decoder(document: Document, name: str, item: Any) -> None:
    _, stream = whole_schema(name, None, item and Schema(item, "#/item"), document)
    decode = compile_body_decoder(MediaType(name, Schema(OBJECT, "#/body"), (), {}, "#/media", stream), document)
    for charset in ENCODINGS:
        for kind in ("text/plain", "application/json", "application/xml"):
            part = Part("name", b"\xba" * 300, None, kind, charset.replace("\0", ""))
            body, boundary = write_parts([part, part._replace(name="star")])
            with suppress(BodyError):
                decode(body, {"boundary": boundary})


@pytest.mark.parametrize("charset", ["undefined", "punycode", "idna", "unicode_escape", "hex", "martian", ""])
def test_what_is_no_character_set_is_unknown(charset: str) -> None:
    with pytest.raises(BodyError, match="is unknown") as refused:
        text_in(b"a-", charset)
    assert refused.value.code == "charset"
