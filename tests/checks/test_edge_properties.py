"""A provider that keeps its contract, and the same with one thing wrong each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from beep_mock.checks.edge_properties import with_edges
from beep_mock.contracts.compiler import compile_contract
from beep_mock.providers.properties import PropertiesResult
from beep_mock.providers.targets import app_target

PROBLEM = {"description": "No", "content": {"application/json": {"schema": {"type": "object"}}}}
WORLD = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "size": {"type": "integer"}},
}
ITEM = {"name": "worldId", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
ANSWER = {"description": "One", "content": {"application/json": {"schema": WORLD}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "World", "version": "1"},
    "paths": {
        "/worlds": {
            "post": {
                "security": [{"token": []}],
                "requestBody": {"required": True, "content": {"application/json": {
                    "schema": {
                        "type": "object", "required": ["name"], "additionalProperties": False,
                        "properties": {
                            "name": {"type": "string", "minLength": 1, "maxLength": 9},
                            "size": {"type": "integer", "minimum": 0},
                        },
                    },
                    "examples": {"venus": {"value": {"name": "Venus"}}},
                }}},
                "responses": {
                    "201": {"description": "Made", "content": {"application/json": {
                        "schema": WORLD, "examples": {"venus": {"value": {"id": 1, "name": "Venus"}}},
                    }}},
                    "401": PROBLEM, "422": PROBLEM,
                },
            }
        },
        "/worlds/{worldId}": {
            "get": {"parameters": [ITEM], "responses": {"200": ANSWER, "404": PROBLEM, "422": PROBLEM}},
            "delete": {"parameters": [ITEM], "responses": {
                "204": {"description": "Gone"}, "404": PROBLEM, "422": PROBLEM}},
        },
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
}  # fmt: skip


class Provider:
    """``fault`` names what is wrong with it."""

    def __init__(self, fault: str = "") -> None:
        self._fault = fault
        self._worlds: dict[int, dict[str, Any]] = {}
        self._last = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        status, content = self._answer(environ, environ["wsgi.input"].read(length))
        body = b"" if status == 204 else json.dumps(content).encode()
        start_response(f"{status} Told", [("Content-Type", "application/json")] if body else [])
        return [body]

    def _answer(self, environ: dict[str, Any], body: bytes) -> tuple[int, Any]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if (method, path) == ("POST", "/worlds"):
            return self._create(environ, body)
        found = re.fullmatch("/worlds/(.*)", path)
        if found is None:
            return 404, {"path": path}
        if method not in ("GET", "DELETE"):
            return 405, {}
        if not re.fullmatch("[1-9][0-9]*", found[1]):
            return 422, {}
        identity = int(found[1])
        if identity not in self._worlds:
            return 404, {"id": identity}
        if method == "GET":
            return 200, self._worlds[identity]
        if self._fault != "deletes nothing":
            del self._worlds[identity]
        return 204, None

    def _create(self, environ: dict[str, Any], body: bytes) -> tuple[int, Any]:
        scheme = environ.get("HTTP_AUTHORIZATION", "").partition(" ")[0]
        if not scheme or (scheme != "Bearer" and self._fault != "takes any scheme"):
            return 401, {}
        if environ.get("CONTENT_TYPE") != "application/json":
            return 415, {}
        try:
            wanted = json.loads(body)
        except ValueError:
            return 422, {}
        if not isinstance(wanted, dict) or (set(wanted) - {"name", "size"} and self._fault != "takes anything"):
            return 422, {}
        name, size = wanted.get("name"), wanted.get("size", 0)
        most = 8 if self._fault == "refuses the longest" else 9
        if not isinstance(name, str) or not 1 <= len(name) <= most:
            return 422, {}
        if type(size) not in (int, float) or size != int(size) or size < 0:
            if self._fault != "takes any size":
                return 422, {}
            size = 0
        self._last += 1
        size = 0 if self._fault == "ignores the size" else int(size)
        world = {"id": self._last, "name": name, "size": size}
        if self._fault != "keeps nothing":
            self._worlds[self._last] = world
        if self._fault == "keeps another":
            self._worlds[self._last] = {**world, "name": "Mars"}
        return 201, world


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("", set()),
        ("takes any scheme", {("POST /worlds", "ignored_auth")}),
        ("takes anything", {("POST /worlds", "edge_verdict")}),
        ("takes any size", {("POST /worlds", "edge_verdict")}),
        ("refuses the longest", {("POST /worlds", "edge_verdict")}),
        ("ignores the size", {("POST /worlds", "repeats_what_was_sent")}),
        ("keeps nothing", {("GET /worlds/{worldId}", "ensure_resource_availability")}),
        ("keeps another", {("GET /worlds/{worldId}", "ensure_resource_availability")}),
        ("deletes nothing", {("GET /worlds/{worldId}", "use_after_free")}),
    ],
)
def test_one_thing_is_wrong(tmp_path: Path, fault: str, found: set[tuple[str, str]]) -> None:
    path = tmp_path / "openapi.json"
    document = json.loads(json.dumps(DOCUMENT))
    if fault == "ignores the size":  # that a size is repeated is for an example to show
        content = document["paths"]["/worlds"]["post"]["requestBody"]["content"]["application/json"]
        content["examples"]["venus"]["value"]["size"] = 3
        answered = document["paths"]["/worlds"]["post"]["responses"]["201"]["content"]["application/json"]
        answered["examples"]["venus"]["value"]["size"] = 3
    path.write_text(json.dumps(document))
    with app_target(Provider(fault), timeout=5) as target:
        result = with_edges(PropertiesResult(), compile_contract(path), target, max_time=60, seed=1)
    assert {(failure.operation, failure.check) for failure in result.failures} == found
    assert all(failure.curl.startswith("curl ") for failure in result.failures)
    assert (result.errors, result.partial) == ((), "")
    assert result.cases >= len(result.exercises) > 0
