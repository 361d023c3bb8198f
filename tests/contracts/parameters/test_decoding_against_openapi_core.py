"""Decoded parameters agree with openapi-core, an independent implementation, where it keeps the specification.

Left out, because it errs there (OpenAPI 3.1.1, sections in brackets):

- ``form`` exploded objects in a query: it looks for a parameter of the object's own name ["Style Examples"]
- ``spaceDelimited``: it parts at a literal ``%20`` after percent-decoding [RFC 3986, 2.4; "Style Values"]
- delimiters that are percent-encoded data: it decodes before it parts [RFC 6570, 3.2.8; RFC 3986, 2.2]
- bytes beyond ASCII in headers: it takes Latin-1, we UTF-8 where they are [RFC 9110, 5.5 leaves it open]
- percent-encoding in cookies: it leaves it ["Style Values", `form`; RFC 6570, 3.2.8]
- empty values and repeated values of styles ``matrix`` and ``deepObject``: it fails or takes one [RFC 6570, 3.2.7]
- ``yes``, ``on``, ``1``, ``True`` for true, ``1_000``, ``+1`` and `` 1`` for integers: it takes Python's reading
  ["Parameter Object", `schema`: values are of JSON Schema's data model]
- objects of odd members: it drops the last one
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from openapi_core.deserializing.styles import util as oracle
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from beep_mock.contracts.document import Document
from beep_mock.contracts.encoding import encode_request
from beep_mock.contracts.parameters.decoding import compile_decoder
from tests.support.declared import document_in, operation, parameter, received

TEXT = {"type": "string"}
SCHEMAS: dict[str, dict[str, Any]] = {
    "string": TEXT,
    "array": {"type": "array", "items": TEXT},
    "object": {"type": "object", "additionalProperties": TEXT},
}
WORDS = st.text("abR0-_~ é", min_size=1, max_size=4)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return document_in(tmp_path_factory.mktemp("document"))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(["simple", "label", "matrix"]), st.booleans(), st.sampled_from(sorted(SCHEMAS)), st.data())
def test_path_texts_are_parted_alike(
    document: Document, style: str, explode: bool, shape: str, data: st.DataObject
) -> None:
    words = data.draw(st.lists(WORDS, min_size=1, max_size=5))
    names = data.draw(st.lists(WORDS, min_size=1, max_size=5, unique=True))
    delimiter = {"simple": ",", "label": "." if explode else ",", "matrix": ";" if explode else ","}[style]
    if shape == "string":
        text = words[0]
    elif shape == "array":
        text = delimiter.join(words)
    else:
        equals = "=" if explode else delimiter
        text = delimiter.join(f"{name}{equals}{word}" for name, word in zip(names, words, strict=False))
    prefix, key, loads = {
        "simple": ("", "color", oracle.simple_loads),
        "label": (".", ".color*" if explode else ".color", oracle.label_loads),
        "matrix": (";color=", ";color*" if explode else ";color", oracle.matrix_loads),
    }[style]
    if style == "matrix" and explode and shape == "object":
        prefix = ";"
    elif style == "matrix" and explode and shape == "array":
        text = text.replace(";", ";color=")
    expected = loads(explode, "color", shape, {key: prefix + text})
    decode = compile_decoder([parameter("color", "path", SCHEMAS[shape], style, explode=explode)], document)
    assert decode({"color": prefix + text}, "", {}) == {"path.color": expected}


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["form", "pipeDelimited", "deepObject"]), st.sampled_from(["array", "object"]), st.data())
def test_query_texts_are_parted_alike(document: Document, style: str, shape: str, data: st.DataObject) -> None:
    words = data.draw(st.lists(WORDS, min_size=1, max_size=5))
    names = data.draw(st.lists(st.text("abR0_", min_size=1, max_size=4), min_size=1, max_size=5, unique=True))
    if style == "deepObject":
        fields = {f"color[{name}]": word for name, word in zip(names, words, strict=False)}
        expected = oracle.deep_object_loads(True, "color", "object", fields)
        shape = "object"
    else:
        delimiter = "," if style == "form" else "|"
        members = words if shape == "array" else [p for pair in zip(names, words, strict=False) for p in pair]
        fields = {"color": delimiter.join(members)}
        loads = oracle.form_loads if style == "form" else oracle.pipe_delimited_loads
        expected = loads(False, "color", shape, fields)
    query = "&".join(f"{quote(name)}={quote(text, safe=',|')}" for name, text in fields.items())
    declared = parameter("color", "query", SCHEMAS[shape], style, explode=style == "deepObject")
    assert compile_decoder([declared], document)({}, query, {}) == {"query.color": expected}


# Whole requests, read by its Werkzeug integration and cast by its schemas.

TYPED: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
    "integer": ({"type": "integer"}, st.integers(-(2**40), 2**40)),
    "number": ({"type": "number"}, st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))),
    "boolean": ({"type": "boolean"}, st.booleans()),
    "string": (TEXT, st.text("abc-_0~", min_size=1, max_size=6)),
}
ESCAPED = st.text("abc-_0~ é%", min_size=1, max_size=6)
PROPERTIES = {"n": "integer", "s": "string", "b": "boolean"}
PLACES = [
    ("path", "simple", False, "scalar"),
    ("path", "simple", False, "array"),
    ("path", "simple", False, "object"),
    ("path", "simple", True, "object"),
    ("query", "form", True, "scalar"),
    ("query", "form", True, "array"),
    ("query", "form", False, "array"),
    ("query", "form", False, "object"),
    ("query", "pipeDelimited", False, "array"),
    ("query", "deepObject", True, "object"),
    ("header", "simple", False, "scalar"),
    ("header", "simple", False, "array"),
    ("header", "simple", False, "object"),
    ("header", "simple", True, "object"),
    ("cookie", "form", False, "scalar"),
    ("cookie", "form", False, "array"),
]


def schema_of(shape: str, kind: str) -> dict[str, Any]:
    if shape == "array":
        return {"type": "array", "items": TYPED[kind][0]}
    if shape == "object":
        return {"type": "object", "properties": {name: TYPED[each][0] for name, each in PROPERTIES.items()}}
    return TYPED[kind][0]


def values_of(location: str, shape: str, kind: str) -> st.SearchStrategy[Any]:
    each = ESCAPED if kind == "string" and location in ("path", "query") else TYPED[kind][1]
    if shape == "array":
        return st.lists(each, min_size=1, max_size=3)
    if shape == "object":
        return st.fixed_dictionaries({name: TYPED[kind][1] for name, kind in PROPERTIES.items()})
    return each


CASES = [(place, kind) for place in PLACES for kind in (TYPED if place[3] != "object" else ["integer"])]
ORACLES: dict[tuple[Any, str], OpenAPI] = {}


def oracle_of(place: tuple[str, str, bool, str], kind: str) -> OpenAPI:
    if (place, kind) not in ORACLES:
        location, style, explode, shape = place
        declared = {"name": "color", "in": location, "required": True, "style": style, "explode": explode}
        path = "/worlds/{color}" if location == "path" else "/worlds"
        root = {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "servers": [{"url": "http://localhost"}],
            "paths": {
                path: {
                    "get": {
                        "parameters": [{**declared, "schema": schema_of(shape, kind)}],
                        "responses": {"200": {"description": ""}},
                    }
                }
            },
        }
        ORACLES[place, kind] = OpenAPI.from_dict(root)
    return ORACLES[place, kind]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(CASES), st.data())
def test_whole_requests_are_decoded_alike(
    document: Document, case: tuple[tuple[str, str, bool, str], str], data: st.DataObject
) -> None:
    (location, style, explode, shape), kind = case
    value = data.draw(values_of(location, shape, kind))
    declared = parameter("color", location, schema_of(shape, kind), style, explode=explode)  # type: ignore[arg-type]
    path = "/worlds/{color}" if location == "path" else "/worlds"
    request = encode_request(operation(path, declared), {declared.key: value})
    builder = EnvironBuilder(path=request.path, query_string=request.query, headers=request.headers)
    found = oracle_of(*case).unmarshal_request(WerkzeugOpenAPIRequest(Request(builder.get_environ())))
    assert found.errors == []
    expected = getattr(found.parameters, location)["color"]
    assert compile_decoder([declared], document)(*received(request, path)) == {declared.key: expected}
    assert expected == value
