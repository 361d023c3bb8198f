"""Any WSGI application served by threads of this process: for tests, ready at once, on a free port.

::

    with ThreadServer(app) as server:
        httpx.get(server.url + "/worlds/1")
"""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import suppress
from threading import Lock, Thread, current_thread
from typing import TYPE_CHECKING, Any, Final, Self

from beep_mock.errors import ServerStartError
from beep_mock.servers.http1_answers import DRAIN_LIMIT, HttpAnswer
from beep_mock.servers.http1_requests import RequestError, environ_of, read_body, read_head

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import WSGIApplication

__all__ = ["ThreadServer"]

_GRACE: Final = 0.5
"""Seconds that :meth:`ThreadServer.stop` waits for requests in flight, in all."""

_LINGER: Final = 16 * 2**20
"""Bytes of an unread request body that are read away so that the client sees the answer before the end."""


class ThreadServer:
    """A WSGI application at ``http://host:port``, one thread a connection.

    Speaks HTTP/1.1 with keep-alive, ``100 Continue`` and chunks in both directions. Use it as a context manager, or
    with :meth:`start` and :meth:`stop`; a stopped server may be started again (on another free port if ``port`` is 0).
    """

    def __init__(self, app: WSGIApplication, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = app
        self.host = host
        self.port = port
        self._wanted_port = port
        self._listener: socket.socket | None = None
        self._waker: socket.socket | None = None
        self._acceptor: Thread | None = None
        self._connections: dict[socket.socket, Thread] = {}
        self._lock = Lock()

    @property
    def url(self) -> str:
        """The server's address, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> Self:
        """Bind and listen; connections are accepted when this returns.

        :raises ServerStartError: the address cannot be bound.
        """
        if self._listener is not None:
            raise ServerStartError(f"the server at {self.url} is running already")
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self.host, self._wanted_port))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            raise ServerStartError(
                f"cannot listen on {self.host}:{self._wanted_port}: {error}", hint="use port 0 for a free one"
            ) from error
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._waker, woken = socket.socketpair()
        self._acceptor = Thread(target=self._accept, args=(listener, woken), name=f"serve {self.url}", daemon=True)
        self._acceptor.start()
        return self

    def stop(self) -> None:
        """Stop listening and close every connection; requests in flight get half a second to notice. Never hangs."""
        if self._listener is None or self._waker is None or self._acceptor is None:
            return
        self._waker.close()
        self._acceptor.join()
        self._listener = self._waker = self._acceptor = None
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + _GRACE
        for thread in connections.values():
            if thread is not current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _accept(self, listener: socket.socket, woken: socket.socket) -> None:
        with listener, woken, selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while True:
                if any(key.fileobj is woken for key, _ in selector.select()):
                    return
                try:
                    connection, address = listener.accept()
                except OSError:  # the client has gone already, or the process is out of file descriptors
                    time.sleep(0.001)
                    continue
                thread = Thread(target=self._serve, args=(connection, address[:2]), daemon=True)
                with self._lock:
                    self._connections[connection] = thread
                thread.start()

    def _serve(self, connection: socket.socket, peer: tuple[str, int]) -> None:
        try:
            connection.setblocking(True)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection.makefile("rb", 64 * 1024) as stream:
                while self._exchange(connection, stream, peer):
                    pass
        except (OSError, ValueError):  # the client has gone, or the server was stopped: nobody is left to tell
            pass
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            connection.close()

    def _exchange(self, connection: socket.socket, stream: Any, peer: tuple[str, int]) -> bool:
        """Serve one request; whether another may follow on this connection."""
        try:
            head = read_head(stream)
            if head is None:
                return False
            body, length = read_body(head, stream, lambda: connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"))
        except RequestError as error:
            text = f"{error.reason}\n".encode()
            connection.sendall(
                f"HTTP/1.1 {error.status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
                f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode("latin-1")
                + text
            )
            _linger(connection)
            return False
        answer = HttpAnswer(connection, head, body)
        try:
            answer.run(self.app, environ_of(head, body, length, (self.host, self.port), peer))
        finally:
            body.close()
        if answer.keeps_alive and not body.withheld and body.drain(DRAIN_LIMIT):
            return True
        if body.remaining:
            _linger(connection)
        return False


def _linger(connection: socket.socket) -> None:
    """Let the client read the answer although it is still sending: a close with unread bytes would reset it away."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(_GRACE)
        left = _LINGER
        while left > 0 and (data := connection.recv(64 * 1024)):
            left -= len(data)
