"""One request to somebody else's server: bounded in time and size, to a checked address, never redirected."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Final
from urllib.parse import quote, urlsplit

from beep_mock.exchanges.exchange import Reply
from beep_mock.outgoing.reach import LOOPBACK, Reach, is_loopback

__all__ = ["RECEIVED_LIMIT", "Destination", "SendError", "send", "target_of"]

RECEIVED_LIMIT: Final = 2**20
"""Bytes of an answer that are read; what follows is not."""

TIMEOUT: Final = 5.0
"""Seconds for the whole of a request and its answer."""

_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 9.1
_PATH = "/:@!$&'()*+,;=~-._%"
_QUERY = _PATH + "?[]"


class SendError(Exception):
    """A request was not sent, or not answered: ``reason`` says why in a few words.

    ``refused`` is the host that it may not be sent to, if that is why.
    """

    def __init__(self, reason: str, *, refused: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL taken apart: ``host`` without brackets, ``path`` and ``query`` as they go over the wire.

    ``path`` is empty, not ``/``, where the URL has none.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def address(self) -> str:
        """Scheme, host and port, without the scheme's own port: ``http://127.0.0.1:5000``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port != usual else "")

    def asking(self, query: str) -> Destination:
        """Return the same target with more of a query."""
        whole = f"{self.query}&{query}" if self.query and query else self.query or query
        return Destination(self.scheme, self.host, self.port, self.path, whole)

    def __str__(self) -> str:
        return f"{self.address}{self.path or '/'}" + (f"?{self.query}" if self.query else "")


def target_of(url: str) -> Destination:
    """Take an absolute ``http`` or ``https`` URL apart; what may not stand in one is percent-encoded.

    Credentials and the fragment are left out.

    :raises SendError: it is not such a URL.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SendError(f"{_shown(url)} is not a URL") from None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise SendError(f"{_shown(url)} is not an absolute http or https URL")
    with suppress(UnicodeError):  # `bücher.example`; what cannot be encoded is not found either
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    path, query = quote(parts.path, safe=_PATH), quote(parts.query, safe=_QUERY)
    return Destination(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path, query)


def send(
    target: Destination,
    method: str,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    *,
    reach: Reach = LOOPBACK,
    timeout: float = TIMEOUT,
) -> Reply:
    """Send a request once, and read the answer.

    The host's name is resolved once, its addresses are checked against ``reach``, and only a checked one is connected
    to: a name that means another address a moment later gains nothing. ``timeout`` is for the whole, in seconds.

    :raises SendError: it may not be sent there, or there is no answer.
    """
    if not _METHOD.fullmatch(method):
        raise SendError(f"{method!r} is not a method")
    addresses = _addresses(target, reach)
    connection: HTTPConnection
    if target.scheme == "https":
        connection = HTTPSConnection(target.host, target.port, timeout=timeout)
    else:
        connection = HTTPConnection(target.host, target.port, timeout=timeout)
    limit = _Limit(timeout)
    try:
        sock = limit.on(_connected(addresses, timeout))
        if target.scheme == "https":
            context = ssl.create_default_context()
            if is_loopback(str(sock.getpeername()[0])):  # a certificate for this machine alone is nobody's to sign
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            wrapped = context.wrap_socket(sock, server_hostname=target.host, do_handshake_on_connect=False)
            sock = limit.on(wrapped)
            wrapped.do_handshake()
        connection.sock = sock
        connection.putrequest(method, (target.path or "/") + (f"?{target.query}" if target.query else ""))
        for name, value in headers:
            connection.putheader(name, value)
        if body or method not in ("GET", "HEAD", "DELETE", "OPTIONS", "TRACE"):  # RFC 9110, section 8.6
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        content = answer.read(RECEIVED_LIMIT + 1)
        if limit.passed:
            raise TimeoutError
        cut = len(content) > RECEIVED_LIMIT
        return Reply(answer.status, tuple(answer.getheaders()), content[:RECEIVED_LIMIT], answer.reason, cut)
    except (OSError, HTTPException, ValueError) as error:
        reason = _too_late(target, timeout) if limit.passed else _why(error, target, timeout)
        raise SendError(reason) from error
    finally:
        limit.cancel()
        connection.close()


class _Limit:
    """Cuts a connection when its time is over: a receiver that drips keeps no thread of ours."""

    def __init__(self, timeout: float) -> None:
        self.passed = False
        self._sock: socket.socket | None = None
        self._timer = Timer(timeout, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def on(self, sock: socket.socket) -> socket.socket:
        self._sock = sock
        return sock

    def cancel(self) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self.passed = True
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)


def _addresses(target: Destination, reach: Reach) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SendError(f"{target.host} is not found: {getattr(error, 'strerror', None) or error}") from error
    allowed = [(entry[0], entry[4]) for entry in found if reach.allows(target.host, str(entry[4][0]))]
    if not allowed:
        raise SendError(f"{target.host} is not this machine ({found[0][4][0]}), and not allowed", refused=target.host)
    return allowed  # type: ignore[return-value]


def _connected(addresses: Sequence[tuple[socket.AddressFamily, tuple[str, int]]], timeout: float) -> socket.socket:
    """Return a connection to the first address that takes one.

    :raises OSError: none does.
    """
    refused: OSError | None = None
    for family, address in addresses[:4]:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(timeout)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            refused = error
        else:
            return sock
    raise refused or OSError("no address")


def _too_late(target: Destination, timeout: float) -> str:
    return f"no answer from {target.address} within {timeout:g} s"


def _why(error: Exception, target: Destination, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return _too_late(target, timeout)
    if isinstance(error, ConnectionRefusedError):
        return f"nobody listens at {target.address}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {target.address} is not trusted: {error.verify_message}"
    if isinstance(error, ConnectionError) or not str(error):
        return f"{target.address} closed the connection without an answer"
    return f"{target.address}: {error}"


def _shown(url: str) -> str:
    return repr(url if len(url) <= 200 else f"{url[:200]}...")
