"""One of the two versions: its document, and which of its parts the other version has as well, word for word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson

from beep_mock.contracts.model import Contract
from beep_mock.contracts.schemas.visibility import Direction, hidden_in
from beep_mock.errors import ContractError

__all__ = ["ContractVersion", "Part", "changed_references", "reads_alike", "same_text"]

Part = tuple[Any, str]
"""A schema as written (a mapping or a bool) and its place."""

_REFERENCE = re.compile(rb'"\$(?:dynamic|recursive)?[rR]ef":\s*"((?:[^"\\]|\\.)*)"')


class ContractVersion:
    """A contract as schemas of it are read. What its document says twice is looked up once."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.document = contract.document
        self.modern = contract.schemas.modern
        self._hidden: dict[tuple[str, int], tuple[Direction, ...]] = {}

    def follow(self, part: Part) -> Part | None:
        """Return the target of a part's ``$ref``; None when it has none."""
        try:
            return self.document.follow(*part)
        except ContractError:
            return None

    def hidden(self, part: Part) -> tuple[Direction, ...]:
        """Return the directions that a property with this schema does not belong in (``readOnly``, ``writeOnly``)."""
        key = (part[1], id(part[0]))
        found = self._hidden.get(key)
        if found is None:
            found = self._hidden[key] = hidden_in(part[0], part[1], self.document, modern=self.modern)
        return found


def same_text(one: Any, other: Any) -> bool:
    """Return whether two nodes say the same, word for word (``1`` is not ``true``)."""
    return one is other or (bool(one == other) and text_of(one) == text_of(other))


_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
_NAMED = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})


def reads_alike(node: Any, *, named: bool = False) -> bool:
    """Return whether a schema means in OpenAPI 3.0 what it means in 3.1, word for word.

    ``nullable`` is a word of 3.0 alone (3.0.3, 4.7.24), and what stands beside a ``$ref`` counts since 3.1 (3.0.3,
    4.7.23.1; 3.1.1, 4.8.24). A flag of ``exclusiveMinimum`` is read as what it means in both. ``named`` when the
    node's keys are names, not keywords.
    """
    if isinstance(node, list):
        return all(map(reads_alike, node))
    if not isinstance(node, dict):
        return True
    if not named and (node.get("nullable") is True or (isinstance(node.get("$ref"), str) and len(node) > 1)):
        return False
    return all(
        reads_alike(value, named=not named and key in _NAMED)
        for key, value in node.items()
        if isinstance(value, dict | list) and (named or key not in _VALUES)
    )


def text_of(node: Any) -> bytes:
    """Return a node as text, for comparison."""
    try:
        return orjson.dumps(node, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):
        return json.dumps(node, sort_keys=True, default=str).encode()


def references_in(node: Any) -> set[str]:
    """Return the ``$ref``s anywhere in a node."""
    found = _REFERENCE.findall(text_of(node))
    return {orjson.loads(b'"' + ref + b'"') for ref in found}


def changed_references(old: ContractVersion, new: ContractVersion, roots: Iterable[Any]) -> frozenset[str]:
    """Return the references, reachable from the nodes ``roots``, that lead to a difference between the two."""
    alike = old.modern is new.modern
    waiting = list({ref for node in roots for ref in references_in(node)})
    known = set(waiting)
    referrers: dict[str, set[str]] = {}
    changed: list[str] = []
    while waiting:
        ref = waiting.pop()
        targets = [_target(version, ref) for version in (old, new)]
        if targets[0] is _NOTHING or not same_text(*targets) or not (alike or reads_alike(targets[0])):
            changed.append(ref)
        for inner in {ref for target in targets if target is not _NOTHING for ref in references_in(target)}:
            referrers.setdefault(inner, set()).add(ref)
            if inner not in known:
                known.add(inner)
                waiting.append(inner)
    found = set(changed)
    while changed:
        for referrer in referrers.get(changed.pop(), ()):
            if referrer not in found:
                found.add(referrer)
                changed.append(referrer)
    return frozenset(found)


_NOTHING: Any = object()


def _target(version: ContractVersion, ref: str) -> Any:
    try:
        return version.document.lookup(ref)[0]
    except ContractError:
        return _NOTHING
