"""Readers of path parameters: the styles ``simple``, ``label`` and ``matrix`` (RFC 6570, 3.2.2, 3.2.5 and 3.2.7).

A path arrives percent-decoded, so a delimiter inside a value cannot be told from one between values. A text without
the prefix of its style is not a value: it stays as it is for the schema to refuse, and is missing where that takes
strings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from beep_mock.contracts.bodies.form_bodies import compile_form
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.values.collection_formats import collection_reader
from beep_mock.contracts.values.delimited import as_written, comma, composite_reader, header_decoded, percent_decoded
from beep_mock.contracts.values.media_types import parse_content_type
from beep_mock.contracts.values.named_pairs import compile_pairs
from beep_mock.contracts.values.scalars import Reader, content_reader, scalar_reader
from beep_mock.contracts.values.shapes import Shape, shape_of
from beep_mock.interaction import MISSING, Json

__all__ = ["compile_cookies", "compile_path", "compile_querystring"]


_DOTTED_LABELS = ("3.0", "3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.1", "3.1.0")


def compile_path(parameters: Sequence[Parameter], document: Document) -> list[tuple[str, str, Reader]]:
    """Name, key and reader of each parameter."""
    return [(p.name, p.key, _reader(p, document)) for p in parameters]


def _reader(parameter: Parameter, document: Document) -> Reader:
    if parameter.media_type:
        return content_reader(parameter.media_type, shape_of(parameter.schema, document))
    if (collection := collection_reader(parameter.schema, document, as_written)) is not None:
        return collection
    shape = shape_of(parameter.schema, document)
    if parameter.style == "label":
        return _label(shape, document, explode=parameter.explode)
    if parameter.style == "matrix":
        return _matrix(parameter.name, shape, document, explode=parameter.explode)
    return composite_reader(shape, document, comma, as_written, pairs=parameter.explode, mark=",")


def _label(shape: Shape, document: Document, *, explode: bool) -> Reader:
    # up to 3.0.3 and 3.1.0 the table of styles shows `.blue.black` without explode, where RFC 6570 has `.blue,black`
    dotted = document.version in _DOTTED_LABELS

    def pieces(text: str) -> list[str]:
        return text.split("." if explode or (dotted and "," not in text) else ",")

    read = composite_reader(shape, document, pieces, as_written, pairs=explode, mark=".")
    other = _unprefixed(shape)
    return lambda text: read(text[1:]) if text[:1] == "." else other(text)


def _unprefixed(shape: Shape) -> Reader:
    return (lambda _: MISSING) if "string" in shape.types else as_written


def _matrix(name: str, shape: Shape, document: Document, *, explode: bool) -> Reader:
    prefix, bare, other = f";{name}=", f";{name}", _unprefixed(shape)
    read = composite_reader(shape, document, comma, as_written, pairs=False)
    if not explode or shape.scalars == shape.types:

        def whole(text: str) -> Json:
            if text.startswith(prefix):
                return read(text[len(prefix) :])
            return read("") if text == bare else other(text)

        return whole

    objects = composite_reader(
        replace(shape, types=frozenset({"object"}), items=None),
        document, lambda text: text.split(";"), as_written, pairs=True,
    )  # fmt: skip
    scalar = scalar_reader(shape)
    item = scalar_reader(shape_of(shape.items, document))

    def exploded(text: str) -> Json:
        if not text.startswith((prefix, f"{bare};")) and text != bare:
            return objects(text[1:]) if text[:1] == ";" and "object" in shape.types else other(text)
        pieces = text[1:].split(";")
        if any(piece != name and not piece.startswith(prefix[1:]) for piece in pieces):
            return objects(text[1:]) if "object" in shape.types else other(text)
        texts = [piece[len(name) + 1 :] for piece in pieces]
        if len(texts) == 1 and shape.scalars:
            value = scalar(texts[0])
            if not isinstance(value, str) or "string" in shape.types or "array" not in shape.types:
                return value
        if "array" not in shape.types:
            return objects(text[1:]) if "object" in shape.types else other(text)
        return [item(piece) for piece in texts]

    return exploded


def compile_cookies(
    parameters: Sequence[Parameter], document: Document
) -> Callable[[str, dict[str, Json]], None] | None:
    """Return a function that adds what a ``Cookie`` header holds of ``parameters`` to the values.

    None without parameters.
    """
    if not parameters:
        return None
    form = [p for p in parameters if p.style != "cookie"]
    plain = [p for p in parameters if p.style == "cookie"]
    fill_form = compile_pairs(form, document, percent_decoded)
    fill_plain = compile_pairs(plain, document, header_decoded)
    exploded = _exploded_names(form, document)

    def fill(header: str, values: dict[str, Json]) -> None:
        pairs = _pairs(header)
        if plain:
            fill_plain([(header_decoded(name), text) for name, text in pairs], values)
        if form:
            named = [(percent_decoded(name), text) for name, text in pairs]
            fill_form(_parted(named, exploded) if exploded else named, values)

    return fill


def _pairs(header: str) -> list[tuple[str, str]]:
    """Return the cookies of a ``Cookie`` header (RFC 6265, 4.2.1).

    Quotation marks around a value do not belong to it.
    """
    pairs = []
    for cookie in header.split(";"):
        name, equals, value = cookie.strip(" \t").partition("=")
        if equals:
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            pairs.append((name, value))
    return pairs


def _exploded_names(parameters: Sequence[Parameter], document: Document) -> set[str]:
    """Return the names under which items and properties of exploded parameters travel."""
    names: set[str] = set()
    for parameter in parameters:
        if parameter.explode and not parameter.media_type:
            shape = shape_of(parameter.schema, document)
            names.update(shape.properties)
            if "array" in shape.types:
                names.add(parameter.name)
    return names


def _parted(pairs: list[tuple[str, str]], exploded: set[str]) -> list[tuple[str, str]]:
    """Return ``color=blue&color=black``, as RFC 6570 expands an exploded list, parted like ``color=blue.

    Color=black``.
    """
    parted = []
    for name, value in pairs:
        if name not in exploded or "&" not in value:
            parted.append((name, value))
            continue
        first, *others = value.split("&")
        parted.append((name, first))
        for other in others:
            other_name, _, text = other.partition("=")
            parted.append((percent_decoded(other_name), text))
    return parted


_Fill = Callable[[str, dict[str, Json]], None]


def compile_querystring(parameters: Sequence[Parameter], document: Document) -> _Fill | None:
    """Return a function that adds the value of a raw query string to the values; None without parameters."""
    fills = [_fill(parameter, document) for parameter in parameters]
    if len(fills) < 2:
        return fills[0] if fills else None

    def fill(query: str, values: dict[str, Json]) -> None:
        for each in fills:
            each(query, values)

    return fill


def _fill(parameter: Parameter, document: Document) -> _Fill:
    key, media = parameter.key, parameter.content
    if media is not None and parse_content_type(media.name)[0] == "application/x-www-form-urlencoded":
        decode = compile_form(media, document)

        def form(query: str, values: dict[str, Json]) -> None:
            values[key] = decode(query.encode("latin-1", "replace"), {})

        return form
    read = content_reader(parameter.media_type, shape_of(parameter.schema, document))

    def whole(query: str, values: dict[str, Json]) -> None:
        values[key] = read(percent_decoded(query))

    return whole
