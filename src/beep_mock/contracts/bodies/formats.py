"""The table of body formats: which media types each one takes, how it reads a body, and how it writes one.

A new media type of bodies is a module with a reader and a writer, and one line in :data:`FORMATS`. What only XML and
YAML need is imported when a contract declares them.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from beep_mock.contracts.bodies.form_bodies import compile_form, compile_multipart
from beep_mock.contracts.bodies.form_encoding import encode_form
from beep_mock.contracts.bodies.payloads import json_written_as_text
from beep_mock.contracts.bodies.stream_bodies import compile_stream
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import MediaType, Schema
from beep_mock.contracts.values.json_text import BodyError, load_json, write_json
from beep_mock.contracts.values.media_types import (
    is_json,
    is_xml,
    is_yaml,
    match_media_type,
    parse_content_type,
    text_in,
)
from beep_mock.contracts.values.scalars import scalar_reader
from beep_mock.contracts.values.shapes import Shape, shape_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

__all__ = [
    "FORMATS",
    "BodyDecoder",
    "BodyError",
    "BodyFormat",
    "compile_body_decoder",
    "encode",
    "format_of",
    "match_media_type",
    "parse_content_type",
]

BodyDecoder = Callable[[bytes, Mapping[str, str]], Json | Missing]
"""``(body, parameters of its content type) -> value``; raises :class:`BodyError` for what cannot be read."""

Reader = Callable[[MediaType, Document], BodyDecoder | None]
"""Compile the decoder of a media type, or return None to leave it to the formats that follow."""

Writer = Callable[[Json, str, Schema | None, Document | None], bytes | None]
"""Write ``(value, media type, schema, document)``, or return None to leave it to the formats that follow."""

_STRUCTURED = frozenset({"array", "object"})
_BINARY = ("image/", "audio/", "video/", "font/")
_LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")


@dataclass(frozen=True, slots=True)
class BodyFormat:
    """One syntax of bodies. ``takes`` says whether it is that of a media type (in lower case, without parameters)."""

    name: str
    takes: Callable[[str], bool]
    read: Reader
    write: Writer


def format_of(name: str) -> BodyFormat | None:
    """Return the format of a media type, in lower case and without parameters; None for an unknown one."""
    return next((entry for entry in FORMATS if entry.takes(name)), None)


def compile_body_decoder(media: MediaType, document: Document, sent: str = "") -> BodyDecoder:
    """Return the function that decodes bodies of ``media``; ``document`` resolves references in its schema.

    ``sent`` is the content type that came with the body: it says how to read one that is declared as a range (``*/*``).
    Binary content is text of its bytes as Latin-1, so that lengths are counted in bytes. A type of no known syntax is
    :data:`MISSING`, unless its schema wants an object or array: then it is read as JSON where it is JSON.
    """
    if media.stream is not None:
        return compile_stream(media, document)
    name, _ = parse_content_type(media.name)
    if "*" in name:
        if media.schema is not None and shape_of(media.schema, document).types == {"string"}:
            return _bytes_of_any
        if format_of(concrete := parse_content_type(sent)[0]) is not None:
            media, name = replace(media, name=concrete), concrete
    for entry in FORMATS:
        if entry.takes(name):
            decoder = entry.read(media, document)
            if decoder is not None:
                return decoder
    shape = shape_of(media.schema, document)
    return _any(shape) if shape.types <= _STRUCTURED or name in ("application/*", "*/*", "*") else _unjudged


def encode(value: Json, media_type: str, schema: Schema | None = None, document: Document | None = None) -> bytes:
    """Return the body that carries ``value`` as ``media_type``; never raises for a JSON value.

    JSON, newline-delimited JSON, urlencoded forms and XML (with the ``xml`` hints of ``schema``) are written from
    values. Text is sent as it stands for every other type, and for these where it is what they carry: with JSON, when
    ``schema`` does not admit a string and the text is JSON. ``document`` resolves references in ``schema``.

    Encoding Objects are not read here: see ``encode_body``.
    """
    name, _ = parse_content_type(media_type)
    for entry in FORMATS:
        if entry.takes(name):
            body = entry.write(value, media_type, schema, document)
            if body is not None:
                return body
    return write_text(value, media_type) if isinstance(value, str) else write_json(value)


def write_text(value: str, media_type: str) -> bytes:
    """Return text in the charset of ``media_type``; in UTF-8 where that is unknown or cannot hold it."""
    charset = "utf-8"
    for parameter in media_type.split(";")[1:]:
        name, _, given = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = given.strip().strip('"')
    try:
        return value.encode(codecs.lookup(charset).name)
    except (LookupError, ValueError, TypeError):
        return value.encode("utf-8", "replace")


def _read_json(_media: MediaType, _document: Document) -> BodyDecoder:
    return load_json


def _write_json(value: Json, _media_type: str, schema: Schema | None, document: Document | None) -> bytes:
    if isinstance(value, str) and json_written_as_text(value, schema, document) is not MISSING:
        return write_text(value, "")
    return write_json(value)


def _write_lines(value: Json, _media_type: str, _schema: Schema | None, _document: Document | None) -> bytes | None:
    if isinstance(value, str):
        return None
    return b"".join(write_json(line) + b"\n" for line in (value if isinstance(value, list) else [value]))


def _read_form(media: MediaType, document: Document) -> BodyDecoder:
    return _not_fields(media, document, _text) or compile_form(media, document)


def _read_multipart(media: MediaType, document: Document) -> BodyDecoder:
    return _not_fields(media, document, lambda _: _binary) or compile_multipart(media, document)


def _not_fields(media: MediaType, document: Document, text: Callable[[Shape], BodyDecoder]) -> BodyDecoder | None:
    """Return the decoder of a form whose schema has no fields: documents have one schema for many media types."""
    kind = _declared_type(media, document)
    if kind not in ("array", "string"):
        return None
    shape = shape_of(media.schema, document)
    return _any(shape) if kind == "array" else text(shape)


def _write_form(value: Json, _media_type: str, _schema: Schema | None, _document: Document | None) -> bytes | None:
    return encode_form(value) if isinstance(value, dict) else None


def _read_xml(media: MediaType, document: Document) -> BodyDecoder:
    from beep_mock.contracts.bodies.xml_bodies import compile_xml  # with all that it brings, for XML only

    return compile_xml(media.schema, document)


def _write_xml(value: Json, media_type: str, schema: Schema | None, document: Document | None) -> bytes:
    if isinstance(value, str) and value.lstrip().startswith("<"):
        return write_text(value, media_type)
    from beep_mock.contracts.bodies.xml_payloads import xml_text  # with all that it brings, for XML only

    return write_text(xml_text(value, schema, document), media_type)


def _read_yaml(media: MediaType, document: Document) -> BodyDecoder | None:
    if not shape_of(media.schema, document).types <= _STRUCTURED:
        return None
    from beep_mock.contracts.bodies.yaml_bodies import load_yaml

    return load_yaml


def _read_text(media: MediaType, document: Document) -> BodyDecoder | None:
    shape = shape_of(media.schema, document)
    return None if shape.types <= _STRUCTURED else _text(shape)


def _read_binary(media: MediaType, document: Document) -> BodyDecoder | None:
    shape = shape_of(media.schema, document)
    return None if shape.types <= _STRUCTURED or "string" not in shape.types else _binary


def _read_nothing(_media: MediaType, _document: Document) -> None:
    return None


def _write_nothing(_value: Json, _type: str, _schema: Schema | None, _document: Document | None) -> None:
    return None


FORMATS: Final[list[BodyFormat]] = [
    BodyFormat("JSON", is_json, _read_json, _write_json),
    BodyFormat("JSON lines", lambda name: name in _LINES, _read_nothing, _write_lines),
    BodyFormat("form", lambda name: name == "application/x-www-form-urlencoded", _read_form, _write_form),
    BodyFormat("multipart", lambda name: name.startswith("multipart/"), _read_multipart, _write_nothing),
    BodyFormat("XML", is_xml, _read_xml, _write_xml),
    BodyFormat("YAML", is_yaml, _read_yaml, _write_nothing),
    BodyFormat("text", lambda name: name.startswith("text/"), _read_text, _write_nothing),
    BodyFormat(
        "binary",
        lambda name: name == "application/octet-stream" or name.startswith(_BINARY),
        _read_binary,
        _write_nothing,
    ),
]
"""The formats of bodies; the first that takes a media type counts. Streams are recognised by their schema instead."""


def _unjudged(_body: bytes, _parameters: Mapping[str, str]) -> Json | Missing:
    return MISSING


def _binary(body: bytes, _parameters: Mapping[str, str]) -> Json | Missing:
    return body.decode("latin-1")


def _declared_type(media: MediaType, document: Document) -> object:
    """Return the ``type`` of a schema as it stands, without what its ``allOf`` may say."""
    try:
        node = document.follow(media.schema.node, media.schema.at)[0] if media.schema is not None else None
    except ContractError:
        return None
    return node.get("type") if isinstance(node, dict) else None


def _any(shape: Shape) -> BodyDecoder:
    """Return the decoder for a range of types, and for types of no known syntax: JSON where it is JSON."""

    def decode(body: bytes, parameters: Mapping[str, str]) -> Json | Missing:
        try:
            return load_json(body, parameters)
        except BodyError as error:
            if error.code == "nesting":
                raise
        return body.decode("latin-1") if "string" in shape.types else MISSING

    return decode


def _bytes_of_any(body: bytes, parameters: Mapping[str, str]) -> Json | Missing:
    """Read what a range declares as a string: a JSON string, else the bytes of whatever was uploaded."""
    try:
        value = load_json(body, parameters)
    except BodyError:
        value = None
    return value if isinstance(value, str) else body.decode("latin-1")


def _text(shape: Shape) -> BodyDecoder:
    read = scalar_reader(shape)

    def decode(body: bytes, parameters: Mapping[str, str]) -> Json | Missing:
        return read(text_in(body, parameters.get("charset", "utf-8")))

    return decode
