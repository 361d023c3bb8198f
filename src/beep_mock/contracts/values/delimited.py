"""One text to the array or object it carries: comma, space, pipe, dot and semicolon delimited (OpenAPI Style Values).

A reader gives the text back where it does not fit, so that the schema refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from beep_mock.contracts.document import Document
from beep_mock.contracts.schemas.patterns import matches
from beep_mock.contracts.values.scalars import Reader, read_json, scalar_reader
from beep_mock.contracts.values.shapes import TEXT, Shape, shape_of
from beep_mock.interaction import Json

__all__ = [
    "Decode",
    "Split",
    "as_written",
    "comma",
    "composite_reader",
    "header_decoded",
    "percent_decoded",
    "properties_reader",
    "query_decoded",
]

Decode = Callable[[str], str]
"""From a piece between delimiters to the text it stands for."""

Split = Callable[[str], list[str]]


def as_written(text: str) -> str:
    """Return the text itself: path values arrive decoded, and so do queries without escapes."""
    return text


def query_decoded(text: str) -> str:
    """Return a piece of a raw query or form body (application/x-www-form-urlencoded: a plus is a space)."""
    return percent_decoded(text.replace("+", " "))


def percent_decoded(text: str) -> str:
    """Return a piece of a cookie (RFC 6570 encodes it; a plus is a plus). Bytes that are not UTF-8 become U+FFFD."""
    if "%" in text:
        return unquote_to_bytes(text.encode("latin-1", "replace")).decode("utf-8", "replace")
    return header_decoded(text)


def header_decoded(text: str) -> str:
    """WSGI's Latin-1 view of a header: UTF-8 if its bytes are, else Latin-1 (RFC 9110, 5.5 leaves it open)."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def comma(text: str) -> list[str]:
    """Return the pieces between commas."""
    return text.split(",")


def composite_reader(
    shape: Shape, document: Document, split: Split, decode: Decode, *, pairs: bool, mark: str = ""
) -> Reader:
    """Return a function from the text between a style's marks to a value of ``shape``.

    ``pairs`` is whether an object travels as ``R=100,G=200`` (explode) rather than ``R,100,G,200``. ``mark`` is what
    parts the pairs where it may stand in a value too, because nothing or no longer anything is percent-encoded.
    """
    scalar = scalar_reader(shape)
    readers: list[Reader] = []
    if shape.scalars:
        readers.append(scalar if decode is as_written else lambda text: scalar(decode(text)))
    if "object" in shape.types:
        readers.append(_object_reader(shape, document, split, decode, mark if pairs else None))
    if "array" in shape.types:
        items = shape_of(shape.items, document)
        delimited = _array_reader(scalar_reader(items), split, decode)
        readers.append(delimited if items.scalars or not items.types else _structures_reader(items, delimited, decode))
    if len(readers) == 1:
        return readers[0]

    def first(text: str) -> Json:
        """Return the first kind that fits.

        For a text that fits a string and an array, its delimiters decide.
        """
        composite: Json = text
        for read in readers[1:] if shape.scalars else readers:
            composite = read(text)
            if isinstance(composite, dict) or (isinstance(composite, list) and len(composite) > 1):
                return composite
        if not shape.scalars:
            return composite
        value = readers[0](text)
        return composite if isinstance(value, str) and "string" not in shape.types else value

    return first


def properties_reader(shape: Shape, document: Document) -> Callable[[str], Reader]:
    """Return a function from a property's name to the reader of its text. Undeclared ones are strings."""
    known = {name: scalar_reader(shape_of(schema, document)) for name, schema in shape.properties.items()}
    other = scalar_reader(shape_of(shape.additional, document) if shape.additional is not None else TEXT)
    patterns = [(pattern, scalar_reader(shape_of(schema, document))) for pattern, schema in shape.patterns]
    if not patterns:
        return lambda name: known.get(name, other)

    def reader_of(name: str) -> Reader:
        return known.get(name) or next((read for pattern, read in patterns if matches(pattern, name)), other)

    return reader_of


def _array_reader(item: Reader, split: Split, decode: Decode) -> Reader:
    if item is str:
        return lambda text: [decode(piece) for piece in split(text)]
    return lambda text: [item(decode(piece)) for piece in split(text)]


def _structures_reader(items: Shape, delimited: Reader, decode: Decode) -> Reader:
    """Return the reader of an array of arrays or objects, which no style defines (OpenAPI 3.1, Style Values).

    As JSON they hold commas of their own: ``{"a":1,"b":2},{"a":3}`` is the inside of an array, or the array itself.
    """

    def read(text: str) -> Json:
        whole = decode(text)
        found = read_json(f"[{whole}]") if whole else whole
        if not isinstance(found, list):
            return delimited(text)
        return found[0] if len(found) == 1 and isinstance(found[0], list) and "array" not in items.types else found

    return read


def _object_reader(shape: Shape, document: Document, split: Split, decode: Decode, mark: str | None) -> Reader:
    """``mark`` is None for an object that does not travel as pairs."""
    reader_of = properties_reader(shape, document)

    def from_pairs(text: str) -> Json:
        found: dict[str, str] = {}
        for piece in split(text):
            name, equals, value = piece.partition("=")
            if equals:
                name = decode(name)
                found[name] = decode(value)
            elif mark and found:  # it stood in the last value
                found[next(reversed(found))] += mark + decode(piece)
            else:
                return decode(text)
        return {name: reader_of(name)(value) for name, value in found.items()}

    def from_alternation(text: str) -> Json:
        if not text:  # an object without properties, where a name had to be sent for it
            return {}
        pieces = [decode(piece) for piece in split(text)]
        if len(pieces) % 2:
            return decode(text)
        return {name: reader_of(name)(value) for name, value in zip(pieces[::2], pieces[1::2], strict=True)}

    return from_alternation if mark is None else from_pairs
