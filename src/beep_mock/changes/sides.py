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

__all__ = ["Part", "Side", "changed_references", "same_text"]

Part = tuple[Any, str]
"""A schema as written (a mapping or a bool) and its place."""

_REFERENCE = re.compile(rb'"\$(?:dynamic|recursive)?[rR]ef":\s*"((?:[^"\\]|\\.)*)"')


class Side:
    """A contract as schemas of it are read. What its document says twice is looked up once."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.document = contract.document
        self.modern = contract.schemas.modern
        self._hidden: dict[tuple[str, int], tuple[Direction, ...]] = {}

    def follow(self, part: Part) -> Part | None:
        """What a part's ``$ref`` leads to; None when it leads nowhere."""
        try:
            return self.document.follow(*part)
        except ContractError:
            return None

    def hidden(self, part: Part) -> tuple[Direction, ...]:
        """The directions in which the property with this schema does not belong (``readOnly``, ``writeOnly``)."""
        key = (part[1], id(part[0]))
        found = self._hidden.get(key)
        if found is None:
            found = self._hidden[key] = hidden_in(part[0], part[1], self.document, modern=self.modern)
        return found


def same_text(one: Any, other: Any) -> bool:
    """Whether two nodes say the same, word for word (``1`` is not ``true``)."""
    return one is other or (bool(one == other) and text_of(one) == text_of(other))


def text_of(node: Any) -> bytes:
    """A node as text, for comparison."""
    try:
        return orjson.dumps(node, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):
        return json.dumps(node, sort_keys=True, default=str).encode()


def references_in(node: Any) -> set[str]:
    """The ``$ref``s anywhere in a node."""
    found = _REFERENCE.findall(text_of(node))
    return {orjson.loads(b'"' + ref + b'"') for ref in found}


def changed_references(old: Side, new: Side, roots: Iterable[Any]) -> frozenset[str]:
    """The references, reachable from the nodes ``roots``, that lead to other text in the two versions, near or far."""
    waiting = list({ref for node in roots for ref in references_in(node)})
    known = set(waiting)
    referrers: dict[str, set[str]] = {}
    changed: list[str] = []
    while waiting:
        ref = waiting.pop()
        targets = [_target(side, ref) for side in (old, new)]
        if targets[0] is _NOTHING or not same_text(*targets):
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


def _target(side: Side, ref: str) -> Any:
    try:
        return side.document.lookup(ref)[0]
    except ContractError:
        return _NOTHING
