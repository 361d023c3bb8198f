"""Where in an OpenAPI document operators fit: schemas with the direction of their messages, and operations.

A mutant changes one use only: on the way to a site every ``$ref`` is replaced by a copy of what it leads to, so that
the label of an operator is that of one direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

__all__ = ["Site", "copied", "operations", "reach", "schema_sites"]

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
_DEEPEST = 5

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Site:
    """A schema: its path from the root (through references), the direction, what it belongs to, how it is sent."""

    path: Path
    direction: str
    subject: str
    node: dict[str, Any]
    root: dict[str, Any]

    def __str__(self) -> str:
        return "/".join(str(token).replace("/", "~") for token in self.path[1:])


def copied(root: dict[str, Any]) -> dict[str, Any]:
    """A deep copy."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(root))
    return found


def resolved(root: dict[str, Any], node: Any) -> Any:
    """What a node's references lead to."""
    for _ in range(16):
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str) and node["$ref"].startswith("#/")):
            return node
        target: Any = root
        for token in node["$ref"][2:].split("/"):
            token = token.replace("~1", "/").replace("~0", "~")
            target = target[int(token)] if isinstance(target, list) else target[token]
        node = target
    return node


def reach(root: dict[str, Any], path: Path) -> tuple[Any, Any]:
    """The container of a site and its key, everything on the way made its own."""
    node: Any = root
    for token in path[:-1]:
        node = _own(root, node, token)
    _own(root, node, path[-1])
    return node, path[-1]


def _own(root: dict[str, Any], node: Any, token: Any) -> Any:
    inner = node[token]
    if isinstance(inner, dict) and isinstance(inner.get("$ref"), str):
        inner = node[token] = orjson.loads(orjson.dumps(resolved(root, inner)))
    return inner


def operations(root: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Path and node of every operation."""
    for path, item in root.get("paths", {}).items():
        item = resolved(root, item)
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield ("paths", path, method), item[method]


def schema_sites(root: dict[str, Any]) -> Iterator[Site]:
    """Every schema of messages, but for those within alternatives, whose labels would need a proof."""
    for path, operation in operations(root):
        for index, parameter in enumerate(operation.get("parameters", [])):
            parameter = resolved(root, parameter)
            if isinstance(parameter.get("schema"), dict):
                here = (*path, "parameters", index, "schema")
                yield from _schemas(root, parameter["schema"], here, "request", "parameter", 0)
        body = resolved(root, operation.get("requestBody"))
        if isinstance(body, dict):
            yield from _content(root, body, (*path, "requestBody"), "request")
        for status, response in operation.get("responses", {}).items():
            response = resolved(root, response)
            if not isinstance(response, dict):
                continue
            yield from _content(root, response, (*path, "responses", status), "response")
            for name, header in (response.get("headers") or {}).items():
                header = resolved(root, header)
                if isinstance(header, dict) and isinstance(header.get("schema"), dict):
                    here = (*path, "responses", status, "headers", name, "schema")
                    yield from _schemas(root, header["schema"], here, "response", "header", 0)


def _content(root: dict[str, Any], node: dict[str, Any], path: Path, direction: str) -> Iterator[Site]:
    for name, media in (node.get("content") or {}).items():
        if isinstance(media, dict) and isinstance(media.get("schema"), dict):
            yield from _schemas(root, media["schema"], (*path, "content", name, "schema"), direction, "body", 0)


def _schemas(root: dict[str, Any], node: Any, path: Path, direction: str, subject: str, depth: int) -> Iterator[Site]:
    node = resolved(root, node)
    if not isinstance(node, dict) or depth > _DEEPEST:
        return
    hidden = "readOnly" if direction == "request" else "writeOnly"
    if node.get(hidden) is True or any(resolved(root, part).get(hidden) for part in node.get("allOf", [])):
        return
    yield Site(path, direction, subject, node, root)
    if any(word in node for word in ("oneOf", "anyOf", "not", "if")):
        return
    properties = node.get("properties")
    for name, schema in (properties if isinstance(properties, dict) else {}).items():
        yield from _schemas(root, schema, (*path, "properties", name), direction, subject, depth + 1)
    if isinstance(node.get("items"), dict):
        yield from _schemas(root, node["items"], (*path, "items"), direction, subject, depth + 1)
    if isinstance(node.get("additionalProperties"), dict):
        here = (*path, "additionalProperties")
        yield from _schemas(root, node["additionalProperties"], here, direction, subject, depth + 1)
