"""What a discriminator says of a sample: the value that stands for the schema that the sample is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["agreeing", "discriminated", "inherited", "itself"]

_MOST_STEPS = 8
"""How deep ``$ref`` and ``allOf`` are followed; they may lead round in a circle."""


def discriminated(node: dict[str, Any], branch: Any, chosen: dict[str, Any], document: Document) -> dict[str, Any]:
    """The property that the discriminator beside alternatives looks at, with the value that names the one chosen."""
    ref = branch.get("$ref") if isinstance(branch, dict) else None
    return agreeing(_named(node, ref), chosen, document) if isinstance(ref, str) else {}


def inherited(part: Any, at: str, heir: str, document: Document) -> dict[str, Any]:
    """Where the ``allOf`` of the named schema ``heir`` leads to a parent with a discriminator, what names the heir."""
    if not heir or not isinstance(part, dict) or not isinstance(part.get("$ref"), str):
        return {}
    try:
        parent, _ = document.follow(part, at)
    except ContractError:
        return {}
    return _named(parent, heir) if isinstance(parent, dict) else {}


def itself(node: dict[str, Any], at: str) -> dict[str, Any]:
    """Where the discriminator of the schema at ``at`` maps a value to that schema itself, what names it."""
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
    """A schema, what its ``$ref`` leads to, and the parts of its ``allOf``."""
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
    """A schema that holds the discriminator of ``node`` to the value that stands for the schema at ``place``."""
    discriminator = node.get("discriminator")
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    if not isinstance(discriminator, dict) or not isinstance(name, str):
        return {}
    bare = place.rpartition("/")[2]
    mapping = discriminator.get("mapping")
    pairs = mapping.items() if isinstance(mapping, dict) else ()
    value = next((key for key, target in pairs if target in (place, bare)), bare)
    return {"properties": {name: {"const": value}}, "required": [name]}
