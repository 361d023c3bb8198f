"""Regular expressions: which of them the JSON Schema library accepts, and within which bounds it matches.

Patterns are matched in linear time; those that need backtracking (look-around, back-references) are given up after a
number of steps, and then count as not matched.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import jsonschema_rs

__all__ = ["PATTERN_OPTIONS", "accepted_pattern"]

PATTERN_OPTIONS: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)


@lru_cache(maxsize=4096)
def accepted_pattern(pattern: str) -> str | None:
    """``pattern`` as the library accepts it, or None when it is no regular expression that it can compile."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=PATTERN_OPTIONS)
    except (jsonschema_rs.ValidationError, ValueError):
        return None
    return pattern
