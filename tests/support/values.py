"""Values near a schema: most of them keep it, many break it in one place, and some have nothing to do with it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from beep_mock.interaction import Json

__all__ = ["STRAY", "values_near"]

STRAY: st.SearchStrategy[Json] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        -1,
        7,
        2**31,
        1.5,
        -0.5,
        "",
        "a",
        "7",
        "true",
        "null",
        "a b",
        [],
        [1],
        ["a"],
        {},
        {"x": 1},
    ]
)
"""Values of all types."""

_TEXTS = ["", "a", "ab", "abcdef", "red", "AB12", "1234AB", "é", "7", "a b", "Cat", "null"]
_FORMATS: dict[str, list[str]] = {
    "date": ["2024-02-29", "2023-02-29", "2024-2-9"],
    "date-time": ["2024-02-29T12:00:00Z", "2024-02-29T12:00:00+01:00", "2024-02-29", "2024-02-29T25:00:00Z"],
    "uuid": ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810", "not-a-uuid"],
}
_DEPTH = 4


def values_near(
    schema: Any, root: dict[str, Any], *, stray: bool = True, depth: int = _DEPTH
) -> st.SearchStrategy[Json]:
    """Values for ``schema``, its references resolved in ``root``.

    With ``stray`` one of about eight parts is a value of any type.
    """
    near = _near(_flat(schema, root, depth), root, stray, depth)
    if not stray:
        return near
    return st.integers(0, 7).flatmap(lambda n: STRAY if n == 7 else near)


def _flat(schema: Any, root: dict[str, Any], depth: int) -> dict[str, Any]:
    """The keywords of a schema, of what it refers to and of the parts of its ``allOf``, in one mapping."""
    if not isinstance(schema, dict):
        return {}
    found: dict[str, Any] = {}
    parts = [*schema.get("allOf", ())] if depth > 0 else []
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        parts.append(target)
    for part in (*(_flat(p, root, depth - 1) for p in parts), schema):
        properties = {**found.get("properties", {}), **part.get("properties", {})}
        required = [*found.get("required", []), *part.get("required", [])]
        found |= part
        found |= ({"properties": properties} if properties else {}) | ({"required": required} if required else {})
    return found


def _near(schema: dict[str, Any], root: dict[str, Any], stray: bool, depth: int) -> st.SearchStrategy[Json]:
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return st.one_of([values_near(s, root, stray=stray, depth=depth - 1) for s in schema[word]])
    types = schema.get("type", "object" if "properties" in schema else [])
    kinds = [types] if isinstance(types, str) else list(types)
    if schema.get("nullable"):
        kinds.append("null")
    return st.one_of([_of_kind(kind, schema, root, stray, depth) for kind in kinds]) if kinds else STRAY


def _of_kind(
    kind: str, schema: dict[str, Any], root: dict[str, Any], stray: bool, depth: int
) -> st.SearchStrategy[Json]:
    if kind in ("integer", "number"):
        return _numbers(kind, schema)
    if kind == "string":
        return st.sampled_from(_FORMATS.get(schema.get("format", ""), _TEXTS))
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    if kind == "array":
        return _arrays(schema, root, stray, depth)
    return _objects(schema, root, stray, depth)


def _numbers(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Json]:
    bounds = [schema[word] for word in ("minimum", "maximum", "multipleOf") if word in schema]
    bounds += [schema[w] for w in ("exclusiveMinimum", "exclusiveMaximum") if not isinstance(schema.get(w, True), bool)]
    edges = [edge + step for edge in bounds for step in (-1, 0, 1)]
    if schema.get("format") == "int32":
        edges += [2**31 - 1, 2**31]
    return st.sampled_from([*edges, 3, 5, 15, 40]) if kind == "integer" else st.sampled_from([*edges, 0.5, 2.5, 3])


def _arrays(schema: dict[str, Any], root: dict[str, Any], stray: bool, depth: int) -> st.SearchStrategy[Json]:
    if depth <= 0:
        return st.just([])
    first = st.tuples(*(values_near(s, root, stray=stray, depth=depth - 1) for s in schema.get("prefixItems", ())))
    rest = st.lists(values_near(schema.get("items", {}), root, stray=stray, depth=depth - 1), max_size=3)
    known = [schema["contains"]["const"]] if "contains" in schema else []
    more: st.SearchStrategy[list[Json]] = st.sampled_from([[], known])
    return st.tuples(first, more, rest).map(lambda parts: [*parts[0], *parts[1], *parts[2]])


def _objects(schema: dict[str, Any], root: dict[str, Any], stray: bool, depth: int) -> st.SearchStrategy[Json]:
    required = schema.get("required", ())
    # Below a certain depth only what must be there: references may lead round in a circle.
    declared = {n: s for n, s in schema.get("properties", {}).items() if depth > 0 or n in required}
    near = {name: values_near(node, root, stray=stray, depth=depth - 1) for name, node in declared.items()}
    whole = st.fixed_dictionaries(
        {name: values for name, values in near.items() if name in required},
        optional={name: values for name, values in near.items() if name not in required},
    )
    if not stray:
        return whole
    lacking = st.sampled_from([None] * 8 + list(near))
    added = st.sampled_from([{}] * 6 + [{"extra": True}, {"n_2": 1}, {"n_2": "a"}])
    return st.tuples(whole, lacking, added).map(lambda p: {n: v for n, v in p[0].items() if n != p[1]} | p[2])
