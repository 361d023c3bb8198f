"""Small OpenAPI documents made by Hypothesis: every schema in them has values, every example keeps its schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from openapi_schema_validator import OAS30ReadValidator, OAS31Validator

from beep_mock.interaction import Json
from tests.support.values import values_near

__all__ = ["documents", "keeps"]

_NAMES = ["id", "name", "email", "created", "tags", "next"]
_STATUSES = ["200", "201", "202", "204", "2XX", "3XX", "404", "409", "422", "4XX", "500", "default"]
_FORMATS = ["date", "date-time", "uuid", "email", "uri", "ipv4", "byte", "password", "no-such-format"]
_PATTERNS = ["^[a-z]{3}$", "^[A-Z][0-9]+$", r"^\d{4}-\d{2}$", "^(yes|no)$", "b+"]

Schema = dict[str, Any]

_RARE: list[Schema] = [
    {"type": "number", "multipleOf": 0.01, "minimum": 0.015, "maximum": 0.03},
    {"type": "integer", "multipleOf": 7, "minimum": 50, "maximum": 56},
    {"type": "string", "pattern": "^[a-z]+$", "minLength": 9, "maxLength": 9},
    {"type": "string", "format": "email", "maxLength": 12},
    {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": "integer", "minimum": 1, "maximum": 3}},
    {"type": "array", "uniqueItems": True, "minItems": 2, "items": {"type": "boolean"}},
    {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer", "minimum": 3}},
    {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "integer"}}},
    {"type": "object", "maxProperties": 1, "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
    {"allOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "maximum": 3}]},
    {"allOf": [{"type": "string", "minLength": 2}, {"type": "string", "enum": ["a", "bb"]}]},
    {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]},
    {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object", "properties": {"b": {"type": "integer"}}},
    {"not": {"type": "string"}},
    {"type": "string", "not": {"enum": ["", "string", "text"]}},
    {"type": "object", "required": ["in", "out"], "properties": {"in": {"readOnly": True}, "out": {"type": "string"}}},
]
_LEGACY: list[Schema] = [
    {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 1, "exclusiveMaximum": True},
    {"type": "string", "nullable": True, "enum": ["a", None]},
    {"type": "array", "items": {}, "minItems": 1},
]
_MODERN: list[Schema] = [
    {"const": {"a": [1, None]}},
    {"type": ["integer", "string"], "minimum": 4, "minLength": 3},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "array", "prefixItems": [{"type": "string"}, {"const": 2}], "minItems": 3, "items": {"type": "boolean"}},
    {"type": "array", "contains": {"const": 7}, "minContains": 2, "items": {"type": "integer"}},
    {"type": "object", "patternProperties": {"^x_": {"type": "integer"}}, "required": ["x_a"]},
    {"type": "object", "propertyNames": {"pattern": "^[a-c]$"}, "minProperties": 1},
    {"type": "object", "properties": {"a": {"const": 1}}, "dependentRequired": {"a": ["b"]}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"enum": [1]}}, "if": {"required": ["a"]}, "then": {"required": ["c"]}},
    {"allOf": [{"properties": {"a": {"type": "integer"}}}], "type": "object", "unevaluatedProperties": False},
]


def keeps(value: Json, schema: Any, document: Schema) -> str:
    """Why ``value`` breaks ``schema``, as python's JSON Schema library says; an empty text if it does not."""
    kind: Any = OAS30ReadValidator if document["openapi"].startswith("3.0") else OAS31Validator
    whole = {"allOf": [schema], "components": document["components"]}
    validator = kind(whole, format_checker=kind.FORMAT_CHECKER)
    try:
        return next((error.message for error in validator.iter_errors(value)), "")
    except UnicodeEncodeError as error:  # its check of `byte` expects ASCII
        return str(error)


@st.composite
def documents(draw: st.DrawFn) -> Schema:
    """A document of version 3.0 or 3.1 with one to three operations."""
    version = draw(st.sampled_from(["3.0.3", "3.1.0"]))
    schemas = _schemas(version.startswith("3.1"))
    again = {"$ref": "#/components/schemas/Node"}
    properties = {"value": draw(schemas), "next": again, "all": {"type": "array", "items": again}}
    node = {"type": "object", "required": ["value"], "properties": properties}
    document: Schema = {"openapi": version, "info": {"title": "Made", "version": "1"}, "paths": {}}
    document["components"] = {"schemas": {"Node": node, "Plain": draw(schemas)}}
    for path in draw(st.lists(st.sampled_from(["/a", "/a/{id}", "/{id}/b"]), min_size=1, max_size=2, unique=True)):
        document["paths"][path] = {draw(st.sampled_from(["get", "post"])): draw(_operations(path, schemas, document))}
    return document


@st.composite
def _operations(draw: st.DrawFn, path: str, schemas: st.SearchStrategy[Schema], document: Schema) -> Schema:
    parameters = [{"name": "q", "in": "query", "required": draw(st.booleans()), "schema": {"type": "integer"}}]
    if "{id}" in path:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}})
    operation: Schema = {"parameters": parameters, "responses": {}}
    if draw(st.booleans()):
        content = {"application/json": {"schema": draw(schemas)}}
        operation["requestBody"] = {"required": draw(st.booleans()), "content": content}
    for status in draw(st.lists(st.sampled_from(_STATUSES), min_size=1, max_size=4, unique=True)):
        operation["responses"][status] = draw(_responses(schemas, document))
    return operation


