"""WSGI applications that are asked in process: their mistakes are answers, and none is waited for too long."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimedOut
from typing import Any

__all__ = ["Bounded", "Guarded"]


class Bounded:
    """The application, answering 500 for what it does not answer in ``timeout`` seconds, or fails to."""

    def __init__(self, app: Any, timeout: float) -> None:
        self._app = app
        self._timeout = timeout
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="provider")
        self._silences = 0

    @property
    def is_silent(self) -> bool:
        """Whether the last two questions got no answer."""
        return self._silences > 1

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        waiting = self._pool.submit(self._answer, environ)
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

    def _answer(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        started: list[Any] = []
        pieces: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
            started[:] = [status, headers]
            return pieces.append

        try:
            answered = self._app(environ, start)
            try:
                pieces += answered
            finally:
                if hasattr(answered, "close"):
                    answered.close()
            status, headers = started
        except Exception as error:  # noqa: BLE001 - it is the users' code
            return _error(f"{type(error).__name__}: {error}")
        return status, headers, b"".join(pieces)


class Guarded:
    """A WSGI application whose mistakes are answers of 500, as any server would make them."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        try:
            return self._app(environ, start_response)
        except Exception as error:  # noqa: BLE001 - it is the users' code
            status, headers, body = _error(f"{type(error).__name__}: {error}")
            start_response(status, headers)
            return [body]


def _error(message: str) -> tuple[str, list[tuple[str, str]], bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    return "500 Internal Server Error", headers, message.encode("utf-8", "replace")
