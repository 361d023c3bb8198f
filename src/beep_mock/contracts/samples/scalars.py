"""Generate strings and numbers from a schema's keywords; if these contradict each other, from most of them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from beep_mock.contracts.samples.alternatives import ImpossibleError, Ways
from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.numbers import allows, named_number, number
from beep_mock.contracts.samples.strings import text
from beep_mock.interaction import Json, type_of

__all__ = ["chosen_kind", "listed", "may_be_null", "nameless", "scalar"]


_LENGTHS = ("minLength", "maxLength")
_HIGHEST = ("maximum", "exclusiveMaximum")
_LEFT_ASIDE = {
    "string": (("maxLength",), ("minLength",), _LENGTHS, ("pattern",), ("pattern", *_LENGTHS), ("format", *_LENGTHS)),
    "number": (("multipleOf",), _HIGHEST, ("format",), ("multipleOf", *_HIGHEST), ("format", *_HIGHEST)),
}
"""Type → sets of keywords to ignore, in this order, if no value satisfies all. Lengths go first because clients depend
on them less than on a format or pattern.
"""


def scalar(
    schema: dict[str, Any], kind: str, name: str, facts: Facts, random: Random, repetition: int, *, strict: bool
) -> str | int | float | None:
    """Return a string, number or integer for a schema; None if its keywords allow none.

    Unless ``strict``, contradicting keywords are ignored and the result is never None.
    """
    for part in (schema,) if strict else _parts(schema, "string" if kind == "string" else "number"):
        if kind == "string":
            found: str | float | None = text(part, name, facts, repetition)
        else:
            found = _number(part, name, facts, random, repetition, whole=kind == "integer")
        if found is not None:
            return found
    return None


def _parts(schema: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    yield schema
    for keywords in _LEFT_ASIDE[kind]:
        if not schema.keys().isdisjoint(keywords):
            yield {keyword: value for keyword, value in schema.items() if keyword not in keywords}
    yield {}


def _number(
    schema: dict[str, Any], name: str, facts: Facts, random: Random, repetition: int, *, whole: bool
) -> int | float | None:
    named = named_number(name, facts, whole=whole)
    if named is not None and allows(schema, named + repetition, whole=whole):
        return named + repetition
    return number(schema, random, whole=whole)


_KINDS = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("array", ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems")),
    ("string", ("pattern", "minLength", "maxLength", "format")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)
_ANY_KIND = ("object", "string", "number", "array", "boolean", "null")


def chosen_kind(schema: dict[str, Any], ways: Ways, *, strict: bool = True) -> str:
    """Return the type of the value to generate: a declared one, else one the keywords imply; in later rounds any other.

    :raises ImpossibleError: the schema requires two types at once, and ``strict`` is set.
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
    """Return the ``enum`` values of the type; null only with ``null``, or if no other value remains."""
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
    """Return whether a schema may allow null, which depends on the OpenAPI version."""
    return schema.get("nullable") is True or schema.get("x-nullable") is True or "null" in (schema.get("type") or ())


_SAYING = frozenset(
    {"contentEncoding", "contentMediaType", "contentSchema", "format", "maxLength", "minLength", "pattern"}
)
_TEXT = "string"


def nameless(schema: dict[str, Any], kind: str) -> str | int | None:
    """Return the default value of a type (``"string"``, 0); None if the flat schema has constraints to respect."""
    if kind == "string":
        return None if schema.keys() & _SAYING else _TEXT
    if kind in ("integer", "number"):
        return 0 if allows(schema, 0, whole=kind == "integer") else None
    return None
