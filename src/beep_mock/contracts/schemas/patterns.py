"""Regular expressions: which of them the JSON Schema library accepts, and within which bounds it matches.

Patterns are matched in linear time; those that need backtracking (look-around, back-references) are given up after a
number of steps. Texts longer than a pattern's bound (see :mod:`beep_mock.contracts.schemas.patterns`) are not
looked at. Both count as not matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import jsonschema_rs

from beep_mock.contracts.schemas.ecma_patterns import (
    Assertion,
    Back,
    Choice,
    Class,
    Group,
    Node,
    PatternError,
    Repeat,
    Sequence,
    parse_pattern,
)

__all__ = [
    "MOST_BACKTRACKED",
    "PATTERN_OPTIONS",
    "AcceptedPattern",
    "accepted_pattern",
    "longest_backtracked",
    "longest_text",
    "matches",
    "matches_nothing",
    "written",
]


MOST_BACKTRACKED: Final = 4_096
"""The longest string, in characters, for a pattern that needs backtracking: each step may scan the whole string."""

_SMALL = 100
_MOST_STEPS = 100_000_000
_LEAST = 10_000


def longest_text(tree: Node) -> int | None:
    """Return the most characters that are matched against a linear-time pattern; None for no limit."""
    size = _size(tree)
    if size <= _SMALL or (_starts_anchored(tree) and not _is_endless(tree)):
        return None
    return max(_MOST_STEPS // size, _LEAST)


def longest_backtracked(tree: Node) -> int | None:
    """Return the same of a pattern that is matched step by step.

    Look-aheads at the very start (``^(?=.*[0-9])(?!.* ).{8,}$``) cost no more than one pass each.
    """
    if not _backtracks(tree):
        return longest_text(tree)
    items = tree.items if isinstance(tree, Sequence) else ()
    looks = 1
    while looks < len(items) and _looks_ahead(items[looks]):
        looks += 1
    if items and _starts_anchored(items[0]) and not any(map(_backtracks, items[looks:])):
        size = _size(tree)
        return None if size <= _SMALL else max(_MOST_STEPS // size, _LEAST)
    return MOST_BACKTRACKED


def _looks_ahead(node: Node) -> bool:
    return isinstance(node, Assertion) and node.item is not None and not _backtracks(node.item)


def _backtracks(node: Node) -> bool:
    """Return whether a back-reference or look-around needs the engine's own steps here."""
    if isinstance(node, Back) or (isinstance(node, Assertion) and node.item is not None):
        return True
    return any(map(_backtracks, _parts(node)))


def _size(node: Node) -> int:
    """Return the approximate number of states of the pattern."""
    if isinstance(node, Repeat):
        return max(_size(node.item), 1) * max(node.high if node.high is not None else node.low, 1)
    return max(1, sum(map(_size, _parts(node))))


def _is_endless(node: Node) -> bool:
    return (isinstance(node, Repeat) and node.high is None) or any(map(_is_endless, _parts(node)))


def _starts_anchored(node: Node) -> bool:
    if isinstance(node, Sequence):
        return bool(node.items) and _starts_anchored(node.items[0])
    if isinstance(node, Choice):
        return all(map(_starts_anchored, node.branches))
    if isinstance(node, Group):
        return _starts_anchored(node.item)
    return isinstance(node, Assertion) and node.sign == "^"


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Choice):
        return node.branches
    if isinstance(node, Repeat | Group):
        return (node.item,)
    return (node.item,) if isinstance(node, Assertion) and node.item is not None else ()


_SURROGATES = (0xD800, 0xDFFF)


