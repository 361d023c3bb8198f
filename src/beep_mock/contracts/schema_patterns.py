"""Regular expressions: which of them the JSON Schema library accepts, and within which bounds it matches.

Patterns are matched in linear time; those that need backtracking (look-around, back-references) are given up after a
number of steps, and then count as not matched.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import jsonschema_rs

from beep_mock.contracts.ecma_patterns import PatternError, parse_pattern
from beep_mock.contracts.pattern_writing import written

__all__ = ["PATTERN_OPTIONS", "accepted_pattern", "matches"]

PATTERN_OPTIONS: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)


@lru_cache(maxsize=4096)
def accepted_pattern(pattern: str) -> str | None:
    """``pattern`` as the library accepts it, or None when it is no regular expression that it can compile."""
    try:
        _validator(pattern)
    except (jsonschema_rs.ValidationError, ValueError):
        pass
    else:
        return pattern
    try:  # ECMA-262 is more generous than the engine
        rewritten = written(parse_pattern(pattern))
        _validator(rewritten)
    except (PatternError, jsonschema_rs.ValidationError, ValueError):
        return None
    return rewritten


@lru_cache(maxsize=1024)
def matches(pattern: str, text: str) -> bool:
    """Whether ``text`` matches ``pattern`` somewhere; nothing matches a pattern that cannot be used."""
    accepted = accepted_pattern(pattern)
    return accepted is not None and _validator(accepted).is_valid(text)


@lru_cache(maxsize=256)
def _validator(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=PATTERN_OPTIONS)
