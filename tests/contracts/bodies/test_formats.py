from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies import formats
from beep_mock.contracts.bodies.formats import compile_body_decoder, parse_content_type
from beep_mock.contracts.bodies.multipart import Part, read_parts, write_parts
from beep_mock.contracts.document import Document
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.model import Encoding, MediaType, Schema
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.interaction import MISSING, Json
from beep_mock.mocks.mock import Mock
from tests.support.declared import document_in
from tests.support.drafts import operation_with
from tests.support.wsgi_client import call

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
WORLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"$ref": "#/components/schemas/Id"},
        "name": {"type": "string"},
        "warm": {"type": "boolean"},
        "moons": {"type": "array", "items": {"type": "string"}},
        "sizes": {"type": "array", "items": {"type": "integer"}},
        "star": {"type": "object", "properties": {"mass": {"type": "number"}, "name": {"type": "string"}}},
        "file": {"type": "string", "format": "binary"},
    },
}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return document_in(tmp_path_factory.mktemp("document"), schemas={"Id": {"type": "integer"}})


def media(name: str, schema: Any = None, **encoding: Encoding) -> MediaType:
    return MediaType(name, None if schema is None else Schema(schema, "#/body"), (), encoding, "#/media")


def encoding(content_type: str = "", style: str = "form", *, explode: bool = True, reserved: bool = False) -> Encoding:
    return Encoding(content_type, style, explode, reserved)


def decoded(declared: MediaType, document: Document, body: bytes, content_type: str = "") -> Json:
    return compile_body_decoder(declared, document)(body, parse_content_type(content_type or declared.name)[1])


@pytest.mark.parametrize(
    ("name", "schema", "body", "value"),
    [
        ("application/json", WORLD, b'{"id": "7"}', {"id": "7"}),
        ("application/problem+json; charset=utf-8", None, b"[1]", [1]),
        ("text/json", None, b"1", 1),
        ("text/plain", {"type": "string"}, b"7", "7"),
        ("text/plain", {"type": "integer"}, b"7", 7),
        ("text/plain", None, "\u4e16".encode(), "\u4e16"),
        ("text/plain; charset=latin-1", None, b"\xe9", "\u00e9"),
        ("application/octet-stream", {"type": "string", "format": "binary"}, b"\x00\xff", "\x00\xff"),
        ("application/octet-stream", None, b"\xff", "\xff"),
        ("image/png", {"type": "string"}, b"\x89PNG", "\x89PNG"),
        ("image/png", {"type": "object"}, b"\x89PNG", MISSING),
        ("application/xml", WORLD, b"<a><n>1</n></a>", {"n": "1"}),
        ("text/xml", None, b"<a/>", MISSING),
        ("image/svg+xml", None, b"<a/>", MISSING),
        ("application/x-ndjson", None, b"{}\n{}\n", MISSING),
        ("application/beep", None, b"beep", MISSING),
        ("*/*", WORLD, b'{"id": 7}', {"id": 7}),
        ("*/*", WORLD, b"\xff", MISSING),
        ("application/*", {"type": "string"}, b"\xff", "\xff"),
        ("application/jwt", WORLD, b'{"id": 7}', {"id": 7}),
        ("application/jwt", WORLD, b"a.b.c", MISSING),
        ("application/jwt", {"type": "string"}, b"a.b.c", MISSING),
        ("text/yaml", WORLD, b"id: 7", {"id": 7}),
        ("application/merge-patch+yaml", WORLD, b'{"id": 7}', {"id": 7}),
        ("application/x-yaml", {"type": "array"}, b"- null\n- 2024-01-01\n", [None, "2024-01-01"]),
        ("application/yaml", WORLD, b"a: &a {1: 0o14}\nb: *a", {"a": {"1": 12}, "b": {"1": 12}}),
        ("application/yaml", {"type": "string"}, b"id: 7", MISSING),
        ("text/yaml", {"type": "string"}, b"id: 7", "id: 7"),
        ("text/plain", {"type": "array"}, b"[7]", [7]),
        ("application/x-www-form-urlencoded", {"type": "string"}, b"a=b&c", "a=b&c"),
        ("application/x-www-form-urlencoded", {"type": "array"}, b"[7]", [7]),
        ("application/x-www-form-urlencoded", {"type": "array"}, b"a=7", MISSING),
        ("multipart/form-data", {"type": "string", "format": "binary"}, b"--a--", "--a--"),
        ("application/x-www-form-urlencoded", {"$ref": "#/components/schemas/Id"}, b"a=7", {"a": "7"}),
        ("application/x-www-form-urlencoded", {}, b"a=7", {"a": "7"}),
    ],
)
def test_each_media_type_is_read_its_own_way(
    document: Document, name: str, schema: Any, body: bytes, value: Json
) -> None:
    assert decoded(media(name, schema), document, body) == value


