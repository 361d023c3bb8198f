"""A contract as the operators see it: operations, answers and fields as they are written, references followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from benchmarks.servers import ROOT

__all__ = ["Field", "Operation", "fields", "kinds", "operations"]

_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Operation:
    """``answers`` by status; ``parameters`` and ``body`` (a schema, or None) with their references followed."""

    method: str
    path: str
    answers: dict[int, dict[str, Any]]
    parameters: list[dict[str, Any]]
    body: dict[str, Any] | None
    secured: bool
    document: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Field:
    """A place in a body: names, and ``*`` for any item of a list. ``required`` by the object that has it."""

    place: tuple[str, ...]
    schema: dict[str, Any]
    required: bool


def operations(provider: str) -> list[Operation]:
    document = yaml.safe_load((ROOT / "contracts" / provider / "openapi.yaml").read_text("utf-8"))
    found = []
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method not in item:
                continue
            node = item[method]
            body = _followed(document, node.get("requestBody"))
            content = (body or {}).get("content", {}).get("application/json", {})
            found.append(
                Operation(
                    method.upper(),
                    path,
                    {int(status): _followed(document, answer) for status, answer in node["responses"].items()},
                    [_parameter(document, one) for one in (*item.get("parameters", ()), *node.get("parameters", ()))],
                    _with_properties(document, content.get("schema")),
                    bool(node.get("security", document.get("security"))),
                    document,
                )
            )
    return found


def fields(operation: Operation, schema: Any, place: tuple[str, ...] = ()) -> Iterator[Field]:
    """All fields below ``schema``, objects and lists among them."""
    node = _followed(operation.document, schema) or {}
    for name, below in node.get("properties", {}).items():
        here = (*place, name)
        yield Field(here, _followed(operation.document, below), name in node.get("required", ()))
        yield from fields(operation, below, here)
    if "items" in node:
        yield from fields(operation, node["items"], (*place, "*"))


def kinds(schema: dict[str, Any]) -> list[str]:
    """The types that a schema allows, as far as it says."""
    said = schema.get("type", [])
    found = [said] if isinstance(said, str) else list(said)
    return [*found, "null"] if schema.get("nullable") else found


def _with_properties(document: dict[str, Any], schema: Any) -> Any:
    found = _followed(document, schema)
    if found is None:
        return None
    return {**found, "properties": {k: _followed(document, v) for k, v in found.get("properties", {}).items()}}


def _parameter(document: dict[str, Any], node: Any) -> dict[str, Any]:
    found = dict(_followed(document, node))
    found["schema"] = _followed(document, found["schema"])
    return found


def _followed(document: dict[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        beside = {name: value for name, value in node.items() if name != "$ref"}
        target: Any = document
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token]
        node = {**target, **beside}
    return node
