"""What a text may be besides the first that fits: ``123`` is a number, and a string.

A parameter or field is read as the narrowest type that its schema admits. Where that value is refused, and the schema
admits strings too, the text itself may be what the schema means: by another alternative, or because the bounds are the
number's only. What is valid as it was read first is never read otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, islice
from typing import Any

from beep_mock.contracts.bodies.decoding import BodyError, compile_body_decoder
from beep_mock.contracts.bodies.media_types import parse_content_type
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Operation, Schema
from beep_mock.contracts.parameters.decoding import Decoder, compile_decoder
from beep_mock.contracts.parameters.shapes import shape_of
from beep_mock.contracts.reading.structure import COLLECTION
from beep_mock.interaction import Json

__all__ = ["TextReadings", "as_text"]

_DEPTH = 4  # of arrays and objects within a text; none is as deep
_MOST_BLENDED = 4  # values of which each may be read one way and the other; all of more are read as text
_FORMS = ("application/x-www-form-urlencoded", "multipart/", "text/")

Place = tuple[str | int, ...]


class TextReadings:
    """The other readings of the requests of one operation."""

    def __init__(self, operation: Operation, document: Document) -> None:
        schemas = [as_text(p.schema, document) if p.schema and not p.media_type else None for p in operation.parameters]
        parameters = [
            replace(parameter, schema=schema) if schema is not None else parameter
            for parameter, schema in zip(operation.parameters, schemas, strict=True)
        ]
        self._decode: Decoder | None = compile_decoder(parameters, document) if any(schemas) else None
        self._bodies: dict[str, Callable[..., Json]] = {}
        for media in operation.request_body.content if operation.request_body is not None else ():
            schema = as_text(media.schema, document) if media.schema and media.stream is None else None
            if schema is not None and parse_content_type(media.name)[0].startswith(_FORMS):
                self._bodies[media.name] = compile_body_decoder(replace(media, schema=schema), document)

    def of(
        self,
        values: Mapping[str, Json],
        sent: tuple[Mapping[str, str], str, Mapping[str, Any]],
        media_type: str = "",
        content: tuple[bytes, Mapping[str, str]] = (b"", {}),
    ) -> Iterator[dict[str, Json]]:
        """The values of a request that was read as ``values``, otherwise.

        ``sent`` is what its parameters are decoded from, ``content`` its body and the parameters of its content type;
        ``media_type`` is the declared one that was read, if the body was.
        """
        texts = {**values, **self._decode(*sent)} if self._decode is not None else {**values}
        if media_type in self._bodies:
            try:
                texts["body"] = self._bodies[media_type](*content)
            except BodyError:
                return
        yield from _blends(values, texts)


def as_text(schema: Schema | None, document: Document, depth: int = _DEPTH) -> Schema | None:
    """A schema by which each text that may be a string is read as one; None where that is so by ``schema``."""
    if schema is None or depth == 0:
        return None
    shape = shape_of(schema, document)
    types = shape.types
    changed = "string" in types and not shape.scalars <= {"string", "null"}
    node: dict[str, Any] = {"type": sorted(types - shape.scalars | {"string"} if changed else types)}
    if isinstance(schema.node, dict) and COLLECTION in schema.node:
        node[COLLECTION] = schema.node[COLLECTION]

    def part(schema: Schema | None) -> Any:
        nonlocal changed
        found = as_text(schema, document, depth - 1)
        changed = changed or found is not None
        return found.node if found is not None else schema.node if schema is not None else False

    if "array" in types:
        node |= {"items": part(shape.items)} if shape.items is not None else {}
        node |= {"prefixItems": [part(each) for each in shape.prefix]} if shape.prefix else {}
    if "object" in types:
        node["properties"] = {name: part(each) for name, each in shape.properties.items()}
        node["patternProperties"] = {pattern: part(each) for pattern, each in shape.patterns}
        node["additionalProperties"] = part(shape.additional)
    return Schema(node, schema.at) if changed else None


def _blends(values: Mapping[str, Json], texts: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """``values`` with some of the places where ``texts`` differ as they are there; first with all of them."""
    places = list(islice(_differing(values, texts, ()), _MOST_BLENDED + 1))
    if places:
        yield dict(texts)
    for count in range(len(places) - 1, 0, -1) if len(places) <= _MOST_BLENDED else ():
        for chosen in combinations(places, count):
            blended: Any = values
            for place in chosen:
                blended = _put(blended, texts, place)
            yield blended


def _differing(one: Any, other: Any, place: Place) -> Iterator[Place]:
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        for name in one:
            yield from _differing(one[name], other[name], (*place, name))
    elif type(one) is list and type(other) is list and len(one) == len(other):
        for index, (item, text) in enumerate(zip(one, other, strict=True)):
            yield from _differing(item, text, (*place, index))
    elif type(one) is not type(other) or one != other:
        yield place


def _put(values: Any, texts: Any, place: Place) -> Any:
    """A copy of ``values`` that has at ``place`` what ``texts`` has there."""
    if not place:
        return texts
    step, *rest = place
    kept = list(values) if isinstance(values, list) else dict(values)
    kept[step] = _put(kept[step], texts[step], tuple(rest))  # type: ignore[index]
    return kept
