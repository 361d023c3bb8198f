"""What operators do to the parameters of an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.changing.sites import Path, reach, resolved

Root = dict[str, Any]
Apply = Callable[[Root, Path], bool]


def operation_at(root: Root, path: Path) -> dict[str, Any]:
    container, key = reach(root, path)
    found: dict[str, Any] = container[key]
    return found


def parameters_at(root: Root, path: Path) -> list[dict[str, Any]]:
    operation = operation_at(root, path)
    operation["parameters"] = [dict(resolved(root, one)) for one in operation.get("parameters", [])]
    found: list[dict[str, Any]] = operation["parameters"]
    return found


def parameter_changed(change: Callable[[dict[str, Any]], bool], location: str = "") -> Apply:
    def apply(root: Root, path: Path) -> bool:
        for parameter in parameters_at(root, path):
            if parameter.get("in") in ((location,) if location else ("query", "header", "cookie")) and change(
                parameter
            ):
                return True
        return False

    return apply


def flagged(node: dict[str, Any], name: str, value: bool) -> bool:
    if bool(node.get(name)) is value:
        return False
    node[name] = value
    return True


def removed_parameter(root: Root, path: Path) -> bool:
    parameters = parameters_at(root, path)
    for index, parameter in enumerate(parameters):
        if parameter.get("in") in ("query", "header"):
            del parameters[index]
            return True
    return False


def moved(parameter: dict[str, Any]) -> bool:
    if parameter.get("in") != "query" or "schema" not in parameter:
        return False
    parameter["in"] = "header"
    parameter.pop("style", None)
    parameter.pop("explode", None)
    return True


def added_parameter(required: bool) -> Apply:
    def apply(root: Root, path: Path) -> bool:
        parameters_at(root, path).append(
            {"name": "brand_new", "in": "query", "required": required, "schema": {"type": "string"}}
        )
        return True

    return apply


def schema_of(parameter: dict[str, Any]) -> dict[str, Any]:
    found = parameter.get("schema")
    return found if isinstance(found, dict) and "$ref" not in found else {}


def default_changed(parameter: dict[str, Any]) -> bool:
    schema = schema_of(parameter)
    if type(schema.get("default")) is not int:
        return False
    parameter["schema"] = {**schema, "default": schema["default"] + 1}
    return True


def exploded(parameter: dict[str, Any]) -> bool:
    if (
        schema_of(parameter).get("type") != "array"
        or parameter.get("in") != "query"
        or parameter.get("style", "form") != "form"
    ):
        return False
    parameter["explode"] = not parameter.get("explode", True)
    return True


def styled(parameter: dict[str, Any]) -> bool:
    if schema_of(parameter).get("type") != "array" or parameter.get("in") != "query":
        return False
    parameter["style"], parameter["explode"] = "pipeDelimited", False
    return True


def exploded_scalar(parameter: dict[str, Any]) -> bool:
    if schema_of(parameter).get("type") != "string" or parameter.get("in") != "query":
        return False
    parameter["explode"] = not parameter.get("explode", True)
    return True


def textual(parameter: dict[str, Any]) -> bool:
    if schema_of(parameter).get("type") != "integer" or "default" in schema_of(parameter):
        return False
    parameter["schema"] = {"type": "string"}
    return True
