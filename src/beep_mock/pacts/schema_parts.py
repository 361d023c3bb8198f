"""The parts of a schema, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from beep_mock.contracts.nodes import child
from beep_mock.contracts.schemas.patterns import matches

__all__ = ["Part", "listed_parts", "property_parts"]

Part = tuple[Any, str]
"""A schema as written, and where it stands."""


def property_parts(node: Mapping[str, Any], at: str, name: str) -> Iterator[Part]:
    """The schemas that ``node`` has for the property ``name``: by its name, and by the patterns that it fits."""
    properties = node.get("properties")
    if isinstance(properties, dict) and name in properties:
        yield properties[name], child(child(at, "properties"), name)
    patterns = node.get("patternProperties")
    if isinstance(patterns, dict):
        for pattern, schema in patterns.items():
            if matches(pattern, name):
                yield schema, child(child(at, "patternProperties"), pattern)


def listed_parts(node: Mapping[str, Any], at: str, keyword: str) -> list[Part]:
    """The schemas that ``keyword`` (``oneOf``) lists."""
    listed = node.get(keyword)
    return [(one, child(child(at, keyword), n)) for n, one in enumerate(listed)] if isinstance(listed, list) else []
