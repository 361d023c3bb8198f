"""Echo a request's values in its answer: a world requested by its id is answered with that id.

Names are equal if they differ only in case, dashes, underscores, dots and spaces (``world_id``, ``worldId``). A request
value replaces

- the property of the same name in the response object, or in its envelope (``{"data": {...}}``);
- the property ``id`` there, if it is the path's last parameter and identifies the resource (``/worlds/{worldId}``,
  ``/worlds/{world}``), unless a property has the parameter's own name;
- the property ``worldId``, if it is the ``{id}`` of a collection's item (``/worlds/{id}/moons``);
- the property in paging metadata (``meta``, ``pagination``), if it is a paging parameter (``limit``, ``offset``);
- the property in each item of a collection, if it selected the items: a path parameter or a GET's query parameter, but
  never a posted value or an ``id``.

Posted objects are copied property by property: properties that only the response has stay, and properties that it does
not have (``writeOnly``) are not added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from beep_mock.interaction import MISSING, Json

if TYPE_CHECKING:
    from beep_mock.contracts.model import Operation

__all__ = ["Known", "echoed", "known_values", "tells_page"]

_ENVELOPES = frozenset({"data", "item", "payload", "resource", "response", "result"})
_ABOUT_PAGES = frozenset({"meta", "metadata", "page", "pageinfo", "pagination", "paging"})
_ABOUT_RESOURCE = frozenset({"meta", "metadata"})
_PARAMETER = re.compile(r"\{([^{}]+)\}")
_SEPARATORS = str.maketrans("", "", "-_ .")
_DEEPEST = 8
_DIGITS = 16
_INVENTED = re.compile(r"property\d+")
_PAGING = frozenset(
    {"cursor", "fields", "limit", "offset", "order", "page", "pagesize", "perpage", "q", "size", "sort"}
)


class Known(dict[str, Json]):
    """Property name → the request's value for it.

    ``instead`` maps an alias to the original name: the alias is used only if no property has the original name.
    ``selecting`` holds the names that are echoed in the items of a collection as well.
    """

    __slots__ = ("instead", "selecting")

    def __init__(self) -> None:
        super().__init__()
        self.instead: dict[str, str] = {}
        self.selecting: set[str] = set()


def known_values(
    operation: Operation, values: Mapping[str, Json], defaults: Mapping[str, Json] = MappingProxyType({})
) -> Mapping[str, Json]:
    """Return the values that an answer shares with a request's decoded ``values`` (``path.worldId``, ``body``).

    The path takes precedence over the body, the body over the query. Headers and cookies are ignored.
    """
    known = Known()
    known.update(defaults)
    reads = operation.method in ("GET", "HEAD", "QUERY")
    for key, value in values.items():
        if key.startswith("query."):
            name = key[6:]
            known[name] = value
            if reads and _plain(name) not in _PAGING:
                known.selecting.add(name)
    body = values.get("body", MISSING)
    if isinstance(body, dict):
        known.update(body)
        if reads:
            known.selecting.update(body)
    for key, names, aliases in _path_names(operation.path):
        value = values.get(key, MISSING)
        if value is not MISSING:
            for name in names:
                known[name] = value
                known.instead.pop(name, None)
            known.selecting.update(names)
            for alias in aliases:
                known[alias] = value
                known.instead[alias] = names[0]
    known.selecting.discard("id")
    return known


def tells_page(name: str) -> bool:
    """Return whether a parameter of that name says which part of a collection is asked for, or how it is sorted."""
    return _plain(name) in _PAGING


@lru_cache(maxsize=4096)
def _path_names(path: str) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Return each parameter of a path template: its key, the property names that mean it, and its aliases."""
    found = []
    segments = path.strip("/").split("/")
    for index, segment in enumerate(segments):
        above = _singular(segments[index - 1]) if index else ""
        last = index == len(segments) - 1
        for name in _PARAMETER.findall(segment):
            names, aliases = [name], []
            if _plain(name) == "id":
                names += [f"{above}Id"] if above.isidentifier() else []
            elif last and (_plain(name).endswith("id") or _plain(name) == _plain(above)):
                aliases.append("id")
            found.append((f"path.{name}", tuple(names), tuple(aliases)))
    return tuple(found)


def echoed(sample: Json, known: Mapping[str, Json], is_valid: Callable[[Json], bool]) -> Json:
    """Return a copy of ``sample`` with the ``known`` values in it, as far as it stays valid."""
    changes = list(_changes(sample, known if isinstance(known, Known) else _as_known(known)))
    if not changes:
        return sample
    everything = _with(sample, changes)
    if is_valid(everything):
        return everything
    kept = sample
    for change in changes:
        candidate = _with(kept, (change,))
        if is_valid(candidate):
            kept = candidate
    return kept


