"""Threads for what takes its time: as many as are needed at once, up to a bound, and none when there is no work."""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

__all__ = ["Threads"]

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
