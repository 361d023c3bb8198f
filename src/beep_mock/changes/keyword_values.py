"""What single keywords of a schema say."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from beep_mock.changes.sides import Part
from beep_mock.contracts.nodes import child
from beep_mock.interaction import type_of

__all__ = [
    "ALL_TYPES",
    "ASSERTING",
    "Bound",
    "declared_types",
    "fits",
    "is_null",
    "is_number",
    "is_schema",
    "listed",
    "mapping",
    "others_of",
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
    """The same limit for whole numbers, included."""
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
