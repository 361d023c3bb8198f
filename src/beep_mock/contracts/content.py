"""Read declared payloads: `content` mappings, examples, response headers and encodings."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

from beep_mock.contracts.bodies.stream_bodies import whole_schema
from beep_mock.contracts.model import Encoding, Example, Header, MediaType, Schema
from beep_mock.contracts.nodes import Nodes, child, kind_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

__all__ = ["read_content", "read_examples", "read_headers", "read_schema"]

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_MEDIA_TYPE_FIELDS = frozenset(
    {"schema", "example", "examples", "encoding", "itemSchema", "prefixEncoding", "itemEncoding"}
)
_EXAMPLE_FIELDS = frozenset({"summary", "description", "value", "externalValue", "dataValue", "serializedValue"})
_ENCODING_FIELDS = frozenset(
    {"contentType", "headers", "style", "explode", "allowReserved", "encoding", "prefixEncoding", "itemEncoding"}
)
_HEADER_FIELDS = frozenset(
    {"description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved", "schema",
     "example", "examples", "content"}
)  # fmt: skip


def read_content(nodes: Nodes, node: dict[str, Any], at: str, field: str = "content") -> tuple[MediaType, ...]:
    """Return the media types in ``field``, in the document's order."""
    if field not in node:
        return ()
    content, place = nodes.mapping(node[field], child(at, field), f"'{field}'")
    found = []
    for name, entry in content.items():
        if name.startswith("x-") and "/" not in name:
            continue
        here = child(place, name)
        if "/" not in name and name != "*":
            nodes.error("media-type-invalid", f"'{name}' is not a media type", here, "write it as type/subtype")
            continue
        media_type = nodes.read(entry, here, partial(_media_type, nodes, name), name)
        if media_type is not None:
            found.append(media_type)
    return tuple(found)


def read_schema(nodes: Nodes, node: dict[str, Any], at: str, field: str = "schema") -> Schema | None:
    """Return the schema in ``field`` as written, or None."""
    if field not in node:
        return None
    schema, place = node[field], child(at, field)
    if isinstance(schema, (dict, bool)):
        return Schema(schema, place)
    nodes.breaks("structure-invalid", f"'{field}' must be a mapping, this is {kind_of(schema)}", place)
    return None


def read_examples(nodes: Nodes, node: dict[str, Any], at: str) -> tuple[Example, ...]:
    """Return the unnamed example, if there is one, and the named ones in the document's order."""
    found = []
    if "example" in node:
        place = child(at, "example")
        value, place = _literal(nodes, node["example"], place)
        found.append(Example("", value, place))
    if "examples" not in node:
        return tuple(found)
    if found:
        nodes.warn("examples-exclusive", "'example' and 'examples' exclude each other; both are used", at)
    named, place = nodes.mapping(node["examples"], child(at, "examples"), "'examples'", breaking=False)
    for name, entry in named.items():
        target = nodes.follow(entry, child(place, name), breaking=False)
        if target is not None and (example := _named_example(nodes, name, *target)) is not None:
            found.append(example)
    return tuple(found)


def read_headers(nodes: Nodes, node: dict[str, Any], at: str) -> tuple[Header, ...]:
    """Return the response headers in field ``headers``, without Content-Type, which the media type says."""
    headers, place = nodes.mapping(node.get("headers", {}), child(at, "headers"), "'headers'", breaking=False)
    found = []
    for name, entry in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            nodes.error("header-name-invalid", f"'{name}' is not a header name", child(place, name))
            continue
        if name.lower() == "content-type":
            continue
        with nodes.scope():  # a response without one of its headers is still a response
            header = nodes.read(entry, child(place, name), partial(_header, nodes, name), name)
        if header is not None:
            found.append(header)
    return tuple(found)


def _media_type(nodes: Nodes, name: str, node: dict[str, Any], at: str) -> MediaType:
    nodes.known(node, at, _MEDIA_TYPE_FIELDS, "a media type")
    encoding: dict[str, Encoding] = {}
    if "encoding" in node:
        declared, place = nodes.mapping(node["encoding"], child(at, "encoding"), "'encoding'", breaking=False)
        for field, entry in declared.items():
            found, here = nodes.mapping(entry, child(place, field), "an encoding", breaking=False)
            encoding[field] = _encoding(nodes, found, here)
    prefix, place = nodes.listing(node, at, "prefixEncoding", breaking=False)
    first = [nodes.mapping(e, child(place, i), "an encoding", breaking=False) for i, e in enumerate(prefix)]
    if encoding and (prefix or "itemEncoding" in node):  # OpenAPI 3.2.0, Media Type Object
        nodes.error("encoding-exclusive", "'encoding' excludes 'prefixEncoding' and 'itemEncoding'", at)
    item_encoding = None
    if "itemEncoding" in node:
        found, here = nodes.mapping(node["itemEncoding"], child(at, "itemEncoding"), "'itemEncoding'", breaking=False)
        item_encoding = _encoding(nodes, found, here)
    item = read_schema(nodes, node, at, "itemSchema")
    schema, stream = whole_schema(name, read_schema(nodes, node, at), item, nodes.document)
    if item is not None and stream is None:
        nodes.warn("item-schema-unused", f"'itemSchema' means nothing for {name}, which is not sequential", at)
    if stream is not None and stream.by_item and not nodes.document.version.startswith(("3.0", "3.1")):
        nodes.warn(
            "item-schema-missing", f"'schema' of {name} is that of an array, the whole; it is read as each item's",
            child(at, "schema"), "write 'itemSchema'",
        )  # fmt: skip
    examples = read_examples(nodes, node, at)
    if stream is not None:
        examples = tuple(_of_stream(example) for example in examples)
    return MediaType(
        name, schema, examples, encoding, at,
        stream=stream, prefix_encoding=tuple(_encoding(nodes, *each) for each in first), item_encoding=item_encoding,
    )  # fmt: skip


