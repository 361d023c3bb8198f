"""Merge schemas that all apply (``allOf``, ``$ref`` with siblings) into one."""

from __future__ import annotations

import math
from typing import Any, Final

from beep_mock.interaction import MISSING

__all__ = ["SHOWN", "additional_node", "longest_name", "mapping_of", "merged", "shown"]


SHOWN: Final = frozenset({"example", "examples", "default"})
"""Keywords that give an example value."""


def longest_name(asked: Any) -> int:
    """Return the bounds on a name's length from the schema in ``propertyNames``."""
    most = asked.get("maxLength") if isinstance(asked, dict) else None
    return most if isinstance(most, int) and not isinstance(most, bool) else 4096


def additional_node(schema: dict[str, Any]) -> Any:
    """Return the schema of undeclared properties; a string schema if any value is allowed."""
    extra = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    return {"type": "string"} if extra is True or extra == {} else extra


def mapping_of(schema: dict[str, Any], keyword: str) -> dict[str, Any]:
    """Return the mapping under ``keyword``; empty if it is not a mapping."""
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}


def shown(schema: dict[str, Any]) -> Any:
    """Return a schema's ``example``, ``examples`` or ``default`` value; :data:`MISSING` if it has none."""
    if "example" in schema:
        return schema["example"]
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    default = schema.get("default")
    return MISSING if default is None else default


_LARGEST = frozenset({"minimum", "minLength", "minItems", "minProperties", "minContains", "exclusiveMinimum"})
_SMALLEST = frozenset({"maximum", "maxLength", "maxItems", "maxProperties", "maxContains", "exclusiveMaximum"})
_SCHEMAS = frozenset({"items", "additionalProperties", "contains", "propertyNames", "unevaluatedProperties"})


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that combines the constraints of both; ``second`` wins where keywords cannot express both.

    An example of one part becomes the example of the whole only if the other part describes no properties; otherwise
    its members become examples of the properties.
    """
    if not first or not second:
        return first or second
    result = {key: value for key, value in first.items() if key not in SHOWN}
    for key, value in second.items():
        if key not in SHOWN:
            result[key] = _both(key, result[key], value) if key in result else value
    if "additionalProperties" in result or "properties" in result:
        properties = _properties(first, second)
        if properties:
            result["properties"] = properties
    if "const" in result and "const" in first and "const" in second and first["const"] != second["const"]:
        result["enum"] = []
    for part, other in ((first, second), (second, first)):
        if not SHOWN & part.keys():
            continue
        if not (other.get("properties") or other.get("required")):
            result.update({key: part[key] for key in SHOWN & part.keys()})
        elif isinstance(example := shown(part), dict):
            result["properties"] = _exemplified(mapping_of(result, "properties"), example)
    return result


def _exemplified(properties: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """Return the properties, each with its value from the object's example as its own example."""
    return {
        name: {"example": example[name], "allOf": [node]} if name in example and isinstance(node, dict) else node
        for name, node in properties.items()
    }


def _properties(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Return all properties; one that only one schema declares must meet the other's ``additionalProperties`` too."""
    ones, others = mapping_of(first, "properties"), mapping_of(second, "properties")
    result: dict[str, Any] = {}
    for name in {**ones, **others}:
        here = ones[name] if name in ones else _undeclared(first)
        there = others[name] if name in others else _undeclared(second)
        result[name] = _all_of(here, there)
    return result


def _undeclared(schema: dict[str, Any]) -> Any:
    return True if mapping_of(schema, "patternProperties") else schema.get("additionalProperties", True)


def _all_of(one: Any, other: Any) -> Any:
    if one is False or other is False:
        return False
    if not isinstance(one, dict) or not one or one == other:
        return other
    return {"allOf": [one, other]} if isinstance(other, dict) and other else one


def _both(key: str, one: Any, other: Any) -> Any:
    if one == other:
        return one
    if key in _SCHEMAS:
        return _all_of(one, other)
    if key == "not":
        return {"anyOf": [one, other]}
    if key == "type":
        return _types(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: _all_of(one.get(name, True), other.get(name, True)) for name in {**one, **other}}
    if isinstance(one, list) and isinstance(other, list):
        return _lists(key, one, other)
    if _are_numbers(one, other):
        return _numbers(key, one, other)
    return other


def _lists(key: str, one: list[Any], other: list[Any]) -> list[Any]:
    if key == "required":
        return list(dict.fromkeys([*one, *other]))
    if key == "enum":
        return [value for value in one if value in other]
    if key == "prefixItems":
        return [
            _all_of(one[i] if i < len(one) else True, other[i] if i < len(other) else True)
            for i in range(max(len(one), len(other)))
        ]
    return other


def _numbers(key: str, one: Any, other: Any) -> Any:
    if key in _LARGEST:
        return max(one, other)
    if key in _SMALLEST:
        return min(one, other)
    if key == "multipleOf" and isinstance(one, int) and isinstance(other, int) and one and other:
        return math.lcm(one, other)
    return other


def _types(one: Any, other: Any) -> list[Any]:
    ones = one if isinstance(one, list) else [one]
    others = other if isinstance(other, list) else [other]
    kept = [name for name in ones if name in others]
    both = {"integer", "number"}
    if (
        "integer" not in kept
        and "integer" in [*ones, *others]
        and both & set(map(str, ones))
        and both & set(map(str, others))
    ):
        kept.append("integer")
    return [name for name in kept if name != "number" or "integer" not in kept] if "integer" in kept else kept


def _are_numbers(one: Any, other: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))
