"""Regular expressions: which of them the JSON Schema library accepts, and within which bounds it matches.

Patterns are matched in linear time; those that need backtracking (look-around, back-references) are given up after a
number of steps. Texts longer than a pattern's bound (see :mod:`beep_mock.contracts.schemas.pattern_cost`) are not
looked at. Both count as not matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import jsonschema_rs

from beep_mock.contracts.schemas.ecma_patterns import PatternError, parse_pattern
from beep_mock.contracts.schemas.pattern_cost import MOST_BACKTRACKED, longest_backtracked, longest_text
from beep_mock.contracts.schemas.pattern_trees import Node
from beep_mock.contracts.schemas.pattern_writing import written

__all__ = ["PATTERN_OPTIONS", "AcceptedPattern", "accepted_pattern", "matches", "matches_nothing"]

PATTERN_OPTIONS: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=10_000)

_BACKTRACKING = re.compile(r"\(\?<?[=!>]|\\[1-9k]|[*+?}]\+")  # what may be beyond the engine that is linear
_MANY = re.compile(r"\{\d*,?\d{2,}\}|\}[^{]*\{\d")  # repetitions that may make a pattern large
_SHORT = 256  # characters of a text that is worth remembering: clients send longer ones
_REFUSED = (jsonschema_rs.ValidationError, ValueError)


@dataclass(frozen=True, slots=True)
class AcceptedPattern:
    """A pattern as the library accepts it, and the most characters of a text to match; None for any number."""

    text: str
    longest: int | None


@lru_cache(maxsize=4096)
def accepted_pattern(pattern: str) -> AcceptedPattern | None:
    """``pattern`` as the library accepts it, or None when it is no regular expression that it can compile."""
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
    """Whether a pattern asks for a beginning where something has been: ``/^[0-9]{5}$/i``, as JavaScript delimits it."""
    return isinstance(pattern, str) and pattern.startswith("/^") and "|" not in pattern


def matches(pattern: str, text: str) -> bool:
    """Whether ``text`` matches ``pattern`` somewhere; nothing matches a pattern that cannot be used."""
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
