"""The built-in pages of a world, built when the first of them is asked for: most mocks only ever get mocked traffic.

Flask and what it brings take longer to import than everything that answers a request.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson

from beep_mock.gateway.access import Access
from beep_mock.servers.production import HEALTH

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from beep_mock.gateway.world import World

__all__ = ["Pages"]


class Pages:
    """A WSGI application (PEP 3333). The health of the world, which every start asks for, it answers itself."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = Access((*world.plan.hosts, *world.services))
        self._building = Lock()
        self._built: WSGIApplication | None = None

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == HEALTH and environ["REQUEST_METHOD"] == "GET" and not self._access.refusal(environ):
            body = orjson.dumps(self._world.health())
            headers = [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ]
            start_response("200 OK", headers)
            return [body]
        return (self._built or self._build())(environ, start_response)

    def _build(self) -> WSGIApplication:
        from beep_mock.gateway.app import pages_of_world

        with self._building:
            if self._built is None:
                self._built = pages_of_world(self._world).wsgi_app
            return self._built
