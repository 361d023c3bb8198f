"""Print requests as they come: time, method, path, status, duration, source, and what breaks the contract.

A thread of its own looks at the journal, so a request pays nothing for being printed, and a flood of requests is
counted instead of printed line by line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from threading import Event, Thread
from time import localtime, strftime
from typing import Final

from beep_mock.exchanges.exchange import Exchange
from beep_mock.exchanges.journal import Journal
from beep_mock.printable import printable_line

__all__ = ["RequestLog", "request_line", "uses_colour"]

_EVERY: Final = 0.1
"""Seconds between two looks at the journal."""

_MOST: Final = 20
"""Requests printed a look; the others are counted."""

_FLOOD: Final = 100
_FLOOD_EVERY: Final = 1.0
_FLOOD_MOST: Final = 3
"""After more than a hundred requests in one look, three are printed a second: a load test is not held up by its log."""

_LONGEST: Final = 120
"""Characters shown of a path with its query, and of a violation."""


class RequestLog:
    """Print what ``journal`` records from now on, by ``tell``, one call a look."""

    def __init__(self, journal: Journal, tell: Callable[[str], None], *, services: bool, colour: bool) -> None:
        """``services``: begin each line with the service's name. ``colour``: use ANSI colours."""
        self._journal = journal
        self._tell = tell
        self._services = services
        self._colour = colour
        self._after = journal.latest
        self._ended = Event()
        self._thread = Thread(target=self._run, name="request log", daemon=True)

    def start(self) -> None:
        """Print from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Print what is left, and end."""
        self._ended.set()
        self._thread.join(1)

    def _run(self) -> None:
        pause = _EVERY
        while not self._ended.wait(pause):
            pause = _FLOOD_EVERY if self.look() > _FLOOD else _EVERY
        self.look()

    def look(self) -> int:
        """Print the exchanges since the last look, and return how many there were."""
        latest = self._journal.latest
        count = latest - self._after
        if count <= 0:
            return 0
        found = self._journal.entries(after=self._after, most=_MOST if count <= _FLOOD else _FLOOD_MOST)
        lines = [request_line(exchange, service=self._services, colour=self._colour) for exchange in found]
        more = count - len(found)
        if more > 0:
            lines.append(f"... and {more} more requests")
        self._after = latest
        self._tell("\n".join(lines))
        return count


def uses_colour() -> bool:
    """Return whether standard error is a terminal that wants colours (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def request_line(exchange: Exchange, *, service: bool = True, colour: bool = False) -> str:
    """Return the line of one exchange: ``12:03:04  world  GET /worlds/1  200  0.4 ms  example earth``."""
    when = strftime("%H:%M:%S", localtime(exchange.time))
    target = exchange.path.encode("latin-1", "replace").decode("utf-8", "replace")
    target = _cut(f"{target}?{exchange.query}" if exchange.query else target)
    status = str(exchange.status or "no answer")
    parts = [when, *([exchange.service] if service else []), f"{exchange.method} {target}"]
    parts.append(status)
    parts.append(f"{exchange.duration * 1000:.1f} ms")
    parts.append(" ".join(filter(None, (exchange.source, f"({exchange.note})" if exchange.note else ""))))
    parts = [printable_line(part) for part in parts]
    if colour:
        parts[-3] = _painted(status, _colour_of(exchange))
    line = "  ".join(filter(None, parts))
    for violation in exchange.violations[:3]:
        said = _cut(f"{' '.join(violation.location)}: {violation.message}")
        line += f"\n          {_painted('!', '33') if colour else '!'} {printable_line(said)}"
    if len(exchange.violations) > 3:
        line += f"\n          ... and {len(exchange.violations) - 3} more"
    return line


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _colour_of(exchange: Exchange) -> str:
    if exchange.status >= 500 or exchange.status == 0:
        return "31"
    return "33" if exchange.status >= 400 or exchange.violations else "32"


def _painted(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"
