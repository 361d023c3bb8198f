"""The command line as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

LIMIT = 60  # seconds; only a failing test takes them
_URL = re.compile(r"http://127\.0\.0\.1:\d+")


def beep_mock(*arguments: str, cwd: Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start `beep-mock`."""
    return subprocess.Popen(
        [sys.executable, "-m", "beep_mock", *arguments],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who starts the tests in the background has them ignored


def run(*arguments: str, cwd: Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `beep-mock` to its end."""
    with beep_mock(*arguments, cwd=cwd, environment=environment) as process:
        out, err = process.communicate(timeout=LIMIT)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@contextmanager
def serving(*arguments: str, cwd: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server and its address, once it says that it is ready; ended afterwards."""
    with beep_mock(*arguments, cwd=cwd) as process:
        try:
            yield _address(process), process
        finally:
            process.terminate()
            process.communicate(timeout=LIMIT)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = _URL.search(line)
        if found:
            return found[0]
    assert process.stderr is not None
    raise AssertionError(f"it never was ready: {process.stderr.read()}")
