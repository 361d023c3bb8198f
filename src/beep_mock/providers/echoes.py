"""What an answer repeats of its request: not the provider's to choose, whatever else it may know better.

An example shows which values those are: a property of the same name and value as one of the request (``{"name":
"Venus"}`` is created, and the answer's ``name`` is ``Venus``; with ``climate=cold`` every listed ``climate`` is
``cold``, in every example of the operation; with ``limit=1`` one is listed). The same request is replayed, so the same
must be repeated. A value that the example shows to be another (``founder: 2`` becomes ``{"id": 2, ...}``) is not looked
at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from beep_mock.interaction import MISSING, Json, Missing

__all__ = ["not_repeated", "repeated_places"]

_AMOUNTS: Final = frozenset({"limit", "perpage", "pagesize", "maxresults", "maxitems", "top"})
_MAX_DEPTH: Final = 16

Place = tuple[str, ...]


def not_repeated(
    parameters: Mapping[str, Json],
    body: Json | Missing,
    expected: Json,
    actual: Json,
    places: Mapping[str, frozenset[Place]],
) -> Iterator[tuple[Place, Json, Json]]:
    """Where ``actual`` does not repeat what examples repeat: the place, what is expected, what there is.

    ``parameters`` are the request's by ``"<location>.<name>"``, ``body`` its body; ``expected`` is the example's body,
    and ``places`` are those of :func:`repeated_places`.
    """
    yield from _of_body(body, expected, actual, ())
    for key, value in parameters.items():
        if not _is_telling(value):
            continue
        for place, got in _leaves(actual, ()):
            if place in places.get(key, ()) and not _equal(value, got):
                yield place, value, got
        if _plain(key.partition(".")[2]) in _AMOUNTS and isinstance(value, int):
            yield from _too_many(value, expected, actual)


def _of_body(sent: Any, expected: Json, actual: Json, place: Place) -> Iterator[tuple[Place, Json, Json]]:
    """Properties at the same place in the request's body and the answer's."""
    if len(place) > _MAX_DEPTH or not (isinstance(sent, dict) and isinstance(expected, dict)):
        return
    for name, value in sent.items():
        if name not in expected:
            continue
        got = actual.get(name, MISSING) if isinstance(actual, dict) else MISSING
        if isinstance(value, dict):
            yield from _of_body(value, expected[name], got, (*place, name))
        elif _equal(value, expected[name]) and not _equal(value, got):
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
                    (repeated if _equal(value, found) else others).setdefault(key, set()).add(place)
    return {key: frozenset(places - others.get(key, set())) for key, places in repeated.items()}


def _is_named(name: str, place: Place, *, single: bool) -> bool:
    """Whether a place is called as the parameter is: ``worldId`` is also the ``id`` of the one thing answered."""
    leaf = _plain(place[-1])
    return leaf == name or (single and "*" not in place and leaf == "id" and name.endswith(leaf))


def _too_many(most: int, expected: Json, actual: Json) -> Iterator[tuple[Place, Json, Json]]:
    for place, shown in _lists(expected):
        given = actual.get(place[0]) if place and isinstance(actual, dict) else actual
        if len(shown) <= most and isinstance(given, list) and len(given) > most:
            yield place, f"at most {most}", len(given)


def _lists(content: Json) -> Iterator[tuple[Place, list[Json]]]:
    """The list that an answer is, or those that it has."""
    if isinstance(content, list):
        yield (), content
    elif isinstance(content, dict):
        lists = [(name, value) for name, value in content.items() if isinstance(value, list)]
        if len(lists) == 1:  # of several nobody knows which is meant
            yield (lists[0][0],), lists[0][1]


def _leaves(content: Json, place: Place) -> Iterator[tuple[Place, Json]]:
    """Values that are no objects and lists, with the names that lead to them; ``*`` is any item of a list."""
    if len(place) > _MAX_DEPTH:
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


def _equal(one: Json, other: Json) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
