r"""How long a text may be that is matched against a pattern.

Patterns without look-around and back-references are matched in linear time, but linear in the text *and* in the states
of the pattern: ``a[ab]{2000}c`` takes 8 seconds for a text of a million characters. So the product of both is bounded,
unless a match can only start where the text does and ends soon.
"""

from __future__ import annotations

from typing import Final

from beep_mock.contracts.schemas.pattern_trees import Assertion, Back, Choice, Group, Node, Repeat, Sequence

__all__ = ["MOST_BACKTRACKED", "longest_backtracked", "longest_text"]

MOST_BACKTRACKED: Final = 4_096
"""The longest text, in characters, for a pattern that needs backtracking: each step may look at the whole text."""

_SMALL = 100
_MOST_STEPS = 100_000_000
_LEAST = 10_000


def longest_text(tree: Node) -> int | None:
    """The greatest number of characters that are matched against a pattern in linear time; None for any number."""
    size = _size(tree)
    if size <= _SMALL or (_starts_anchored(tree) and not _is_endless(tree)):
        return None
    return max(_MOST_STEPS // size, _LEAST)


def longest_backtracked(tree: Node) -> int | None:
    """The same of a pattern that is matched step by step.

    Look-aheads at the very start (``^(?=.*[0-9])(?!.* ).{8,}$``) cost no more than one pass each.
    """
    if not _backtracks(tree):
        return longest_text(tree)
    items = tree.items if isinstance(tree, Sequence) else ()
    looks = 1
    while looks < len(items) and _looks_ahead(items[looks]):
        looks += 1
    if items and _starts_anchored(items[0]) and not any(map(_backtracks, items[looks:])):
        size = _size(tree)
        return None if size <= _SMALL else max(_MOST_STEPS // size, _LEAST)
    return MOST_BACKTRACKED


def _looks_ahead(node: Node) -> bool:
    return isinstance(node, Assertion) and node.item is not None and not _backtracks(node.item)


def _backtracks(node: Node) -> bool:
    """Whether the engine needs its own steps here: for a back-reference or look-around."""
    if isinstance(node, Back) or (isinstance(node, Assertion) and node.item is not None):
        return True
    return any(map(_backtracks, _parts(node)))


def _size(node: Node) -> int:
    """About how many states the pattern has."""
    if isinstance(node, Repeat):
        return max(_size(node.item), 1) * max(node.high if node.high is not None else node.low, 1)
    return max(1, sum(map(_size, _parts(node))))


def _is_endless(node: Node) -> bool:
    return (isinstance(node, Repeat) and node.high is None) or any(map(_is_endless, _parts(node)))


def _starts_anchored(node: Node) -> bool:
    if isinstance(node, Sequence):
        return bool(node.items) and _starts_anchored(node.items[0])
    if isinstance(node, Choice):
        return all(map(_starts_anchored, node.branches))
    if isinstance(node, Group):
        return _starts_anchored(node.item)
    return isinstance(node, Assertion) and node.sign == "^"


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Choice):
        return node.branches
    if isinstance(node, Repeat | Group):
        return (node.item,)
    return (node.item,) if isinstance(node, Assertion) and node.item is not None else ()
