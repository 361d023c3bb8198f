"""Regular expressions that a pact may hold: its engines are many, so only what all of them understand.

Pact's core matches with Rust's ``regex``, which knows no look-around and no back-references, and a text has to match as
a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from beep_mock.contracts.schemas.patterns import accepted_pattern

__all__ = ["FORMATS", "exactly", "one_of", "shared_pattern"]

_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_BEYOND: Final = re.compile(r"\(\?<?[=!>]|\\[1-9k]|[*+?}]\+")

FORMATS: Final = {
    # A pact's own formats of date and time fix how fine they are, which RFC 3339, section 5.6, does not.
    "date-time": r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$",
    "date": r"^\d{4}-\d{2}-\d{2}$",
    "time": r"^\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$",
    "uuid": r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    "email": r"^[^@\s]+@[^@\s]+$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:.*$",
    "ipv4": r"^\d{1,3}(\.\d{1,3}){3}$",
}
"""Expressions for formats, each no stricter than the format itself."""


def exactly(text: str) -> str:
    """An expression for this text and no other, without anchors."""
    return _META.sub(r"\\\g<0>", text)


def one_of(texts: Sequence[str]) -> str:
    """An expression for exactly one of these texts."""
    return f"^({'|'.join(map(exactly, texts))})$"


def shared_pattern(pattern: str) -> str:
    """A schema's pattern, which may match anywhere in a text, as a pact may hold it.

    Empty where it needs what not all engines have.
    """
    accepted = accepted_pattern(pattern)
    if accepted is None or _BEYOND.search(accepted.text):
        return ""
    text = accepted.text
    if text.startswith("^") and text.endswith("$") and not text.endswith("\\$") and "|" not in text:
        return text
    return rf"^[\s\S]*(?:{text})[\s\S]*$"
