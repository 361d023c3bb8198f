"""ASGI applications run as WSGI ones, with their lifespan around (ASGI specification, "Lifespan Protocol" 2.0)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TimedOut
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any, Final

from beep_mock.errors import VerificationError

__all__ = ["as_wsgi", "is_asgi"]

_START_LIMIT: Final = 30.0
_STOP_LIMIT: Final = 5.0


def is_asgi(app: Any) -> bool:
    """Whether it is called as ASGI applications are."""
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
