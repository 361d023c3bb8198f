"""Values to forms: ``application/x-www-form-urlencoded`` and ``multipart/form-data`` (OpenAPI Encoding Object)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from beep_mock.contracts.bodies.multipart import Part, write_parts
from beep_mock.contracts.model import MediaType, Schema
from beep_mock.contracts.values.collection_formats import collection_pairs, collection_text, formats_of
from beep_mock.contracts.values.media_types import is_json, is_xml, parse_content_type
from beep_mock.contracts.values.scalars import text_of
from beep_mock.contracts.values.shapes import shape_of
from beep_mock.contracts.values.styles import as_written, encoded, pairs, reserved_kept
from beep_mock.errors import ContractError
from beep_mock.interaction import Json

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["encode_form", "encode_multipart"]


def encode_form(value: Mapping[str, Json], media: MediaType | None = None) -> bytes:
    """The urlencoded form that carries ``value``, each property as ``media`` says: by default scalars as text, arrays
    as repeated fields, objects as JSON. Null, and empty arrays, are left out.
    """
    fields: list[str] = []
    for name, item in value.items():
        encoding = media.encoding.get(name) if media is not None else None
        if formats := formats_of(_property(media, name)):
            fields += collection_pairs(name, item, formats)
        elif encoding is None and isinstance(item, dict):
            fields.append(f"{encoded(name)}={encoded(text_of(item))}")
        elif encoding is None:
            fields += pairs(name, item, "form", explode=True)
        elif is_json(parse_content_type(encoding.content_type)[0]):
            fields.append(f"{encoded(name)}={encoded(text_of(item))}")
        else:
            encode = reserved_kept if encoding.allow_reserved else encoded
            fields += pairs(name, item, encoding.style, explode=encoding.explode, encode=encode)
    return "&".join(fields).encode("ascii")


def encode_multipart(
    value: Mapping[str, Json], media: MediaType | None = None, document: Document | None = None
) -> tuple[bytes, str]:
    """Return the multipart body of named parts that carries ``value``, and its boundary.

    Arrays are repeated parts, objects JSON parts. A string whose Encoding Object or schema says binary is a file.
    """
    parts: list[Part] = []
    for name, item in value.items():
        encoding = media.encoding.get(name) if media is not None else None
        if formats := formats_of(_property(media, name)):
            items = item if formats[0] == "multi" and isinstance(item, list) else [item]
            parts += [_part(name, collection_text(each, formats, as_written), "") for each in items]
            continue
        content_type = parse_content_type(encoding.content_type.partition(",")[0])[0] if encoding is not None else ""
        if not content_type and _is_binary(media, name, document):
            content_type = "application/octet-stream"
        if is_xml(content_type) and isinstance(item, (dict, list)):
            from beep_mock.contracts.bodies.xml_payloads import xml_text  # with all that it brings, for XML only

            schema = shape_of(media.schema, document).properties.get(name) if media is not None and document else None
            parts.append(Part(name, xml_text(item, schema, document).encode("utf-8", "replace"), None, content_type))
            continue
        whole = not isinstance(item, list) or is_json(content_type)  # a type of its own says how the array travels
        parts += [_part(name, each, content_type) for each in ([item] if whole else item)]
    return write_parts(parts)


def _part(name: str, item: Json, content_type: str) -> Part:
    if isinstance(item, (dict, list)) or is_json(content_type):
        return Part(name, text_of(item).encode("utf-8", "replace"), None, content_type or "application/json")
    text = text_of(item)
    if not content_type or "*" in content_type:
        return Part(name, text.encode("utf-8", "replace"))
    if content_type.startswith("text/"):
        return Part(name, text.encode("utf-8", "replace"), None, content_type, "utf-8")
    return Part(name, _octets(text), quote(name, safe="") or "file", content_type)


def _property(media: MediaType | None, name: str) -> Schema | None:
    """Return the schema of a property that is declared where the form is."""
    node = media.schema.node if media is not None and media.schema is not None else None
    properties = node.get("properties") if isinstance(node, dict) else None
    schema = properties.get(name) if isinstance(properties, dict) else None
    return Schema(schema, "") if isinstance(schema, dict) else None


def _octets(text: str) -> bytes:
    """Return the bytes of a binary string: as Latin-1, which is how they are decoded, if they can be."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _is_binary(media: MediaType | None, name: str, document: Document | None) -> bool:
    """Whether the property's schema, or that of its items, says that it is bytes: ``format: binary`` (OpenAPI 3.0),
    or a media type without an encoding (3.1, "Working With Binary Data").
    """
    return any(
        node.get("format") == "binary" or (isinstance(node.get("contentMediaType"), str) and "type" not in node)
        for node in _property_nodes(media, name, document)
    )


def _property_nodes(media: MediaType | None, name: str, document: Document | None) -> Iterator[dict[str, Any]]:
    """Yield the schema of a property of a form, and that of its items."""
    if media is None or media.schema is None:
        return
    if document is None:
        node = media.schema.node
        for keyword in ("properties", name):
            node = node.get(keyword) if isinstance(node, dict) else None
        yield from (n for n in (node, node.get("items") if isinstance(node, dict) else None) if isinstance(n, dict))
        return
    schema = shape_of(media.schema, document).properties.get(name)
    for each in (schema, shape_of(schema, document).items if schema is not None else None):
        if each is None:
            continue
        try:
            node, _ = document.follow(each.node, each.at)
        except ContractError:
            continue
        if isinstance(node, dict):
            yield node
