"""The ``xml`` hints of a schema in one vocabulary: 3.2's node types, and the words they replace (XML Object)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["Hints", "hints_of", "resolved", "xml_name"]

_DEPTH = 16  # of allOf followed
_LETTERS = (  # those of XML 1.0, production 4, that every edition and parser agrees on
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f"
    "\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
)
_NOT_IN_NAME = re.compile(f"[^0-9.{_LETTERS}-]")
_LETTER = re.compile(f"[{_LETTERS}]")
_NODE_TYPES = ("element", "attribute", "text", "cdata", "none")


@dataclass(frozen=True, slots=True)
class Hints:
    """``node_type`` is ``element``, ``attribute``, ``text``, ``cdata`` or ``none``, and empty, as names are, where not
    said: then an array is not a node of its own and anything else is an element.
    """

    node_type: str
    name: str = ""
    namespace: str = ""
    prefix: str = ""


def hints_of(node: Any, document: Document | None) -> Hints:
    """The hints of a schema, those beside its ``$ref`` before those of what that leads to, then those in ``allOf``,
    where those of parts that are written there come before those that they refer to.

    ``attribute: true`` and ``wrapped: true`` are 3.2's node types ``attribute`` and, of an array, ``element``.
    """
    own = _written(node, document, _DEPTH)
    node_type = own.get("nodeType")
    if node_type not in _NODE_TYPES:
        node_type = "attribute" if own.get("attribute") is True else "element" if own.get("wrapped") is True else ""
    return Hints(str(node_type), *(_text(own, field) for field in ("name", "namespace", "prefix")))


def resolved(node: Any, document: Document | None) -> dict[str, Any]:
    """Return the schema that ``node`` stands for; an empty one where there is none."""
    if isinstance(node, dict) and "$ref" in node and document is not None:
        try:
            node = document.follow(node, "#")[0]
        except ContractError:
            return {}
    return node if isinstance(node, dict) else {}


def xml_name(name: str) -> str:
    """Return a name with what no name in XML has made underscores."""
    name = _NOT_IN_NAME.sub("_", name)
    return name if _LETTER.match(name) else f"_{name}"


def _written(node: Any, document: Document | None, depth: int) -> dict[str, Any]:
    if not isinstance(node, dict) or depth == 0:
        return {}
    own = node.get("xml")
    found: dict[str, Any] = own if isinstance(own, dict) else {}
    if "$ref" in node and (target := resolved(node, document)) is not node:
        found = {**_written(target, document, depth - 1), **found}
    parts = node.get("allOf")
    # Hints in this place are about this use; those of a referenced schema are about all its uses.
    for part in (
        sorted(parts, key=lambda part: isinstance(part, dict) and "$ref" in part) if isinstance(parts, list) else ()
    ):
        found = {**_written(part, document, depth - 1), **found}
    return found


def _text(hints: dict[str, Any], field: str) -> str:
    value = hints.get(field)
    return value if isinstance(value, str) else ""
