"""Of which type a sample is, and what a schema lists of its values."""

from __future__ import annotations

from typing import Any

from beep_mock.contracts.samples.ways import ImpossibleError, Ways
from beep_mock.interaction import Json, type_of

__all__ = ["chosen_kind", "listed", "may_be_null"]

_KINDS = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("array", ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems")),
    ("string", ("pattern", "minLength", "maxLength", "format")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)
_ANY_KIND = ("object", "string", "number", "array", "boolean", "null")


def chosen_kind(schema: dict[str, Any], ways: Ways, *, strict: bool = True) -> str:
    """The type to make a value of: one declared, else one that the keywords hint at; when all fail, any other.

    :raises ImpossibleError: two types are demanded together, and this is ``strict``.
    """
    hinted = [kind for kind, keywords in _KINDS if any(keyword in schema for keyword in keywords)]
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else declared
    if isinstance(names, list):
        first = [str(name) for name in names if name != "null"] or [str(name) for name in names]
        others = ["null"] if schema.get("nullable") is True or "null" in names else []
    else:
        first = hinted or ["object"]
        others = [kind for kind in _ANY_KIND if kind not in first]
    if not first and strict:
        raise ImpossibleError
    first = first or hinted or ["string"]
    chosen, round_ = ways.choose(len(first), 1 + len(others))
    return others[round_ - 1] if round_ else first[chosen]


def listed(schema: dict[str, Any], values: list[Json], *, null: bool) -> list[Json]:
    """Those of an ``enum``'s values that are of the type; null only with ``null``, or where nothing else is."""
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else declared
    others = [value for value in values if value is not None]
    if isinstance(names, list) and names:
        others = [
            value for value in others if type_of(value) in names or (type_of(value) == "integer" and "number" in names)
        ]
    nulls = [None] if None in values and (null or not others) else []
    return [*others, *nulls]


def may_be_null(schema: dict[str, Any]) -> bool:
    """Whether null may be a value, whatever else a schema says: that depends on the version of OpenAPI."""
    return schema.get("nullable") is True or schema.get("x-nullable") is True or "null" in (schema.get("type") or ())
