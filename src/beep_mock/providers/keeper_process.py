"""The keeper of a provider that a command starts: it ends all that the command has started when we end, even killed.

Run as a program with its parent's id and the command. A process between the two, and not only a signal to the command's
group: that reaches nobody when we are killed, and no descendant that has made a session of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from typing import Final

from beep_mock.processes import adopt_orphans, die_with_parent, end_descendants

__all__ = ["GRACE", "kept"]

GRACE: Final = 5.0
"""Seconds that the provider has to end by itself."""

_NOT_STARTED: Final = 127


def kept(command: Sequence[str]) -> list[str]:
    """Return the command line that runs ``command`` (argv) under a keeper.

    Unchanged where the system knows no such thing.
    """
    if not sys.platform.startswith("linux"):
        return list(command)
    return [sys.executable, "-P", "-m", __name__, str(os.getpid()), *command]


def _keep(parent: int, command: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, _terminate)
    die_with_parent(parent, signal.SIGTERM)
    adopt_orphans()
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command
            command, preexec_fn=partial(die_with_parent, os.getpid())
        )
    except OSError as error:
        sys.stderr.write(f"{command[0]!r} cannot be started: {error.strerror or error}\n")
        return _NOT_STARTED
    code = process.wait()
    end_descendants(GRACE)
    return code if code >= 0 else 128 - code


def _terminate(_number: int, _frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    end_descendants(GRACE)
    os._exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(_keep(int(sys.argv[1]), sys.argv[2:]))