_Change = tuple[tuple[str | int, ...], Json]
"""The path in the sample, and the new value there."""


def _changes(sample: Json, known: Known) -> Iterator[_Change]:
    if isinstance(sample, list):
        yield from _in_items(sample, (), known)
        return
    if not isinstance(sample, dict) or not known:
        return
    yield from _in_object(sample, (), known)
    for name, member in sample.items():
        if isinstance(member, list) and name not in known:
            yield from _in_items(member, (name,), known)
        elif isinstance(member, dict) and (len(sample) == 1 or _plain(name) in _ENVELOPES):
            yield from _in_object(member, (name,), known)
            for inner, items in member.items():
                if isinstance(items, list) and inner not in known:
                    yield from _in_items(items, (name, inner), known)
        elif isinstance(member, dict) and _plain(name) in _ABOUT_PAGES:
            asked = {name for name in known if _plain(name) in _PAGING}
            if _plain(name) in _ABOUT_RESOURCE:
                asked |= known.selecting
            yield from _in_object(member, (name,), known, asked)


def _in_items(items: list[Json], at: tuple[str | int, ...], known: Known) -> Iterator[_Change]:
    if not known.selecting:
        return
    for index, item in enumerate(items):
        if isinstance(item, dict):
            yield from _in_object(item, (*at, index), known, known.selecting)


def _in_object(
    sample: dict[str, Json], at: tuple[str | int, ...], known: Known, only: set[str] | None = None
) -> Iterator[_Change]:
    names = {_plain(name): name for name in reversed(sample)}
    for name, value in known.items():
        if only is not None and name not in only:
            continue
        target = name if name in sample else names.get(_plain(name))
        first = known.instead.get(name)
        if target is None or (first is not None and (first in sample or _plain(first) in names)):
            continue
        repeated = _repeated(sample[target], value, _DEEPEST)
        if repeated is not MISSING and repeated != sample[target]:
            yield (*at, target), repeated


def _repeated(shown: Json, value: Json, depth: int) -> Any:
    """Return ``value``, converted to the type and shape of ``shown``; :data:`MISSING` if they are incompatible.

    Objects keep exactly the properties of ``shown``; posted items take the shape of the items in ``shown``.
    """
    if isinstance(shown, dict) or isinstance(value, dict):
        if not (isinstance(shown, dict) and isinstance(value, dict)) or depth == 0:
            return MISSING
        if all(map(_INVENTED.fullmatch, shown)):
            return value
        return {name: _member(member, value.get(name, MISSING), depth) for name, member in shown.items()}
    if isinstance(shown, list) or isinstance(value, list):
        if not (isinstance(shown, list) and isinstance(value, list)) or depth == 0:
            return MISSING
        if not shown:
            return MISSING if any(isinstance(item, dict | list) for item in value) else value
        items = [_repeated(shown[index % len(shown)], item, depth - 1) for index, item in enumerate(value)]
        return MISSING if MISSING in items else items
    if isinstance(shown, str) and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(shown, int) and not isinstance(shown, bool) and isinstance(value, str) and value.isdecimal():
        return int(value) if len(value) < _DIGITS else MISSING
    if isinstance(shown, int) and isinstance(value, float) and value.is_integer():
        return int(value)  # `7.0` is an integer for some validators only (JSON Schema draft 4, section 3.5)
    return value


def _member(shown: Json, value: Any, depth: int) -> Json:
    repeated = MISSING if value is MISSING else _repeated(shown, value, depth - 1)
    return shown if repeated is MISSING else repeated


def _with(value: Json, changes: Iterable[_Change]) -> Json:
    """Return a copy of ``value`` with ``changes`` applied; unchanged branches are shared."""
    copied: dict[tuple[str | int, ...], Any] = {(): value.copy()}
    for at, changed in changes:
        here = copied[()]
        for depth, step in enumerate(at[:-1], 1):
            below = copied.get(at[:depth])
            if below is None:
                below = copied[at[:depth]] = here[step] = here[step].copy()
            here = below
        here[at[-1]] = changed
    return copied[()]


def _as_known(values: Mapping[str, Json]) -> Known:
    known = Known()
    known.update(values)
    return known


@lru_cache(maxsize=8192)
def _plain(name: str) -> str:
    return name.translate(_SEPARATORS).lower()


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
