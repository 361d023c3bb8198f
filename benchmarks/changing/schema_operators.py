"""Operators on one schema. Each says what it does to the values allowed: fewer, more, others, or the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.changing.shape_changes import (
    all_of_added,
    alternatives_changed,
    became_optional,
    became_required,
    closed,
    const_set,
    default_set,
    described,
    emptied,
    enum_reordered,
    exclusive_written,
    exemplified,
    hides,
    items_freed,
    items_limited,
    null_written,
    opened,
    property_added,
    property_removed,
    renamed,
    reordered,
    wrapped,
)
from benchmarks.changing.sites import Site
from benchmarks.changing.value_changes import (
    enum_added,
    enum_removed,
    enum_unset,
    keyword_set,
    keyword_shifted,
    keyword_unset,
    null_set,
    retype,
    retype_number,
)

__all__ = ["SCHEMA_OPERATORS", "SchemaOperator"]

FEWER, MORE, OTHERS, SAME = "fewer", "more", "others", "same"
Node = dict[str, Any]


@dataclass(frozen=True)
class SchemaOperator:
    """``apply`` changes a schema in place, or says that it does not fit (False); its place may matter (``site``)."""

    name: str
    effect: str
    apply: Callable[[Node, Site], bool]

    def breaks(self, direction: str) -> bool:
        """Whether the change is breaking in a direction: fewer values taken, or more sent."""
        return self.effect == OTHERS or self.effect == (FEWER if direction == "request" else MORE)


def schema_operators(modern: bool) -> list[SchemaOperator]:
    """All operators for a document of OpenAPI 3.1 and later (``modern``), or of before."""
    new: list[tuple[str, str, Callable[[Node, Site], bool]]] = [
        *((f"type {a} to {b}", OTHERS, retype(a, b)) for a, b in (
            ("string", "boolean"), ("integer", "boolean"), ("boolean", "integer"), ("array", "boolean"),
            ("object", "array"), ("string", "object"), ("number", "array"))),
        ("type integer to number", MORE, retype_number("integer", "number")),
        ("type number to integer", FEWER, retype_number("number", "integer")),
        ("null allowed", MORE, null_set(True, modern)),
        ("null refused", FEWER, null_set(False, modern)),
        ("anything allowed", MORE, emptied),
        ("enum value added", MORE, enum_added),
        ("enum value removed", FEWER, enum_removed),
        ("enum unset", MORE, enum_unset),
        ("enum set", FEWER, const_set),
        ("maxLength set", FEWER, keyword_set("string", "maxLength", 3, unless=("format",))),
        ("minLength set", FEWER, keyword_set("string", "minLength", 7, unless=("format",))),
        ("pattern set", FEWER, keyword_set("string", "pattern", "^[a-f]{2,4}$", unless=("format",))),
        ("format set", FEWER, keyword_set("string", "format", "uuid", unless=("pattern",))),
        ("maximum set", FEWER, keyword_set("integer", "maximum", 17)),
        ("minimum set", FEWER, keyword_set("integer", "minimum", 17)),
        ("multipleOf set", FEWER, keyword_set("integer", "multipleOf", 7)),
        ("maxItems set", FEWER, keyword_set("array", "maxItems", 1)),
        ("minItems set", FEWER, keyword_set("array", "minItems", 2)),
        ("uniqueItems set", FEWER, keyword_set("array", "uniqueItems", True, unless=("maxItems",))),
        ("maxProperties set", FEWER, keyword_set("object", "maxProperties", 1)),
        ("minProperties set", FEWER, keyword_set("object", "minProperties", 31)),
        *((f"{keyword} unset", MORE, keyword_unset(keyword)) for keyword in (
            "maxLength", "minLength", "pattern", "maximum", "minimum", "multipleOf", "maxItems", "minItems",
            "uniqueItems", "exclusiveMinimum")),
        *((f"{keyword} {'raised' if by > 0 else 'lowered'}", FEWER if keyword.startswith("min") is (by > 0) else MORE,
           keyword_shifted(keyword, by))
          for keyword in ("maxLength", "minLength", "maximum", "minimum", "maxItems", "minItems") for by in (1, -1)),
        ("required property added", FEWER, property_added(True)),
        ("optional property added", SAME, property_added(False)),
        ("required property removed", OTHERS, property_removed(True)),
        ("optional property removed", OTHERS, property_removed(False)),
        ("property renamed", OTHERS, renamed),
        ("property became required", FEWER, became_required),
        ("property became optional", MORE, became_optional),
        ("property became writeOnly", OTHERS, hides("writeOnly")),
        ("property became readOnly", SAME, hides("readOnly")),
        ("object closed", FEWER, closed),
        ("object opened", MORE, opened),
        ("items limited", FEWER, items_limited),
        ("items freed", MORE, items_freed),
        ("oneOf with another", MORE, wrapped("oneOf", {"type": "integer"})),
        ("anyOf with another", MORE, wrapped("anyOf", {"type": "integer"})),
        *((f"{keyword} branch removed", FEWER, alternatives_changed(keyword, lambda listed: listed[:-1]))
          for keyword in ("oneOf", "anyOf")),
        *((f"{keyword} branch added", MORE,
           alternatives_changed(keyword, lambda listed: [*listed, {"type": "boolean"}]))
          for keyword in ("oneOf", "anyOf")),
        ("allOf part added", FEWER, all_of_added),
        ("described otherwise", SAME, described),
        ("example changed", SAME, exemplified),
        ("properties reordered", SAME, reordered),
        ("enum reordered", SAME, enum_reordered),
        ("default of a body changed", SAME, default_set("another")),
        ("written as allOf", SAME, wrapped("allOf", None)),
        ("written as oneOf of one", SAME, wrapped("oneOf", None)),
        ("null written otherwise", SAME, null_written(modern)),
    ]  # fmt: skip
    if modern:
        new.append(("minimum written as exclusive", SAME, exclusive_written))
    return [SchemaOperator(name, effect, apply) for name, effect, apply in new]


SCHEMA_OPERATORS = schema_operators(True)
