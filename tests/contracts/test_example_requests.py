"""Requests made for an operation: what it requires, with credentials of the right form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.bodies.formats import compile_body_decoder
from beep_mock.contracts.callbacks import outgoing_operations
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.example_requests import Composed, ask, compose, example_names
from beep_mock.contracts.model import Contract, Operation
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.errors import ContractError
from beep_mock.mocks.mock import Mock
from tests.support.drafts import CORPUS
from tests.support.wsgi_client import call


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("location", ["query", "path", "header", "cookie"])
@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"description": "Anything"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "object"},
        {"type": "string", "enum": ["", "active"]},
        {"$ref": "#/components/schemas/Missing"},
        {"type": "colour"},
    ],
)
def test_a_required_parameter_is_written_whatever_its_schema(
    tmp_path: Path, version: str, location: str, schema: dict[str, Any]
) -> None:
    path = "/worlds/{v}" if location == "path" else "/worlds"
    parameter = {"name": "v", "in": location, "required": True, "schema": schema}
    operation = {"parameters": [parameter], "responses": {"204": {"description": "Fine"}}}
    document = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {path: {"get": operation}}}
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    contract = compile_contract(file)
    made = ask(contract.operations[f"GET {path}"], None, Sampler(contract.document, contract.schemas))
    target = f"{made.path}?{made.query}" if made.query else made.path
    assert call(Mock("worlds", contract), "GET", target, dict(made.headers)).status == 204


SCHEMES = {
    "key": {"type": "apiKey", "in": "query", "name": "api key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "token": {"type": "apiKey", "in": "header", "name": "authorization"},
    "basic": {"type": "http", "scheme": "basic"},
}


def required(place: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": True, "schema": schema}


def asked(tmp_path: Path, operation: dict[str, Any], path: str = "/a") -> tuple[str, list[tuple[str, str]]]:
    """The target and headers of a request, which the mock takes as valid."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: {"get": {"responses": {"200": {"description": ""}}, **operation}}},
        "components": {"securitySchemes": SCHEMES},
    }
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    contract = compile_contract(file)
    raw = ask(contract.operations[f"GET {path}"], None, Sampler(contract.document, contract.schemas))
    assert call(Mock("service", contract), "GET", raw.target, dict(raw.headers)).status == 200
    return raw.target, [header for header in raw.headers if header[0] != "Accept"]


@pytest.mark.parametrize(
    ("schemes", "parameter", "target", "headers"),
    [
        (["key"], ("query", "api key"), "/a?api%20key=word", []),
        (["key"], ("query", "other"), "/a?other=word&api%20key=key", []),
        (["header"], ("header", "x-key"), "/a", [("x-key", "word")]),
        (["cookie"], ("cookie", "sid"), "/a", [("Cookie", "sid=word")]),
    ],
)
def test_a_key_that_is_a_parameter_too_is_sent_once(
    tmp_path: Path, schemes: list[str], parameter: tuple[str, str], target: str, headers: list[tuple[str, str]]
) -> None:
    operation = {
        "parameters": [required(*parameter, {"type": "string", "const": "word"})],
        "security": [{name: [] for name in schemes}],
    }
    assert asked(tmp_path, operation) == (target, headers)


@pytest.mark.parametrize("names", [("token", "basic"), ("basic", "token")])
def test_one_header_meets_two_schemes(tmp_path: Path, names: tuple[str, str]) -> None:
    _, headers = asked(tmp_path, {"security": [{name: [] for name in names}]})
    assert [(name, value.partition(" ")[0]) for name, value in headers] == [("Authorization", "Basic")]


def test_a_segment_of_a_path_is_not_empty(tmp_path: Path) -> None:
    operation = {"parameters": [required("path", "kind", {"type": "string", "enum": ["", "long"]})]}
    assert asked(tmp_path, operation, "/a/{kind}/b")[0] == "/a/long/b"


SCHEMA = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
ONE, TWO = {"value": {"id": 1}}, {"value": {"id": 2}}


def hook(folder: Path, content: Any = None, **operation: Any) -> tuple[Contract, Operation]:
    if content is not None:
        operation["requestBody"] = {"content": content}
    document = {"openapi": "3.1.1", "info": {"title": "t", "version": "1"},
                "webhooks": {"w": {"post": {"responses": {"200": {"description": ""}}, **operation}}}}  # fmt: skip
    file = folder / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    contract = compile_contract(file)
    return contract, contract.webhooks["w"]["POST"]


def content_type(composed: Composed) -> str:
    return next(value for name, value in composed.request.headers if name == "Content-Type")


@pytest.mark.parametrize(
    ("asked", "source", "value"),
    [({}, "example one", 1), ({"example": "two"}, "example two", 2), ({"likely": "two"}, "example two", 2),
     ({"likely": "none"}, "example one", 1), ({"known": {"id": 7}}, "example one", 1)],
)  # fmt: skip
def test_which_example_is_sent(tmp_path: Path, asked: Any, source: str, value: int) -> None:
    content = {"application/json": {"schema": SCHEMA, "examples": {"one": ONE, "two": TWO}}}
    composed = compose(*hook(tmp_path, content), **asked)
    assert (composed.source, json.loads(composed.request.body)) == (source, {"id": value})


