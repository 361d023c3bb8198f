r"""Regular expressions of ECMA-262 as trees: to make strings that match, and to write them as other engines read them.

What web browsers accept beside the standard (ECMA-262, Annex B: ``[\w-.]``, ``a{,3}``, ``\_``) is accepted. ``\A``,
``\Z`` and ``\z`` are taken for the anchors that their authors meant, ``(?P<name>...)`` for the group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = [
    "Assertion",
    "Back",
    "Choice",
    "Class",
    "Group",
    "Node",
    "PatternError",
    "Property",
    "Ranges",
    "Repeat",
    "Sequence",
    "parse_pattern",
]


Ranges = tuple[tuple[int, int], ...]
"""Inclusive ranges of code points."""


@dataclass(frozen=True, slots=True)
class Property:
    r"""A Unicode property in a class: ``\p{Lu}``."""

    name: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Class:
    """One character that is (or, if ``negated``, is not) in one of the inclusive ranges or properties."""

    ranges: Ranges
    properties: tuple[Property, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence of nodes."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives (``|``)."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node repeated ``low`` to ``high`` times; ``high`` is None if there is no limit."""

    item: Node
    low: int
    high: int | None
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group; ``number`` starts at 1."""

    item: Node
    number: int


@dataclass(frozen=True, slots=True)
class Back:
    """The captured text of each group, by number."""

    group: int


@dataclass(frozen=True, slots=True)
class Assertion:
    r"""An anchor (``^``, ``$``, ``\b``, ``\B``), or a look-around with what it looks for."""

    sign: str
    item: Node | None = None


Node = Class | Sequence | Choice | Repeat | Group | Back | Assertion


_MAX_DEPTH = 100
_TOP = 0x10FFFF
_DIGITS: Final = ((0x30, 0x39),)
_WORD: Final = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: Final = (
    *((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS = {"0": "\0", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ANCHORS = {"b": r"\b", "B": r"\B", "A": "^", "Z": "$", "z": "$"}
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")
_COUNTS = re.compile(r"\{(\d+)(,?)(\d*)\}")
_NAMED = re.compile(r"\(\?P?<([^>=!][^>]*)>")
_FLAGS = re.compile(r"\(\?[a-zA-Z]*-?[a-zA-Z]*([:)])")
_HEX = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}")
_PROPERTY = re.compile(r"([pP])\{(\^?)([^}]+)\}")


class PatternError(ValueError):
    """A pattern cannot be parsed; the message says why."""


def parse_pattern(pattern: str) -> Node:
    """Return the syntax tree of a pattern.

    :raises PatternError: it is not a regular expression, even in a lenient reading.
    """
    reader = _Reader(pattern)
    tree = reader.choice()
    if reader.position < len(pattern):
        raise PatternError("a ')' without its '('")
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._groups = 0
        self._names: dict[str, int] = {}
        self._depth = 0

    def choice(self) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise PatternError("nested too deeply")
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        self._depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while self.position < len(self.text) and self.text[self.position] not in "|)":
            items.append(self._repeated(self._atom()))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _repeated(self, item: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return item
        if isinstance(item, Assertion) and item.item is None:
            raise PatternError("nothing to repeat")
        low, high = bounds
        if high is not None and high < low:
            raise PatternError("a repetition from more to less")
        lazy = self._take("?")
        if self._bounds() is not None:
            raise PatternError("nothing to repeat")
        return Repeat(item, low, high, lazy)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        found = _COUNTS.match(self.text, self.position)
        if found is None:
            return None
        self.position = found.end()
        low, comma, high = found.groups()
        return int(low), (int(high) if high else None if comma else int(low))

    def _atom(self) -> Node:
        character = self.text[self.position]
        if character == "(":
            return self._group()
        self.position += 1
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character == ".":
            return Class(((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)), negated=True)
        if character in "^$":
            return Assertion(character)
        if character in "*+?":
            raise PatternError("nothing to repeat")
        return _one(character)

    def _group(self) -> Node:
        for sign in _LOOKS:
            if self._take(sign):
                return Assertion(sign, self._closed(self.choice()))
        named = _NAMED.match(self.text, self.position)
        flags = _FLAGS.match(self.text, self.position)
        if named is None and flags is not None:
            self.position = flags.end()
            return self._closed(self.choice()) if flags[1] == ":" else Sequence(())
        if named is None and self.text.startswith("(?", self.position):
            raise PatternError("an unknown kind of group")
        self.position = named.end() if named is not None else self.position + 1
        self._groups += 1
        number = self._groups
        if named is not None:
            self._names[named[1]] = number
        return Group(self._closed(self.choice()), number)

    def _closed(self, node: Node) -> Node:
        if not self._take(")"):
            raise PatternError("a '(' without its ')'")
        return node

    def _escape(self) -> Node:
        rest = self.text[self.position : self.position + 1]
        if rest in _ANCHORS and rest:
            self.position += 1
            return Assertion(_ANCHORS[rest])
        if rest.isdecimal() and rest != "0":
            found = re.compile(r"\d+").match(self.text, self.position)
            assert found is not None  # noqa: S101 - one digit was just seen
            self.position = found.end()
            return Back(int(found[0]))
        if self.text.startswith("k<", self.position) and (end := self.text.find(">", self.position)) > 0:
            name = self.text[self.position + 2 : end]
            self.position = end + 1
            if name not in self._names:
                raise PatternError(f"no group is called {name!r} before it is referred to")
            return Back(self._names[name])
        escaped = self._class_escape()
        return escaped if isinstance(escaped, Class) else _one(escaped)

    def _class_escape(self) -> Class | str:
        """Parse an escape after its backslash, inside a class or outside: a class or a character."""
        if self.position >= len(self.text):
            raise PatternError("a backslash at the end")
        if (found := _PROPERTY.match(self.text, self.position)) is not None:
            self.position = found.end()
            return Class((), (Property(found[3], (found[1] == "P") != bool(found[2])),))
        if (found := _HEX.match(self.text, self.position)) is not None:
            self.position = found.end()
            return self._character(int(next(filter(None, found.groups())), 16))
        letter = self.text[self.position]
        self.position += 1
        if letter.lower() in _CLASSES:
            ranges = _CLASSES[letter.lower()]
            return Class(ranges if letter.islower() else _complement(ranges))
        if letter == "c" and self.text[self.position : self.position + 1].isalpha():
            self.position += 1
            return chr(ord(self.text[self.position - 1]) % 32)
        return _CONTROLS.get(letter, letter)

    def _character(self, code: int) -> str:
        """Return a code point, combined with a following low surrogate."""
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\", self.position):
            low = _HEX.match(self.text, self.position + 1)
            if low is not None and low[2] and 0xDC00 <= int(low[2], 16) < 0xE000:
                self.position = low.end()
                code = 0x10000 + ((code - 0xD800) << 10) + int(low[2], 16) - 0xDC00
        if code > _TOP:
            raise PatternError("no such character")
        return chr(code)

    def _class(self) -> Node:
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        properties: list[Property] = []
        while not self._take("]"):
            first = self._member()
            second: Class | str | None = None
            if self.text.startswith("-", self.position) and not self.text.startswith("-]", self.position):
                self.position += 1
                second = self._member()
            if isinstance(first, str) and isinstance(second, str):
                if second < first:
                    raise PatternError("a range from more to less")
                ranges.append((ord(first), ord(second)))
                continue
            if second is not None:
                ranges.append((0x2D, 0x2D))
            for member in (first, second):
                if isinstance(member, Class):
                    ranges += member.ranges
                    properties += member.properties
                elif member is not None:
                    ranges.append((ord(member), ord(member)))
        return Class(tuple(sorted(set(ranges))), tuple(properties), negated)

    def _member(self) -> Class | str:
        if self.position >= len(self.text):
            raise PatternError("a '[' without its ']'")
        character = self.text[self.position]
        self.position += 1
        if character != "\\":
            return character
        if self._take("b"):
            return "\b"
        return self._class_escape()

    def _take(self, sign: str) -> bool:
        if self.text.startswith(sign, self.position):
            self.position += len(sign)
            return True
        return False


def _one(character: str) -> Class:
    return Class(((ord(character), ord(character)),))


def _complement(ranges: Ranges) -> Ranges:
    """Return the complement of ``ranges``, which are sorted and disjoint."""
    gaps = []
    start = 0
    for low, high in ranges:
        if start < low:
            gaps.append((start, low - 1))
        start = high + 1
    return (*gaps, (start, _TOP))
