from __future__ import annotations

from contextlib import suppress
from encodings.aliases import aliases
from typing import Any

import pytest

from beep_mock.contracts.bodies.charsets import text_in
from beep_mock.contracts.bodies.decoding import BodyError, compile_body_decoder
from beep_mock.contracts.bodies.multipart_parts import Part, write_parts
from beep_mock.contracts.bodies.sequential import whole_schema
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import MediaType, Schema
from tests.support.declared import document_in

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
