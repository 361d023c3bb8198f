"""What both readers of YAML agree on. The tolerant one and its library are loaded only when they are needed."""

from __future__ import annotations

from beep_mock.findings import Finding, Severity, Where

__all__ = ["MAX_DEPTH", "duplicate_key"]

MAX_DEPTH = 256
"""How deep mappings and sequences may be nested."""


def duplicate_key(key: str, name: str, line: int | None, pointer: str = "") -> Finding:
    """The finding that ``key`` occurs twice in a mapping of the file ``name``."""
    message = f"the key {key!r} occurs twice in one mapping: the last counts"
    return Finding("duplicate-key", Severity.WARNING, message, Where(name, pointer, line))
