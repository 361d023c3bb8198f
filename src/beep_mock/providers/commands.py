"""A provider that a command starts: awaited, and stopped with all that it has started."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimedOut
from contextlib import contextmanager, suppress
from shutil import which
from typing import Final

from beep_mock.errors import VerificationError
from beep_mock.providers.keeper_process import GRACE, kept
from beep_mock.providers.replay import Address
from beep_mock.providers.targets import Target, url_target

__all__ = ["command_target"]

_PORT: Final = re.compile(r"\{port\}|\$\{PORT\}|\$PORT\b")
_START_LIMIT: Final = 30.0
_KEEPERS_LIMIT: Final = 10.0
_OUTPUT_KEPT: Final = 2000
_LAST_WORDS: Final = 1.0


@contextmanager
def command_target(command: str, *, url: str = "", timeout: float) -> Iterator[Target]:
    """A command that is started, awaited, and stopped with all that it has started.

    It listens at ``url``, or at the port of 127.0.0.1 that the environment's ``PORT`` tells it. No shell runs the
    command: ``{port}``, ``$PORT`` and ``${PORT}`` in it are replaced here.

    :raises VerificationError: it cannot be started, ends, or does not listen within 30 seconds; or somebody else
        listens at ``url`` already, who would be verified in its place.
    """
    port = _free_port() if not url else 0
    address = Address.of(url or f"http://127.0.0.1:{port}")
    if url and _is_listening(address):
        raise VerificationError(
            f"somebody listens at {url} already, before the command is started",
            hint="end that one, or verify it as it is: --url without --command",
        )
    arguments = _arguments(_PORT.sub(str(address.port), command))
    environment = {**os.environ, "PORT": str(address.port)}
    if which(arguments[0]) is None:
        raise VerificationError(f"{arguments[0]!r} cannot be started: it is not there, or no program")
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command
            kept(arguments),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise VerificationError(f"{arguments[0]!r} cannot be started: {error.strerror or error}") from error
    output = _Output(process)
    try:
        _await(process, address, output, _unnamed_port(command, url))
        with url_target(address.url, timeout=timeout, ours=True) as target:
            yield target
    finally:
        _stop(process)
        output.close()


def _unnamed_port(command: str, url: str) -> str:
    """Return a hint where nothing in the command says which port to listen at; a program may still read ``PORT``."""
    if url or _PORT.search(command):
        return ""
    return "the command's text names no port: write {port} there, or $PORT in single quotes"


def _arguments(command: str) -> list[str]:
    try:
        arguments = shlex.split(command)
    except ValueError as error:  # quotes, mostly
        message = f"the command {command!r} cannot be read: {str(error).lower()}"
        raise VerificationError(message, hint="write it as for a shell") from error
    if not arguments:
        raise VerificationError("the command is empty")
    if "\0" in command:
        raise VerificationError("the command holds a NUL character")
    return arguments


class _Output:
    """The end of what a process prints, read on the side so that it never waits for a reader."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="output")
        self._kept = bytearray()
        self._reading = self._pool.submit(self._read, process)

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        while chunk := process.stdout.read1(65536):  # type: ignore[attr-defined]  # a BufferedReader
            self._kept += chunk
            del self._kept[:-_OUTPUT_KEPT]

    def text(self) -> str:
        """Return the output once the process has ended, without waiting long for children that still write."""
        with suppress(TimedOut):
            self._reading.result(_LAST_WORDS)
        return self._kept.decode("utf-8", "replace").strip()

    def close(self) -> None:
        self._pool.shutdown(wait=False)


def _await(process: subprocess.Popen[bytes], address: Address, output: _Output, unnamed_port: str) -> None:
    deadline = time.monotonic() + _START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = output.text().splitlines()
            last = f": {said[-1]}" if said else ""
            raise VerificationError(
                f"the command ended with {process.returncode} before it listened{last}", hint=unnamed_port
            )
        if _is_listening(address):
            return
        time.sleep(0.02)
    raise VerificationError(
        f"the command does not listen at {address.url} after {_START_LIMIT:g} s",
        hint=unnamed_port or "let it listen at the port in the environment's PORT, or say with --url where it listens",
    )


def _is_listening(address: Address) -> bool:
    with suppress(OSError), socket.create_connection((address.host, address.port), timeout=0.5):
        return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and its children: politely, then for certain."""
    if sys.platform.startswith("linux"):
        process.terminate()  # its keeper sees to all that it has started
    else:
        _signal_group(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE + _KEEPERS_LIMIT)
    _signal_group(process, signal.SIGKILL)  # its children may not have listened
    process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
