# ruff: noqa: ARG001 - operators are called alike
"""What operators do to bodies, responses and headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.changing.parameter_changes import Apply, Root, flagged, operation_at
from benchmarks.changing.sites import Path, resolved


def body_changed(change: Callable[[dict[str, Any], dict[str, Any]], bool]) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = operation_at(root, path)
        if "requestBody" not in operation:
            return False
        operation["requestBody"] = dict(resolved(root, operation["requestBody"]))
        return change(operation, operation["requestBody"])

    return apply


def dropped_body(operation: dict[str, Any], body: dict[str, Any]) -> bool:
    del operation["requestBody"]
    return True


def other_media(node: dict[str, Any]) -> bool:
    content = dict(node.get("content") or {})
    if not content or any("*" in name for name in content):
        return False
    name = next(iter(content))
    content["application/vnd.other+json"] = content.pop(name)
    node["content"] = content
    return True


def more_media(node: dict[str, Any]) -> bool:
    content = node.get("content") or {}
    if not content or any("*" in name for name in content):
        return False
    node["content"] = {**content, "application/vnd.other+json": next(iter(content.values()))}
    return True


def added_body(required: bool) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = operation_at(root, path)
        if "requestBody" in operation or path[-1] not in ("post", "put", "patch"):
            return False
        operation["requestBody"] = {
            "required": required,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
        return True

    return apply


def response_changed(change: Callable[[dict[str, Any], str, dict[str, Any]], bool]) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = operation_at(root, path)
        responses = operation["responses"] = dict(operation.get("responses", {}))
        for status in responses:
            if not status.startswith("x-"):
                responses[status] = dict(resolved(root, responses[status]))
                if change(responses, status, responses[status]):
                    return True
        return False

    return apply


def status_removed(success: bool) -> Callable[[dict[str, Any], str, dict[str, Any]], bool]:
    def change(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
        if status.startswith("2") is not success or "default" in responses or len(responses) < 2 or "X" in status:
            return False
        if f"{status[0]}XX" in responses:
            return False
        del responses[status]
        return True

    return change


def status_changed(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
    if status != "200" or "202" in responses or "default" in responses or "2XX" in responses:
        return False
    responses["202"] = responses.pop("200")
    return True


def status_added(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
    if "429" in responses or "default" in responses or "4XX" in responses:
        return False
    responses["429"] = {"description": "Too many."}
    return True


def content_removed(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
    return response.pop("content", None) not in (None, {})


def header_changed(
    change: Callable[[dict[str, Any], str], bool],
) -> Callable[[dict[str, Any], str, dict[str, Any]], bool]:
    def apply(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
        headers = dict(response.get("headers") or {})
        response["headers"] = headers
        return any("$ref" not in headers[name] and change(headers, name) for name in list(headers))

    return apply


def header_removed(headers: dict[str, Any], name: str) -> bool:
    return headers.pop(name) is not None


def header_required(wanted: bool) -> Callable[[dict[str, Any], str], bool]:
    def change(headers: dict[str, Any], name: str) -> bool:
        headers[name] = dict(headers[name])
        return flagged(headers[name], "required", wanted)

    return change


def header_added(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
    response["headers"] = {**(response.get("headers") or {}), "X-Brand-New": {"schema": {"type": "string"}}}
    return True
