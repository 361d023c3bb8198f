"""Values near the edges of a schema: each differs from a valid one in one place, to either side of one limit.

Which of them are valid is not decided here: the mock's answer shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from beep_mock.contracts.model import Schema
from beep_mock.contracts.nodes import child
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.samples.sampler import Sampler
    from beep_mock.interaction import Json

__all__ = ["Change", "SchemaEdges", "changed"]

_DEPTH: Final = 4
_PARTS: Final = 24
_LONGEST: Final = 5000
_MOST_ITEMS: Final = 200
_KINDS: Final[tuple[Json, ...]] = ("beep", 7, 0.5, True, None, [], {})
_TEXTS: Final = ("", "!", " ", "0")
_UNDECLARED: Final = "beepMock"
_WIDTHS: Final = {"int32": 2**31}  # beyond 2^53 not every JSON reader is exact (RFC 8259, section 6)

Change = tuple[tuple[str, ...], "Json"]
"""A place in a value (tokens), and what to put there; :data:`MISSING` takes it away."""


class SchemaEdges:
    """Makes such values of one document's schemas."""

    def __init__(self, document: Document, sampler: Sampler) -> None:
        self._document = document
        self._sampler = sampler

    def changes(self, schema: Schema | None, value: Json, depth: int = 0) -> Iterator[Change]:
        """Yield changes of ``value``, which keeps ``schema``: of itself, then of its parts."""
        parts = self._parts(schema)
        for edge in _edges(parts, value):
            if edge != value or type(edge) is not type(value):
                yield (), edge
        if depth < _DEPTH and isinstance(value, dict):
            yield from self._in_object(parts, value, depth)
        elif depth < _DEPTH and isinstance(value, list) and value:
            items = self._first(parts, "items")
            for place, edge in self.changes(items, value[0], depth + 1):
                yield ("0", *place), edge

    def filled(self, schema: Schema | None, value: Json, depth: int = 0) -> Json:
        """Return ``value`` with every property that a request may have."""
        if not isinstance(value, dict) or depth >= _DEPTH:
            return value
        full = dict(value)
        for name, declared in self._members(self._parts(schema)).items():
            member = full[name] if name in full else self._sample(declared)
            if member is not MISSING:
                full[name] = self.filled(declared, member, depth + 1)
        return full

    def pruned(self, schema: Schema | None, value: Json, depth: int = 0) -> Json:
        """Return ``value`` without the properties that nothing demands."""
        if not isinstance(value, dict) or depth >= _DEPTH:
            return value
        parts = self._parts(schema)
        required = {name for part in parts for name in _listed(part.node, "required")}
        members = self._members(parts)
        return {
            name: self.pruned(members.get(name), member, depth + 1)
            for name, member in value.items()
            if name in required
        }

    def _in_object(self, parts: list[Schema], value: Mapping[str, Json], depth: int) -> Iterator[Change]:
        members = self._members(parts)
        for name in value:
            yield (name,), MISSING
        if _UNDECLARED not in members:
            yield (_UNDECLARED,), "beep"
        for name, declared in members.items():
            member = value[name] if name in value else self._sample(declared)
            if member is MISSING:
                continue
            if name not in value:
                yield (name,), member
            for place, edge in self.changes(declared, member, depth + 1):
                yield ((name, *place), edge) if name in value else ((name,), changed(member, (place, edge)))

    def _members(self, parts: list[Schema]) -> dict[str, Schema]:
        """Return the declared properties that a request may have (OpenAPI, Schema Object, `readOnly`)."""
        found: dict[str, Schema] = {}
        for part in parts:
            properties = part.node.get("properties")
            for name, node in properties.items() if isinstance(properties, dict) else ():
                declared = Schema(node, child(child(part.at, "properties"), str(name)))
                if not any(one.node.get("readOnly") is True for one in self._parts(declared)):
                    found.setdefault(str(name), declared)
        return found

    def _first(self, parts: list[Schema], keyword: str) -> Schema | None:
        nodes = (Schema(part.node[keyword], child(part.at, keyword)) for part in parts if keyword in part.node)
        return next(nodes, None)

    def _parts(self, schema: Schema | None) -> list[Schema]:
        """Yield the schema and its parts: the target of its reference, the schemas it combines."""
        found: list[Schema] = []
        waiting = [schema] if schema is not None else []
        while waiting and len(found) < _PARTS:
            one = waiting.pop(0)
            if not isinstance(one.node, dict):
                continue
            if isinstance(one.node.get("$ref"), str):
                try:
                    target, at = self._document.follow(one.node, one.at)
                except ContractError:
                    continue
                waiting.append(Schema(target, at))
                one = Schema({name: entry for name, entry in one.node.items() if name != "$ref"}, one.at)
            found.append(one)
            for keyword in ("allOf", "oneOf", "anyOf"):
                place = child(one.at, keyword)
                waiting += [Schema(node, child(place, n)) for n, node in enumerate(_listed(one.node, keyword))]
        return found

    def _sample(self, schema: Schema) -> Any:
        try:
            return self._sampler.sample(schema, "request")
        except ContractError:
            return MISSING


