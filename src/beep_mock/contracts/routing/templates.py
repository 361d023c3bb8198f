"""Path templates taken apart: literal, templated and mixed segments, and how much a path resembles a template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote

__all__ = [
    "NOTHING_LISTED",
    "Listed",
    "Matcher",
    "PathTemplate",
    "Segment",
    "fixed_query",
    "parse_template",
    "resemblance",
]

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_EXPANSION = re.compile(r"\{[?&#][^{}]*\}")
_MOST_SEGMENTS = 32
_LONGEST_SEGMENT = 64

Matcher = Callable[[str], tuple[str, ...] | None]
Listed = Mapping[str, frozenset[str]]
"""The values of parameters that have a few only."""

NOTHING_LISTED: Final[Listed] = {}


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: ``len(names) + 1`` literal parts around its parameters, percent-decoded, most of them empty."""

    literals: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def is_literal(self) -> bool:
        """Return whether it has no parameter."""
        return not self.names

    @property
    def is_plain(self) -> bool:
        """Return whether it is a single parameter and nothing else."""
        return self.literals == ("", "")

    @property
    def rank(self) -> tuple[int, int]:
        """Orders mixed segments: more literal text first, then fewer parameters."""
        return sum(map(len, self.literals)), -len(self.names)

    def matcher(self, listed: Listed = NOTHING_LISTED) -> Matcher:
        """Return a function that takes a path's segment apart, or gives None.

        No value is empty. Where several divisions are possible (``{a}-{b}`` on ``x-y-z``) one with ``listed`` values of
        the last or first parameter counts (``{name}{ending}`` on ``a.json``), else the earlier parameters are as short
        as can be. Linear in the segment's length, for each pair of listed values.
        """
        plain = self._matcher()
        if len(self.names) < 2 or not any(listed.get(name) for name in (self.names[0], self.names[-1])):
            return plain
        guided = _guided(self, listed)
        return lambda text: guided(text) or plain(text)

    def _matcher(self) -> Matcher:
        prefix, *separators, suffix = self.literals
        least = len(prefix) + len(suffix)
        if not separators:
            end = -len(suffix) if suffix else None

            def one(text: str) -> tuple[str, ...] | None:
                if len(text) > least and text.startswith(prefix) and text.endswith(suffix):
                    return (text[len(prefix) : end],)
                return None

            return one

        def several(text: str) -> tuple[str, ...] | None:
            stop = len(text) - len(suffix)
            if len(text) <= least or not (text.startswith(prefix) and text.endswith(suffix)):
                return None
            values, start = [], len(prefix)
            for separator in separators:
                at = text.find(separator, start + 1, stop)
                if at < 0:
                    return None
                values.append(text[start:at])
                start = at + len(separator)
            if start >= stop:
                return None
            return (*values, text[start:stop])

        return several


def _guided(segment: Segment, listed: Listed) -> Matcher:
    """Return a matcher that takes listed values away from the end, then from the beginning."""
    literals, names = segment.literals, segment.names
    first, last = listed.get(names[0]), listed.get(names[-1])
    if len(names) == 1:
        plain = segment.matcher()
        if not last:
            return plain
        allowed = last
        return lambda text: found if (found := plain(text)) is not None and found[0] in allowed else None
    if last:
        rest = _guided(Segment(literals[:-1], names[:-1]), listed)
        tails = [(value, value + literals[-1]) for value in sorted(last, key=len, reverse=True) if value]

        def at_the_end(text: str) -> tuple[str, ...] | None:
            for value, tail in tails:
                if text.endswith(tail) and (found := rest(text[: -len(tail)])) is not None:
                    return (*found, value)
            return None

        return at_the_end
    if first:
        rest = _guided(Segment(literals[1:], names[1:]), listed)
        heads = [(value, literals[0] + value) for value in sorted(first, key=len, reverse=True) if value]

        def at_the_beginning(text: str) -> tuple[str, ...] | None:
            for value, head in heads:
                if text.startswith(head) and (found := rest(text[len(head) :])) is not None:
                    return (value, *found)
            return None

        return at_the_beginning
    return segment.matcher()


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path template: ``text`` as declared, its segments, and its parameters' names in order."""

    text: str
    segments: tuple[Segment, ...]
    names: tuple[str, ...]


def parse_template(text: str) -> PathTemplate:
    """Take a key of ``paths`` apart.

    Its query and fragment are left out, and expressions that expand to one (``{?page}``). Literal text is
    percent-decoded, as the paths are that a server sees; so ``%2F`` parts segments. A brace without its pair is text.
    Space around it is a slip: no URL has any, unless it is encoded.
    """
    matched = re.split(r"[?#]", _EXPANSION.sub("", text), maxsplit=1)[0].strip()
    pieces = _EXPRESSION.split(matched if matched.startswith("/") else f"/{matched}")  # text, name, text, name, text
    parts: list[tuple[list[str], list[str]]] = [([""], [])]
    for index, piece in enumerate(pieces):
        if index % 2:
            parts[-1][0].append("")
            parts[-1][1].append(piece)
            continue
        first, *others = unquote(piece).split("/")
        parts[-1][0][-1] += first
        parts += [([other], []) for other in others]
    segments = tuple(Segment(tuple(literals), tuple(names)) for literals, names in parts[1:])
    return PathTemplate(text, segments, tuple(name for segment in segments for name in segment.names))


def fixed_query(text: str) -> tuple[tuple[str, str], ...]:
    """Return the literal pairs in a path key's query: ``/rest?method=echo&user={user}`` fixes one pair."""
    query = _EXPANSION.sub("", text).partition("#")[0].partition("?")[2]
    return tuple(pair for pair in parse_qsl(query, keep_blank_values=True) if not set("{}") & set("".join(pair)))


def resemblance(path: str, template: PathTemplate) -> float:
    """Return the similarity of a path and a template, from 0 to 1, as an edit distance over segments."""
    theirs = [part[:_LONGEST_SEGMENT] for part in path.strip("/").split("/")[:_MOST_SEGMENTS]]
    ours = [segment for segment in template.segments if segment.names or segment.literals[0]] or [Segment(("",), ())]
    best = [0.0] * (len(ours) + 1)
    for part in theirs:
        diagonal = 0.0
        for column, segment in enumerate(ours, 1):
            above = best[column]
            best[column] = max(above, best[column - 1], diagonal + _likeness(part, segment))
            diagonal = above
    return best[-1] / max(len(theirs), len(ours))


def _likeness(part: str, segment: Segment) -> float:
    if segment.names:
        return 0.6 if part else 0.0
    literal = segment.literals[0][:_LONGEST_SEGMENT]
    if part == literal:
        return 1.0
    ours, theirs = _pairs(literal.lower()), _pairs(part.lower())
    return 0.9 * 2 * len(ours & theirs) / (len(ours) + len(theirs))


def _pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring letters, with the ends marked."""
    return {f"{a}{b}" for a, b in zip(f"^{text}", f"{text}$", strict=True)}
