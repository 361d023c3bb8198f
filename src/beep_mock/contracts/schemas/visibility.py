"""Decide which properties belong in requests or responses, by ``readOnly`` and ``writeOnly``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from beep_mock.contracts.nodes import child
from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["Direction", "declared_properties", "hidden_in"]

Direction = Literal["request", "response"]

_MAX_PARTS = 8
"""The depth limit for following ``allOf`` and ``$ref``, which may be circular."""


def hidden_in(node: Any, at: str, document: Document, *, modern: bool) -> tuple[Direction, ...]:
    """Return the directions in which a property with this schema is not allowed.

    The word may stand in the schema, in what its ``$ref`` leads to, or in a part of its ``allOf``.
    """
    if type(node) is not dict:
        return ()
    if "$ref" not in node and "allOf" not in node:
        read_only, write_only = node.get("readOnly") is True, node.get("writeOnly") is True
    else:
        read_only = _says(node, at, "readOnly", document, modern, _MAX_PARTS)
        write_only = _says(node, at, "writeOnly", document, modern, _MAX_PARTS)
    if read_only:
        return ("request", "response") if write_only else ("request",)
    return ("response",) if write_only else ()


def declared_properties(
    node: Any, at: str, document: Document, *, parts: int = _MAX_PARTS
) -> Iterator[tuple[str, Any, str]]:
    """Yield name, schema and place of the properties declared by a schema, its ``$ref`` and its ``allOf`` parts."""
    if type(node) is not dict or parts == 0:
        return
    if "$ref" in node:
        try:
            target, place = document.follow(node, at)
        except ContractError:
            return
        yield from declared_properties(target, place, document, parts=parts - 1)
    properties = node.get("properties")
    if type(properties) is dict:
        for name, schema in properties.items():
            yield name, schema, child(f"{at}/properties", name)
    all_of = node.get("allOf")
    if type(all_of) is list:
        for index, part in enumerate(all_of):
            yield from declared_properties(part, f"{at}/allOf/{index}", document, parts=parts - 1)


def _says(node: Any, at: str, word: str, document: Document, modern: bool, parts: int) -> bool:
    if type(node) is not dict or parts == 0:
        return False
    if "$ref" in node:
        if modern and node.get(word) is True:
            return True
        try:
            node, at = document.follow(node, at)
        except ContractError:
            return False
        return _says(node, at, word, document, modern, parts - 1)
    if node.get(word) is True:
        return True
    all_of = node.get("allOf")
    return type(all_of) is list and any(
        _says(part, f"{at}/allOf/{index}", word, document, modern, parts - 1) for index, part in enumerate(all_of)
    )
