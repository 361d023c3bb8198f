"""What `encode_request` writes, `compile_decoder` reads: for all styles, wherever the style is unambiguous."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.document import Document
from beep_mock.contracts.encoding import encode_request
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.parameters.decoding import compile_decoder
from beep_mock.interaction import Json
from tests.support.declared import document_in, operation, parameter, received

TYPES = ("integer", "number", "boolean", "string")
STYLES: dict[str, tuple[str, ...]] = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
SHAPES = ("scalar", "array", "object")
CASES = [
    (location, style, explode, shape)
    for location, styles in STYLES.items()
    for style in styles
    for explode in (False, True)
    for shape in SHAPES
    if not (style == "deepObject" and (shape != "object" or not explode))
    and not (style in ("spaceDelimited", "pipeDelimited") and (explode or shape == "scalar"))
]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return document_in(tmp_path_factory.mktemp("document"))


def forbidden(location: str, style: str, explode: bool, shape: str) -> str:
    """The characters that would part a value, where the style does not encode them or the server decodes first."""
    if location == "path":
        inner = {"simple": ",=", "label": ".=" if explode else ",", "matrix": ";=" if explode else ","}[style]
        return "/" + (inner if shape != "scalar" else "")
    if location == "header":
        return "\r\n\0" + (",=" if shape != "scalar" else "")
    if style == "cookie":  # sent as they stand
        return '\r\n\0\t;"%& ' + (",=" if shape != "scalar" else "")
    return {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, "")


@st.composite
def declared_values(draw: st.DrawFn) -> tuple[Parameter, Json]:
    location, style, explode, shape = draw(st.sampled_from(CASES))
    banned = forbidden(location, style, explode, shape)
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=banned), max_size=12)
    if location == "header":
        text = text.map(lambda value: value.strip(" \t"))
    if location == "path" or (location == "header" and shape == "array"):
        text = text.filter(bool)  # an empty segment matches no template, an empty member is none
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    of_type: dict[str, st.SearchStrategy[Json]] = {
        "integer": st.integers(),
        "number": numbers if "." not in banned else st.integers(),
        "boolean": st.booleans(),
        "string": text,
    }
    kind = draw(st.sampled_from(TYPES))
    if shape == "scalar":
        schema: dict[str, Any] = {"type": kind}
        value = draw(of_type[kind])
    elif shape == "array":
        schema = {"type": "array", "items": {"type": kind}}
        value = draw(st.lists(of_type[kind], min_size=1, max_size=4))
    else:
        names = {"a": "integer", "b b": "string", "c-d": "boolean", "\u00e9": kind}
        names = {name: each for name, each in names.items() if not set(name) & set(banned)}
        if style == "spaceDelimited":
            names.pop("b b", None)
        schema = {"type": "object", "properties": {name: {"type": each} for name, each in names.items()}}
        value = draw(st.fixed_dictionaries({}, optional={n: of_type[each] for n, each in names.items()}).filter(bool))
    reserved = location == "query" and draw(st.booleans())
    name = draw(st.sampled_from(["color", "world-id", "a[b]", "x.y"])) if location == "query" else "color"
    return parameter(name, location, schema, style, explode=explode, allow_reserved=reserved), value  # type: ignore[arg-type]


@settings(deadline=None, max_examples=500)
@given(declared_values())
def test_what_is_encoded_is_decoded(document: Document, declared: tuple[Parameter, Json]) -> None:
    parameter, value = declared
    path = "/worlds/{color}" if parameter.location == "path" else "/worlds"
    request = encode_request(operation(path, parameter), {parameter.key: value})
    assert request.target.isascii()
    assert compile_decoder([parameter], document)(*received(request, path)) == {parameter.key: value}


@settings(deadline=None, max_examples=200)
@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.from_regex(r"[a-z]{1,3}", fullmatch=True), inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_nested_deep_objects_are_decoded_as_their_schema_says(document: Document, value: Json) -> None:
    whole = {"it": value}
    deep = parameter("filter", "query", schema_of(whole), "deepObject", explode=True)
    request = encode_request(operation("/worlds", deep), {deep.key: whole})
    assert compile_decoder([deep], document)(*received(request, "/worlds")) == {deep.key: whole}


def schema_of(value: Json) -> dict[str, Any]:
    """A schema that admits every item and property of ``value``."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: schema_of(item) for name, item in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": merged([schema_of(item) for item in value])}
    return {"type": "string"}


def merged(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": sorted({t for s in schemas for t in types_of(s)})}
    items = [s["items"] for s in schemas if "items" in s]
    if items:
        found["items"] = merged(items)
    properties: dict[str, list[dict[str, Any]]] = {}
    for schema in schemas:
        for name, each in schema.get("properties", {}).items():
            properties.setdefault(name, []).append(each)
    if properties:
        found["properties"] = {name: merged(each) for name, each in properties.items()}
    return found


def types_of(schema: dict[str, Any]) -> list[str]:
    declared = schema["type"]
    return declared if isinstance(declared, list) else [declared]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.data())
def test_no_request_breaks_a_decoder(
    document: Document, path: str, query: str, header: str, data: st.DataObject
) -> None:
    cases = data.draw(st.lists(st.sampled_from(CASES), min_size=1, max_size=6))
    schemas: dict[str, Any] = {
        "scalar": {"type": ["integer", "null"]},
        "array": {"type": "array", "items": {"type": "number"}},
        "object": {"type": "object", "additionalProperties": {"type": "boolean"}},
    }
    parameters = [
        parameter(f"p{index}", location, schemas[shape], style, explode=explode)  # type: ignore[arg-type]
        for index, (location, style, explode, shape) in enumerate(cases)
    ]
    text = query.encode("utf-8", "replace").decode("latin-1")
    names = {p.name: path for p in parameters if p.location == "path"}
    environ = {f"HTTP_P{index}": header for index in range(len(cases))} | {"HTTP_COOKIE": header}
    values = compile_decoder(parameters, document)(names, f"p0={text}&{text}&p1[{text}]={text}&p2={text}", environ)
    assert set(values) <= {p.key for p in parameters}
