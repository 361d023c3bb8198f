"""Alternatives of a ``oneOf``: how a value is kept from being two of them, and when nothing can."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from beep_mock.contracts.schemas.formats import ASSERTED
from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["alike", "spoiling"]

_FORMLESS = "^(?:amber|maple|river) (?:garden|harbour|island)$"
"""A text that has none of the formats."""

_NOTES = frozenset({"default", "deprecated", "description", "example", "examples", "externalDocs", "title", "xml"})
"""Keywords that no validation looks at."""

_LITERAL = frozenset({"const", "enum"})
_NAMING = frozenset(
    {"$defs", "definitions", "dependencies", "dependentRequired", "dependentSchemas", "patternProperties", "properties"}
)
_MOST_ALIKE, _MOST_KNOWN = 64, 4096

_known: WeakKeyDictionary[Document, dict[int, tuple[list[Any], bool]]] = WeakKeyDictionary()
"""By the identity of a list of alternatives, which is kept with it; places do not tell merged schemas apart."""


def alike(branches: list[Any], document: Document) -> bool:
    """Whether each of several schemas says the same as another of them: then no value is valid for just one."""
    known = _known.setdefault(document, {})
    found = known.get(id(branches))
    if found is None:
        if len(known) > _MOST_KNOWN:
            known.clear()
        said = [_said(branch, document) for branch in branches[:_MOST_ALIKE]]
        verdict = 1 < len(branches) <= _MOST_ALIKE and all(said.count(text) > 1 for text in said)
        found = known[id(branches)] = (branches, verdict)
    return found[1]


def spoiling(chosen: dict[str, Any], other: dict[str, Any], document: Document) -> dict[str, Any]:
    """A property with a value that the other alternative does not allow, where the one chosen does not describe it;
    of texts one that does not have the other's format.
    """
    own_format, its_format = (str(node.get("format")) for node in (chosen, other))
    if its_format in ASSERTED and own_format not in ASSERTED and not chosen.keys() & {"const", "enum", "pattern"}:
        return {"pattern": _FORMLESS}
    own, others = chosen.get("properties"), other.get("properties")
    found: dict[str, Any] = {}
    for name, written in others.items() if isinstance(others, dict) else ():
        node = _followed(written, document)
        if isinstance(node, dict) and not (isinstance(own, dict) and name in own):
            kinds = node.get("type")
            if isinstance(node.get("enum"), list) or "const" in node:
                allowed = node["enum"] if isinstance(node.get("enum"), list) else [node["const"]]
                if all(isinstance(value, str) and value != "other" for value in allowed):
                    return {"properties": {name: {"const": "other"}}, "required": [name]}
            elif kinds is not None and not found:
                texts = "string" in kinds if isinstance(kinds, list) else kinds == "string"
                found = {"properties": {name: {"const": 0 if texts else "none"}}, "required": [name]}
    return found


def _said(branch: Any, document: Document) -> str:
    return json.dumps(_bare(_followed(branch, document)), sort_keys=True, default=str)


def _followed(node: Any, document: Document) -> Any:
    try:
        return document.follow(node, "#")[0]
    except ContractError:
        return node


def _bare(node: Any, *, names: bool = False) -> Any:
    """A schema without notes; what ``names`` schemas is no schema itself."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value if key in _LITERAL and not names else _bare(value, names=not names and key in _NAMING)
        for key, value in node.items()
        if names or not (key in _NOTES or key.startswith("x-"))
    }
