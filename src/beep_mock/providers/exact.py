"""How an answer differs from an example, but for what only the provider can know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Schema

__all__ = ["differences"]

_MAX_DEPTH = 64
Place = tuple[str, ...]


def differences(
    contract: Contract, schema: Schema | None, expected: Json, actual: Json, made: Sequence[str]
) -> Iterator[tuple[Place, Json, Json]]:
    """Where ``actual`` is not ``expected``: the place, what is expected and what there is (MISSING for nothing).

    Properties that ``schema`` marks ``readOnly`` and places that ``made`` names (JSON pointers, ``*`` for any key or
    index) are the provider's own to fill.
    """
    patterns = [tuple(pointer.strip("/").split("/")) for pointer in made]
    parts = [(schema.node, schema.at)] if schema is not None else []
    yield from _Comparison(contract, patterns).compare(parts, expected, actual, ())


class _Comparison:
    def __init__(self, contract: Contract, made: Sequence[Place]) -> None:
        self._document = contract.document
        self._made = made

    def compare(
        self, parts: list[tuple[Any, str]], expected: Json, actual: Json, place: Place
    ) -> Iterator[tuple[Place, Json, Json]]:
        nodes = self._spread(parts, 0)
        if len(place) > _MAX_DEPTH or any(node.get("readOnly") is True for node, _ in nodes) or self._is_made(place):
            return
        if isinstance(expected, dict) and isinstance(actual, dict):
            for name in dict.fromkeys((*expected, *actual)):
                below = [
                    (node["properties"][name], child(child(at, "properties"), name))
                    for node, at in nodes
                    if isinstance(node.get("properties"), dict) and name in node["properties"]
                ]
                yield from self.compare(below, expected.get(name, MISSING), actual.get(name, MISSING), (*place, name))
        elif isinstance(expected, list) and isinstance(actual, list):
            below = [(node["items"], child(at, "items")) for node, at in nodes if "items" in node]
            for index in range(max(len(expected), len(actual))):
                yield from self.compare(
                    below,
                    expected[index] if index < len(expected) else MISSING,
                    actual[index] if index < len(actual) else MISSING,
                    (*place, str(index)),
                )
        elif not _equal(expected, actual):
            yield place, expected, actual

    def _spread(self, parts: list[tuple[Any, str]], depth: int) -> list[tuple[dict[str, Any], str]]:
        """The schemas themselves, with all that they combine: readOnly in one of them is enough."""
        found: list[tuple[dict[str, Any], str]] = []
        for node, at in parts:
            try:
                target, where = self._document.follow(node, at)
            except ContractError:
                continue
            beside = [(target, where)] if target is node else [(node, at), (target, where)]
            for schema, there in beside:
                if not isinstance(schema, dict):
                    continue
                found.append((schema, there))
                if depth < _MAX_DEPTH:
                    combined = [
                        (one, child(child(there, keyword), index))
                        for keyword in ("allOf", "oneOf", "anyOf")
                        if isinstance(schema.get(keyword), list)
                        for index, one in enumerate(schema[keyword])
                    ]
                    found += self._spread(combined, depth + 8)
        return found

    def _is_made(self, place: Place) -> bool:
        return any(
            len(pattern) == len(place) and all(p in ("*", token) for p, token in zip(pattern, place, strict=True))
            for pattern in self._made
        )


def _equal(expected: Json, actual: Json) -> bool:
    """JSON's equality: ``1`` is ``1.0``, and no boolean is a number."""
    return isinstance(expected, bool) == isinstance(actual, bool) and bool(expected == actual)
