"""Path templates compiled to a trie of segments: a path is found in one walk, whatever the number of routes.

In each segment a literal beats a mixed one (``{name}.json``, ``{id}:verb``; most literal text first), which beats a
plain template; where that leads nowhere the walk turns back. OpenAPI only says "concrete before templated"
(3.1, Paths Object, Path Templating Matching).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from beep_mock.contracts.routing.templates import (
    NOTHING_LISTED,
    Listed,
    Matcher,
    PathTemplate,
    Segment,
    parse_template,
    resemblance,
)

__all__ = ["Branch", "Leaf", "Match", "Node", "Route", "Router", "walked"]


M = TypeVar("M")
"""The declaration at a path: its methods."""


class Node(Generic[M]):
    """A place in the trie: where each kind of next segment leads, and what is declared here."""

    __slots__ = ("literals", "methods", "mixed", "plain", "template")

    def __init__(self) -> None:
        self.literals: dict[str, Node[M]] = {}
        self.mixed: list[tuple[Segment, Matcher, Node[M]]] = []
        self.plain: Node[M] | None = None
        self.template: str = ""
        self.methods: M | None = None

    def child(self, segment: Segment, listed: Listed = NOTHING_LISTED) -> Node[M]:
        """Return the node that ``segment`` leads to, made if need be."""
        if segment.is_literal:
            return self.literals.setdefault(segment.literals[0], Node())
        if segment.is_plain:
            if self.plain is None:
                self.plain = Node()
            return self.plain
        for known, _, node in self.mixed:
            if known.literals == segment.literals:
                return node
        node = Node()
        self.mixed.append((segment, segment.matcher(listed), node))
        self.mixed.sort(key=lambda entry: entry[0].rank, reverse=True)  # stable: the document's order decides
        return node


class Leaf(Generic[M]):
    """The only template that goes on from here: its other segments (None for any text), and what is declared there."""

    __slots__ = ("methods", "rest", "template")

    def __init__(self, rest: tuple[str | None, ...], template: str, methods: M) -> None:
        self.rest = rest
        self.template = template
        self.methods = methods


class Branch(Generic[M]):
    """A place from which several templates go on, or one with a segment that has to be taken apart."""

    __slots__ = ("literals", "methods", "mixed", "plain", "template")

    def __init__(self, node: Node[M], rests: dict[tuple[str | None, ...], tuple[str | None, ...]]) -> None:
        self.literals = {text: _walked(child, rests) for text, child in node.literals.items()}
        self.mixed = [(match, _walked(child, rests)) for _, match, child in node.mixed]
        self.plain = _walked(node.plain, rests) if node.plain is not None else None
        self.template = node.template
        self.methods = node.methods


def walked(root: Node[M]) -> Branch[M]:
    """Return the form of a whole trie that is walked; later changes of ``root`` are not in it."""
    return Branch(root, {})


def _walked(node: Node[M], rests: dict[tuple[str | None, ...], tuple[str | None, ...]]) -> Branch[M] | Leaf[M]:
    rest: list[str | None] = []
    last = node
    while last.methods is None and not last.mixed and len(last.literals) + (last.plain is not None) == 1:
        if last.plain is not None:
            rest.append(None)
            last = last.plain
        else:
            ((text, last),) = last.literals.items()
            rest.append(text)
    if last.methods is None or last.literals or last.mixed or last.plain is not None:
        return Branch(node, rests)
    kept = tuple(rest)  # many templates end alike
    return Leaf(rests.setdefault(kept, kept), last.template, last.methods)


T = TypeVar("T")
_WIDE_WORK = 1_000_000  # steps of a match: a path's length, times the places of each wide parameter's end but one


class Route(Generic[T]):
    """The route of one method: the payload, the template as declared, and its parameters' names in order.

    ``others`` are declared later for the same method and URL (``/#Action=Get`` and ``/#Action=List``).
    """

    __slots__ = ("names", "others", "payload", "template")

    def __init__(self, payload: T, template: str, names: tuple[str, ...]) -> None:
        self.payload = payload
        self.template = template
        self.names = names
        self.others: tuple[Route[T], ...] = ()

    def values(self, slots: tuple[str, ...]) -> dict[str, str]:
        """Return the raw path parameters by this route's own names, from :attr:`Match.slots`."""
        if len(slots) == 1:
            return {self.names[0]: slots[0]}
        return dict(zip(self.names, slots)) if slots else {}  # noqa: B905 - of one length, and `strict` costs time


class Match(Generic[T]):
    """A path that is declared: the routes by method, and what stands in the templates' places, in order."""

    __slots__ = ("methods", "slots", "template")

    def __init__(self, template: str, methods: Mapping[str, Route[T]], slots: tuple[str, ...]) -> None:
        self.template = template
        self.methods = methods
        self.slots = slots

    @property
    def values(self) -> dict[str, str]:
        """The raw path parameters by the names of the template declared first; a route may have names of its own."""
        for route in self.methods.values():
            return route.values(self.slots)
        return {}


class Router(Generic[T]):
    """Finds the routes of a path.

    ``entries`` are path templates, as they key the document's ``paths``, with a payload by upper-case method, in the
    document's order. Templates that differ only in their parameters' names, or in a query or fragment, are one path;
    there the first declaration of a method is found, and has the others beside it.

    ``wide`` names parameters, by template, whose values hold slashes. A server sees ``%2F`` as ``/`` in a WSGI path, so
    such a parameter takes several segments of a path that no template fits. ``listed`` are the values of parameters,
    by template, that have a few only: they say where in a segment one ends and the next begins.
    """

    def __init__(
        self,
        entries: Iterable[tuple[str, Mapping[str, T]]],
        wide: Mapping[str, frozenset[str]] | None = None,
        listed: Mapping[str, Listed] | None = None,
    ) -> None:
        self._root: Node[dict[str, Route[T]]] = Node()
        self._fixed: dict[str, Match[T]] = {}
        self._templates: dict[str, tuple[PathTemplate, list[str]]] = {}
        for text, methods in entries:
            self._add(parse_template(text), methods, (listed or {}).get(text, NOTHING_LISTED))
        self._walked = walked(self._root)
        taking = [(parse_template(text), names) for text, names in (wide or {}).items()]
        taking.sort(key=lambda entry: -sum(segment.rank[0] for segment in entry[0].segments))
        self._wide = [
            (re.compile(_wide_pattern(template, names)), template, len(names) - 1) for template, names in taking
        ]

    def _add(self, template: PathTemplate, payloads: Mapping[str, T], listed: Listed) -> None:
        node = self._root
        for segment in template.segments:
            node = node.child(segment, listed)
        if node.methods is None:
            node.methods, node.template = {}, template.text
        for method, payload in payloads.items():
            route = Route(payload, template.text, template.names)
            first = node.methods.setdefault(method, route)
            if first is not route:
                first.others += (route,)
            self._templates.setdefault(template.text, (template, []))[1].append(method)
        if not template.names:
            path = "/" + "/".join(segment.literals[0] for segment in template.segments)
            self._fixed[path] = Match(node.template, node.methods, ())

    def match(self, path: str, method: str = "") -> Match[T] | None:
        """Return the best match of ``path``, or None when no template fits it.

        ``path`` is WSGI's ``PATH_INFO``: percent-decoded, its bytes as Latin-1. A template that is literal
        where another is templated takes the path from it, whatever methods it declares (OpenAPI 3.1.1, section 4.8.8.2:
        concrete before templated). Between others (``/{entity}/me`` and ``/books/{id}``, ``/{id}:verb`` and ``/{id}``)
        ``method`` decides: the best match that declares it.
        """
        if not path.isascii():
            path = _as_unicode(path)
        found = self._fixed.get(path)
        if found is None:
            found = self._walk(path, method)
        if method and found is not None and method not in found.methods:
            for other in self._rivals(path, found):
                if method in other.methods:
                    return other
        return found

    def matches(self, path: str) -> Iterator[Match[T]]:
        """Yield every match of ``path``, best first."""
        yield from self._search(_as_unicode(path))

    def gap(self, path: str) -> Match[T] | None:
        """Return the best match of a path that no template fits, were parameters within it allowed to be empty.

        An empty last segment never matches one: a path with a trailing slash is another path.
        """
        path = _as_unicode(path)
        return next(self._search(path, gaps=True), None) if "//" in path and path[-1] != "/" else None

    def allowed(self, path: str) -> tuple[str, ...]:
        """Return the methods that a request for ``path`` may have, sorted: what ``Allow`` names."""
        path = _as_unicode(path)
        found = self._fixed.get(path) or self._walk(path)
        if found is None:
            return ()
        return tuple(sorted({method for match in (found, *self._rivals(path, found)) for method in match.methods}))

    def nearest(self, path: str, limit: int = 3) -> list[str]:
        """Return the operations most like ``path``, as ``GET /worlds/{worldId}``, nearest first."""
        path = _as_unicode(path)
        ranked = sorted(self._templates.values(), key=lambda entry: -resemblance(path, entry[0]))
        spelled = (f"{method} {template.text}" for template, methods in ranked for method in methods)
        return [operation for operation, _ in zip(spelled, range(limit), strict=False)]

    def _walk(self, path: str, method: str = "") -> Match[T] | None:
        """Follow the first choice at each step, and try the others only when it fails."""
        segments = path.split("/")
        if segments[0]:
            return None
        step = self._walked
        slots: tuple[str, ...] = ()
        index, count = 1, len(segments)
        while index < count:
            segment = segments[index]
            index += 1
            following = step.literals.get(segment)
            if following is None and step.mixed:
                for match, target in step.mixed:
                    values = match(segment)
                    if values is not None:
                        slots += values
                        following = target
                        break
            if following is None:
                following = step.plain
                if following is None or not segment:
                    break
                slots += (segment,)
            if following.__class__ is not Leaf:
                step = following  # type: ignore[assignment]
                continue
            if len(following.rest) != count - index:
                break
            for expected in following.rest:
                segment = segments[index]
                index += 1
                if expected is None and segment:
                    slots += (segment,)
                elif expected != segment:
                    break
            else:
                return Match(following.template, following.methods, slots)
            break
        else:
            if step.methods is not None:
                return Match(step.template, step.methods, slots)
        return next(self._search(path), None) or (self._match_wide(path, method) if self._wide else None)

    def _match_wide(self, path: str, method: str) -> Match[T] | None:
        """Return the match with most literal text, of those that have the method if there are any."""
        best: Match[T] | None = None
        steps = path.count("/")
        for pattern, template, inner in self._wide:
            ends = steps if all(s.is_literal or s.is_plain for s in template.segments) else len(path)
            found = pattern.fullmatch(path) if len(path) * ends**inner <= _WIDE_WORK else None
            if found is not None:
                node = self._root
                for segment in template.segments:
                    node = node.child(segment)
                match = Match(node.template, node.methods or {}, found.groups())
                if method in match.methods:
                    return match
                best = best or match
        return best

    def _rivals(self, path: str, best: Match[T]) -> Iterator[Match[T]]:
        """Yield the other matches that do not yield to ``best`` as less concrete, best first."""
        own = [segment.is_literal for segment in parse_template(best.template).segments]
        for match in self._search(path):
            others = [segment.is_literal for segment in parse_template(match.template).segments]
            if own == others or any(other and not here for here, other in zip(own, others, strict=True)):
                yield match

    def _search(self, path: str, *, gaps: bool = False) -> Iterator[Match[T]]:
        """Yield all matches, best first. Each node is seen at most once, so the cost is bounded by the trie."""
        segments = path.split("/")
        if segments[0]:
            return
        pending: list[tuple[Node[dict[str, Route[T]]], int, tuple[str, ...]]] = [(self._root, 1, ())]
        while pending:
            node, index, slots = pending.pop()
            if index == len(segments):
                if node.methods is not None:
                    yield Match(node.template, node.methods, slots)
                continue
            segment = segments[index]
            if node.plain is not None and (segment or gaps):
                pending.append((node.plain, index + 1, (*slots, segment)))
            for _, match, target in reversed(node.mixed):
                values = match(segment)
                if values is not None:
                    pending.append((target, index + 1, slots + values))
            literal = node.literals.get(segment)
            if literal is not None:
                pending.append((literal, index + 1, slots))


def _wide_pattern(template: PathTemplate, wide: frozenset[str]) -> str:
    """Return a template as an expression: one group a parameter."""
    segments = []
    for segment in template.segments:
        first, *literals = segment.literals
        values = ("(.+)" if name in wide else "([^/]+)" for name in segment.names)
        pairs = zip(values, literals, strict=True)
        segments.append(re.escape(first) + "".join(value + re.escape(literal) for value, literal in pairs))
    return "/" + "/".join(segments)


def _as_unicode(path: str) -> str:
    """WSGI's Latin-1 view of UTF-8 bytes as text; other paths stay as they are."""
    try:
        return path.encode("latin-1").decode()
    except UnicodeError:
        return path
