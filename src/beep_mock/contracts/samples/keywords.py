"""What the keywords of a flat schema say to a sample."""

from __future__ import annotations

from typing import Any, Final

from beep_mock.interaction import MISSING

__all__ = ["SHOWN", "additional_node", "longest_name", "mapping_of", "shown"]

SHOWN: Final = frozenset({"example", "examples", "default"})
"""Keywords that show a value."""


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


def shown(schema: dict[str, Any]) -> Any:
    """The value that a schema shows, by ``example``, ``examples`` or ``default``; :data:`MISSING` without one."""
    if "example" in schema:
        return schema["example"]
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    default = schema.get("default")
    return MISSING if default is None else default
