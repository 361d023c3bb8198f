"""A value with what is demanded of each of its parts, and how it is written into a pact (specification 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from beep_mock.interaction import Json

__all__ = ["Shape", "merged", "written_rules"]

_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Shape:
    """A scalar, an object (``members``) or an array (``items``), with its own matching rules.

    A ``free`` member stands for those of any name. ``each`` is what all items have in common: its rules are theirs.
    """

    value: Json
    rules: tuple[dict[str, Any], ...] = ()
    members: dict[str, Shape] | None = None
    items: Sequence[Shape] | None = None
    free: bool = False
    each: Shape | None = None

    def content(self) -> Json:
        """The example."""
        if self.members is not None:
            return {name: shape.content() for name, shape in self.members.items()}
        if self.items is not None:
            return [shape.content() for shape in self.items]
        return self.value


def merged(one: Shape, other: Shape) -> Shape | None:
    """What two items have in common; None where that is nothing."""
    if one.members is not None and other.members is not None:
        members = {}
        for name, shape in one.members.items():
            both = merged(shape, other.members[name]) if name in other.members else None
            if both is not None:
                members[name] = both
        return Shape({}, one.rules if members else ({"match": "type"},), members=members, free=one.free)
    if isinstance(one.value, list) and isinstance(other.value, list) and one.members is other.members is None:
        return _merged_arrays(one, other)
    if one.members is not None or other.members is not None or one.items is not None or other.items is not None:
        return None
    if one.rules == other.rules and (one.rules != ({"match": "equality"},) or one.value == other.value):
        return one
    return Shape(one.value, ({"match": "type"},)) if _kind(one.value) == _kind(other.value) else None


def _merged_arrays(one: Shape, other: Shape) -> Shape | None:
    both = merged(one.each, other.each) if one.each is not None and other.each is not None else None
    if both is None or not one.items:
        return Shape([], ({"match": "type"},))  # one of them may be empty
    return Shape([], one.rules, items=[both], each=both)


def _kind(value: Json) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def written_rules(shape: Shape, path: str = "$") -> dict[str, Any]:
    """The rules as a pact has them: by path expression (``$.items[*].name``)."""
    return {place: {"combine": "AND", "matchers": list(rules)} for place, rules in _rules(shape, path)}


def _rules(shape: Shape, path: str) -> Iterator[tuple[str, tuple[dict[str, Any], ...]]]:
    if shape.rules:
        yield path, shape.rules
    for name, member in (shape.members or {}).items():
        step = ".*" if shape.free else f".{name}" if _SIMPLE.fullmatch(name) else f"['{name}']"
        yield from _rules(member, path + step)
    if shape.each is not None:
        yield from _rules(shape.each, f"{path}[*]")
    else:
        for index, item in enumerate(shape.items or ()):
            yield from _rules(item, f"{path}[{index}]")
