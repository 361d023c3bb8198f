"""Whether a schema allows null, and schemas that do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["allowing_null", "allows_null", "is_nullable"]

_FORBIDDING_NULL = ("allOf", "anyOf", "const", "not", "oneOf")
_MOST_STEPS = 8


def is_nullable(node: dict[str, Any], *, modern: bool) -> bool:
    """Whether a schema says of itself that null is allowed (OpenAPI 3.0 ``nullable``, JSON Schema's type ``null``)."""
    if not modern and node.get("nullable") is True:
        return True
    types = node.get("type")
    return types == "null" or (type(types) is list and "null" in types)


def allows_null(node: Any, at: str, document: Document, steps: int = _MOST_STEPS) -> bool:
    """Whether a schema of OpenAPI 3.0 allows null, as far as that is easily seen (``not`` is not looked at)."""
    if steps and type(node) is dict and "$ref" in node:
        try:
            node, at = document.follow(node, at)
        except ContractError:
            return True
    if not steps or type(node) is not dict:
        return node is not False
    if "type" in node and not is_nullable(node, modern=False):
        return False
    values = node.get("enum")
    if type(values) is list and None not in values:
        return False
    for keyword, enough in (("allOf", all), ("anyOf", any), ("oneOf", any)):
        parts = node.get(keyword)
        if type(parts) is list and parts:
            verdicts = (allows_null(part, f"{at}/{keyword}/{i}", document, steps - 1) for i, part in enumerate(parts))
            if not enough(verdicts):
                return False
    return True


def allowing_null(schema: dict[str, Any]) -> Any:
    """``schema``, with null allowed too."""
    types = schema.get("type")
    if types is not None:
        names = types if type(types) is list else [types]
        schema["type"] = names if "null" in names else [*names, "null"]
    values = schema.get("enum")
    if values is not None and None not in values:
        schema["enum"] = [*values, None]
    if any(keyword in schema for keyword in _FORBIDDING_NULL):
        return {"anyOf": [{"type": "null"}, schema]}
    return schema
