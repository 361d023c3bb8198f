"""Requests to a WSGI application of this process, without a socket, as an HTTP client's transport.

httpx has such a transport too. It takes no header beyond ASCII, in neither direction, and hands on the exceptions of
the application: the provider under verification is to be judged by what it answers, whatever that is.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimedOut
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import httpx

from beep_mock.errors import VerificationError

__all__ = ["LONGEST", "Answer", "Bounded", "InProcess", "answer_of", "as_wsgi", "is_asgi"]


LONGEST: Final = 10 * 2**20
"""Bytes of a body; one that is longer is read no further."""

Answer = tuple[str, list[tuple[str, str]], bytes]


class Bounded:
    """An application that answers 500 for what it does not answer within ``timeout`` seconds, or fails to."""

    def __init__(self, app: Any, timeout: float) -> None:
        self._app = app
        self._timeout = timeout
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="provider")
        self._silences = 0

    @property
    def is_silent(self) -> bool:
        """Return whether the last two questions got no answer."""
        return self._silences > 1

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        waiting = self._pool.submit(answer_of, self._app, environ)
        try:
            status, headers, body = waiting.result(self._timeout)
            self._silences = 0
        except TimedOut:
            self._silences += 1
            self._pool.shutdown(wait=False)  # nobody can stop that thread; the next question gets another
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="provider")
            status, headers, body = _error(f"no answer within {self._timeout:g} s")
        start_response(status, headers)
        return [body]


def answer_of(app: Any, environ: dict[str, Any]) -> Answer:
    """Return a WSGI application's answer; its exceptions, also while its body is read, are answers of 500.

    A server would have sent the beginning of such a body by then: here nothing is sent before all of it is known.
    """
    started: list[Any] = []
    pieces: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
        started[:] = [status, headers]
        return pieces.append

    try:
        answered = app(environ, start)
        try:
            length = 0
            for piece in answered:
                pieces.append(piece)
                length += len(piece)
                if length > LONGEST:
                    break
        finally:
            if hasattr(answered, "close"):
                answered.close()
        if not started:
            return _error("the application did not call start_response")
        status, headers = started
        int(status.split()[0])  # what PEP 3333 asks of it
        for name, value in headers:
            name.encode("latin-1"), value.encode("latin-1")
        return status, headers, b"".join(pieces)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the users' code
        return _error(f"{type(error).__name__}: {error}")


def _error(message: str) -> Answer:
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    return "500 Internal Server Error", headers, message.encode("utf-8", "replace")


class InProcess(httpx.BaseTransport):
    """The transport to ``app``."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer; 500 for its mistakes."""
        request.read()
        status, headers, body = answer_of(self._app, _environ(request))
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return httpx.Response(int(status.split()[0]), headers=encoded, stream=httpx.ByteStream(body))


def _environ(request: httpx.Request) -> dict[str, Any]:
    """PEP 3333: all texts hold bytes as Latin-1."""
    path, _, query = request.url.raw_path.partition(b"?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": request.url.host,
        "SERVER_PORT": str(request.url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.url.scheme,
        "wsgi.input": io.BytesIO(request.content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in request.headers.raw:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        # Of several fields of a name one is made (RFC 9110, 5.3), of cookies with their own separator (RFC 6265, 4.2.1)
        separator = "; " if key == "HTTP_COOKIE" else ", "
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    return environ


_START_LIMIT: Final = 30.0
_STOP_LIMIT: Final = 5.0


def is_asgi(app: Any) -> bool:
    """Return whether it is called as ASGI applications are."""
    from inspect import iscoroutinefunction

    return iscoroutinefunction(app) or iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004 - of its class


@contextmanager
def as_wsgi(app: Any) -> Iterator[Any]:
    """The application as a WSGI one, from the end of its startup to its shutdown.

    :raises VerificationError: its startup fails, or what runs it is not installed.
    """
    try:
        from a2wsgi import ASGIMiddleware
    except ImportError as error:
        raise VerificationError("an ASGI application needs a2wsgi", hint="pip install 'beep-mock[verify]'") from error
    # One loop for all of it: what is opened at startup (a pool of connections) is used by requests.
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="asgi", daemon=True)
    thread.start()
    lifespan = _Lifespan(app)
    living = asyncio.run_coroutine_threadsafe(lifespan.run(), loop)
    try:
        try:
            lifespan.started.result(_START_LIMIT)
        except TimedOut:
            raise VerificationError(f"the application is not ready after {_START_LIMIT:g} s: its lifespan") from None
        yield ASGIMiddleware(lifespan.answer, loop=loop)
    finally:
        loop.call_soon_threadsafe(lifespan.ending.set)
        with suppress(Exception):  # whatever it fails with: it has answered all by now
            living.result(_STOP_LIMIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_STOP_LIMIT)


class _Lifespan:
    def __init__(self, app: Any) -> None:
        self._app = app
        self._state: dict[str, Any] = {}
        self._is_told = False
        self.started: Future[None] = Future()
        self.ending = asyncio.Event()

    async def run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        try:
            with suppress(Exception):  # the specification: it knows no lifespan then, and is served without
                await self._app(scope, self._receive, self._send)
        finally:
            self._settle()

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        """Of what startup has put into the state each request has a copy."""
        await self._app({**scope, "state": dict(self._state)}, receive, send)

    async def _receive(self) -> dict[str, str]:
        if not self._is_told:
            self._is_told = True
            return {"type": "lifespan.startup"}
        await self.ending.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "lifespan.startup.failed":
            self._settle(VerificationError(f"the application's startup failed: {message.get('message', '')}"))
        elif message["type"] == "lifespan.startup.complete":
            self._settle()

    def _settle(self, error: VerificationError | None = None) -> None:
        if self.started.done():
            return
        if error is not None:
            self.started.set_exception(error)
        else:
            self.started.set_result(None)
