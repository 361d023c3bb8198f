"""Several schemas that all hold, as one: what a sample of ``allOf`` (and ``$ref`` with siblings) has to keep."""

from __future__ import annotations

from typing import Any

__all__ = ["merged"]

_LARGEST = {"minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"}
_SMALLEST = {"maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"}
_BOTH = {"items", "additionalProperties", "contains", "propertyNames", "not", "if"}


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """A schema that demands what both demand, as far as keywords can say it; ``second`` wins where they cannot."""
    if not first:
        return second
    result = dict(first)
    for key, value in second.items():
        result[key] = _both(key, result[key], value) if key in result else value
    return result


def _both(key: str, one: Any, other: Any) -> Any:
    if one == other:
        return one
    if key in ("properties", "patternProperties") and isinstance(one, dict) and isinstance(other, dict):
        return {
            name: {"allOf": [one[name], other[name]]} if name in one and name in other else (one | other)[name]
            for name in one | other
        }
    if key == "required" and isinstance(one, list) and isinstance(other, list):
        return list(dict.fromkeys([*one, *other]))
    if key == "enum" and isinstance(one, list) and isinstance(other, list):
        return [v for v in one if v in other]
    if key == "type":
        return _types(one, other)
    if key in _LARGEST | _SMALLEST and _are_numbers(one, other):
        return max(one, other) if key in _LARGEST else min(one, other)
    if key in ("oneOf", "anyOf"):
        return one  # the other group is kept by whoever flattens
    if key in _BOTH:
        if one is False or other is False:
            return False
        if isinstance(one, dict) and isinstance(other, dict):
            return {"allOf": [one, other]}
        return one if isinstance(one, dict) else other
    return other


def _types(one: Any, other: Any) -> list[str]:
    ones = one if isinstance(one, list) else [one]
    others = other if isinstance(other, list) else [other]
    kept = [t for t in ones if t in others]
    if (
        "integer" not in kept
        and ("integer" in ones or "integer" in others)
        and ("number" in ones or "number" in others)
    ):
        kept.append("integer")
    return kept


def _are_numbers(one: Any, other: Any) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))
