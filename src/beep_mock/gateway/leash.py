"""A child process that does not outlive us, even when we are killed.

Run by path as a program, this module asks the kernel for its own end when its parent ends (Linux: ``prctl(2)``,
``PR_SET_PDEATHSIG``, kept across ``execve``) and becomes the command. A program of its own and not a ``preexec_fn``:
that would run Python between fork and exec, which may deadlock in a process with threads.

The kernel watches the *thread* that started the child: start it from one that lives as long as the child shall.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["leashed"]

_PR_SET_PDEATHSIG = 1
_SIGKILL = 9


def leashed(command: Sequence[str]) -> list[str]:
    """The command line that runs ``command`` (argv) on a leash; unchanged where the system knows no such thing."""
    if not sys.platform.startswith("linux"):
        return list(command)
    # -I -S: nothing of the user's environment runs before the command, and the start costs some 20 ms only.
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), *command]


def _become(parent: int, command: Sequence[str]) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew of us
        sys.exit(1)
    try:
        os.execvp(command[0], list(command))  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
