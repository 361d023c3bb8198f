"""Bodies to decoded values: one function a declared media type. What no schema can judge is :data:`MISSING`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from beep_mock.contracts.document import Document
from beep_mock.contracts.form_bodies import compile_form, compile_multipart
from beep_mock.contracts.json_bodies import BodyError, load_json
from beep_mock.contracts.media_types import is_json, is_xml, match_media_type, parse_content_type
from beep_mock.contracts.model import MediaType
from beep_mock.contracts.scalars import scalar_reader
from beep_mock.contracts.shapes import Shape, is_typed, shape_of
from beep_mock.contracts.stream_bodies import compile_stream
from beep_mock.interaction import MISSING, Json, Missing, type_of

__all__ = ["BodyDecoder", "BodyError", "compile_body_decoder", "match_media_type", "parse_content_type"]

BodyDecoder = Callable[[bytes, Mapping[str, str]], Json | Missing]
"""``(body, parameters of its content type) -> value``; raises :class:`BodyError` for what cannot be read."""

_BINARY = ("image/", "audio/", "video/", "font/")


def compile_body_decoder(media: MediaType, document: Document) -> BodyDecoder:
    """The function that decodes bodies of ``media``; ``document`` resolves references in its schema.

    Binary content is text of its bytes as Latin-1, so that lengths are counted in bytes.
    """
    name, _ = parse_content_type(media.name)
    if media.stream is not None:
        return compile_stream(media, document)
    if is_json(name):
        return load_json
    if name == "application/x-www-form-urlencoded":
        return _of_type(media, document, compile_form(media, document))
    if name.startswith("multipart/"):
        return _of_type(media, document, compile_multipart(media, document))
    if is_xml(name):
        from beep_mock.contracts.xml_bodies import compile_xml  # with all that it brings, for XML only

        return compile_xml(media.schema, document)
    shape = shape_of(media.schema, document)
    if name.startswith("text/"):
        return _text(shape)
    if name == "application/octet-stream" or name.startswith(_BINARY):
        return _binary if "string" in shape.types else _unjudged
    return _any(shape) if name in ("application/*", "*/*", "*") else _unjudged


def _of_type(media: MediaType, document: Document, decode: BodyDecoder) -> BodyDecoder:
    """``decode``, a reader of forms; where a schema is said to be of no object, what else its text is.

    A form has fields, so OpenAPI has objects in mind (3.1.1, section 4.8.14.4); documents declare one type after
    another for whatever body there is. A text is a string then, and JSON is what it is.
    """
    shape = shape_of(media.schema, document)
    if "object" in shape.types or not is_typed(media.schema, document):
        return decode
    read = scalar_reader(shape)

    def decode_text(body: bytes, parameters: Mapping[str, str]) -> Json | Missing:
        value = read(body.decode("utf-8", "replace"))
        return value if type_of(value) in shape.types else decode(body, parameters)

    return decode_text


def _unjudged(_body: bytes, _parameters: Mapping[str, str]) -> Json | Missing:
    return MISSING


def _binary(body: bytes, _parameters: Mapping[str, str]) -> Json | Missing:
    return body.decode("latin-1")


def _any(shape: Shape) -> BodyDecoder:
    """For a range of types: JSON where it is JSON."""

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
        charset = parameters.get("charset", "utf-8")
        try:
            return read(body.decode(charset))
        except UnicodeDecodeError as error:
            message = f"the text is no {charset} at byte {error.start}"
        except LookupError:
            message = f"the charset {charset!r} is unknown"
        raise BodyError("charset", message)

    return decode
