"""Requests passed on to a running server, and its answers back, as a gateway does it (RFC 9110, section 7.6)."""

from __future__ import annotations

import http.client
import select
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from threading import Lock
from time import monotonic
from typing import Any, Final
from urllib.parse import quote, urlsplit

from beep_mock.contracts.bodies.stream_bodies import kind_of_sequence
from beep_mock.exchanges.exchange import Reply

__all__ = ["Forwarder", "PeerDown", "UpstreamResponse", "request_headers"]

BODY_LIMIT: Final = 10 * 2**20
"""Bytes of an answer that are held to be judged; a longer one is passed on as it comes."""

HOLD_SECONDS: Final = 5.0
"""How long an answer of unknown length is held to be judged; one that still comes is passed on as it comes."""

_CONNECT_TIMEOUT = 2.0  # seconds
_IDLE_CONNECTIONS = 16
_FIELDS = 1000
_CHUNK = 64 * 1024
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
# RFC 9110, section 7.6.1, and what concerns one connection only.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# `Proxy` does not exist as a header; CGI programs took it for their proxy (CVE-2016-5385).
_NOT_FORWARDED = _HOP_BY_HOP | {"host", "content-length", "expect", "proxy", "accept-encoding"}
_PATH_SAFE = "/:@!$&'()*+,;=~-._"


class PeerDown(Exception):  # noqa: N818 - it is not our error
    """The server cannot be reached, or does not answer as one: ``reason`` says which, in a few words.

    ``timed_out`` when it took the request but did not answer in time.
    """

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True)
class UpstreamResponse(Reply):
    """The reply of a real peer; with ``rest`` the body is only its beginning: it is long, takes long or is a stream."""

    rest: Iterator[bytes] | None = None


# The library refuses an answer with more than 100 header fields, a number that HTTP knows nothing of (RFC 9110, section
# 5.4); there is but one place to say otherwise, for all of the process.
http.client._MAXHEADERS = max(http.client._MAXHEADERS, _FIELDS)  # type: ignore[attr-defined]