def written(tree: Node) -> str:
    """Return the pattern of a tree: unambiguous, each character by its code point."""
    if isinstance(tree, Class):
        return _class(tree)
    if isinstance(tree, Sequence):
        return "".join(f"(?:{written(item)})" if isinstance(item, Choice) else written(item) for item in tree.items)
    if isinstance(tree, Choice):
        return "|".join(map(written, tree.branches))
    if isinstance(tree, Repeat):
        high = "" if tree.high is None else tree.high
        return f"(?:{written(tree.item)}){{{tree.low},{high}}}{'?' if tree.lazy else ''}"
    if isinstance(tree, Group):
        return f"({written(tree.item)})"
    if isinstance(tree, Back):
        return f"(?:\\{tree.group})"
    if isinstance(tree, Assertion) and tree.item is not None:
        return f"{tree.sign}{written(tree.item)})"
    return tree.sign


def _class(node: Class) -> str:
    if not node.ranges and not node.properties:
        return r"[\s\S]" if node.negated else r"[^\s\S]"
    members = "".join(
        f"{_character(low)}-{_character(high)}" if high > low else _character(low)
        for whole in node.ranges
        for low, high in _without_surrogates(*whole)
    )
    members += "".join(f"\\{'P' if p.negated else 'p'}{{{p.name}}}" for p in node.properties)
    return f"[{'^' if node.negated else ''}{members}]"


def _without_surrogates(low: int, high: int) -> list[tuple[int, int]]:
    """Return a range without surrogates, which the engine does not support."""
    parts = ((low, min(high, _SURROGATES[0] - 1)), (max(low, _SURROGATES[1] + 1), high))
    return [(first, last) for first, last in parts if first <= last]


def _character(code: int) -> str:
    character = chr(code)
    return character if character.isascii() and character.isalnum() else f"\\x{{{code:x}}}"


PATTERN_OPTIONS: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=10_000)

_BACKTRACKING = re.compile(r"\(\?<?[=!>]|\\[1-9k]|[*+?}]\+")  # what may be beyond the engine that is linear
_MANY = re.compile(r"\{\d*,?\d{2,}\}|\}[^{]*\{\d")  # repetitions that may make a pattern large
_SHORT = 256  # characters of a text that is worth remembering: clients send longer ones
_REFUSED = (jsonschema_rs.ValidationError, ValueError)


@dataclass(frozen=True, slots=True)
class AcceptedPattern:
    """Return a pattern as the library accepts it, and the most characters to match (None for no limit)."""

    text: str
    longest: int | None


@lru_cache(maxsize=4096)
def accepted_pattern(pattern: str) -> AcceptedPattern | None:
    """Return ``pattern`` as the library accepts it, or None if it cannot be compiled."""
    accepted = _accepted(pattern)
    if accepted is None:
        try:  # ECMA-262 is more generous than the engine
            accepted = _accepted(written(parse_pattern(pattern)), pattern)
        except PatternError:
            return None
    return accepted


def _accepted(text: str, source: str | None = None) -> AcceptedPattern | None:
    try:
        _validator(text)
    except _REFUSED:
        return None
    if _BACKTRACKING.search(text) is not None:
        return AcceptedPattern(text, _longest(source or text, longest_backtracked))
    large = _MANY.search(source or text) is not None
    return AcceptedPattern(text, _longest(source or text, longest_text) if large else None)


def _longest(pattern: str, judge: Callable[[Node], int | None]) -> int | None:
    try:
        return judge(parse_pattern(pattern))
    except PatternError:
        return MOST_BACKTRACKED


def matches_nothing(pattern: object) -> bool:
    """Return whether a pattern has JavaScript's delimiters, as in ``/^[0-9]{5}$/i``, so that it never matches."""
    return isinstance(pattern, str) and pattern.startswith("/^") and "|" not in pattern


def matches(pattern: str, text: str) -> bool:
    """Return whether ``text`` matches ``pattern`` anywhere; an unusable pattern matches nothing."""
    return _matches(pattern, text) if len(text) <= _SHORT else _matches.__wrapped__(pattern, text)


@lru_cache(maxsize=1024)
def _matches(pattern: str, text: str) -> bool:
    accepted = accepted_pattern(pattern)
    if accepted is None or (accepted.longest is not None and len(text) > accepted.longest):
        return False
    return _validator(accepted.text).is_valid(text)


@lru_cache(maxsize=256)
def _validator(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=PATTERN_OPTIONS)
