"""Collect what was found in operations and in their pairs of schemas, and turn it into differences with their uses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beep_mock.changes.difference import Difference, Direction, Level, Use
from beep_mock.changes.pairs import Found, Pair, reached

__all__ = ["FoundDifferences", "Root"]

_SYNTHETIC = re.compile(r"~(?:oneOf|anyOf)|type [a-z]+$")


@dataclass(frozen=True, slots=True)
class Root:
    """The place where a message holds a pair of schemas; ``subject`` is ``body``, ``parameter`` or ``header``."""

    use: Use
    subject: str
    direction: Direction


class FoundDifferences:
    """Collects differences; the same one met by several operations is one, with several uses."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Level, Direction, str, str, str], dict[Use, None]] = {}
        self._roots: dict[Pair, list[Root]] = {}

    def add(self, rule: str, level: Level, direction: Direction, message: str, old: str, new: str, *uses: Use) -> None:
        """Enter a difference."""
        key = (rule, level, direction, message, _place(old), _place(new))
        self._found.setdefault(key, {}).update(dict.fromkeys(uses))

    def remember(self, pair: Pair | None, root: Root) -> None:
        """Remember where a pair is met."""
        if pair is not None:
            self._roots.setdefault(pair, []).append(root)

    def differences(self) -> tuple[Difference, ...]:
        """Return all differences, breaking ones first, else as they were met."""
        self._spread()
        order = list(Level)
        found = [
            Difference(rule, level, direction, message, old, new, tuple(uses))
            for (rule, level, direction, message, old, new), uses in self._found.items()
        ]
        return tuple(sorted(found, key=lambda one: order.index(one.level)))

    def _spread(self) -> None:
        """From each pair with differences back to the messages that hold it, by the shortest way."""
        referrers: dict[Pair, list[tuple[Pair, tuple[str, ...]]]] = {}
        pairs = reached(self._roots)
        for pair in pairs:
            for inner, path in pair.edges:
                referrers.setdefault(inner, []).append((pair, path))
        for pair in pairs:
            if not pair.found:
                continue
            ways: dict[Pair, tuple[str, ...]] = {pair: ()}
            waiting = [pair]
            for here in waiting:
                for referrer, path in referrers.get(here, ()):
                    if referrer not in ways:
                        ways[referrer] = (*path, *ways[here])
                        waiting.append(referrer)
            for holder, way in ways.items():
                for root in self._roots.get(holder, ()):
                    for found in pair.found:
                        self._enter(found, root, (*root.use.path, *way, *found.path))
        self._roots.clear()

    def _enter(self, found: Found, root: Root, path: tuple[str, ...]) -> None:
        use = Use(root.use.operation, root.use.part, path, root.use.status)
        subject = "property" if len(path) > len(root.use.path) else root.subject
        rule = found.rule if found.rule.startswith("property-") else f"{subject}-{found.rule}"
        if found.rule == "required-property-added":
            rule = found.rule
        self.add(f"{root.direction}-{rule}", found.level, root.direction, found.message, found.old, found.new, use)


def _place(at: str) -> str:
    return _SYNTHETIC.sub("", at)
