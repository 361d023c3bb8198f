"""Sequential bodies to the arrays that their schemas describe, and back (OpenAPI 3.2.0, Media Type Object)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from beep_mock.contracts.bodies.charsets import text_in
from beep_mock.contracts.bodies.json_bodies import BodyError, load_json, write_json
from beep_mock.contracts.bodies.media_types import is_json, parse_content_type
from beep_mock.contracts.bodies.multipart_parts import Part
from beep_mock.contracts.bodies.nameless_parts import read_nameless, write_nameless
from beep_mock.contracts.bodies.server_sent_events import read_events, write_events
from beep_mock.contracts.parameters.scalars import Reader, read_json, scalar_reader, text_of
from beep_mock.contracts.parameters.shapes import shape_of
from beep_mock.interaction import Json

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Encoding, MediaType, Stream

__all__ = ["compile_stream", "encode_parts", "encode_stream"]

_SEPARATOR = b"\x1e"  # RFC 7464, 2.1
_SPACE = b" \t\r\n"
_DONE = "[DONE]"  # ends many streams of JSON events; conventions of applications are not modelled


def compile_stream(media: MediaType, document: Document) -> Callable[[bytes, Mapping[str, str]], list[Json]]:
    """The function that reads bodies of the sequential ``media`` as arrays."""
    stream = media.stream
    assert stream is not None  # noqa: S101 - asked for sequential media types only
    if stream.kind == "lines":
        return _lines
    if stream.kind == "sequence":
        return lambda body, _parameters: _sequence(body)
    shape = shape_of(stream.item, document)
    if stream.kind == "parts":
        item = scalar_reader(shape)
        first = [scalar_reader(shape_of(each, document)) for each in shape_of(media.schema, document).prefix]
        return lambda body, parameters: _parts(body, parameters, first, item)
    if stream.wrapped:
        text = scalar_reader(shape)
        return lambda body, _parameters: [
            _unwrapped(event["data"], text) for event in read_events(body) if event["data"] != _DONE
        ]
    data = scalar_reader(shape_of(shape.properties["data"], document)) if "data" in shape.properties else str

    def events(body: bytes, _parameters: Mapping[str, str]) -> list[Json]:
        found = read_events(body)
        if data is not str:
            found = [{**event, "data": data(event["data"])} for event in found if event["data"] != _DONE]
        return found

    return events


def encode_stream(items: Sequence[Json], stream: Stream) -> bytes:
    """The body that carries ``items`` as events, lines or a JSON sequence."""
    if stream.kind == "events":
        return write_events(items, wrapped=stream.wrapped)
    if stream.kind == "sequence":
        return b"".join(_SEPARATOR + write_json(item) + b"\n" for item in items)
    return b"".join(write_json(item) + b"\n" for item in items)


def encode_parts(items: Sequence[Json], media: MediaType) -> tuple[bytes, str]:
    """The multipart body that carries ``items`` in nameless parts, and its boundary.

    A part's type is what ``prefixEncoding`` or ``itemEncoding`` says, else JSON for objects and arrays and text for
    anything else (OpenAPI 3.2.0, Encoding Object, `contentType`).
    """
    return write_nameless(_written(item, _encoding(media, index)) for index, item in enumerate(items))


def _encoding(media: MediaType, index: int) -> Encoding | None:
    return media.prefix_encoding[index] if index < len(media.prefix_encoding) else media.item_encoding


def _written(item: Json, encoding: Encoding | None) -> Part:
    declared = encoding.content_type.partition(",")[0].strip() if encoding is not None else ""
    if not declared or "*" in declared:
        declared = "application/json" if isinstance(item, (dict, list)) else "text/plain; charset=utf-8"
    bare, _ = parse_content_type(declared)
    if is_json(bare):
        return Part("", write_json(item), None, declared)
    text = text_of(item)
    if not bare.startswith("text/"):
        try:
            return Part("", text.encode("latin-1"), None, declared)
        except UnicodeEncodeError:
            pass
    return Part("", text.encode("utf-8", "replace"), None, declared)


def _lines(body: bytes, parameters: Mapping[str, str]) -> list[Json]:
    items = []
    for number, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip(_SPACE):
            try:
                items.append(load_json(line, parameters))
            except BodyError as error:
                raise BodyError(error.code, f"line {number}: {error.message}") from None
    return items


def _sequence(body: bytes) -> list[Json]:
    before, *texts = body.split(_SEPARATOR)
    if before.strip(_SPACE):
        raise BodyError("json", "no JSON text sequence: it must begin with a record separator, 0x1E (RFC 7464)")
    items = []
    for text in texts:
        if not text.strip(_SPACE):
            continue
        try:
            items.append(load_json(text))
        except BodyError as error:
            raise BodyError(error.code, f"item {len(items) + 1}: {error.message}") from None
    return items


def _parts(body: bytes, parameters: Mapping[str, str], first: Sequence[Reader], item: Reader) -> list[Json]:
    found = []
    for index, part in enumerate(read_nameless(body, parameters.get("boundary", ""))):
        if is_json(part.content_type):
            try:
                found.append(load_json(part.content, {"charset": part.charset}))
            except BodyError as error:
                raise BodyError(error.code, f"part {index + 1}: {error.message}") from None
            continue
        read = first[index] if index < len(first) else item
        binary = part.content_type and not part.content_type.startswith("text/")
        try:
            text = text_in(part.content, "latin-1" if binary else part.charset or "utf-8")
        except BodyError:
            text = part.content.decode("latin-1")
        found.append(read(text))
    return found


def _unwrapped(data: str, read: Reader) -> Json:
    value = read_json(data)
    return read(data) if value is data else value
