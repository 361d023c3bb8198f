"""Bodies to decoded values: one function a declared media type. What no schema can judge is :data:`MISSING`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from beep_mock.contracts.bodies.form_bodies import compile_form, compile_multipart
from beep_mock.contracts.bodies.stream_bodies import compile_stream
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import MediaType
from beep_mock.contracts.values.json_text import BodyError, load_json
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

__all__ = ["BodyDecoder", "BodyError", "compile_body_decoder", "match_media_type", "parse_content_type"]

BodyDecoder = Callable[[bytes, Mapping[str, str]], Json | Missing]
"""``(body, parameters of its content type) -> value``; raises :class:`BodyError` for what cannot be read."""

_BINARY = ("image/", "audio/", "video/", "font/")
_STRUCTURED = frozenset({"array", "object"})


def compile_body_decoder(media: MediaType, document: Document) -> BodyDecoder:
    """The function that decodes bodies of ``media``; ``document`` resolves references in its schema.

    Binary content is text of its bytes as Latin-1, so that lengths are counted in bytes.
    """
    name, _ = parse_content_type(media.name)
    if media.stream is not None:
        return compile_stream(media, document)
    if is_json(name):
        return load_json
    if name == "application/x-www-form-urlencoded" or name.startswith("multipart/"):
        kind = _declared_type(media, document)
        if kind in ("array", "string"):  # no fields, whatever the type is called: documents have one schema for many
            shape = shape_of(media.schema, document)
            return _any(shape) if kind == "array" else _binary if name[0] == "m" else _text(shape)
        return (compile_multipart if name[0] == "m" else compile_form)(media, document)
    if is_xml(name):
        from beep_mock.contracts.bodies.xml_bodies import compile_xml  # with all that it brings, for XML only

        return compile_xml(media.schema, document)
    shape = shape_of(media.schema, document)
    if shape.types <= _STRUCTURED and is_yaml(name):
        from beep_mock.contracts.bodies.yaml_bodies import load_yaml

        return load_yaml
    if shape.types <= _STRUCTURED:
        return _any(shape)
    if name.startswith("text/"):
        return _text(shape)
    if name == "application/octet-stream" or name.startswith(_BINARY):
        return _binary if "string" in shape.types else _unjudged
    return _any(shape) if name in ("application/*", "*/*", "*") else _unjudged


def _unjudged(_body: bytes, _parameters: Mapping[str, str]) -> Json | Missing:
    return MISSING


def _binary(body: bytes, _parameters: Mapping[str, str]) -> Json | Missing:
    return body.decode("latin-1")


def _declared_type(media: MediaType, document: Document) -> object:
    """The ``type`` of a schema as it stands, without what it may say by way of ``allOf``."""
    try:
        node = document.follow(media.schema.node, media.schema.at)[0] if media.schema is not None else None
    except ContractError:
        return None
    return node.get("type") if isinstance(node, dict) else None


def _any(shape: Shape) -> BodyDecoder:
    """For a range of types, and for types of no known syntax that hold objects or arrays: JSON where it is JSON."""

    def decode(body: bytes, parameters: Mapping[str, str]) -> Json | Missing:
        try:
            return load_json(body, parameters)
        except BodyError as error:
            if error.code == "nesting":
                raise
        return body.decode("latin-1") if "string" in shape.types else MISSING

    return decode


def _text(shape: Shape) -> BodyDecoder:
    read = scalar_reader(shape)

    def decode(body: bytes, parameters: Mapping[str, str]) -> Json | Missing:
        return read(text_in(body, parameters.get("charset", "utf-8")))

    return decode
