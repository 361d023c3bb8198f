"""Derive from a schema how text is to be read: the JSON types it admits, its items and its properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.nodes import child
from beep_mock.contracts.schemas.patterns import accepted_pattern, matches
from beep_mock.errors import ContractError
from beep_mock.interaction import Json, type_of

__all__ = ["TEXT", "Shape", "shape_of", "whole"]

_ALL = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_COMPOSITE = (frozenset({"array"}), frozenset({"object"}))
_DEPTH = 16  # of $ref, allOf, anyOf and oneOf that are followed


@dataclass(frozen=True, slots=True)
class Shape:
    """The types a schema admits (``number`` without ``integer`` never occurs), and its parts, as written.

    ``additional`` is the schema of undeclared properties; None if they are forbidden or not described. ``prefix``
    are those of the first items (``prefixItems``), ``patterns`` those of properties whose names match.
    """

    types: frozenset[str]
    items: Schema | None
    properties: dict[str, Schema]
    additional: Schema | None
    prefix: tuple[Schema, ...] = ()
    patterns: tuple[tuple[str, Schema], ...] = ()

    def member(self, name: str) -> Schema | None:
        """Return the schema of the property ``name``, declared, by a pattern, or as those that are not declared."""
        declared = self.properties.get(name)
        if declared is not None:
            return declared
        return next((schema for pattern, schema in self.patterns if matches(pattern, name)), self.additional)

    @property
    def scalars(self) -> frozenset[str]:
        """The types that are neither arrays nor objects."""
        return self.types - {"array", "object"}


TEXT = Shape(frozenset({"string"}), None, {}, None)
"""The shape of a value without a schema, or with an empty one."""


def shape_of(schema: Schema | None, document: Document) -> Shape:
    """Return the shape of ``schema``; that of a string if it is empty, or a broken ``$ref``."""
    if schema is None:
        return TEXT
    reading = _Reading(document)
    types = reading.read(schema.node, schema.at, _DEPTH)
    if types is None:
        types = frozenset()
        if reading.items is not None or reading.prefix:
            types |= {"array"}
        if reading.properties or reading.additional is not None or reading.patterns:
            types |= {"object"}
    if "number" in types:
        types |= {"integer"}
    properties = {name: _one_of(found, document) for name, found in reading.properties.items()}
    patterns = tuple(reading.patterns.items())
    return Shape(types or TEXT.types, reading.items, properties, reading.additional, reading.prefix, patterns)


def _one_of(schemas: list[Schema], document: Document) -> Schema:
    """Return the schema of a property that several parts of its object's schema describe: any of theirs."""
    if len(schemas) == 1:
        return schemas[0]
    said = [(each, _Reading(document).read(each.node, each.at, _DEPTH)) for each in schemas]
    telling = [each for each, types in said if types is not None]
    kinds = {types for _, types in said if types is not None}
    if not telling or (len(kinds) == 1 and kinds.isdisjoint(_COMPOSITE)):
        return telling[0] if telling else schemas[0]
    hints = telling[0].node if isinstance(telling[0].node, dict) else {}
    kept = {name: value for name, value in hints.items() if name == "xml" or name.startswith("x-")}
    return Schema({**kept, "anyOf": [each.node for each in telling]}, f"{telling[0].at}+")


def whole(values: list[Json], items: Shape) -> list[Json]:
    """Return the items of an array.

    One that is a list of objects is all of them: no style has a place for these but JSON.
    """
    only = values[0] if len(values) == 1 else None
    if isinstance(only, list) and "object" in items.types and "array" not in items.types:
        return only
    return values


class _Reading:
    """Gathers a shape from a schema and what it is composed of."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.items: Schema | None = None
        self.properties: dict[str, list[Schema]] = {}
        self.patterns: dict[str, Schema] = {}
        self.additional: Schema | None = None
        self.prefix: tuple[Schema, ...] = ()

    def read(self, node: Any, at: str, depth: int) -> frozenset[str] | None:
        """Return the types that ``node`` admits, None when it does not say."""
        if not isinstance(node, dict) or depth == 0:
            return None
        types: frozenset[str] | None = None
        if isinstance(node.get("$ref"), str):
            try:
                types = self.read(*self.document.follow(node, at), depth - 1)
            except ContractError:
                return None
            if self.document.version.startswith("3.0"):
                return types  # siblings of $ref are ignored there (OpenAPI 3.0, Reference Object)
        types = _both(types, self._own_types(node))
        self._gather(node, at)
        for index, part in _parts(node, "allOf"):
            types = _both(types, self.read(part, f"{at}/allOf/{index}", depth - 1))
        for keyword in ("oneOf", "anyOf"):
            found = [self.read(part, f"{at}/{keyword}/{index}", depth - 1) for index, part in _parts(node, keyword)]
            said = [each for each in found if each is not None]
            if found and len(said) == len(found):
                types = _both(types, frozenset[str]().union(*said))
        for part, place in _conditions(node, at):  # they say how parts are read, not what the whole may be
            self.read(part, place, depth - 1)
        if types is not None and node.get("nullable") is True:
            types |= {"null"}
        return types

    def _own_types(self, node: dict[str, Any]) -> frozenset[str] | None:
        declared = node.get("type")
        if isinstance(declared, str):
            declared = [declared]
        types = None
        if isinstance(declared, list):
            types = frozenset(t for t in declared if isinstance(t, str)) & _ALL or None
        values = [node["const"]] if "const" in node else node.get("enum")
        if not isinstance(values, list) or not values:
            return types
        found = frozenset(map(type_of, values))
        if types is None:
            return found
        return types & (found | {"number"} if "integer" in found else found) or types

    def _gather(self, node: dict[str, Any], at: str) -> None:
        if isinstance(node.get("items"), (dict, bool)) and self.items is None:
            self.items = Schema(node["items"], f"{at}/items")
        if isinstance(node.get("prefixItems"), list) and not self.prefix:
            self.prefix = tuple(Schema(s, f"{at}/prefixItems/{i}") for i, s in enumerate(node["prefixItems"]))
        properties = node.get("properties")
        if isinstance(properties, dict):
            for name, schema in properties.items():
                known = self.properties.setdefault(name, [])
                if all(schema != each.node for each in known):
                    known.append(Schema(schema, child(f"{at}/properties", name)))
        patterns = node.get("patternProperties")
        if isinstance(patterns, dict):
            for pattern, schema in patterns.items():
                if accepted_pattern(pattern) is not None:
                    self.patterns.setdefault(pattern, Schema(schema, child(f"{at}/patternProperties", pattern)))
        additional = node.get("additionalProperties")
        if isinstance(additional, (dict, bool)) and additional is not False and self.additional is None:
            self.additional = Schema(additional, f"{at}/additionalProperties")


def _conditions(node: dict[str, Any], at: str) -> Iterator[tuple[Any, str]]:
    """Yield the schemas that count for some values only, and their places."""
    for keyword in ("if", "then", "else"):
        if keyword in node:
            yield node[keyword], f"{at}/{keyword}"
    dependents = node.get("dependentSchemas")
    for name, part in dependents.items() if isinstance(dependents, dict) else ():
        yield part, child(f"{at}/dependentSchemas", name)


def _parts(node: dict[str, Any], keyword: str) -> enumerate[Any]:
    parts = node.get(keyword)
    return enumerate(parts if isinstance(parts, list) else ())


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Return the types two schemas admit together, or either's if none is common; ``number`` includes ``integer``."""
    if one is None or other is None:
        return other if one is None else one
    common = one & other
    if ("number" in one and "integer" in other) or ("integer" in one and "number" in other):
        common |= {"integer"}
    return common or one | other
