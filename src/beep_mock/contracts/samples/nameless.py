"""The whole answer where it is one scalar that nothing is said of: its type's own name, or zero.

No property's name tells what such a value stands for, so a made-up one would say more than the document does. Other
tools that show samples of schemas, Prism among them, use the same.
"""

from __future__ import annotations

from typing import Any

from beep_mock.contracts.samples.numbers import allows

__all__ = ["nameless"]

_SAYING = frozenset(
    {"contentEncoding", "contentMediaType", "contentSchema", "format", "maxLength", "minLength", "pattern"}
)
_TEXT = "string"


def nameless(schema: dict[str, Any], kind: str) -> str | int | None:
    """The value of a flat schema of that kind; None where its keywords say more, or ask for another."""
    if kind == "string":
        return None if schema.keys() & _SAYING else _TEXT
    if kind in ("integer", "number"):
        return 0 if allows(schema, 0, whole=kind == "integer") else None
    return None