class _Response(HTTPResponse):
    """The final answer: what comes before it (103 and the like) is skipped, as the library does with 100 only."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        if status == HTTPStatus.SWITCHING_PROTOCOLS:  # nobody has asked for that
            raise BadStatusLine(str(status))
        return version, HTTPStatus.CONTINUE if 100 < status < 200 else status, reason


class Forwarder:
    """Passes requests on to the server at ``url``; its connections are kept and shared by all threads.

    ``timeout`` is how many seconds it may take between two signs of life.
    """

    def __init__(self, url: str, *, timeout: float = 60.0) -> None:
        parts = urlsplit(url)
        self._timeout = timeout
        self.url = url
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self.prefix = parts.path.rstrip("/")
        self.authority = parts.netloc.rpartition("@")[2]
        self._connection_type = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._idle: list[HTTPConnection] = []
        self._lock = Lock()

    def send(
        self, method: str, path: str, query: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> UpstreamResponse:
        """Return the server's answer. ``path`` is as in ``PATH_INFO`` (decoded, its bytes as Latin-1), ``query`` raw.

        :raises PeerDown: there is none.
        """
        target = self.prefix + quote(path.encode("latin-1", "replace"), safe=_PATH_SAFE)
        if query:
            target += "?" + quote(query.encode("latin-1", "replace"), safe="%/?" + _PATH_SAFE + "[]")
        while True:
            connection, kept = self._connection()
            try:
                self._write(connection, method, target, headers, body)
                response = connection.getresponse()
                return self._read(connection, response, method)
            except TimeoutError as error:
                connection.close()
                raise PeerDown(f"no answer within {self._timeout:g} s", timed_out=True) from error
            except (OSError, HTTPException, ValueError) as error:
                connection.close()
                # A kept connection may have been closed just now: that says nothing about the server.
                if not (kept and method in _IDEMPOTENT):
                    raise PeerDown(_reason(error)) from error

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _connection(self) -> tuple[HTTPConnection, bool]:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                break
            if _is_quiet(connection):
                return connection, True
            connection.close()
        connection = self._connection_type(self.host, self.port, timeout=min(_CONNECT_TIMEOUT, self._timeout))
        connection.response_class = _Response
        try:
            connection.connect()
        except OSError as error:
            raise PeerDown(_reason(error)) from error
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sock.settimeout(self._timeout)
        return connection, False

    def _write(
        self, connection: HTTPConnection, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> None:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", self.authority)
        for name, value in headers:
            connection.putheader(name, value.encode("latin-1", "replace"))
        # Judging needs to read the answer, so it must not be compressed.
        connection.putheader("Accept-Encoding", "identity")
        if body or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body)))
        # A server may answer and close before it has read everything; then the answer counts.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders(body or None)

    def _read(self, connection: HTTPConnection, response: HTTPResponse, method: str) -> UpstreamResponse:
        named = {t.strip().lower() for v in response.headers.get_all("connection", []) for t in v.split(",")}
        dropped = _HOP_BY_HOP | named
        # A folded value is one line (RFC 9112, section 5.2).
        headers = tuple((n, " ".join(v.split("\r\n"))) for n, v in response.headers.items() if n.lower() not in dropped)
        kind = kind_of_sequence(response.headers.get("Content-Type", ""))
        streams = kind == "events" or (kind and response.length is None) or (response.length or 0) > BODY_LIMIT
        if method != "HEAD" and streams:
            return UpstreamResponse(response.status, headers, reason=response.reason, rest=_rest(connection, response))
        body, whole = _held(response)
        if not whole:
            return UpstreamResponse(response.status, headers, body, response.reason, rest=_rest(connection, response))
        self._keep(connection, response)
        return UpstreamResponse(response.status, headers, body, response.reason)

    def _keep(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        response.close()
        if response.will_close or connection.sock is None:
            connection.close()
            return
        with self._lock:
            if len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()


def request_headers(environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the headers of a WSGI request that are passed on, with those that a gateway adds."""
    dropped = _NOT_FORWARDED | {t.strip().lower() for t in environ.get("HTTP_CONNECTION", "").split(",")}
    headers = []
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            name = key[5:].replace("_", "-")
            if name.lower() not in dropped:
                headers.append((name.title(), value))
    if environ.get("CONTENT_TYPE"):
        headers.append(("Content-Type", environ["CONTENT_TYPE"]))
    via = environ.get("HTTP_VIA")
    headers = [h for h in headers if h[0] != "Via"]
    headers.append(("Via", f"{via}, 1.1 beep-mock" if via else "1.1 beep-mock"))
    if "HTTP_HOST" in environ and "HTTP_X_FORWARDED_HOST" not in environ:
        headers.append(("X-Forwarded-Host", environ["HTTP_HOST"]))
        if "HTTP_X_FORWARDED_PROTO" not in environ:
            headers.append(("X-Forwarded-Proto", environ.get("wsgi.url_scheme", "http")))
    return headers


def _is_quiet(connection: HTTPConnection) -> bool:
    """Return whether there is nothing to read; on an idle connection that would be its end."""
    if connection.sock is None:
        return False
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)


def _held(response: HTTPResponse) -> tuple[bytes, bool]:
    """Return a body, and whether it is all there.

    Only its beginning when it is long, or takes long and has no length.
    """
    if response.length is not None:
        body = response.read(BODY_LIMIT + 1)
        if response.length:
            raise ConnectionResetError
        return body, True
    held = bytearray()
    deadline = monotonic() + HOLD_SECONDS
    while chunk := response.read1(min(_CHUNK, BODY_LIMIT + 1 - len(held))):
        held += chunk
        if len(held) > BODY_LIMIT or monotonic() > deadline:
            return bytes(held), False
    return bytes(held), True


def _rest(connection: HTTPConnection, response: HTTPResponse) -> Iterator[bytes]:
    """Yield the rest of an answer.

    :raises PeerDown: it breaks off. The status is sent already, so nobody can be told but by the same.
    """
    left = None if response.chunked else response.length  # the library does not miss what a length promises
    try:
        while left != 0 and (chunk := response.read1(_CHUNK)):
            if left is not None:
                left -= len(chunk)
            yield chunk
    except (OSError, HTTPException) as error:
        raise PeerDown(_reason(error)) from None
    finally:
        connection.close()
    if left:
        raise PeerDown(f"it closed the connection {left} bytes before the end")


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return "no connection in time"
    if isinstance(error, socket.gaierror):
        return "its host has no address"
    if isinstance(error, ConnectionError | IncompleteRead):
        return "it closed the connection"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"its answer is not HTTP ({type(error).__name__})"
