"""Schemas that no value can keep, as far as that is seen at once.

What is looked at is one schema and the parts of its ``allOf``, as JSON Schema 2020-12: types that exclude each other,
bounds that cross, an ``enum`` or ``const`` with nothing of the type, required properties that may not be there.
A schema with a contradiction for one type only (``minLength: 2, maxLength: 1`` where numbers are allowed too) is no
error; where ``type`` names that type alone, it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

__all__ = ["impossible"]

_ALL = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_MOST_PARTS = 8
_TYPES: Final = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}

_BOUNDS: Final = (
    ("number", "minimum", "maximum"),
    ("string", "minLength", "maxLength"),
    ("array", "minItems", "maxItems"),
    ("object", "minProperties", "maxProperties"),
)
"""The type of value, its least and its greatest bound."""


def impossible(schema: dict[str, Any], resolve: Callable[[str], Any]) -> str:
    """Why no value can keep a schema, or ``""``. ``resolve`` gives what a ``$ref`` leads to."""
    parts = list(_parts(schema, resolve, _MOST_PARTS))
    if False in parts:
        return "'allOf' has a part that allows nothing"
    together = [part for part in parts if part is not True]
    types = _ALL
    for part in together:
        if "type" in part:
            types &= _allowed(part["type"])
    if not types:
        return "the parts of 'allOf' are of different types"
    reason = _values(together, types)
    if reason or len(types) == len(_ALL):
        return reason
    reasons = [_of_type(together, name) for name in types - ({"integer"} if "number" in types else set())]
    return reasons[0] if all(reasons) else ""


def _parts(schema: Any, resolve: Callable[[str], Any], steps: int) -> Iterator[Any]:
    yield schema
    if type(schema) is not dict or not steps:
        return
    if "$ref" in schema:
        yield from _parts(resolve(schema["$ref"]), resolve, steps - 1)
    for part in schema.get("allOf", ()):
        yield from _parts(part, resolve, steps - 1)


def _allowed(types: Any) -> frozenset[str]:
    names = frozenset(types if type(types) is list else [types])
    return names | {"integer"} if "number" in names else names


def _values(parts: list[dict[str, Any]], types: frozenset[str]) -> str:
    for part in parts:
        values = part.get("enum", [part["const"]] if "const" in part else None)
        if values is not None and not any(_is_of(value, types) for value in values):
            return f"'{'enum' if 'enum' in part else 'const'}' has no value of the type"
    return ""


def _is_of(value: Any, types: frozenset[str]) -> bool:
    name = _TYPES.get(type(value))
    if name is not None:
        return name in types
    return "number" in types or ("integer" in types and value == value // 1)


def _of_type(parts: list[dict[str, Any]], name: str) -> str:
    """Why no value of a type can keep the parts, or ``""``."""
    kind = "number" if name == "integer" else name
    for of, least, greatest in _BOUNDS:
        if of == kind:
            low = max((part[least] for part in parts if least in part), default=None)
            high = min((part[greatest] for part in parts if greatest in part), default=None)
            if low is not None and high is not None and low > high:
                return f"'{least}' is {low}, '{greatest}' is {high}"
    return _missing(parts) if kind == "object" else ""


def _missing(parts: list[dict[str, Any]]) -> str:
    """The required property that may not be there."""
    for required in (name for part in parts for name in part.get("required", ())):
        for part in parts:
            properties = part.get("properties", {})
            if properties.get(required) is False:
                return f"{required!r} is required and may have no value"
            undeclared = required not in properties and "patternProperties" not in part
            if undeclared and part.get("additionalProperties") is False:
                return f"{required!r} is required, and neither declared nor allowed beside what is"
    return ""