@st.composite
def _responses(draw: st.DrawFn, schemas: st.SearchStrategy[Schema], document: Schema) -> Schema:
    response: Schema = {"description": "made"}
    if draw(st.booleans()):
        schema = draw(st.sampled_from([{"type": "integer", "minimum": 3}, {"type": "string", "enum": ["x y", "é"]}]))
        response["headers"] = {"X-Made": {"required": True, "schema": schema}}
    if not draw(st.integers(0, 5)):
        return response
    response["content"] = {}
    for name in draw(
        st.lists(st.sampled_from(["application/json", "application/vnd.a+json"]), min_size=1, unique=True)
    ):
        schema = draw(schemas | st.sampled_from([{"$ref": f"#/components/schemas/{n}"} for n in ("Node", "Plain")]))
        media = {"schema": schema}
        values = values_near(schema, document, stray=False, depth=3)
        found = [v for v in draw(st.lists(values, max_size=3)) if not keeps(v, schema, document)]
        if len(found) == 1:
            media["example"] = found[0]
        elif found:
            media["examples"] = {f"e{n}": {"value": value} for n, value in enumerate(found)}
        response["content"][name] = media
    return response


def _schemas(modern: bool) -> st.SearchStrategy[Schema]:
    rare = st.sampled_from(_RARE + (_MODERN if modern else _LEGACY))
    scalars = st.one_of(_numbers(modern), _strings(), st.just({"type": "boolean"}), _enums(), rare)
    return st.recursive(
        scalars, lambda inner: _arrays(inner) | _objects(inner) | _choices(inner), max_leaves=5
    ).flatmap(_nulls(modern))


def _nulls(modern: bool) -> Callable[[Schema], st.SearchStrategy[Schema]]:
    def perhaps(schema: Schema) -> st.SearchStrategy[Schema]:
        if not isinstance(schema.get("type"), str) or "enum" in schema:
            return st.just(schema)
        with_null = schema | ({"type": [schema["type"], "null"]} if modern else {"nullable": True})
        return st.sampled_from([schema, schema, with_null])

    return perhaps


@st.composite
def _numbers(draw: st.DrawFn, modern: bool) -> Schema:
    low = draw(st.integers(-50, 50))
    schema: Schema = {"type": draw(st.sampled_from(["integer", "number"]))}
    if draw(st.booleans()):
        schema |= {"minimum": low, "maximum": low + draw(st.integers(7, 90))}
        schema |= draw(st.sampled_from([{}, {"multipleOf": 5}, {"multipleOf": 0.5}]))
    elif draw(st.booleans()):
        schema |= {"exclusiveMinimum": low} if modern else {"minimum": low, "exclusiveMinimum": True}
    else:
        schema |= draw(st.sampled_from([{}, {"format": "int32"}, {"format": "int64"}, {"default": 1}, {"example": 2}]))
    return schema


@st.composite
def _strings(draw: st.DrawFn) -> Schema:
    kind = draw(st.sampled_from(["plain", "length", "format", "pattern"]))
    if kind == "length":
        least = draw(st.integers(0, 12))
        return {"type": "string", "minLength": least, "maxLength": least + draw(st.integers(0, 5))}
    if kind == "format":
        return {"type": "string", "format": draw(st.sampled_from(_FORMATS))}
    return {"type": "string", "pattern": draw(st.sampled_from(_PATTERNS))} if kind == "pattern" else {"type": "string"}


def _enums() -> st.SearchStrategy[Schema]:
    return st.sampled_from(
        [{"enum": ["a", 1]}, {"type": "string", "enum": ["é", ""]}, {"type": "integer", "enum": [0]}]
    )


@st.composite
def _arrays(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    least = draw(st.integers(0, 3))
    schema: Schema = {"type": "array", "items": draw(inner), "minItems": least}
    if draw(st.booleans()):
        schema["maxItems"] = least + draw(st.integers(0, 3))
    if draw(st.integers(0, 4)) == 4:  # enough values are sure to exist of these
        schema |= {"items": {"type": "string", "maxLength": 4}, "uniqueItems": True}
    return schema


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=4, unique=True))
    schema: Schema = {"type": "object", "properties": {name: draw(inner) for name in names}}
    if required := draw(st.lists(st.sampled_from(names), unique=True)):
        schema["required"] = required
    schema |= draw(st.sampled_from([{}, {"additionalProperties": False}, {"minProperties": len(names)}]))
    if draw(st.integers(0, 4)) == 4:
        part = {"type": "object", "properties": {"more": draw(inner)}, "required": ["more"]}
        schema.pop("additionalProperties", None)
        return {"allOf": [schema, part]}
    return schema


@st.composite
def _choices(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    number = {"type": "integer", "minimum": draw(st.integers(-5, 5))}
    text = draw(st.sampled_from([{"type": "string", "minLength": 2}, {"type": "boolean"}]))
    options = [{"type": "object", "required": ["v"], "properties": {"v": draw(inner)}}, number, text]
    return {draw(st.sampled_from(["oneOf", "anyOf"])): draw(st.permutations(options))}
