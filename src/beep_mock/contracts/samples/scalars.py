"""Numbers and texts by what a schema says of them; where that is a contradiction, by most of it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from beep_mock.contracts.samples.amounts import named_number
from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.numbers import allows, number
from beep_mock.contracts.samples.strings import text

__all__ = ["scalar"]

_LENGTHS = ("minLength", "maxLength")
_HIGHEST = ("maximum", "exclusiveMaximum")
_LEFT_ASIDE = {
    "string": (("maxLength",), ("minLength",), _LENGTHS, ("pattern",), ("pattern", *_LENGTHS), ("format", *_LENGTHS)),
    "number": (("multipleOf",), _HIGHEST, ("format",), ("multipleOf", *_HIGHEST), ("format", *_HIGHEST)),
}
"""Keywords that are not kept where not all can be. A client depends on a form more than on a length."""


def scalar(
    schema: dict[str, Any], kind: str, name: str, facts: Facts, random: Random, repetition: int, *, strict: bool
) -> str | int | float | None:
    """A string, number or integer for a schema; None where its keywords leave none.

    What is not ``strict`` keeps some of them then, and is never None.
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
