"""Generate strings that match a regular expression."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from beep_mock.contracts.schemas.ecma_patterns import (
    Assertion,
    Back,
    Choice,
    Class,
    Group,
    Node,
    PatternError,
    Property,
    Ranges,
    Repeat,
    Sequence,
    parse_pattern,
)
from beep_mock.contracts.schemas.patterns import matches

__all__ = ["from_pattern"]

_ATTEMPTS = 40
_POSITIVE = ("(?=", "(?<=")
_NATURAL = 4  # characters beyond the shortest match, unless the schema sets a length
_LONGEST = 4096
_GOOD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_FAIR = " -_.,:;/@+*!?#$%&=()[]{}<>|~^'\"`\\\t\n\u00e4\u4e2d"


def from_pattern(pattern: str, random: Random, least: int = 0, most: int = _LONGEST) -> str | None:
    """Return a string of ``least`` to ``most`` characters that matches ``pattern``; None if none was found."""
    tree = _tree(pattern)
    if tree is None:
        return None
    shortest = _shortest(tree)
    if shortest > most:
        return None
    natural = min(most, shortest + _NATURAL)
    sought = _sought(tree)
    for attempt in range(_ATTEMPTS):
        wanted = max(least, natural if attempt % 2 == 0 else shortest)
        found = _Walk(random, wanted - shortest, greedy=attempt < 2).text(tree)
        if len(found) < least:  # the pattern may be unanchored
            found += random.choice(_GOOD if attempt % 2 == 0 else " -") * (least - len(found))
        if least <= len(found) <= most and matches(pattern, found):
            return found
        if sought:
            found = _holding(found, sought, random)
            if least <= len(found) <= most and matches(pattern, found):
                return found
    return None


def _holding(found: str, sought: tuple[Node, ...], random: Random) -> str:
    """Return ``found`` with parts overwritten by matches of the look-arounds ``sought``, side by side if they fit."""
    pieces = [_Walk(random, 0, greedy=False).text(node) for node in sought]
    random.shuffle(pieces)
    room = max(0, len(found) - sum(map(len, pieces)))
    at = 0
    for piece in pieces:
        skipped = random.randint(0, room)
        room -= skipped
        at += skipped
        found = found[:at] + piece + found[at + len(piece) :]
        at += len(piece)
    return found


class _Walk:
    """Generates one string. Repetitions share ``spare`` characters; if ``greedy``, the first takes them all."""

    def __init__(self, random: Random, spare: int, *, greedy: bool) -> None:
        self._random = random
        self._spare = max(0, spare)
        self._greedy = greedy
        self._groups: dict[int, str] = {}

    def text(self, node: Node) -> str:
        if isinstance(node, Class):
            return self._character(node)
        if isinstance(node, Sequence):
            return "".join([self.text(item) for item in node.items])
        if isinstance(node, Choice):
            return self.text(self._random.choice(node.branches))
        if isinstance(node, Repeat):
            return "".join([self.text(node.item) for _ in range(self._times(node))])
        if isinstance(node, Group):
            made = self._groups[node.number] = self.text(node.item)
            return made
        return self._groups.get(node.group, "") if isinstance(node, Back) else ""

    def _times(self, node: Repeat) -> int:
        room = _LONGEST if node.high is None else node.high - node.low
        size = max(1, _shortest(node.item))
        more = min(room, self._spare // size)
        if not self._greedy:
            more = self._random.randint(0, more)
        self._spare -= more * size
        return min(node.low + more, _LONGEST)

    def _character(self, node: Class) -> str:
        good, fair, other = _members(node)
        return self._random.choice(good or fair or other or "?")


@lru_cache(maxsize=256)
def _tree(pattern: str) -> Node | None:
    try:
        return parse_pattern(pattern)
    except PatternError:
        return None


@lru_cache(maxsize=256)
def _sought(node: Node) -> tuple[Node, ...]:
    """Return the contents of all positive look-aheads and look-behinds of a pattern."""
    if isinstance(node, Assertion):
        return (node.item,) if node.item is not None and node.sign in _POSITIVE else ()
    if isinstance(node, Sequence):
        return tuple(found for item in node.items for found in _sought(item))
    if isinstance(node, Choice):
        return tuple(found for branch in node.branches for found in _sought(branch))
    return _sought(node.item) if isinstance(node, Group | Repeat) else ()


@lru_cache(maxsize=1024)
def _shortest(node: Node) -> int:
    """Return the length of the shortest match of a part, ignoring look-arounds."""
    if isinstance(node, Class):
        return 1
    if isinstance(node, Sequence):
        return sum(map(_shortest, node.items))
    if isinstance(node, Choice):
        return min(map(_shortest, node.branches))
    if isinstance(node, Repeat):
        return node.low * _shortest(node.item)
    return _shortest(node.item) if isinstance(node, Group) else 0


@lru_cache(maxsize=1024)
def _members(node: Class) -> tuple[str, str, str]:
    """Return a class's letters and digits, its other common characters, and the first character of its ranges."""
    good = "".join(c for c in _GOOD if _admits(node, c))
    fair = "".join(c for c in _FAIR if _admits(node, c))
    return good, fair, next((chr(low) for low, _ in node.ranges if not node.negated and _is_character(low)), "")


def _admits(node: Class, character: str) -> bool:
    inside = _within(node.ranges, ord(character)) or any(_has(p, character) for p in node.properties)
    return inside != node.negated


def _within(ranges: Ranges, code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _has(prop: Property, character: str) -> bool:
    return matches(f"^\\{'P' if prop.negated else 'p'}{{{prop.name}}}$", character)


def _is_character(code: int) -> bool:
    return not 0xD800 <= code < 0xE000
