"""Sequential bodies to the arrays that their schemas describe, and back (OpenAPI 3.2.0, Media Type Object)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from beep_mock.contracts.bodies.multipart import Part, read_unnamed, write_unnamed
from beep_mock.contracts.model import Schema, Stream
from beep_mock.contracts.values.json_text import BodyError, load_json, write_json
from beep_mock.contracts.values.media_types import is_json, parse_content_type, text_in
from beep_mock.contracts.values.scalars import Reader, read_json, scalar_reader, text_of
from beep_mock.contracts.values.shapes import shape_of
from beep_mock.interaction import Json

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Encoding, MediaType, Stream

__all__ = [
    "EVENT_FIELDS",
    "compile_stream",
    "encode_parts",
    "encode_stream",
    "is_event_stream",
    "kind_of_sequence",
    "read_events",
    "whole_schema",
    "write_events",
]


_FIELDS = ("event", "id", "retry")


def read_events(body: bytes) -> list[dict[str, Json]]:
    """Return the events of a stream: ``{"event": "added", "data": "{}", "id": "1", "retry": 5000}``.

    As a browser reads them: comments and unknown fields are ignored, and so are events without data and one that
    no empty line ends.

    :raises BodyError: it is not UTF-8.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyError("charset", f"an event stream is UTF-8; this is not UTF-8 at byte {error.start}") from None
    events: list[dict[str, Json]] = []
    event: dict[str, Json] = {}
    data: list[str] = []
    *lines, _unfinished = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines:
        if not line:
            if data:
                events.append({**event, "data": "\n".join(data)})
            event, data = {}, []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event" or (name == "id" and "\0" not in value):
            event[name] = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 20:
            event[name] = int(value)
    return events


def write_events(items: Iterable[Json], *, wrapped: bool) -> bytes:
    """Return the stream of ``items``: events, or (``wrapped``) what their data is.

    Anything else becomes the data of an event.
    """
    return "".join(_event_text(item, wrapped=wrapped) for item in items).encode("utf-8", "replace")


