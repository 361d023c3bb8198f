"""Forms to values: ``application/x-www-form-urlencoded`` and ``multipart/form-data`` (RFC 7578), property by property.

Without an Encoding Object scalars travel as text, arrays as repeated fields and objects as JSON (OpenAPI 3.0 and 3.1,
Encoding Object, `contentType`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from beep_mock.contracts.bodies.multipart import Part, compile_part_types, read_parts, read_unnamed
from beep_mock.contracts.bodies.xml_bodies import compile_xml
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import MediaType, Schema
from beep_mock.contracts.values.collection_formats import collection_reader, formats_of
from beep_mock.contracts.values.delimited import as_written, properties_reader, query_decoded
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.contracts.values.media_types import is_json, is_xml, lists_json, parse_content_type, text_in
from beep_mock.contracts.values.named_pairs import compile_pairs, pairs_of
from beep_mock.contracts.values.scalars import Reader, read_json, scalar_reader
from beep_mock.contracts.values.shapes import shape_of
from beep_mock.interaction import Json

__all__ = ["compile_form", "compile_multipart"]

_RESERVED = frozenset(":/?#[]@$;=")
"""Reserved characters (RFC 3986, 2.2) but for those that encoders of forms leave (``!'()*``) or that stand for others
(``+``, ``&``); a comma is one between items only."""

_WITH_COMMA = _RESERVED | {","}
_NAMED = ("multipart/form-data", "multipart/*")

FormDecoder = Callable[[bytes, Mapping[str, str]], dict[str, Json]]


@dataclass(frozen=True, slots=True)
class _Field:
    """A property of a form, in the terms of a parameter."""

    name: str
    key: str
    style: str
    explode: bool
    schema: Schema
    media_type: str
    allow_empty_value: bool = False


def compile_form(media: MediaType, document: Document) -> FormDecoder:
    """Return the function that decodes urlencoded bodies of ``media``. Undeclared fields are kept."""
    shape = shape_of(media.schema, document)
    fill = compile_pairs([_field(n, s, media, document) for n, s in shape.properties.items()], document, query_decoded)
    reader_of = properties_reader(shape, document)
    refused = {
        name: _RESERVED if shape_of(shape.properties.get(name), document).types & {"array", "object"} else _WITH_COMMA
        for name, encoding in media.encoding.items()
        if encoding.refuses_reserved
    }

    def decode(body: bytes, _parameters: Mapping[str, str]) -> dict[str, Json]:
        values: dict[str, Json] = {}
        if body:
            pairs = pairs_of(body.decode("latin-1"))
            if refused:
                _refuse_reserved(pairs, refused)
            for name, texts in fill(pairs, values).items():
                if name or texts != [""]:  # `a=1&` has no field without a name
                    read = reader_of(name)
                    values[name] = _one_or_all([read(query_decoded(text)) for text in texts])
        return values

    return decode


def _refuse_reserved(pairs: Sequence[tuple[str, str]], refused: Mapping[str, frozenset[str]]) -> None:
    for name, text in pairs:
        if name in refused and not refused[name].isdisjoint(text):
            raise BodyError("reserved", "reserved characters are not percent-encoded (allowReserved)", (name,))


def compile_multipart(media: MediaType, document: Document) -> FormDecoder:
    """Return the function that decodes multipart bodies of ``media`` as an object. Undeclared parts are kept.

    Files are text of their bytes as Latin-1. A file name alone makes no file: browsers give one to all that is made as
    a Blob ("blob"), to name its type. Parts without a name, which only ``multipart/form-data`` must have, are the
    properties in their order.
    """
    read_all = read_parts if parse_content_type(media.name)[0] in _NAMED else _named_by_order(media, document)
    shape = shape_of(media.schema, document)
    lists: set[str] = set()
    lists_of_lists: set[str] = set()
    readers: dict[str, Reader] = {}
    for name, schema in shape.properties.items():
        if (collection := collection_reader(schema, document, as_written)) is not None:
            readers[name] = collection
            if formats_of(schema)[0] == "multi":
                lists_of_lists.add(name)
            continue
        field = shape_of(schema, document)
        if "array" in field.types and field.scalars <= {"null"}:
            lists.add(name)
            field = shape_of(field.items, document)
        readers[name] = scalar_reader(field)
        if name in media.encoding and lists_json(media.encoding[name].content_type):
            readers[name] = _json_first(readers[name])
    reader_of = properties_reader(shape, document)
    structured = {
        name: compile_xml(schema, document)
        for name, schema in shape.properties.items()
        if shape_of(schema, document).types & {"array", "object"}
    }

    judge = compile_part_types(media)

    def decode(body: bytes, parameters: Mapping[str, str]) -> dict[str, Json]:
        found: dict[str, list[Json]] = {}
        for part in read_all(body, parameters.get("boundary", "")):
            if judge is not None:
                judge(part)
            read = readers.get(part.name) or reader_of(part.name)
            as_xml = structured.get(part.name) if is_xml(part.content_type) else None
            value = _part_value(part, read) if as_xml is None else as_xml(part.content, {"charset": part.charset})
            found.setdefault(part.name, []).append(value)
        return {
            name: _listed(each) if name in lists else each if name in lists_of_lists else _one_or_all(each)
            for name, each in found.items()
        }

    return decode


def _named_by_order(media: MediaType, document: Document) -> Callable[[bytes, str], list[Part]]:
    names = list(shape_of(media.schema, document).properties)

    def read_all(body: bytes, boundary: str) -> list[Part]:
        parts = read_unnamed(body, boundary)
        return [
            part if part.name else part._replace(name=names[index] if index < len(names) else f"part{index + 1}")
            for index, part in enumerate(parts)
        ]

    return read_all


def _field(name: str, schema: Schema, media: MediaType, document: Document) -> _Field:
    encoding = media.encoding.get(name)
    if encoding is None:  # an object is one JSON text; those who write `name[property]` are understood too
        style = "deepObject" if "object" in shape_of(schema, document).types else "form"
        return _Field(name, name, style, True, schema, "")
    content_type = "application/json" if lists_json(encoding.content_type) else ""
    return _Field(name, name, encoding.style, encoding.explode, schema, content_type)


def _part_value(part: Part, read: Reader) -> Json:
    as_json = is_json(part.content_type)
    binary = bool(part.content_type) and not (as_json or part.content_type.startswith("text/"))
    if part.filename is not None and (read is str or binary):
        return part.content.decode("latin-1")
    if binary:
        return read(part.content.decode("latin-1"))
    text = _decoded(part.content, part.charset or "utf-8")
    return read_json(text) if as_json else read(text)


def _decoded(content: bytes, charset: str) -> str:
    try:
        return text_in(content, charset)
    except BodyError:
        return content.decode("latin-1")


def _json_first(read: Reader) -> Reader:
    def parsed_or_read(text: str) -> Json:
        value = read_json(text)
        return read(text) if value is text else value

    return parsed_or_read


def _listed(values: list[Json]) -> list[Json]:
    """Return the items of an array: one a part, or all of them in one JSON part."""
    return values[0] if len(values) == 1 and isinstance(values[0], list) else values


def _one_or_all(values: list[Json]) -> Json:
    return values[0] if len(values) == 1 else values
