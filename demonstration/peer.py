"""Calling a peer over HTTP: timeouts, retries of what may be repeated, and errors that say whose fault it is.

::

    PeerError(service)
    ├─ PeerUnavailableError      no answer, or one that says "not now", after all attempts
    ├─ PeerRefusedError          the peer says no (4xx): status, title, detail
    └─ PeerBrokenError           an answer that cannot be understood
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

import httpx

__all__ = ["Peer", "PeerBrokenError", "PeerError", "PeerRefusedError", "PeerUnavailableError"]

_REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})  # RFC 9110, section 9.2.2: idempotent
_NOT_NOW: Final = frozenset({502, 503, 504})


class PeerError(Exception):
    """A call to the peer ``service`` did not go well."""

    def __init__(self, service: str, message: str) -> None:
        super().__init__(f"{service}: {message}")
        self.service = service


class PeerUnavailableError(PeerError):
    """The peer did not answer, or could not do its work."""


class PeerRefusedError(PeerError):
    """The peer refused the request: ``status`` is a 4xx, ``title`` and ``detail`` its problem's (RFC 9457)."""

    def __init__(self, service: str, status: int, title: str, detail: str) -> None:
        super().__init__(service, f"{status} {title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail


class PeerBrokenError(PeerError):
    """The peer answered with something that is not what it promised."""


class Peer:
    """The service ``service`` at ``url``; safe for threads, and a context manager that closes its connections.

    ``timeout`` is in seconds, for connecting and for each piece of an answer; ``pause`` is what the first repetition
    waits, in seconds, and doubles with each further one.
    """

    def __init__(
        self,
        service: str,
        url: str,
        *,
        timeout: float = 5.0,
        attempts: int = 3,
        pause: float = 0.1,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.service = service
        self._attempts = attempts
        self._pause = pause
        self._sleep = sleep
        # `trust_env`: a proxy of the environment has no business between two services
        self._client = httpx.Client(base_url=url, timeout=timeout, transport=transport, trust_env=False)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | None] | None = None,
        json: Any = None,
        token: str = "",
    ) -> Any:
        """The decoded body of the peer's answer, ``None`` when it has none.

        A query parameter that is ``None`` is left out.

        :raises PeerUnavailableError: no answer, or a 5xx.
        :raises PeerRefusedError: a 4xx.
        :raises PeerBrokenError: the answer is neither, or no JSON.
        """
        request = self._client.build_request(
            method,
            path,
            params={name: value for name, value in (query or {}).items() if value is not None},
            json=json,
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        response = self._send(request)
        if response.is_server_error:
            raise PeerUnavailableError(self.service, f"{method} {path} answered {response.status_code}")
        if response.is_client_error:
            raise self._refusal(response)
        if not response.is_success:
            raise PeerBrokenError(self.service, f"{method} {path} answered {response.status_code}")
        return self._decoded(response) if response.content else None

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        attempts = self._attempts if request.method in _REPEATABLE else 1
        for attempt in range(1, attempts + 1):
            try:
                response = self._client.send(request)
            except httpx.TransportError as error:
                if attempt == attempts:
                    raise PeerUnavailableError(
                        self.service, f"{request.method} {request.url} got no answer: {error}"
                    ) from error
            else:
                if response.status_code not in _NOT_NOW or attempt == attempts:
                    return response
            self._sleep(self._pause * 2 ** (attempt - 1))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _refusal(self, response: httpx.Response) -> PeerRefusedError:
        try:
            content = response.json()
        except ValueError:
            content = {}
        problem = content if isinstance(content, dict) else {}
        return PeerRefusedError(
            self.service,
            response.status_code,
            str(problem.get("title", response.reason_phrase)),
            str(problem.get("detail", "")),
        )

    def _decoded(self, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError as error:
            raise PeerBrokenError(self.service, f"{response.request.url} answered no JSON") from error