def _event_text(item: Json, *, wrapped: bool) -> str:
    if wrapped or not isinstance(item, dict) or not item.keys() & {"data", *_FIELDS}:
        item = {"data": item}
    lines = [f"{name}: {_one_line(text_of(item[name]))}\n" for name in _FIELDS if item.get(name) is not None]
    data = text_of(item["data"]) if "data" in item else ""
    lines += [f"data: {line}\n" for line in data.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "".join(lines) + "\n"


def is_event_stream(text: str) -> bool:
    """Return whether a text is a stream written out: its first line is a field or a comment (HTML, section 9.2.6)."""
    return _FIRST_LINE.match(text) is not None


_FIRST_LINE: Final = re.compile(r"\ufeff?[\r\n]*(data|event|id|retry|):")


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\0", "")


_SEPARATOR = b"\x1e"  # RFC 7464, 2.1
_SPACE = b" \t\r\n"
_DONE = "[DONE]"  # ends many streams of JSON events; conventions of applications are not modelled


def compile_stream(media: MediaType, document: Document) -> Callable[[bytes, Mapping[str, str]], list[Json]]:
    """Return the function that reads bodies of the sequential ``media`` as arrays."""
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
    """Return the body that carries ``items`` as events, lines or a JSON sequence."""
    if stream.kind == "events":
        return write_events(items, wrapped=stream.wrapped)
    if stream.kind == "sequence":
        return b"".join(_SEPARATOR + write_json(item) + b"\n" for item in items)
    return b"".join(write_json(item) + b"\n" for item in items)


def encode_parts(items: Sequence[Json], media: MediaType) -> tuple[bytes, str]:
    """Return the multipart body that carries ``items`` in nameless parts, and its boundary.

    A part's type is what ``prefixEncoding`` or ``itemEncoding`` says, else JSON for objects and arrays and text for
    anything else (OpenAPI 3.2.0, Encoding Object, `contentType`).
    """
    return write_unnamed(_written(item, _encoding(media, index)) for index, item in enumerate(items))


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
        raise BodyError("json", "not a JSON text sequence: it must begin with a record separator, 0x1E (RFC 7464)")
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
    for index, part in enumerate(read_unnamed(body, parameters.get("boundary", ""))):
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


Kind = Literal["events", "lines", "sequence", "parts"]

EVENT_FIELDS = frozenset({"data", "event", "id", "retry"})
"""The fields of a server-sent event (HTML, 9.2.6)."""

_KINDS: dict[str, Kind] = {
    "text/event-stream": "events",
    **dict.fromkeys(("application/jsonl", "application/x-jsonlines", "application/jsonlines"), "lines"),
    **dict.fromkeys(("application/x-ndjson", "application/ndjson", "application/x-jsonl"), "lines"),
    **dict.fromkeys(("application/x-json-stream", "application/json-lines", "application/stream+json"), "lines"),
    "application/json-seq": "sequence",
}


def kind_of_sequence(name: str) -> Kind | None:
    """Return how the items of a media type follow each other; None where it is not sequential.

    ``events`` (server-sent), ``lines`` (of JSON), ``sequence`` (RFC 7464) or ``parts`` (multipart without names).
    """
    bare, _ = parse_content_type(name)
    if bare.endswith("+json-seq"):
        return "sequence"
    if bare.startswith("multipart/") and bare not in ("multipart/form-data", "multipart/*"):
        return "parts"
    return _KINDS.get(bare)


def whole_schema(
    name: str, schema: Schema | None, item: Schema | None, document: Document
) -> tuple[Schema | None, Stream | None]:
    """Return the schema of the whole body of a media type, an array if that is sequential, and how its items travel.

    ``schema`` and ``item`` are what the document declares as ``schema`` and ``itemSchema``.
    """
    kind = kind_of_sequence(name)
    if kind is None and item is not None and parse_content_type(name)[0] == "multipart/form-data":
        kind = "parts"
    if kind is None:
        return schema, None
    if item is None:
        if schema is None:
            return None, None if kind == "parts" else Stream(kind, None)
        shape = shape_of(schema, document)
        if "array" in shape.types:
            return schema, Stream(kind, shape.items, wrapped=kind == "events" and _is_payload(shape.items, document))
        if kind == "parts" or ("string" in shape.types and kind != "events"):  # parts by their names; text as it stands
            return schema, None
        items: dict[str, object] = {"type": "array", "items": {"$ref": schema.at}}
        wrapped = kind == "events" and _is_payload(schema, document)
        return Schema(items, _around(schema)), Stream(kind, schema, wrapped=wrapped, by_item=True)
    items = {"type": "array", "items": {"$ref": item.at}}
    if schema is not None:
        items = {"allOf": [{"$ref": schema.at}, items]}
    wrapped = kind == "events" and _is_wrapped(item, document)
    return Schema(items, _around(item)), Stream(kind, item, wrapped=wrapped)


def _around(schema: Schema) -> str:
    """Return where the array of ``schema`` is said to stand, as no document writes it down: its Media Type Object."""
    return schema.at.rpartition("/")[0]


def _is_payload(item: Schema | None, document: Document) -> bool:
    """Return whether a schema written as ``schema`` describes the data of each event.

    Before 3.2, OpenAPI knows no events: whatever its properties are called, a schema describes what is sent.
    """
    return document.version.startswith(("2.", "3.0", "3.1")) or _is_wrapped(item, document)


def _is_wrapped(item: Schema | None, document: Document) -> bool:
    """Return whether a schema of server-sent events describes what their ``data`` holds, as JSON, and not the events.

    By the specification it describes the events; a schema without any of their fields describes the data.
    """
    if item is None or not isinstance(item.node, dict):
        return False
    shape = shape_of(item, document)
    if shape.properties:
        return not EVENT_FIELDS & shape.properties.keys()
    return "type" in item.node and "object" not in shape.types
