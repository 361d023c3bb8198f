"""Let an application tell the server that a request takes long, so that other requests do not wait.

The production server answers mocked requests in one thread, which nothing may hold: a thread more would only contend
for the interpreter. An extension of WSGI, in two words of the environ:

- :data:`DEFERS` says what the application must not do now: :data:`NOTHING_LONG` (the server's own thread),
  :data:`NO_WAITING` (one of the few threads that compute), and no word at all where it may do anything. An application
  that would do it returns :data:`LATER`, and is called again in a thread where it may.
- With :data:`DELAY` the server itself holds back an answer for the seconds that the application writes there.

In the server's own thread an application that ``takes_briefs`` finds nothing else in the environ than what the request
says; called again, it finds all of PEP 3333.

Servers that know neither leave both out, and the application blocks as usual.
"""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from threading import Condition, Thread
from typing import Any, Final

__all__ = [
    "DEFERS",
    "DELAY",
    "LATER",
    "NOTHING_LONG",
    "NO_WAITING",
    "Threads",
    "delay_answer",
    "later",
    "later_to_compute",
]


DEFERS: Final = "beep_mock.defers"
DELAY: Final = "beep_mock.delay"
NOTHING_LONG: Final = 2
NO_WAITING: Final = 1
LATER: Final[list[bytes]] = []
"""The result that asks to be called again; compared by identity."""


def later(environ: Mapping[str, Any]) -> list[bytes] | None:
    """Return what to answer instead of waiting; None where the caller may wait."""
    return LATER if DEFERS in environ else None


def later_to_compute(environ: Mapping[str, Any]) -> list[bytes] | None:
    """Return what to answer instead of computing for long; None where the caller may compute."""
    return LATER if environ.get(DEFERS) == NOTHING_LONG else None


def delay_answer(environ: dict[str, Any], seconds: float) -> bool:
    """Ask the server to send the answer ``seconds`` later; whether it will, else the caller has to wait itself."""
    if DELAY not in environ:
        return False
    environ[DELAY] = seconds
    return True


_IDLE = 10.0  # seconds that a thread stays without work


class Threads:
    """Runs callables, each in a thread of its own: ``limit`` of them at once, and ``queue`` more wait for their turn.

    The standard library's pool keeps its threads for ever and its queue has no bound; here the caller is told.
    """

    def __init__(self, limit: int, queue: int = 0) -> None:
        self._limit = limit
        self._queue = queue
        self._tasks: deque[Callable[[], object]] = deque()
        self._changed = Condition()
        self._idle = 0
        self._threads = 0

    def run(self, task: Callable[[], object]) -> bool:
        """Run ``task``; False when all threads are taken, and all places of the queue."""
        with self._changed:
            free = self._idle > len(self._tasks)
            if free or self._threads >= self._limit:
                if not free and len(self._tasks) >= self._queue + self._idle:
                    return False
                self._tasks.append(task)
                self._changed.notify()
                return True
            self._threads += 1
        try:
            Thread(target=self._work, args=(task,), name="beep-mock", daemon=True).start()
        except RuntimeError:  # the machine gives no more threads
            with self._changed:
                self._threads -= 1
            return False
        return True

    def _work(self, task: Callable[[], object]) -> None:
        current: Callable[[], object] | None = task
        while current is not None:
            try:
                current()
            except BaseException:  # noqa: BLE001 - the thread serves others too
                sys.stderr.write(traceback.format_exc())
            current = self._next()

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._tasks, timeout=_IDLE)
            self._idle -= 1
            if self._tasks:
                return self._tasks.popleft()
            self._threads -= 1
            return None
