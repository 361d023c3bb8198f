"""Decide whether every text that fits one regular pattern fits another, by automata.

A pattern fits a text when it is found anywhere in it (JSON Schema 2020-12 validation, 6.3.3), so that ``^`` and ``$``
count at the ends of it only. Look-arounds, back references and Unicode properties are not decided.
"""

from __future__ import annotations

from bisect import bisect_right

from beep_mock.contracts.schemas.ecma_patterns import (
    Assertion,
    Choice,
    Class,
    Group,
    Node,
    PatternError,
    Ranges,
    Repeat,
    Sequence,
    parse_pattern,
)

__all__ = ["is_included"]

_MOST_STATES = 1_500
_MOST_PAIRS = 4_000
_LAST = 0x10FFFF
_ANY: Ranges = ((0, _LAST),)


class _UndecidedError(Exception):
    """The pattern is not regular, or too large."""


def is_included(one: str, other: str) -> bool | None:
    """Return whether every text that fits ``one`` fits ``other``; None when it cannot be decided."""
    try:
        first, second = _Automaton(one), _Automaton(other)
        return _included(first, second)
    except (_UndecidedError, PatternError, RecursionError):
        return None


class _Automaton:
    """A nondeterministic automaton of whole texts: states from 0, moves by ranges of code points, and without any."""

    def __init__(self, pattern: str) -> None:
        self.moves: list[list[tuple[Ranges, int]]] = []
        self.free: list[list[int]] = []
        self.start = self._state()
        self.final = self._state()
        tree = parse_pattern(pattern)
        while isinstance(tree, Group):
            tree = tree.item
        for branch in tree.branches if isinstance(tree, Choice) else (tree,):
            self._branch(branch)

    def closure(self, states: frozenset[int]) -> frozenset[int]:
        """Return the states that can be reached without a character."""
        found, waiting = set(states), list(states)
        while waiting:
            for target in self.free[waiting.pop()]:
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)

    def step(self, states: frozenset[int], code: int) -> frozenset[int]:
        """Return the states after a character."""
        found = {
            target
            for state in states
            for ranges, target in self.moves[state]
            if any(low <= code <= high for low, high in ranges)
        }
        return self.closure(frozenset(found))

    def _state(self) -> int:
        if len(self.moves) >= _MOST_STATES:
            raise _UndecidedError
        self.moves.append([])
        self.free.append([])
        return len(self.moves) - 1

    def _branch(self, node: Node) -> None:
        items = list(node.items) if isinstance(node, Sequence) else [node]
        begins = bool(items) and isinstance(items[0], Assertion) and items[0].sign == "^"
        items = items[1:] if begins else items
        ends = bool(items) and isinstance(items[-1], Assertion) and items[-1].sign == "$"
        items = items[:-1] if ends else items
        here = self._state()
        self.free[self.start].append(here)
        if not begins:
            self.moves[here].append((_ANY, here))
        there = self._add(Sequence(tuple(items)), here)
        if not ends:
            last = self._state()
            self.free[there].append(last)
            self.moves[last].append((_ANY, last))
            there = last
        self.free[there].append(self.final)

    def _add(self, node: Node, here: int) -> int:
        """Go on from a state with a node; returns the state after it."""
        if isinstance(node, Group):
            return self._add(node.item, here)
        if isinstance(node, Sequence):
            for item in node.items:
                here = self._add(item, here)
            return here
        there = self._state()
        if isinstance(node, Choice):
            for branch in node.branches:
                first = self._state()
                self.free[here].append(first)
                self.free[self._add(branch, first)].append(there)
        elif isinstance(node, Class) and not node.properties:
            self.moves[here].append((_complement(node.ranges) if node.negated else node.ranges, there))
        elif isinstance(node, Repeat):
            self._repeat(node, here, there)
        else:
            raise _UndecidedError
        return there

    def _repeat(self, node: Repeat, here: int, there: int) -> None:
        for _ in range(node.low):
            here = self._add(node.item, here)
        if node.high is None:
            again = self._state()
            self.free[here].append(again)
            self.free[self._add(node.item, again)].append(again)
            self.free[again].append(there)
            return
        self.free[here].append(there)
        for _ in range(node.high - node.low):
            here = self._add(node.item, here)
            self.free[here].append(there)


def _included(one: _Automaton, other: _Automaton) -> bool:
    """Return whether no text leads ``one`` to its end and not ``other``."""
    bounds = sorted(
        {0}
        | {
            bound
            for automaton in (one, other)
            for moves in automaton.moves
            for ranges, _ in moves
            for low, high in ranges
            for bound in (low, high + 1)
            if bound <= _LAST
        }
    )
    start = (one.closure(frozenset({one.start})), other.closure(frozenset({other.start})))
    seen, waiting = {start}, [start]
    while waiting:
        mine, theirs = waiting.pop()
        if one.final in mine and other.final not in theirs:
            return False
        for code in _codes(one, mine, bounds):
            pair = (one.step(mine, code), other.step(theirs, code))
            if pair not in seen:
                if len(seen) > _MOST_PAIRS:
                    raise _UndecidedError
                seen.add(pair)
                waiting.append(pair)
    return True


def _codes(automaton: _Automaton, states: frozenset[int], bounds: list[int]) -> list[int]:
    """Return one character of each kind that leads on from the states."""
    found: set[int] = set()
    for state in states:
        for ranges, _ in automaton.moves[state]:
            for low, high in ranges:
                found.update(bounds[bisect_right(bounds, low) - 1 : bisect_right(bounds, high)])
    return sorted(found)


def _complement(ranges: Ranges) -> Ranges:
    found, start = [], 0
    for low, high in sorted(ranges):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return (*found, (start, _LAST)) if start <= _LAST else tuple(found)
