"""Pairs of schemas, an old and a new one, compared once each wherever they are met."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from beep_mock.changes.contract_version import ContractVersion, Part, reads_alike, same_text
from beep_mock.changes.difference import Level
from beep_mock.changes.lifecycle import Policy
from beep_mock.changes.views import View
from beep_mock.contracts.nodes import child
from beep_mock.contracts.schemas.visibility import Direction

__all__ = ["Found", "Pair", "Pairs", "SchemaComparison", "reached"]

_DEEPEST = 6
"""How deep alternatives within alternatives are tried."""

_PLAIN = {
    "items": "*",
    "contains": "*",
    "additionalProperties": "*",
    "unevaluatedItems": "*",
    "unevaluatedProperties": "*",
}
_JOINED = frozenset(
    {"allOf", "not", "if", "propertyNames", "dependentSchemas", "$dynamicRef", "$recursiveRef", "nullable"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """A difference in a pair. ``rule`` lacks direction and subject; ``path`` leads to the value from the pair's."""

    rule: str
    level: Level
    message: str
    old: str
    new: str
    path: tuple[str, ...] = ()


class Pair:
    """Old and new schemas (a value has to meet all of a version) for messages in one direction, as texts or as JSON.

    ``omitted`` when the old contract's messages may leave the value out, and so mean its default.
    In a pair that is ``turned`` the old ones are of the new contract, and the new ones of the old.
    """

    __slots__ = ("direction", "edges", "found", "new", "old", "omitted", "textual", "turned")

    def __init__(
        self, old: tuple[Part, ...], new: tuple[Part, ...], direction: Direction, textual: bool, turned: bool,
        omitted: bool,
    ) -> None:  # fmt: skip
        self.old = old
        self.new = new
        self.direction = direction
        self.textual = textual
        self.turned = turned
        self.omitted = omitted
        self.found: dict[Found, None] = {}
        self.edges: dict[tuple[Pair, tuple[str, ...]], None] = {}


class SchemaComparison:
    """The comparison of one pair: its two views, and where to put what is found.

    What the *sender*'s version allows, the *taker*'s has to allow. The sender of requests is whoever keeps the old
    contract, that of responses whoever keeps the new one.
    """

    def __init__(self, pairs: Pairs, pair: Pair, depth: int) -> None:
        self.pairs = pairs
        self.pair = pair
        self.depth = depth
        versions = pairs.versions(pair.turned)
        self.old = View(versions[0], pair.old, pair.direction)
        self.new = View(versions[1], pair.new, pair.direction)
        self.is_request = pair.direction == "request"
        self.sender, self.taker = (self.old, self.new) if self.is_request else (self.new, self.old)
        self.capped = False
        """Whether every value of the sender is known to be taken, whatever differs."""
        self.withdrawals = True
        """Whether a property that is no longer named counts as gone."""

    def note(
        self, rule: str, is_kept: bool | None, message: str, keyword: str = "", path: tuple[str, ...] = ()
    ) -> None:
        """Note a difference; ``is_kept`` says whether everything sent is still accepted (None: undecidable)."""
        level = Level.NON_BREAKING if is_kept or self.capped else Level.UNKNOWN if is_kept is None else Level.BREAKING
        old, new = (view.place(keyword) if keyword else view.at for view in (self.old, self.new))
        self.pair.found[Found(rule, level, message, old, new, path)] = None

    def put(self, found: Found) -> None:
        """Something differs at places of its own."""
        self.pair.found[found] = None

    def inner(self, old: tuple[Part, ...], new: tuple[Part, ...], *path: str) -> None:
        """Go on with a part of the value."""
        anything = ((True, self.old.at),), ((True, self.new.at),)
        edge = self.pairs.pair(old or anything[0], new or anything[1], self.pair.direction, turned=self.pair.turned)
        if edge is not None:
            self.pair.edges[edge, path] = None

    def ordered(self, sender: Any, taker: Any) -> tuple[Any, Any]:
        """Return the values of sender and receiver as old and new."""
        return (sender, taker) if self.is_request else (taker, sender)

    def is_included(self, sender: tuple[Part, ...], taker: tuple[Part, ...], *, turned: bool = False) -> bool:
        """Return whether the taker's schemas take all that the sender's allow, as far as can be proved.

        ``turned`` when what is said to be the sender's is the taker's, and the other way round.
        """
        return self.depth < _DEEPEST and self.pairs.is_included(
            *self.ordered(sender, taker), self.pair.direction, self.depth + 1, turned is not self.pair.turned
        )


