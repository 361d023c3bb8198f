"""Operations of one method and URL: which of them a request is for.

Keys of ``paths`` may differ in a fragment (``/#Action=Run``), which no request carries (RFC 3986, section 3.5), in a
query, or in the names of their parameters only. OpenAPI has no word for it, documents have it by the hundreds. Such a
request is for the first operation that it keeps; one that keeps none is judged by the first that it may be for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

from beep_mock.contracts.header_parameters import environ_name
from beep_mock.contracts.model import Contract, Operation
from beep_mock.contracts.router import Route
from beep_mock.contracts.validator import validator_of
from beep_mock.errors import ContractError

__all__ = ["chosen"]

_MOST_TRIED = 32


def chosen(
    contract: Contract,
    route: Route[Operation],
    slots: tuple[str, ...],
    query: str,
    environ: Mapping[str, Any],
    body: bytes,
) -> Route[Operation]:
    """``route``, or one of its :attr:`~beep_mock.contracts.router.Route.others`: the one that a request is for.

    ``slots`` are the raw path parameters in order, ``query`` the raw query string, ``environ`` a WSGI environ.
    """
    with _lock:
        kept = _shared.setdefault(contract, {})
        shared = kept.get(route.payload)
        if shared is None:
            shared = kept[route.payload] = _Shared(contract, (route, *route.others))
    return shared.choose(slots, query, environ, body)


class _Shared:
    """The routes of one method and URL, in the document's order.

    Where most of them demand a value of their own of one parameter, that parameter tells at once which may be meant.
    """

    def __init__(self, contract: Contract, routes: Sequence[Route[Operation]]) -> None:
        self._validator = validator_of(contract)
        self._routes = [route for route in routes if route.payload.broken is None] or list(routes[:1])
        demanded = [dict(_demanded(contract, route)) for route in self._routes]
        keys = Counter(key for values in demanded for key in values).most_common(1)
        self._key = keys[0][0] if keys else ""
        self._by_value: dict[str, list[Route[Operation]]] = {}
        for route, values in zip(self._routes, demanded, strict=True):
            if self._key in values:
                self._by_value.setdefault(values[self._key], []).append(route)
        self._others = [r for r, values in zip(self._routes, demanded, strict=True) if self._key not in values]

    def choose(self, slots: tuple[str, ...], query: str, environ: Mapping[str, Any], body: bytes) -> Route[Operation]:
        routes = self._routes
        if self._key:
            routes = [*self._by_value.get(_sent(self._key, query, environ), ()), *self._others] or routes[:1]
        if len(routes) > 1:
            for route in routes[:_MOST_TRIED]:
                reader = self._validator.reader(route.payload)
                if not reader.read(route.values(slots), query, environ, body)[2]:
                    return route
        return routes[0]


_shared: WeakKeyDictionary[Contract, dict[Operation, _Shared]] = WeakKeyDictionary()
_lock = Lock()


def _demanded(contract: Contract, route: Route[Operation]) -> Iterator[tuple[str, str]]:
    """What a request for the operation has to bring: texts by key of the parameter (``query.Action``)."""
    query = route.template.partition("#")[0].partition("?")[2]
    if "{" not in query:
        yield from ((f"query.{name}", value) for name, value in parse_qsl(query, keep_blank_values=True))
    for parameter in route.payload.parameters:
        if not parameter.required or parameter.location not in ("query", "header") or parameter.schema is None:
            continue
        try:
            node = contract.document.follow(parameter.schema.node, parameter.schema.at)[0]
        except ContractError:
            continue
        if isinstance(node, dict):
            values = node.get("enum", [node["const"]] if "const" in node else [])
            if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str):
                yield parameter.key, values[0]


def _sent(key: str, query: str, environ: Mapping[str, Any]) -> str:
    location, _, name = key.partition(".")
    if location == "header":
        return str(environ.get(environ_name(name), ""))
    return next((value for sent, value in parse_qsl(query, keep_blank_values=True) if sent == name), "")
