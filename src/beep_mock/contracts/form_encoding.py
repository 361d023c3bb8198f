"""Values to forms: ``application/x-www-form-urlencoded`` and ``multipart/form-data`` (OpenAPI Encoding Object)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from beep_mock.contracts.media_types import is_json, parse_content_type
from beep_mock.contracts.model import MediaType
from beep_mock.contracts.multipart_parts import Part, write_parts
from beep_mock.contracts.scalars import text_of
from beep_mock.contracts.styles import encoded, pairs, reserved_kept
from beep_mock.interaction import Json

__all__ = ["encode_form", "encode_multipart"]


def encode_form(value: Mapping[str, Json], media: MediaType | None = None) -> bytes:
    """The urlencoded form that carries ``value``, each property as ``media`` says: by default scalars as text, arrays
    as repeated fields, objects as JSON. Null, and empty arrays, are left out.
    """
    fields: list[str] = []
    for name, item in value.items():
        encoding = media.encoding.get(name) if media is not None else None
        if encoding is None and isinstance(item, dict):
            fields.append(f"{encoded(name)}={encoded(text_of(item))}")
        elif encoding is None:
            fields += pairs(name, item, "form", explode=True)
        elif is_json(parse_content_type(encoding.content_type)[0]):
            fields.append(f"{encoded(name)}={encoded(text_of(item))}")
        else:
            encode = reserved_kept if encoding.allow_reserved else encoded
            fields += pairs(name, item, encoding.style, explode=encoding.explode, encode=encode)
    return "&".join(fields).encode("ascii")


def encode_multipart(value: Mapping[str, Json], media: MediaType | None = None) -> tuple[bytes, str]:
    """The ``multipart/form-data`` body that carries ``value``, and its boundary.

    Arrays are repeated parts, objects JSON parts. A string whose Encoding Object or schema says binary is a file.
    """
    parts: list[Part] = []
    for name, item in value.items():
        encoding = media.encoding.get(name) if media is not None else None
        content_type = parse_content_type(encoding.content_type.partition(",")[0])[0] if encoding is not None else ""
        if not content_type and _is_binary(media, name):
            content_type = "application/octet-stream"
        parts += [_part(name, each, content_type) for each in (item if isinstance(item, list) else [item])]
    return write_parts(parts)


def _part(name: str, item: Json, content_type: str) -> Part:
    if isinstance(item, dict) or is_json(content_type):
        return Part(name, text_of(item).encode("utf-8", "replace"), None, content_type or "application/json")
    text = text_of(item)
    if not content_type or "*" in content_type:
        return Part(name, text.encode("utf-8", "replace"))
    if content_type.startswith("text/"):
        return Part(name, text.encode("utf-8", "replace"), None, content_type, "utf-8")
    return Part(name, _octets(text), quote(name, safe="") or "file", content_type)


def _octets(text: str) -> bytes:
    """The bytes of a binary string: as Latin-1, which is how they are decoded, if they can be."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _is_binary(media: MediaType | None, name: str) -> bool:
    """Whether the property's own schema says ``format: binary``, for itself or its items (OpenAPI 3.0)."""
    node = media.schema.node if media is not None and media.schema is not None else None
    for keyword in ("properties", name):
        node = node.get(keyword) if isinstance(node, dict) else None
    items = node.get("items") if isinstance(node, dict) else None
    return any(isinstance(each, dict) and each.get("format") == "binary" for each in (node, items))
