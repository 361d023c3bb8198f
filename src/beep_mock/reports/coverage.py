"""Show how much of a contract was covered: in a few lines for people, in full for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beep_mock.providers.coverage import Coverage, Kind

__all__ = ["KINDS", "coverage_dict", "coverage_texts", "named", "shares"]

KINDS: Final[tuple[Kind, ...]] = ("pacts", "examples", "properties")
_PARTS: Final[tuple[tuple[Literal["operations", "statuses", "media_types", "parameters"], str], ...]] = (
    ("operations", "operations"),
    ("statuses", "statuses"),
    ("media_types", "media types"),
    ("parameters", "parameters"),
)


def shares(coverage: Coverage) -> Iterator[tuple[str, int, int]]:
    """Of each part that there is: its name, how many were exercised, of how many."""
    for part, name in _PARTS:
        reached, total = coverage.share(part)
        if total:
            yield name, reached, total


def coverage_texts(coverage: Coverage) -> Iterator[tuple[str, str]]:
    """Three lines at most, each with its name: what was exercised, what no consumer uses, what no check reached."""
    yield "covered", ", ".join(f"{reached}/{total} {name}" for name, reached, total in shares(coverage)) or "nothing"
    if coverage.unused:
        yield "no consumer uses", named(coverage.unused)
    if coverage.unreached:
        yield "no check reached", named(coverage.unreached)


def named(things: Sequence[str], most: int = 6) -> str:
    """Return ``a, b and 3 more``."""
    more = f" and {len(things) - most} more" if len(things) > most else ""
    return ", ".join(things[:most]) + more


def coverage_dict(coverage: Coverage) -> dict[str, Any]:
    """Return the coverage as JSON: shares, unused and unreached parts, and each operation's parts by kind."""
    return {
        "shares": {name.replace(" ", "_"): [reached, total] for name, reached, total in shares(coverage)},
        "unused": list(coverage.unused),
        "unreached": list(coverage.unreached),
        "operations": [
            {
                "operation": one.operation,
                "kinds": _sorted(one.kinds),
                "consumers": sorted(one.consumers),
                "statuses": _parts(one.statuses),
                "media_types": _parts(one.media_types),
                "parameters": _parts(one.parameters),
                "undeclared": {str(status): _sorted(kinds) for status, kinds in sorted(one.undeclared.items())},
            }
            for one in coverage.operations
        ],
    }


def _parts(parts: Mapping[str, set[Kind]]) -> dict[str, list[Kind]]:
    return {name: _sorted(kinds) for name, kinds in parts.items()}


def _sorted(kinds: set[Kind]) -> list[Kind]:
    return [kind for kind in KINDS if kind in kinds]
