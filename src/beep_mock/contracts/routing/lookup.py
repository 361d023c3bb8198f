"""Find the operation a request is for: the one answer that mocks, proxies, pacts, overrides and pictures share.

A path may begin with the base path of a server that applies to the operation: an operation's ``servers`` replace those
of its path item, which replace those of the document (OpenAPI 3.1.1, sections 4.8.8, 4.8.9 and 4.8.10). A path without
a base path is found as well, so that a mock can stand at the root of its own address. GET answers HEAD where that is
not declared (RFC 9110, section 9.3.2).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from beep_mock.contracts.routing.router import Match, Route, Router
from beep_mock.contracts.routing.shared_urls import SharedUrls

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Operation

__all__ = ["FoundOperation", "OperationLookup", "PathLookup", "lookup_of", "route_for"]

T = TypeVar("T")


def route_for(methods: Mapping[str, Route[T]], method: str) -> Route[T] | None:
    """Return the route of ``method``; for HEAD that of GET where HEAD is not declared."""
    found = methods.get(method)
    return methods.get("GET") if found is None and method == "HEAD" else found


class PathLookup(Generic[T]):
    """Match paths with and without base paths.

    ``base_paths`` are those of all servers; ``bases_of`` returns those that apply to one payload of the router.
    """

    def __init__(self, router: Router[T], base_paths: Iterable[str], bases_of: Callable[[T], Collection[str]]) -> None:
        self._router = router
        self._bases_of = bases_of
        # Longest first: /api/v1 before /api. The first text is as PATH_INFO has it (PEP 3333), the second as declared.
        declared = sorted({base for base in base_paths if base}, key=len, reverse=True)
        self._bases = [(base.encode("utf-8", "surrogateescape").decode("latin-1"), base) for base in declared]

    def find(self, path: str, method: str) -> tuple[Match[T], str] | None:
        """Return the best match of ``path`` (as in ``PATH_INFO``) and the base path it was found behind.

        A match that has the method comes before one that only has others (a 405). Where nothing matches, a path with an
        empty segment in place of a parameter still finds its operation, which will miss the parameter.
        """
        match = self._router.match(path, method)
        if match is not None and route_for(match.methods, method) is not None:
            return match, ""
        other: tuple[Match[T], str] | None = (match, "") if match is not None else None
        for base, declared in self._bases:
            if path.startswith(base) and path[len(base) : len(base) + 1] in ("/", ""):
                match = self._behind(declared, path[len(base) :] or "/", method)
                if match is None:
                    continue
                if route_for(match.methods, method) is not None:
                    return match, base
                other = other or (match, base)
        if other is None and "//" in path:
            return self._gap(path)
        return other

    def _gap(self, path: str) -> tuple[Match[T], str] | None:
        match = self._router.gap(path)
        if match is not None:
            return match, ""
        for base, declared in self._bases:
            if path.startswith(f"{base}/"):
                match = self._served(self._router.gap(path[len(base) :]), declared)
                if match is not None:
                    return match, base
        return None

    def _behind(self, base: str, path: str, method: str) -> Match[T] | None:
        """Return the best match of ``path`` among the operations served behind ``base``."""
        first = self._router.match(path, method)
        served = self._served(first, base)
        if served is first or (served is not None and route_for(served.methods, method) is not None):
            return served
        # A more concrete template that is served elsewhere does not take the path from the others.
        others = (self._served(match, base) for match in self._router.matches(path))
        return next((match for match in others if match is not None), served)

    def _served(self, match: Match[T] | None, base: str) -> Match[T] | None:
        """Return the match with only the methods that are served behind ``base``."""
        if match is None:
            return None
        methods = {
            method: route
            for method, route in match.methods.items()
            if any(base in self._bases_of(one.payload) for one in (route, *route.others))
        }
        if len(methods) == len(match.methods):
            return match
        return Match(match.template, methods, match.slots) if methods else None


@dataclass(frozen=True, slots=True)
class FoundOperation:
    """The operation of a request: raw path values by parameter name, and the path without ``base``."""

    operation: Operation
    path_values: Mapping[str, str]
    path: str
    base: str


class OperationLookup(PathLookup["Operation"]):
    """Find operations of one contract. Compile it once and keep it: operations that share a URL are compiled on use."""

    def __init__(self, contract: Contract) -> None:
        bases = {base for operation in contract.operations.values() for base in operation.base_paths}
        super().__init__(contract.router, {*bases, *contract.base_paths}, lambda operation: operation.base_paths)
        self.shared = SharedUrls(contract)

    def operation_of(
        self, method: str, path: str, query: str = "", environ: Mapping[str, Any] | None = None, body: bytes = b""
    ) -> FoundOperation | None:
        """Return the operation a request is for, or None where the contract declares none.

        ``path`` is as in ``PATH_INFO``, ``query`` the raw query string; ``environ`` (a WSGI environ) and ``body``
        decide between operations that share a URL.
        """
        found = self.find(path, method)
        route = route_for(found[0].methods, method) if found is not None else None
        if found is None or route is None:
            return None
        match, base = found
        if route.others:
            route = self.shared.choose(route, match.slots, query, environ or {}, body)
        return FoundOperation(route.payload, route.values(match.slots), path[len(base) :] or "/", base)


_LOOKUPS: WeakKeyDictionary[Contract, OperationLookup] = WeakKeyDictionary()
_LOOKUPS_LOCK = Lock()


def lookup_of(contract: Contract) -> OperationLookup:
    """Return the look-up of ``contract``, compiled once."""
    with _LOOKUPS_LOCK:
        lookup = _LOOKUPS.get(contract)
        if lookup is None:
            lookup = _LOOKUPS[contract] = OperationLookup(contract)
        return lookup