class Pairs:
    """All pairs of two contracts; what both versions say word for word, in one dialect, makes none."""

    def __init__(
        self,
        old: ContractVersion,
        new: ContractVersion,
        changed: frozenset[str],
        policy: Policy,
        compare: Callable[[SchemaComparison], None],
    ) -> None:
        self.old = old
        self.new = new
        self.policy = policy
        self._alike = old.modern is new.modern  # one dialect of schemas
        self._changed = changed
        self._compare = compare
        self._pairs: dict[tuple[tuple[str, ...], tuple[str, ...], str, bool, bool, bool], Pair] = {}
        self._waiting: list[tuple[Pair, int]] = []
        self._depth = 0

    def pair(
        self,
        old: tuple[Part, ...],
        new: tuple[Part, ...],
        direction: Direction,
        textual: bool = False,
        turned: bool = False,
        omitted: bool = False,
    ) -> Pair | None:
        """Return the pair of these schemas, to be compared; None when they are the same."""
        if self.are_same(old, new):
            return None
        versions = self.versions(turned)
        old, new = self._led(versions[0], old), self._led(versions[1], new)
        if self.are_same(old, new):
            return None
        key = (tuple(at for _, at in old), tuple(at for _, at in new), direction, textual, turned, omitted)
        pair = self._pairs.get(key)
        if pair is None:
            pair = self._pairs[key] = Pair(old, new, direction, textual, turned, omitted)
            self._waiting.append((pair, self._depth))
        return pair

    def _led(self, version: ContractVersion, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """Parts that only refer to others as those: what is shared is compared once."""
        return tuple(
            (version.follow(part) or part) if isinstance(part[0], dict) and part[0].keys() == {"$ref"} else part
            for part in parts
        )

    def are_same(self, old: tuple[Part, ...], new: tuple[Part, ...]) -> bool:
        """Return whether two lists of schemas say the same and refer to the same."""
        return len(old) == len(new) and all(
            same_text(one, other) and (self._alike or reads_alike(one)) and not self._is_touched(one)
            for (one, _), (other, _) in zip(old, new, strict=True)
        )

    def run(self) -> None:
        """Compare the waiting pairs and those they lead to."""
        self._finish(0)

    def _finish(self, before: int) -> None:
        while len(self._waiting) > before:
            pair, depth = self._waiting.pop()
            outer, self._depth = self._depth, depth
            try:
                if not self._linked(pair):
                    self._compare(SchemaComparison(self, pair, depth))
            finally:
                self._depth = outer

    def versions(self, turned: bool) -> tuple[ContractVersion, ContractVersion]:
        """Whose the old and the new schemas of a pair are."""
        return (self.new, self.old) if turned else (self.old, self.new)

    def is_included(
        self, old: tuple[Part, ...], new: tuple[Part, ...], direction: Direction, depth: int, turned: bool
    ) -> bool:
        """Return whether nothing that can be found there breaks."""
        before, outer = len(self._waiting), self._depth
        self._depth = depth
        try:
            pair = self.pair(old, new, direction, turned=turned)
            self._finish(before)
        finally:
            self._depth = outer
        waiting, seen = [pair] if pair is not None else [], {id(pair)}
        while waiting:
            here = waiting.pop()
            if any(found.level is not Level.NON_BREAKING for found in here.found):
                return False
            for edge, _ in here.edges:
                if id(edge) not in seen:
                    seen.add(id(edge))
                    waiting.append(edge)
        return True

    def _is_touched(self, node: Any) -> bool:
        """Return whether a node refers to something that has changed."""
        if not self._changed or not isinstance(node, dict | list):
            return False
        if isinstance(node, list):
            return any(map(self._is_touched, node))
        ref = node.get("$ref", node.get("$dynamicRef"))
        if isinstance(ref, str) and (ref in self._changed or "$dynamicRef" in node):
            return True
        return any(
            self._is_touched(value)
            for key, value in node.items()
            if isinstance(value, dict | list) and key not in ("enum", "example", "examples", "default", "const")
        )

    def _linked(self, pair: Pair) -> bool:
        """Join a pair of schemas of the same words to what they refer to; False when it has to be compared."""
        if len(pair.old) != 1 or len(pair.new) != 1 or pair.textual or pair.turned:
            return False
        (old, old_at), (new, new_at) = pair.old[0], pair.new[0]
        if not isinstance(old, dict) or not same_text(old, new) or self.old.modern is not self.new.modern:
            return False
        if self.old.hidden(pair.old[0]) != self.new.hidden(pair.new[0]):
            return False
        if isinstance(old.get("$ref"), str):
            return False
        return self._link(pair, old, old_at, new_at, ())

    def _link(self, pair: Pair, node: Any, old_at: str, new_at: str, path: tuple[str, ...]) -> bool:
        if isinstance(node, bool) or not self._is_touched(node):
            return True
        if "$ref" in node or _JOINED & node.keys() or not self._is_plain(node):
            if not path:
                return False
            edge = self.pair(((node, old_at),), ((node, new_at),), pair.direction)
            if edge is not None:
                pair.edges[edge, path] = None
            return True
        properties = node.get("properties")
        for name, schema in (properties if isinstance(properties, dict) else {}).items():
            one, other = child(f"{old_at}/properties", name), child(f"{new_at}/properties", name)
            hidden = self.old.hidden((schema, one))
            if hidden != self.new.hidden((schema, other)):
                return False  # what it refers to has become hidden, or is no longer
            if isinstance(schema, dict) and pair.direction not in hidden:
                self._link(pair, schema, one, other, (*path, name))
        for keyword, token in _PLAIN.items():
            if isinstance(node.get(keyword), dict):
                one, other = child(old_at, keyword), child(new_at, keyword)
                self._link(pair, node[keyword], one, other, (*path, token))
        return True

    def _is_plain(self, node: Any) -> bool:
        """Return whether only properties and items refer to what has changed."""
        return not any(
            self._is_touched(value)
            for key, value in node.items()
            if isinstance(value, dict | list) and key != "properties" and key not in _PLAIN and key != "examples"
        )


def reached(roots: Iterable[Pair]) -> list[Pair]:
    """Return all pairs that the roots lead to, themselves included."""
    waiting = list(dict.fromkeys(roots))
    seen = dict.fromkeys(waiting)
    while waiting:
        for edge, _ in waiting.pop().edges:
            if edge not in seen:
                seen[edge] = None
                waiting.append(edge)
    return list(seen)
