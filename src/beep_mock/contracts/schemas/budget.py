"""What it may cost to say why a value is not valid.

Whether a value is valid is found in time that grows with its size. The reasons are another matter: where a recursive
schema has alternatives, the library looks for them along every way through all alternatives of all levels, and a value
nested some twenty deep keeps it busy for minutes. So a deep value is explained cut off at some depth first, then less
and less so, as long as that is quick; what grows beyond all bounds is not explained to the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

__all__ = ["HURRIED", "PATIENT", "SHALLOW", "SMALL", "deepest_member", "is_affordable", "measured"]

HURRIED: Final = 0.02
"""Seconds for each part of an explanation that a client waits for."""

PATIENT: Final = 1.0
"""The same where the outcome depends on the reasons (samples), and has to be the same on every machine."""

SHALLOW: Final = 4
"""How deep a value may be nested to be explained at once, if it is small, too."""

SMALL: Final = 1000
"""Of how many values it may be made."""

_SECONDS_A_NODE = 2e-6


def measured(value: Any) -> tuple[int, int]:
    """How deep a value is nested (0 for a scalar), and of how many values it is made."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return 0, 1
    depth, size = 0, 1
    for member in value.values() if kind is dict else value:
        inner_depth, inner_size = measured(member)
        depth = max(depth, inner_depth)
        size += inner_size
    return depth + 1, size


def deepest_member(value: Any) -> str:
    """The name of the member of an object, or the index of the item of an array, that is nested deepest."""
    members = value if type(value) is dict else dict(enumerate(value))
    return str(max(members, key=lambda name: measured(members[name])[0]))


def is_affordable(explain: Callable[[Any], object], value: Any, depth: int, size: int, seconds: float) -> bool:
    """Whether ``explain`` will be done with a value of that depth and size in reasonable time: ``seconds`` a part.

    It is called with what the value is down to some depth, null below it.
    """
    budget = seconds + _SECONDS_A_NODE * size
    tried = SHALLOW if size <= SMALL else 1
    while tried < depth:
        part = _cut(value, tried)
        if _seconds(explain, part) > budget and _seconds(explain, part) > budget:  # once may be the machine's fault
            return False
        tried += max(1, tried // 4)  # what doubles with each level then grows by no more than about twenty times
    return True


def _seconds(explain: Callable[[Any], object], value: Any) -> float:
    start = time.thread_time()
    explain(value)
    return time.thread_time() - start


def _cut(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is not dict and kind is not list:
        return value
    if depth == 0:
        return None
    if kind is dict:
        return {name: _cut(member, depth - 1) for name, member in value.items()}
    return [_cut(item, depth - 1) for item in value]
