"""The server's own thread: takes each request from granian, lets the application answer, and never waits.

granian offers WSGI too, but there one slow upload holds the interpreter (2.8.7: `wsgi.input` is read without releasing
it) or a thread, and so a few clients the whole mock. Under RSGI a body arrives without a thread that waits for it. Its
usual way through asyncio costs half the throughput; so the scheduler of granian's callbacks is replaced by one that
answers on the spot, which is as fast as WSGI.

- A request without a body is answered at once. One with a body is answered when all of it is there: at most
  :data:`BODY_SECONDS` after its head, else 408 (RFC 9110, section 15.5.9).
- What the application puts off (:mod:`beep_mock.servers.deferred`), and long bodies, go to other threads.
- An application that ``takes_briefs`` is asked with what the request says, before the rest of an environ is made.
- An answer that is to be late waits as a timer; one that callbacks follow, in a thread.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from granian._granian import CallbackScheduler, RSGIProtocolClosed, RSGIProtocolError

from beep_mock.errors import ServerStartError
from beep_mock.servers.deferred import DEFERS, DELAY, LATER, NO_WAITING, NOTHING_LONG, Threads
from beep_mock.servers.ports import end_connection, limit_unread
from beep_mock.servers.request_body import BODY, BODY_LIMIT, stated
from beep_mock.servers.rsgi import Environs, Headers, Started, problem_parts, too_slow

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["BODY_SECONDS", "EventLoopServer", "install"]

BODY_SECONDS: Final = 30.0
"""Seconds that a request's body may take to arrive."""

WAITING_THREADS: Final = 256
"""Requests that may wait at once for real peers, or for clients that read pages slowly."""

COMPUTING_THREADS: Final = 4
QUEUE: Final = 8192
"""Requests that may wait for their turn to compute; there are hardly more connections."""

_SHORT = 64 * 1024  # bytes of a body that are worth no other thread
_JOINED = 2**20  # bytes of an answer that is sent at once though it comes in pieces
_WRITE_SECONDS = 60.0  # for each piece of an answer that is longer
_TICK = 1.0


def install(application: WSGIApplication, host: str, port: int) -> None:
    """Make the granian worker of this process answer by ``application``.

    :raises ServerStartError: this granian has no such place.
    """
    import granian.server.mp as workers

    if not hasattr(workers, "_new_cbscheduler"):
        raise ServerStartError("this version of granian is not supported", hint="pip install 'granian>=2.8,<2.9'")

    class Scheduler(CallbackScheduler):
        __slots__ = ()

        def __init__(self, loop: Any, _callback: Any, *_asyncio: Any) -> None:
            super().__init__()
            self._schedule_fn = EventLoopServer(application, loop, Environs(host, port)).take
            loop.call_soon(limit_unread, port, _WRITE_SECONDS)  # when granian listens

    def schedule(loop: Any, callback: Any, impl_asyncio: bool = False) -> Any:  # noqa: ARG001 - granian's signature
        return Scheduler(loop, callback, None, None, None)

    workers._new_cbscheduler = schedule


_INCOMPLETE: Final = problem_parts(
    400, "INCOMPLETE_BODY", "the request's body did not arrive whole, or ends with trailer fields, which are not read"
)


_HOSTLESS: Final = problem_parts(400, "HOST", "a request has exactly one Host header", [("Connection", "close")])
_ENCODED: Final = problem_parts(
    501, "TRANSFER_ENCODING", "the only transfer encoding here is 'chunked'", [("Connection", "close")]
)


