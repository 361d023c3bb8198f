"""Read the values of JSON Schema keywords; unusable values are reported and left out.

A reader takes a keyword's value and returns it as the JSON Schema library wants it, or raises :class:`KeywordError`
with the reason why it means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from beep_mock.contracts.nodes import kind_of

__all__ = ["SCHEMA", "SCHEMA_LISTS", "SCHEMA_MAPS", "VALUES", "KeywordError", "read_names"]

SCHEMA: Final = frozenset(
    {
        *("additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"),
        *("unevaluatedItems", "unevaluatedProperties"),
    }
)
"""Keywords whose value is a schema."""

SCHEMA_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords whose value is a list of schemas."""

SCHEMA_MAPS: Final = frozenset({"dependentSchemas", "patternProperties", "properties"})
"""Keywords whose value maps names or patterns to schemas."""

_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


class KeywordError(ValueError):
    """A keyword's value is unusable; the message completes "``maximum``: ..."."""


def _number(value: Any) -> Any:
    if type(value) not in (int, float) or value != value or value in (float("inf"), float("-inf")):
        raise KeywordError(f"must be a number, this is {kind_of(value)}")
    return value


def _positive(value: Any) -> Any:
    if _number(value) <= 0:
        raise KeywordError("must be greater than 0")
    return value


def _count(value: Any) -> int:
    number = _number(value)
    if number < 0 or number != int(number):
        raise KeywordError(f"must be a whole number from 0, this is {value}")
    return int(number)


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise KeywordError(f"must be true or false, this is {kind_of(value)}")
    return value


def read_names(value: Any) -> list[str]:
    """Return a list of names without duplicates."""
    if type(value) is not list:
        raise KeywordError(f"must be a list of names, this is {kind_of(value)}")
    if any(type(name) is not str for name in value):
        raise KeywordError("must be a list of names; one of these is not a name")
    return list(dict.fromkeys(value))


def _names_by_name(value: Any) -> dict[str, list[str]]:
    if type(value) is not dict:
        raise KeywordError(f"must be a mapping of lists of names, this is {kind_of(value)}")
    return {name: read_names(names) for name, names in value.items()}


def _type(value: Any) -> Any:
    names = value if type(value) is list else [value]
    unknown = [name for name in names if type(name) is not str or name not in _TYPES]
    if unknown or not names:
        if not unknown:
            raise KeywordError("must name a type")
        raise KeywordError(
            'null without quotes is not a type; write "null"' if None in unknown else f"{unknown[0]!r} is not a type"
        )
    return list(dict.fromkeys(names)) if type(value) is list else value


def _enum(value: Any) -> list[Any]:
    if type(value) is not list or not value:
        raise KeywordError(f"must be a list of values, this is {kind_of(value) if value != [] else 'empty'}")
    return value


def _any(value: Any) -> Any:
    return value


VALUES: Final[dict[str, Callable[[Any], Any]]] = {
    "const": _any,
    "dependentRequired": _names_by_name,
    "enum": _enum,
    "exclusiveMaximum": _number,
    "exclusiveMinimum": _number,
    "maxContains": _count,
    "maxItems": _count,
    "maxLength": _count,
    "maxProperties": _count,
    "maximum": _number,
    "minContains": _count,
    "minItems": _count,
    "minLength": _count,
    "minProperties": _count,
    "minimum": _number,
    "multipleOf": _positive,
    "required": read_names,
    "type": _type,
    "uniqueItems": _flag,
}
"""The readers of keywords that hold neither a schema nor a pattern or format."""
