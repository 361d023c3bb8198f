"""How an application tells the server that a request takes its time, so that no other waits with it.

The production server answers mocked requests in one thread, which nothing may hold: a thread more would only contend
for the interpreter. An extension of WSGI, in two words of the environ:

- :data:`DEFERS` says what the application must not do now: :data:`NOTHING_LONG` (the server's own thread),
  :data:`NO_WAITING` (one of the few threads that compute), and no word at all where it may do anything. An application
  that would do it returns :data:`LATER`, and is called again in a thread where it may.
- With :data:`HOLDS` the server itself holds back an answer for the seconds that the application writes there.

In the server's own thread an application that ``takes_briefs`` finds nothing else in the environ than what the request
says; called again, it finds all of PEP 3333.

Servers that know neither leave both out, and the application blocks as usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["DEFERS", "HOLDS", "LATER", "NOTHING_LONG", "NO_WAITING", "hold", "later", "later_to_compute"]

DEFERS: Final = "beep_mock.defers"
HOLDS: Final = "beep_mock.holds"
NOTHING_LONG: Final = 2
NO_WAITING: Final = 1
LATER: Final[list[bytes]] = []
"""The result that asks to be called again; compared by identity."""


def later(environ: Mapping[str, Any]) -> list[bytes] | None:
    """What to return instead of waiting for somebody; None where the caller may wait."""
    return LATER if DEFERS in environ else None


def later_to_compute(environ: Mapping[str, Any]) -> list[bytes] | None:
    """What to return instead of computing for long; None where the caller may."""
    return LATER if environ.get(DEFERS) == NOTHING_LONG else None


def hold(environ: dict[str, Any], seconds: float) -> bool:
    """Ask the server to send the answer ``seconds`` later; whether it will, else the caller has to wait itself."""
    if HOLDS not in environ:
        return False
    environ[HOLDS] = seconds
    return True
