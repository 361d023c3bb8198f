"""A child process that does not outlive us, even when we are killed.

Run as a program, this module ties itself to its parent and becomes the command (the tie is kept across ``execve``). A
program of its own and not a ``preexec_fn``: that would run Python between fork and exec, which may deadlock in a
process with threads.

The kernel watches the *thread* that started the child: start it from one that lives as long as the child shall.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from beep_mock.processes import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["leashed"]


def leashed(command: Sequence[str]) -> list[str]:
    """The command line that runs ``command`` (argv) on a leash; unchanged where the system knows no such thing."""
    if not sys.platform.startswith("linux"):
        return list(command)
    # -P: a folder `beep_mock` where the child runs is not us.
    return [sys.executable, "-P", "-m", __name__, str(os.getpid()), *command]


def _become(parent: int, command: Sequence[str]) -> None:
    die_with_parent(parent)
    try:
        os.execvp(command[0], list(command))  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
