"""What the keywords of a flat schema say to a sample."""

from __future__ import annotations

from typing import Any

__all__ = ["additional_node", "longest_name", "mapping_of"]


def longest_name(asked: Any) -> int:
    """How many characters a name may have, by the schema in ``propertyNames``."""
    most = asked.get("maxLength") if isinstance(asked, dict) else None
    return most if isinstance(most, int) and not isinstance(most, bool) else 4096


def additional_node(schema: dict[str, Any]) -> Any:
    """The schema of properties that are not declared; of a string where all is allowed."""
    extra = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    return {"type": "string"} if extra is True or extra == {} else extra


def mapping_of(schema: dict[str, Any], keyword: str) -> dict[str, Any]:
    """What ``keyword`` maps; nothing where it maps nothing."""
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}
