"""Requests made for an operation: what it requires, with credentials of the right form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.asking import ask
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.mocks.mock import Mock
from tests.wsgi_client import call


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
