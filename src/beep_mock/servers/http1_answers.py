"""Answers in HTTP/1.1 (RFC 9112): what a WSGI application (PEP 3333) returns, written to a connection."""

from __future__ import annotations

import sys
import traceback
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

    from _typeshed.wsgi import WSGIApplication

    from beep_mock.servers.http1_requests import Body, RequestHead

__all__ = ["DRAIN_LIMIT", "HttpAnswer"]

DRAIN_LIMIT: Final = 2**20
"""Bytes of an unread request body that are read away to keep a connection."""

_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})


class HttpAnswer:
    """One run of the application: gathers its answer and writes it to the connection."""

    def __init__(self, connection: socket.socket, head: RequestHead, body: Body) -> None:
        self.keeps_alive = head.keeps_alive
        self._connection = connection
        self._head = head
        self._body = body
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._sent = False
        self._lost = False
        self._chunked = False
        self._bodiless = False
        self._left: int | None = None  # bytes that Content-Length still promises

    def run(self, app: WSGIApplication, environ: dict[str, Any]) -> None:
        """Call ``app`` and write its answer; an exception is printed and, if still possible, answered by a 500.

        :raises OSError: the client has gone.
        """
        result: Iterable[bytes] = ()
        try:
            try:
                result = app(environ, self._start_response)
                single = isinstance(result, list | tuple) and len(result) == 1
                for data in result:
                    if data or single:
                        self._write(data, last=single)
                self._finish()
            finally:
                close = getattr(result, "close", None)
                if close is not None:
                    close()
        except OSError:
            if self._lost or self._body.lost:
                raise
            self._fail()
        except BaseException:  # noqa: BLE001 - an application may raise anything, `pytest.fail` too; the server goes on
            self._fail()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Any:  # the deprecated `write` callable
        if exc_info and self._sent:
            raise exc_info[1].with_traceback(exc_info[2])
        if self._status and not exc_info:
            raise AssertionError("start_response was called twice")
        if not status[:3].isdigit() or not status.isprintable():
            raise ValueError(f"no HTTP status: {status!r}")
        for name, value in headers:
            if not name or any(c in name or c in value for c in "\r\n\0") or ":" in name:
                raise ValueError(f"no header field: {name!r}: {value!r}")
            if name.lower() == "content-length" and not value.isdecimal():
                raise ValueError(f"no length: {value!r}")
        self._status, self._headers = status, list(headers)
        return self._write

    def _write(self, data: bytes, last: bool = False) -> None:
        head = b"" if self._sent else self._begin(len(data) if last else None)
        surplus = 0
        if self._bodiless:
            data = b""
        elif self._left is not None:
            data, surplus = data[: self._left], len(data) - self._left
            self._left -= len(data)
        elif self._chunked and data:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        if head or data:
            self._send(head + data)
        if surplus > 0:
            raise ValueError(f"the body is {surplus} bytes longer than its Content-Length")

    def _begin(self, length: int | None) -> bytes:
        """Return the head of the answer; ``length`` is the body's, when it is known although no header says it."""
        if not self._status:
            raise AssertionError("the application sent a body before it called start_response")
        code = self._status[:3]
        names = {name.lower() for name, _ in self._headers}
        never_has_body = code[0] == "1" or code in {"204", "304"}
        self._bodiless = never_has_body or self._head.method == "HEAD"
        dropped = _HOP_BY_HOP | {"content-length"} if code[0] == "1" or code == "204" else _HOP_BY_HOP
        for name, value in self._headers:
            if name.lower() == "connection" and value.lower() == "close":
                self.keeps_alive = False
        headers = [(name, value) for name, value in self._headers if name.lower() not in dropped]
        if "content-length" in names:
            if not self._bodiless:
                self._left = int(next(value for name, value in headers if name.lower() == "content-length"))
        elif self._bodiless:
            if length and not never_has_body:
                headers.append(("Content-Length", str(length)))
        elif length is not None:
            headers.append(("Content-Length", str(length)))
            self._left = length
        elif self._head.version == "HTTP/1.1":
            headers.append(("Transfer-Encoding", "chunked"))
            self._chunked = True
        else:
            self.keeps_alive = False
        if "date" not in names:
            headers.append(("Date", formatdate(usegmt=True)))
        if self._body.withheld or self._body.remaining > DRAIN_LIMIT:
            self.keeps_alive = False
        if not self.keeps_alive:
            headers.append(("Connection", "close"))
        elif self._head.version == "HTTP/1.0":
            headers.append(("Connection", "keep-alive"))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        head = f"HTTP/1.1 {self._status}\r\n{lines}\r\n".encode("latin-1")
        self._sent = True  # what cannot be written is not sent: another answer may be
        return head

    def _finish(self) -> None:
        if not self._sent:
            self._write(b"", last=True)
        if self._chunked:
            self._send(b"0\r\n\r\n")
        elif self._left:
            raise ValueError(f"the body is {self._left} bytes shorter than its Content-Length")

    def _fail(self) -> None:
        sys.stderr.write(f"{self._head.method} {self._head.path.decode('latin-1')}:\n{traceback.format_exc()}")
        self.keeps_alive = False
        if not self._sent:
            self._status = ""
            self._start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
            self._write(b"Internal Server Error\n", last=True)

    def _send(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError:
            self._lost = True
            raise
