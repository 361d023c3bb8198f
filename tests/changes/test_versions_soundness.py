"""What is called non-breaking must not break: no value that was sent before is refused after, by another's validator.

Schemas and values are made by Hypothesis; the judge is python-jsonschema, not the library that the toolkit is built on.
Values hold only properties that the sender's schema names (see docs/reference/diff.md: nobody sends others).
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from beep_mock.changes.difference import Level
from beep_mock.changes.versions import differences
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Contract
from beep_mock.contracts.reading.retrieval import Retrieval

_LIMITS = st.integers(0, 4)
_SCALARS = st.sampled_from(
    [None, True, False, 0, 1, 2, 3, 4, 6, 1.5, -1, "", "a", "ab", "abc", "abcd", "hot", "cold", "12"]
)


class _Memory(Retrieval):
    def __init__(self, schema: Any, where: str) -> None:
        super().__init__("openapi.json")
        content = {"application/json": {"schema": schema}}
        operation: dict[str, Any] = {"responses": {"200": {"description": ""}}}
        if where == "request":
            operation["requestBody"] = {"required": True, "content": content}
        else:
            operation["responses"]["200"]["content"] = content
        recursive = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Chain"}}}
        self._text = orjson.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "t", "version": "1"},
                "paths": {"/x": {"post": operation}},
                "components": {"schemas": {"Chain": recursive}},
            }
        )

    def read(self, key: str) -> bytes:
        return self._text


def contract(schema: Any, where: str) -> Contract:
    return compile_contract(load_document("openapi.json", retrieval=_Memory(schema, where)))


def _some(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keywords)


@st.composite
def schemas(draw: st.DrawFn, depth: int = 0) -> Any:
    kinds = ["string", "integer", "number", "boolean", "null", "any", "enum", "union"]
    if depth < 2:
        kinds += ["array", "object", "object", "oneOf", "anyOf", "allOf"]
    kind = draw(st.sampled_from(kinds))
    inner = schemas(depth + 1)
    if kind == "string":
        more = _some(
            minLength=_LIMITS, maxLength=_LIMITS, pattern=st.sampled_from(["^a", "b$", "^[a-d]*$", "^\\d+$", "o"])
        )
        return {"type": "string", **draw(more)}
    if kind in ("integer", "number"):
        more = _some(
            minimum=st.sampled_from([0, 1, 1.5, 2]), maximum=st.integers(1, 6), exclusiveMinimum=st.integers(-1, 2),
            exclusiveMaximum=st.integers(2, 7), multipleOf=st.sampled_from([1, 2, 3, 0.5, 6]),
        )  # fmt: skip
        return {"type": kind, **draw(more)}
    if kind == "enum":
        listed = draw(st.lists(_SCALARS, min_size=1, max_size=4, unique_by=lambda value: orjson.dumps(value)))
        return draw(st.sampled_from([{"enum": listed}, {"const": listed[0]}]))
    if kind == "union":
        names = ["string", "integer", "null", "boolean", "number"]
        return {"type": draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))}
    if kind == "array":
        more = _some(
            items=inner, minItems=st.integers(0, 2), maxItems=st.integers(0, 3), uniqueItems=st.booleans(),
            contains=inner, prefixItems=st.lists(inner, min_size=1, max_size=2), minContains=st.integers(0, 2),
            maxContains=st.integers(1, 2),
        )  # fmt: skip
        return {"type": "array", **draw(more)}
    if kind == "object":
        names = [f"{name}{depth}" for name in "abc"]
        more = _some(
            properties=st.dictionaries(st.sampled_from(names), inner, max_size=3),
            required=st.lists(st.sampled_from(names), max_size=2, unique=True),
            additionalProperties=st.one_of(st.booleans(), inner), minProperties=st.integers(0, 2),
            maxProperties=st.integers(0, 3),
            patternProperties=st.dictionaries(st.sampled_from(["^a", "^b"]), inner, max_size=1),
            dependentRequired=st.just({names[0]: [names[1]]}), propertyNames=st.just({"maxLength": 2}),
        )  # fmt: skip
        return {"type": "object", **draw(more)}
    if kind in ("oneOf", "anyOf"):
        return {kind: draw(st.lists(inner, min_size=1, max_size=3))}
    if kind == "allOf":
        flat = schemas(2)
        return {"allOf": draw(st.lists(flat, min_size=1, max_size=2))}
    return {"boolean": {"type": "boolean"}, "null": {"type": "null"}, "any": {}}[kind]


@st.composite
def relatives(draw: st.DrawFn) -> tuple[Any, Any]:
    """A schema, and one that is like it in most."""
    one = draw(schemas())
    return one, _changed(draw, one, 0)


def _changed(draw: st.DrawFn, node: Any, depth: int) -> Any:
    if draw(st.integers(0, 5)) == 0 or not isinstance(node, dict) or not node:
        return draw(schemas(min(depth, 2)))
    other = dict(node)
    key = draw(st.sampled_from(sorted(other)))
    value = other[key]
    match draw(st.sampled_from(["drop", "inner", "inner", "replace"])):
        case "drop" if key != "type":
            del other[key]
        case "inner" if key in ("items", "additionalProperties", "contains") and isinstance(value, dict):
            other[key] = _changed(draw, value, depth + 1)
        case "inner" if key == "properties" and value:
            name = draw(st.sampled_from(sorted(value)))
            other[key] = {**value, name: _changed(draw, value[name], depth + 1)}
        case "inner" if key in ("oneOf", "anyOf", "allOf", "prefixItems"):
            index = draw(st.integers(0, len(value) - 1))
            other[key] = [_changed(draw, one, 2) if n == index else one for n, one in enumerate(value)]
        case _:
            again = draw(schemas(min(depth, 2)))
            if isinstance(again, dict) and again.get("type") == other.get("type"):
                other |= again
    return other


def values(depth: int = 0) -> st.SearchStrategy[Any]:
    if depth > 2:
        return _SCALARS
    inner = values(depth + 1)
    names = st.sampled_from([f"{name}{level}" for name in "abc" for level in (depth, 0, 1)])
    return st.one_of(_SCALARS, _SCALARS, st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3))


def closed(node: Any) -> Any:
    """The schema for those who send only what it names."""
    if isinstance(node, list):
        return [closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {key: closed(value) if key not in ("enum", "const", "required") else value for key, value in node.items()}
    if node.get("type") == "object" and node.get("additionalProperties", True) is True:
        found["additionalProperties"] = False
    return found


@pytest.mark.parametrize("direction", ["request", "response"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(pair=relatives(), tried=st.lists(values(), min_size=12, max_size=12))
@example(
    pair=({"oneOf": [{"oneOf": [{"type": "string"}] * 2}, {"type": "string"}]}, {"oneOf": [{}, {"type": "string"}]}),
    tried=[""],
)
@example(pair=({"allOf": [{"type": "null"}] * 2}, {"allOf": [{"type": "string"}, {"type": "null"}]}), tried=[None])
@example(pair=({"type": "integer"}, {"oneOf": [{"type": "null"}]}), tried=[0])
def test_what_does_not_break_breaks_nothing(direction: str, pair: tuple[Any, Any], tried: list[Any]) -> None:
    old, new = pair
    found = differences(contract(old, direction), contract(new, direction))
    if any(one.level is not Level.NON_BREAKING for one in found):
        return
    sent, taken = (old, new) if direction == "request" else (new, old)
    sender, strict, taker = (Draft202012Validator(one) for one in (sent, closed(sent), taken))
    for value in tried:
        if sender.is_valid(value) and strict.is_valid(value):
            assert taker.is_valid(value), (value, [(one.rule, one.message) for one in found])
