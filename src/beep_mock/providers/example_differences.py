"""Compare an answer with an example, except for what only the provider can know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from beep_mock.contracts.nodes import child
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Schema

__all__ = ["differences", "not_repeated", "repeated_places"]


_MAX_DEPTH = 64
Place = tuple[str, ...]


def differences(
    contract: Contract, schema: Schema | None, expected: Json, actual: Json, made: Sequence[str]
) -> Iterator[tuple[Place, Json, Json]]:
    """Yield where ``actual`` differs from ``expected``: place, expected and actual value (MISSING for none).

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
        """Return the schemas themselves, with all that they combine: readOnly in one of them is enough."""
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


_AMOUNTS: Final = frozenset({"limit", "perpage", "pagesize", "maxresults", "maxitems", "top"})
_MAX_ECHO_DEPTH: Final = 16


def not_repeated(
    parameters: Mapping[str, Json],
    body: Json | Missing,
    expected: Json,
    actual: Json,
    places: Mapping[str, frozenset[Place]],
) -> Iterator[tuple[Place, Json, Json]]:
    """Yield where ``actual`` does not repeat what the examples repeat: place, expected and actual value.

    ``parameters`` are the request's by ``"<location>.<name>"``, ``body`` its body; ``expected`` is the example's body,
    and ``places`` are those of :func:`repeated_places`.
    """
    yield from _of_body(body, expected, actual, ())
    for key, value in parameters.items():
        if not _is_telling(value):
            continue
        for place, got in _leaves(actual, ()):
            if place in places.get(key, ()) and not _same_value(value, got):
                yield place, value, got
        if _plain(key.partition(".")[2]) in _AMOUNTS and isinstance(value, int):
            yield from _too_many(value, expected, actual)


def _of_body(sent: Any, expected: Json, actual: Json, place: Place) -> Iterator[tuple[Place, Json, Json]]:
    """Properties at the same place in the request's body and the answer's."""
    if len(place) > _MAX_ECHO_DEPTH or not (isinstance(sent, dict) and isinstance(expected, dict)):
        return
    for name, value in sent.items():
        if name not in expected:
            continue
        got = actual.get(name, MISSING) if isinstance(actual, dict) else MISSING
        if isinstance(value, dict):
            yield from _of_body(value, expected[name], got, (*place, name))
        elif _same_value(value, expected[name]) and not _same_value(value, got):
            yield (*place, name), value, got


def repeated_places(
    shown: Iterable[tuple[Mapping[str, Json], Json]],
) -> Mapping[str, frozenset[Place]]:
    """By parameter, where the examples of one operation (parameters and body of each) repeat it, and none does not."""
    repeated: dict[str, set[Place]] = {}
    others: dict[str, set[Place]] = {}
    for parameters, body in shown:
        for key, value in parameters.items():
            location, _, name = key.partition(".")
            if location not in {"path", "query"} or not _is_telling(value):
                continue
            for place, found in _leaves(body, ()):
                if _is_named(_plain(name), place, single=location == "path"):
                    (repeated if _same_value(value, found) else others).setdefault(key, set()).add(place)
    return {key: frozenset(places - others.get(key, set())) for key, places in repeated.items()}


def _is_named(name: str, place: Place, *, single: bool) -> bool:
    """Return whether a place has the parameter's name: ``worldId`` is also the ``id`` of the one thing answered."""
    leaf = _plain(place[-1])
    return leaf == name or (single and "*" not in place and leaf == "id" and name.endswith(leaf))


def _too_many(most: int, expected: Json, actual: Json) -> Iterator[tuple[Place, Json, Json]]:
    for place, shown in _lists(expected):
        given = actual.get(place[0]) if place and isinstance(actual, dict) else actual
        if len(shown) <= most and isinstance(given, list) and len(given) > most:
            yield place, f"at most {most}", len(given)


def _lists(content: Json) -> Iterator[tuple[Place, list[Json]]]:
    """Yield the list that an answer is, or those that it has."""
    if isinstance(content, list):
        yield (), content
    elif isinstance(content, dict):
        lists = [(name, value) for name, value in content.items() if isinstance(value, list)]
        if len(lists) == 1:  # of several nobody knows which is meant
            yield (lists[0][0],), lists[0][1]


def _leaves(content: Json, place: Place) -> Iterator[tuple[Place, Json]]:
    """Yield values that are not objects and lists, with the names that lead to them; ``*`` is any item of a list."""
    if len(place) > _MAX_ECHO_DEPTH:
        return
    if isinstance(content, dict):
        for name, below in content.items():
            yield from _leaves(below, (*place, name))
    elif isinstance(content, list):
        for below in content:
            yield from _leaves(below, (*place, "*"))
    elif place and place[-1] != "*":
        yield place, content


def _is_telling(value: Json) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _same_value(one: Json, other: Json) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
