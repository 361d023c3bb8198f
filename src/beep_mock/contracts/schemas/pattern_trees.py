"""The parts of a regular expression."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Assertion",
    "Back",
    "Choice",
    "Class",
    "Group",
    "Node",
    "Property",
    "Ranges",
    "Repeat",
    "Sequence",
]

Ranges = tuple[tuple[int, int], ...]
"""Ranges of code points, both ends included."""


@dataclass(frozen=True, slots=True)
class Property:
    r"""A Unicode property in a class: ``\p{Lu}``."""

    name: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Class:
    """One character: of the ranges (code points, both ends included) and properties, or ``negated`` of no other."""

    ranges: Ranges
    properties: tuple[Property, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``low`` to ``high`` times; ``high`` is None without a limit."""

    item: Node
    low: int
    high: int | None
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A group that captures; ``number`` from 1."""

    item: Node
    number: int


@dataclass(frozen=True, slots=True)
class Back:
    """What a group has captured, by its number."""

    group: int


@dataclass(frozen=True, slots=True)
class Assertion:
    r"""An anchor (``^``, ``$``, ``\b``, ``\B``), or a look-around with what it looks for."""

    sign: str
    item: Node | None = None


Node = Class | Sequence | Choice | Repeat | Group | Back | Assertion
