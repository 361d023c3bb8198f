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
from beep_mock.mocks.problems import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

__all__ = ["Gateway"]

_HOSTS_LIMIT = 1024
_PAGES: Final = {"/docs": "/-/docs/{}", "/openapi.json": "/-/openapi/{}.json"}
"""Pages of a service that a declared operation of the same path beats."""


class Gateway:
    """Many services at one address, or one at the root path (``single``)."""

    def __init__(self, services: Mapping[str, Service], pages: WSGIApplication, *, single: bool = False) -> None:
        self._services = dict(services)
        self._pages = pages
        self._single = next(iter(self._services.values())) if single else None
        self._hosts: dict[str | None, Service | None] = {None: None}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """A WSGI application (PEP 3333)."""
        path: str = environ["PATH_INFO"]
        try:
            host = environ.get("HTTP_HOST")
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
            if own in _PAGES and self._is_page(service, environ, own):
                return self._page(service, environ, start_response, own)
            return service.respond(environ, start_response, own)
        except Exception:  # noqa: BLE001 - the server would hide it and cut the connection
            sys.stderr.write(traceback.format_exc())
            return _failed(start_response)

    def _by_host(self, host: str | None) -> Service | None:
        """The service that a ``Host`` names: ``world`` or ``world.localhost``, with any port."""
        name = (host or "").rpartition(":")[0] or host or ""
        if not name.rpartition(":")[0] and name.isdigit():
            name = host or ""
        name = name.lower().rstrip(".").removesuffix(".localhost")
        found = next((s for n, s in self._services.items() if n.lower() == name), None) or self._single
        if len(self._hosts) < _HOSTS_LIMIT:
            self._hosts[host] = found
        return found

    def _is_page(self, service: Service, environ: Mapping[str, Any], path: str) -> bool:
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return False
        return service.mock is None or not service.mock.owns(method, path)

    def _page(
        self, service: Service, environ: dict[str, Any], start_response: StartResponse, path: str
    ) -> Iterable[bytes]:
        asked: str = environ["PATH_INFO"]
        environ["beep_mock.mount"] = asked.removesuffix(path)
        environ["PATH_INFO"] = _PAGES[path].format(service.name)
        return self._pages(environ, start_response)


def _failed(start_response: StartResponse) -> Iterable[bytes]:
    answer = Answer(problem(500, "INTERNAL_ERROR", "beep-mock failed; its terminal shows why"), "problem")
    start_response(answer.status_line, answer.headers)
    return [answer.body]
