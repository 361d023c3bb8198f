"""How far a value is from a schema: by which the alternative is found that somebody meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beep_mock.contracts.nodes import child
from beep_mock.contracts.samples.mending import kind_names, kinds_of, mended, same
from beep_mock.interaction import MISSING, Json

__all__ = ["distance"]

_Flat = Callable[[Any, str], dict[str, Any] | None]
_DEEPEST = 3
_ITEMS = 3
_WRONG, _NAMED_OTHERWISE, _CONVERTED, _MISSING, _MISMATCH, _UNKNOWN = 12.0, 8.0, 4.0, 2.0, 2.0, 0.5


def distance(value: Json, schema: dict[str, Any], flat: _Flat, at: str, depth: int = _DEEPEST) -> float:
    """How much of ``value`` a flat ``schema`` refuses: 0 when nothing that is looked at.

    ``flat`` flattens a schema found in it, or gives None where that has no value; ``at`` is where the schema stands.
    Three levels are looked at, and three items.
    """
    if "const" in schema:
        return 0 if same(value, schema["const"]) else _NAMED_OTHERWISE
    if isinstance(schema.get("enum"), list):
        return 0 if any(same(value, choice) for choice in schema["enum"]) else _CONVERTED
    kinds = kinds_of(schema)
    if kinds and not set(kinds) & set(kind_names(value)):
        return _WRONG if value is None or mended(value, schema) is MISSING else _CONVERTED
    if isinstance(value, dict):
        return _of_object(value, schema, flat, at, depth)
    if isinstance(value, list):
        items = schema.get("items")
        if depth == 0 or not isinstance(items, dict):
            return 0
        return sum(_below(item, items, flat, f"{at}/items", depth) for item in value[:_ITEMS])
    fitting = mended(value, schema)
    return 0 if fitting is not MISSING and same(fitting, value) else _MISMATCH


def _of_object(value: dict[str, Json], schema: dict[str, Any], flat: _Flat, at: str, depth: int) -> float:
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = schema.get("required")
    far = _MISSING * sum(1 for name in (required if isinstance(required, list) else ()) if name not in value)
    extra = schema.get("additionalProperties")
    for name, member in value.items():
        if name in properties:
            far += _below(member, properties[name], flat, child(f"{at}/properties", name), depth)
        elif extra is False:
            far += _MISSING
        elif isinstance(extra, dict):
            far += _below(member, extra, flat, f"{at}/additionalProperties", depth)
        elif properties:
            far += _UNKNOWN
    return far


def _below(value: Json, node: Any, flat: _Flat, at: str, depth: int) -> float:
    if depth == 0 or node is True:
        return 0
    schema = flat(node, at)
    return _WRONG if schema is None else distance(value, schema, flat, at, depth - 1)
