"""YAML's plain scalars by the core schema of YAML 1.2 (section 10.3.2): `yes`, `08:30` and dates are strings."""

from __future__ import annotations

import re
from typing import Any

from beep_mock.findings import Finding, Severity, Where

__all__ = ["MAX_DEPTH", "MAX_DIGITS", "duplicate_key", "key_text", "resolve"]


MAX_DIGITS = 1000
"""The most characters in an integer."""

_CONSTANTS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_CONSTANTS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_CONSTANTS |= dict.fromkeys((sign + name for sign in ("", "+") for name in (".inf", ".Inf", ".INF")), float("inf"))
_CONSTANTS |= dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf"))
_CONSTANTS |= dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan"))

_NUMERIC_START = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def resolve(text: str) -> Any:
    """The value of a plain scalar.

    :raises ValueError: an integer of more than :data:`MAX_DIGITS` digits; Python does not write some of them.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMERIC_START:
        return text
    if _INTEGER.fullmatch(text) or _BASED.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"an integer of {len(text)} digits")
        return int(text, 8 if text[:2] == "0o" else 16 if text[:2] == "0x" else 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def key_text(text: str) -> str:
    """A plain scalar as a mapping's key, which JSON wants to be a string.

    As written, so that ``1.10`` and ``0200`` stay what they are; ``True`` and ``~`` get JSON's spelling.
    """
    value = _CONSTANTS.get(text, text)
    if value is None:
        return "null"
    return text.lower() if isinstance(value, bool) else text


MAX_DEPTH = 256
"""The deepest nesting of mappings and sequences."""


def duplicate_key(key: str, name: str, line: int | None, pointer: str = "") -> Finding:
    """Return the finding that ``key`` occurs twice in a mapping of the file ``name``."""
    message = f"the key {key!r} occurs twice in one mapping: the last counts"
    return Finding("duplicate-key", Severity.WARNING, message, Where(name, pointer, line))
