"""Schemas of Swagger 2.0 as OpenAPI 3.0 writes them, changed in place (Swagger 2.0, Schema Object).

Both are JSON Schema of before 2019. What differs: ``discriminator`` was a name, ``type: file`` is a binary string,
and null was only ever allowed by extension (``x-nullable``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beep_mock.contracts.reading.references import escape
from beep_mock.contracts.reading.structure import LITERALS, NAME_MAPS
from beep_mock.findings import Severity

__all__ = ["SWAGGER_LITERALS", "convert_schema", "convert_schemas", "map_discriminated"]

SWAGGER_LITERALS = LITERALS | {"examples", "x-example", "x-examples"}
"""The fields of Swagger 2.0 that hold data: an Example Object maps media types to values."""

Report = Callable[[Severity, str, str, str], None]
"""Takes a severity, a rule, a message and a place."""

_NAMES = (NAME_MAPS - {"examples"}) | {"securityDefinitions"}
_DISCRIMINATED = "x-ms-discriminator-value"


def convert_schemas(data: Any, at: str, report: Report) -> None:
    """Convert all schemas in the file ``data``, whose place is ``at``; what stands where in it is not known."""

    def walk(node: Any, at: str, names: bool) -> None:
        if type(node) is list:
            for index, item in enumerate(node):
                if type(item) is dict or type(item) is list:
                    walk(item, f"{at}/{index}", False)
            return
        if not names:
            convert_schema(node, at, report)
        for key, value in node.items():
            kind = type(value)
            if (kind is dict or kind is list) and (names or key not in SWAGGER_LITERALS):
                walk(value, f"{at}/{escape(key)}", key in _NAMES and kind is dict and not names)

    if type(data) is dict or type(data) is list:
        walk(data, at, True)


def convert_schema(node: dict[str, Any], at: str, report: Report) -> None:
    """Convert the schema ``node`` in place, without those in it. Other nodes have none of these keywords."""
    kind = node.get("type")
    if kind == "file" and "in" not in node:
        node["type"], node["format"] = "string", "binary"
    elif type(kind) is list and "null" in kind:
        others = [name for name in kind if name != "null"]
        node["type"] = others[0] if len(others) == 1 else others
        node["nullable"] = True
    if "x-nullable" in node:
        if node["x-nullable"] is True:
            node.setdefault("nullable", True)
            if type(node.get("$ref")) is str:  # whose siblings are ignored (JSON Reference, section 3)
                node["allOf"] = [{"$ref": node.pop("$ref")}]
        elif type(node["x-nullable"]) is not bool:
            report(Severity.ERROR, "structure-invalid", "'x-nullable' must be true or false", f"{at}/x-nullable")
    if "discriminator" in node:
        _discriminator(node, at, report)


def _discriminator(node: dict[str, Any], at: str, report: Report) -> None:
    """``discriminator: petType``: its value is the name of a definition, as is implied in OpenAPI 3.0."""
    name, place = node["discriminator"], f"{at}/discriminator"
    if type(name) is dict and type(name.get("propertyName")) is str:
        report(
            Severity.ERROR,
            "structure-invalid",
            "'discriminator' must be the name of a property, this is a mapping",
            place,
        )
        return
    if type(name) is not str:
        report(Severity.ERROR, "structure-invalid", "'discriminator' must be the name of a property", place)
        del node["discriminator"]
        return
    node["discriminator"] = {"propertyName": name}
    properties = node.get("properties")
    if type(properties) is dict and name not in properties and "allOf" not in node:
        report(
            Severity.ERROR,
            "discriminator-undeclared",
            f"the discriminator '{name}' must be a property of this schema",
            place,
        )
    required = node.get("required")
    if (type(required) is not list or name not in required) and "allOf" not in node:
        report(Severity.ERROR, "discriminator-optional", f"the discriminator '{name}' must be in 'required'", place)


def map_discriminated(schemas: dict[str, Any]) -> None:
    """Give discriminators the values that schemas say for themselves (``x-ms-discriminator-value``), by name."""
    for name, node in schemas.items():
        value = node.get(_DISCRIMINATED) if type(node) is dict else None
        if type(value) is not str or value == name:
            continue
        for parent in _ancestors(node, schemas, 8):
            discriminator = parent.get("discriminator")
            if type(discriminator) is dict:
                discriminator.setdefault("mapping", {})[value] = f"#/components/schemas/{escape(name)}"


def _ancestors(node: dict[str, Any], schemas: dict[str, Any], depth: int) -> list[dict[str, Any]]:
    """Return the named schemas that ``allOf`` leads to, the node itself first."""
    found = [node]
    parts = node.get("allOf")
    for part in parts if type(parts) is list and depth else ():
        ref = part.get("$ref") if type(part) is dict else None
        if type(ref) is str and ref.startswith("#/components/schemas/"):
            name = ref[len("#/components/schemas/") :].replace("~1", "/").replace("~0", "~")
            if type(schemas.get(name)) is dict:
                found += _ancestors(schemas[name], schemas, depth - 1)
    return found
