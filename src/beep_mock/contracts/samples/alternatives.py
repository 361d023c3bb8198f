"""Alternatives of a ``oneOf``: how a value is kept from being two of them, and when nothing can."""

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
    """Return a schema without notes; what ``names`` schemas is no schema itself."""
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
    """The choice at each fork of one schema: ``way`` counts through all combinations, the first fork first.

    Whoever has taken all forks finds in ``count`` how many combinations there are (at most 24), and in ``rest`` how
    often ``way`` has been through all of them. ``offset`` is where counting starts at each fork.
    """

    __slots__ = ("_offset", "count", "rest")

    def __init__(self, way: int, offset: int = 0) -> None:
        self.rest = way
        self.count = 1
        self._offset = offset

    def choose(self, options: int, rounds: int = 1) -> tuple[int, int]:
        """Return the option to take at the next fork, and in which of ``rounds`` through all options that is."""
        tried = max(1, min(options * rounds, _MOST_COMBINATIONS // self.count))
        self.count *= tried
        self.rest, chosen = divmod(self.rest, tried)
        return (chosen + self._offset) % options, chosen // options


_MOST_STEPS = 8
"""How deep ``$ref`` and ``allOf`` are followed; they may lead round in a circle."""


def discriminated(node: dict[str, Any], branch: Any, chosen: dict[str, Any], document: Document) -> dict[str, Any]:
    """Return the property of the discriminator beside alternatives, with the value that names the chosen one."""
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
    """``named`` as far as ``schema`` lets it: only that the property is there where this itself has other values.

    Where the property can be no string, no discriminator reads it.
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
    """Yield a schema, what its ``$ref`` leads to, and the parts of its ``allOf``."""
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
    """Return a schema that holds the discriminator of ``node`` to the value that stands for the schema at ``place``."""
    discriminator = node.get("discriminator")
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    if not isinstance(discriminator, dict) or not isinstance(name, str):
        return {}
    bare = place.rpartition("/")[2]
    mapping = discriminator.get("mapping")
    pairs = mapping.items() if isinstance(mapping, dict) else ()
    value = next((key for key, target in pairs if target in (place, bare)), bare)
    return {"properties": {name: {"const": value}}, "required": [name]}