class EventLoopServer:
    """Answers the requests that granian hands over, by a WSGI application."""

    def __init__(self, application: WSGIApplication, loop: Any, environs: Environs) -> None:
        self._application = application
        self._loop = loop
        self._environs = environs
        self._takes_briefs = getattr(application, "takes_briefs", False)
        self._computing = Threads(COMPUTING_THREADS, QUEUE)
        self._waiting = Threads(WAITING_THREADS)
        self._context = contextvars.copy_context()
        self._arriving: dict[_Arrival, Any] = {}  # in order of their deadlines
        self._soon = loop.call_soon_threadsafe
        # granian tells an arrived body through the loop; that is one thread too many.
        loop.call_soon_threadsafe = self._at_once
        loop.call_soon(self._expire)

    def take(self, watcher: Any) -> None:
        """Answer a request, or see that it is answered; granian calls this from its own thread."""
        proto = watcher.proto
        try:
            environ = self._environs.brief(watcher.scope)
            if environ is None:
                self._send(watcher, *_HOSTLESS)
                return
            length = environ.get("CONTENT_LENGTH", "0")
            if "HTTP_TRANSFER_ENCODING" in environ:  # RFC 9112, section 6.3: it overrides the length
                if environ["HTTP_TRANSFER_ENCODING"].strip().lower() != "chunked":  # RFC 9112, section 6.1
                    self._send(watcher, *_ENCODED)
                    return
                environ.pop("CONTENT_LENGTH", None)
                self._soon(self._collect, watcher, environ)
            elif length == "0" or not (length.isascii() and length.isdigit()) or stated(length) > BODY_LIMIT:
                # Too long a body is not read: the application says so.
                self._begin(watcher, environ, b"")
            else:
                self._await_body(watcher, environ)
        except BaseException:  # noqa: BLE001 - granian would hide it
            self._fail(watcher, proto)

    def _begin(self, watcher: Any, environ: dict[str, Any], body: bytes) -> None:
        # What is packed may be long; who prefers something may ask for a sample.
        if len(body) > _SHORT or "HTTP_PREFER" in environ or (body and "HTTP_CONTENT_ENCODING" in environ):
            self._put_off(watcher, environ, body)
        else:
            if not self._takes_briefs:
                self._environs.complete(environ, watcher.scope, body)
            self._answer(watcher, environ, body)

    def _at_once(self, callback: Callable[..., Any], *args: Any, **how: Any) -> Any:
        if type(callback) is _Arrival:
            return callback(*args)
        return self._soon(callback, *args, **how)

    def _await_body(self, watcher: Any, environ: dict[str, Any]) -> None:
        arrival = _Arrival(self, watcher, environ, self._loop.time() + BODY_SECONDS)
        future = watcher.proto()
        self._arriving[arrival] = future
        future.add_done_callback(arrival, context=self._context)

    def arrived(self, arrival: _Arrival, future: Any) -> None:
        """A body is there, or its client has gone."""
        if self._arriving.pop(arrival, None) is None:
            return  # it was answered already
        watcher = arrival.watcher
        try:
            body = future.result()
        except BaseException:  # noqa: BLE001 - whatever granian raises: nobody is left to tell
            self._send(watcher, *_INCOMPLETE)
            return
        environ = arrival.environ
        try:
            if len(body) < stated(environ["CONTENT_LENGTH"]):
                self._send(watcher, *_INCOMPLETE)
            else:
                environ[BODY] = body
                self._begin(watcher, environ, body)
        except BaseException:  # noqa: BLE001
            self._fail(watcher, watcher.proto)

    def _expire(self) -> None:
        """Answer for the bodies that have taken too long."""
        now = self._loop.time()
        for arrival in list(self._arriving):
            if arrival.deadline > now:
                break
            self._give_up(arrival)
        self._loop.call_later(_TICK, self._expire)

    def _give_up(self, arrival: _Arrival) -> None:
        future = self._arriving.pop(arrival, None)
        if future is not None:
            self._send(arrival.watcher, *too_slow(BODY_SECONDS))
            future.cancel()  # granian drops the body, and with it the connection

    def _collect(self, watcher: Any, environ: dict[str, Any]) -> None:
        task = self._loop.create_task(self._chunks(watcher, environ))
        watcher.taskref(task)

    async def _chunks(self, watcher: Any, environ: dict[str, Any]) -> None:
        """Read a body of unknown length, at most one byte more than the application takes."""
        body = bytearray()
        empty = 0

        async def read() -> None:
            nonlocal empty
            async for chunk in watcher.proto:
                body.extend(chunk)
                empty += not chunk
                if len(body) > BODY_LIMIT:
                    return

        try:
            await asyncio.wait_for(read(), BODY_SECONDS)
        except TimeoutError:
            self._send(watcher, *too_slow(BODY_SECONDS))
        except Exception:  # noqa: BLE001 - granian raises its own
            self._send(watcher, *_INCOMPLETE)
        else:
            # granian ends a body with an empty chunk. It gives another one in place of an error (a malformed chunk, a
            # client that has gone) or of trailer fields: RFC 9112, section 8, forbids to take the former as complete.
            if empty > 1:
                self._send(watcher, *_INCOMPLETE)
            else:
                self._put_off(watcher, environ, bytes(body[: BODY_LIMIT + 1]))

    def _answer(self, watcher: Any, environ: dict[str, Any], body: bytes) -> None:
        """Call the application, in this thread."""
        started = Started()
        result = self._application(environ, started)
        if result is LATER:
            self._put_off(watcher, environ, body)
        elif type(result) is list:
            content = result[0] if len(result) == 1 else b"".join(result)
            if environ[DELAY]:
                send = partial(self._send, watcher, started.status, started.headers, content)
                self._soon(self._loop.call_later, environ[DELAY], send)
            else:
                self._send(watcher, started.status, started.headers, content)
        elif DEFERS in environ:
            if not self._waiting.run(partial(self._stream, watcher, started, result, environ[DELAY])):
                self._overloaded(watcher)
                _close(result)
        else:
            self._stream(watcher, started, result, environ[DELAY])

    def _put_off(self, watcher: Any, environ: dict[str, Any], body: bytes) -> None:
        """Call the application in a thread that may wait and compute."""
        self._environs.complete(environ, watcher.scope, body)
        threads = self._waiting
        if environ.pop(DEFERS) == NOTHING_LONG:
            environ[DEFERS] = NO_WAITING
            threads = self._computing
        if not threads.run(partial(self._answer_elsewhere, watcher, environ, body)):
            self._overloaded(watcher)

    def _answer_elsewhere(self, watcher: Any, environ: dict[str, Any], body: bytes) -> None:
        try:
            self._answer(watcher, environ, body)
        except BaseException:  # noqa: BLE001
            self._fail(watcher, watcher.proto)

    def _stream(self, watcher: Any, started: Started, result: Iterable[bytes], held: float) -> None:
        """Send an answer that comes in pieces; in a thread that may wait, but not for ever."""
        transport = None
        try:
            sleep(held)
            length = next((v for n, v in started.headers if n.lower() == "content-length"), "")
            if started.status and length.isdigit() and int(length) <= _JOINED:
                self._send(watcher, started.status, started.headers, b"".join(result))
                return
            for piece in result:
                transport = transport or watcher.proto.response_stream(started.status, started.headers)
                if not self._write(transport, piece):
                    end_connection(watcher.scope.server, watcher.scope.client)
                    break
            if transport is None:
                self._send(watcher, started.status, started.headers, b"")
            else:
                watcher.done()
        except BaseException:  # noqa: BLE001
            if transport is not None:  # else granian would end it as if it were whole (RFC 9112, section 8)
                end_connection(watcher.scope.server, watcher.scope.client)
            self._fail(watcher, watcher.proto)
        finally:
            _close(result)

    def _write(self, transport: Any, piece: bytes) -> bool:
        """Send a piece; False when the client has gone, or does not read."""
        with suppress(TimeoutError, RSGIProtocolClosed, RSGIProtocolError):
            asyncio.run_coroutine_threadsafe(_sent(transport, piece), self._loop).result(_WRITE_SECONDS)
            return True
        return False

    def _send(self, watcher: Any, status: int, headers: Headers, body: bytes) -> None:
        if not 200 <= status <= 999:  # granian's process would end
            status, headers, body = problem_parts(500, "INVALID_STATUS", f"{status} is not a final HTTP status")
        watcher.proto.response_bytes(status, headers, body)
        watcher.done()

    def _overloaded(self, watcher: Any) -> None:
        self._send(watcher, *problem_parts(503, "OVERLOADED", "too many requests are waiting", [("Retry-After", "1")]))

    def _fail(self, watcher: Any, proto: Any) -> None:
        sys.stderr.write(traceback.format_exc())
        with suppress(BaseException):
            proto.response_bytes(*problem_parts(500, "INTERNAL_ERROR", "beep-mock failed; its terminal shows why"))
        watcher.done()


class _Arrival:
    """A request whose body is on its way; called when it is there."""

    __slots__ = ("deadline", "environ", "server", "watcher")

    def __init__(self, server: EventLoopServer, watcher: Any, environ: dict[str, Any], deadline: float) -> None:
        self.server = server
        self.watcher = watcher
        self.environ = environ
        self.deadline = deadline

    def __call__(self, future: Any) -> None:
        self.server.arrived(self, future)


def _close(result: Iterable[bytes]) -> None:
    close = getattr(result, "close", None)  # PEP 3333, Specification Details
    if close is not None:
        close()


async def _sent(transport: Any, piece: bytes) -> None:
    await transport.send_bytes(piece)