def test_an_example_is_sent_in_the_media_type_that_has_it(tmp_path: Path) -> None:
    content = {"application/json": {"schema": SCHEMA}, "application/xml": {"schema": SCHEMA, "examples": {"two": TWO}}}
    contract, operation = hook(tmp_path, content)
    assert content_type(compose(contract, operation)) == "application/xml"
    assert example_names(contract, operation) == ("two",)


def test_the_names_of_examples_are_told_when_there_is_none_of_that_name(tmp_path: Path) -> None:
    contract, operation = hook(tmp_path, {"application/json": {"schema": SCHEMA, "examples": {"one": ONE, "two": TWO}}})
    with pytest.raises(ContractError, match="no request example 'three'") as caught:
        compose(contract, operation, example="three")
    assert (caught.value.hint, caught.value.pointer) == ("examples: one, two", "/webhooks/w/post")


def test_a_sample_repeats_what_is_known_and_stays_valid(tmp_path: Path) -> None:
    contract, operation = hook(tmp_path, {"application/json": {"schema": SCHEMA}})
    composed = compose(contract, operation, known={"id": 7, "name": 5, "other": 1})
    assert composed.source == "sample"
    assert json.loads(composed.request.body) == {"id": 7, "name": "5"}


def test_a_body_travels_as_its_media_type_says(tmp_path: Path) -> None:
    example = {"example": {"id": 1, "name": "a b"}}
    composed = compose(*hook(tmp_path, {"application/x-www-form-urlencoded": {"schema": SCHEMA, **example}}))
    assert (composed.source, composed.request.body) == ("example", b"id=1&name=a%20b")
    composed = compose(*hook(tmp_path, {"multipart/form-data": {"schema": SCHEMA, **example}}))
    boundary = content_type(composed).partition("boundary=")[2]
    assert composed.request.body.count(b"--" + boundary.encode()) == 3
    composed = compose(*hook(tmp_path, {"text/plain": {"schema": {"type": "string"}, "example": "hello"}}))
    assert (composed.request.body, content_type(composed)) == (b"hello", "text/plain")
    composed = compose(*hook(tmp_path, {"application/json": {}}))
    assert (composed.request.body, composed.source) == (b"{}", "sample")


def test_a_request_without_a_body_has_no_content_type(tmp_path: Path) -> None:
    composed = compose(*hook(tmp_path))
    assert (composed.request.body, composed.request.headers, composed.source) == (b"", [], "")


def test_parameters_show_the_example_of_the_name_then_what_is_known(tmp_path: Path) -> None:
    examples = {"one": {"value": "a"}, "two": {"value": "b"}}
    parameters = [
        {"name": "q", "in": "query", "schema": {"type": "string"}, "examples": examples},
        {"name": "X-H", "in": "header", "schema": {"type": "integer"}},
        {"name": "list", "in": "query", "explode": False, "schema": {"type": "array"}, "example": [1, 2]},
        {"name": "c", "in": "cookie", "required": True, "schema": {"type": "boolean", "example": True}},
    ]
    contract, operation = hook(tmp_path, parameters=parameters)
    assert compose(contract, operation).request.query == "q=a&list=1,2"
    assert compose(contract, operation, example="two").request.query == "q=b&list=1,2"
    request = compose(contract, operation, known={"q": "k"}, headers={"x-h": "5"}).request
    assert (request.query, request.headers) == ("q=k&list=1,2", [("X-H", "5"), ("Cookie", "c=true")])
    assert ("X-H", "no number") not in compose(contract, operation, headers={"x-h": "no number"}).request.headers


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not there")
@pytest.mark.parametrize(
    "name", ["camara-qod/API_definitions/quality-on-demand.yaml", "oai-callback-example.yaml", "redocly-cafe-32.yaml",
             "redocly-museum.yaml", "scalar-galaxy.yaml"],
)  # fmt: skip
def test_what_real_documents_send_is_what_they_declare(name: str) -> None:
    contract = compile_contract(CORPUS / name)
    operations = list(outgoing_operations(contract))
    assert operations
    for operation in operations:
        request = compose(contract, operation).request
        assert operation.request_body is not None
        media = next(m for m in operation.request_body.content if m.name == content_type(Composed(request, "")))
        assert media.schema is not None
        value = compile_body_decoder(media, contract.document)(request.body, {})
        assert contract.schemas.violations(contract.schemas.register(media.schema, "request"), value) == []
        required = {p.name for p in operation.parameters if p.required}
        assert required <= {name for name, _ in request.headers}
        assert response_violations(contract, operation, 599, (), b"") != []
