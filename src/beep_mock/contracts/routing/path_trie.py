"""The trie of path templates: as it grows, and in the form that is walked for each request.

What is cold costs most in a large document: each object that a look-up touches is read from memory. So the second form
keeps what is left of a lone template in one leaf, instead of a node for each of its segments.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from beep_mock.contracts.routing.templates import NOTHING_LISTED, Listed, Matcher, Segment

__all__ = ["Branch", "Leaf", "Node", "walked"]

M = TypeVar("M")
"""What is declared at a path: its methods."""


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
        """The node that ``segment`` leads to, made if need be."""
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
    """The form of a whole trie that is walked; later changes of ``root`` are not in it."""
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
