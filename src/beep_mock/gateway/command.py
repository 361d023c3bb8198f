"""A command that runs against a world, and whose processes all end with it.

A keeper process stands between us and the command. It adopts the command's orphans, so that none can slip away, and
notices when we are killed. The command stays in our process group: Ctrl-C and reading from the terminal work as usual.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock
from typing import NoReturn

from beep_mock.errors import ServerStartError
from beep_mock.processes import adopt_orphans, die_with_parent, end_descendants

__all__ = ["Command", "without_proxy"]

_GRACE = 1.0  # seconds that what the command has left behind gets to end
_TERMINATION_GRACE = 5.0  # seconds that the command itself gets
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127  # as shells say it (POSIX, 2.8.2)


class Command:
    """``arguments`` run with ``environment``, once :meth:`begin` is called.

    Make it in the main thread before there are others: it forks.

    :raises ServerStartError: there is no such command.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        if shutil.which(arguments[0], path=environment.get("PATH")) is None:
            raise ServerStartError(f"command not found: {arguments[0]}", hint="what follows `--` is run as it stands")
        self._lock = Lock()
        self._status: int | None = None
        waiting, self._starter = os.pipe()
        parent = os.getpid()
        self._keeper = os.fork()
        if self._keeper == 0:
            os.close(self._starter)
            try:
                _keep(parent, waiting, list(arguments), dict(environment))
            finally:  # whatever happens, never go on as a second copy of our caller
                os._exit(_NOT_EXECUTABLE)
        os.close(waiting)

    def begin(self) -> None:
        """Start the command."""
        with suppress(BrokenPipeError):
            os.write(self._starter, b"1")

    def wait(self) -> int:
        """Wait for the end of the command and of all that it has started; its exit status, 128 + n for signal n."""
        with self._lock:
            if self._status is None:
                _, status = os.waitpid(self._keeper, 0)
                code = os.waitstatus_to_exitcode(status)
                self._status = code if code >= 0 else 128 - code
            return self._status

    def take_signal(self, number: int) -> None:
        """Pass on a signal that we have received; Ctrl-C at the terminal has reached the command by itself."""
        if number == signal.SIGINT:
            if not _at_terminal():
                self._send(signal.SIGUSR1)
        else:
            self._send(signal.SIGTERM)

    def end(self) -> int:
        """End the command if it still runs; its exit status."""
        self._send(signal.SIGTERM)
        os.close(self._starter)
        return self.wait()

    def _send(self, number: int) -> None:
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self._keeper, number)


def without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which no proxy stands between a client and this machine."""
    changed = dict(environment)
    if any(name.lower().endswith("_proxy") for name in environment):
        excepted = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
        local = ",".join(filter(None, (excepted, "127.0.0.1,localhost,::1")))
        changed["NO_PROXY"] = changed["no_proxy"] = local
    return changed


def _keep(parent: int, waiting: int, arguments: list[str], environment: dict[str, str]) -> NoReturn:
    """Run the keeper: wait for the start, run the command, end what it leaves, and exit as it did."""
    running: list[int] = []

    def terminate(_number: int, _frame: object) -> None:
        if os.getppid() != parent or not running:
            end_descendants(_GRACE)
            os._exit(128 + signal.SIGTERM)
        _kill(running[0], signal.SIGTERM)
        signal.setitimer(signal.ITIMER_REAL, _TERMINATION_GRACE)

    def interrupt(_number: int, _frame: object) -> None:
        if running:
            _kill(running[0], signal.SIGINT)

    # Handlers, not SIG_IGN: that would be passed on to the command.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGHUP, lambda *_: None)
    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGUSR1, interrupt)
    signal.signal(signal.SIGALRM, lambda *_: end_descendants(0.0))
    die_with_parent(parent, signal.SIGTERM)
    adopt_orphans()
    if not os.read(waiting, 1):
        os._exit(0)
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command
            arguments,
            env=environment,
            preexec_fn=partial(die_with_parent, os.getpid()),
        )
    except OSError as error:
        os.write(2, f"error: {arguments[0]}: {error.strerror}\n".encode())
        os._exit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE)
    running.append(process.pid)
    code = _status_of(process.pid)
    running.clear()
    signal.setitimer(signal.ITIMER_REAL, 0)
    end_descendants(_GRACE)
    os._exit(code)


def _status_of(process: int) -> int:
    """Wait for a process, reaping the orphans that end before it."""
    while True:
        try:
            ended, status = os.waitpid(-1, 0)
        except ChildProcessError:  # reaped while it was ended by force
            return 128 + signal.SIGKILL
        if ended == process:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _kill(process: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)


def _at_terminal() -> bool:
    """Return whether we are in the terminal's foreground process group, which gets Ctrl-C."""
    try:
        with Path("/dev/tty").open("rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
