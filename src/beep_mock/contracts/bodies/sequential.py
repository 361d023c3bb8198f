"""Sequential media types: bodies that are one item after the other, and which schema says what.

See "Sequential Media Types" of OpenAPI 3.2.0, Media Type Object.

``itemSchema`` describes each item, ``schema`` all of them as one array. Before 3.2 there was no such word, and
documents describe one item by ``schema``: where that admits no array, each item is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from beep_mock.contracts.bodies.media_types import parse_content_type
from beep_mock.contracts.model import Schema, Stream
from beep_mock.contracts.parameters.shapes import shape_of

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["EVENT_FIELDS", "kind_of_sequence", "whole_schema"]

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
    """How the items of a media type follow each other; None where it is not sequential.

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
    """The schema of the whole body of a media type, an array if that is sequential, and how its items travel.

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
            return schema, Stream(kind, shape.items, wrapped=kind == "events" and _is_wrapped(shape.items, document))
        if "string" in shape.types or kind == "parts":  # the text as it stands; parts by their names
            return schema, None
        items: dict[str, object] = {"type": "array", "items": {"$ref": schema.at}}
        wrapped = kind == "events" and _is_wrapped(schema, document)
        return Schema(items, _around(schema)), Stream(kind, schema, wrapped=wrapped, by_item=True)
    items = {"type": "array", "items": {"$ref": item.at}}
    if schema is not None:
        items = {"allOf": [{"$ref": schema.at}, items]}
    wrapped = kind == "events" and _is_wrapped(item, document)
    return Schema(items, _around(item)), Stream(kind, item, wrapped=wrapped)


def _around(schema: Schema) -> str:
    """Where the array of ``schema`` is said to stand, as no document writes it down: its Media Type Object."""
    return schema.at.rpartition("/")[0]


def _is_wrapped(item: Schema | None, document: Document) -> bool:
    """Whether a schema of server-sent events describes what their ``data`` holds, as JSON, and not the events.

    By the specification it describes the events; one that knows none of their fields cannot be meant so.
    """
    if item is None or not isinstance(item.node, dict):
        return False
    shape = shape_of(item, document)
    if shape.properties:
        return not EVENT_FIELDS & shape.properties.keys()
    return "type" in item.node and "object" not in shape.types
