"""Choose among schema alternatives, so that a sample matches exactly one branch of a ``oneOf``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from beep_mock.contracts.schemas.formats import ASSERTED
from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["Decisions", "ImpossibleError", "agreeing", "alike", "discriminated", "inherited", "itself", "spoiling"]


_FORMLESS = "^(?:amber|maple|river) (?:garden|harbour|island)$"
"""A pattern whose strings have no asserted format."""

_NOTES = frozenset({"default", "deprecated", "description", "example", "examples", "externalDocs", "title", "xml"})
"""Annotation keywords, which validation ignores."""

_LITERAL = frozenset({"const", "enum"})
_NAMING = frozenset(
    {"$defs", "definitions", "dependencies", "dependentRequired", "dependentSchemas", "patternProperties", "properties"}
)
_MOST_ALIKE, _MOST_KNOWN = 64, 4096

_known: WeakKeyDictionary[Document, dict[int, tuple[list[Any], bool]]] = WeakKeyDictionary()
"""``id`` of a list of branches → (the list, result of :func:`alike`). The list is stored too, so that its ``id`` is not
reused. Pointers cannot be the keys: merged schemas share them.
"""


def alike(branches: list[Any], document: Document) -> bool:
    """Return whether each of several schemas has a duplicate: then no value is valid for just one."""
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
    """Return constraints that the branch ``chosen`` allows and the branch ``other`` rejects, or an empty schema.

    For strings: a pattern that excludes the other branch's format. For objects: a value that the other branch rejects,
    for a property that the chosen branch does not declare.
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
    """Return a schema without annotations. With ``names``, ``node`` is a mapping from names to schemas."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value if key in _LITERAL and not names else _bare(value, names=not names and key in _NAMING)
        for key, value in node.items()
        if names or not (key in _NOTES or key.startswith("x-"))
    }


_MOST_COMBINATIONS = 24


class ImpossibleError(Exception):
    """No value can be generated on this path; ``place`` is in the sample, ``surely`` rules out every other path."""

    def __init__(self, place: tuple[str, ...] = (), *, surely: bool = False) -> None:
        super().__init__()
        self.place = place
        self.surely = surely


class Decisions:
    """Choose an option at each fork of one schema: ``way`` numbers all combinations; the first fork varies fastest.

    After the last fork, ``count`` is the number of combinations (at most 24) and ``rest`` how many times ``way`` has
    gone through all of them. ``offset`` shifts the first option at each fork.
    """

    __slots__ = ("_offset", "count", "rest")

    def __init__(self, way: int, offset: int = 0) -> None:
        self.rest = way
        self.count = 1
        self._offset = offset

    def choose(self, options: int, rounds: int = 1) -> tuple[int, int]:
        """Return the index of the option to take at the next fork, and the current round (``rounds`` in total)."""
        tried = max(1, min(options * rounds, _MOST_COMBINATIONS // self.count))
        self.count *= tried
        self.rest, chosen = divmod(self.rest, tried)
        return (chosen + self._offset) % options, chosen // options


_MOST_STEPS = 8
"""How many levels of ``$ref`` and ``allOf`` are followed; a limit is needed because references can be circular."""


def discriminated(node: dict[str, Any], branch: Any, chosen: dict[str, Any], document: Document) -> dict[str, Any]:
    """Return a schema that sets the discriminator property of ``node`` to the value that selects ``branch``."""
    ref = branch.get("$ref") if isinstance(branch, dict) else None
    return agreeing(_named(node, ref), chosen, document) if isinstance(ref, str) else {}


def inherited(part: Any, at: str, heir: str, document: Document) -> dict[str, Any]:
    """Return the discriminator value of the schema ``heir`` if its ``allOf`` has a parent with a discriminator."""
    if not heir or not isinstance(part, dict) or not isinstance(part.get("$ref"), str):
        return {}
    try:
        parent, _ = document.follow(part, at)
    except ContractError:
        return {}
    return _named(parent, heir) if isinstance(parent, dict) else {}


def itself(node: dict[str, Any], at: str) -> dict[str, Any]:
    """Return the value that the discriminator of the schema at ``at`` maps to that schema itself."""
    discriminator = node.get("discriminator")
    mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
    targets = mapping.values() if isinstance(mapping, dict) else ()
    return _named(node, at) if at in targets or at.rpartition("/")[2] in targets else {}


def agreeing(named: dict[str, Any], schema: dict[str, Any], document: Document) -> dict[str, Any]:
    """Return the discriminator constraint ``named``, reduced to what ``schema`` allows.

    If the schema allows only other values, the property is just required. If it cannot be a string, the result is empty
    because a discriminator reads strings only.
    """
    properties = schema.get("properties")
    known = properties if isinstance(properties, dict) else {}
    for name in named.get("required", ()):
        for part in _parts(known.get(name), document, _MOST_STEPS):
            kinds = part.get("type", "string")
            if "string" not in (kinds if isinstance(kinds, list) else [kinds]):
                return {}
            allowed = part["enum"] if isinstance(part.get("enum"), list) else [part.get("const")]
            if ("enum" in part or "const" in part) and named["properties"][name]["const"] not in allowed:
                return {"required": [name]}
    return named


def _parts(node: Any, document: Document, steps: int) -> Iterator[dict[str, Any]]:
    """Yield a schema, the target of its ``$ref`` and the parts of its ``allOf``, recursively."""
    if not isinstance(node, dict) or not steps:
        return
    yield node
    if isinstance(node.get("$ref"), str):
        try:
            target, _ = document.lookup(node["$ref"])
        except ContractError:
            return
        yield from _parts(target, document, steps - 1)
    parts = node.get("allOf")
    for part in parts if isinstance(parts, list) else ():
        yield from _parts(part, document, steps - 1)


def _named(node: dict[str, Any], place: str) -> dict[str, Any]:
    """Return a schema that requires the discriminator value of ``node`` that selects the schema at ``place``."""
    discriminator = node.get("discriminator")
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    if not isinstance(discriminator, dict) or not isinstance(name, str):
        return {}
    bare = place.rpartition("/")[2]
    mapping = discriminator.get("mapping")
    pairs = mapping.items() if isinstance(mapping, dict) else ()
    value = next((key for key, target in pairs if target in (place, bare)), bare)
    return {"properties": {name: {"const": value}}, "required": [name]}
