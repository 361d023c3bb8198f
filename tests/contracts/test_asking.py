"""Made requests: what they say of a parameter can be written down, and is read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.asking import ask
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.sampler import Sampler
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


def test_schemes_that_are_demanded_together_share_their_header(tmp_path: Path) -> None:
    """Authorization is no list: twice of it are none (RFC 9110, sections 5.3 and 11.6.2)."""
    flows = {"implicit": {"authorizationUrl": "https://worlds.example/", "scopes": {}}}
    schemes = {
        "One": {"type": "oauth2", "flows": flows},
        "Two": {"type": "oauth2", "flows": flows},
        "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    }
    operation = {"security": [{"One": [], "Two": [], "Key": []}], "responses": {"204": {"description": "Fine"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/worlds": {"get": operation}},
        "components": {"securitySchemes": schemes},
    }
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    contract = compile_contract(file)
    made = ask(contract.operations["GET /worlds"], None, Sampler(contract.document, contract.schemas))
    assert sorted(name for name, _ in made.headers) == ["Accept", "Authorization", "X-Key"]
    assert call(Mock("worlds", contract), "GET", "/worlds", dict(made.headers)).status == 204
