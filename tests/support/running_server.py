"""A real ``beep-mock serve`` or ``up``, with what a robustness test asks of it: raw bytes, memory, its own words."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from beep_mock.processes import descendants

LIMIT = 60.0  # seconds; only a failing test takes them


class Served:
    """A running server at ``port`` of 127.0.0.1."""

    def __init__(self, port: int, process: subprocess.Popen[str], errors: Path) -> None:
        self.port = port
        self.process = process
        self._errors = errors
        self._heard = 0

    @property
    def words(self) -> str:
        """What it has written to its terminal."""
        return self._errors.read_text(errors="replace")

    def new_words(self) -> str:
        """What it has written since the last call."""
        words = self.words
        new, self._heard = words[self._heard :], len(words)
        return new

    def connect(self) -> socket.socket:
        """A connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), LIMIT)

    def send(self, *parts: bytes, patience: float = LIMIT) -> bytes:
        """What it answers to raw bytes until it closes the connection, or says nothing for ``patience`` seconds."""
        with self.connect() as connection:
            connection.settimeout(patience)
            answer = b""
            try:
                for part in parts:
                    connection.sendall(part)
            except OSError:  # it has closed already: its answer may still be there
                pass
            try:
                while data := connection.recv(64 * 1024):
                    answer += data
            except OSError:
                pass
            return answer

    def ask(self, method: str, target: str, headers: str = "", body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of an ordinary request.

        :raises AssertionError: there is no whole answer.
        """
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{length}Connection: close\r\n\r\n"
        answer = self.send(head.encode("latin-1") + body)
        first, _, rest = answer.partition(b"\r\n\r\n")
        assert first.startswith(b"HTTP/1.1 "), answer[:200]
        return int(first[9:12]), rest

    def workers(self) -> list[int]:
        """The ids of all its processes below the first."""
        return sorted(descendants(self.process.pid))

    def memory(self) -> int:
        """Bytes of memory of all its processes: PSS, where shared pages count once in all."""
        total = 0
        for pid in [self.process.pid, *self.workers()]:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            total += next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
        return total


@contextmanager
def served(arguments: Sequence[str], folder: Path | None = None) -> Iterator[Served]:
    """``beep-mock ARGUMENTS --port PORT`` in ``folder``, ready."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.NamedTemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "beep_mock", *arguments, "--port", str(port)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "default"},
        )
        try:
            running = Served(port, process, Path(errors.name))
            _await(running)
            yield running
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            if process.stdout is not None:
                process.stdout.close()


def _await(running: Served) -> None:
    stdout = running.process.stdout
    assert stdout is not None
    patience = Timer(LIMIT, running.process.kill)
    patience.start()
    try:
        said = ""
        while f":{running.port}" not in said:
            line = stdout.readline()
            assert line, f"the server does not get ready: {said}{running.words}"
            said += line
    finally:
        patience.cancel()
