"""Small documents for tests: a valid one to start from, and contracts compiled from changed copies of it."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Contract
from beep_mock.errors import BeepMockError

ROOT = Path(__file__).parents[2]

CORPUS = Path(os.environ.get("BEEP_MOCK_CORPUS", ROOT.parent / "shared" / "corpus"))

DRAFT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Worlds", "version": "1.2"},
    "servers": [{"url": "https://{host}/api", "variables": {"host": {"default": "worlds.example"}}}],
    "security": [{"key": []}],
    "x-owner": "beep",
    "paths": {
        "/worlds/{id}": {
            "parameters": [
                {
                    "name": "id",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "integer"},
                    "examples": {"earth": {"value": 1}, "odd": {"value": "three"}},
                }
            ],
            "get": {
                "operationId": "getWorld",
                "summary": "One world",
                "tags": ["worlds"],
                "x-consumes": ["people"],
                "parameters": [
                    {"$ref": "#/components/parameters/fields"},
                    {"name": "f", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
                ],
                "responses": {
                    "200": {
                        "description": "a world",
                        "headers": {
                            "X-Mood": {"schema": {"type": "string"}, "examples": {"earth": {"value": "blue"}}},
                            "X-Parts": {"schema": {"type": "array", "default": ["a", "b"]}},
                        },
                        "links": {"again": {"operationId": "getWorld"}},
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/World"},
                                "examples": {
                                    "earth": {"value": {"n": 1}},
                                    "mars": {"$ref": "#/components/examples/mars"},
                                },
                            },
                            "application/xml": {
                                "schema": {"$ref": "#/components/schemas/World"},
                                "example": {"n": 1},
                            },
                        },
                    },
                    "4XX": {"$ref": "#/components/responses/Refused"},
                },
            },
            "post": {
                "security": [],
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {"type": "object", "properties": {"a": {"type": "string"}}},
                            "encoding": {"a": {"contentType": "text/plain", "headers": {"X": {"schema": {}}}}},
                            "example": {"a": "x"},
                        }
                    },
                },
                "callbacks": {"done": {"{$request.body#/u}": {"post": {"responses": {"200": {"description": ""}}}}}},
                "responses": {
                    "201": {"description": "made"},
                    "default": {"$ref": "#/components/responses/Refused"},
                },
            },
        }
    },
    "components": {
        "schemas": {"World": {"type": "object", "properties": {"n": {"type": "integer", "xml": {"attribute": True}}}}},
        "parameters": {
            "fields": {
                "name": "fields",
                "in": "query",
                "explode": False,
                "schema": {"type": "array", "items": {"type": "string"}},
                "example": ["a"],
            }
        },
        "examples": {"mars": {"summary": "the red one", "value": {"n": 2}}},
        "responses": {
            "Refused": {
                "description": "refused",
                "content": {"text/plain": {"schema": {"type": "string"}, "examples": {"odd": {"value": "no number"}}}},
            }
        },
        "securitySchemes": {"key": {"type": "apiKey", "name": "X-Key", "in": "header"}},
    },
}

GET = ("paths", "/worlds/{id}", "get")
POST = ("paths", "/worlds/{id}", "post")
OK = (*GET, "responses", "200")

Edit = Callable[[dict[str, Any]], None]


def at(node: Any, *path: str | int) -> Any:
    """The node under ``path``."""
    for step in path:
        node = node[step]
    return node


def changed(*edits: Edit, root: dict[str, Any] | None = None) -> dict[str, Any]:
    """A copy of the draft, edited."""
    copied = copy.deepcopy(DRAFT if root is None else root)
    for edit in edits:
        edit(copied)
    return copied


def put(*path: str | int, value: Any) -> Edit:
    """An edit that sets the node under ``path``."""

    def edit(root: dict[str, Any]) -> None:
        at(root, *path[:-1])[path[-1]] = copy.deepcopy(value)

    return edit


def drop(*path: str | int) -> Edit:
    """An edit that removes the node under ``path``."""

    def edit(root: dict[str, Any]) -> None:
        del at(root, *path[:-1])[path[-1]]

    return edit


def compiled(folder: Path, root: dict[str, Any]) -> Contract:
    """The contract of the document ``root``, written to ``folder``."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(root), encoding="utf-8")
    return compile_contract(load_document(file))


def operation_with(folder: Path, operation: dict[str, Any], path: str = "/a", method: str = "get") -> Contract:
    """The contract of a document with this one operation (``responses`` are filled in)."""
    operation = {"responses": {"200": {"description": ""}}, **operation}
    return compiled(
        folder, {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {path: {method: operation}}}
    )


def corpus_documents() -> list[Path]:
    """The corpus' root documents that are of OpenAPI 3."""
    if not CORPUS.is_dir():
        return []
    nested = [CORPUS / "conjur/openapi.yml", CORPUS / "camara-qod/API_definitions/quality-on-demand.yaml"]
    files = [*sorted(CORPUS.glob("*.yaml")), *sorted(CORPUS.glob("*.json")), *nested]
    return [file for file in files if file.is_file() and not file.name.endswith("-v2.yaml")]


def corpus_contract(name: str) -> Contract:
    """The contract of a corpus document, or a skipped test."""
    try:
        return compile_contract(CORPUS / name)
    except BeepMockError:
        if not CORPUS.is_dir():
            pytest.skip("the corpus is not here (BEEP_MOCK_CORPUS)")
        raise