def _of_stream(example: Example) -> Example:
    """Return an example of a whole stream: one that is not a list shows a stream of one item."""
    if example.value is MISSING or isinstance(example.value, (list, str)):
        return example
    return replace(example, value=[example.value])


def _encoding(nodes: Nodes, node: dict[str, Any], at: str) -> Encoding:
    nodes.known(node, at, _ENCODING_FIELDS, "an encoding")
    style = nodes.text(node, at, "style") or "form"
    return Encoding(
        content_type=nodes.text(node, at, "contentType"),
        style=style,
        explode=nodes.flag(node, at, "explode", style == "form"),
        allow_reserved=nodes.flag(node, at, "allowReserved"),
        headers=read_headers(nodes, node, at),
        refuses_reserved=node.get("allowReserved") is False,
    )


def _header(nodes: Nodes, name: str, node: dict[str, Any], at: str) -> Header:
    nodes.known(node, at, _HEADER_FIELDS, "a header")
    schema, examples, media_type = read_schema(nodes, node, at), read_examples(nodes, node, at), ""
    if schema is None and (content := read_content(nodes, node, at)):
        schema, examples, media_type = content[0].schema, examples or content[0].examples, content[0].name
    return Header(
        name=name,
        required=nodes.flag(node, at, "required"),
        explode=nodes.flag(node, at, "explode"),
        schema=schema,
        examples=examples,
        at=at,
        media_type=media_type,
    )


def _named_example(nodes: Nodes, name: str, node: Any, at: str) -> Example | None:
    if not isinstance(node, dict):
        nodes.mapping(node, at, "an example", breaking=False)
        return None
    nodes.known(node, at, _EXAMPLE_FIELDS, "an example")
    serialized = nodes.text(node, at, "serializedValue") if "serializedValue" in node else None
    if serialized is None and "externalValue" in node:
        serialized = _external(nodes, name, node, at)
    value: Json | Missing = MISSING
    for field in ("value", "dataValue"):
        if field in node:
            value, _ = _literal(nodes, node[field], child(at, field))
            break
    if "value" in node and node.keys() & {"dataValue", "serializedValue", "externalValue"}:
        nodes.error("example-exclusive", f"'value' of example '{name}' excludes every other kind of value", at)
        serialized = None
    if value is MISSING and serialized is None:
        if "externalValue" not in node:
            nodes.warn("example-without-value", f"example '{name}' has no value", at, "put what it shows under 'value'")
        return None
    return Example(name, value, at, serialized, nodes.text(node, at, "summary"))


def _external(nodes: Nodes, name: str, node: dict[str, Any], at: str) -> str | None:
    """Return the content of an ``externalValue``'s file; bytes that are not UTF-8 become surrogates."""
    place = child(at, "externalValue")
    uri = nodes.text(node, at, "externalValue")
    try:
        return nodes.document.external(uri, at).decode("utf-8", "surrogateescape") if uri else None
    except ContractError as fault:
        nodes.warn("example-external", f"example '{name}' cannot be read: {fault.message}", place, fault.hint)
        return None


def _literal(nodes: Nodes, value: Json, at: str) -> tuple[Json, str]:
    """Return an example's value; a ``$ref`` in its place is resolved, although only a value is allowed there."""
    if not (isinstance(value, dict) and len(value) == 1 and isinstance(value.get("$ref"), str)):
        return value, at
    document = nodes.document
    try:  # such a reference is data, so it is no fault if it leads nowhere
        found, place = document.lookup(document.canonical(value["$ref"], at))
        found, place = document.follow(found, place)
    except ContractError:
        return value, at
    nodes.warn("reference-misplaced", "an example's value may not be a '$ref'; it is followed all the same", at)
    if isinstance(found, dict) and "value" in found and "/examples/" in place:  # an Example Object, not its value
        return found["value"], child(place, "value")
    return found, place
