"""A regular expression's tree, written in the syntax that the JSON Schema library's engine is strict about."""

from __future__ import annotations

from beep_mock.contracts.schemas.pattern_trees import Assertion, Back, Choice, Class, Group, Node, Repeat, Sequence

__all__ = ["written"]

_SURROGATES = (0xD800, 0xDFFF)


def written(tree: Node) -> str:
    """The pattern of a tree: unambiguous, each character by its code point."""
    if isinstance(tree, Class):
        return _class(tree)
    if isinstance(tree, Sequence):
        return "".join(f"(?:{written(item)})" if isinstance(item, Choice) else written(item) for item in tree.items)
    if isinstance(tree, Choice):
        return "|".join(map(written, tree.branches))
    if isinstance(tree, Repeat):
        high = "" if tree.high is None else tree.high
        return f"(?:{written(tree.item)}){{{tree.low},{high}}}{'?' if tree.lazy else ''}"
    if isinstance(tree, Group):
        return f"({written(tree.item)})"
    if isinstance(tree, Back):
        return f"(?:\\{tree.group})"
    if isinstance(tree, Assertion) and tree.item is not None:
        return f"{tree.sign}{written(tree.item)})"
    return tree.sign


def _class(node: Class) -> str:
    if not node.ranges and not node.properties:
        return r"[\s\S]" if node.negated else r"[^\s\S]"
    members = "".join(
        f"{_character(low)}-{_character(high)}" if high > low else _character(low)
        for whole in node.ranges
        for low, high in _without_surrogates(*whole)
    )
    members += "".join(f"\\{'P' if p.negated else 'p'}{{{p.name}}}" for p in node.properties)
    return f"[{'^' if node.negated else ''}{members}]"


def _without_surrogates(low: int, high: int) -> list[tuple[int, int]]:
    """The parts of a range that are characters: the engine knows no lone surrogates."""
    parts = ((low, min(high, _SURROGATES[0] - 1)), (max(low, _SURROGATES[1] + 1), high))
    return [(first, last) for first, last in parts if first <= last]


def _character(code: int) -> str:
    character = chr(code)
    return character if character.isascii() and character.isalnum() else f"\\x{{{code:x}}}"
