"""Watch whether real peers are up: each is probed twice a second, and a change is reported at once."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

__all__ = ["HealthWatch", "accepts_connections"]

INTERVAL: Final = 0.5
"""Seconds between two probes, and until one has failed; so a peer that is down is noticed within twice that."""


def accepts_connections(host: str, port: int, timeout: float = INTERVAL) -> bool:
    """Return whether somebody listens there. Nothing is sent: a probe leaves no trace in the peer's own log."""
    try:
        socket.create_connection((host, port), timeout).close()
    except OSError:
        return False
    return True


class HealthWatch:
    """Watches one server in a thread of its own and calls ``when_changed(up)`` on each change, and once at first."""

    def __init__(
        self, name: str, host: str, port: int, when_changed: Callable[[bool], None], *, interval: float = INTERVAL
    ) -> None:
        self._address = (host, port)
        self._when_changed = when_changed
        self._interval = interval
        self._up: bool | None = None
        self._stop = Event()
        self._wake = Event()
        self._thread = Thread(target=self._run, name=f"health of {name}", daemon=True)

    def start(self) -> None:
        """Start probing."""
        self._thread.start()

    def stop(self) -> None:
        """Stop probing; returns when the thread has ended."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def hurry(self) -> None:
        """Probe now: somebody has seen a sign that the server is down."""
        if self._up is not False:
            self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            up = accepts_connections(*self._address, timeout=self._interval)
            if up is not self._up and not self._stop.is_set():
                self._up = up
                self._when_changed(up)
            self._wake.wait(self._interval)
