"""WSGI applications that are asked in process: their mistakes are answers, and none is waited for too long."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimedOut
from typing import Any, Final

__all__ = ["LONGEST", "Answer", "Bounded", "answer_of"]

LONGEST: Final = 10 * 2**20
"""Bytes of a body; one that is longer is read no further."""

Answer = tuple[str, list[tuple[str, str]], bytes]


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
    """What a WSGI application answers; its mistakes, also those it makes while its body is read, are answers of 500.

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