def changed(value: Json, change: Change) -> Json:
    """Return ``value`` with that change made; the rest is shared with it."""
    place, new = change
    if not place:
        return new
    token, rest = place[0], place[1:]
    if isinstance(value, list):
        index = int(token)
        if not rest and new is MISSING:
            return [*value[:index], *value[index + 1 :]]
        return [*value[:index], changed(value[index], (rest, new)), *value[index + 1 :]]
    if not rest and new is MISSING:
        return {name: member for name, member in value.items() if name != token}
    return {**value, token: changed(value.get(token), (rest, new))}


def _edges(parts: list[Schema], value: Json) -> Iterator[Json]:
    for part in parts:
        yield from _listed_edges(part.node)
        yield from _number_edges(part.node)
        yield from _text_edges(part.node, value)
        yield from _array_edges(part.node, value)
    yield from _KINDS


def _listed_edges(node: Mapping[str, Any]) -> Iterator[Json]:
    listed = _listed(node, "enum") or ([node["const"]] if "const" in node else [])
    yield from listed[:8]
    texts = [one for one in listed if isinstance(one, str)]
    numbers = [one for one in listed if type(one) in (int, float)]
    yield from (f"{text}beep" for text in texts[:1])
    yield from (max(numbers) + 1 for _ in numbers[:1])


def _number_edges(node: Mapping[str, Any]) -> Iterator[Json]:
    step = 1 if "integer" in _types(node) else 0.5
    for keyword, outwards in (("minimum", -step), ("maximum", step)):
        bound = node.get(keyword)
        exclusive = node.get(f"exclusive{keyword.title()}")  # a flag in OpenAPI 3.0, a bound since 3.1
        for limit in (bound, exclusive):
            if type(limit) in (int, float):
                assert limit is not None  # noqa: S101 - for the type checker
                yield from (limit, limit + outwards, limit - outwards)
    divisor = node.get("multipleOf")
    if isinstance(divisor, int | float) and divisor > 0:
        yield from (divisor * 2, divisor * 1.5 if divisor % 2 else divisor + divisor // 2)
    width = _WIDTHS.get(str(node.get("format")))
    if width:
        yield from (width, width - 1)


def _text_edges(node: Mapping[str, Any], value: Json) -> Iterator[Json]:
    text = value if isinstance(value, str) and value else "a"
    for keyword in ("minLength", "maxLength"):
        length = node.get(keyword)
        if isinstance(length, int) and 0 <= length <= _LONGEST:
            for size in (length, length - 1, length + 1):
                if size >= 0:
                    yield (text * (size // len(text) + 1))[:size]
    if "pattern" in node or "format" in node:
        yield from _TEXTS


def _array_edges(node: Mapping[str, Any], value: Json) -> Iterator[Json]:
    if not isinstance(value, list) or not value:
        return
    for keyword in ("minItems", "maxItems"):
        size = node.get(keyword)
        if isinstance(size, int) and 0 < size <= _MOST_ITEMS:
            for length in (size - 1, size + 1):
                yield [*value, *[value[-1]] * length][:length]
    if node.get("uniqueItems") is True:
        yield [value[0], value[0]]


def _types(node: Mapping[str, Any]) -> list[Any]:
    said = node.get("type")
    return said if isinstance(said, list) else [said]


def _listed(node: Mapping[str, Any], keyword: str) -> list[Any]:
    found = node.get(keyword)
    return found if isinstance(found, list) else []
