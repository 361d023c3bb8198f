"""Deprecation, sunset and stability: what an author has announced, and whether the announcement is kept.

``x-sunset`` (a date) says when what is deprecated may go; ``x-stability-level`` (draft, alpha, beta, stable) how much
consumers may rely on; the names are those of oasdiff, since no standard defines any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from beep_mock.changes.difference import Level

__all__ = ["Policy", "compare_lifecycle", "may_go"]

_SUNSET, _STABILITY = "x-sunset", "x-stability-level"
_STABILITIES = ("draft", "alpha", "beta", "stable")


@dataclass(frozen=True, slots=True)
class Policy:
    """``today``, and how many days before its end something has to be deprecated (0: no end need be said)."""

    today: date
    deprecation_days: int = 0


Discovery = tuple[str, Level, str, str, str]
"""Rule, level, message, old place, new place."""


def compare_lifecycle(old: tuple[Any, str], new: tuple[Any, str], policy: Policy) -> Iterator[Discovery]:
    """Compare the announcements (deprecation, sunset, stability) of an operation, parameter or property."""
    (before, old_at), (after, new_at) = old, new
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return
    was, is_ = before.get("deprecated") is True, after.get("deprecated") is True
    if was != is_:
        rule, said = ("deprecated", "is deprecated") if is_ else ("reactivated", "is no longer deprecated")
        yield rule, Level.NON_BREAKING, said, old_at, new_at
    if is_:
        yield from _compare_sunset(before, after, old_at, new_at, policy, was=was)
    had, has = before.get(_STABILITY), after.get(_STABILITY)
    if has is not None and has not in _STABILITIES:
        yield "stability-invalid", Level.BREAKING, f"{has!r} is no {_STABILITY}", old_at, new_at
    elif had != has and had in _STABILITIES:
        lower = has is None or _STABILITIES.index(has) < _STABILITIES.index(had)
        rule = "stability-decreased" if lower else "stability-increased"
        message = f"{_STABILITY} {had} became {has or 'nothing'}"
        yield rule, Level.BREAKING if lower else Level.NON_BREAKING, message, old_at, new_at


def _compare_sunset(
    before: Mapping[str, Any], after: Mapping[str, Any], old_at: str, new_at: str, policy: Policy, *, was: bool
) -> Iterator[Discovery]:
    had, has = before.get(_SUNSET), after.get(_SUNSET)
    end, earlier = _date(has), _date(had)
    soonest = policy.today + timedelta(days=policy.deprecation_days)
    if has is None:
        if was and had is not None:
            yield "sunset-deleted", Level.BREAKING, f"{_SUNSET} {had} was removed", old_at, new_at
        elif not was and policy.deprecation_days:
            message = f"it is deprecated without {_SUNSET}"
            yield "sunset-missing", Level.BREAKING, message, old_at, new_at
    elif end is None:
        if has != had or not was:
            yield "sunset-invalid", Level.BREAKING, f"{_SUNSET} {has!r} is not a date", old_at, new_at
    elif not was and end < soonest:
        yield "sunset-date-too-small", Level.BREAKING, f"{_SUNSET} {has} is too soon", old_at, new_at
    elif was and had is not None and earlier is None:
        yield "sunset-invalid", Level.BREAKING, f"{_SUNSET} was {had!r}, no date", old_at, new_at
    elif was and earlier is not None and end < earlier:
        yield "sunset-date-changed-too-small", Level.BREAKING, f"{_SUNSET} {had} became {has}", old_at, new_at


def may_go(node: Any, policy: Policy) -> bool:
    """Return whether what a node describes was announced to go by now, or was never to be relied on."""
    if not isinstance(node, dict):
        return False
    if node.get(_STABILITY) in ("draft", "alpha"):
        return True
    end = _date(node.get(_SUNSET))
    return node.get("deprecated") is True and end is not None and end < policy.today


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
