"""Hypothesis: schemas of the keywords that every JSON Schema library reads alike, and values that often fit them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["documents", "values"]

NAMES = ("a", "b", "c")
PATTERNS = ("^a", "b+$", "^[abc]{1,3}$", "^x-")
FORMATS = ("date", "uuid", "ipv4", "int32", "int64", "password", "unknown")
STRINGS = ("", "a", "ab", "abc", "x-b", "2024-02-29", "2023-02-29", "192.0.2.7", "c0ffee00-0000-4000-8000-00000000cafe")

scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-4, 8),
    st.sampled_from([2**31 - 1, 2**31, -(2**31) - 1, 2**63, 0.5, 1.5, -2.5]),
    st.sampled_from(STRINGS),
)

values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from((*NAMES, "x-b")), inner, max_size=3),
    max_leaves=8,
)

counts = st.integers(0, 3)
names = st.sampled_from([[], ["a"], ["b"], ["c"], ["a", "b"], ["b", "c"]])
references = st.sampled_from([{"$ref": f"#/components/schemas/{name}"} for name in ("A", "B")])


def _with(type_: str, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(type_)}, optional=optional)


def _plain(inner: st.SearchStrategy[Any]) -> list[st.SearchStrategy[Any]]:
    numbers = {"minimum": st.integers(-3, 3), "maximum": st.integers(0, 5), "multipleOf": st.sampled_from([1, 2, 0.5])}
    text = {"minLength": counts, "maxLength": st.integers(1, 4), "pattern": st.sampled_from(PATTERNS)}
    properties = st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    return [
        _with("integer", format=st.sampled_from(FORMATS), **numbers),
        _with("number", **numbers),
        _with("string", format=st.sampled_from(FORMATS), **text),
        _with("boolean"),
        _with("array", items=inner, minItems=counts, maxItems=counts, uniqueItems=st.booleans()),
        _with(
            "object",
            properties=properties,
            required=names.filter(bool),
            additionalProperties=inner | st.booleans(),
            minProperties=st.integers(0, 2),
            maxProperties=st.integers(1, 3),
        ),
    ]


def _combined(inner: st.SearchStrategy[Any]) -> list[st.SearchStrategy[Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    return [st.fixed_dictionaries({keyword: several}) for keyword in ("allOf", "anyOf", "oneOf")] + [
        st.fixed_dictionaries({"not": inner}),
        references,
    ]


def _old(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """OpenAPI 3.0: ``nullable``, with an effect or without, and exclusive bounds as flags."""
    flags = st.fixed_dictionaries(
        {}, optional={"nullable": st.booleans(), "exclusiveMinimum": st.booleans(), "exclusiveMaximum": st.booleans()}
    )
    typed = st.builds(lambda schema, more: {**schema, **more}, st.one_of(_plain(inner)), flags)
    nullable = {"nullable": st.booleans()}
    values = st.fixed_dictionaries({"enum": st.lists(scalars, min_size=1, max_size=4)}, optional=nullable)
    typed_values = st.builds(lambda schema, enum: {**schema, **enum}, typed, values)
    combined = st.builds(
        lambda schema, more: schema if "$ref" in schema else {**schema, **more},
        st.one_of(_combined(inner)),
        st.fixed_dictionaries({}, optional={**nullable, "type": st.sampled_from(["integer", "string", "object"])}),
    )
    return st.one_of(typed, values, typed_values, combined)


def _new(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """OpenAPI 3.1: all of JSON Schema 2020-12."""
    more = st.fixed_dictionaries(
        {},
        optional={
            "const": scalars,
            "contains": inner,
            "dependentRequired": st.dictionaries(st.sampled_from(NAMES), names, max_size=2),
            "dependentSchemas": st.dictionaries(st.sampled_from(NAMES), inner, max_size=1),
            "else": inner,
            "enum": st.lists(scalars, min_size=1, max_size=4),
            "exclusiveMaximum": st.integers(0, 4),
            "exclusiveMinimum": st.integers(-3, 1),
            "if": inner,
            "maxContains": counts,
            "minContains": counts,
            "patternProperties": st.dictionaries(st.sampled_from(PATTERNS), inner, max_size=2),
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "propertyNames": inner,
            "then": inner,
            "type": st.sampled_from(
                [["array", "null"], ["integer", "string"], ["null", "object"], ["number"], "string"]
            ),
            "unevaluatedProperties": inner | st.booleans(),
        },
    )
    siblings = st.builds(lambda reference, schema: {**reference, **schema}, references, more)
    return st.one_of(*_plain(inner), *_combined(inner), more, siblings, st.booleans())


def documents(version: str) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas S, A and B of one document; they may refer to A and B, also to themselves, below a property or item."""
    extend = _old if version.startswith("3.0") else _new
    leaf: st.SearchStrategy[Any] = _with("string", maxLength=counts) | _with("integer", minimum=counts)
    schema = st.recursive(leaf, extend, max_leaves=6)
    # What A and B are made of leads into the value, so that no schema refers to itself in place.
    step = st.builds(lambda inner: {"properties": {"a": inner}}, schema)
    return st.fixed_dictionaries({"S": schema, "A": step | leaf, "B": step | leaf})