@pytest.mark.parametrize(
    ("name", "content_type", "body", "code"),
    [
        ("application/json", "", b"{", "json"),
        ("application/json", "", b"[" * 300, "nesting"),
        ("*/*", "", b"[" * 300, "nesting"),
        ("text/plain", "", b"\xff", "charset"),
        ("text/plain", "text/plain; charset=martian", b"a", "charset"),
        ("application/yaml", "", b"a: b: c", "yaml"),
        ("application/yaml", "", b"a: 1\n---\nb: 2", "yaml"),
        ("application/yaml", "", b"a: .inf", "yaml"),
        ("application/yaml", "", b"\xff", "yaml"),
        (MULTIPART, "", b"--a--\r\n", "boundary"),
        (MULTIPART, "multipart/form-data; boundary=a", b"", "multipart"),
        (MULTIPART, "multipart/form-data; boundary=a", b"nothing", "multipart"),
        (MULTIPART, "multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data", "multipart"),
        (MULTIPART, "multipart/form-data; boundary=a", b"--a\r\nX: y\r\n\r\nbody\r\n--a--\r\n", "multipart"),
    ],
)
def test_what_cannot_be_read_says_of_which_kind_it_is(
    document: Document, name: str, content_type: str, body: bytes, code: str
) -> None:
    with pytest.raises(BodyError) as refused:
        decoded(media(name, WORLD if "yaml" in name else None), document, body, content_type)
    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", {}),
        (b"id=7&name=a+b%2B%E4%B8%96&warm=true", {"id": 7, "name": "a b+\u4e16", "warm": True}),
        (b"id=x", {"id": "x"}),
        (b"moons=a&moons=b,c", {"moons": ["a", "b,c"]}),
        (b"sizes=1", {"sizes": [1]}),
        (b"star=%7B%22mass%22:1.5%7D", {"star": {"mass": 1.5}}),
        (b"star[mass]=1.5&star[name]=Sun", {"star": {"mass": 1.5, "name": "Sun"}}),
        (b"more=1&more=2&else=", {"more": ["1", "2"], "else": ""}),
        (b"name=\xe4\xb8\x96&", {"name": "\u4e16"}),
    ],
)
def test_urlencoded_forms_are_read_by_property(document: Document, body: bytes, value: Json) -> None:
    assert decoded(media(FORM, WORLD), document, body) == value


@pytest.mark.parametrize(
    ("each", "body", "value"),
    [
        (encoding(explode=False), b"sizes=1,2", {"sizes": [1, 2]}),
        (encoding(style="pipeDelimited", explode=False), b"sizes=1%7C2", {"sizes": [1, 2]}),
        (encoding(style="spaceDelimited", explode=False), b"sizes=1+2", {"sizes": [1, 2]}),
        (encoding("application/json"), b"sizes=%5B1,2%5D", {"sizes": [1, 2]}),
        (encoding(style="deepObject"), b"sizes[0]=1&sizes[1]=2", {"sizes": [1, 2]}),
    ],
)
def test_an_encoding_object_says_how_a_property_travels(
    document: Document, each: Encoding, body: bytes, value: Json
) -> None:
    declared = media(FORM, WORLD, sizes=each)
    assert decoded(declared, document, body) == value
    assert decoded(declared, document, encode_body(value, declared)[0]) == value


def test_undeclared_fields_have_the_schema_of_additional_properties(document: Document) -> None:
    free = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert decoded(media(FORM, free), document, b"a=1&b=x") == {"a": 1, "b": "x"}
    body, boundary = write_parts([Part("a", b"1")])
    assert decoded(media(MULTIPART, free), document, body, f"{MULTIPART}; boundary={boundary}") == {"a": 1}


def test_parts_are_read_by_their_type_and_their_property(document: Document) -> None:
    body, boundary = write_parts(
        [
            Part("id", b"7"),
            Part("name", "\u00e9".encode("latin-1"), None, "text/plain", "iso-8859-1"),
            Part("moons", b"a"),
            Part("moons", b"7"),
            Part("sizes", b"[1, 2]", None, "application/json"),
            Part("star", b'{"mass": 1}', None, "application/json"),
            Part("file", b"\x00\r\n--\xff", "it.bin", "application/octet-stream"),
            Part("warm", b"\xff"),
            Part("more", b"1"),
        ]
    )
    assert decoded(media(MULTIPART, WORLD), document, body, f'{MULTIPART}; boundary="{boundary}"') == {
        "id": 7,
        "name": "\u00e9",
        "moons": ["a", "7"],
        "sizes": [1, 2],
        "star": {"mass": 1},
        "file": "\x00\r\n--\xff",
        "warm": "\xff",
        "more": "1",
    }


