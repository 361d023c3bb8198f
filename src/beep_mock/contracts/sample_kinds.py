"""Of which type a sample is."""

from __future__ import annotations

from typing import Any

from beep_mock.contracts.sample_schemas import ImpossibleError, Ways

__all__ = ["chosen_kind"]

_KINDS = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("array", ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems")),
    ("string", ("pattern", "minLength", "maxLength", "format")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)
_ANY_KIND = ("object", "string", "number", "array", "boolean", "null")


def chosen_kind(schema: dict[str, Any], ways: Ways) -> str:
    """The type to make a value of: one declared, else one that the keywords hint at; when all fail, any other."""
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else declared
    if isinstance(names, list):
        first = [str(name) for name in names if name != "null"] or [str(name) for name in names]
        others = ["null"] if schema.get("nullable") is True or "null" in names else []
    else:
        first = [kind for kind, keywords in _KINDS if any(keyword in schema for keyword in keywords)] or ["object"]
        others = [kind for kind in _ANY_KIND if kind not in first]
    if not first:
        raise ImpossibleError
    chosen, round_ = ways.choose(len(first), 1 + len(others))
    return others[round_ - 1] if round_ else first[chosen]
