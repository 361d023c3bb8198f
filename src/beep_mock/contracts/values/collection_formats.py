"""Arrays that travel in ways for which OpenAPI 3 has no style: ``collectionFormat`` of Swagger 2.0.

Tabs, spaces and pipes in paths and headers, tabs anywhere, and arrays in arrays (Swagger 2.0, Items Object). The
conversion of such a document notes the formats in the array's schema, the outermost first.
"""

from __future__ import annotations

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.reading.structure import COLLECTION
from beep_mock.contracts.values.delimited import Decode, as_written, header_decoded
from beep_mock.contracts.values.scalars import Reader, scalar_reader, text_of
from beep_mock.contracts.values.shapes import shape_of
from beep_mock.contracts.values.styles import Encode, encoded
from beep_mock.interaction import Json

__all__ = ["collection_pairs", "collection_reader", "collection_text", "formats_of"]

_MARKS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|"}
_ESCAPED = {",": ("%2C", "%2c"), " ": ("%20", "+"), "\t": ("%09",), "|": ("%7C", "%7c")}


def formats_of(schema: Schema | None) -> tuple[str, ...]:
    """Return the collection formats of an array, outermost first; none where a style of OpenAPI 3 says it all."""
    node = schema.node if schema is not None else None
    formats = node.get(COLLECTION) if isinstance(node, dict) else None
    return tuple(formats) if isinstance(formats, list) else ()


def collection_reader(schema: Schema | None, document: Document, decode: Decode) -> Reader | None:
    """Return a function from a text to the array it carries (of ``multi``: from one text to one item).

    None without formats.

    ``decode`` makes text of a raw piece. A mark is one where it is escaped, too, unless it is a comma in strings.
    """
    formats = formats_of(schema)
    if not formats:
        return None
    shape = shape_of(schema, document)
    for _ in formats:
        shape = shape_of(shape.items, document)
    item, is_raw = scalar_reader(shape), decode not in (as_written, header_decoded)
    empty_is_item = decode is not header_decoded and formats[0] != "multi"  # RFC 9110, 5.6.1, on lists in headers
    marks = [_MARKS[name] for name in formats if name in _MARKS]
    escapes = [_ESCAPED[m] if is_raw and not (m == "," and "string" in shape.types) else () for m in marks]

    def read(text: str, depth: int = 0) -> Json:
        if depth == len(marks):
            return item(decode(text))
        if not text and (depth or not empty_is_item):
            return []
        for escape in escapes[depth]:
            text = text.replace(escape, marks[depth])
        return [read(piece, depth + 1) for piece in text.split(marks[depth])]

    return read


def collection_text(value: Json, formats: tuple[str, ...], encode: Encode = encoded) -> str:
    """Return the text of an array (of ``multi``: of one item), its marks and items written by ``encode``.

    Commas are plain.
    """
    marks = [_MARKS[name] for name in formats if name in _MARKS]
    if not marks or not isinstance(value, list):
        return encode(text_of(value))
    mark = "," if marks[0] == "," else encode(marks[0])
    inner = tuple(name for name in formats if name in _MARKS)[1:]
    return mark.join(collection_text(item, inner, encode) for item in value)


def collection_pairs(name: str, value: Json, formats: tuple[str, ...], encode: Encode = encoded) -> list[str]:
    """Return ``name=text`` pairs of a query or form: one for each item of ``multi``.

    None for null and an empty array.
    """
    if value is None or value == []:
        return []
    items = value if formats[0] == "multi" and isinstance(value, list) else [value]
    return [f"{encoded(name)}={collection_text(item, formats, encode)}" for item in items]
