# ruff: noqa: ARG001 - operators are called alike
"""Operators on operations: parameters, bodies, responses, security, paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.changing.sites import Path, reach, resolved

__all__ = ["OPERATION_OPERATORS"]

Root = dict[str, Any]
Apply = Callable[[Root, Path], bool]


def _operation(root: Root, path: Path) -> dict[str, Any]:
    container, key = reach(root, path)
    found: dict[str, Any] = container[key]
    return found


def _parameters(root: Root, path: Path) -> list[dict[str, Any]]:
    operation = _operation(root, path)
    operation["parameters"] = [dict(resolved(root, one)) for one in operation.get("parameters", [])]
    found: list[dict[str, Any]] = operation["parameters"]
    return found


def _parameter(change: Callable[[dict[str, Any]], bool], location: str = "") -> Apply:
    def apply(root: Root, path: Path) -> bool:
        for parameter in _parameters(root, path):
            if parameter.get("in") in ((location,) if location else ("query", "header", "cookie")) and change(
                parameter
            ):
                return True
        return False

    return apply


def _flag(node: dict[str, Any], name: str, value: bool) -> bool:
    if bool(node.get(name)) is value:
        return False
    node[name] = value
    return True


def _removed_parameter(root: Root, path: Path) -> bool:
    parameters = _parameters(root, path)
    for index, parameter in enumerate(parameters):
        if parameter.get("in") in ("query", "header"):
            del parameters[index]
            return True
    return False


def _moved(parameter: dict[str, Any]) -> bool:
    if parameter.get("in") != "query" or "schema" not in parameter:
        return False
    parameter["in"] = "header"
    parameter.pop("style", None)
    parameter.pop("explode", None)
    return True


def _added_parameter(required: bool) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        _parameters(root, path).append(
            {"name": "brand_new", "in": "query", "required": required, "schema": {"type": "string"}}
        )
        return True

    return apply


def _schema(parameter: dict[str, Any]) -> dict[str, Any]:
    found = parameter.get("schema")
    return found if isinstance(found, dict) and "$ref" not in found else {}


def _default(parameter: dict[str, Any]) -> bool:
    schema = _schema(parameter)
    if type(schema.get("default")) is not int:
        return False
    parameter["schema"] = {**schema, "default": schema["default"] + 1}
    return True


def _exploded(parameter: dict[str, Any]) -> bool:
    if (
        _schema(parameter).get("type") != "array"
        or parameter.get("in") != "query"
        or parameter.get("style", "form") != "form"
    ):
        return False
    parameter["explode"] = not parameter.get("explode", True)
    return True


def _styled(parameter: dict[str, Any]) -> bool:
    if _schema(parameter).get("type") != "array" or parameter.get("in") != "query":
        return False
    parameter["style"], parameter["explode"] = "pipeDelimited", False
    return True


def _exploded_scalar(parameter: dict[str, Any]) -> bool:
    if _schema(parameter).get("type") != "string" or parameter.get("in") != "query":
        return False
    parameter["explode"] = not parameter.get("explode", True)
    return True


def _textual(parameter: dict[str, Any]) -> bool:
    if _schema(parameter).get("type") != "integer" or "default" in _schema(parameter):
        return False
    parameter["schema"] = {"type": "string"}
    return True


def _body(change: Callable[[dict[str, Any], dict[str, Any]], bool]) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = _operation(root, path)
        if "requestBody" not in operation:
            return False
        operation["requestBody"] = dict(resolved(root, operation["requestBody"]))
        return change(operation, operation["requestBody"])

    return apply


def _dropped_body(operation: dict[str, Any], body: dict[str, Any]) -> bool:
    del operation["requestBody"]
    return True


def _other_media(node: dict[str, Any]) -> bool:
    content = dict(node.get("content") or {})
    if not content or any("*" in name for name in content):
        return False
    name = next(iter(content))
    content["application/vnd.other+json"] = content.pop(name)
    node["content"] = content
    return True


def _more_media(node: dict[str, Any]) -> bool:
    content = node.get("content") or {}
    if not content or any("*" in name for name in content):
        return False
    node["content"] = {**content, "application/vnd.other+json": next(iter(content.values()))}
    return True


def _added_body(required: bool) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = _operation(root, path)
        if "requestBody" in operation or path[-1] not in ("post", "put", "patch"):
            return False
        operation["requestBody"] = {
            "required": required,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
        return True

    return apply


def _response(change: Callable[[dict[str, Any], str, dict[str, Any]], bool]) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = _operation(root, path)
        responses = operation["responses"] = dict(operation.get("responses", {}))
        for status in responses:
            if not status.startswith("x-"):
                responses[status] = dict(resolved(root, responses[status]))
                if change(responses, status, responses[status]):
                    return True
        return False

    return apply


def _status_removed(success: bool) -> Callable[[dict[str, Any], str, dict[str, Any]], bool]:
    def change(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
        if status.startswith("2") is not success or "default" in responses or len(responses) < 2 or "X" in status:
            return False
        if f"{status[0]}XX" in responses:
            return False
        del responses[status]
        return True

    return change


def _status_changed(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
    if status != "200" or "202" in responses or "default" in responses or "2XX" in responses:
        return False
    responses["202"] = responses.pop("200")
    return True


def _status_added(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
    if "429" in responses or "default" in responses or "4XX" in responses:
        return False
    responses["429"] = {"description": "Too many."}
    return True


def _content_removed(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
    return response.pop("content", None) not in (None, {})


def _header(change: Callable[[dict[str, Any], str], bool]) -> Callable[[dict[str, Any], str, dict[str, Any]], bool]:
    def apply(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
        headers = dict(response.get("headers") or {})
        response["headers"] = headers
        return any("$ref" not in headers[name] and change(headers, name) for name in list(headers))

    return apply


def _header_removed(headers: dict[str, Any], name: str) -> bool:
    return headers.pop(name) is not None


def _header_required(wanted: bool) -> Callable[[dict[str, Any], str], bool]:
    def change(headers: dict[str, Any], name: str) -> bool:
        headers[name] = dict(headers[name])
        return _flag(headers[name], "required", wanted)

    return change


def _header_added(responses: dict[str, Any], status: str, response: dict[str, Any]) -> bool:
    response["headers"] = {**(response.get("headers") or {}), "X-Brand-New": {"schema": {"type": "string"}}}
    return True


_KEY = {"type": "apiKey", "in": "header", "name": "X-Brand-New-Key"}


def _secured(change: Callable[[list[Any]], list[Any] | None]) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        operation = _operation(root, path)
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
        operation = _operation(root, path)
        if operation.get(name) == value:
            return False
        operation[name] = value
        return True

    return apply


def _sunset(root: Root, path: Path) -> bool:
    operation = _operation(root, path)
    operation["deprecated"], operation["x-sunset"] = True, "2099-12-31"
    return True


def _hosted(root: Root, path: Path) -> bool:
    root["servers"] = [{"url": "https://elsewhere.example" + _base(root)}]
    return True


def _based(root: Root, path: Path) -> bool:
    if any("servers" in holder for holder in (root["paths"][path[1]], _operation(root, path))):
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
    ("parameter removed", True, _removed_parameter),
    ("required parameter added", True, _added_parameter(True)),
    ("optional parameter added", False, _added_parameter(False)),
    ("parameter became required", True, _parameter(lambda one: _flag(one, "required", True))),
    ("parameter became optional", False, _parameter(lambda one: _flag(one, "required", False))),
    ("parameter moved to another location", True, _parameter(_moved)),
    ("parameter default changed", True, _parameter(_default)),
    ("parameter of a list exploded otherwise", True, _parameter(_exploded)),
    ("parameter of a list in another style", True, _parameter(_styled)),
    ("parameter of a text exploded otherwise", False, _parameter(_exploded_scalar)),
    ("parameter integer to text", False, _parameter(_textual)),
    ("path parameter renamed", False, _renamed_parameter),
    ("request body removed", True, _body(_dropped_body)),
    ("request body became required", True, _body(lambda _, body: _flag(body, "required", True))),
    ("request body became optional", False, _body(lambda _, body: _flag(body, "required", False))),
    ("request media type replaced", True, _body(lambda _, body: _other_media(body))),
    ("request media type added", False, _body(lambda _, body: _more_media(body))),
    ("required request body added", True, _added_body(True)),
    ("optional request body added", False, _added_body(False)),
    ("success status removed", True, _response(_status_removed(True))),
    ("error status removed", True, _response(_status_removed(False))),
    ("success status changed", True, _response(_status_changed)),
    ("error status added", False, _response(_status_added)),
    ("response content removed", True, _response(_content_removed)),
    ("response media type replaced", True, _response(lambda _, __, one: _other_media(one))),
    ("response media type added", False, _response(lambda _, __, one: _more_media(one))),
    ("response header removed", True, _response(_header(_header_removed))),
    ("response header became optional", True, _response(_header(_header_required(False)))),
    ("response header became required", False, _response(_header(_header_required(True)))),
    ("response header added", False, _response(_header_added)),
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
