"""A small contract that tests of checks start from."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

_WORLD = {
    "openapi": "3.1.0",
    "info": {"title": "World", "version": "1"},
    "paths": {
        "/worlds/{worldId}": {
            "get": {
                "operationId": "readWorld",
                "parameters": [
                    {
                        "name": "worldId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer"},
                        "examples": {"earth": {"value": 1}, "no-number": {"value": "earth"}},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "A world",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["name"],
                                    "properties": {"name": {"type": "string"}},
                                },
                                "examples": {"earth": {"value": {"name": "Earth"}}},
                            }
                        },
                    },
                    "422": {
                        "description": "No number",
                        "content": {
                            "application/json": {
                                "schema": {},
                                "examples": {"no-number": {"value": {"why": "no number"}}},
                            }
                        },
                    },
                },
            }
        }
    },
}


def world() -> dict[str, Any]:
    """A document without findings, to be changed at will."""
    return copy.deepcopy(_WORLD)


def operation(document: dict[str, Any]) -> dict[str, Any]:
    """Its only operation."""
    found: dict[str, Any] = document["paths"]["/worlds/{worldId}"]["get"]
    return found


def write(folder: Path, document: dict[str, Any], service: str = "world") -> Path:
    """The document as the contract of ``service`` in the workspace ``folder``."""
    path = folder / "contracts" / service / "openapi.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1))
    return path
