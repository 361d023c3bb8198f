"""Arrays in every collection format of Swagger 2.0: what is written is read back, in whatever place it travels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.formats import compile_body_decoder, parse_content_type
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.encoding import encode_body, encode_request
from beep_mock.contracts.examples import header_text
from beep_mock.contracts.parameters.decoding import compile_decoder
from beep_mock.interaction import Json

FORMATS = ("csv", "ssv", "tsv", "pipes")
MARKS = ", \t|"


def contract_of(folder: Path, place: str, collection: dict[str, Any]) -> Any:
    parameter = {"name": "a", "in": place, "required": True, **collection}
    if place == "header of a response":
        header = {"type": "array", **collection}
        operation: dict[str, Any] = {"responses": {"200": {"description": "d", "headers": {"a": header}}}}
    else:
        operation = {"parameters": [parameter], "responses": {"204": {"description": "d"}}}
    document = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "consumes": ["multipart/form-data" if place == "part" else "application/x-www-form-urlencoded"],
        "paths": {"/x/{a}" if place == "path" else "/x": {"post": operation}},
    }
    if place in ("part", "form"):
        parameter["in"] = "formData"
    file = folder / "swagger.json"
    file.write_text(json.dumps(document))
    return compile_contract(file)


def round_trip(contract: Any, place: str, value: Json) -> Json:
    (operation,) = contract.operations.values()
    if place in ("part", "form"):
        media = operation.request_body.content[0]
        body, content_type = encode_body({"a": value}, media, document=contract.document)
        return compile_body_decoder(media, contract.document)(body, parse_content_type(content_type)[1])["a"]  # type: ignore[index]
    request = encode_request(operation, {f"{place}.a": value})
    path = {"a": unquote(request.path.rpartition("/")[2])} if place == "path" else {}
    environ = {f"HTTP_{name.upper()}": text for name, text in request.headers}
    return compile_decoder(operation.parameters, contract.document)(path, request.query, environ)[f"{place}.a"]


numbers = st.lists(st.integers(-99, 10**6), min_size=1, max_size=4)
texts = st.lists(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters=MARKS + "\x7f\x85\xa0"), min_size=1
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("place", ["query", "path", "header", "form", "part"])
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lists_are_read_as_they_are_written(tmp_path: Path, place: str, data: st.DataObject) -> None:
    formats = FORMATS if place in ("path", "header") else (*FORMATS, "multi")
    kind = data.draw(st.sampled_from(["integer", "string"]))
    collection = {"type": "array", "items": {"type": kind}, "collectionFormat": data.draw(st.sampled_from(formats))}
    value: Any = data.draw(numbers if kind == "integer" else texts)
    assert round_trip(contract_of(tmp_path, place, collection), place, value) == value


@pytest.mark.parametrize("place", ["query", "path", "header", "form", "part"])
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lists_of_lists_are_read_as_they_are_written(tmp_path: Path, place: str, data: st.DataObject) -> None:
    outer = data.draw(st.sampled_from(FORMATS if place in ("path", "header") else (*FORMATS, "multi")))
    inner = data.draw(st.sampled_from([name for name in FORMATS if name != outer]))
    items = {"type": "array", "items": {"type": "integer"}, "collectionFormat": inner}
    rows = numbers if place == "header" else numbers | st.just([])  # space around a header is none of its
    value: Any = data.draw(st.lists(rows, min_size=2, max_size=3))
    contract = contract_of(tmp_path, place, {"type": "array", "items": items, "collectionFormat": outer})
    assert round_trip(contract, place, value) == value


@pytest.mark.parametrize(
    ("collection", "text"),
    [
        ({}, "1,2"),
        ({"collectionFormat": "csv"}, "1,2"),
        ({"collectionFormat": "ssv"}, "1 2"),
        ({"collectionFormat": "tsv"}, "1\t2"),
        ({"collectionFormat": "pipes"}, "1|2"),
    ],
)
def test_headers_of_responses(tmp_path: Path, collection: dict[str, Any], text: str) -> None:
    contract = contract_of(tmp_path, "header of a response", {"items": {"type": "integer"}, **collection})
    (operation,) = contract.operations.values()
    assert header_text([1, 2], operation.responses[0].headers[0]) == text
