# ruff: noqa: ARG001 - operators are called alike
"""Operators on operations: parameters, bodies, responses, security, paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.changing.message_changes import (
    added_body,
    body_changed,
    content_removed,
    dropped_body,
    header_added,
    header_changed,
    header_removed,
    header_required,
    more_media,
    other_media,
    response_changed,
    status_added,
    status_changed,
    status_removed,
)
from benchmarks.changing.parameter_changes import (
    Apply,
    Root,
    added_parameter,
    default_changed,
    exploded,
    exploded_scalar,
    flagged,
    moved,
    operation_at,
    parameter_changed,
    removed_parameter,
    styled,
    textual,
)
from benchmarks.changing.sites import Path, resolved

__all__ = ["OPERATION_OPERATORS"]

_KEY = {"type": "apiKey", "in": "header", "name": "X-Brand-New-Key"}


def _secured(change: Callable[[list[Any]], list[Any] | None]) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = operation_at(root, path)
        changed = change(list(operation.get("security", root.get("security")) or []))
        if changed is None:
            return False
        operation["security"] = changed
        schemes = root.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes["brandNew"] = _KEY
        return True

    return apply


def _demanded(old: list[Any]) -> list[Any] | None:
    return [{**one, "brandNew": []} for one in old] if old else [{"brandNew": []}]


def _alternative(old: list[Any]) -> list[Any] | None:
    return [*old, {"brandNew": []}] if old and {} not in old else None


def _replaced(old: list[Any]) -> list[Any] | None:
    return [{"brandNew": []}] if old and {} not in old else None


def _freed(old: list[Any]) -> list[Any] | None:
    return [] if old and {} not in old else None


def _scoped(old: list[Any]) -> list[Any] | None:
    if not old or not old[0] or {} in old:
        return None
    return [{name: [*scopes, "brand:new"] for name, scopes in one.items()} for one in old]


def _removed_operation(root: Root, path: Path) -> bool:
    del root["paths"][path[1]][path[2]]
    if not any(key in root["paths"][path[1]] for key in ("get", "put", "post", "delete", "patch", "head", "options")):
        del root["paths"][path[1]]
    return True


def _renamed_path(root: Root, path: Path) -> bool:
    root["paths"] = {(f"/moved{key}" if key == path[1] else key): item for key, item in root["paths"].items()}
    return True


def _renamed_parameter(root: Root, path: Path) -> bool:
    template = str(path[1])
    item = root["paths"][template]
    if "{" not in template or "$ref" in item:
        return False
    first = template[template.index("{") + 1 : template.index("}")]
    holders = [item, *(item[key] for key in item if isinstance(item[key], dict) and "responses" in item[key])]
    for holder in holders:
        if "parameters" in holder:
            holder["parameters"] = [dict(resolved(root, one)) for one in holder["parameters"]]
            for one in holder["parameters"]:
                if one.get("in") == "path" and one.get("name") == first:
                    one["name"] = "other_name"
    renamed = template.replace(f"{{{first}}}", "{other_name}")
    root["paths"] = {(renamed if key == template else key): value for key, value in root["paths"].items()}
    return True


def _added_operation(root: Root, path: Path) -> bool:
    item = root["paths"][path[1]]
    if "trace" in item or "$ref" in item:
        return False
    item["trace"] = {"responses": {"200": {"description": "Traced."}}}
    return True


def _said(name: str, value: Any) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = operation_at(root, path)
        if operation.get(name) == value:
            return False
        operation[name] = value
        return True

    return apply


def _sunset(root: Root, path: Path) -> bool:
    operation = operation_at(root, path)
    operation["deprecated"], operation["x-sunset"] = True, "2099-12-31"
    return True


def _hosted(root: Root, path: Path) -> bool:
    root["servers"] = [{"url": "https://elsewhere.example" + _base(root)}]
    return True


def _based(root: Root, path: Path) -> bool:
    if any("servers" in holder for holder in (root["paths"][path[1]], operation_at(root, path))):
        return False
    root["servers"] = [{"url": "https://elsewhere.example/moved/v9"}]
    return True


def _base(root: Root) -> str:
    from urllib.parse import urlsplit

    servers = root.get("servers") or [{"url": "/"}]
    if len(servers) > 1 or "{" in servers[0]["url"]:
        return "/none"
    return str(urlsplit(servers[0]["url"]).path)


OPERATION_OPERATORS: list[tuple[str, bool, Apply]] = [
    ("operation removed", True, _removed_operation),
    ("path renamed", True, _renamed_path),
    ("parameter removed", True, removed_parameter),
    ("required parameter added", True, added_parameter(True)),
    ("optional parameter added", False, added_parameter(False)),
    ("parameter became required", True, parameter_changed(lambda one: flagged(one, "required", True))),
    ("parameter became optional", False, parameter_changed(lambda one: flagged(one, "required", False))),
    ("parameter moved to another location", True, parameter_changed(moved)),
    ("parameter default changed", True, parameter_changed(default_changed)),
    ("parameter of a list exploded otherwise", True, parameter_changed(exploded)),
    ("parameter of a list in another style", True, parameter_changed(styled)),
    ("parameter of a text exploded otherwise", False, parameter_changed(exploded_scalar)),
    ("parameter integer to text", False, parameter_changed(textual)),
    ("path parameter renamed", False, _renamed_parameter),
    ("request body removed", True, body_changed(dropped_body)),
    ("request body became required", True, body_changed(lambda _, body: flagged(body, "required", True))),
    ("request body became optional", False, body_changed(lambda _, body: flagged(body, "required", False))),
    ("request media type replaced", True, body_changed(lambda _, body: other_media(body))),
    ("request media type added", False, body_changed(lambda _, body: more_media(body))),
    ("required request body added", True, added_body(True)),
    ("optional request body added", False, added_body(False)),
    ("success status removed", True, response_changed(status_removed(True))),
    ("error status removed", True, response_changed(status_removed(False))),
    ("success status changed", True, response_changed(status_changed)),
    ("error status added", False, response_changed(status_added)),
    ("response content removed", True, response_changed(content_removed)),
    ("response media type replaced", True, response_changed(lambda _, __, one: other_media(one))),
    ("response media type added", False, response_changed(lambda _, __, one: more_media(one))),
    ("response header removed", True, response_changed(header_changed(header_removed))),
    ("response header became optional", True, response_changed(header_changed(header_required(False)))),
    ("response header became required", False, response_changed(header_changed(header_required(True)))),
    ("response header added", False, response_changed(header_added)),
    ("credentials demanded", True, _secured(_demanded)),
    ("credentials replaced", True, _secured(_replaced)),
    ("scope demanded", True, _secured(_scoped)),
    ("alternative credentials", False, _secured(_alternative)),
    ("credentials no longer demanded", False, _secured(_freed)),
    ("base path changed", True, _based),
    ("operation added", False, _added_operation),
    ("operationId changed", False, _said("operationId", "anotherName")),
    ("tags changed", False, _said("tags", ["another"])),
    ("summary changed", False, _said("summary", "Another.")),
    ("deprecated", False, _said("deprecated", True)),
    ("deprecated with a sunset", False, _sunset),
]
