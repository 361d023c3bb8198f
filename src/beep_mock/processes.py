"""Processes that end together: nothing that beep-mock starts outlives it, not even when it is killed.

Linux can tie a child to its parent (``prctl``: PR_SET_PDEATHSIG) and hand a process the orphans among its descendants
(PR_SET_CHILD_SUBREAPER); see prctl(2). Elsewhere these functions do what they can: the direct child is ended by name.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["Terminated", "adopt_orphans", "descendants", "die_with_parent", "end_descendants", "unwound_by_sigterm"]

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE = 5.0  # seconds for killed processes to be gone; more only if the kernel is stuck


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Send this process the signal ``number`` when the thread that started it ends; ``parent`` is its parent's id.

    A parent that is gone already is noticed too.
    """
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


class Terminated(KeyboardInterrupt):
    """Raised for SIGTERM: a KeyboardInterrupt, which test runners do not take for a failing test."""


@contextmanager
def unwound_by_sigterm() -> Iterator[None]:
    """Within it SIGTERM raises :class:`Terminated`, so that what was started is ended; use it in the main thread."""

    def terminate(_number: int, _frame: object) -> None:
        raise Terminated  # and again with a second one: some modules swallow what interrupts their import

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def adopt_orphans() -> None:
    """Make this process the parent of its descendants whose own parent ends, so that none can slip away."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def descendants(process: int) -> list[int]:
    """Return the ids of all processes below ``process``, parents first; empty where there is no ``/proc``."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        parent = _parent_of(folder)
        if parent is not None:
            children.setdefault(parent, []).append(int(folder.name))
    found: list[int] = []
    pending = [process]
    while pending:
        below = children.get(pending.pop(), [])
        found += below
        pending += below
    return found


def end_descendants(grace: float) -> None:
    """Terminate all processes below this one, kill those that are left after ``grace`` seconds, and reap them."""
    deadline = time.monotonic() + grace
    _send(signal.SIGTERM)
    while not _reap():
        if time.monotonic() > deadline + _PATIENCE:
            return
        if time.monotonic() > deadline:
            _send(signal.SIGKILL)  # each time anew: who forks meanwhile is found the next time
        time.sleep(0.01)


def _send(number: int) -> None:
    for process in descendants(os.getpid()):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)


def _reap() -> bool:
    """Reap children that have ended, and return whether none is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _parent_of(folder: Path) -> int | None:
    try:
        text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command's name, in parentheses, may hold anything; state and parent follow it (proc(5)).
    return int(text.rpartition(")")[2].split()[1])


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes  # loaded where it is needed: 10 ms

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