@pytest.mark.parametrize(
    ("part", "value"),
    [
        (Part("star", b'{"mass": 1}', "blob", "application/json"), {"mass": 1}),
        (Part("star", b'{"mass": 1}', "blob", "text/plain"), {"mass": 1}),
        (Part("id", b"7", "blob", "text/plain"), 7),
        (Part("id", b"7", "id.txt"), 7),  # of type text/plain (RFC 7578, 4.4)
        (Part("sizes", b"[1, 2]", "s.json", "application/json"), [1, 2]),
        (Part("sizes", b"1", "blob", "text/plain"), [1]),
        (Part("file", b'{"mass": 1}', "it.json", "application/json"), '{"mass": 1}'),
        (Part("file", b"\xc3\xa9", "it.txt", "text/plain"), "\xc3\xa9"),
        (Part("moons", b"[1]", "it.json", "application/json"), ["[1]"]),
        (Part("more", b"[1]", "it.json", "application/json"), "[1]"),
        (Part("id", b"7", "it.bin", "application/octet-stream"), "7"),
        (Part("star", b"{}", "it.bin", "application/octet-stream"), "{}"),
    ],
)
def test_a_part_with_a_file_name_is_a_file_where_a_string_or_neither_json_nor_text(
    document: Document, part: Part, value: Json
) -> None:
    body, boundary = write_parts([part])
    found = decoded(media(MULTIPART, WORLD), document, body, f"{MULTIPART}; boundary={boundary}")
    assert found == {part.name: value}


def test_a_part_that_an_encoding_object_calls_json_is_parsed(document: Document) -> None:
    declared = media(MULTIPART, {"type": "object", "properties": {"it": {}}}, it=encoding("application/json"))
    body, boundary = write_parts([Part("it", b"[1]")])
    assert decoded(declared, document, body, f"{MULTIPART}; boundary={boundary}") == {"it": [1]}


def test_the_number_of_parts_is_bounded() -> None:
    body, boundary = write_parts([Part("a", b"")] * 10_001)
    with pytest.raises(BodyError, match="multipart"):
        read_parts(body, boundary)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WORLDS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(),
        "name": TEXTS,
        "warm": st.booleans(),
        "moons": st.lists(TEXTS, min_size=1, max_size=3),
        "sizes": st.lists(st.integers(), min_size=1, max_size=3),
        "star": st.fixed_dictionaries({"mass": st.floats(allow_nan=False, allow_infinity=False), "name": TEXTS}),
        "file": st.binary(max_size=12).map(lambda octets: octets.decode("latin-1")),
    },
)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([FORM, MULTIPART, "application/json"]), WORLDS)
def test_bodies_written_are_read_alike(document: Document, name: str, value: Json) -> None:
    declared = media(name, WORLD)
    body, content_type = encode_body(value, declared)
    assert decoded(declared, document, body, content_type) == value


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(TEXTS, st.binary(max_size=30), st.none() | TEXTS), max_size=4))
def test_parts_written_are_read_alike(fields: list[tuple[str, bytes, str | None]]) -> None:
    safe = [(name.replace('"', "'").replace("\\", "/"), content, filename) for name, content, filename in fields]
    parts = [Part(name.replace("\r", "").replace("\n", ""), content) for name, content, _ in safe]
    body, boundary = write_parts(parts)
    assert read_parts(body, boundary) == parts


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([FORM, MULTIPART, "application/json", "text/plain", "*/*"]), st.binary(max_size=60))
def test_no_body_breaks_a_decoder(document: Document, name: str, body: bytes) -> None:
    declared = media(name, WORLD)
    try:
        value = decoded(declared, document, b"--a\r\n" + body if name == MULTIPART else body, f"{name}; boundary=a")
    except BodyError:
        value = MISSING
    assert value is MISSING or isinstance(value, dict | list | str | int | float | None)


def test_a_new_media_type_is_one_module_and_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``application/x-lines``: a list of texts, a line each. Read, judged, and written by a compiled contract."""

    def read(_media: MediaType, _document: Document) -> formats.BodyDecoder:
        return lambda body, _: list(body.decode().splitlines())

    def write(value: Json, _type: str, _schema: Schema | None, _document: Document | None) -> bytes:
        return "".join(f"{line}\n" for line in value).encode()

    lines = formats.BodyFormat("lines", lambda name: name == "application/x-lines", read, write)
    monkeypatch.setattr(formats, "FORMATS", [lines, *formats.FORMATS])
    content = {"application/x-lines": {"schema": {"type": "array", "items": {"type": "string", "maxLength": 3}}}}
    answers = {
        "200": {"description": "", "content": {"application/x-lines": {"example": ["one", "two"]}}},
        "422": {"description": ""},
    }
    contract = operation_with(tmp_path, {"requestBody": {"content": content}, "responses": answers}, method="post")
    mock = Mock("lines", contract)
    good = call(mock, "POST", "/a", {"Content-Type": "application/x-lines"}, b"a\nbc\n")
    assert (good.status, good.body) == (200, b"one\ntwo\n")
    bad = call(mock, "POST", "/a", {"Content-Type": "application/x-lines"}, b"a\nlonger\n")
    assert (bad.status, "body.1" in str(bad.headers) or '"1"' in str(bad.headers)) == (422, True)
