"""The fast entry: which service a request is for, by the first segment of its path or by its ``Host``.

Everything else, and all that is reserved (``/-/``), goes to the built-in pages.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from beep_mock.gateway.service import Service
from beep_mock.mocks.answers import Answer
from beep_mock.servers.answers import problem
from beep_mock.servers.deferred import later

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

__all__ = ["MOUNT", "Gateway"]

MOUNT: Final = "beep_mock.mount"
"""The key in the WSGI environ of the path before the service's own, ``""`` at the root: for what renders its pages."""

_HOSTS_LIMIT = 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})  # never a service, whatever a service is called
_PAGES: Final = {"/docs": "/-/docs/{}", "/openapi.json": "/-/openapi/{}.json"}
"""Pages of a service that a declared operation of the same path beats."""


class Gateway:
    """Many services at one address, or one at the root path (``single``).

    A ``proxy`` has no pages of its own but those that are reserved: all else is the service's.
    """

    takes_briefs: Final = True
    """A mocked answer needs no more of an environ than what the request says (:mod:`beep_mock.servers.event_loop`)."""

    def __init__(
        self, services: Mapping[str, Service], pages: WSGIApplication, *, single: bool = False, proxy: bool = False
    ) -> None:
        self._services = dict(services)
        self._flask = pages
        self._single = next(iter(self._services.values())) if single else None
        self._page_paths = {} if proxy else {**_PAGES, "/": "/"} if single else _PAGES
        self._hosts: dict[str, Service | None] = {"": self._single}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """A WSGI application (PEP 3333)."""
        path: str = environ["PATH_INFO"]
        try:
            host: str = environ.get("HTTP_HOST", "")
            service = self._hosts[host] if host in self._hosts else self._by_host(host)
            if service is None:
                end = path.find("/", 1)
                if end > 0:
                    service = self._services.get(path[1:end])
                    own = path[end:]
                else:
                    service = self._services.get(path[1:])
                    own = "/"
                if service is None:
                    return self._pages(environ, start_response)
            elif path[:3] == "/-/":
                return self._pages(environ, start_response)
            else:
                own = path or "/"
            if own in self._page_paths and self._is_page(service, environ, own):
                return self._page(service, environ, start_response, own)
            return service.respond(environ, start_response, own)
        except Exception:  # noqa: BLE001 - the server would hide it and cut the connection
            sys.stderr.write(traceback.format_exc())
            return _failed(start_response)

    def _pages(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Return the built-in pages: large, slow to build, and asked for by few."""
        put_off = later(environ)
        return put_off if put_off is not None else self._flask(environ, start_response)

    def _by_host(self, host: str) -> Service | None:
        """Return the service that a ``Host`` names: ``world`` or ``world.localhost``, with any port."""
        name, colon, port = host.lower().rpartition(":")
        if not colon or not port.isdigit():
            name = host.lower()
        found = self._single
        if name not in _LOOPBACK:
            name = name.removesuffix(".").removesuffix(".localhost")
            found = next((s for n, s in self._services.items() if n.lower() == name), found)
        if len(self._hosts) < _HOSTS_LIMIT:
            self._hosts[host] = found
        return found

    def _is_page(self, service: Service, environ: Mapping[str, Any], path: str) -> bool:
        """Return whether one of our pages answers: the service does not declare the path."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD") or (service.mock is not None and service.mock.owns(method, path)):
            return False
        # The root of a single document is a page for people; programs get the mock's own 404.
        return path != "/" or (self._single is not None and "text/html" in environ.get("HTTP_ACCEPT", ""))

    def _page(
        self, service: Service, environ: dict[str, Any], start_response: StartResponse, path: str
    ) -> Iterable[bytes]:
        asked: str = environ["PATH_INFO"]
        environ[MOUNT] = asked.removesuffix(path)
        environ["PATH_INFO"] = self._page_paths[path].format(service.name)
        return self._pages(environ, start_response)


def _failed(start_response: StartResponse) -> Iterable[bytes]:
    answer = Answer(problem(500, "INTERNAL_ERROR", "beep-mock failed; its terminal shows why"), "problem")
    start_response(answer.status_line, answer.headers)
    return [answer.body]
