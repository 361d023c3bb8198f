"""A schema as one thing: everything that it, its ``$ref`` and its ``allOf`` demand together."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from beep_mock.changes.contract_version import ContractVersion, Part, text_of
from beep_mock.contracts.nodes import child
from beep_mock.contracts.schemas.formats import RANGES
from beep_mock.contracts.schemas.visibility import Direction
from beep_mock.interaction import type_of

__all__ = [
    "ALL_TYPES",
    "ASSERTING",
    "Bound",
    "View",
    "declared_types",
    "fits",
    "is_null",
    "is_number",
    "is_schema",
    "listed",
    "mapping",
    "others_of",
    "patterns_of",
    "whole",
]


ALL_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})

ASSERTING = frozenset(
    {
        *("type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
        *("maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains"),
        *("minContains", "maxProperties", "minProperties", "required", "dependentRequired", "allOf", "anyOf"),
        *("oneOf", "not", "if", "then", "else", "dependentSchemas", "prefixItems", "items", "contains"),
        *("properties", "patternProperties", "additionalProperties", "propertyNames", "unevaluatedItems"),
        *("unevaluatedProperties", "format"),
    }
)
"""Keywords that say something about values."""

Bound = tuple[float, bool]
"""A limit, and whether it is excluded."""


def declared_types(node: Mapping[str, Any]) -> frozenset[str]:
    declared = node.get("type")
    names = [declared] if isinstance(declared, str) else declared
    types = ALL_TYPES
    if isinstance(names, list):
        types = frozenset(name for name in names if isinstance(name, str)) & ALL_TYPES or ALL_TYPES
        types |= {"integer"} if "number" in types else frozenset()
    listed = node["enum"] if isinstance(node.get("enum"), list) else [node["const"]] if "const" in node else None
    if listed:
        types &= {
            kind for value in listed for kind in ({"number", "integer"} if is_number(value) else {type_of(value)})
        }
    return types


def others_of(node: Mapping[str, Any], at: str) -> list[Part]:
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if is_schema(node.get(keyword)):
            return [(node[keyword], child(at, keyword))]
    return []


def is_null(node: Any) -> bool:
    return isinstance(node, dict) and (
        node.get("type") in ("null", ["null"])
        or node.get("enum") == [None]
        or ("const" in node and node["const"] is None)
    )


def is_schema(node: Any) -> bool:
    return isinstance(node, dict | bool)


def is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def whole(bound: Bound, lower: bool) -> Bound:
    """Return the same limit for whole numbers, included."""
    value, excluded = bound
    nearest = math.ceil(value) if lower else math.floor(value)
    return (nearest + (1 if lower else -1), False) if excluded and nearest == value else (nearest, False)


def listed(node: Mapping[str, Any], keyword: str) -> list[Any]:
    value = node.get(keyword)
    return value if isinstance(value, list) else []


def mapping(node: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    value = node.get(keyword)
    return value if isinstance(value, dict) else {}


def fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


_DEEPEST = 32
_DEEPEST_BRANCH = 4  # alternatives within alternatives, and the allOf around them


class View:
    """The combined demands of several schemas on a value that travels in ``direction``.

    ``parts`` are the schemas without ``$ref`` and ``allOf`` that they are made of. ``impossible`` when one is
    ``false``, ``opaque`` when something in it cannot be read.
    """

    def __init__(self, version: ContractVersion, schemas: tuple[Part, ...], direction: Direction) -> None:
        self.version = version
        self.schemas = schemas
        self.direction = direction
        self.at = schemas[0][1] if schemas else ""
        self.parts: list[tuple[Mapping[str, Any], str]] = []
        self.groups: list[tuple[str, list[Part], str]] = []
        self.impossible = False
        self.opaque = False
        seen: set[str] = set()
        types = ALL_TYPES
        for schema in schemas:
            types &= self._gather(schema, seen, 0)
        self.types: frozenset[str] = types

    def _gather(self, schema: Part, seen: set[str], depth: int) -> frozenset[str]:
        """Take in a schema; returns the types that it allows."""
        node, at = schema
        if node is False:
            self.impossible = True
        if not isinstance(node, dict):
            return ALL_TYPES
        if at in seen or depth > _DEEPEST:
            return ALL_TYPES
        seen.add(at)
        types = ALL_TYPES
        if isinstance(node.get("$ref"), str):
            target = self.version.follow(schema)
            if target is None:
                self.opaque = True
            else:
                types &= self._gather(target, seen, depth + 1)
            if not self.version.modern:
                return types
        if "$dynamicRef" in node or "$recursiveRef" in node:
            self.opaque = True
        self.parts.append((node, at))
        types &= declared_types(node)
        for index, part in enumerate(listed(node, "allOf")):
            types &= self._gather((part, f"{at}/allOf/{index}"), seen, depth + 1)
        nullable = not self.version.modern and node.get("nullable") is True
        for keyword in ("oneOf", "anyOf"):
            branches = [(branch, f"{at}/{keyword}/{index}") for index, branch in enumerate(listed(node, keyword))]
            others = [branch for branch in branches if not is_null(branch[0])]
            nulls = len(branches) - len(others)
            allowed = "null" in types and (nulls == 1 or (nulls > 1 and keyword == "anyOf"))
            if nulls and not others:
                types &= {"null"} if allowed else frozenset()
            elif len(others) == 1:  # a long way to say that null is allowed, or nothing
                own = self._gather(others[0], seen, depth + 1)
                if allowed and keyword == "oneOf" and "null" in own:
                    types -= {"null"}  # it fits both
                    allowed = False
                types &= own
            elif others:
                self.groups.append((keyword, others, at))
                types &= self._types_of_any(others, depth) | ({"null"} if allowed else frozenset())
            nullable = nullable or allowed
        return types | {"null"} if nullable else types

    def _types_of_any(self, branches: list[Part], depth: int) -> frozenset[str]:
        """Return the types that one of several schemas allows; everything where that is not easily seen."""
        if depth >= _DEEPEST_BRANCH:
            return ALL_TYPES
        found: frozenset[str] = frozenset()
        for branch in branches:
            inner = View.__new__(View)
            inner.version, inner.direction, inner.parts, inner.groups = self.version, self.direction, [], []
            inner.impossible = inner.opaque = False
            found |= inner._gather(branch, set(), depth + 1)
        return found

    @property
    def anything(self) -> bool:
        """Return whether the schema has no constraint."""
        return not self.impossible and not any(ASSERTING & node.keys() for node, _ in self.parts)

    @property
    def typed(self) -> bool:
        """Return whether it says of which types values are."""
        return self.types != ALL_TYPES

    def place(self, keyword: str) -> str:
        """Return where the keyword stands, or where the schema does."""
        return next((child(at, keyword) for node, at in self.parts if keyword in node), self.at)

    def all(self, keyword: str) -> list[Any]:
        """Return the values of a keyword in all parts."""
        return [node[keyword] for node, _ in self.parts if keyword in node]

    def schemas_of(self, keyword: str) -> tuple[Part, ...]:
        """Return the schemas that a keyword holds in all parts."""
        return tuple((node[keyword], child(at, keyword)) for node, at in self.parts if is_schema(node.get(keyword)))

    @cached_property
    def values(self) -> dict[bytes, Any] | None:
        """The values listed by ``enum`` and ``const``, by their text; None when there is no list."""
        found: dict[bytes, Any] | None = None
        for values in [*self.all("enum"), *([one] for one in self.all("const"))]:
            if isinstance(values, list):
                own = {text_of(value): value for value in values if value is not None}
                found = own if found is None else {key: value for key, value in found.items() if key in own}
        if (
            found is not None
            and "null" in self.types
            and all(
                not isinstance(values, list) or None in values or not self.version.modern for values in self.all("enum")
            )
            and not any(one is not None for one in self.all("const") if self.version.modern)
        ):
            found[b"null"] = None
        return found

    @property
    def domain(self) -> list[Any] | None:
        """All values, when they are few."""
        if self.values is not None:
            return list(self.values.values())
        if self.types <= {"boolean", "null"}:
            return [
                value for value, kind in ((True, "boolean"), (False, "boolean"), (None, "null")) if kind in self.types
            ]
        return None

    def count(self, keyword: str) -> int | None:
        """Return a limit of lengths or numbers of things; the tightest of all parts. None if there is no limit."""
        found = [int(one) for one in self.all(keyword) if type(one) in (int, float) and math.isfinite(one)]
        if not found:
            return None
        tightest = max(found) if keyword.startswith("min") else min(found)
        return None if tightest == 0 and keyword.startswith("min") and keyword != "minContains" else tightest

    def bound(self, lower: bool, *, formats: bool = False) -> Bound | None:
        """Return the lower or upper limit of numbers; with ``formats``, those that are ranges count."""
        word, exclusive = ("minimum", "exclusiveMinimum") if lower else ("maximum", "exclusiveMaximum")
        found: list[Bound] = []
        for node, _ in self.parts:
            if is_number(node.get(word)):
                found.append((node[word], node.get(exclusive) is True))
            if is_number(node.get(exclusive)):
                found.append((node[exclusive], True))
            if formats and (limits := RANGES.get(str(node.get("format")))) is not None:
                found.append((limits[0 if lower else 1], False))
        if not found:
            return None
        found = [whole(bound, lower) for bound in found] if "number" not in self.types else found
        return max(found) if lower else min(found, key=lambda bound: (bound[0], not bound[1]))

    # Objects

    @cached_property
    def properties(self) -> dict[str, list[Part]]:
        """The schemas declared for each property."""
        found: dict[str, list[Part]] = {}
        for node, at in self.parts:
            for name, schema in mapping(node, "properties").items():
                found.setdefault(name, []).append((schema, child(f"{at}/properties", name)))
        return found

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The properties that do not belong in this direction."""
        return frozenset(
            name
            for name, schemas in self.properties.items()
            if any(self.direction in self.version.hidden(schema) for schema in schemas)
        )

    @cached_property
    def required(self) -> dict[str, str]:
        """The required properties that belong in this direction, each with its place."""
        return {
            name: child(at, "required")
            for node, at in self.parts
            for name in listed(node, "required")
            if isinstance(name, str) and name not in self.hidden
        }

    def schemas_for(self, name: str) -> tuple[Part, ...]:
        """Return everything that the value of a property has to meet."""
        found: list[Part] = []
        for node, at in self.parts:
            own = mapping(node, "properties")
            fitting = [
                (schema, child(f"{at}/patternProperties", pattern))
                for pattern, schema in mapping(node, "patternProperties").items()
                if fits(pattern, name)
            ]
            if name in own:
                fitting.append((own[name], child(f"{at}/properties", name)))
            found += fitting or others_of(node, at)
        return tuple(found)

    @cached_property
    def others(self) -> tuple[Part, ...]:
        """Return the demands on properties without a name in the schema."""
        return tuple(schema for node, at in self.parts for schema in others_of(node, at) if schema[0] not in (True, {}))

    @property
    def closed(self) -> bool:
        """Return whether properties that nothing names are refused."""
        return any(schema is False for schema, _ in self.others)

    def item(self, index: int | None) -> tuple[Part, ...]:
        """Return the demands on an item: at a position, or after all the positions named."""
        found: list[Part] = []
        for node, at in self.parts:
            first = listed(node, "prefixItems")
            if index is not None and index < len(first):
                found.append((first[index], f"{at}/prefixItems/{index}"))
            elif is_schema(node.get("items")):
                found.append((node["items"], f"{at}/items"))
            elif is_schema(node.get("unevaluatedItems")):
                found.append((node["unevaluatedItems"], f"{at}/unevaluatedItems"))
        return tuple(found)

    @property
    def positions(self) -> int:
        """Return how many positions ``prefixItems`` names."""
        return max((len(listed(node, "prefixItems")) for node, _ in self.parts), default=0)


def patterns_of(view: View) -> Iterator[tuple[str, Part]]:
    """Yield the schemas of ``patternProperties``, with their patterns."""
    for node, at in view.parts:
        for pattern, schema in mapping(node, "patternProperties").items():
            yield pattern, (schema, child(f"{at}/patternProperties", pattern))
