"""The traffic of a run kept in a file: exchanges are fetched from the journal while a world runs."""

from __future__ import annotations

import json
import os
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any, Final

from beep_mock.errors import TrafficFileError

__all__ = ["TrafficRecorder"]

_EVERY: Final = 0.25  # seconds between two looks at the journal, which keeps a thousand exchanges
_MOST: Final = 20_000  # exchanges
_MOST_BYTES: Final = 64 * 2**20


class TrafficRecorder:
    """Records what the world at ``host`` and ``port`` is asked, for ``consumer`` ("" for nobody in particular).

    The file is a line that says whose traffic it is, then an exchange a line, secrets masked; it is replaced as a
    whole whenever there is something new. Bounded: beyond 20,000 exchanges or 64 MiB nothing is added.
    """

    def __init__(self, host: str, port: int, file: Path, consumer: str = "") -> None:
        """Begin an empty record.

        :raises TrafficFileError: the file cannot be written.
        """
        self._host = host
        self._port = port
        self.file = file
        self._lines = [json.dumps({"traffic": 1, "consumer": consumer}).encode()]
        self._bytes = 0
        self._after = 0
        self._seen = 0
        self._lost = 0
        self._fault: TrafficFileError | None = None
        self._lock = RLock()
        self._ended = Event()
        self._thread = Thread(target=self._run, name="traffic", daemon=True)
        self._write()

    def start(self) -> None:
        """Record from now on."""
        self._thread.start()

    def finish(self) -> str:
        """Record what is still to record, while the world answers; a sentence on what was recorded.

        :raises TrafficFileError: the file could not be written.
        """
        self._ended.set()
        with self._lock:
            self._take()
            if self._fault is not None:
                raise self._fault
            lost = f"; {self._lost} were too many to record" if self._lost else ""
            return f"recorded {len(self._lines) - 1} of {self._seen} exchanges in {self.file}{lost}"

    def _run(self) -> None:
        while not self._ended.wait(_EVERY):
            with self._lock:
                self._take()

    def _take(self) -> None:
        new = self._fetch()
        if not new:
            return
        for entry in new:
            number = int(entry["id"])
            self._lost += number - self._after - 1
            self._seen += number - self._after
            self._after = number
            line = json.dumps(entry).encode()
            if len(self._lines) > _MOST or self._bytes + len(line) > _MOST_BYTES:
                self._lost += 1
                continue
            self._lines.append(line)
            self._bytes += len(line)
        try:
            self._write()
        except TrafficFileError as fault:
            self._fault = fault

    def _fetch(self) -> list[dict[str, Any]]:
        connection = HTTPConnection(self._host, self._port, timeout=10)
        with suppress(OSError, HTTPException, ValueError, KeyError, TypeError), closing(connection):
            connection.request("GET", f"/-/journal?after={self._after}")
            entries: list[dict[str, Any]] = json.load(connection.getresponse())["exchanges"]
            return entries
        return []

    def _write(self) -> None:
        temporary = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(b"\n".join((*self._lines, b"")))
            temporary.replace(self.file)
        except (OSError, ValueError) as error:
            with suppress(OSError, ValueError):
                temporary.unlink()
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise TrafficFileError(f"traffic cannot be recorded: {reason}", file=str(self.file)) from error
